import { type Collectors, collect, type Facts } from "../../core/collect.ts";
import type { DeploymentKind } from "../../core/deployment-kind.ts";
import { type Fact, known, knownValue, said, unknown } from "../../core/fact.ts";
import type {
  ConfigReading,
  Deployment,
  Exposure,
  HostSigns,
  ProbeReading,
  Release,
  Target,
} from "../../core/facts.ts";
import type { LogDigest, LogPart } from "../../core/log-event.ts";
import { say } from "../../core/saying.ts";
import { detectDeployment } from "../../kinds/detect.ts";
import { exposureOf } from "../../kinds/exposure.ts";
import { deploymentWords } from "../../kinds/words/read.ts";
import { withSpeakers } from "../../kinds/words/speakers.ts";
import { withToldPage } from "../../kinds/words/told-page.ts";
import { digestLogs, type LogSource } from "../../logs/digest.ts";
import { collectOptions, collector, derivedCollectors } from "./derived.ts";
import { BY_OPTION, type Provide } from "./provide.ts";
import type { Given } from "./read/given.ts";
import { canBe, TicketText } from "./ticket-text.ts";

/** What there is of a gateway that cannot be asked. Everything may be missing. */
export interface OfflineOptions {
  readonly signal: AbortSignal;
  readonly name: string;
  /** Times, milliseconds since 1970, outside of which a line that has a time does not count. */
  readonly since?: number;
  readonly until?: number;
  /** What other gateways wrote: of this one it says nothing. */
  readonly without?: readonly LogPart[];
  /** Values that must not be in any fact. */
  readonly secrets?: readonly string[];
  readonly sources?: (signal: AbortSignal) => Iterable<LogSource> | AsyncIterable<LogSource>;
  /** What documents say that were handed in with the logs. */
  readonly given?: Given;
  readonly release: Fact<Release>;
  readonly deployment?: DeploymentKind;
  /** What an engine said of the gateway earlier. */
  readonly contained?: Pick<Deployment, "workload" | "compose" | "service">;
  readonly origin?: string;
  /** Addresses and CIDR blocks of the proxies that the user named. */
  readonly proxies?: readonly string[];
  readonly config?: ConfigReading;
  /** A reading that somebody made earlier. */
  readonly probe?: ProbeReading;
  readonly exposure?: Exposure;
  /** How more of it is handed in; `BY_OPTION` when absent. */
  readonly provide?: Provide;
}

/** Reading has no time limit of its own: the user stops it. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** A log can be from any machine: what this one looks like says nothing. */
const NO_HOST: HostSigns = {
  platform: "unknown",
  wsl: false,
  sshSession: false,
  container: "unknown",
  addresses: [],
  engines: [],
  units: [],
};

/** The facts of logs, a config and an earlier probe, without a gateway. Touches nothing but `sources`. */
export function offlineFacts(options: OfflineOptions): Promise<Facts> {
  const { sources, given, secrets = [], release, origin, probe, provide = BY_OPTION } = options;
  const ticket = new TicketText();
  return collect(
    ["logs", "config", "probe", "devices", "release", "deployment", "target", "assessment", "refusals"],
    {
      ...(sources === undefined
        ? {}
        : {
            logs: collector(NO_LIMIT_MS, async (_ask, signal) => {
              const digest = await digestLogs(overheard(sources(signal), ticket), {
                secrets,
                ...windowOf(options),
              });
              // Documents alone tell of nobody who came.
              return digest.sources.length === 0
                ? unknown("absent", say("nothing-to-look-at"), provide.log)
                : known(withToldPage(withSpeakers(digest, ticket.texts), ticket.texts), options.name);
            }),
          }),
      ...configCollector(options),
      ...(given?.devices === undefined
        ? {}
        : { devices: collector(NO_LIMIT_MS, async () => given.devices ?? NO_DEVICES) }),
      ...(probe === undefined ? {} : { probe: collector(NO_LIMIT_MS, async () => known(probe, probe.url)) }),
      release: collector(NO_LIMIT_MS, async (ask) => {
        if (release.known) return release;
        const wire = probe?.release;
        if (wire !== undefined) return known(wire, probe?.url ?? "probe");
        const logs = await ask("logs");
        const logged = releaseOfLogs(logs);
        if (logged.known) return logged;
        const era = knownValue(logs)?.era;
        const shown = given?.release;
        const fits = shown?.known === true && canBe(shown.value.version, era);
        return ticket.release(era) ?? (fits ? shown : logged);
      }),
      deployment: collector(NO_LIMIT_MS, async (ask) =>
        deploymentOf(await ask("logs"), knownValue(await ask("config")), ticket, options),
      ),
      target: collector(NO_LIMIT_MS, async (ask) =>
        known(targetOf(await ask("logs"), knownValue(await ask("config")), options), options.name),
      ),
      ...derivedCollectors({ timeoutMs: NO_LIMIT_MS, provide, ...(origin === undefined ? {} : { origin }) }),
    },
    collectOptions(options.signal),
  );
}

function windowOf({
  since,
  until,
  without,
}: OfflineOptions): Pick<OfflineOptions, "since" | "until" | "without"> {
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(without === undefined ? {} : { without }),
  };
}

const NO_DEVICES = unknown("absent", say("nothing-to-look-at"));

async function* overheard(
  sources: Iterable<LogSource> | AsyncIterable<LogSource>,
  ticket: TicketText,
): AsyncGenerator<LogSource> {
  for await (const source of sources) yield ticket.listen(source);
}

function configCollector({ config, given }: OfflineOptions): Collectors {
  if (config !== undefined) return { config: collector(NO_LIMIT_MS, async () => known(config, config.path)) };
  const read = given?.config;
  if (read === undefined) return {};
  return {
    config: collector(NO_LIMIT_MS, async (ask) => read(knownValue(await ask("release"))?.version)),
  };
}

/** The release that the log names; a shape of lines alone gives a range, which is not a release. */
export function releaseOfLogs(logs: Fact<LogDigest>): Fact<Release> {
  if (!logs.known) return logs;
  const { release, era } = logs.value;
  if (release !== undefined) {
    return known({ version: release.version, confidence: "likely", from: "log" }, release.quote);
  }
  if (era === undefined) return unknown("absent", say("log-without-release"), "--release X");
  return unknown(
    "absent",
    say("log-fits-releases", { from: era.from ?? "", to: era.to ?? "" }),
    "--release X",
  );
}

function deploymentOf(
  logs: Fact<LogDigest>,
  config: ConfigReading | undefined,
  ticket: TicketText,
  { deployment, given, contained = given?.contained, probe }: OfflineOptions,
): Fact<Deployment> {
  const { names, namesFrom, compose, units = [] } = given ?? {};
  const found = detectDeployment({
    host: { ...NO_HOST, units },
    elsewhere: true,
    words: deploymentWords(ticket.texts),
    ...(names === undefined ? {} : { names }),
    ...(namesFrom === undefined ? {} : { namesFrom }),
    ...(compose === undefined ? {} : { pasted: compose }),
    ...(logs.known ? { logs: logs.value } : {}),
    ...(deployment === undefined ? {} : { said: deployment }),
    ...(config === undefined ? {} : { config }),
    ...(probe === undefined ? {} : { probe }),
  });
  const whole = contained === undefined ? found : { ...found, ...contained };
  return deployment === undefined ? known(whole, "log") : said(whole, "--deployment");
}

function targetOf(
  logs: Fact<LogDigest>,
  config: ConfigReading | undefined,
  { name, exposure, probe, origin, proxies = [] }: OfflineOptions,
): Target {
  const found = exposureOf({
    ...(logs.known ? { logs: logs.value } : {}),
    ...(config === undefined ? {} : { config }),
    ...(probe === undefined ? {} : { probe }),
  });
  return {
    kind: "offline",
    name,
    exposure: exposure ?? found.exposure,
    exposureBecause: exposure === undefined ? found.because : "said",
    own: { proxies, ...(origin === undefined ? {} : { origin }) },
  };
}
