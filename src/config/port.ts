import { DEFAULT_PORT } from "../core/default-port.ts";
import { atLeast } from "../core/release.ts";

/** What OPENCLAW_GATEWAY_PORT says; `port` absent: the gateway passes it over. */
export interface EnvPort {
  readonly port?: number;
  /** Why the value is not a plain port number. */
  readonly problem?: string;
  readonly injectedBy?: "kubernetes";
}

/**
 * OPENCLAW_GATEWAY_PORT as the release reads it. Up to 2026.3.13 the leading digits count (an address in front
 * becomes the port); 2026.3.28 and later take a number or `host:port` and nothing else. A Kubernetes Service
 * named openclaw-gateway puts `tcp://10.96.0.1:18789` there for every later pod; no release takes that.
 */
export function envPort(raw: string, release: string | undefined): EnvPort {
  const text = raw.trim();
  if (/^\d{1,5}$/.test(text)) {
    const port = Number(text);
    return isPort(port) ? { port } : { problem: "not a port between 1 and 65535" };
  }
  if (/^[a-z]{2,5}:\/\//.test(text)) {
    return {
      problem:
        "an address, not a port, as Kubernetes injects it for a Service named openclaw-gateway; the gateway passes it over",
      ...(text.startsWith("tcp:") ? { injectedBy: "kubernetes" } : {}),
    };
  }
  if (atLeast(release, "2026.3.23") === false) {
    const digits = /^\d+/.exec(text)?.[0];
    const port = digits === undefined ? Number.NaN : Number(digits);
    if (isPort(port))
      return { port, problem: `only its leading digits count in ${release ?? "this release"}: port ${port}` };
    return { problem: "not a port number; the gateway passes it over" };
  }
  const publish = /^(?:\[[^\]]{1,64}\]|[^:]{1,255}):(\d{1,5})$/.exec(text)?.[1];
  if (publish !== undefined && isPort(Number(publish))) return { port: Number(publish) };
  return { problem: "not a port number; the gateway passes it over" };
}

/** The default port: 18789, 19001 for the profile `dev`, derived from the name for other profiles (2026.9.6). */
export function defaultPort(profile: string | undefined, release: string | undefined): number {
  if (profile === undefined) return DEFAULT_PORT;
  if (profile === "dev") return 19001;
  if (atLeast(release, "2026.9.6") !== true) return DEFAULT_PORT;
  // 32-bit FNV-1a over the name; profile names are ASCII.
  let hash = 2166136261;
  for (let i = 0; i < profile.length; i += 1) hash = Math.imul(hash ^ profile.charCodeAt(i), 16777619) >>> 0;
  return 20_000 + (hash % 40_000);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65536;
}
