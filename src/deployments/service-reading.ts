import { type GatewayFlags, gatewayFlags } from "../config/flags.ts";
import type { Outdated, ServiceReading } from "../core/service.ts";
import { safeText } from "../core/text.ts";
import { userName } from "./path-trust.ts";
import { startOf } from "./process-start.ts";
import type { GatewayProcess } from "./processes.ts";
import { managerOf, serviceIn } from "./service-manager.ts";
import { readUnit, type UnitFiles } from "./unit-files.ts";
import type { World } from "./world.ts";

/** A process that something starts again, with the files that it is started by. */
export interface ServiceFiles {
  readonly reading: ServiceReading;
  readonly unit?: UnitFiles;
}

/** Below this, milliseconds, the clocks of files and of processes are the same. */
const SAME_MS = 2000;
/** What decides which gateway it is and whom it lets in. */
const DECIDES = /^(?:(?:OPENCLAW|CLAWDBOT|MOLTBOT)_(?!SERVICE_|SYSTEMD_|WINDOWS_|LAUNCHD_)|HOME$)/;
const LINGER = "/var/lib/systemd/linger";

/** `undefined`: nothing tells that anything starts it but a person. */
export async function readService(
  world: World,
  gateway: GatewayProcess,
  salt: string,
): Promise<ServiceFiles | undefined> {
  const manager = await managerOf(world, gateway.pid);
  const started = await startOf(world, gateway.pid);
  const who = gateway.uid === undefined ? undefined : await userName(world, gateway.uid);
  const common = {
    ...(who === undefined ? {} : { runsAs: who }),
    ...(started === undefined ? {} : { startedAt: new Date(started).toISOString() }),
    ...((await hasPrivateTmp(world, gateway.pid)) ? { privateTmp: true as const } : {}),
  };
  if (manager?.by !== "systemd") {
    const service = serviceIn(gateway);
    return service === undefined ? undefined : { reading: { ...service, ...common } };
  }
  const { unit: name, user, uid } = manager;
  const home = gateway.home ?? world.homedir;
  const configHome = gateway.env?.XDG_CONFIG_HOME?.reveal();
  const unit = await readUnit(
    world,
    {
      name,
      user,
      home,
      ...(gateway.uid === undefined ? {} : { uid: gateway.uid }),
      ...(configHome?.startsWith("/") === true ? { configHome } : {}),
    },
    salt,
  );
  const outdated = unit === undefined ? [] : outdatedBy(unit, gateway, started, salt);
  const lingers = user ? await lingersFor(world, uid ?? gateway.uid) : undefined;
  return {
    reading: {
      by: "systemd",
      name,
      user,
      ...common,
      ...(lingers === undefined ? {} : { lingers }),
      ...(outdated.length === 0 ? {} : { outdated }),
    },
    ...(unit === undefined ? {} : { unit }),
  };
}

/** The same of a unit that is there while the gateway does not run: its user is whoever looks at it. */
export async function readInstalled(
  world: World,
  { name, user }: { readonly name: string; readonly user: boolean },
): Promise<ServiceReading> {
  const { uid } = world;
  const lingers = user ? await lingersFor(world, uid) : undefined;
  return {
    by: "systemd",
    name: safeText(name, 200),
    user,
    ...(user && uid !== undefined ? { runsAs: await userName(world, uid) } : {}),
    ...(lingers === undefined ? {} : { lingers }),
  };
}

/**
 * Whether a user's manager goes on without a session (`loginctl enable-linger` makes the file). `undefined`: that
 * directory is not to be seen.
 */
async function lingersFor(world: World, uid: number | undefined): Promise<boolean | undefined> {
  if (uid === undefined || !(await world.exists("/var/lib/systemd"))) return undefined;
  return world.exists(`${LINGER}/${await userName(world, uid)}`);
}

/** `PrivateTmp=`: its /tmp is a directory of its own, which systemd makes below the machine's. */
async function hasPrivateTmp(world: World, pid: number): Promise<boolean> {
  const mounts = await world.readText(`/proc/${pid}/mountinfo`, 1_048_576);
  if (!mounts.ok) return false;
  return mounts.text.split("\n").some((line) => {
    const [, , , root = "", point] = line.split(" ");
    return point === "/tmp" && /\/systemd-private-[^/]+\/tmp$/.test(root);
  });
}

/**
 * What the files of a unit, newer than the process, would give it otherwise than it has it. What a script of the unit
 * sets by itself differs as well, so that a file that is older says nothing.
 */
function outdatedBy(
  { env, files }: UnitFiles,
  gateway: GatewayProcess,
  started: number | undefined,
  salt: string,
): readonly Outdated[] {
  if (started === undefined) return [];
  const newer = files
    .filter(({ modified }) => modified !== undefined && modified > started + SAME_MS)
    .sort((a, b) => (b.modified ?? 0) - (a.modified ?? 0));
  const [first] = newer;
  if (first?.modified === undefined) return [];
  const running = gateway.env;
  const variables =
    running === undefined
      ? []
      : Object.entries(env.values)
          .filter(([name]) => DECIDES.test(name))
          // systemd fills these in.
          .filter(([, value]) => !value.reveal().includes("%"))
          .filter(([name, value]) => running[name]?.equals(value) !== true)
          .map(([name]) => name);
  // Without its command line (2026.2.1 writes its title over it) nobody can say what it was started with.
  const told = Object.keys(gateway.flags).length > 0;
  const options = told ? differingFlags(gateway.flags, gatewayFlags(env.exec, salt)) : [];
  const what = [...variables, ...options].map((name) => safeText(name, 100)).slice(0, 20);
  if (what.length === 0) return [];
  return [{ path: safeText(first.path, 300), changedAt: new Date(first.modified).toISOString(), what }];
}

const OPTIONS = {
  port: "--port",
  bind: "--bind",
  authMode: "--auth",
  tailscale: "--tailscale",
  profile: "--profile",
  token: "--token",
  password: "--password",
} as const satisfies Readonly<Record<keyof GatewayFlags, string>>;

function differingFlags(running: GatewayFlags, written: GatewayFlags): readonly string[] {
  return (Object.keys(OPTIONS) as (keyof GatewayFlags)[])
    .filter((key) => plain(running[key]) !== plain(written[key]))
    .map((key) => OPTIONS[key]);
}

function plain(value: GatewayFlags[keyof GatewayFlags]): string | undefined {
  return typeof value === "object" ? value.reveal() : value?.toString();
}
