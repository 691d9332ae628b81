import { setTimeout as delay } from "node:timers/promises";
import { collect, completeFacts, type Facts } from "../../core/collect.ts";
import { knownValue } from "../../core/fact.ts";
import type { ProbeReading } from "../../core/facts.ts";
import type { Report } from "../../report/result.ts";
import type { PhaseMet, Smoke } from "../../report/smoke.ts";
import { collectOptions } from "../pure/derived.ts";
import { readiness } from "../pure/readiness.ts";
import { judgeSmoke, type SmokeWish } from "../pure/smoke.ts";
import { LIVE_FACTS } from "./live-facts.ts";
import type { Opened } from "./opened.ts";

export interface SmokeOptions extends SmokeWish {
  readonly opened: Opened;
  /** How long the gateway may take to be up, milliseconds; 0: one look. */
  readonly waitMs: number;
  readonly asBrowser: boolean;
  readonly signal: AbortSignal;
  /** Facts in, report out. */
  report(facts: Facts): Report;
  /** Is told of each change of phase. */
  readonly met?: (phase: PhaseMet) => void;
}

/** Pauses between two knocks, milliseconds: the first, the growth, the longest. */
const PAUSE = { first: 250, growth: 1.6, most: 5000 };
/** Log and engine are asked again after so long, milliseconds. */
const ASIDE_MS = 3000;
const MAX_PHASES = 50;

/**
 * Waits until the gateway is up, then diagnoses it once. While it waits it only knocks (HTTP, no credentials): a
 * handshake counts in the limits of some releases, and each leaves a line in the log. So nothing is left in the gateway
 * but what `asBrowser` says.
 */
export async function smoke(options: SmokeOptions): Promise<Report & { readonly smoke: Smoke }> {
  const began = performance.now();
  const { phases, report, isUp } = await new Wait(options, began).run();
  return {
    ...report,
    smoke: {
      ...judgeSmoke(report, isUp, options),
      waitedMs: Math.round(performance.now() - began),
      phases,
    },
  };
}

class Wait {
  readonly #options: SmokeOptions;
  readonly #began: number;
  readonly #phases: PhaseMet[] = [];
  #asideAt = Number.NEGATIVE_INFINITY;
  /** Something answered as a gateway once, if only to say that it is starting. */
  #wasUp = false;
  #aside: Pick<Facts, "deployment" | "logs"> = completeFacts({});

  constructor(options: SmokeOptions, began: number) {
    this.#options = options;
    this.#began = began;
  }

  async run(): Promise<{ phases: readonly PhaseMet[]; report: Report; isUp: boolean }> {
    const { waitMs, signal } = this.#options;
    let pause = PAUSE.first;
    // What answers as another program is looked at once: it may be a gateway without its page.
    let hasSeenOther = false;
    for (;;) {
      const reach = await this.#knock();
      signal.throwIfAborted();
      const isLast = this.#elapsed() + pause > waitMs;
      const isOther: boolean = reach === "not-openclaw" && !hasSeenOther;
      if (isLast || isOther || reach === "open" || FINAL.has(reach ?? "")) {
        hasSeenOther ||= isOther;
        const { report, isUp, met } = await this.#look();
        signal.throwIfAborted();
        if (isUp || FINAL.has(met ?? "") || this.#elapsed() + pause > waitMs)
          return { phases: this.#phases, report, isUp };
      }
      await delay(pause, undefined, { signal });
      pause = Math.min(pause * PAUSE.growth, PAUSE.most);
    }
  }

  #elapsed(): number {
    return performance.now() - this.#began;
  }

  async #knock(): Promise<ProbeReading["reach"]["state"] | undefined> {
    const { opened, signal } = this.#options;
    const live = opened.look({ asBrowser: false, knock: true });
    const collectors = live.collectors();
    const { probe } = await collect(["probe"], collectors, collectOptions(signal));
    // Whether it is up for those who want in is seen by the diagnosis.
    if (knownValue(probe)?.reach.state === "open") {
      this.#wasUp = true;
      return "open";
    }
    if (this.#elapsed() - this.#asideAt > ASIDE_MS) {
      this.#aside = await collect(["deployment", "logs"], collectors, collectOptions(signal));
      this.#asideAt = this.#elapsed();
    }
    this.#note({ ...this.#aside, probe });
    return knownValue(probe)?.reach.state;
  }

  /** The whole diagnosis. `isUp`: it had a gateway to judge. */
  async #look() {
    const { opened, signal, asBrowser } = this.#options;
    // The wait itself asks again, with longer and longer pauses.
    const live = opened.look({ asBrowser, startingBudgetMs: 0 });
    const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(signal));
    const met = knownValue(facts.probe)?.reach.state;
    const isUp = met !== undefined && !NOT_YET.has(met);
    this.#note(facts);
    return { report: this.#options.report(facts), isUp, met };
  }

  #note(facts: Pick<Facts, "probe" | "deployment" | "logs">): void {
    const { phase, why } = readiness({ ...facts, wasUp: this.#wasUp });
    const last = this.#phases.at(-1);
    if (last?.phase === phase || this.#phases.length === MAX_PHASES) return;
    const met = { phase, why, afterMs: Math.round(this.#elapsed()) };
    this.#phases.push(met);
    this.#options.met?.(met);
  }
}

/** No wait mends it: a certificate that is not trusted, another user's program at the port. */
const FINAL: ReadonlySet<string> = new Set(["tls", "stranger"]);
const NOT_YET: ReadonlySet<string> = new Set([
  "refused",
  "reset",
  "timeout",
  "dns",
  "starting",
  "not-openclaw",
]);
