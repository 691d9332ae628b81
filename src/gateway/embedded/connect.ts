import type {
  AdmissionConfig,
  Connection,
  ConnectionAuth,
  ConnectionDevice,
  Credential,
  SentCredentials,
} from "../../core/connection.ts";
import { isObject } from "../../core/json.ts";
import { deviceIdOf, type SignatureForm, signaturePayload, verifySignature } from "../device.ts";
import { type JsonRecord, numberOf, textOf, textsOf } from "../json.ts";
import { type ConnectParams, clients } from "../protocol.ts";
import { reachOfAddress } from "../url.ts";
import type { DeviceBook, PairedEntry } from "./devices.ts";
import type { Traits } from "./traits.ts";

/** The peer and the upgrade request, as the gateway is to see them. */
export interface Arrival {
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The kind of credential that the gateway speaks of in its log, in its order. */
export function providedBy(auth: ConnectParams["auth"]): string {
  if (auth?.password) return "password";
  if (auth?.token) return "token";
  if (auth?.bootstrapToken) return "bootstrap-token";
  return auth?.deviceToken ? "device-token" : "none";
}

/** `connect` parameters of the right shape, or what is wrong with them in the validator's words. */
export function readConnectParams(value: unknown, traits: Traits): ConnectParams | string {
  if (!isObject(value)) return "at root: must be object";
  const client = value.client;
  if (!isObject(client)) return "at root: must have required property 'client'";
  const [id, version, platform, mode] = [client.id, client.version, client.platform, client.mode].map(textOf);
  const [min, max] = [numberOf(value.minProtocol), numberOf(value.maxProtocol)];
  if (min === undefined) return "at root: must have required property 'minProtocol'";
  if (max === undefined) return "at root: must have required property 'maxProtocol'";
  if (!id) return "at /client: must have required property 'id'";
  if (version === undefined) return "at /client: must have required property 'version'";
  if (platform === undefined) return "at /client: must have required property 'platform'";
  if (mode === undefined) return "at /client: must have required property 'mode'";
  const buildId = textOf(client.buildId);
  if (buildId !== undefined && !traits.knowsBuildId) return "at /client: unexpected property 'buildId'";
  const deviceFamily = textOf(client.deviceFamily);
  const device = isObject(value.device) ? readDevice(value.device) : undefined;
  if (typeof device === "string") return device;
  const auth = isObject(value.auth) ? readAuth(value.auth) : undefined;
  return {
    minProtocol: min,
    maxProtocol: max,
    client: {
      id,
      version,
      platform,
      mode,
      ...(deviceFamily === undefined ? {} : { deviceFamily }),
      ...(buildId === undefined ? {} : { buildId }),
    },
    role: textOf(value.role) ?? "operator",
    scopes: textsOf(value.scopes) ?? [],
    caps: textsOf(value.caps) ?? [],
    ...(auth === undefined ? {} : { auth }),
    ...(device === undefined ? {} : { device }),
  };
}

function readDevice(value: JsonRecord): NonNullable<ConnectParams["device"]> | string {
  const [id, publicKey, signature] = [value.id, value.publicKey, value.signature].map(textOf);
  const signedAt = numberOf(value.signedAt);
  if (!id) return "at /device: must have required property 'id'";
  if (!publicKey) return "at /device: must have required property 'publicKey'";
  if (!signature) return "at /device: must have required property 'signature'";
  if (signedAt === undefined) return "at /device: must have required property 'signedAt'";
  const nonce = textOf(value.nonce);
  return { id, publicKey, signature, signedAt, ...(nonce === undefined ? {} : { nonce }) };
}

function readAuth(value: JsonRecord): NonNullable<ConnectParams["auth"]> {
  const fields = ["token", "password", "deviceToken", "bootstrapToken"] as const;
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = textOf(value[field]);
      return text === undefined ? [] : [[field, text]];
    }),
  );
}

/**
 * Whether the gateway takes no notice of a page's device, because a switch lets pages in without one:
 * `allowInsecureAuth` up to 2026.2.19, `dangerouslyDisableDeviceAuth` up to 2026.7.35.
 */
export function ignoresDevice(params: ConnectParams, config: AdmissionConfig, traits: Traits): boolean {
  const ui = config.gateway?.controlUi;
  if (params.client.id !== clients.page.id) return false;
  if (traits.insecureAuthSkipsDevice && ui?.allowInsecureAuth === true) return true;
  return !traits.knowsBuildId && ui?.dangerouslyDisableDeviceAuth === true;
}

/** Looks at everything that can be verified and says it in the model's words. */
export function connectionOf(
  params: ConnectParams,
  arrival: Arrival,
  nonce: string,
  gateway: {
    readonly config: AdmissionConfig;
    readonly traits: Traits;
    readonly book: DeviceBook;
    readonly now: number;
    /** Wrong secrets of this client within the last minute. */
    readonly failures: number;
  },
): Connection {
  const { client, device } = params;
  return {
    remoteAddress: arrival.remoteAddress,
    headers: arrival.headers,
    client: {
      id: client.id,
      mode: client.mode,
      platform: client.platform,
      ...(client.deviceFamily === undefined ? {} : { deviceFamily: client.deviceFamily }),
    },
    role: params.role,
    scopes: params.scopes,
    caps: params.caps,
    auth: authOf(params, gateway.config, gateway.book),
    sends: sentOf(params, gateway.config, gateway.book),
    earlierFailures: gateway.failures,
    device: device === undefined ? { state: "absent" } : deviceOf(params, device, nonce, gateway),
    protocol: { min: params.minProtocol, max: params.maxProtocol },
    ...uiBuildOf(params, gateway.traits),
  };
}

/** The gateway's own build id is what the model takes for granted. */
function uiBuildOf({ client }: ConnectParams, traits: Traits): { uiBuild?: string } {
  if (!traits.knowsBuildId || client.buildId === traits.buildId) return {};
  return { uiBuild: client.buildId ?? "legacy" };
}

function authOf(params: ConnectParams, config: AdmissionConfig, book: DeviceBook): ConnectionAuth {
  const { token, password, deviceToken } = params.auth ?? {};
  const auth = config.gateway?.auth;
  const id = params.device?.id;
  const isDeviceToken = (text: string | undefined) =>
    id !== undefined && text !== undefined && book.holdsToken(id, text);
  if (isDeviceToken(token) || isDeviceToken(deviceToken)) return "valid";
  if (auth?.mode === "password") {
    if (!password) return "missing";
    return password === auth.password ? "valid" : "wrong";
  }
  if (token) return token === auth?.token || auth?.mode === "none" ? "valid" : "wrong";
  return password ? "password-instead-of-token" : "missing";
}

/** What each field holds; an empty one holds nothing. */
function sentOf(
  { auth = {}, device }: ConnectParams,
  config: AdmissionConfig,
  book: DeviceBook,
): SentCredentials {
  const { token, password } = config.gateway?.auth ?? {};
  const kindOf = (text: string): Credential => {
    if (text === token) return "gateway-token";
    if (text === password) return "gateway-password";
    if (text.trim() === token) return "padded-gateway-token";
    return device !== undefined && book.holdsToken(device.id, text) ? "device-token" : "wrong";
  };
  return Object.fromEntries(
    Object.entries(auth).flatMap(([field, text]) => (text === "" ? [] : [[field, kindOf(text)]])),
  );
}

function deviceOf(
  params: ConnectParams,
  device: NonNullable<ConnectParams["device"]>,
  nonce: string,
  { traits, book, now }: { readonly traits: Traits; readonly book: DeviceBook; readonly now: number },
): ConnectionDevice {
  const paired = book.pairedOf(device.id);
  const pending = book.pendingOf(device.id);
  const skew = device.signedAt - now;
  const form = signatureFormOf(params, device, traits);
  return {
    state: paired ? "paired" : pending ? "pending" : "unpaired",
    ...(paired ? { approvedScopes: paired.scopes, approvedRole: paired.role } : {}),
    ...(paired && pending ? { pendingUpgrade: true } : {}),
    ...(paired ? { pinned: pinnedBy(paired) } : {}),
    ...(paired && book.isRevoked(device.id) ? { tokenRevoked: true } : {}),
    // A round trip is no skew.
    ...(Math.abs(skew) > 1000 ? { clockSkewMs: skew } : {}),
    ...(device.nonce === undefined || device.nonce === ""
      ? { nonce: "missing" }
      : device.nonce === nonce
        ? {}
        : { nonce: "wrong" }),
    ...(form === "v2" ? {} : { signature: form ?? "invalid" }),
    ...(deviceIdOf(device.publicKey) === device.id ? {} : { id: "not-derived-from-key" }),
  };
}

function pinnedBy({ platform, deviceFamily }: PairedEntry): NonNullable<ConnectionDevice["pinned"]> {
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
  };
}

function signatureFormOf(
  params: ConnectParams,
  device: NonNullable<ConnectParams["device"]>,
  traits: Traits,
): SignatureForm | undefined {
  const token = params.auth?.token ?? params.auth?.deviceToken ?? params.auth?.bootstrapToken;
  const claim = {
    deviceId: device.id,
    clientId: params.client.id,
    clientMode: params.client.mode,
    role: params.role,
    scopes: params.scopes,
    signedAtMs: device.signedAt,
    ...(token === undefined ? {} : { token }),
    ...(device.nonce === undefined ? {} : { nonce: device.nonce }),
    platform: params.client.platform,
    ...(params.client.deviceFamily === undefined ? {} : { deviceFamily: params.client.deviceFamily }),
  };
  const forms: SignatureForm[] = ["v2", "v3"];
  // Without a nonce there is nothing to replay against: only up to 2026.2.21.
  if (!traits.nonceInSchema && device.nonce === undefined) forms.unshift("v1");
  return forms.find((form) =>
    verifySignature(device.publicKey, signaturePayload(form, claim), device.signature),
  );
}

/** From the gateway's own host, as far as the gateway sees. */
export function isLocal({ remoteAddress, headers }: Arrival): boolean {
  return reachOfAddress(remoteAddress) === "loopback" && headers["x-forwarded-for"] === undefined;
}
