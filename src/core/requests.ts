import { isLoopbackIp, parseIp } from "./address.ts";
import type { PendingDevice, Refusal } from "./facts.ts";

export interface RequestQuestion {
  /** As the refusal names it: a log says it, so that it is a hint. */
  readonly requestId: string | undefined;
  /**
   * Whether a request with this address can be the refused page's. `hidden`: it can, as any whose address the gateway
   * does not note; `unknown`: nobody knows where the page is.
   */
  readonly askedFrom: (address: string | undefined) => "same" | "hidden" | "other" | "unknown";
  readonly waiting: readonly PendingDevice[];
  /** Scopes that a page of this release asks for. */
  readonly usual: readonly string[];
  /** Whom the log names as refused; nobody when absent. */
  readonly refused?: readonly Pick<Refusal, "requestId" | "deviceId">[];
}

/**
 * `one`: it fits, and nothing else does. `ask`: somebody has to look, since several fit, or one of which not enough is
 * known, or one that asks for more than a page does. `none`: the page has not asked yet, or not any more.
 */
export type RequestChoice =
  | { readonly choice: "one"; readonly request: PendingDevice }
  | { readonly choice: "ask"; readonly requests: readonly PendingDevice[] }
  | { readonly choice: "none" };

/**
 * Which waiting request is the refused page's. Strangers can ask, too, from the same address behind a published port or
 * a proxy, and the newest is theirs if they like. So the id that a log names only tells which of them was refused, and
 * one is taken unasked only when it alone came from the page's address and wants what a page wants.
 */
export function requestFor(question: RequestQuestion): RequestChoice {
  const { requestId, askedFrom, waiting, usual } = question;
  const pages = waiting.filter(({ role }) => role === undefined || role === "operator");
  const named = requestId === undefined ? undefined : byId(requestId, pages);
  const near = pages.filter(({ remoteIp }) => askedFrom(remoteIp) !== "other");
  const [only] = near;
  if (only === undefined) return { choice: "none" };
  const isKnown = named === only || (askedFrom(only.remoteIp) === "same" && isRefused(only, question));
  const isUsual = only.scopes.every((scope) => usual.includes(scope));
  return near.length === 1 && isKnown && isUsual
    ? { choice: "one", request: only }
    : { choice: "ask", requests: near };
}

/**
 * Behind a published port or a proxy everybody has one address: where the log names requests or devices that were
 * refused, one that is none of them is another's.
 */
function isRefused(one: PendingDevice, { refused = [] }: RequestQuestion): boolean {
  const named = refused.filter(({ requestId, deviceId }) => (requestId ?? deviceId) !== undefined);
  return (
    named.length === 0 ||
    named.some(
      ({ requestId, deviceId }) =>
        deviceId === one.deviceId || (requestId !== undefined && byId(requestId, [one]) !== undefined),
    )
  );
}

/**
 * Of a page of which only the addresses of its log line are known. Peer and client are two: behind a proxy that the
 * gateway trusts it notes the forwarded address, and the peer is the proxy's; of a chain nobody knows here which.
 */
export function fromAddress(remote: unknown, forwarded?: string): RequestQuestion["askedFrom"] {
  if (forwarded !== undefined) {
    const chain = forwarded.split(",").map((one) => one.trim());
    return (address) => {
      if (address === undefined) return "hidden";
      if (!chain.includes(address)) return "other";
      return chain.length === 1 ? "same" : "unknown";
    };
  }
  if (typeof remote !== "string") return () => "unknown";
  const isLoopback = isLoopbackIp(parseIp(remote));
  return (address) => {
    if (address === undefined) return isLoopback ? "hidden" : "other";
    return address === remote ? "same" : "other";
  };
}

/** The one that the user named. */
export function requestNamed(
  requestId: string,
  waiting: readonly PendingDevice[],
): PendingDevice | undefined {
  return waiting.find((one) => one.requestId === requestId);
}

/** The gateway cuts a close reason at 120 bytes (2026.4.20 on), within the id. */
function byId(requestId: string, waiting: readonly PendingDevice[]): PendingDevice | undefined {
  const exact = requestNamed(requestId, waiting);
  if (exact !== undefined || requestId.length < 8) return exact;
  const begun = waiting.filter((one) => one.requestId.startsWith(requestId));
  return begun.length === 1 ? begun[0] : undefined;
}
