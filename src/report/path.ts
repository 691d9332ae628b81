import { hostName } from "../admission/hosts.ts";
import { isLoopbackHost, scopeOf } from "../core/address.ts";
import type { Admission, Connection } from "../core/connection.ts";
import type { Deployment, Refusal, Target } from "../core/facts.ts";
import { KINDS } from "../kinds/index.ts";
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
  const viaLocalhost = isLoopbackHost(headers.host ?? "");
  const isHidden = between.some(({ address, note }) => note !== undefined || address === remote);
  const direct = isHidden ? undefined : remote;
  const address = named || direct || (viaLocalhost && deployment ? "127.0.0.1" : undefined);
  return {
    hop: "browser",
    ...optional("address", address),
    ...optional("note", contextOf(headers.origin)),
  };
}

function stationsBetween(
  { deployment, refusal }: PathInput,
  headers: Connection["headers"],
  remote: string | undefined,
): readonly Hop[] {
  // Nothing but what claims to be forwarded is refused there, wherever the proxy stands.
  if (remote === undefined)
    return refusal?.gate === "proxy-attribution" ? [{ hop: "proxy", note: "adds-forwarded-headers" }] : [];
  const { host } = headers;
  if (hasForwardedHeaders(headers)) {
    const tailnet = hostName(host).endsWith(".ts.net") && scopeOf(remote) === "loopback";
    const hop = tailnet ? "tailscale-serve" : "proxy";
    return [{ hop, address: remote, note: "adds-forwarded-headers" }];
  }
  if (deployment === undefined) return [];
  const { names, workload } = deployment;
  return KINDS[deployment.kind].stations({
    remote,
    names,
    ...optional("host", host),
    ...optional("workload", workload),
  });
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
  return isLoopbackHost(origin.slice("http://".length)) ? "secure-context" : "insecure-context";
}

function hasForwardedHeaders(headers: Connection["headers"]): boolean {
  return Object.keys(headers).some(
    (name) => name === "forwarded" || name === "x-real-ip" || name.startsWith("x-forwarded-"),
  );
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
