import { setTimeout as delay } from "node:timers/promises";
import type { World } from "./world.ts";

/** Names the doctor that started a command, in the command's environment. */
export const STARTED_BY = "PAIRING_DOCTOR_PID";

const MAX_PROCESSES = 20_000;
const WAIT_MS = 60_000;
const EVERY_MS = 250;

/**
 * Waits until the commands of a doctor that was killed have ended: `openclaw config set` takes seconds and writes at
 * its end, also when nobody waits for it any more (run 9.6), so whoever takes its work back waits first. Linux only;
 * elsewhere nothing tells of them. Gives up after a minute: none of them takes as long.
 */
export async function commandsEnded(
  world: Pick<World, "platform" | "list" | "readText">,
  doctor: number,
  signal: AbortSignal,
): Promise<void> {
  if (world.platform !== "linux") return;
  const end = Date.now() + WAIT_MS;
  while (!signal.aborted && Date.now() < end && (await anyOf(world, doctor))) {
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function anyOf(world: Pick<World, "list" | "readText">, doctor: number): Promise<boolean> {
  const mark = `${STARTED_BY}=${doctor}`;
  for (const name of await world.list("/proc", MAX_PROCESSES)) {
    if (!/^\d{1,10}$/.test(name)) continue;
    const environ = await world.readText(`/proc/${name}/environ`, 524_288);
    if (environ.ok && environ.text.split("\0").includes(mark)) return true;
  }
  return false;
}
