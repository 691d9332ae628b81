import { browserParams } from "./browser-attempt.ts";
import { cleaner } from "./clean-text.ts";
import { createDeviceIdentity } from "./device.ts";
import { type HandshakeResult, shakeHands } from "./handshake.ts";
import { parseGatewayUrl } from "./url.ts";

export interface Visit {
  /** Gateway to dial. */
  readonly url: string;
  /** Origin of the page; Host is that of the page too, as behind a published port or a proxy. */
  readonly origin: string;
  readonly userAgent: string;
  readonly token?: string;
  /** A page without a secure context has none. */
  readonly device: boolean;
  readonly sendBuildId: boolean;
  readonly timeoutMs: number;
}

/** Opens the Control UI once, as a new browser does, and leaves what that leaves: for embedded gateways and tests. */
export function visitAsPage(visit: Visit): Promise<HandshakeResult> {
  const url = parseGatewayUrl(visit.url);
  const auth = visit.token === undefined ? undefined : { token: visit.token };
  const clean = cleaner(visit.token === undefined ? [] : [visit.token]);
  const transport = () => ({ timeoutMs: visit.timeoutMs, clean });
  const headers = { Host: new URL(visit.origin).host, Origin: visit.origin, "User-Agent": visit.userAgent };
  const device = createDeviceIdentity();
  return shakeHands(url.ws, {
    ...transport(),
    headers,
    connect: (challenge) => {
      const { device: proof, ...params } = browserParams(device, challenge, {
        sendBuildId: visit.sendBuildId,
        ...(auth === undefined ? {} : { auth }),
      });
      // Under the doctor's own name the gateway's lines would not count as somebody's trouble.
      const named = { ...params, client: { ...params.client, version: "dev" } };
      return visit.device && proof !== undefined ? { ...named, device: proof } : named;
    },
  });
}
