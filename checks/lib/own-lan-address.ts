import { ipMatches, isLoopbackHost, parseIp } from "../../src/core/address.ts";
import type { Connection } from "../../src/core/connection.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Evidence, Refusal } from "../../src/core/facts.ts";
import type { Remedy } from "../../src/core/finding.ts";
import { atLeast } from "../../src/core/release.ts";
import { say } from "../../src/core/saying.ts";
import { isLoopback } from "./addresses.ts";
import { type GateFacts, portOf, releaseOf } from "./explain-refusals.ts";
import { isNotPaired } from "./pairing-refusals.ts";
import { human, tried } from "./remedies.ts";
import { inspected, workloadOf } from "./workload.ts";

/** Who called: the user's CLI, the gateway's own side (tools, cron, sub-agents), one of the two, or another client. */
export type Caller = "cli" | "internal" | "either" | "other";

/** What a terminal shows and a tool's result does not. */
const TERMINAL = /gateway connect failed|\[openclaw\]|\bCLI\b|openclaw@?[\w.-]* [a-z]/;

export function callerOf({ client, connection, from, evidence }: Refusal): Caller {
  const { client: named, headers = {} } = connection;
  if (named?.id === "gateway-client" || named?.mode === "backend") return "internal";
  if (client === "cli") {
    const bare = from === "client" && !evidence.some(({ quote }) => TERMINAL.test(quote));
    return bare ? "either" : "cli";
  }
  // The console of 2026.2 names no client; OpenClaw's own ones send neither Origin nor User-Agent.
  const plain = headers.origin === undefined && headers["user-agent"] === undefined;
  return from === "log" && client === "unknown" && named === undefined && plain ? "either" : "other";
}

/** Tailscale's addresses: a gateway that is bound to one does not listen on loopback. */
const TAILNET = "100.64.0.0/10";

/**
 * The client on the gateway's own host dialled an interface's address: then that is its peer address, too. The CLI
 * and the tools of 2026.2.9 to 2026.2.19 take it from `gateway.bind: lan` (shipped code; not 2026.2.6-3 and 2026.2.22).
 */
export function dialsOwnLan(refusal: Refusal, facts: GateFacts): boolean {
  const { remoteAddress: remote, headers = {}, fromGatewayHost } = refusal.connection;
  if (!isNotPaired(refusal, facts) || remote === undefined || isLoopback(remote)) return false;
  if (headers["x-forwarded-for"] !== undefined) return false;
  // A container's address is nobody else's: who has it is in the container, or shares its network.
  if (ownAddress(refusal, facts) !== undefined) return true;
  if (headers.host === undefined) return false;
  const ip = parseIp(remote);
  if (ip === undefined || ipMatches(ip, TAILNET, true)) return false;
  return fromGatewayHost === true || hostName(headers.host) === remote;
}

/** The peer, where it is the gateway's own container. */
export function ownAddress({ connection }: Refusal, facts: GateFacts): string | undefined {
  const { remoteAddress: remote, headers = {} } = connection;
  const workload = workloadOf(facts.wanted.deployment);
  if (remote === undefined || workload === undefined || headers["x-forwarded-for"] !== undefined)
    return undefined;
  return workload.network === "own" && workload.addresses.includes(remote) ? remote : undefined;
}

/** What the engine says of that address. */
export function ownAddressEvidence(facts: GateFacts): readonly Evidence[] {
  const workload = workloadOf(facts.wanted.deployment);
  const own = facts.refusals.map((refusal) => ownAddress(refusal, facts)).find((one) => one !== undefined);
  return workload === undefined || own === undefined
    ? []
    : [inspected(workload, say("is-own-container", { remote: own }))];
}

/** Explained by the checks of that way; a page at the gateway's own address is any page. */
export function isOwnLanCall(refusal: Refusal, facts: GateFacts): boolean {
  return callerOf(refusal) !== "other" && dialsOwnLan(refusal, facts);
}

/**
 * A CLI was refused, and nobody wrote where it dialled. Up to 2026.2.17 every CLI on loopback is approved silently,
 * whatever it asks for (shipped code), so this one came from elsewhere.
 */
export function mayDialOwnLan(refusal: Refusal, facts: GateFacts): boolean {
  const { remoteAddress, headers } = refusal.connection;
  const release = releaseOf(facts);
  if (refusal.client !== "cli" || refusal.gate !== "pairing" || release === undefined) return false;
  if (remoteAddress !== undefined || headers?.host !== undefined) return false;
  const bind = knownValue(facts.wanted.config)?.effective.gateway?.bind;
  if (bind !== undefined && bind !== "lan") return false;
  return atLeast(release, "2026.2.9") === true && atLeast(release, "2026.2.18") === false;
}

export function dialledUrl({ connection }: Refusal): string | undefined {
  const host = connection.headers?.host;
  return host === undefined || isLoopbackHost(host) ? undefined : `ws://${host}`;
}

/** The same client on loopback, which counts as local. */
export function useLoopback(refusal: Refusal, facts: GateFacts): Remedy {
  const port = portOf(facts);
  return tried(
    { id: "use-loopback-url", risk: "none", steps: [human("pass-loopback-url", { port })] },
    refusal,
    facts,
    (input) => ({ ...input, connection: onLoopback(input.connection, refusal, port) }),
  );
}

/** From 2026.2.22 on local calls go to loopback, and it approves wider scopes there silently again. */
export function upgradeToLoopback(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const release = "2026.2.22";
  const now = releaseOf(facts);
  if (now !== undefined && atLeast(now, release) !== false) return [];
  const port = portOf(facts);
  const remedy: Remedy = {
    id: "upgrade",
    risk: "restart",
    args: { release },
    steps: [human("upgrade", { release })],
  };
  return [
    tried(remedy, refusal, facts, (input) => ({
      ...input,
      release,
      connection: onLoopback(input.connection, refusal, port),
    })),
  ];
}

function onLoopback(connection: Connection, refusal: Refusal, port: number): Connection {
  const internal = callerOf(refusal) === "internal";
  return {
    ...connection,
    client: internal ? { id: "gateway-client", mode: "backend" } : { id: "cli", mode: "cli" },
    remoteAddress: "127.0.0.1",
    headers: { host: `127.0.0.1:${port}` },
    device: { state: "unpaired" },
  };
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, "").replace(/^\[|\]$/g, "");
}
