import type { World } from "./world.ts";

/** Of what /proc/PID/stat counts in; the same on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * When a process was started, milliseconds since 1970, to a second: field 22 of proc(5)'s /proc/PID/stat after the
 * machine's start. The time of the directory /proc/PID is that of the first look at it.
 */
export async function startOf(world: Pick<World, "readText">, pid: number): Promise<number | undefined> {
  const [own, machine] = await Promise.all([
    world.readText(`/proc/${pid}/stat`, 4096),
    world.readText("/proc/stat", 1_048_576),
  ]);
  if (!own.ok || !machine.ok) return undefined;
  // The name before it may hold anything, brackets and blanks included.
  const fields = own.text.slice(own.text.lastIndexOf(")") + 2).split(" ");
  const ticks = /^\d{1,20}$/.exec(fields[19] ?? "")?.[0];
  const boot = /^btime (\d{1,12})$/m.exec(machine.text)?.[1];
  if (ticks === undefined || boot === undefined) return undefined;
  return Number(boot) * 1000 + (Number(ticks) * 1000) / TICKS_PER_SECOND;
}
