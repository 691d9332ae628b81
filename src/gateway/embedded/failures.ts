import { reachOfAddress } from "../url.ts";
import type { Arrival } from "./connect.ts";

/** Wrong secrets by client, as long as the gateway remembers them: a minute each, five minutes once it is locked out. */
export class Failures {
  readonly #times = new Map<string, number[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A page on loopback is known by its origin, everybody else by the address. */
  static keyOf({ remoteAddress, headers: { origin } }: Arrival): string {
    const isLoopback = reachOfAddress(remoteAddress) === "loopback";
    return isLoopback && origin !== undefined ? `origin ${origin}` : remoteAddress;
  }

  of(key: string): number {
    const times = this.#times.get(key) ?? [];
    const memoryMs = times.length >= LIMIT ? LOCK_MS : WINDOW_MS;
    const kept = times.filter((time) => this.#now() - time < memoryMs);
    if (kept.length === 0) this.#times.delete(key);
    else this.#times.set(key, kept);
    return kept.length;
  }

  note(key: string): void {
    if (this.#times.size >= MAX_CLIENTS && !this.#times.has(key)) this.#times.clear();
    const times = this.#times.get(key) ?? [];
    if (times.length < MAX_TIMES) this.#times.set(key, [...times, this.#now()]);
  }

  forget(key: string): void {
    this.#times.delete(key);
  }
}

/** Defaults of `gateway.auth.rateLimit` in every release that has one. */
const LIMIT = 10;
const WINDOW_MS = 60_000;
const LOCK_MS = 300_000;
const MAX_TIMES = 1000;
const MAX_CLIENTS = 1000;
