// The addresses of the conformance network, and the way on which a connection from each of them reaches the gateway.
import { ADDRESSES, createNetwork, type Network } from "../real/rig/namespace.ts";

/** The gateway's default port; in a namespace of its own it is always free. */
export const PORT = 18_789;

export const LOOPBACK = "127.0.0.1";
/** The peer that a gateway in a container sees of a published port. */
export const BRIDGE = ADDRESSES.bridge;
export const LAN_CLIENT = ADDRESSES.clientOnLan;
export const OWN_LAN = ADDRESSES.gatewayOnLan;
export const PUBLIC = ADDRESSES.public;
/** A proxy in another container of the same network. */
export const NEIGHBOUR = "172.18.0.9";
export const PRIVATE = "10.0.0.5";
export const CARRIER = "100.64.0.5";
export const LINK_LOCAL = "169.254.7.7";
export const OWN_LAN6 = "fd00:29::2";
export const LAN_CLIENT6 = "fd00:29::1";
export const PUBLIC6 = "2001:db8::50";

export const LOOPBACK_HOST = `127.0.0.1:${PORT}`;
export const LAN_HOST = `${OWN_LAN}:${PORT}`;

export function conformanceNetwork(): Promise<Network> {
  return createNetwork({
    gateway: [`${OWN_LAN6}/64`],
    client: [
      `${NEIGHBOUR}/16`,
      `${PRIVATE}/32`,
      `${CARRIER}/32`,
      `${LINK_LOCAL}/32`,
      `${LAN_CLIENT6}/64`,
      `${PUBLIC6}/128`,
    ],
  });
}

export interface Route {
  readonly from: "gateway" | "client";
  readonly host: string;
  readonly localAddress?: string;
}

/** How a socket has to be opened so that the gateway sees this peer. */
export function routeFrom(remoteAddress: string): Route {
  if (remoteAddress === LOOPBACK) return { from: "gateway", host: LOOPBACK };
  if (remoteAddress === "::1") return { from: "gateway", host: "[::1]" };
  if (remoteAddress.startsWith("127."))
    return { from: "gateway", host: LOOPBACK, localAddress: remoteAddress };
  if (remoteAddress === OWN_LAN) return { from: "gateway", host: OWN_LAN, localAddress: OWN_LAN };
  const host = remoteAddress.includes(":") ? `[${OWN_LAN6}]` : hostFor(remoteAddress);
  return { from: "client", host, localAddress: remoteAddress };
}

function hostFor(remoteAddress: string): string {
  return remoteAddress.startsWith("172.18.") ? ADDRESSES.gatewayOnBridge : OWN_LAN;
}
