import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { Container } from "dockerode";
import { MARK } from "../contained/scripts.ts";

/** A keeper ends what it keeps within two seconds, and a whole command takes no longer than this. */
const WAIT_MS = 60_000;
const EVERY_MS = 250;
/** Programs of others may run beside ours. */
const MAX_PROGRAMS = 50;

/** Waits until the programs of a doctor that was killed have ended in the container; gives up after a minute. */
export async function programsEnded(api: Docker, container: Container, signal: AbortSignal): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!signal.aborted && Date.now() < end && (await anyOf(api, container))) {
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function anyOf(api: Docker, container: Container): Promise<boolean> {
  try {
    const { ExecIDs } = await container.inspect();
    for (const id of (ExecIDs ?? []).slice(0, MAX_PROGRAMS)) {
      const { Running, ProcessConfig } = await api.getExec(id).inspect();
      if (Running && ProcessConfig.arguments.some((word) => word.startsWith(MARK))) return true;
    }
  } catch {
    // It is gone, or was a moment ago.
  }
  return false;
}
