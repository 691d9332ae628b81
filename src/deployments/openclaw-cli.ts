import { type ChildProcess, spawn } from "node:child_process";
import { type Fact, known, unknown } from "../core/fact.ts";
import { createScrubber } from "../core/scrub.ts";
import type { GatewayProcess } from "./processes.ts";
import type { World } from "./world.ts";

export interface CommandOutcome {
  readonly exitCode: number;
  /** Scrubbed, its first 256 KiB. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The gateway's own command line: the release that runs, in the gateway's place. */
export interface OpenclawCli {
  /**
   * Runs it with these words; they hold no secret, as every user of the machine can read them. Unknown: `absent`
   * (there is no such program), `denied` (the gateway is another user's), `timeout`, `failed`. When the signal
   * aborts, or the time is over, the command and what it started are ended before this resolves.
   */
  run(args: readonly string[], options: RunOptions): Promise<Fact<CommandOutcome>>;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** 60 000 when absent: a command took 1 to 24 s on a busy machine (2026.2.1, 2026.3.13, 2026.9.6). */
  readonly timeoutMs?: number;
}

export interface OpenclawCliOptions {
  readonly world: World;
  readonly gateway?: GatewayProcess;
  /** The files that the command is to use, wherever its own environment points. */
  readonly configPath: string;
  readonly stateDir: string;
  /** Whose files they are: a doctor that runs as root becomes that user, so that the files stay theirs. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** What must not be in the output. */
  readonly secrets: readonly string[];
}

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT = 256 * 1024;
/** Between the request to end and the end by force. */
const GRACE_MS = 2000;

export function openclawCli(options: OpenclawCliOptions): OpenclawCli {
  let program: Promise<readonly string[] | undefined> | undefined;
  const scrub = createScrubber(options.secrets);
  return {
    run: async (args, { signal, timeoutMs }) => {
      const { world, gateway, owner } = options;
      const as = owner?.uid ?? gateway?.uid;
      if (world.uid !== undefined && world.uid !== 0 && as !== undefined && as !== world.uid)
        return unknown("denied", `the gateway's files belong to user ${as}, and this is user ${world.uid}`);
      if (args.some((word) => word.includes("\0") || options.secrets.some((one) => holds(word, one))))
        return unknown("not-asked", "a secret is never handed to a command");
      program ??= findProgram(world, gateway);
      const found = await program;
      if (found === undefined)
        return unknown("absent", "no openclaw command was found beside the gateway or on the PATH");
      if (signal.aborted) return unknown("failed", "interrupted");
      const outcome = await runToEnd([...found, ...args], {
        env: environmentOf(options),
        ...(world.uid === 0 && owner !== undefined && owner.uid !== 0 ? { user: owner } : {}),
        cwd: options.stateDir,
        signal,
        timeoutMs: timeoutMs ?? TIMEOUT_MS,
      });
      if (!outcome.known) return outcome;
      const { exitCode, stdout, stderr } = outcome.value;
      return known({ exitCode, stdout: scrub(stdout).text, stderr: scrub(stderr).text }, found.join(" "));
    },
  };
}

function holds(word: string, secret: string): boolean {
  return secret.length >= 6 && word.includes(secret);
}

/** The code that the gateway runs, with the Node that runs it; else `openclaw` on the gateway's PATH, then on ours. */
async function findProgram(
  world: World,
  gateway: GatewayProcess | undefined,
): Promise<readonly string[] | undefined> {
  const node = gateway?.node;
  if (gateway?.installDir !== undefined && node !== undefined && (await world.exists(node))) {
    for (const entry of ["openclaw.mjs", "dist/index.js", "dist/entry.js"]) {
      const path = `${gateway.installDir}/${entry}`;
      if (await world.exists(path)) return [node, path];
    }
  }
  if (world.platform === "win32") return undefined;
  for (const path of [gateway?.env?.PATH?.reveal(), world.env.PATH]) {
    for (const directory of (path ?? "").split(":").slice(0, 50)) {
      const program = `${directory}/openclaw`;
      if (directory.startsWith("/") && (await world.info(program))?.kind === "file") return [program];
    }
  }
  return undefined;
}

/** What tells a service from a command, and what belongs to the one process that had it. */
const NOT_FOR_COMMANDS =
  /^(?:OPENCLAW_(?:SERVICE_|NODE_OPTIONS_READY)|INVOCATION_ID$|JOURNAL_STREAM$|NOTIFY_SOCKET$|LISTEN_|WATCHDOG_|MAINPID$|SYSTEMD_EXEC_PID$|NODE_CHANNEL_|NODE_UNIQUE_ID$)/;

/**
 * The gateway's environment as it is: its config may refer to any variable, and a command that lacks one refuses
 * the config. Without a gateway, our own.
 */
function environmentOf(options: OpenclawCliOptions): Record<string, string> {
  const { world, gateway } = options;
  const env: Record<string, string> = {};
  const own = gateway?.env === undefined;
  const source: readonly (readonly [string, string | undefined])[] = own
    ? Object.entries(world.env)
    : Object.entries(gateway?.env ?? {}).map(([name, value]) => [name, value.reveal()]);
  for (const [name, value] of source)
    if (value !== undefined && !NOT_FOR_COMMANDS.test(name)) env[name] = value;
  env.HOME ??= gateway?.home ?? world.homedir;
  env.PATH ??= world.env.PATH ?? "/usr/local/bin:/usr/bin:/bin";
  // `gateway restart` finds a user's service manager by these.
  for (const name of ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]) {
    const value = world.env[name];
    if (value !== undefined && env[name] === undefined) env[name] = value;
  }
  const flags = gateway?.flags;
  // The command reads the config only; what the gateway's command line says besides is handed on here, and
  // not as an option: from 2026.3.13 on the variables win over the config.
  if (flags?.port !== undefined) env.OPENCLAW_GATEWAY_PORT = String(flags.port);
  if (flags?.token !== undefined) env.OPENCLAW_GATEWAY_TOKEN = flags.token.reveal();
  if (flags?.password !== undefined) env.OPENCLAW_GATEWAY_PASSWORD = flags.password.reveal();
  if (flags?.profile !== undefined) env.OPENCLAW_PROFILE ??= flags.profile;
  env.OPENCLAW_CONFIG_PATH = options.configPath;
  env.OPENCLAW_STATE_DIR = options.stateDir;
  env.NO_COLOR = "1";
  return env;
}

interface Execution {
  readonly env: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

function runToEnd(argv: readonly string[], execution: Execution): Promise<Fact<CommandOutcome>> {
  const { env, user, cwd, signal, timeoutMs } = execution;
  return new Promise((resolve) => {
    const [command = "", ...args] = argv;
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        env: { ...env },
        cwd,
        // A group of its own: the command starts itself anew with other options of Node, and both have to end.
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        ...(user === undefined ? {} : user),
      });
    } catch (error) {
      return resolve(unknown("failed", codeOf(error)));
    }
    const out = collect(child.stdout);
    const err = collect(child.stderr);
    let why: Fact<never> | undefined;
    let exit: number | undefined;
    let force: NodeJS.Timeout | undefined;
    let flush: NodeJS.Timeout | undefined;
    let done = false;

    const end = (reason: Fact<never>): void => {
      if (why !== undefined || exit !== undefined) return;
      why = reason;
      signalGroup(child, "SIGTERM");
      force = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
    };
    const onAbort = (): void => end(unknown("failed", "interrupted"));
    const timer = setTimeout(
      () => end(unknown("timeout", `it took longer than ${Math.round(timeoutMs / 1000)} s`)),
      timeoutMs,
    );
    // A doctor that ends takes the command with it.
    const onExit = (): void => signalGroup(child, "SIGKILL");
    process.once("exit", onExit);
    signal.addEventListener("abort", onAbort, { once: true });
    const finish = (outcome: Fact<CommandOutcome>): void => {
      if (done) return;
      done = true;
      for (const each of [timer, force, flush]) clearTimeout(each);
      signal.removeEventListener("abort", onAbort);
      process.off("exit", onExit);
      // Whatever it left in its group.
      signalGroup(child, "SIGKILL");
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(outcome);
    };
    const conclude = (): void =>
      finish(why ?? known({ exitCode: exit ?? 1, stdout: out(), stderr: err() }, command));
    child.on("error", (error) => {
      const code = codeOf(error);
      finish(unknown(code === "ENOENT" ? "absent" : code === "EACCES" ? "denied" : "failed", code));
    });
    child.on("exit", (code) => {
      exit = code ?? 1;
      // What it started may hold the pipes open; they are not waited for.
      flush = setTimeout(conclude, 500);
    });
    child.on("close", conclude);
  });
}

function collect(stream: ChildProcess["stdout"]): () => string {
  const parts: Buffer[] = [];
  let length = 0;
  stream?.on("data", (chunk: Buffer) => {
    if (length >= MAX_OUTPUT) return;
    parts.push(chunk.subarray(0, MAX_OUTPUT - length));
    length += chunk.length;
  });
  stream?.on("error", () => undefined);
  return () => Buffer.concat(parts).toString("utf8");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of it is left.
  }
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "it could not be started";
}
