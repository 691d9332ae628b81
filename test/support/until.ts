import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds that are longer than what is waited for takes on any machine, for limits that must not end it. */
export const UNHURRIED = 120_000;

/** Waits for what happens by itself, counted in looks: on a busy machine they take longer, too. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = "it did not happen",
): Promise<void> {
  for (let looks = 0; looks < 6000; looks += 1) {
    if (await holds()) return;
    await delay(looks < 400 ? 5 : 20);
  }
  assert.fail(what);
}
