import type { Changer } from "../../core/change.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { type Fact, known, unknown } from "../../core/fact.ts";
import type { DeploymentNames } from "../../core/facts.ts";
import { say } from "../../core/saying.ts";
import { fingerprintOf } from "../../core/secret.ts";
import { dialsOwnLan } from "../../kinds/own-lan-dial.ts";
import { containerCli } from "../contained/cli.ts";
import { gatewayChanger } from "../gateway-changer.ts";
import { wholeProgram } from "../hidden-program.ts";
import { type LocalAccess, localAccess } from "../local.ts";
import { findLogFiles } from "../log-files.ts";
import { NOT_FOR_COMMANDS, type OpenclawCli } from "../openclaw-cli.ts";
import { STARTED_BY } from "../orphans.ts";
import { distrusted } from "../path-trust.ts";
import type { GatewayProcess } from "../processes.ts";
import { type Account, type ProxyMachine, proxiesOf } from "../proxy-hands.ts";
import { watchGateway } from "../reload.ts";
import { tailscaleBy } from "../tailscale.ts";
import type { ChangerOptions } from "../types.ts";
import type { World } from "../world.ts";
import type { Asks } from "./asks.ts";
import type { SshConnection } from "./connection.ts";
import { sshExec } from "./exec.ts";
import { sshEyes } from "./eyes.ts";
import { sshFiles } from "./files.ts";
import { restartOver } from "./restart.ts";
import { freshSshWorld } from "./world.ts";

export interface SshChangerOptions extends ChangerOptions {
  readonly access: LocalAccess;
  /** The host, as it was looked at. */
  readonly world: World;
  readonly connect: () => Promise<SshConnection>;
  readonly name: string;
  readonly salt: string;
  readonly names: DeploymentNames;
  readonly gateway: GatewayProcess | undefined;
  readonly reach: () => Promise<Fact<string>>;
  /** The host's proxies. */
  readonly machine: ProxyMachine;
}

const NO_COMMAND = unknown("absent", say("no-command"));
/** Milliseconds; each look is a question over the line. */
const LIMITS = { every: 700 };
const TAILSCALE_MS = 15_000;
const PROXY_MS = 30_000;

/** The gateway of a host, changed as its owner by the Node that it runs on; nothing is installed there. */
export async function sshChanger(options: SshChangerOptions): Promise<Fact<Changer>> {
  const { access, world, connect, name, salt, edit, release: told } = options;
  const config = await access.config();
  if (!config.known) return config;
  const { reading, all, logFile } = config.value;
  const gateway = await wholeProgram(world, options.gateway, logFile);
  const { path: configPath, stateDir, effective } = reading;
  const info = await world.info(configPath);
  const { uid, gid } = info ?? {};
  if (uid === undefined || gid === undefined) return unknown("failed", say("no-config"));
  const owner = { uid, gid };
  if (world.uid !== 0 && world.uid !== uid)
    return unknown("denied", say("other-owner", { owner: uid, user: world.uid ?? -1 }));
  const node = await nodeThere(world, gateway, uid);
  if (node === undefined) return unknown("absent", say("no-node-there", { host: name }));
  const own = await access.release();
  const certain = own.known && own.value.confidence !== "possible" ? own.value.version : undefined;
  // Of an era the oldest: what the newest can do, it need not.
  const release = certain ?? told?.range?.[0] ?? told?.version;
  const host: Asks = { ask: async (script, limits) => (await connect()).ask(script, limits) };
  const fresh = freshSshWorld(world, host, name);
  const exec = sshExec({
    connect,
    name,
    node,
    uid: world.uid ?? -1,
    owner,
    env: environmentOf(world, gateway),
  });
  const port = effective.gateway?.port ?? DEFAULT_PORT;
  const program = await programThere(world, gateway, node, uid);
  const cli: OpenclawCli =
    program === undefined
      ? { run: async () => NO_COMMAND, missing: async () => NO_COMMAND }
      : dialsOwnLan(release, effective.gateway?.bind)
        ? { run: async () => unknown("not-asked", say("own-lan-dial-there")) }
        : containerCli({
            exec,
            program,
            user: "",
            gateway: gateway ?? { pid: 0, flags: {} },
            configPath,
            stateDir,
            secrets: all.map((secret) => secret.reveal()),
          });
  const newestLog = async (): Promise<string | undefined> => {
    // It writes into a /tmp that is not to be seen from here.
    if (access.service?.privateTmp === true && logFile === undefined) return undefined;
    const found = await findLogFiles(fresh, {
      trusted: new Set([0, uid]),
      home: gateway?.home ?? world.homedir,
      uid,
      ...(logFile === undefined ? {} : { configured: logFile }),
      ...(release === undefined ? {} : { release }),
      ...(reading.profile === undefined ? {} : { profile: reading.profile }),
    });
    return found.files.at(-1)?.path;
  };
  const files = sshFiles({ host, exec, name, owner });
  // What is not the gateway's is changed by whoever signs in, with their own rights.
  const ourselves = {
    uid: world.uid ?? -1,
    gid: world.uid === 0 ? 0 : ((await world.info(world.homedir))?.gid ?? -1),
  };
  const execAs = (as: Account) => sshExec({ connect, name, node, uid: ourselves.uid, owner: as, env: {} });
  const ours = execAs(ourselves);
  const proxies = await proxiesOf(options.machine, port, {
    files: sshFiles({ host, exec: ours, name, owner: ourselves }),
    run: (words, signal, as) =>
      (as === undefined || ourselves.uid !== 0 ? ours : execAs(as)).run(words, {
        user: "",
        signal,
        timeoutMs: PROXY_MS,
      }),
  });
  return known(
    gatewayChanger({
      configPath,
      stateDir,
      files,
      envFiles: files,
      proxies,
      cli,
      watch: watchGateway({
        port,
        eyes: sshEyes({ host, world: fresh, port, newestLog, reach: options.reach }),
        limits: LIMITS,
      }),
      edit,
      devices: () =>
        localAccess({
          world: fresh,
          salt,
          configPath,
          ...(gateway === undefined ? {} : { gateway }),
          ...(release === undefined ? {} : { release }),
        }).devices(),
      tailscale: tailscaleBy((args, signal) =>
        exec.run(["tailscale", ...args], { user: "", signal, timeoutMs: TAILSCALE_MS }),
      ),
      fingerprint: (secret) => fingerprintOf(secret, salt),
      ...(release === undefined ? {} : { release }),
      restart: (signal) =>
        restartOver(
          {
            host,
            name,
            world,
            cli,
            gateway,
            ...(options.names.unit === undefined ? {} : { unit: options.names.unit }),
            stale: access.service?.outdated !== undefined,
            // A signal that restarts one release opens a debugger in another.
            ...(certain === undefined ? {} : { release: certain }),
          },
          signal,
        ),
    }),
    configPath,
  );
}

/** The Node that the gateway runs on, else one of the PATH there, which nobody else could have written. */
async function nodeThere(
  world: World,
  gateway: GatewayProcess | undefined,
  owner: number,
): Promise<string | undefined> {
  const directories = (world.env.PATH ?? "").split(":").filter((directory) => directory.startsWith("/"));
  const places = [gateway?.node, ...directories.slice(0, 30).map((directory) => `${directory}/node`)];
  for (const path of places) if (path !== undefined && (await isTrusted(world, path, owner))) return path;
  return undefined;
}

/** As `openclawCli` finds it here: the code that the gateway runs, else the command of a PATH. */
async function programThere(
  world: World,
  gateway: GatewayProcess | undefined,
  node: string,
  owner: number,
): Promise<readonly string[] | undefined> {
  if (gateway?.installDir !== undefined)
    for (const entry of ["openclaw.mjs", "dist/index.js", "dist/entry.js"]) {
      const path = `${gateway.installDir}/${entry}`;
      if (await isTrusted(world, path, owner)) return [node, path];
    }
  for (const path of [gateway?.env?.PATH?.reveal(), world.env.PATH])
    for (const directory of (path ?? "").split(":").slice(0, 30)) {
      const program = `${directory}/openclaw`;
      if (!directory.startsWith("/") || !(await isTrusted(world, program, owner))) continue;
      const target = await world.link(program);
      const script = target?.startsWith("/") === true ? target : `${directory}/${target}`;
      return target?.endsWith("/openclaw.mjs") === true ? [node, script] : [program];
    }
  return undefined;
}

async function isTrusted(world: World, path: string, owner: number): Promise<boolean> {
  return (
    (await world.info(path))?.kind === "file" &&
    (await distrusted(world, path, new Set([owner]))) === undefined
  );
}

/** The gateway's environment as it is: its config may refer to any variable. Without a gateway, that of who signs in. */
function environmentOf(world: World, gateway: GatewayProcess | undefined): Record<string, string> {
  const env: Record<string, string> = {};
  const source =
    gateway?.env === undefined
      ? Object.entries(world.env)
      : Object.entries(gateway.env).map(([name, value]) => [name, value.reveal()] as const);
  for (const [name, value] of source)
    if (value !== undefined && !NOT_FOR_COMMANDS.test(name)) env[name] = value;
  env.HOME ??= gateway?.home ?? world.homedir;
  env.PATH ??= "/usr/local/bin:/usr/bin:/bin";
  env[STARTED_BY] = String(process.pid);
  return env;
}
