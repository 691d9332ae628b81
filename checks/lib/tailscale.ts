import { ipMatches, parseIp } from "../../src/core/address.ts";
import type { Refusal } from "../../src/core/facts.ts";
import { isPairedBehindLogin } from "../trusted-proxy-still-pairs.ts";
import { bareAddress } from "./addresses.ts";
import { isNotPaired } from "./pairing-refusals.ts";
import { isFromLoopback, type LoggedFacts, settingOf } from "./trusted-proxy.ts";

/** Tailscale's own ranges: the shared address space for IPv4, and its unique local prefix for IPv6. */
const TAILNET = ["100.64.0.0/10", "fd7a:115c:a1e0::/48"];

/** A browser that Tailscale Serve (or Funnel) handed over, and that is not approved yet. */
export function isServedByTailscale(refusal: Refusal, facts: LoggedFacts): boolean {
  if (!isNotPaired(refusal, facts) || refusal.client === "cli" || refusal.client === "node") return false;
  if (isPairedBehindLogin(refusal, facts)) return false;
  const { headers = {}, remoteAddress } = refusal.connection;
  // Serve dials the gateway from its own host; another peer is another proxy, or the tailnet address itself.
  if (remoteAddress !== undefined && !isFromLoopback(refusal, facts)) return false;
  const forwarded = headers["x-forwarded-for"];
  if (forwarded !== undefined) return isTailnet(forwarded) || isTailnetName(headers) || usesServe(facts);
  const bare = headers.host === undefined && headers.origin === undefined;
  return isTailnetName(headers) || (bare && refusal.from === "client" && usesServe(facts));
}

/** `serve` or `funnel`, as the config or the lines name it. */
export function servesBy(facts: LoggedFacts): string | undefined {
  const mode = settingOf(facts, "gateway.tailscale.mode");
  return mode === "serve" || mode === "funnel" ? mode : undefined;
}

const usesServe = (facts: LoggedFacts) => servesBy(facts) !== undefined;

function isTailnet(forwarded: string): boolean {
  const ip = parseIp(bareAddress(forwarded.split(",", 1)[0] ?? ""));
  return ip !== undefined && TAILNET.some((range) => ipMatches(ip, range, true));
}

function isTailnetName(headers: Readonly<Record<string, string>>): boolean {
  return [headers.host, headers.origin].some(
    (name) => name !== undefined && /\.ts\.net(?::\d{1,5})?$/i.test(name),
  );
}
