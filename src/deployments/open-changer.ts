import { stat } from "node:fs/promises";
import type { Changer } from "../core/change.ts";
import type { Fact } from "../core/fact.ts";
import type { DeploymentNames, DeviceList } from "../core/facts.ts";
import { fingerprintOf, type Secret } from "../core/secret.ts";
import { probe } from "../gateway/probe.ts";
import { readAccounts } from "./accounts.ts";
import { runToEnd } from "./command.ts";
import { ownFiles } from "./exact-files.ts";
import { gatewayChanger } from "./gateway-changer.ts";
import { listening, processIds } from "./listeners.ts";
import type { LoopbackCall } from "./loopback-call.ts";
import { openclawCli } from "./openclaw-cli.ts";
import type { GatewayProcess } from "./processes.ts";
import { proxyProcesses, readProxies } from "./proxy-configs.ts";
import { type ProxyHands, proxiesOf } from "./proxy-hands.ts";
import { type GatewayEyes, type WatchLimits, watchGateway } from "./reload.ts";
import { restartGateway } from "./restart.ts";
import { tailscaleOf } from "./tailscale.ts";
import type { EditConfig } from "./types.ts";
import { machineEyes } from "./watch-machine.ts";
import type { World } from "./world.ts";

export interface OpenChangerOptions {
  readonly world: World;
  readonly salt: string;
  readonly configPath: string;
  readonly stateDir: string;
  readonly port: number;
  readonly release?: string;
  /** `release` is the one, and not the oldest of those that it can be. */
  readonly exact?: boolean;
  readonly gateway?: GatewayProcess;
  readonly unit?: DeploymentNames["unit"];
  /** The files of its unit were changed since it was started. */
  readonly stale?: boolean;
  readonly secrets: readonly Secret[];
  readonly edit: EditConfig;
  readonly devices: () => Promise<Fact<DeviceList>>;
  readonly newestLog: () => Promise<string | undefined>;
  readonly loopback?: LoopbackCall;
  readonly limits?: Partial<WatchLimits>;
}

const PROBE_MS = 5000;
const PROXY_MS = 30_000;

/** The local changer with the real command line, the real sockets and the real connection behind it. */
export async function openChanger(options: OpenChangerOptions): Promise<Changer> {
  const { world, salt, configPath, stateDir, port, release, gateway, unit } = options;
  const owner = await ownerOf([configPath, stateDir]);
  const cli = openclawCli({
    world,
    configPath,
    stateDir,
    secrets: options.secrets.map((secret) => secret.reveal()),
    ...(release === undefined || options.exact !== true ? {} : { release }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(owner === undefined ? {} : { owner }),
    ...(options.loopback === undefined ? {} : { loopback: options.loopback }),
  });
  const reach: GatewayEyes["reach"] = async (signal) => {
    const url = `ws://${await hostOf(world, port)}:${port}`;
    // No credentials: it is to answer, not to admit.
    return (await probe({ url, timeoutMs: PROBE_MS, signal })).reach.state;
  };
  const watch = watchGateway({
    port,
    eyes: machineEyes({ world, port, newestLog: options.newestLog, reach }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return gatewayChanger({
    files: ownFiles,
    configPath,
    stateDir,
    cli,
    watch,
    edit: options.edit,
    devices: options.devices,
    tailscale: tailscaleOf(world, gateway?.env?.PATH?.reveal()),
    proxies: await proxiesHere(world, port),
    fingerprint: (secret) => fingerprintOf(secret, salt),
    ...(release === undefined ? {} : { release }),
    restart: (signal) =>
      restartGateway(
        {
          world,
          salt,
          port,
          cli,
          ...(owner === undefined ? {} : { configOwner: owner.uid }),
          ...(unit === undefined ? {} : { unit }),
          stale: options.stale === true,
          // A signal that restarts one release opens a debugger in another.
          ...(release === undefined || options.exact !== true ? {} : { release }),
        },
        signal,
      ),
  });
}

/** The proxies of this machine, by whoever runs the doctor. */
async function proxiesHere(world: World, port: number): Promise<ProxyHands> {
  const processes = await proxyProcesses(world, await processIds(world));
  const reading = await readProxies(world, processes, port);
  return proxiesOf({ proxies: async () => reading, proxyProcesses: async () => processes }, port, {
    files: ownFiles,
    run: async (words, signal, as) => {
      const user = world.uid === 0 ? as : undefined;
      const HOME = user === undefined ? world.homedir : (await readAccounts(world)).users.get(user.uid)?.home;
      const env = { PATH: world.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin", HOME: HOME ?? "/" };
      const become = user === undefined ? {} : { user };
      return runToEnd(words, { env, cwd: "/", signal, timeoutMs: PROXY_MS, ...become });
    },
  });
}

/** Whose files they are: the config's owner, else the directory's. */
async function ownerOf(
  paths: readonly string[],
): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined) return { uid: info.uid, gid: info.gid };
  }
  return undefined;
}

/** Loopback where the gateway listens there, else the one address that it is bound to (`tailnet`, `custom`). */
async function hostOf(world: World, port: number): Promise<string> {
  const table = await world.readText("/proc/net/tcp", 4_000_000);
  const addresses = table.ok ? listening(table.text, port).map(({ address }) => address) : [];
  const only = addresses[0];
  return only === undefined || addresses.some((one) => one === "127.0.0.1" || one === "0.0.0.0")
    ? "127.0.0.1"
    : only;
}
