import { isLoopbackIp, isPrivateOrLoopbackIp, parseIp } from "../../core/address.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { type Attempt, at, type GateRefusal, header, strings } from "../attempt.ts";
import { hostName, isLoopbackName, type ParsedOrigin, parseOrigin } from "../hosts.ts";
import { hasHeaders, isLocalClient } from "../locality.ts";
import { isCopilot } from "./entry.ts";

/** The Origin of a browser client must be allowed; from 2026.2.25 the Origin of any client that sends one. */
export function origin(attempt: Attempt): GateRefusal | undefined {
  const { checkedFor, detailCode } = attempt.rules.origin;
  if (checkedFor === "nobody") return undefined;
  // The copilot's extension was looked at before, and is bound to the device when it is paired.
  if (isCopilot(attempt)) return undefined;
  const browser = attempt.isBrowserUi || attempt.isWebchat;
  if (!browser && !(attempt.hasOrigin && isCheckedForAnyone(attempt))) return undefined;
  if (isAllowed(attempt)) return undefined;
  return {
    gate: "origin",
    reason: "origin-mismatch",
    closeReason:
      "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)",
    ...(detailCode ? { detailCode: "CONTROL_UI_ORIGIN_NOT_ALLOWED" } : {}),
  };
}

function isCheckedForAnyone(attempt: Attempt): boolean {
  const { checkedFor } = attempt.rules.origin;
  if (checkedFor === "any-direct-origin-header") return !hasHeaders(attempt, attempt.rules.local.forwarding);
  return checkedFor === "any-origin-header";
}

function isAllowed(attempt: Attempt): boolean {
  const { rules, connection, gateway } = attempt;
  const parsed = parseOrigin(header(connection, "origin"), rules.origin.strict);
  if (parsed === undefined) return false;
  const allowed = allowedOrigins(attempt);
  if (allowed.includes(parsed.origin) || (rules.origin.wildcard && allowed.includes("*"))) return true;
  const host = header(connection, "host").trim().toLowerCase();
  const sameHost = host !== "" && parsed.host === host;
  const switchedOn = at(gateway, "controlUi", "dangerouslyAllowHostHeaderOriginFallback") === true;
  if (sameHost && (rules.origin.sameHost === "always" || switchedOn)) return true;
  const local = isLocalClient(attempt);
  if (sameHost && rules.origin.privateSameHost && isPrivateHost(attempt, host, local)) return true;
  return isLoopbackOriginAllowed(attempt, parsed, host, local);
}

function isLoopbackOriginAllowed(
  { rules }: Attempt,
  parsed: ParsedOrigin,
  host: string,
  local: boolean,
): boolean {
  const { trailingDot } = rules.local;
  if (!isLoopbackName(parsed.name, trailingDot)) return false;
  return rules.origin.loopback === "local-client" ? local : isLoopbackName(hostName(host), trailingDot);
}

function isPrivateHost({ rules }: Attempt, host: string, local: boolean): boolean {
  const name = hostName(host);
  if (isLoopbackName(name, rules.local.trailingDot)) return local;
  const ip = parseIp(name);
  if (ip !== undefined) return isPrivateOrLoopbackIp(ip);
  return name.endsWith(".local") || name.endsWith(".ts.net");
}

/**
 * What the config allows, or what the gateway allows itself at start when the config allows nothing. It writes those
 * into its config, so they may stand there although the process that wrote them does not heed them yet.
 */
export function allowedOrigins(attempt: Attempt): readonly string[] {
  const { rules, gateway, start } = attempt;
  const configured = strings(at(gateway, "controlUi", "allowedOrigins"))
    .map((value) => value.trim().toLowerCase())
    .filter((value) => value !== "");
  const seeds = seededOrigins(attempt);
  if (seeds === undefined) return configured;
  const isHeeded = rules.origin.seededAt === "first-start" || start === "later";
  if (configured.length === 0) return isHeeded ? seeds : [];
  const isSeeded = start === "first" && configured.every((origin) => seeds.includes(origin));
  return isSeeded && !isHeeded ? [] : configured;
}

/** Undefined where a gateway with this config writes none. */
function seededOrigins(attempt: Attempt): readonly string[] | undefined {
  const { rules, gateway } = attempt;
  if (!rules.origin.seededFor.includes(bindOf(attempt))) return undefined;
  if (at(gateway, "controlUi", "dangerouslyAllowHostHeaderOriginFallback") === true) return undefined;
  if (at(gateway, "controlUi", "enabled") === false) return undefined;
  const port = gateway.port ?? DEFAULT_PORT;
  const seeded = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const custom = at(gateway, "customBindHost");
  if (gateway.bind === "custom" && typeof custom === "string" && custom.trim() !== "") {
    seeded.push(`http://${custom.trim().toLowerCase()}:${port}`);
  }
  return seeded;
}

/**
 * Without a bind in the config a gateway that a peer from another address reaches got one by flag, or by itself
 * in a container (2026.4.7 and later bind to all addresses there).
 */
function bindOf({ gateway, connection }: Attempt): string {
  const { bind } = gateway;
  if (typeof bind === "string") return bind;
  return isLoopbackIp(parseIp(connection.remoteAddress)) ? "loopback" : "lan";
}
