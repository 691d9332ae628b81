import { type Fact, known, unknown } from "../core/fact.ts";
import { say } from "../core/saying.ts";
import { distrusted, userName } from "./path-trust.ts";
import type { GatewayProcess } from "./processes.ts";
import { managerOf, serviceIn } from "./service-manager.ts";
import type { World } from "./world.ts";

/** What starts a gateway anew by whatever started it; no shell, and no secret in any word. */
export interface OwnRestart {
  /** One after the other; the last one is the restart. */
  readonly lines: readonly (readonly string[])[];
  /** Variables that the manager's command finds its manager by. */
  readonly env: Readonly<Record<string, string>>;
  /** Whose command it is, where that is another user than ours. */
  readonly as?: number;
  /** What it prints where it did not do it, though it exits with 0. */
  readonly refusal?: RegExp;
}

/** Bytes of a command line. */
const MAX_CMDLINE = 65_536;
const UNIT = /^[A-Za-z0-9][A-Za-z0-9_.@:-]{0,252}$/;

/**
 * `undefined`: nothing but a person starts it. `stale`: its unit was changed since systemd read it. Unknown: `denied`
 * (the manager is another user's), `absent` (its command is not there).
 */
export async function ownRestart(
  world: World,
  gateway: GatewayProcess,
  stale = false,
): Promise<Fact<OwnRestart> | undefined> {
  const manager = await managerOf(world, gateway.pid);
  if (manager === undefined) return undefined;
  if (manager.by === "systemd") {
    const { unit, user, uid = -1 } = manager;
    const isOther = user && world.uid !== undefined && uid !== world.uid;
    if (isOther && world.uid !== 0)
      return unknown("denied", say("other-owner", { owner: uid, user: world.uid ?? -1 }));
    // Root asks another user's manager for it.
    const of = isOther ? [`--machine=${await userName(world, uid)}@.host`] : [];
    return known(systemdRestart({ name: unit, user, of, stale }), "systemctl");
  }
  const service = serviceIn(gateway);
  if (service === undefined) return unknown("absent", say("no-restart"));
  const { uid } = gateway;
  if (service.by === "supervisord") return supervisorRestart(world, gateway, service.name);
  if (world.uid !== 0 && uid !== world.uid)
    return unknown("denied", say("other-owner", { owner: uid ?? -1, user: world.uid ?? -1 }));
  const program = await pm2Of(world, gateway);
  const home = gateway.env?.PM2_HOME?.reveal();
  if (program === undefined || home === undefined) return unknown("absent", say("no-pm2"));
  return known(
    {
      lines: [[...program, "restart", service.name]],
      env: { PM2_HOME: home, ...(gateway.home === undefined ? {} : { HOME: gateway.home }) },
      ...(uid === undefined || uid === world.uid ? {} : { as: uid }),
    },
    "pm2",
  );
}

/** Without a password prompt: an ordinary user's system unit then fails, and says so. */
export function systemdRestart({
  name,
  user,
  of = [],
  stale = false,
}: {
  readonly name: string;
  readonly user: boolean;
  readonly of?: readonly string[];
  readonly stale?: boolean;
}): OwnRestart {
  const systemctl = ["systemctl", ...(user ? ["--user"] : []), ...of, "--no-ask-password"];
  return {
    lines: [...(stale ? [[...systemctl, "daemon-reload"]] : []), [...systemctl, "restart", name]],
    env: {},
  };
}

/** supervisorctl is told of the file that its supervisord was started with, where that is not the usual one. */
async function supervisorRestart(
  world: World,
  { parent }: GatewayProcess,
  name: string,
): Promise<Fact<OwnRestart>> {
  const read = await world.readText(`/proc/${parent ?? 0}/cmdline`, MAX_CMDLINE);
  const words = read.ok ? read.text.split("\0") : [];
  const at = words.findIndex((word) => word === "-c" || word === "--configuration");
  const file = at < 0 ? undefined : words[at + 1];
  const configuration = file?.startsWith("/") === true ? ["-c", file] : [];
  if (!name.split(":").every((part) => UNIT.test(part))) return unknown("not-asked", say("service-name-odd"));
  return known(
    {
      lines: [["supervisorctl", ...configuration, "restart", name]],
      env: {},
      // Before 4.2 it exits with 0 whatever happened.
      refusal: /\bERROR\b|refused connection|no such file/i,
    },
    "supervisorctl",
  );
}

/** pm2's own command beside the gateway's Node or on a PATH, run by that Node; nobody else could have written it. */
async function pm2Of(
  world: World,
  { node, env, uid }: GatewayProcess,
): Promise<readonly string[] | undefined> {
  if (node === undefined) return undefined;
  const own = node.replace(/\/node$/, "");
  const paths = `${env?.PATH?.reveal() ?? ""}:${world.env.PATH ?? ""}`.split(":").slice(0, 60);
  const trusted = new Set([uid ?? 0]);
  for (const directory of new Set([own, ...paths])) {
    const program = `${directory}/pm2`;
    if (!directory.startsWith("/") || (await world.info(program))?.kind !== "file") continue;
    for (const path of [node, program])
      if ((await distrusted(world, path, trusted)) !== undefined) return undefined;
    return [node, program];
  }
  return undefined;
}
