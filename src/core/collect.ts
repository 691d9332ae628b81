import { type Fact, type Unknown, unknown } from "./fact.ts";
import type { FactMap, FactName } from "./facts.ts";
import { quoted, say } from "./saying.ts";
import { SecretsUnread } from "./secrets-unread.ts";

/** Facts as collected so far, or as handed to the checks. */
export type Facts = { readonly [K in FactName]: Fact<FactMap[K]> };

/** Hands a collector the facts it builds on; each is awaited only when it is asked for. */
export type Ask = <K extends FactName>(name: K) => Promise<Fact<FactMap[K]>>;

export interface Collector<K extends FactName> {
  /** Milliseconds after which the fact counts as unknown (`timeout`); facts it waits for count too. */
  readonly timeoutMs: number;
  /** Resolves to the fact. A rejection makes it unknown (`failed`). Must stop work when `signal` aborts. */
  collect(ask: Ask, signal: AbortSignal): Promise<Fact<FactMap[K]>>;
}

export type Collectors = { readonly [K in FactName]?: Collector<K> };

export interface CollectOptions {
  readonly signal?: AbortSignal;
  /** Timers are handed in, so that core stays free of the platform. */
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Makes an unexpected error printable (scrubbed). */
  describeError(error: unknown): string;
  readonly onProgress?: (name: FactName, state: "started" | "done", fact?: Fact<unknown>) => void;
}

/**
 * Collects every fact once, in parallel, each with its own timeout; a slow one delays only those that ask
 * for it. Never rejects: what could not be collected is an unknown fact. A cycle between collectors is a
 * programming error and becomes an unknown fact of the one that closed it.
 */
export async function collect(
  names: readonly FactName[],
  collectors: Collectors,
  options: CollectOptions,
): Promise<Facts> {
  const running = new Map<FactName, Promise<Fact<unknown>>>();
  const { signal } = options;
  // One listener for all facts, however many there are.
  const controllers = new Set<AbortController>();
  let stop: (fact: Unknown) => void = () => {};
  const stopped = new Promise<Unknown>((resolve) => {
    stop = resolve;
  });
  const interrupt = () => {
    stop(unknown("failed", say("interrupted")));
    for (const controller of controllers) controller.abort(signal?.reason);
  };
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });

  const askFor = <K extends FactName>(name: K, askedBy: readonly FactName[]): Promise<Fact<FactMap[K]>> => {
    if (askedBy.includes(name)) {
      const loop = [...askedBy, name].join(" -> ");
      return Promise.resolve(unknown("failed", say("facts-loop", { loop })));
    }
    let promise = running.get(name) as Promise<Fact<FactMap[K]>> | undefined;
    if (!promise) {
      promise = run(name, askedBy);
      running.set(name, promise);
    }
    return promise;
  };

  const run = async <K extends FactName>(
    name: K,
    askedBy: readonly FactName[],
  ): Promise<Fact<FactMap[K]>> => {
    const collector = collectors[name] as Collector<K> | undefined;
    if (!collector) return unknown("not-asked", say("not-collected"));
    options.onProgress?.(name, "started");
    const controller = new AbortController();
    controllers.add(controller);
    if (signal?.aborted) controller.abort(signal.reason);
    let timer: unknown;
    const late = new Promise<Fact<FactMap[K]>>((resolve) => {
      timer = options.setTimeout(() => {
        controller.abort();
        const seconds = collector.timeoutMs / 1000;
        resolve(unknown("timeout", say("no-answer-within", { seconds })));
      }, collector.timeoutMs);
    });
    // Who asked is part of the question: two collectors that wait for each other would never end.
    const ask: Ask = (other) => askFor(other, [...askedBy, name]);
    const work = (async () => collector.collect(ask, controller.signal))().catch((error: unknown) => {
      if (error instanceof SecretsUnread) throw error;
      return unknown("failed", quoted(options.describeError(error)));
    });
    try {
      const fact = await Promise.race([work, late, stopped]);
      options.onProgress?.(name, "done", fact);
      return fact;
    } finally {
      options.clearTimeout(timer);
      controllers.delete(controller);
    }
  };

  const entries = await Promise.all(names.map(async (name) => [name, await askFor(name, [])] as const));
  signal?.removeEventListener("abort", interrupt);
  return completeFacts(Object.fromEntries(entries));
}

const FACT_NAMES: { readonly [K in FactName]: true } = {
  target: true,
  host: true,
  deployment: true,
  release: true,
  config: true,
  logs: true,
  probe: true,
  devices: true,
  refusals: true,
  assessment: true,
};

/** All fact names, in no particular order. */
export const ALL_FACTS = Object.keys(FACT_NAMES) as readonly FactName[];

/** Fills what is missing with unknown facts; for bundles, fixtures and partial collections. */
export function completeFacts(partial: Partial<Facts>): Facts {
  const missing = Object.fromEntries(
    ALL_FACTS.map((name) => [name, partial[name] ?? unknown("not-asked", say("not-collected"))]),
  );
  return missing as unknown as Facts;
}
