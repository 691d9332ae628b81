// What is asked of a gateway: a connection in the model's own words. The driver makes it true, and the gateway answers.
import type { Connection, ConnectionDevice } from "../../src/core/connection.ts";
import type { GatewaySection } from "../real/rig/gateway.ts";
import { LAN_CLIENT, LAN_HOST, LOOPBACK, LOOPBACK_HOST } from "./network.ts";

export interface Case {
  /** `group/what is special about it`; never given to another connection. */
  readonly name: string;
  readonly connection: Connection;
}

export interface Situation {
  readonly name: string;
  /** First release that knows its keys. */
  readonly from?: string;
  /** First release that refuses it. */
  readonly until?: string;
  /** `gateway` of openclaw.json; secrets are `TOKEN` and `PASSWORD` of the rig. */
  readonly gateway: GatewaySection;
  readonly cases: readonly Case[];
  /** One after another: each counts on what the ones before have left behind. */
  readonly inOrder?: true;
  /** Asked again after the gateway was started a second time with the same home. */
  readonly twice?: true;
  /** A stand-in for Tailscale's program is on the gateway's machine. */
  readonly tailscale?: true;
  /** Disturbed by clients that are none. */
  readonly noise?: true;
  /** Differs from another one by a detail only: left out of a quick run. */
  readonly detail?: true;
  /** Keeps the gateway's own limit on wrong secrets instead of lifting it. */
  readonly limited?: true;
}

export const UI = { id: "openclaw-control-ui", mode: "webchat" } as const;
export const CLI = { id: "cli", mode: "cli" } as const;
export const NODE = { id: "node-host", mode: "node" } as const;
export const BACKEND = { id: "gateway-client", mode: "backend" } as const;

export const PAGE_SCOPES = ["operator.admin", "operator.approvals", "operator.pairing"] as const;
export const READ_WRITE = ["operator.read", "operator.write"] as const;

/** A new page on the gateway's own machine with the right secret, unless changed. */
export function page(change: Partial<Connection> = {}): Connection {
  return {
    remoteAddress: LOOPBACK,
    headers: at(LOOPBACK_HOST),
    client: UI,
    role: "operator",
    scopes: PAGE_SCOPES,
    auth: "valid",
    device: { state: "unpaired" },
    ...change,
  };
}

export function cli(change: Partial<Connection> = {}): Connection {
  return page({ client: CLI, headers: { host: LOOPBACK_HOST }, ...change });
}

export function node(change: Partial<Connection> = {}): Connection {
  return cli({ client: NODE, role: "node", scopes: [], ...change });
}

/** Headers of a page that is open at this host, or at another origin. */
export function at(host: string, origin = `http://${host}`): { host: string; origin: string } {
  return { host, origin };
}

export interface Way {
  readonly name: string;
  readonly remoteAddress: string;
  readonly host: string;
}

/** The two ways that differ most. */
export const WAYS: readonly Way[] = [
  { name: "loopback", remoteAddress: LOOPBACK, host: LOOPBACK_HOST },
  { name: "lan", remoteAddress: LAN_CLIENT, host: LAN_HOST },
];

export function pageOn(way: Way, change: Partial<Connection> = {}): Connection {
  return page({ remoteAddress: way.remoteAddress, headers: at(way.host), ...change });
}

export function cliOn(way: Way, change: Partial<Connection> = {}): Connection {
  return cli({ remoteAddress: way.remoteAddress, headers: { host: way.host }, ...change });
}

export function nodeOn(way: Way, change: Partial<Connection> = {}): Connection {
  return node({ remoteAddress: way.remoteAddress, headers: { host: way.host }, ...change });
}

export const ABSENT: ConnectionDevice = { state: "absent" };
export const NEW: ConnectionDevice = { state: "unpaired" };

export function paired(
  approvedScopes: readonly string[] = PAGE_SCOPES,
  more: Partial<ConnectionDevice> = {},
): ConnectionDevice {
  return { state: "paired", approvedScopes, ...more };
}
