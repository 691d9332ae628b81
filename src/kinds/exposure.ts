import { scopeOf } from "../core/address.ts";
import type { ConfigReading, Deployment, Exposure, HostSigns, ProbeReading } from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import { safeText } from "../core/text.ts";
import type { Listeners } from "../deployments/listeners.ts";
import { hostOf } from "./detect.ts";
import type { ComposeSigns } from "./docker/services.ts";

export interface ExposureInput {
  readonly config?: ConfigReading;
  readonly host?: HostSigns;
  readonly deployment?: Deployment;
  readonly listeners?: Listeners;
  readonly compose?: ComposeSigns;
  readonly probe?: ProbeReading;
  readonly logs?: LogDigest;
  /** The gateway's URL, when there is no probe. */
  readonly url?: string;
}

export interface ExposureVerdict {
  readonly exposure: Exposure;
  readonly because: string;
}

/**
 * From how far the gateway can be reached. What was seen (a client from the Internet, a published port) counts
 * before what is configured; without a sign it stays unknown, never "safe".
 */
export function exposureOf(input: ExposureInput): ExposureVerdict {
  return (
    openByConfig(input) ??
    seenFromOutside(input) ??
    byUrl(input) ??
    bySockets(input) ??
    byCompose(input) ??
    byBind(input) ?? {
      exposure: "unknown",
      because: "neither the config nor a listening socket was seen",
    }
  );
}

function verdict(exposure: Exposure, because: string): ExposureVerdict {
  return { exposure, because: safeText(because, 200) };
}

function openByConfig({ config }: ExposureInput): ExposureVerdict | undefined {
  const gateway = config?.effective.gateway;
  if (gateway?.tailscale?.mode === "funnel")
    return verdict("public", "gateway.tailscale.mode is funnel: Tailscale opens it to the Internet");
  return undefined;
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

function byUrl({ probe, url }: ExposureInput): ExposureVerdict | undefined {
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
  for (const { address, port, owner } of listeners.sockets) {
    const found = ofAddress(
      address,
      `${owner === "docker-proxy" ? "Docker publishes it" : "it listens"} on ${address}:${port}`,
      input,
    );
    if (widest === undefined || RANK[found.exposure] > RANK[widest.exposure]) widest = found;
  }
  if (widest?.exposure === "loopback") {
    const proxied = proxiedBecause(config);
    if (proxied !== undefined) return verdict("unknown", proxied);
  }
  return widest;
}

const RANK: Readonly<Record<Exposure, number>> = { loopback: 0, private: 1, unknown: 2, public: 3 };

function ofAddress(address: string, because: string, { host }: ExposureInput): ExposureVerdict {
  const everywhere = address === "0.0.0.0" || address === "::" || address === "*";
  if (!everywhere) return verdict(scopeOf(address), because);
  if (host === undefined)
    return verdict("unknown", `${because}, every address of a machine that was not looked at`);
  const open = host.addresses.find(({ scope }) => scope === "public");
  if (open !== undefined)
    return verdict("public", `${because}, and ${open.name} has the public address ${open.address}`);
  // Behind NAT a cloud provider may forward a public address; inside a container the host's addresses do not show.
  if (host.container !== "none" && host.hostNetwork !== true)
    return verdict("unknown", `${because}, inside a container: what is published was not seen`);
  if (host.sshSession) return verdict("unknown", `${because}, on a server that is reached over SSH`);
  return verdict("private", `${because}; no interface has a public address`);
}

/** Where listening sockets cannot be seen (Docker Desktop), what the Compose file publishes. */
function byCompose(input: ExposureInput): ExposureVerdict | undefined {
  const { compose, deployment } = input;
  if (compose === undefined || deployment?.kind !== "docker" || compose.publishedOn.length === 0)
    return undefined;
  const open = compose.publishedOn.find((address) => scopeOf(address) !== "loopback");
  return ofAddress(
    open ?? compose.publishedOn[0] ?? "",
    `${compose.file} publishes it on ${open ?? "loopback"}`,
    input,
  );
}

function byBind(input: ExposureInput): ExposureVerdict | undefined {
  const { config, deployment, host } = input;
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
      ? ofAddress(address, `gateway.customBindHost is ${address}`, input)
      : verdict("unknown", "gateway.bind is custom without gateway.customBindHost");
  }
  if (bind === "auto" && host?.container === "none" && deployment?.kind === "local")
    return verdict("loopback", "gateway.bind is auto, which is loopback outside a container");
  if (deployment?.kind === "docker" || deployment?.kind === "kubernetes")
    return verdict("unknown", `gateway.bind is ${bind} inside a container: how it is published was not seen`);
  return ofAddress("0.0.0.0", `gateway.bind is ${bind}`, input);
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
