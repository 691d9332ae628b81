import { type Fact, known, unknown } from "../core/fact.ts";
import type { Step } from "../core/finding.ts";
import type { FrontProgram, ProxyReading } from "../core/proxies.ts";
import { quoted, type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { type CommandOutcome, tellingLine } from "./command.ts";
import type { ExactFiles } from "./exact-files.ts";
import { configOf, FIRST_PERSON, type ProxyProcess } from "./proxy-configs.ts";

/** The reverse proxies of the gateway's host, changed by whoever may. */
export interface ProxyHands {
  /** The host's files. */
  readonly files: ExactFiles;
  /** Whether a proxy that runs there has its configuration in this file, or in one of the same directory. */
  owns(proxy: FrontProgram, path: string): boolean;
  /** The proxy's own check of its configuration as it is on the disk; the value is the line that was run. */
  check(step: ReloadStep, signal: AbortSignal): Promise<Fact<Saying>>;
  /** Lets it read its configuration anew once it says that it is right. */
  reload(step: ReloadStep, signal: AbortSignal): Promise<Fact<Saying>>;
}

export type ReloadStep = Extract<Step, { readonly do: "proxy.reload" }>;

export interface ProxyHandsOptions {
  readonly files: ExactFiles;
  readonly processes: readonly ProxyProcess[];
  /** Directories that a proxy reads its sites from. */
  readonly directories: ReadonlySet<string>;
  /** Configurations that are not believed. */
  readonly disbelieved?: readonly string[];
  /** `as`: with the rights of this user and no more; absent: with our own. */
  run(words: readonly string[], signal: AbortSignal, as?: Account): Promise<Fact<CommandOutcome>>;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A machine, as far as its proxies are seen. */
export interface ProxyMachine {
  proxies(port: number): Promise<ProxyReading>;
  proxyProcesses(): Promise<readonly ProxyProcess[]>;
}

/** The hands for the proxies that run on a machine. */
export async function proxiesOf(
  machine: ProxyMachine,
  port: number,
  means: Pick<ProxyHandsOptions, "files" | "run">,
): Promise<ProxyHands> {
  const { fronts, programs, unread } = await machine.proxies(port);
  // Nothing is run over a configuration, and nothing written beside it, that was not believed.
  const processes = (await machine.proxyProcesses()).filter(({ name, line }) =>
    programs.some(({ proxy, config }) => proxy === name && configOf(proxy, line) === config),
  );
  const files = [...fronts.map(({ file }) => file), ...programs.flatMap(({ siteFile }) => siteFile ?? [])];
  const directories = new Set(files.map((file) => file.slice(0, file.lastIndexOf("/"))));
  return proxyHands({ ...means, processes, directories, disbelieved: unread });
}

/** A signal to the very process: its number may be another program's by now. */
const SIGNAL = '[ "$(readlink "/proc/$1/exe")" = "$2" ] && kill -s "$3" "$1"';

export function proxyHands(options: ProxyHandsOptions): ProxyHands {
  const { files, processes, directories, disbelieved = [], run } = options;
  const processOf = (proxy: FrontProgram, config: string): ProxyProcess | undefined =>
    processes.find(({ name, line }) => name === proxy && configOf(proxy, line) === config);
  const told = async (
    words: readonly string[],
    signal: AbortSignal,
    { uid, gid }: ProxyProcess,
  ): Promise<Fact<Saying>> => {
    const line = words.join(" ");
    // What a program does with its configuration it does with its own rights, and not with root's.
    const outcome = await run(words, signal, uid === 0 ? undefined : { uid, gid });
    if (!outcome.known) return outcome;
    if (outcome.value.exitCode === 0) return known(quoted(safeText(line, 300)), outcome.source);
    return unknown("failed", quoted(safeText(`${line}: ${faultIn(outcome.value)}`, 400)));
  };
  const check: ProxyHands["check"] = async ({ proxy, config }, signal) => {
    const running = processOf(proxy, config);
    const shown = safeText(config, 200);
    if (running === undefined && disbelieved.includes(shown))
      return unknown("denied", say("proxy-not-believed", { proxy, config: shown }));
    if (running === undefined) return unknown("absent", say("proxy-not-running", { proxy, config: shown }));
    return told(CHECKS[proxy](running, config), signal, running);
  };
  return {
    files,
    owns: (proxy, path) =>
      processes.some(({ name, line }) => name === proxy && configOf(proxy, line) === path) ||
      directories.has(path.slice(0, path.lastIndexOf("/"))),
    check,
    reload: async (step, signal) => {
      const checked = await check(step, signal);
      const running = processOf(step.proxy, step.config);
      if (!checked.known || running === undefined) return checked;
      const words = reloadOf(step, running);
      if (words === undefined)
        return unknown("not-asked", say("proxy-reload-by-hand", { proxy: step.proxy }));
      const done = await told(words, signal, running);
      return done.known
        ? known(say("proxy-reloaded", { proxy: step.proxy, why: checked.value }), done.source)
        : done;
    },
  };
}

/** Each proxy's own check: nginx's and HAProxy's manuals, Caddy's command line (run: 1.22, 2.6, 2.6). */
const CHECKS: Readonly<Record<FrontProgram, (process: ProxyProcess, config: string) => readonly string[]>> = {
  nginx: ({ exe, line, uid }, config) => {
    // Of an account of the system they are that account's word.
    const options = uid === 0 || uid >= FIRST_PERSON ? ["-p", "-e"] : [];
    const more = options.flatMap((option) => {
      const value = new RegExp(`\\s${option}\\s?(/\\S+)`).exec(line)?.[1];
      return value === undefined ? [] : [option, value];
    });
    return [exe, "-t", "-q", ...more, "-c", config];
  },
  caddy: ({ exe }, config) => [exe, "validate", "--config", config, "--adapter", "caddyfile"],
  haproxy: ({ exe }, config) => [exe, "-c", "-q", "-f", config],
};

/** `undefined`: it has to be started anew by whatever runs it. */
function reloadOf(
  { proxy, config }: ReloadStep,
  { pid, exe, line }: ProxyProcess,
): readonly string[] | undefined {
  const signal = (name: string) => ["sh", "-c", SIGNAL, "sh", String(pid), exe, name];
  if (proxy === "nginx") return signal("HUP");
  if (proxy === "caddy") return [exe, "reload", "--config", config, "--adapter", "caddyfile"];
  // Only a master process starts its workers anew (HAProxy's management guide).
  return /\s-(?:W|Ws)(?:\s|$)/.test(line) ? signal("USR2") : undefined;
}

/** What a check says is wrong, not what it says first. */
function faultIn(outcome: CommandOutcome): string {
  const lines = `${outcome.stderr}\n${outcome.stdout}`.split("\n");
  return (
    lines.find((line) => /\[(?:emerg|alert|ALERT)\]|^Error:|error:/i.test(line))?.trim() ??
    tellingLine(outcome)
  );
}
