import type { ProbeAttempt } from "../core/facts.ts";
import { isObject } from "../core/json.ts";
import type { Clean } from "./clean.ts";
import { createDeviceIdentity, type DeviceIdentity, signaturePayload } from "./device.ts";
import { type Challenge, type HandshakeResult, type Session, shakeHands } from "./handshake.ts";
import { textOf } from "./json.ts";
import {
  type ConnectParams,
  clients,
  controlUiScopes,
  probeClientVersion,
  probeUserAgent,
  protocolRange,
  signatureForm,
} from "./protocol.ts";
import { attemptOf } from "./reading.ts";
import type { TransportOptions } from "./transport.ts";
import type { GatewayUrl } from "./url.ts";

export interface BrowserAttemptOptions {
  readonly url: GatewayUrl;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: NonNullable<ConnectParams["auth"]>;
  /** From 2026.8.1 a page must name its build; before, the schema refuses that. */
  readonly sendBuildId: boolean;
  readonly transport: () => TransportOptions;
  readonly clean: Clean;
}

type Cleanup = NonNullable<ProbeAttempt["cleanup"]>;

const platform = "doctor";

/**
 * Connects as the Control UI of a new browser does, with a throw-away key, and takes away again what that left:
 * an auto-approved entry through its own connection, a pending request through a second one without a device.
 * Sends the credentials once for the attempt, and once more for a pending request.
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
  const cleanup = own ?? (await cleanAfterRefusal(handshake, device, options));
  const attempt = attemptOf("browser", handshake, options.clean, {
    url: options.url,
    headers: options.headers,
    client: clients.page,
    scopes: controlUiScopes,
    auth: options.auth === undefined ? "missing" : "valid",
    device: "throw-away",
  });
  return { handshake, attempt: { ...attempt, cleanup } };
}

export function browserParams(
  device: DeviceIdentity,
  challenge: Challenge,
  { auth, sendBuildId }: BrowserAttemptOptions,
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
  if (listed.ok && !entryOf(listed.payload, "paired", device.id))
    return { left: "nothing", removed: false, detail: "admitted without an entry in the device list" };
  const removed = await session.request("device.pair.remove", { deviceId: device.id });
  if (removed.ok)
    return { left: "paired", removed: true, detail: "the auto-approved entry was removed again" };
  // 2026.2.1 has no device.pair.remove: revoking the token leaves an entry that lets nobody in, as the key is gone.
  const revoked = await session.request("device.token.revoke", { deviceId: device.id, role: "operator" });
  const rest = revoked.ok ? "its token is revoked, its key is forgotten" : "its key is forgotten";
  return {
    left: "paired",
    removed: false,
    detail: clean(
      `an auto-approved entry is left: device ${device.id}; ${rest} (${removed.error.message})`,
      300,
    ),
  };
}

async function cleanAfterRefusal(
  handshake: HandshakeResult,
  device: DeviceIdentity,
  options: BrowserAttemptOptions,
): Promise<Cleanup> {
  if (handshake.hello !== undefined)
    return {
      left: "paired",
      removed: false,
      detail: `whether an entry is left is unknown: device ${device.id}`,
    };
  const code = handshake.error?.details?.code;
  const message = handshake.error?.message ?? "";
  const isPairing = code === "PAIRING_REQUIRED" || message.startsWith("pairing required");
  if (!isPairing) return { left: "nothing", removed: false, detail: "refused before pairing" };
  const rejected = await rejectOwnRequest(device, options).catch(() => "no answer");
  if (rejected === true)
    return { left: "pending", removed: true, detail: "the pending request was rejected again" };
  return {
    left: "pending",
    removed: false,
    detail: options.clean(`a pending request is left (${rejected}); it expires after 5 minutes`, 300),
  };
}

/**
 * A client without a device may reject requests where the gateway leaves it its scopes. Measured: from another
 * machine on 2026.2.1, but no more on 2026.3.13, 2026.5.28 and 2026.9.6 (`missing scope`).
 */
async function rejectOwnRequest(
  device: DeviceIdentity,
  options: BrowserAttemptOptions,
): Promise<true | string> {
  let outcome: true | string = "the connection for it was refused";
  await shakeHands(options.url.ws, {
    ...options.transport(),
    headers: { "User-Agent": probeUserAgent },
    connect: () => ({
      minProtocol: protocolRange.min,
      maxProtocol: protocolRange.max,
      client: { ...clients.backend, version: probeClientVersion, platform },
      role: "operator",
      scopes: controlUiScopes,
      caps: [],
      ...(options.auth === undefined ? {} : { auth: options.auth }),
    }),
    whileOpen: async (session) => {
      const listed = await session.request("device.pair.list", {});
      if (!listed.ok) {
        outcome = listed.error.message;
        return;
      }
      // By our own key and nothing else: another browser's request may wait beside it.
      const requestId = textOf(entryOf(listed.payload, "pending", device.id)?.requestId);
      if (requestId === undefined) {
        outcome = "it is not in the list of pending requests";
        return;
      }
      const rejected = await session.request("device.pair.reject", { requestId });
      outcome = rejected.ok ? true : rejected.error.message;
    },
  });
  return outcome;
}

function entryOf(payload: unknown, list: "pending" | "paired", deviceId: string) {
  const entries = isObject(payload) ? payload[list] : undefined;
  if (!Array.isArray(entries)) return undefined;
  return entries.filter(isObject).find((entry) => entry.deviceId === deviceId);
}
