import type { DeploymentNames } from "../core/facts.ts";
import type { GatewayProcess } from "./processes.ts";
import type { World } from "./world.ts";

/** What started a process, and starts it again. */
export type Manager =
  /** `unit`: `openclaw-gateway`, without `.service`. `uid`: of the user whose manager it is. */
  | { readonly by: "systemd"; readonly unit: string; readonly user: boolean; readonly uid?: number }
  /** Node's process manager, or Python's; what they call it is theirs to tell. */
  | { readonly by: "pm2" | "supervisord" };

const UNIT = /^[A-Za-z0-9][A-Za-z0-9_.@:-]{0,252}$/;
const DEPTH = 4;

/**
 * systemd, by the kernel's own groups, which it makes for each unit; else the programs that it descends from. What a
 * person started in a shell is nobody's, whatever service that shell belongs to. `undefined`: nothing tells.
 */
export async function managerOf(world: Pick<World, "readText">, pid: number): Promise<Manager | undefined> {
  let at = pid;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const status = await world.readText(`/proc/${at}/status`, 16_384);
    const parent = status.ok ? Number(/^PPid:\s{1,10}(\d{1,10})/m.exec(status.text)?.[1] ?? 0) : 0;
    if (parent <= 1) return systemdUnitOf(world, pid);
    const cmdline = await world.readText(`/proc/${parent}/cmdline`, 4096);
    const words = cmdline.ok ? cmdline.text.split("\0").filter((word) => word !== "") : [];
    if (/(?:^|\/)systemd$/.test(words[0] ?? "")) return systemdUnitOf(world, pid);
    const by = programOf(words);
    if (by !== undefined) return { by };
    if (isTyped(words)) return undefined;
    at = parent;
  }
  return undefined;
}

async function systemdUnitOf(world: Pick<World, "readText">, pid: number): Promise<Manager | undefined> {
  const cgroup = await world.readText(`/proc/${pid}/cgroup`, 65_536);
  return cgroup.ok ? unitOf(cgroup.text) : undefined;
}

/** A shell in which somebody types, or what a login starts one by. */
function isTyped([program = "", ...options]: readonly string[]): boolean {
  const name = program.split("/").at(-1) ?? "";
  if (/^(?:sshd|login|su|sudo|doas|tmux|SCREEN|screen)\b/.test(name)) return true;
  return (
    /^-?(?:ba|z|fi|da|k|c|tc)?sh$/.test(name) && (options.length === 0 || /^-[li]+$/.test(options[0] ?? ""))
  );
}

/** Services of the system that others' processes sit in, and that did not start a gateway. */
const NOT_ITS_OWN =
  /^(?:ssh|sshd|cron|crond|atd|user@\d+|getty|docker|containerd|podman|systemd-.*|session-.*|dbus|gdm|lightdm|NetworkManager)(?:@.*)?$/;

function unitOf(cgroup: string): Manager | undefined {
  for (const line of cgroup.split("\n")) {
    const parts = line.split(":").slice(2).join(":").split("/");
    const name = parts.findLast((part) => part.endsWith(".service"))?.replace(/\.service$/, "");
    if (name === undefined || !UNIT.test(name) || NOT_ITS_OWN.test(name)) continue;
    const owner = /\/user@(\d{1,10})\.service\//.exec(line)?.[1];
    return owner === undefined
      ? { by: "systemd", unit: name, user: false }
      : { by: "systemd", unit: name, user: true, uid: Number(owner) };
  }
  return undefined;
}

function programOf(words: readonly string[]): "pm2" | "supervisord" | undefined {
  const [first = "", second = ""] = words.map((word) => word.split("/").at(-1) ?? "");
  // pm2 writes its title over its command line.
  if (/^PM2 v\d/.test(words[0] ?? "") || /(?:^|\/)pm2\/lib\/Daemon\.js/.test(words[1] ?? "")) return "pm2";
  if (/^supervisord$/.test(first) || (/^python[\d.]*$/.test(first) && second === "supervisord"))
    return "supervisord";
  return undefined;
}

/**
 * What pm2 and supervisord call a process, by the variables that they set in it (pm2 `pm_id`; supervisord's documentation
 * of subprocess environment).
 */
export function serviceIn({ env = {} }: Pick<GatewayProcess, "env">): DeploymentNames["service"] {
  const value = (name: string): string => env[name]?.reveal() ?? "";
  if (/^\d{1,6}$/.test(value("pm_id")) && value("PM2_HOME") !== "")
    return { by: "pm2", name: value("pm_id") };
  const [name, group] = [value("SUPERVISOR_PROCESS_NAME"), value("SUPERVISOR_GROUP_NAME")];
  if (value("SUPERVISOR_ENABLED") !== "1" || !UNIT.test(name)) return undefined;
  return {
    by: "supervisord",
    name: group === "" || group === name || !UNIT.test(group) ? name : `${group}:${name}`,
  };
}
