import type { Admission, Connection } from "../core/connection.ts";
import type { Deployment, Refusal, Target } from "../core/facts.ts";
import { isEngineAddress } from "../core/networks.ts";
import type { Hop, HopNoteId } from "./result.ts";

export interface PathInput {
  readonly target: Target;
  readonly deployment?: Deployment;
  /** The connection that the report is about, as far as it is known. */
  readonly connection?: Partial<Connection>;
  /** What the model says of it. */
  readonly admission?: Admission | null;
  /** What was observed; it wins over the model. */
  readonly refusal?: Pick<Refusal, "gate" | "reason" | "httpStatus">;
}

/**
 * The way from the browser to the gateway, read from what the gateway sees of the connection: its peer, its
 * headers, the deployment. Only stations that leave a trace are in it. Empty when nothing is known.
 */
export function connectionPath(input: PathInput): Hop[] {
  const { target, deployment, connection } = input;
  if (!connection && !target.url) return [];
  const headers = connection?.headers ?? {};
  const remote = connection?.remoteAddress;
  const between = stationsBetween(input, headers, remote);
  const breaks = breakOf(input);
  // A socket that a proxy refuses by itself never reaches the gateway.
  const proxyBreaks = breaks?.gate === "transport" && input.refusal?.httpStatus !== undefined;
  const stations = between.map((hop) =>
    proxyBreaks && hop.hop === "proxy" && breaks ? { ...hop, breaks } : hop,
  );

  const gateway: Hop = {
    hop: "gateway",
    ...optional("address", insideOf(input) ?? hostOf(target.url)),
    ...optional("note", localityOf(input.admission)),
    ...(breaks && !stations.some((hop) => hop.breaks) ? { breaks } : {}),
  };
  return [browserHop(headers, remote, between, deployment), ...stations, gateway];
}

/** The gateway's own address behind a published port, where the engine told it. */
function insideOf({ target, deployment }: PathInput): string | undefined {
  const address = deployment?.workload?.addresses[0];
  const host = hostOf(target.url);
  const to = deployment?.workload?.ports.find(({ port }) => host?.endsWith(`:${port}`) === true)?.to;
  return address === undefined || to === undefined ? undefined : `${address}:${to}`;
}

function browserHop(
  headers: Connection["headers"],
  remote: string | undefined,
  between: readonly Hop[],
  deployment: Deployment | undefined,
): Hop {
  const named = headers["x-forwarded-for"]?.split(",")[0]?.trim() || headers["x-real-ip"]?.trim();
  const viaLocalhost = isLoopbackName(hostName(headers.host));
  const direct = between.length === 0 ? remote : undefined;
  const address = named || direct || (viaLocalhost && deployment ? "127.0.0.1" : undefined);
  return {
    hop: "browser",
    ...optional("address", address),
    ...optional("note", contextOf(headers.origin)),
  };
}

function stationsBetween(
  { target, deployment }: PathInput,
  headers: Connection["headers"],
  remote: string | undefined,
): Hop[] {
  if (remote === undefined) return [];
  const host = headers.host;
  if (hasForwardedHeaders(headers)) {
    const tailnet = hostName(host).endsWith(".ts.net") && isLoopbackAddress(remote);
    const hop = tailnet ? "tailscale-serve" : "proxy";
    return [{ hop, address: remote, note: "adds-forwarded-headers" }];
  }
  if (deployment?.kind === "docker" && !isLoopbackAddress(remote)) {
    // A container next door dials the gateway itself; only a published port rewrites the sender.
    const bridge = deployment.workload?.publishedPeer;
    const published = isLoopbackName(hostName(host)) || remote === bridge || isEngineAddress(remote);
    if (!published) return [{ hop: "bridge", address: remote }];
    const port: Hop = { hop: "docker-proxy", ...optional("address", host) };
    return [port, { hop: "bridge", address: remote, note: "rewrites-source" }];
  }
  if (!isLoopbackAddress(remote)) return [];
  if (deployment?.kind === "kubernetes") {
    return [{ hop: "port-forward", ...optional("address", host), note: "arrives-as-loopback" }];
  }
  const elsewhere = deployment?.names.sshHost !== undefined || target.name.startsWith("ssh:");
  if (deployment?.kind === "vps" && elsewhere && isLoopbackName(hostName(host))) {
    const ssh = deployment.names.sshHost;
    return [{ hop: "ssh-tunnel", ...optional("address", ssh), note: "arrives-as-loopback" }];
  }
  return [];
}

function breakOf({ admission, refusal }: PathInput): Hop["breaks"] {
  if (refusal) {
    // Older releases log no reason; where the model agrees on the gate, it knows which.
    const assumed = admission?.gate === refusal.gate ? admission.reason : undefined;
    return { gate: refusal.gate, ...optional("reason", refusal.reason ?? assumed) };
  }
  if (admission?.outcome !== "refused") return undefined;
  return { gate: admission.gate ?? "unknown", ...optional("reason", admission.reason) };
}

/** Only where the answer says so: what counts as local differs by release. */
function localityOf(admission: Admission | null | undefined): HopNoteId | undefined {
  if (admission?.autoApproved) return "counts-as-local";
  return admission?.gate === "pairing" && admission.reason === "not-paired" ? "counts-as-remote" : undefined;
}

/** A secure context: HTTPS or a localhost name (W3C Secure Contexts). */
function contextOf(origin: string | undefined): HopNoteId | undefined {
  if (origin === undefined) return undefined;
  if (origin.startsWith("https://")) return "secure-context";
  if (!origin.startsWith("http://")) return undefined;
  return isLoopbackName(hostName(origin.slice("http://".length))) ? "secure-context" : "insecure-context";
}

function hasForwardedHeaders(headers: Connection["headers"]): boolean {
  return Object.keys(headers).some(
    (name) => name === "forwarded" || name === "x-real-ip" || name.startsWith("x-forwarded-"),
  );
}

/** `127.0.0.1:18789` and `[::1]:18789` without the port. */
function hostName(host: string | undefined): string {
  if (host === undefined) return "";
  const end = host.startsWith("[") ? host.indexOf("]") + 1 : host.indexOf(":");
  return (end > 0 ? host.slice(0, end) : host).toLowerCase();
}

function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || isLoopbackAddress(name);
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  return plain === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** `host:port` of a ws:// URL, without a parser of the platform. */
function hostOf(url: string | undefined): string | undefined {
  const start = url?.indexOf("://") ?? -1;
  if (url === undefined || start < 0) return undefined;
  const rest = url.slice(start + 3);
  const end = rest.search(/[/?#]/);
  return end < 0 ? rest : rest.slice(0, end);
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
