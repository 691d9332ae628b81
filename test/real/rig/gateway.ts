// A real gateway from npm: started quietly, awaited until it really answers, followed when it replaces itself.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Agent, startAgent } from "./agent.ts";
import { CLI, type Outcome } from "./client.ts";
import { type Namespace, ownNamespace } from "./namespace.ts";
import { type CommandResult, endMarked, isAlive, pidsMarked, progress, run, until } from "./processes.ts";
import { addModule, type InstalledRelease, installRelease, isAtLeast } from "./releases.ts";

/** A test's own secret; it protects nothing. */
export const TOKEN = "rig-token-5f2c81d0";

export interface GatewaySection {
  readonly port?: number;
  readonly bind?: string;
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly trustedProxies?: readonly string[];
  readonly controlUi?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface GatewayConfig {
  readonly gateway: GatewaySection;
  readonly [key: string]: unknown;
}

export interface GatewayOptions {
  readonly release: string;
  /** Merged over bind loopback with a token; `logging.file` and `plugins` are the rig's. */
  readonly config?: GatewayConfig;
  readonly env?: NodeJS.ProcessEnv;
  /** 18789 in a namespace of its own, a free-looking port otherwise. */
  readonly port?: number;
  readonly host?: Namespace;
  /** A new temporary folder unless given. */
  readonly home?: string;
  /** Hands the section `gateway` over as it is, whatever the release makes of it. */
  readonly exact?: true;
  /** It loads plugins, those of its home among them; it starts without any otherwise. */
  readonly plugins?: true;
  /** How long the first start may take, milliseconds; 180 000 unless given. */
  readonly startMs?: number;
}

export interface Gateway {
  readonly release: string;
  readonly installed: InstalledRelease;
  readonly host: Namespace;
  /** ws:// URL on loopback in the gateway's own namespace. */
  readonly url: string;
  readonly port: number;
  readonly home: string;
  readonly stateDir: string;
  readonly configPath: string;
  readonly consoleLog: string;
  readonly fileLog: string;
  readonly token: string;
  /** Connects from the gateway's own machine. */
  readonly agent: Agent;
  /** Process that serves now: another one after a full restart. */
  pid(): number | undefined;
  /** Resolves when a connect attempt gets a real answer. */
  ready(timeoutMs?: number): Promise<Outcome>;
  /** Writes the config and waits until the gateway has taken it up, by itself or by a restart of ours. */
  reconfigure(config: GatewayConfig): Promise<"by itself" | "restarted">;
  /** Environment of the gateway's own CLI on its machine. */
  cliEnv(): NodeJS.ProcessEnv;
  /** Runs the release's own CLI on the gateway's machine. */
  cli(args: readonly string[], options?: CliOptions): Promise<CommandResult>;
  readConsole(): string;
  /** Ends the gateway and leaves its files. */
  halt(): Promise<void>;
  /** Starts it again with this config, or with the file as it lies there; `env` is beside its own. */
  restart(config: GatewayConfig | undefined, env?: NodeJS.ProcessEnv): Promise<void>;
  /** Ends the gateway and everything of the rig around it, and removes a home that the rig made. */
  stop(): Promise<void>;
}

export interface CliOptions {
  /** 90 000 unless given; whatever it started is ended with it. */
  readonly timeoutMs?: number;
  /** Beside the gateway's own environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** The gateway's machine unless given. */
  readonly host?: Namespace;
  /** User id to run as; this process's own unless given. */
  readonly uid?: number;
}

const MARK = "PAIRING_DOCTOR_RIG";
const CLI_MARK = "PAIRING_DOCTOR_RIG_CLI";

const running = new Set<Gateway>();

/** Environment that keeps a gateway from doing anything but serve (measured: RUNNING notes of 18 releases). */
function quietEnvironment(installed: InstalledRelease, home: string): NodeJS.ProcessEnv {
  return {
    PATH: `${path.dirname(installed.node)}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    HOME: home,
    TMPDIR: installed.tempDir,
    NODE_COMPILE_CACHE: installed.compileCache,
    OPENCLAW_SKIP_CHANNELS: "1",
    OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: "1",
    OPENCLAW_SKIP_CANVAS_HOST: "1",
    OPENCLAW_SKIP_CRON: "1",
    OPENCLAW_SKIP_GMAIL_WATCHER: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    NO_COLOR: "1",
    TERM: "dumb",
    LANG: "C.UTF-8",
  };
}

/** The config of a release: what the caller wants, made acceptable to that release. */
export function configFor(
  release: string,
  port: number,
  fileLog: string,
  config?: GatewayConfig,
  plugins?: true,
): GatewayConfig {
  const wanted = config?.gateway ?? {};
  const gateway = acceptable(release, port, wanted);
  return withOwnFiles(release, fileLog, { ...config, gateway }, plugins);
}

function withOwnFiles(
  release: string,
  fileLog: string,
  config: GatewayConfig,
  plugins?: true,
): GatewayConfig {
  return {
    ...config,
    logging: { file: fileLog },
    // Saves most of the start; 2026.4.22 to 2026.4.29 would even install their plugins' packages from npm first.
    ...(plugins !== true && isAtLeast(release, "2026.4.20") ? { plugins: { enabled: false } } : {}),
  };
}

function acceptable(release: string, port: number, wanted: GatewaySection): GatewaySection {
  const controlUi: Record<string, unknown> = { ...wanted.controlUi };
  // Unknown to 2026.2.1 and before, which then refuse to start.
  if (!isAtLeast(release, "2026.2.2")) delete controlUi.allowedOrigins;
  // These four refuse a LAN bind without a list of origins.
  const needsOrigins = isAtLeast(release, "2026.2.23") && !isAtLeast(release, "2026.2.27");
  if (needsOrigins && wanted.bind === "lan" && controlUi.allowedOrigins === undefined)
    controlUi.allowedOrigins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  const gateway: Record<string, unknown> = {
    mode: "local",
    bind: "loopback",
    auth: { mode: "token", token: TOKEN },
    ...wanted,
    port,
  };
  delete gateway.controlUi;
  if (Object.keys(controlUi).length > 0) gateway.controlUi = controlUi;
  return gateway;
}

/** 2026.4.7 lacks the modules of its channels (four were met), one error after the other. */
const MOST_MISSING = 20;

/** The module that a start failed for want of, as its error names it. */
function missingModule(said: string): string | undefined {
  const named = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(said)?.[1];
  if (named !== undefined) return packageOf(named);
  // An optional binding of this platform (@snazzah/davey in 2026.2.21 and 2026.2.26).
  const from = said.indexOf("Cannot find native binding");
  const native =
    from < 0 ? undefined : /node_modules\/([^\s()]{1,200}?)\/index\.js/.exec(said.slice(from))?.[1];
  return native === undefined ? undefined : `${packageOf(native)}-linux-${process.arch}-gnu`;
}

function packageOf(path: string): string {
  const parts = path.split("/");
  return parts.slice(0, path.startsWith("@") ? 2 : 1).join("/");
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const installed = await installRelease(options.release);
  const { release } = installed;
  const host = options.host ?? ownNamespace;
  const port = options.port ?? (host === ownNamespace ? 21_000 + (process.pid % 4000) : 18_789);
  const ownHome = options.home === undefined;
  const home = options.home ?? mkdtempSync(path.join(tmpdir(), "opd-rig-home-"));
  const stateDir = path.join(home, ".openclaw");
  const configPath = path.join(stateDir, "openclaw.json");
  const consoleLog = path.join(home, "console.log");
  const fileLog = path.join(home, "gateway.jsonl");
  mkdirSync(stateDir, { recursive: true });
  const mark = randomUUID();
  const env = { ...quietEnvironment(installed, home), ...options.env };
  const agent = startAgent(host);
  const url = `ws://127.0.0.1:${port}`;
  let main: ChildProcess | undefined;
  let launchEnv: NodeJS.ProcessEnv = env;

  const write = (config: GatewayConfig | undefined) => {
    const whole =
      options.exact && config !== undefined
        ? withOwnFiles(release, fileLog, config)
        : configFor(release, port, fileLog, config, options.plugins);
    writeFileSync(configPath, `${JSON.stringify(whole, null, 2)}\n`);
  };
  const readConsole = () => {
    try {
      return readFileSync(consoleLog, "utf8");
    } catch {
      return "";
    }
  };
  const launch = () => {
    const argv = host.inside([installed.node, installed.entry, "gateway", "run"]);
    const log = openSync(consoleLog, "a");
    const [command = "", ...args] = argv;
    main = spawn(command, args, {
      cwd: home,
      env: { ...launchEnv, [MARK]: mark },
      stdio: ["ignore", log, log],
    });
    main.on("error", () => {});
    closeSync(log);
  };
  const pid = () => {
    if (main?.pid !== undefined && isAlive(main.pid)) return main.pid;
    return pidsMarked(MARK, mark)[0];
  };
  const knock = (): Promise<Outcome> =>
    agent.connect({
      url,
      client: CLI,
      scopes: ["operator.read"],
      auth: { token: TOKEN },
      headers: {},
      timeoutMs: 8000,
    });
  const ready = async (timeoutMs = 180_000): Promise<Outcome> => {
    let last: Outcome | undefined;
    const answered = await until(
      async () => {
        if (pid() === undefined)
          throw new Error(`openclaw ${release} ended before it was ready:\n${readConsole().slice(-2000)}`);
        last = await knock();
        // 1013 / UNAVAILABLE: from 2026.4.29 it listens before it is ready.
        return (last.admitted || last.errorCode !== undefined) && last.errorCode !== "UNAVAILABLE";
      },
      timeoutMs,
      250,
    );
    if (!answered || last === undefined)
      throw new Error(
        `openclaw ${release} gave no answer in ${timeoutMs / 1000} s (${JSON.stringify(last)})\n${readConsole().slice(-2000)}`,
      );
    return last;
  };
  /** 2026.4.7 starts without a module that every request for the page wants, and answers 500. */
  const pageLoads = async () => {
    let status = 0;
    await until(
      async () => {
        status = await agent.get(url.replace(/^ws/, "http")).catch(() => 0);
        return status !== 0;
      },
      60_000,
      500,
    );
    if (status === 500) throw new Error(`openclaw ${release} answers 500 for its page`);
  };
  const launchAndWait = async () => {
    for (let missing = 0; ; missing++) {
      const before = readConsole().length;
      launch();
      try {
        await ready(options.startMs);
        await pageLoads();
        return;
      } catch (error) {
        const module = missingModule(readConsole().slice(before));
        await endMarked(MARK, mark);
        if (module === undefined || missing >= MOST_MISSING) throw error;
        await addModule(release, module);
      }
    }
  };
  const stop = async () => {
    running.delete(gateway);
    await endMarked(MARK, mark);
    await agent.stop();
    if (ownHome) rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };

  const gateway: Gateway = {
    release,
    installed,
    host,
    url,
    port,
    home,
    stateDir,
    configPath,
    consoleLog,
    fileLog,
    token: TOKEN,
    agent,
    pid,
    ready,
    async reconfigure(config) {
      let closed = false;
      const held = agent
        .connect({ url, client: CLI, scopes: ["operator.read"], auth: { token: TOKEN }, hold: true })
        .then(() => {
          closed = true;
        });
      // The held connection has to be in before the change, or its end tells nothing.
      await knock();
      const consoleBefore = readConsole().length;
      const fileBefore = readFileSync(configPath, "utf8");
      write(config);
      if (readFileSync(configPath, "utf8") === fileBefore) return "by itself";
      const takenUp = () => /\[reload\] config hot reload applied/.test(readConsole().slice(consoleBefore));
      // Newer releases take some keys up without a restart, and leave an invalid file alone.
      const skipped = () =>
        /\[reload\] config reload (?:skipped|failed)/.test(readConsole().slice(consoleBefore));
      await until(() => closed || takenUp() || skipped(), 20_000, 100);
      if (takenUp()) return "by itself";
      if (!closed) {
        await endMarked(MARK, mark);
        await held;
        await launchAndWait();
        return "restarted";
      }
      await held;
      await until(() => pid() !== undefined, 15_000);
      await ready(90_000);
      return "by itself";
    },
    cliEnv: () => ({ ...env }),
    async cli(args, { timeoutMs = 240_000, env: more, host: where = host, uid } = {}) {
      const cliMark = randomUUID();
      // Ended by its mark: a child that outlives the command would keep its output open.
      let timedOut = false;
      const limit = setTimeout(() => {
        timedOut = true;
        endMarked(CLI_MARK, cliMark).catch(() => {});
      }, timeoutMs);
      const as = uid === undefined ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
      try {
        const result = await run(where.inside([...as, installed.node, installed.entry, ...args]), {
          env: { ...env, ...more, [CLI_MARK]: cliMark },
          cwd: more?.HOME ?? home,
          timeoutMs: timeoutMs + 15_000,
        });
        return { ...result, timedOut: timedOut || result.timedOut };
      } finally {
        clearTimeout(limit);
        await endMarked(CLI_MARK, cliMark);
      }
    },
    readConsole,
    halt: () => endMarked(MARK, mark),
    async restart(config, more = {}) {
      await endMarked(MARK, mark);
      if (config !== undefined) write(config);
      launchEnv = { ...env, ...more };
      await launchAndWait();
    },
    stop,
  };
  running.add(gateway);
  try {
    write(options.config);
    const started = Date.now();
    await launchAndWait();
    progress(`openclaw ${release} answers after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return gateway;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For a run that is interrupted: ends what this process started. */
export async function stopAllGateways(): Promise<void> {
  for (const gateway of [...running]) await gateway.stop();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stopAllGateways().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
  });
}
