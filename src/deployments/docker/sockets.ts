import { safeText } from "../../core/text.ts";
import type { World } from "../world.ts";

export interface EngineSocket {
  readonly kind: "docker" | "podman";
  readonly path: string;
}

/** Virtual machines and profiles of one program that are looked at. */
const MAX_MACHINES = 10;

/**
 * The sockets of engines that are there, where each of them puts its own: Docker Engine, Docker Desktop (macOS;
 * Linux), OrbStack, Colima and Lima by profile, Rancher Desktop, rootless Docker, Podman by the user, the system
 * and its machines. A link to another one of them is left out.
 */
export async function usualSockets(world: World): Promise<readonly EngineSocket[]> {
  const home = world.homedir;
  const { COLIMA_HOME: colima, LIMA_HOME: lima, XDG_CONFIG_HOME: config, TMPDIR: temp } = world.env;
  // Where the session of a login did not set it (sudo, cron), systemd's place for it.
  const runtime = world.env.XDG_RUNTIME_DIR || (world.uid === undefined ? "" : `/run/user/${world.uid}`);
  const machines = `${home}/.local/share/containers/podman/machine`;
  const docker: readonly string[] = [
    "/var/run/docker.sock",
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    `${home}/.orbstack/run/docker.sock`,
    ...(await inside(world, colima || `${home}/.colima`, "docker.sock", ["default"])),
    ...(await inside(world, `${config || `${home}/.config`}/colima`, "docker.sock", ["default"])),
    `${home}/.rd/docker.sock`,
    ...(await inside(world, lima || `${home}/.lima`, "sock/docker.sock", ["docker"])),
    ...(runtime === "" ? [] : [`${runtime}/docker.sock`]),
  ];
  const podman: readonly string[] = [
    ...(runtime === "" ? [] : [`${runtime}/podman/podman.sock`]),
    "/run/podman/podman.sock",
    `${machines}/podman.sock`,
    ...(await inside(world, machines, "podman.sock", [])),
    ...(await apiSockets(world, temp)),
  ];
  const found: EngineSocket[] = [];
  const seen = new Set<string>();
  for (const [kind, paths] of [["docker", docker] as const, ["podman", podman] as const])
    for (const path of paths) {
      if (seen.has(path) || !(await world.exists(path))) continue;
      const same = (await world.link(path)) ?? path;
      if (!seen.has(same)) found.push({ kind, path });
      seen.add(path).add(same);
    }
  return found;
}

/** `DIRECTORY/NAME/FILE` for the usual names first, then for what else is there. */
async function inside(
  world: World,
  directory: string,
  file: string,
  first: readonly string[],
): Promise<readonly string[]> {
  const names = [...new Set([...first, ...(await world.list(directory, 100)).filter(isName)])];
  return names.slice(0, MAX_MACHINES).map((name) => `${directory}/${name}/${file}`);
}

/** From Podman 5 on a machine of macOS forwards its API to a socket among the temporary files. */
async function apiSockets(world: World, temp: string | undefined): Promise<readonly string[]> {
  if (temp === undefined || !temp.startsWith("/")) return [];
  const directory = `${temp.replace(/\/$/, "")}/podman`;
  const names = (await world.list(directory, 100)).filter((name) => name.endsWith("-api.sock"));
  return names.slice(0, MAX_MACHINES).map((name) => `${directory}/${name}`);
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/.test(name) && safeText(name, 80) === name;
}
