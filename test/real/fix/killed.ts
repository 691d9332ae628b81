// A fix that is killed at random instants: what it leaves is recognised and taken back.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../rig/processes.ts";
import { journals, journalTimes, type RunningFix } from "./run.ts";
import { AGREED, type FixRun } from "./site.ts";

export interface Killable {
  /** Where the journals are. */
  readonly home: string;
  /** The fix as a process of its own. */
  start(): RunningFix;
  /** The same command with these words. */
  fix(args: readonly string[]): Promise<FixRun>;
  /** The config's bytes, as Latin-1. */
  config(): string;
  /** Whether a config, as UTF-8, is the one after the fix. */
  isDone(config: string): boolean;
  /** A page is refused, for which the fix is. */
  refuse(): Promise<void>;
}

/** A fix from its start to its end and back; the ages at which its journal changed. */
export async function wholeRun(it: Killable): Promise<readonly number[]> {
  const before = it.config();
  await it.refuse();
  const fix = it.start();
  const times = await journalTimes(it.home, fix);
  assert.equal(await fix.ended(), 0, JSON.stringify(fix.document()));
  const { document } = await it.fix(["--undo", "--yes"]);
  assert.equal(document.outcome, "undone");
  assert.equal(it.config(), before);
  return times;
}

/** Random numbers of a seed (mulberry32): a failure can be met again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export async function killed(it: Killable, points: number, t: TestContext): Promise<void> {
  const seed = Number(process.env.PAIRING_DOCTOR_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`PAIRING_DOCTOR_SEED=${seed}`);
  const random = randomOf(seed);
  const before = it.config();
  const earlier = journals(it.home).length;
  const times = await wholeRun(it);
  const [first = 0] = times;
  const last = times.at(-1) ?? first;
  t.diagnostic(`the journal is written at ${times.join(", ")} ms`);
  await it.refuse();
  const seen = new Map<string, number>();
  for (let point = 0; point < points; point += 1) {
    assert.equal(it.config(), before, "something was written after the way back");
    // One half anywhere, one half about the instants at which something is written.
    const written = times[Math.floor(random() * times.length)] ?? first;
    const at = point % 2 === 0 ? random() * (last + 300) : written - 250 + random() * 500;
    const fix = it.start();
    await until(() => fix.age() >= at || fix.child.exitCode !== null, 120_000, 2);
    fix.child.kill("SIGKILL");
    await fix.ended();
    const bytes = it.config();
    const journal = journals(it.home).at(-1)?.state ?? "none";
    const done = it.isDone(Buffer.from(bytes, "latin1").toString("utf8"));
    const kind = `journal ${journal}, config ${done ? "new" : "old"}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (!done) assert.equal(bytes, before, `at ${at} ms`);
    // The next run that agrees takes it back first, and says so; nothing is done on top of it.
    if (journal === "open") {
      const again = await it.fix(AGREED);
      assert.equal(again.document.outcome, "rolled-back", JSON.stringify(again.document));
      assert.equal(it.config(), before, `killed at ${at} ms (${kind})`);
    }
    const back = await it.fix(["--undo", "--yes"]);
    assert.match(
      back.document.outcome,
      /^(?:undone|nothing-to-undo)$/,
      `at ${at} ms: ${JSON.stringify(back.document)}`,
    );
    assert.equal(it.config(), before, `killed at ${at} ms (${kind})`);
    assert.ok(
      journals(it.home)
        .slice(earlier)
        .every(({ state }) => state === "undone"),
      `at ${at} ms`,
    );
    await it.refuse();
  }
  // What a killed doctor started may still be at work.
  await delay(15_000);
  assert.equal(it.config(), before, "something was written after the way back");
  for (const [kind, times] of seen) t.diagnostic(`${times} times: ${kind}`);
}
