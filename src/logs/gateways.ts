import type { LogEvent, LogGateway, LogPart } from "../core/log-event.ts";
import { releaseIn } from "./event-kinds.ts";
import { isBefore } from "./when.ts";

/** What only a gateway prints. Its clients, proxies and readers may stand in anybody's log. */
const GATEWAYS_OWN: ReadonlySet<LogEvent["type"]> = new Set([
  "refused",
  "connected",
  "unauthorized",
  "startup",
  "build-rejected",
  "protocol-mismatch",
  "handshake-timeout",
]);

const MAX_PARTS = 50;
/** Of one part; where there were more, that two share none tells nothing. */
const MAX_CONNS = 500;
const MAX_VALUES = 20;
/** So many connections of each, at the same time, none of them shared, are of two gateways. */
const TELLING_CONNS = 2;
const MAX_GATEWAYS = 8;

interface Part extends LogPart {
  readonly ports: Set<number>;
  readonly pids: Set<number>;
  readonly releases: Set<string>;
  readonly conns: Set<string>;
  hasAllConns: boolean;
  firstAt?: string;
  lastAt?: string;
}

export function partKey({ source, via = "" }: LogPart): string {
  return `${source}\0${via}`;
}

/**
 * Whether what was read is of one gateway. It is until something tells otherwise: two containers, ports, processes or
 * releases at one time, connections that the other one does not know. A log before and after a restart, an upgrade or a
 * rotation is of one; so are the console and the JSON file, which name the same connections.
 */
export class GatewayBook {
  readonly #parts = new Map<string, Part>();

  note(event: LogEvent): void {
    const part = this.#partOf(event);
    if (part === undefined) return;
    this.at(event);
    if (event.type === "startup") {
      if (event.port !== undefined) add(part.ports, event.port);
      if (event.pid !== undefined) add(part.pids, event.pid);
    }
    if (event.type === "startup" || event.type === "build-rejected") {
      const release = releaseIn(event);
      if (release !== undefined) add(part.releases, release);
    }
    if (event.type === "refused") {
      const port = /->\S{1,80}:(\d{1,5})$/.exec(event.peer ?? "")?.[1];
      if (port !== undefined) add(part.ports, Number(port));
    }
    const conn = "conn" in event ? event.conn : undefined;
    if (conn === undefined || part.conns.has(conn)) return;
    if (part.conns.size < MAX_CONNS) part.conns.add(conn);
    else part.hasAllConns = false;
  }

  /** Its time alone, where another one like it was noted. */
  at({ at, ...of }: Pick<LogEvent, "source" | "via" | "at">): void {
    const part = this.#parts.get(partKey(of));
    if (part === undefined || at === undefined) return;
    if (part.lastAt === undefined || !isBefore(at, part.lastAt)) part.lastAt = at;
    if (part.firstAt === undefined || isBefore(at, part.firstAt)) part.firstAt = at;
  }

  /** A refusal that nobody made: its connection is not known. */
  again(like: LogPart): void {
    const part = this.#parts.get(partKey(like));
    if (part !== undefined) part.hasAllConns = false;
  }

  /** Two or more, in the order in which they were met; nothing where it is one. */
  gateways(): readonly LogGateway[] {
    const groups: Part[][] = [];
    for (const part of this.#parts.values()) {
      const shared = groups.find((group) => group.some((one) => sharesConns(one, part)));
      const own = shared ?? groups.find((group) => !group.some((one) => isOther(one, part)));
      if (own === undefined) groups.push([part]);
      else own.push(part);
    }
    if (groups.length < 2 || groups.length > MAX_GATEWAYS) return [];
    return groups.map((group) => gatewayOf(group, groups));
  }

  #partOf(event: LogEvent): Part | undefined {
    const key = partKey(event);
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    if (!GATEWAYS_OWN.has(event.type) || event.form === "client" || this.#parts.size >= MAX_PARTS)
      return undefined;
    // The banner of any command names a release, too.
    if (event.type === "startup" && event.port === undefined && event.bind === undefined) return undefined;
    const part: Part = {
      source: event.source,
      ...(event.via === undefined ? {} : { via: event.via }),
      ports: new Set(),
      pids: new Set(),
      releases: new Set(),
      conns: new Set(),
      hasAllConns: true,
    };
    this.#parts.set(key, part);
    return part;
  }
}

function add<T>(values: Set<T>, value: T): void {
  if (values.size < MAX_VALUES) values.add(value);
}

function sharesConns(a: Part, b: Part): boolean {
  for (const conn of a.conns) if (b.conns.has(conn)) return true;
  return false;
}

function isOther(a: Part, b: Part): boolean {
  const together = overlap(a, b);
  if (a.source !== b.source && areApart(a.ports, b.ports)) return true;
  if (a.via !== undefined && b.via !== undefined && a.via !== b.via)
    return serviceOf(a.via) !== serviceOf(b.via) || together;
  if (!together) return false;
  if (areApart(a.releases, b.releases) || areApart(a.pids, b.pids)) return true;
  const areKnown = a.hasAllConns && b.hasAllConns;
  return areKnown && a.conns.size >= TELLING_CONNS && b.conns.size >= TELLING_CONNS;
}

function areApart<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size > 0 && b.size > 0 && [...a].every((one) => !b.has(one));
}

/** One begins before the other one ends, both ways. */
function overlap(a: Part, b: Part): boolean {
  const [from, to, start, end] = [a.firstAt, a.lastAt, b.firstAt, b.lastAt];
  if (from === undefined || to === undefined || start === undefined || end === undefined) return false;
  return isBefore(from, end) && isBefore(start, to);
}

/** Without what differs between two containers of one service: `gateway-1`, `openclaw-6f9d8c7b5-x2x9k/gateway`. */
function serviceOf(via: string): string {
  return via.replace(/-[0-9a-f]{8,10}-[a-z0-9]{5}(?=\/|$)/, "").replace(/[-_]\d{1,4}(?=\/|$)/, "");
}

function gatewayOf(group: readonly Part[], groups: readonly (readonly Part[])[]): LogGateway {
  const vias = distinct(group.map(({ via }) => via));
  const sources = distinct(group.map(({ source }) => source));
  const others = groups.filter((one) => one !== group).flat();
  const isNamed = vias.length > 0 && others.every(({ via }) => via !== undefined && !vias.includes(via));
  return {
    name: (isNamed ? vias : sources).slice(0, 3).join(", "),
    sources,
    ...(vias.length === 0 ? {} : { vias }),
    ports: distinct(group.flatMap(({ ports }) => [...ports])),
    parts: group.map(({ source, via }) => ({ source, ...(via === undefined ? {} : { via }) })),
  };
}

function distinct<T>(values: readonly (T | undefined)[]): readonly T[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
