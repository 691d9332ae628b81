import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Ask,
  type CollectOptions,
  type Collector,
  type Collectors,
  collect,
} from "../src/core/collect.ts";
import { type Fact, known, unknown } from "../src/core/fact.ts";
import type { FactMap, Release } from "../src/core/facts.ts";
import { quoted, say } from "../src/core/saying.ts";

/** Timers that fire only when the test says so. */
function manualTimers() {
  const timers = new Map<number, { run: () => void; ms: number }>();
  let next = 0;
  const options: CollectOptions = {
    setTimeout: (run, ms) => {
      timers.set(++next, { run, ms });
      return next;
    },
    clearTimeout: (timer) => timers.delete(timer as number),
    describeError: (error) => (error instanceof Error ? error.message : String(error)),
  };
  const fire = (ms: number) => {
    for (const [id, timer] of timers) {
      if (timer.ms !== ms) continue;
      timers.delete(id);
      timer.run();
    }
  };
  return { options, fire, pending: () => timers.size };
}

const release: Release = { version: "2026.3.13", confidence: "certain", from: "said" };

function collectorOf<K extends keyof FactMap>(
  run: (ask: Ask, signal: AbortSignal) => Promise<Fact<FactMap[K]>>,
  timeoutMs = 1000,
): Collector<K> {
  return { timeoutMs, collect: run };
}

test("a fact that several ask for is collected once", async () => {
  let runs = 0;
  const collectors: Collectors = {
    release: collectorOf<"release">(async () => {
      runs++;
      return known(release, "test");
    }),
    refusals: collectorOf<"refusals">(async (ask) => {
      await Promise.all([ask("release"), ask("release")]);
      return known([], "test");
    }),
  };
  const facts = await collect(["release", "refusals"], collectors, manualTimers().options);
  assert.equal(runs, 1);
  assert.equal(facts.release.known, true);
});

test("a slow fact becomes unknown and holds up nobody else", async () => {
  const { options, fire } = manualTimers();
  let aborted = false;
  const collectors: Collectors = {
    logs: collectorOf<"logs">(
      (_ask, signal) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
      50,
    ),
    release: collectorOf<"release">(async () => known(release, "test"), 1000),
  };
  const done: string[] = [];
  const running = collect(["logs", "release"], collectors, {
    ...options,
    onProgress: (name, state) => {
      if (state === "done") done.push(name);
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(done, ["release"]);
  fire(50);
  const facts = await running;
  assert.deepEqual(done, ["release", "logs"]);
  assert.equal(aborted, true);
  assert.deepEqual(facts.logs, unknown("timeout", say("no-answer-within", { seconds: 0.05 })));
});

test("a collector that throws gives an unknown fact", async () => {
  const collectors: Collectors = {
    config: collectorOf<"config">(async () => {
      throw new Error("disk on fire");
    }),
  };
  const { options, pending } = manualTimers();
  const facts = await collect(["config"], collectors, options);
  assert.deepEqual(facts.config, unknown("failed", quoted("disk on fire")));
  assert.equal(pending(), 0);
});

test("facts that wait for each other do not hang", async () => {
  const collectors: Collectors = {
    release: collectorOf<"release">(async (ask) => {
      const config = await ask("config");
      return config.known ? known(release, "test") : config;
    }),
    config: collectorOf<"config">(async (ask) => {
      const fact = await ask("release");
      return fact.known ? unknown("failed", quoted("cannot be")) : fact;
    }),
  };
  const facts = await collect(["release"], collectors, manualTimers().options);
  assert.deepEqual(
    facts.release,
    unknown("failed", say("facts-loop", { loop: "release -> config -> release" })),
  );
});

test("facts that nobody collects are unknown, not healthy", async () => {
  const facts = await collect(["probe"], {}, manualTimers().options);
  assert.equal(facts.probe.known, false);
  assert.equal(facts.devices.known, false);
});

test("an interrupt ends the collection", async () => {
  const controller = new AbortController();
  const collectors: Collectors = { logs: collectorOf<"logs">(() => new Promise(() => {})) };
  const { options } = manualTimers();
  const running = collect(["logs"], collectors, { ...options, signal: controller.signal });
  controller.abort();
  const facts = await running;
  assert.deepEqual(facts.logs, unknown("failed", say("interrupted")));
});
