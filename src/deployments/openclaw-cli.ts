import { realpath } from "node:fs/promises";
import { delimiter } from "node:path";
import { type Fact, known, type Unknown, unknown, whyUnknown } from "../core/fact.ts";
import { parseBoundedJson } from "../core/json.ts";
import { type Saying, say } from "../core/saying.ts";
import { createScrubber } from "../core/scrub.ts";
import { safeText } from "../core/text.ts";
import { readAccounts } from "./accounts.ts";
import { type CommandOutcome, notRun, runToEnd, triedWith } from "./command.ts";
import { openInput } from "./input.ts";
import { type LoopbackCall, loopbackConfig } from "./loopback-call.ts";
import { STARTED_BY } from "./orphans.ts";
import { distrusted } from "./path-trust.ts";
import type { GatewayProcess } from "./processes.ts";
import type { World } from "./world.ts";

/** The gateway's own command line: the release that runs, in the gateway's place. */
export interface OpenclawCli {
  /**
   * Runs it with these words; they hold no secret, as every user of the machine can read them. Unknown: `absent`
   * (there is no such program), `denied` (the gateway is another user's), `timeout`, `failed`. When the signal
   * aborts, or the time is over, the command and what it started are ended before this resolves.
   */
  run(args: readonly string[], options: RunOptions): Promise<Fact<CommandOutcome>>;
  /** Why nothing can be run, before anything is tried. Absent: that shows only then. */
  missing?(): Promise<Unknown | undefined>;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** 60 000 when absent: a command took 1 to 24 s on a busy machine (2026.2.1, 2026.3.13, 2026.9.6). */
  readonly timeoutMs?: number;
  /** Is given what it printed as it is, to read values out of: scrubbed JSON is none. */
  readonly read?: (stdout: string) => void;
}

export interface OpenclawCliOptions {
  readonly world: World;
  readonly gateway?: GatewayProcess;
  /** The files that the command is to use, wherever its own environment points. */
  readonly configPath: string;
  readonly stateDir: string;
  /** Whose files they are: a doctor that runs as root becomes that user, so that the files stay theirs. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** The release that runs, when it is known for certain: a command of another one is not taken from the PATH. */
  readonly release?: string;
  /** What must not be in the output. */
  readonly secrets: readonly string[];
  /** The release would dial an address of the network: it is given loopback, and the gateway's credentials. */
  readonly loopback?: LoopbackCall;
}

const TIMEOUT_MS = 60_000;

export function openclawCli(options: OpenclawCliOptions): OpenclawCli {
  let program: Promise<Search> | undefined;
  const scrub = createScrubber(options.secrets);
  const search = (): Promise<Search> => {
    program ??= findProgram(options);
    return program;
  };
  return {
    missing: async () => lacking(await search()),
    run: async (args, { signal, timeoutMs, read }) => {
      const { world, gateway, owner } = options;
      const as = owner?.uid ?? gateway?.uid;
      if (world.uid !== undefined && world.uid !== 0 && as !== undefined && as !== world.uid)
        return unknown("denied", say("other-owner", { owner: as, user: world.uid }));
      const refused = refusedWords(args, options.secrets);
      if (refused !== undefined) return refused;
      const { found, because } = await search();
      if (found === undefined) return absent(because);
      if (signal.aborted) return unknown("failed", say("interrupted"));
      const { loopback } = options;
      const call =
        loopback !== undefined && args[0] === "devices"
          ? await loopbackConfig(loopback, becomes(options) ? owner : undefined)
          : undefined;
      const outcome = await runToEnd([...found, ...args], {
        env: { ...(await environmentOf(options)), ...call?.env },
        ...(becomes(options) && owner !== undefined ? { user: owner } : {}),
        cwd: options.stateDir,
        signal,
        timeoutMs: timeoutMs ?? TIMEOUT_MS,
      }).finally(() => call?.remove());
      const tried = found.join(" ");
      if (!outcome.known) return unknown(outcome.reason, triedWith(whyUnknown(outcome), tried));
      const { exitCode, stdout, stderr } = outcome.value;
      read?.(stdout);
      return known({ exitCode, stdout: scrub(stdout).text, stderr: scrub(stderr).text }, tried);
    },
  };
}

function lacking({ found, because }: Search): Unknown | undefined {
  return found === undefined ? absent(because) : undefined;
}

function absent(because: Saying | undefined): Unknown {
  return unknown(
    "absent",
    because === undefined ? say("no-command") : say("no-command-because", { why: because }),
  );
}

/** Whoever may list processes reads a command's words. */
export function refusedWords(args: readonly string[], secrets: readonly string[]): Unknown | undefined {
  return args.some((word) => word.includes("\0") || secrets.some((one) => holds(word, one)))
    ? unknown("not-asked", say("secret"))
    : undefined;
}

function holds(word: string, secret: string): boolean {
  return secret.length >= 6 && word.includes(secret);
}

/** Root becomes the files' owner, so that a program has that user's rights and no more. */
function becomes({ world, owner }: OpenclawCliOptions): boolean {
  return world.uid === 0 && owner !== undefined && owner.uid !== 0;
}

/** Those who may write what is run: root, and the user that it runs as. */
function runners(options: OpenclawCliOptions): ReadonlySet<number> {
  const { world, owner } = options;
  return new Set([(becomes(options) ? owner?.uid : world.uid) ?? 0]);
}

/**
 * The code that the gateway runs, with the Node that runs it; else `openclaw` on the gateway's PATH, then on ours. What
 * others may write is passed over.
 */
async function findProgram(options: OpenclawCliOptions): Promise<Search> {
  const { world, gateway, release } = options;
  const trusted = runners(options);
  let because: Saying | undefined;
  const isTrusted = async (path: string): Promise<boolean> => {
    const why = await distrusted(world, path, trusted);
    if (why !== undefined) because ??= notRun(path, why);
    return why === undefined;
  };
  const node = gateway?.node;
  if (node !== undefined && !(await world.exists(node)))
    because = say("node-gone", { path: safeText(node, 200) });
  if (gateway?.installDir !== undefined && node !== undefined && (await world.exists(node))) {
    for (const entry of ["openclaw.mjs", "dist/index.js", "dist/entry.js"]) {
      const path = `${gateway.installDir}/${entry}`;
      if ((await world.exists(path)) && (await isTrusted(path))) return { found: [node, path] };
    }
  }
  if (world.platform === "win32") return because === undefined ? {} : { because };
  for (const path of [gateway?.env?.PATH?.reveal(), world.env.PATH]) {
    for (const directory of (path ?? "").split(":").slice(0, 50)) {
      const program = `${directory}/openclaw`;
      if (!directory.startsWith("/") || (await world.info(program))?.kind !== "file") continue;
      if (!(await isTrusted(program))) continue;
      const other = release === undefined ? undefined : await releaseBehind(program);
      if (other !== undefined && other !== release) {
        because ??= say("of-other-release", { path: safeText(program, 200), release: safeText(other, 60) });
        continue;
      }
      // `#!/usr/bin/env node` would take the first Node of the PATH, which need not be one that the release runs on.
      const entry = node === undefined ? undefined : await entryBehind(program);
      return node !== undefined && entry !== undefined && (await world.exists(node))
        ? { found: [node, entry] }
        : { found: [program] };
    }
  }
  return because === undefined ? {} : { because };
}

/** What is run; where nothing is, the first of what was there and was passed over, and why. */
interface Search {
  readonly found?: readonly string[];
  readonly because?: Saying;
}

/** OpenClaw's own entry file, where npm links to it. */
async function entryBehind(program: string): Promise<string | undefined> {
  const target = await realpath(program).catch(() => "");
  return target.endsWith("/openclaw.mjs") ? target : undefined;
}

/** Bytes of a package.json. */
const MAX_MANIFEST = 1_000_000;

/** The version beside what npm links to; `undefined` for a script of another kind. */
async function releaseBehind(program: string): Promise<string | undefined> {
  try {
    const target = await entryBehind(program);
    if (target === undefined) return undefined;
    const input = await openInput(target.replace(/openclaw\.mjs$/, "package.json"));
    const manifest = parseBoundedJson((await input.read(MAX_MANIFEST)).bytes.toString("utf8"));
    if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return undefined;
    return typeof manifest.version === "string" ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}

/** What tells a service from a command, and what belongs to the one process that had it. */
export const NOT_FOR_COMMANDS =
  /^(?:OPENCLAW_(?:SERVICE_|NODE_OPTIONS_READY)|INVOCATION_ID$|JOURNAL_STREAM$|NOTIFY_SOCKET$|LISTEN_|WATCHDOG_|MAINPID$|SYSTEMD_EXEC_PID$|NODE_CHANNEL_|NODE_UNIQUE_ID$)/;

/** What of root's environment another user's program gets to see. */
const FOR_ANYBODY = /^(?:PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM)$/;
const TRUSTS_ALL = "NODE_TLS_REJECT_UNAUTHORIZED";

/**
 * The gateway's environment as it is: its config may refer to any variable, and a command that lacks one refuses
 * the config. Without a gateway, our own. Of root's no secret, where root becomes another user.
 */
async function environmentOf(options: OpenclawCliOptions): Promise<Record<string, string>> {
  const { world, gateway, owner } = options;
  const env: Record<string, string> = {};
  const foreign = becomes(options);
  const own = gateway?.env !== undefined && gateway.uid === owner?.uid;
  const ours = gateway?.env === undefined;
  const source: readonly (readonly [string, string | undefined])[] = ours
    ? Object.entries(world.env)
    : Object.entries(gateway?.env ?? {}).map(([name, value]) => [name, value.reveal()]);
  for (const [name, value] of source) {
    if (value === undefined || NOT_FOR_COMMANDS.test(name)) continue;
    // A shell that trusts every certificate is our user's; the gateway's own environment is the gateway's.
    if (ours && name === TRUSTS_ALL) continue;
    if (!foreign || own || FOR_ANYBODY.test(name)) env[name] = value;
  }
  const account = foreign ? (await readAccounts(world)).users.get(owner?.uid ?? 0) : undefined;
  env.HOME ??= gateway?.home ?? account?.home ?? world.homedir;
  env.PATH = await trustedPath(env.PATH ?? world.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", options);
  // `gateway restart` finds a user's service manager by these.
  for (const name of foreign ? [] : ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]) {
    const value = world.env[name];
    if (value !== undefined && env[name] === undefined) env[name] = value;
  }
  Object.assign(env, variablesFor(options));
  env[STARTED_BY] = String(process.pid);
  return env;
}

/** The program may start others by their name (`#!/usr/bin/env node`): not from where others may put them. */
async function trustedPath(path: string, options: OpenclawCliOptions): Promise<string> {
  const { world } = options;
  if (world.platform === "win32") return path;
  const trusted = runners(options);
  const kept: string[] = [];
  // The gateway's own Node first: another one of the PATH may be too old for its release.
  const own = options.gateway?.node?.match(/^(\/.*)\/node$/)?.[1];
  const all = [...(own === undefined ? [] : [own]), ...path.split(delimiter).slice(0, 100)];
  for (const directory of new Set(all))
    if (directory.startsWith("/") && (await distrusted(world, directory, trusted)) === undefined)
      kept.push(directory);
  return kept.join(delimiter);
}

/**
 * What a command has to be told beside the gateway's environment: which files, and what the gateway's own command
 * line says. Not as options: from 2026.3.13 on the variables win over the config.
 */
export function variablesFor({
  gateway,
  configPath,
  stateDir,
}: Pick<OpenclawCliOptions, "gateway" | "configPath" | "stateDir">): Record<string, string> {
  const flags = gateway?.flags;
  const profile = gateway?.env?.OPENCLAW_PROFILE?.reveal() ?? flags?.profile;
  return {
    ...(flags?.port === undefined ? {} : { OPENCLAW_GATEWAY_PORT: String(flags.port) }),
    ...(flags?.token === undefined ? {} : { OPENCLAW_GATEWAY_TOKEN: flags.token.reveal() }),
    ...(flags?.password === undefined ? {} : { OPENCLAW_GATEWAY_PASSWORD: flags.password.reveal() }),
    ...(profile === undefined ? {} : { OPENCLAW_PROFILE: profile }),
    OPENCLAW_CONFIG_PATH: configPath,
    OPENCLAW_STATE_DIR: stateDir,
    NO_COLOR: "1",
  };
}
