import { isLinkLocalIp, parseIp, scopeOf } from "../core/address.ts";
import type { Exposure } from "../core/facts.ts";

type V4 = readonly [number, number, number, number];

function ipv4(text: string): V4 | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const [a, b, c, d] = match.slice(1).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return Math.max(a, b, c, d) > 255 ? undefined : [a, b, c, d];
}

/**
 * How far an address of our own interfaces reaches. The documentation blocks (RFC 5737) are not routed on the
 * Internet, so on an interface they are as private as 10.0.0.0/8; as a client's address they stand for a public one.
 * A link-local address is ours here, where it stands for anybody's elsewhere.
 */
export function ownScope(address: string): Exposure {
  if (isLinkLocalIp(parseIp(address))) return "private";
  const v4 = ipv4(address.trim());
  if (v4 === undefined) return scopeOf(address);
  const [a, b, c] = v4;
  const documentation =
    (a === 192 && b === 0 && c === 2) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113);
  return documentation ? "private" : scopeOf(address);
}

/** What network a peer address in the gateway's log is typical of. A hint, never a proof. */
export type PeerNetwork =
  | "loopback"
  | "docker-bridge"
  | "docker-desktop"
  | "podman"
  | "pod"
  | "tailscale"
  | "other";

/** `172.17.0.1` to `172.31.0.1` Docker bridges, `192.168.65.1` Docker Desktop, `10.88.0.1` Podman, pods, tailnets. */
export function peerNetwork(address: string): PeerNetwork {
  const text = address.trim().toLowerCase();
  const v4 = ipv4(text.startsWith("::ffff:") ? text.slice(7) : text);
  if (v4 === undefined) return text === "::1" ? "loopback" : "other";
  const [a, b, c, d] = v4;
  if (a === 127) return "loopback";
  // The bridge's own address ends in .1; a client with another host part is a container of the same network.
  if (a === 172 && b >= 17 && b <= 31 && d === 1) return "docker-bridge";
  if (a === 192 && b === 168 && c === 65) return "docker-desktop";
  if (a === 10 && b === 88) return "podman";
  if (a === 10 && (b === 244 || b === 42)) return "pod";
  if (a === 100 && b >= 64 && b < 128) return "tailscale";
  return "other";
}
