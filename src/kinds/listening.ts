import { DEPLOYMENT_KINDS } from "../core/deployment-kind.ts";
import { KINDS } from "./index.ts";
import type { Kind } from "./kind.ts";
import type { ListeningSigns, ListeningSocket, RunningGateway } from "./listening-signs.ts";

/** What the sockets and gateways of a machine say of where the gateway is that is looked at. */
export interface ListeningQuestion {
  readonly listeners?: ListeningSigns;
  /** The target was named by its address: what does not hold its port says nothing of it. */
  readonly addressed?: boolean;
  /** A config of this machine was read. */
  readonly config?: unknown;
}

type Holder = "gateway" | "contained" | "engine" | "program" | "nobody";

/** Whose the port is, as far as this machine tells; undefined where its owner may not be seen. */
export function holderOf(listeners: ListeningSigns | undefined): Holder | undefined {
  if (listeners === undefined) return undefined;
  const { sockets, gateways } = listeners;
  const pids = holders(listeners);
  const holding = gateways.filter(({ pid }) => pids.has(pid));
  if (holding.some(({ container }) => container === undefined)) return "gateway";
  if (holding.length > 0) return "contained";
  if (sockets.some((socket) => publishersOf(socket).length > 0)) return "engine";
  if (sockets.some(({ owner }) => owner === "unknown")) return undefined;
  return sockets.length === 0 ? "nobody" : "program";
}

function publishersOf(socket: ListeningSocket): readonly Kind[] {
  return DEPLOYMENT_KINDS.map((name): Kind => KINDS[name]).filter(
    ({ signs }) => signs.publishes?.(socket) === true,
  );
}

function holders({ sockets }: ListeningSigns): ReadonlySet<number> {
  return new Set(
    sockets.flatMap(({ owner, pid }) => (owner === "gateway" && pid !== undefined ? [pid] : [])),
  );
}

/**
 * Nothing speaks against a container: the port is not a program's of this machine, and where an address was named or
 * a config of this machine was read, something listens there. What else runs on the machine has no say.
 */
export function mayBeContained({ listeners, addressed, config }: ListeningQuestion): boolean {
  const holder = holderOf(listeners);
  const settled = addressed === true || config !== undefined;
  return holder !== "gateway" && holder !== "program" && (holder !== "nobody" || !settled);
}

/** A gateway of this machine that can be the one that is looked at: the one that holds the port, if any does. */
export function ownGateway({ listeners, addressed }: ListeningQuestion): RunningGateway | undefined {
  const own = listeners?.gateways.filter(({ container }) => container === undefined) ?? [];
  const pids = listeners === undefined ? new Set<number>() : holders(listeners);
  const holder = holderOf(listeners);
  if (holder === "engine" || holder === "contained") return undefined;
  const holding = own.find(({ pid }) => pids.has(pid));
  return holding ?? (addressed === true && holder !== undefined ? undefined : own[0]);
}

/** The gateways in containers that can be the one that is looked at: the one that holds the port, else all. */
export function containedGateways(question: ListeningQuestion): readonly RunningGateway[] {
  const { listeners } = question;
  if (listeners === undefined || !mayBeContained(question)) return [];
  const publishers = holderOf(listeners) === "engine" ? listeners.sockets.flatMap(publishersOf) : undefined;
  const contained = listeners.gateways.filter(
    ({ container }) =>
      container !== undefined &&
      // What an engine published leads to what it runs.
      (publishers === undefined || publishers.some(({ signs }) => signs.runs?.(container) === true)),
  );
  const pids = holders(listeners);
  const holding = contained.filter(({ pid }) => pids.has(pid));
  return holding.length > 0 ? holding : contained;
}

/** Nothing but this gateway can be meant: it holds the port, or is the only one behind the engine that does. */
export function settles({ pid }: RunningGateway, listeners: ListeningSigns, among: number): boolean {
  return (among === 1 && holderOf(listeners) === "engine") || holders(listeners).has(pid);
}
