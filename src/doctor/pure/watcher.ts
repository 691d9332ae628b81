import type { Facts } from "../../core/collect.ts";
import { knownValue } from "../../core/fact.ts";
import type { PendingDevice } from "../../core/facts.ts";
import type { LogDigest, LogEvent } from "../../core/log-event.ts";
import { safeText } from "../../core/text.ts";
import type { Report, ReportFinding } from "../../report/result.ts";
import type { WatchEvent } from "../../report/watch.ts";

export interface WatcherOptions {
  report(facts: Facts): Report;
  /** The line that approves this request. */
  approve(facts: Facts, requestId: string): string;
}

/** A device that asks again and again is told of its new id no more often, milliseconds. */
const QUIET_MS = 20_000;
/** What is told of is remembered, for so many refusals and devices. */
const MAX_TOLD = 500;

interface ToldRequest {
  requestId: string;
  at: number;
}

/** Tells once what is new: refusals by their cause, requests by the device and the address that they came from. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #refused = new Map<string, number>();
  readonly #waiting = new Map<string, ToldRequest>();
  readonly #approved = new Set<string>();
  /** A page was refused, and none was let in since. */
  #isOut = false;
  /** From where a page was let in, since one was refused. */
  readonly #in = new Set<string>();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Somebody was refused, and nobody got in since. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** A device waits: its request may get another id without a line in the log. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** `facts`: their log has the new lines alone. `now`: milliseconds of any clock. */
  next(facts: Facts, now: number): readonly WatchEvent[] {
    const digest = knownValue(facts.logs);
    const refused = digest === undefined ? [] : this.#refusals(facts, digest);
    const happened = (digest?.events ?? []).flatMap((event) => this.#happened(event));
    // Who got in among these lines came before the refusal.
    this.#isOut ||=
      digest?.refusals.some(({ gate, connectedLater }) => gate !== "left" && !connectedLater) ?? false;
    return [...ordered([...refused, ...happened]), ...this.#requests(facts, now)];
  }

  #refusals(facts: Facts, digest: LogDigest): WatchEvent[] {
    const met = digest.refusals.filter(({ gate }) => gate !== "left");
    const [newest] = met;
    if (newest === undefined) return [];
    const count = met.reduce((sum, group) => sum + group.count, 0);
    const at = newest.lastAt === undefined ? {} : { at: newest.lastAt };
    this.#in.clear();
    this.#isOut = true;
    const report = this.#options.report(facts);
    const current = report.findings.filter(isOfRefusal);
    // Refused and let in among these few lines.
    const findings =
      current.length > 0 ? current : report.findings.filter(({ variant }) => variant === "over");
    if (report.findings.length === 0) {
      const quote = safeText(newest.latest.quote, 300);
      return this.#isNew(`unexplained ${newest.gate} ${newest.why}`, count)
        ? [{ event: "unexplained", ...at, count, quote }]
        : [];
    }
    return findings.flatMap((finding): WatchEvent[] => {
      const key = keyOf(finding);
      const before = this.#refused.get(key) ?? 0;
      const all = before + (finding.count ?? count);
      if (this.#isNew(key, finding.count ?? count))
        return [{ event: "refused", ...at, count: all, id: finding.id, report }];
      // A page that tries again every few seconds: ten, a hundred, a thousand times.
      return Math.floor(Math.log10(all)) > Math.floor(Math.log10(before))
        ? [{ event: "again", ...at, count: all, id: finding.id }]
        : [];
    });
  }

  /** Counts it. */
  #isNew(key: string, count: number): boolean {
    const before = this.#refused.get(key);
    if (before === undefined && this.#refused.size >= MAX_TOLD) return false;
    this.#refused.set(key, (before ?? 0) + count);
    return before === undefined;
  }

  #happened(event: LogEvent): WatchEvent[] {
    const at = event.at === undefined ? {} : { at: event.at };
    switch (event.type) {
      case "connected": {
        const { client = "", remote } = event;
        if (!isPage(client)) return [];
        const refused = this.#isOut;
        this.#isOut = false;
        const from = remote ?? "";
        if (this.#in.has(from)) return [];
        if (this.#in.size < MAX_TOLD) this.#in.add(from);
        return [{ event: "connected", ...at, client, refused, ...(remote === undefined ? {} : { remote }) }];
      }
      case "startup": {
        // The banner of any command has a release, too.
        if (event.port === undefined && event.bind === undefined) return [];
        const { release } = event;
        return [{ event: "started", ...at, ...(release === undefined ? {} : { release }) }];
      }
      case "startup-failed":
        return [{ event: "failed", ...at, quote: safeText(event.quote, 300) }];
      case "pairing":
        return event.action === "approved" || event.action === "auto-approved"
          ? this.#approval(event.deviceId, at)
          : [];
      default:
        return [];
    }
  }

  #approval(deviceId: string | undefined, at: { readonly at?: string }): WatchEvent[] {
    if (deviceId === undefined) return [{ event: "approved", ...at }];
    if (this.#approved.has(deviceId)) return [];
    if (this.#approved.size < MAX_TOLD) this.#approved.add(deviceId);
    return [{ event: "approved", ...at, deviceId }];
  }

  #requests(facts: Facts, now: number): WatchEvent[] {
    const devices = knownValue(facts.devices);
    if (devices === undefined) return [];
    const paired = new Set(devices.paired.map(({ deviceId }) => deviceId));
    const waiting = new Map(devices.pending.map((request) => [keyOfRequest(request), request]));
    const events: WatchEvent[] = [];
    for (const [key, { requestId }] of this.#waiting)
      if (!waiting.has(key)) {
        this.#waiting.delete(key);
        const [deviceId = ""] = key.split(" ");
        if (paired.has(deviceId) && requestId !== "") events.push(...this.#approval(deviceId, {}));
      }
    for (const [key, request] of waiting) {
      const { requestId, deviceId } = request;
      const told = this.#waiting.get(key);
      if (told?.requestId === requestId || (told !== undefined && now - told.at < QUIET_MS)) continue;
      if (told === undefined && this.#waiting.size >= MAX_TOLD) continue;
      this.#waiting.set(key, { requestId, at: now });
      this.#approved.delete(deviceId);
      events.push({
        event: "waiting",
        request,
        command: this.#options.approve(facts, requestId),
        ...(told === undefined ? {} : { instead: told.requestId }),
      });
    }
    return events;
  }
}

/** One device from one address is one request, whatever its id is; the same device from elsewhere is another. */
function keyOfRequest({ deviceId, remoteIp = "" }: PendingDevice): string {
  return `${deviceId} ${remoteIp}`;
}

/** What is told as a refusal: not what is over, nor what is only good to know. */
function isOfRefusal({ severity, variant }: ReportFinding): boolean {
  return severity !== "info" && variant !== "over" && variant !== "foretold";
}

/** The same cause of the same client: numbers and ids of requests change with every attempt. */
function keyOf({ id, variant = "", args = {} }: ReportFinding): string {
  const steady = Object.entries(args).filter(
    ([name, value]) => typeof value === "string" && !/request|count|time|at$/i.test(name),
  );
  return JSON.stringify([id, variant, steady]);
}

function isPage(client: string): boolean {
  return /control-ui|webchat/.test(client);
}

/** By their times, where all have one. */
function ordered(events: readonly WatchEvent[]): readonly WatchEvent[] {
  const timed = events.map((event) => ({
    event,
    time: "at" in event ? Date.parse(event.at ?? "") : Number.NaN,
  }));
  if (timed.some(({ time }) => Number.isNaN(time))) return events;
  return timed.toSorted((a, b) => a.time - b.time).map(({ event }) => event);
}
