import type { World } from "./world.ts";

/** What started a process, and starts it again. */
export type Manager =
  /** `unit`: `openclaw-gateway`, without `.service`. `uid`: of the user whose manager it is. */
  | { readonly by: "systemd"; readonly unit: string; readonly user: boolean; readonly uid?: number }
  /** Node's process manager, or Python's; what they call it is theirs to tell. */
  | { readonly by: "pm2" | "supervisord" }
  /** It ends with nobody: a terminal that goes on without its user. */
  | { readonly by: "tmux" | "screen" };

const UNIT = /^[A-Za-z0-9][A-Za-z0-9_.@:-]{0,252}$/;
const DEPTH = 4;

/**
 * By the kernel's own groups, which systemd makes for each unit; else by the programs that it descends from. What sits in
 * a session of sshd or a login is nobody's. `undefined`: nothing tells.
 */
export async function managerOf(world: Pick<World, "readText">, pid: number): Promise<Manager | undefined> {
  const cgroup = await world.readText(`/proc/${pid}/cgroup`, 65_536);
  const byGroup = cgroup.ok ? unitOf(cgroup.text) : undefined;
  if (byGroup !== undefined) return byGroup;
  let at = pid;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const status = await world.readText(`/proc/${at}/status`, 16_384);
    const parent = status.ok ? Number(/^PPid:\s{1,10}(\d{1,10})/m.exec(status.text)?.[1] ?? 0) : 0;
    if (parent <= 1) return undefined;
    const cmdline = await world.readText(`/proc/${parent}/cmdline`, 4096);
    const by = cmdline.ok ? programOf(cmdline.text.split("\0")) : undefined;
    if (by !== undefined) return { by };
    at = parent;
  }
  return undefined;
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

function programOf(words: readonly string[]): "pm2" | "supervisord" | "tmux" | "screen" | undefined {
  const [first = "", second = ""] = words.map((word) => word.split("/").at(-1) ?? "");
  // pm2 writes its title over its command line.
  if (/^PM2 v\d/.test(words[0] ?? "") || /(?:^|\/)pm2\/lib\/Daemon\.js/.test(words[1] ?? "")) return "pm2";
  if (/^supervisord$/.test(first) || (/^python[\d.]*$/.test(first) && second === "supervisord"))
    return "supervisord";
  if (/^tmux(?::|$)/.test(first)) return "tmux";
  return /^(?:SCREEN|screen)$/.test(first) ? "screen" : undefined;
}
