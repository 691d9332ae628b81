import type { Journal } from "../core/journal.ts";
import type { World } from "./world.ts";

/** Clocks of the kernel and of the journal are not the same. */
const SLACK_MS = 5000;
/** Of `starttime` in /proc, in every Linux that Node runs on (USER_HZ). */
const TICKS = 100;

/**
 * Whether the process that a journal names still works on it. Numbers of processes are given out anew, and quickly in a
 * container, so one that is another user's, or that started after the journal, is another. It is only ever asked after.
 */
export async function isAtWork(
  { pid, startedAt }: Pick<Journal, "pid" | "startedAt">,
  world: Pick<World, "platform" | "readText" | "info" | "uid">,
): Promise<boolean> {
  try {
    // Signal 0 asks without doing anything.
    process.kill(pid, 0);
  } catch {
    // Also where it may not be asked: a journal of ours is of a process of ours.
    return false;
  }
  if (world.platform !== "linux") return true;
  const owner = (await world.info(`/proc/${pid}`))?.uid;
  if (owner !== undefined && world.uid !== undefined && owner !== world.uid) return false;
  const [stat, system] = await Promise.all([
    world.readText(`/proc/${pid}/stat`, 4096),
    world.readText("/proc/stat", 4_000_000),
  ]);
  if (!stat.ok || !system.ok) return true;
  // The program's name, in brackets, may have any character.
  const ticks = Number(stat.text.slice(stat.text.lastIndexOf(")") + 2).split(" ")[19]);
  const boot = Number(/^btime (\d+)$/m.exec(system.text)?.[1]);
  const started = boot * 1000 + (ticks * 1000) / TICKS;
  return !(started > Date.parse(startedAt) + SLACK_MS);
}
