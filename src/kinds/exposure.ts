import { scopeOf } from "../core/address.ts";
import { DEPLOYMENT_KINDS } from "../core/deployment-kind.ts";
import type { ConfigReading, Exposure } from "../core/facts.ts";
import type { ExposureInput, ExposureVerdict } from "./exposure-input.ts";
import { KINDS } from "./index.ts";
import type { ExposureSigns } from "./kind.ts";
import type { ListeningSocket } from "./listening-signs.ts";
import { reachOf, verdict } from "./reach.ts";
import { hostOf } from "./url.ts";

/**
 * From how far the gateway can be reached. What was seen (a client from the Internet, a published port) counts
 * before what is configured; without a sign it stays unknown, never "safe".
 */
export function exposureOf(input: ExposureInput): ExposureVerdict {
  return (
    openByConfig(input) ??
    openByFunnel(input) ??
    seenFromOutside(input) ??
    byUrl(input) ??
    bySockets(input) ??
    signsOf(input)?.published?.(input) ??
    byBind(input) ?? {
      exposure: "unknown",
      because: "neither the config nor a listening socket was seen",
    }
  );
}

function openByConfig({ config }: ExposureInput): ExposureVerdict | undefined {
  const gateway = config?.effective.gateway;
  if (gateway?.tailscale?.mode === "funnel")
    return verdict("public", "gateway.tailscale.mode is funnel: Tailscale opens it to the Internet");
  return undefined;
}

function openByFunnel({ served }: ExposureInput): ExposureVerdict | undefined {
  if (served?.funnel !== true) return undefined;
  return verdict("public", `tailscale serve status: Funnel hands ${served.at} over from the Internet`);
}

function seenFromOutside({ logs, config }: ExposureInput): ExposureVerdict | undefined {
  for (const { latest } of logs?.refusals ?? []) {
    const forwarded = latest.fwd?.split(",")[0]?.trim();
    for (const address of [latest.remote, forwarded])
      if (address !== undefined && scopeOf(address) === "public")
        return verdict("public", `a client came from ${address} (${latest.source}:${latest.line})`);
  }
  const origins = config?.effective.gateway?.controlUi?.allowedOrigins;
  if (Array.isArray(origins))
    for (const origin of origins)
      if (typeof origin === "string" && isPublicName(hostOf(origin)))
        return verdict("public", `gateway.controlUi.allowedOrigins has ${origin}`);
  return undefined;
}

function byUrl({ probe, url, firewall }: ExposureInput): ExposureVerdict | undefined {
  // An address at which nobody answers, and which a firewall closes, is reached by nobody.
  if (firewall !== undefined && firewall.lets !== "open" && probe?.reach.state !== "open") return undefined;
  const host = hostOf(probe?.url ?? url ?? "");
  if (host === undefined) return undefined;
  if (scopeOf(host) === "public") return verdict("public", `it answers at ${host}`);
  if (isPublicName(host)) return verdict("public", `it is reached by the public name ${host}`);
  // That it also answers at a private or loopback address says nothing of the others it may have.
  return undefined;
}

/** A name that public DNS has; a tailnet's names reach its members only. */
function isPublicName(host: string | undefined): boolean {
  if (host === undefined || scopeOf(host) !== "unknown")
    return host !== undefined && scopeOf(host) === "public";
  if (
    !host.includes(".") ||
    /\.(?:local|lan|home|internal|localdomain|localhost|arpa|test|example|invalid|ts\.net)$/i.test(host)
  )
    return false;
  return /\.[a-z]{2,24}$/i.test(host);
}

function bySockets(input: ExposureInput): ExposureVerdict | undefined {
  const { listeners, config } = input;
  if (listeners === undefined || listeners.sockets.length === 0) return undefined;
  let widest: ExposureVerdict | undefined;
  for (const socket of listeners.sockets) {
    const { address, port } = socket;
    const found = reachOf(address, `${openerOf(socket)} on ${address}:${port}`, input);
    if (widest === undefined || RANK[found.exposure] > RANK[widest.exposure]) widest = found;
  }
  if (widest?.exposure === "public" || widest?.exposure === "unknown") return behindFirewall(widest, input);
  if (widest?.exposure === "loopback") {
    const front = publicFront(input);
    if (front !== undefined) return front;
    const proxied = input.served === undefined ? proxiedBecause(config) : undefined;
    if (input.served !== undefined)
      return verdict("private", `tailscale serve status: ${input.served.at} is handed over to the tailnet`);
    if (proxied !== undefined) return verdict("unknown", proxied);
  }
  return widest;
}

/** A listener that anybody could reach, were it not for the firewall. */
function behindFirewall(open: ExposureVerdict, { firewall }: ExposureInput): ExposureVerdict {
  if (firewall === undefined) return open;
  const { by, lets, rule } = firewall;
  if (lets === "open") return verdict(open.exposure, `${open.because}; ${by} lets anybody in (${rule})`);
  const whom = lets === "closed" ? "nobody" : "private addresses only";
  return verdict("private", `${open.because}; ${by} lets ${whom} in (${rule})`);
}

/** A proxy of the host hands the page over at a name that public DNS has, or at any name of a public address. */
function publicFront({ deployment, host }: ExposureInput): ExposureVerdict | undefined {
  const front = deployment?.front?.fronts.find(({ names }) =>
    names.length === 0 ? host?.addresses.some(({ scope }) => scope === "public") : names.some(isPublicName),
  );
  if (front === undefined) return undefined;
  const [name = "any name"] = front.names;
  return verdict("public", `${front.proxy} hands ${name} over to it (${front.file}:${front.line})`);
}

function openerOf(socket: ListeningSocket): string {
  const openers = DEPLOYMENT_KINDS.map((name) => KINDS[name].exposure.opener?.(socket));
  return openers.find((opener) => opener !== undefined) ?? "it listens";
}

function signsOf({ deployment }: ExposureInput): ExposureSigns | undefined {
  return deployment === undefined ? undefined : KINDS[deployment.kind].exposure;
}

const RANK: Readonly<Record<Exposure, number>> = { loopback: 0, private: 1, unknown: 2, public: 3 };

function byBind(input: ExposureInput): ExposureVerdict | undefined {
  const { config } = input;
  const gateway = config?.effective.gateway;
  if (gateway?.bind === undefined || config === undefined) return undefined;
  const { bind } = gateway;
  if (bind === "loopback") {
    const proxied = proxiedBecause(config);
    return proxied === undefined
      ? verdict("loopback", "gateway.bind is loopback")
      : verdict("unknown", proxied);
  }
  if (bind === "tailnet") return verdict("private", "gateway.bind is tailnet");
  if (bind === "custom") {
    const address = gateway.customBindHost;
    return typeof address === "string"
      ? reachOf(address, `gateway.customBindHost is ${address}`, input)
      : verdict("unknown", "gateway.bind is custom without gateway.customBindHost");
  }
  return signsOf(input)?.bound?.(bind, input) ?? reachOf("0.0.0.0", `gateway.bind is ${bind}`, input);
}

/** A loopback listener that something forwards to is as open as that something. */
function proxiedBecause(config: ConfigReading | undefined): string | undefined {
  const gateway = config?.effective.gateway;
  if (gateway?.tailscale?.mode === "serve") return undefined;
  if (Array.isArray(gateway?.trustedProxies) && gateway.trustedProxies.length > 0)
    return "it listens on loopback but gateway.trustedProxies names a proxy, whose reach was not seen";
  if (gateway?.auth?.mode === "trusted-proxy")
    return "a proxy in front of it authenticates, and its reach was not seen";
  return undefined;
}
