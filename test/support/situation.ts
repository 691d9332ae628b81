import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../src/config/read.ts";
import type { Facts } from "../../src/core/collect.ts";
import type { ComposeReading } from "../../src/core/compose.ts";
import type { DeploymentKind } from "../../src/core/deployment-kind.ts";
import { said, unknown } from "../../src/core/fact.ts";
import type { Exposure, ProbeReading } from "../../src/core/facts.ts";
import type { Severity } from "../../src/core/finding.ts";
import { say } from "../../src/core/saying.ts";
import type { ServiceReading } from "../../src/core/service.ts";
import type { Workload } from "../../src/core/workload.ts";
import { reportOf } from "../../src/doctor/pure/case.ts";
import { offlineFacts } from "../../src/doctor/pure/offline.ts";
import { networkOf } from "../../src/kinds/docker/network.ts";
import { dockerSources } from "../../src/kinds/docker/sources.ts";
import type { ContainerDocument } from "../../src/report/deployment-document.ts";
import type { Report } from "../../src/report/result.ts";

/** `situation.json` of a folder in fixtures/situations; beside it `*.log`, `*.jsonl` and `openclaw.json`, as far as there are. */
export interface Situation {
  /** What this is, one sentence. */
  readonly about: string;
  readonly release?: string;
  readonly deployment?: DeploymentKind;
  readonly exposure?: Exposure;
  readonly origin?: string;
  /** Environment of the gateway. */
  readonly env?: Readonly<Record<string, string>>;
  readonly probe?: ProbeReading;
  /** What the engine says of the gateway's container; what is not named is as upstream's Compose file makes it. */
  readonly container?: Partial<ContainerDocument>;
  readonly compose?: ComposeReading;
  /** What starts the gateway, on a machine without containers. */
  readonly service?: ServiceReading;
  readonly expected: Expected;
}

export interface Expected {
  readonly verdict: Report["verdict"];
  /** All findings in order, `id` or `id (severity)` where it is no error. */
  readonly findings: readonly string[];
  /** Remedies of the first finding: id -> `admits`, the gate that then refuses, or `?` where the model was not asked. */
  readonly remedies?: Readonly<Record<string, string>>;
  /** Near miss: these must not be found at all. */
  readonly silent?: readonly string[];
}

const ROOT = resolve(fileURLToPath(new URL("../../fixtures/situations", import.meta.url)));

export function situations(): readonly string[] {
  return readdirSync(ROOT).sort();
}

export function readSituation(name: string): Situation {
  return JSON.parse(readFileSync(join(ROOT, name, "situation.json"), "utf8")) as Situation;
}

const STATE = "/home/node/.openclaw";
const CONTAINER: ContainerDocument = {
  id: "9176124ba561",
  name: "openclaw-openclaw-gateway-1",
  image: "ghcr.io/openclaw/openclaw:latest",
  state: "running",
  restarts: 0,
  networkMode: "openclaw_default",
  addresses: ["172.18.0.2"],
  bridge: "172.18.0.1",
  ports: [{ address: "127.0.0.1", port: 18_789, to: 18_789 }],
  mounts: [{ kind: "bind", source: "/srv/openclaw/config", at: STATE, readOnly: false }],
  user: "node",
  uid: 1000,
  others: [],
  stateDir: {
    path: STATE,
    on: "mount",
    mount: STATE,
    readOnly: false,
    owner: { uid: 1000, gid: 1000, mode: 0o755 },
  },
};

/** The facts behind what a document says of a container. */
function workloadOf({ id, project, networkMode, bridge, ...rest }: ContainerDocument): Workload {
  return {
    ...rest,
    network: networkOf(networkMode),
    ...(bridge === undefined ? {} : { publishedPeer: bridge }),
    shownBy: dockerSources(rest.name),
    engine: { kind: "docker", id, networkMode, ...(project === undefined ? {} : { project }) },
  };
}

const [reports, facts] = [new Map<string, Promise<Report>>(), new Map<string, Promise<Facts>>()];

/** What `make` makes of a name, made once: nothing of it depends on anything but the fixture, and nobody changes it. */
function once<T>(made: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}

/** The report that the tool makes of a situation. */
export function diagnoseSituation(name: string): Promise<Report> {
  return once(reports, name, async () => reportOf(await factsOfSituation(name)));
}

/** What the checks get of a situation. */
export function factsOfSituation(name: string): Promise<Facts> {
  return once(facts, name, () => factsIn(name));
}

async function factsIn(name: string): Promise<Facts> {
  const situation = readSituation(name);
  const dir = join(ROOT, name);
  const logs = readdirSync(dir).filter((file) => /\.(?:log|jsonl|txt)$/.test(file));
  const configPath = join(dir, "openclaw.json");
  const { release, deployment, exposure, origin, probe, container, compose, service, env = {} } = situation;
  const config = existsSync(configPath)
    ? readConfig({
        text: readFileSync(configPath, "utf8"),
        path: "openclaw.json",
        stateDir: ".",
        env,
        salt: "fixture",
        ...(release === undefined ? {} : { release }),
      }).reading
    : undefined;
  return offlineFacts({
    signal: new AbortController().signal,
    name,
    ...(logs.length === 0
      ? {}
      : { sources: () => logs.map((file) => ({ name: file, chunks: [readFileSync(join(dir, file))] })) }),
    release:
      release === undefined
        ? unknown("not-asked", say("nobody-said"), "--release X")
        : said({ version: release, confidence: "certain", from: "said" }, "--release"),
    ...(deployment === undefined ? {} : { deployment }),
    ...(container === undefined
      ? {}
      : {
          contained: {
            workload: workloadOf({ ...CONTAINER, ...container }),
            ...(compose === undefined ? {} : { compose }),
          },
        }),
    ...(service === undefined ? {} : { contained: { service } }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(origin === undefined ? {} : { origin }),
    ...(config === undefined ? {} : { config }),
    ...(probe === undefined ? {} : { probe }),
  });
}

export function summary({ findings }: Report): string[] {
  const label = ({ id, severity }: { id: string; severity: Severity }) =>
    severity === "error" ? id : `${id} (${severity})`;
  return findings.map(label);
}

export function remedyVerdicts({ findings }: Report): Record<string, string> {
  const entries = (findings[0]?.remedies ?? []).map(({ id, after }) => [
    id,
    after === undefined ? "?" : after === "admitted" ? "admits" : after.refusedAt,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
