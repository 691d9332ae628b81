import type { ConnectionAuth } from "../core/connection.ts";
import type { ProbeAttempt } from "../core/facts.ts";
import { isObject } from "../core/json.ts";
import { inEnglish, type Saying, say } from "../core/saying.ts";
import type { Clean } from "./clean-text.ts";
import { createDeviceIdentity, type DeviceIdentity, signaturePayload } from "./device.ts";
import { type Challenge, type HandshakeResult, type Session, shakeHands } from "./handshake.ts";
import { attemptOf } from "./handshake-attempt.ts";
import {
  type ConnectParams,
  clients,
  controlUiScopes,
  probeClientVersion,
  protocolRange,
  signatureForm,
} from "./protocol.ts";
import type { TransportOptions } from "./transport.ts";
import type { GatewayUrl } from "./url.ts";

export interface BrowserAttemptOptions {
  readonly url: GatewayUrl;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: NonNullable<ConnectParams["auth"]>;
  /** What the answer says of them. */
  readonly judgeAuth: (handshake: HandshakeResult) => ConnectionAuth;
  /** From 2026.8.1 a page must name its build; before, the schema refuses that. */
  readonly sendBuildId: boolean;
  readonly transport: () => TransportOptions;
  readonly clean: Clean;
}

type Cleanup = NonNullable<ProbeAttempt["cleanup"]>;

const platform = "doctor";

/**
 * Connects as the Control UI of a new browser does, with a throw-away key, and takes an entry that it was let in with
 * away again, through its own connection. A pending request stays and ends by itself: to reject it the credentials
 * would have to go out once more, and from 2026.3.13 on the gateway leaves such a client no scope for it (measured:
 * 2026.3.13, 2026.5.28 and 2026.9.6, `missing scope`).
 */
export async function attemptAsBrowser(
  options: BrowserAttemptOptions,
): Promise<{ readonly handshake: HandshakeResult; readonly attempt: ProbeAttempt }> {
  const device = createDeviceIdentity();
  let own: Cleanup | undefined;
  const handshake = await shakeHands(options.url.ws, {
    ...options.transport(),
    headers: options.headers,
    connect: (challenge) => browserParams(device, challenge, options),
    whileOpen: async (session) => {
      own = await removeOwnEntry(session, device, options.clean);
    },
  });
  const cleanup = own ?? leftBy(handshake, device);
  const attempt = attemptOf("browser", handshake, options.clean, {
    url: options.url,
    headers: options.headers,
    client: clients.page,
    scopes: controlUiScopes,
    auth: options.judgeAuth(handshake),
    device: "throw-away",
  });
  return { handshake, attempt: { ...attempt, cleanup } };
}

export function browserParams(
  device: DeviceIdentity,
  challenge: Challenge,
  { auth, sendBuildId }: Pick<BrowserAttemptOptions, "auth" | "sendBuildId">,
): ConnectParams {
  // The gateway's clock, so that a wrong one here does not hide the gate that we want to see.
  const signedAt = challenge.ts ?? challenge.receivedAt;
  const claim = {
    deviceId: device.id,
    clientId: clients.page.id,
    clientMode: clients.page.mode,
    role: "operator",
    scopes: controlUiScopes,
    signedAtMs: signedAt,
    ...(auth?.token === undefined ? {} : { token: auth.token }),
    nonce: challenge.nonce,
    platform,
  };
  return {
    minProtocol: protocolRange.min,
    maxProtocol: protocolRange.max,
    client: {
      ...clients.page,
      version: probeClientVersion,
      platform,
      ...(sendBuildId ? { buildId: "dev" } : {}),
    },
    role: "operator",
    scopes: controlUiScopes,
    caps: [],
    ...(auth === undefined ? {} : { auth }),
    device: {
      id: device.id,
      publicKey: device.publicKey,
      signature: device.sign(signaturePayload(signatureForm, claim)),
      signedAt,
      nonce: challenge.nonce,
    },
  };
}

/** Admitted: the connection has `operator.pairing`, so it may remove the entry that it got itself. */
async function removeOwnEntry(session: Session, device: DeviceIdentity, clean: Clean): Promise<Cleanup> {
  const listed = await session.request("device.pair.list", {});
  if (listed.ok && !isPaired(listed.payload, device.id))
    return { left: "nothing", removed: false, ...cleanupSaid(say("admitted-without-entry")) };
  const removed = await session.request("device.pair.remove", { deviceId: device.id });
  if (removed.ok) return { left: "paired", removed: true, ...cleanupSaid(say("entry-removed")) };
  // 2026.2.1 has no device.pair.remove: revoking the token leaves an entry that lets nobody in, as the key is gone.
  const revoked = await session.request("device.token.revoke", { deviceId: device.id, role: "operator" });
  return {
    left: "paired",
    removed: false,
    ...cleanupSaid(
      say(revoked.ok ? "entry-left-revoked" : "entry-left", {
        device: device.id,
        text: clean(removed.error.message, 200),
      }),
    ),
  };
}

function cleanupSaid(said: Saying): Pick<Cleanup, "detail" | "say"> {
  return { detail: inEnglish(said), say: said };
}

/** What a refusal left. */
function leftBy(handshake: HandshakeResult, device: DeviceIdentity): Cleanup {
  if (handshake.hello !== undefined)
    return {
      left: "paired",
      removed: false,
      ...cleanupSaid(say("entry-unknown", { device: device.id })),
    };
  const code = handshake.error?.details?.code;
  const message = handshake.error?.message ?? "";
  const isPairing = code === "PAIRING_REQUIRED" || message.startsWith("pairing required");
  if (!isPairing) return { left: "nothing", removed: false, ...cleanupSaid(say("refused-before-pairing")) };
  return {
    left: "pending",
    removed: false,
    ...cleanupSaid(say("request-ends", { device: device.id })),
  };
}

function isPaired(payload: unknown, deviceId: string): boolean {
  const entries = isObject(payload) ? payload.paired : undefined;
  return Array.isArray(entries) && entries.filter(isObject).some((entry) => entry.deviceId === deviceId);
}
