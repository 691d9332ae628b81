import { type GateReading, gateOf } from "../core/gate.ts";
import type { LogEvent, RefusalGate, RefusalGroup, RefusedEvent } from "../core/log-event.ts";
import { isOwnProbe } from "../core/log-parts.ts";
import { Lru } from "../core/lru.ts";
import { type Connection, Connections } from "./connections.ts";
import { gateBeside } from "./event-kinds.ts";
import { type Kind, type Refused, Repeat } from "./templates.ts";
import { isBefore } from "./when.ts";

function made(refused: Refused): RefusedEvent {
  return refused instanceof Repeat ? refused.event() : refused;
}

interface Group extends GateReading {
  count: number;
  firstAt?: string;
  lastAt?: string;
  latest: Refused;
  lastSeq: number;
  /** The newest few, so that one that moves to another group does not stay as the latest of this. */
  recent: Refused[];
  /** Device ids that were refused here, each with its user agent. */
  devices: Map<string, string | undefined>;
}

/** A place in the logs: two of one source are in order by line, of two sources by time. */
interface Moment {
  readonly at?: string | undefined;
  readonly seq: number;
  readonly source: string;
}

/** A sibling line and its refusal are neighbours; so far apart in one source they still are. */
const NEAR_LINES = 6;
const RECENT = 4;
const MAX_DEVICES = 20;

/**
 * Refusals put together by connection (the console line, the `unauthorized` line, the JSON line of one
 * attempt are one refusal) and grouped by gate, reason, address, origin and client.
 */
export class RefusalBook {
  readonly #maxGroups: number;
  readonly #conns: Connections;
  /** Least recently refused first. */
  readonly #groups = new Map<string, Group>();
  #newest: string | undefined;
  readonly #kinds = new WeakMap<Kind, { readonly key: string; readonly reading: GateReading }>();
  readonly #connected = new Lru<Moment>(1000);
  readonly #approved = new Lru<Moment>(1000);
  #seq = 0;
  #last: Refused | undefined;
  /** The last sibling line that names no connection. */
  #loose: { reading: GateReading; source: string; line: number; remote: string | undefined } | undefined;
  /** Refusals whose group was given up. */
  dropped = 0;

  constructor(maxGroups: number, maxConns: number) {
    this.#maxGroups = Math.max(1, maxGroups);
    this.#conns = new Connections(maxConns);
  }

  /** Whether it is a refusal of its own, not another line about one that was counted. */
  refused(event: RefusedEvent): boolean {
    this.#seq++;
    const { conn } = event;
    if (conn === undefined) {
      const last = this.#last === undefined ? undefined : made(this.#last);
      if (last !== undefined && isSameAttempt(last, event)) {
        this.#enrich(last, event);
        return false;
      }
      this.#place(event, this.#looseSibling(event));
      this.#last = event;
      return true;
    }
    const known = this.#conns.get(conn);
    if (known?.refusal !== undefined) {
      const before = known.refusal.event;
      this.#move(conn, known, before === undefined ? event : merged(made(before), event));
      return false;
    }
    this.#last = event;
    const connection = known ?? {};
    this.#remember(
      conn,
      connection,
      event,
      this.#place(event, connection.sibling ?? this.#looseSibling(event)),
    );
    return true;
  }

  /** The same of one that is like an earlier one but for its connection and its time; false: nothing was counted. */
  again(repeat: Repeat): boolean {
    const { conn, line } = repeat;
    const { event } = repeat.kind;
    if (this.#looseSibling({ source: event.source, line, remote: event.remote }) !== undefined) return false;
    if (this.#conns.get(conn) !== undefined) return false;
    this.#seq++;
    this.#last = repeat;
    let kind = this.#kinds.get(repeat.kind);
    if (kind === undefined) {
      const reading = readingOf(event, undefined);
      kind = { key: keyOf(event, reading), reading };
      this.#kinds.set(repeat.kind, kind);
    }
    this.#count(repeat, event, kind.key, kind.reading);
    this.#remember(conn, {}, repeat, kind.key);
    return true;
  }

  /** Any other event: siblings that tell the gate, connects and approvals that end a refusal. */
  note(event: LogEvent): void {
    this.#seq++;
    const moment = { at: event.at, seq: this.#seq, source: event.source };
    if (event.type === "connected" && event.remote !== undefined && !isOwnProbe(event)) {
      this.#connected.set(`${event.remote} ${event.client ?? ""}`, moment);
    }
    if (event.type === "pairing" && event.deviceId !== undefined && /approved/.test(event.action)) {
      this.#approved.set(event.deviceId, moment);
    }
    const reading = gateBeside(event);
    if (reading === undefined) return;
    const conn = "conn" in event ? event.conn : undefined;
    if (conn === undefined) {
      const remote = "remote" in event ? event.remote : undefined;
      this.#loose = { reading, source: event.source, line: event.line, remote };
      return;
    }
    const known = this.#conns.get(conn) ?? {};
    known.sibling = reading;
    this.#conns.note(conn, known);
    // A JSON file read after the console: the refusal is there already.
    const refusal = known.refusal?.event;
    if (refusal !== undefined) this.#move(conn, known, made(refusal));
  }

  /** Newest first. */
  groups(): RefusalGroup[] {
    return [...this.#groups.values()]
      .sort((a, b) => later(b, a) || b.lastSeq - a.lastSeq)
      .map((group) => ({ ...group, latest: made(group.latest) }))
      .map(({ count, firstAt, lastAt, latest, gate, why, lastSeq, devices }) => ({
        count,
        ...(firstAt === undefined ? {} : { firstAt }),
        ...(lastAt === undefined ? {} : { lastAt }),
        latest,
        gate,
        ...(why === undefined ? {} : { why }),
        ...this.#likely(latest, gate),
        ...devicesLike(latest, devices),
        ...this.#connectedAfter(latest, { at: lastAt, seq: lastSeq, source: latest.source }),
      }));
  }

  #remember(conn: string, connection: Connection, event: Refused, key: string): void {
    connection.refusal = { key, event };
    this.#conns.note(conn, connection);
  }

  /** Another line about the last refusal, which names no connection itself. */
  #enrich(last: RefusedEvent, event: RefusedEvent): void {
    const known = last.conn === undefined ? undefined : this.#conns.get(last.conn);
    const refusal = known?.refusal?.event;
    if (last.conn !== undefined && known !== undefined && refusal !== undefined)
      this.#move(last.conn, known, merged(made(refusal), event));
  }

  #move(conn: string, connection: Connection, event: RefusedEvent): void {
    const old = connection.refusal;
    if (old === undefined) return;
    const reading = readingOf(event, connection.sibling);
    const key = keyOf(event, reading);
    const group = this.#groups.get(old.key);
    if (group === undefined) return;
    // Poorer than what was counted (its details are forgotten): nothing new.
    if (key !== old.key && reading.gate === "unknown" && group.gate !== "unknown") return;
    group.recent = group.recent.filter((one) => one.conn !== conn);
    const weight = 1 + (event.suppressed ?? 0);
    if (key === old.key) {
      noteDevice(group, event);
      group.recent.push(event);
      if (group.latest.conn === conn) group.latest = event;
      this.#remember(conn, connection, event, key);
      return;
    }
    group.count -= weight;
    if (group.count <= 0) {
      this.#groups.delete(old.key);
      this.#newest = undefined;
    } else group.latest = group.recent.at(-1) ?? group.latest;
    this.#remember(conn, connection, event, this.#place(event, connection.sibling));
  }

  #place(event: RefusedEvent, sibling: GateReading | undefined): string {
    const reading = readingOf(event, sibling);
    const key = keyOf(event, reading);
    this.#count(event, event, key, reading);
    return key;
  }

  /** `like`: the same, but for what differs within a kind. */
  #count(refused: Refused, like: RefusedEvent, key: string, reading: GateReading): void {
    const group: Group = this.#groups.get(key) ?? {
      ...reading,
      count: 0,
      latest: refused,
      lastSeq: 0,
      recent: [],
      devices: new Map(),
    };
    noteDevice(group, like);
    group.count += 1 + (like.suppressed ?? 0);
    group.lastSeq = this.#seq;
    if (group.recent.push(refused) > RECENT) group.recent.shift();
    const { at } = refused;
    if (at !== undefined) {
      if (group.lastAt === undefined || !isBefore(at, group.lastAt)) {
        group.lastAt = at;
        group.latest = refused;
        group.firstAt ??= at;
      } else if (group.firstAt === undefined || isBefore(at, group.firstAt)) group.firstAt = at;
    } else {
      group.latest = refused;
    }
    if (key === this.#newest) return;
    this.#newest = key;
    this.#groups.delete(key);
    this.#groups.set(key, group);
    if (this.#groups.size > this.#maxGroups) {
      const [oldest] = this.#groups;
      if (oldest !== undefined) {
        this.dropped += oldest[1].count;
        this.#groups.delete(oldest[0]);
      }
    }
  }

  #looseSibling(
    event: Pick<RefusedEvent, "source" | "line"> & { readonly remote?: string | undefined },
  ): GateReading | undefined {
    const loose = this.#loose;
    if (loose === undefined || loose.source !== event.source) return undefined;
    if (event.line - loose.line > NEAR_LINES || event.line < loose.line) return undefined;
    return loose.remote === undefined || loose.remote === event.remote ? loose.reading : undefined;
  }

  /** What refused the same client nearest in time, where the line itself does not tell. */
  #likely(latest: RefusedEvent, gate: RefusalGate): { likely?: RefusalGate } {
    if (gate !== "unknown" || latest.remote === undefined) return {};
    let nearest: { distance: number; gate: RefusalGate } | undefined;
    for (const other of this.#groups.values()) {
      if (!TELLING_GATES.has(other.gate) || !isSameClient(likeOf(other.latest), latest)) continue;
      const distance = Math.abs(Date.parse(other.latest.at ?? "") - Date.parse(latest.at ?? ""));
      if (nearest === undefined || distance < nearest.distance) nearest = { distance, gate: other.gate };
    }
    return nearest === undefined ? {} : { likely: nearest.gate };
  }

  /** Lines of a refusal often name no device: where one alone was approved until the client got in, it was that one. */
  #onlyApproval(last: Moment, connect: Moment): Moment | undefined {
    const between = this.#approved.keys().flatMap((device) => {
      const moment = this.#approved.get(device);
      return moment !== undefined && isAfter(moment, last) && !isAfter(moment, connect) ? [moment] : [];
    });
    return between.length === 1 ? between[0] : undefined;
  }

  #connectedAfter(
    latest: RefusedEvent,
    last: Moment,
  ): Pick<RefusalGroup, "connectedLater" | "connectedAt" | "approvedAt"> {
    const client = latest.client ?? (latest.origin !== undefined ? "openclaw-control-ui" : undefined);
    if (latest.remote === undefined || client === undefined) return { connectedLater: false };
    const connect = this.#connected.get(`${latest.remote} ${client}`);
    if (connect === undefined || !isAfter(connect, last)) return { connectedLater: false };
    const approval = latest.deviceId === undefined ? undefined : this.#approved.get(latest.deviceId);
    const approved = approval !== undefined && isAfter(approval, last) ? approval : undefined;
    // Behind a proxy everybody has its address: only an approval tells that it was this one.
    if (latest.fwd !== undefined && approved === undefined) return { connectedLater: false };
    const told = approved ?? (latest.deviceId === undefined ? this.#onlyApproval(last, connect) : undefined);
    return {
      connectedLater: true,
      ...(connect.at === undefined ? {} : { connectedAt: connect.at }),
      ...(told?.at === undefined ? {} : { approvedAt: told.at }),
    };
  }
}

/** The event, or one that only differs from it in what differs within a kind. */
function likeOf(refused: Refused): RefusedEvent {
  return refused instanceof Repeat ? refused.kind.event : refused;
}

function noteDevice({ devices }: Group, { deviceId, ua }: RefusedEvent): void {
  if (deviceId !== undefined && devices.size < MAX_DEVICES) devices.set(deviceId, ua);
}

/** The devices of the group that come with the latest one's user agent, where there are several. */
function devicesLike(latest: RefusedEvent, devices: Group["devices"]): { devices?: readonly string[] } {
  const alike = [...devices].filter(([, ua]) => ua === latest.ua).map(([id]) => id);
  return alike.length < 2 ? {} : { devices: alike };
}

/** Refusals of one kind are read alike, and there are few kinds. */
const readings = new Lru<GateReading>(500);

function readingOf(event: RefusedEvent, sibling: GateReading | undefined): GateReading {
  const { code, reason, cause, phase } = event;
  const why = event.why ?? sibling?.why;
  const key = `${code}\0${reason}\0${cause}\0${phase}\0${why}`;
  let reading = readings.get(key);
  if (reading === undefined) {
    reading = gateOf({ ...event, why });
    readings.set(key, reading);
  }
  if (reading.gate !== "unknown" && reading.gate !== "left") return reading;
  return sibling ?? reading;
}

/** The verbose log's `→ close …` without a connection right after `closed before connect conn=…`. */
function isSameAttempt(last: RefusedEvent, event: RefusedEvent): boolean {
  return (
    last.source === event.source &&
    event.line > last.line &&
    event.line - last.line <= NEAR_LINES &&
    last.conn !== undefined &&
    event.remote === undefined &&
    event.form === last.form &&
    last.code === event.code &&
    last.reason === event.reason &&
    (last.cause === undefined || event.cause === undefined || last.cause === event.cause)
  );
}

/** Both lines' knowledge; the evidence is the line that names the cause. */
function merged(first: RefusedEvent, second: RefusedEvent): RefusedEvent {
  const [telling, other] =
    second.cause !== undefined && first.cause === undefined ? [second, first] : [first, second];
  const at = first.at ?? second.at;
  const kept = { ...other, ...telling, ...(at === undefined ? {} : { at }) };
  // Both lines of one attempt carry the same count.
  return kept;
}

/** Gates that refuse the same client again and again. */
const TELLING_GATES = new Set<RefusalGate>([
  "pairing",
  "origin",
  "shared-auth",
  "device-identity",
  "rate-limit",
]);

function isSameClient(a: RefusedEvent, b: RefusedEvent): boolean {
  return (
    a.remote === b.remote && a.fwd === b.fwd && a.host === b.host && a.origin === b.origin && a.ua === b.ua
  );
}

/** Gates whose name and `why` say all; others are told apart by the wording too. */
const PLAIN_GATES = new Set([
  "pairing",
  "origin",
  "shared-auth",
  "device-identity",
  "rate-limit",
  "timeout",
  "left",
  "starting",
]);

function keyOf(event: RefusedEvent, { gate, why }: GateReading): string {
  const shape = PLAIN_GATES.has(gate) ? "" : shapeOf(event);
  const { remote, fwd, host, origin, client } = event;
  // Our own knock at the user's origin is no attempt of theirs, and must not stand in front of it as the newest.
  const own = isOwnProbe(event) ? "own" : "";
  return [gate, why, shape, remote, fwd, host, origin, client, own].join("\0");
}

/** The wording without what differs from one attempt to the next. */
function shapeOf({ code, reason }: RefusedEvent): string {
  return `${code ?? ""} ${(reason ?? "").replace(/[0-9a-f]{8}-[0-9a-f-]{1,27}|\d{1,40}/g, "#").slice(0, 80)}`;
}

function later(a: Group, b: Group): number {
  if (a.lastAt === undefined || b.lastAt === undefined) return 0;
  const difference = Date.parse(a.lastAt) - Date.parse(b.lastAt);
  return Number.isNaN(difference) ? 0 : difference;
}

function isAfter(a: Moment, b: Moment): boolean {
  if (a.at !== undefined && b.at !== undefined) return isBefore(b.at, a.at);
  return a.source === b.source && a.seq > b.seq;
}
