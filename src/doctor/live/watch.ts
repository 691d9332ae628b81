import { setTimeout as pause } from "node:timers/promises";
import type { BadInput } from "../../core/bad-input.ts";
import { type Collectors, collect, type Facts } from "../../core/collect.ts";
import { type Fact, knownValue, type Unknown, unknown, whyUnknown } from "../../core/fact.ts";
import { quoted } from "../../core/saying.ts";
import type { LogSource } from "../../logs/digest.ts";
import type { Report } from "../../report/result.ts";
import type { WatchEvent } from "../../report/watch.ts";
import { openclawPrinterOf } from "../pure/case.ts";
import { collectOptions, collector } from "../pure/derived.ts";
import { describeError } from "../pure/describe-error.ts";
import { type LogEnd, NewLines } from "../pure/new-lines.ts";
import { Watcher } from "../pure/watcher.ts";
import { LIVE_FACTS } from "./live-facts.ts";
import type { Live } from "./look.ts";
import type { Opened } from "./opened.ts";

export interface WatchOptions {
  readonly opened: Opened;
  readonly signal: AbortSignal;
  /** Milliseconds; until `signal` aborts when absent. */
  readonly forMs?: number;
  report(facts: Facts): Report;
  tell(event: WatchEvent): void;
}

export type WatchEnd =
  /** `out`: somebody was refused, and nobody got in since. `missed`: not all that was written could be looked at. */
  | { readonly end: "over"; readonly out: boolean; readonly missed: boolean }
  | { readonly end: "no-log"; readonly why: Unknown };

/** Between two looks at least, milliseconds, and so many times as long as a look takes: a fifth of a processor at most. */
const PAUSE_MS = 1000;
const PAUSE_TIMES = 4;
/** Files, an engine's API, a cluster's, each with limits of its own. */
const LOOK_MS = 60_000;

/** Without a probe: whoever watches leaves no line in the log. */
const WATCHED = LIVE_FACTS.filter((fact) => fact !== "probe");

/**
 * Looks at a gateway's log again and again, and tells of what is new. Every look finds the place anew, so that a log that
 * was rotated, a container or a pod that was made anew, an engine that was away for a while are met like any other.
 * Changes nothing.
 */
export async function watch({ opened, signal, forMs, report, tell }: WatchOptions): Promise<WatchEnd> {
  const { look, context } = opened;
  const end = performance.now() + (forMs ?? Number.POSITIVE_INFINITY);
  const lines = new NewLines();
  const watcher = new Watcher({
    report,
    approve: (facts, requestId) => openclawPrinterOf(facts, context)(["devices", "approve", requestId]),
  });
  let base: Facts | undefined;
  let isLost = false;
  let missed = false;
  for (;;) {
    const started = performance.now();
    const live = look({ asBrowser: false });
    const texts = await logEnds(live, signal);
    if (!texts.known) {
      if (base === undefined) return { end: "no-log", why: texts };
      if (!isLost) tell({ event: "lost", why: whyUnknown(texts) });
      isLost = true;
    } else {
      if (isLost) tell({ event: "back" });
      isLost = false;
      const fresh = lines.take(texts.value);
      for (const name of lines.missed) tell({ event: "missed", name });
      missed ||= lines.missed.length > 0;
      if (base === undefined) {
        base = await collect(WATCHED, withoutProbe(live), collectOptions(signal));
        tell(beginning(base, texts.source));
      } else if (fresh.length > 0 || watcher.isWaiting) {
        const met = { ...texts, value: fresh.map(asSource) };
        const facts = await collect(
          WATCHED,
          { ...withoutProbe(live), ...fixed(base), logs: collector(LOOK_MS, () => live.digest(met)) },
          collectOptions(signal),
        );
        const events = watcher.next(facts, performance.now());
        for (const event of events) tell(event);
        // Another release, another config.
        if (events.some(({ event }) => event === "started"))
          base = await collect(WATCHED, withoutProbe(live), collectOptions(signal));
      }
    }
    const now = performance.now();
    if (now >= end) return { end: "over", out: watcher.isOut, missed: missed || isLost };
    const wait = Math.max(PAUSE_MS, (now - started) * PAUSE_TIMES);
    await pause(Math.min(wait, end - now), undefined, { signal });
  }
}

function withoutProbe(live: Live): Collectors {
  const { probe: _probe, ...others } = live.collectors();
  return others;
}

/** What a few lines alone would tell worse than the whole log did. */
function fixed({ deployment, target, release }: Facts): Collectors {
  return {
    deployment: collector(LOOK_MS, async () => deployment),
    target: collector(LOOK_MS, async () => target),
    ...(release.known ? { release: collector(LOOK_MS, async () => release) } : {}),
  };
}

function beginning({ release, refusals }: Facts, name: string): WatchEvent {
  const earlier = (knownValue(refusals) ?? []).filter(({ from, over }) => from === "log" && !over);
  return {
    event: "watching",
    name,
    release: knownValue(release)?.version ?? null,
    earlier: earlier.reduce((sum, { count }) => sum + count, 0),
  };
}

type ReadSource = LogSource & LogEnd;

/** Each byte as a character: a letter that was cut in two is whole again when the rest is there. */
async function logEnds(live: Live, signal: AbortSignal): Promise<Fact<readonly ReadSource[]>> {
  try {
    const texts = await live.logTexts(signal);
    if (!texts.known) return texts;
    const value: ReadSource[] = [];
    for (const source of texts.value) {
      const parts: string[] = [];
      for await (const chunk of source.chunks) parts.push(bytesOf(chunk).toString("latin1"));
      value.push({ ...source, text: parts.join("") });
    }
    return { ...texts, value };
  } catch (error) {
    signal.throwIfAborted();
    // Rotated away, or an engine that went in the middle of it.
    const why = error instanceof Error && "bad" in error ? (error.bad as Partial<BadInput>).why : undefined;
    return unknown("failed", why ?? quoted(describeError(error)));
  }
}

function bytesOf(chunk: string | Uint8Array): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk);
}

function asSource({ text, ...source }: ReadSource): LogSource {
  return { ...source, chunks: [Buffer.from(text, "latin1")] };
}
