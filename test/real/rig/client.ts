// One handshake as a browser (or another client) does it. Written from the wire alone and independent of
// src/gateway, because it is the judge of what the doctor says.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import WebSocket from "ws";

export interface ClientSettings {
  readonly id: string;
  readonly mode: string;
  readonly version?: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  /** Checked from 2026.8.1 on for the Control UI. */
  readonly buildId?: string;
}

export interface Attempt {
  /** ws:// URL that the socket really goes to. */
  readonly url: string;
  /** Headers of the upgrade request beside the ordinary ones; `Host` replaces the URL's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Source address of the socket. */
  readonly localAddress?: string;
  /** The Control UI unless given. */
  readonly client?: ClientSettings;
  readonly role?: string;
  readonly scopes?: readonly string[];
  readonly auth?: {
    readonly token?: string;
    readonly password?: string;
    readonly bootstrapToken?: string;
    readonly deviceToken?: string;
  };
  /** Seed of the device key: equal seeds are the same device. Absent: no device. */
  readonly device?: string;
  readonly signature?: "v2" | "v3";
  /** How far the client's clock is ahead of this machine's, milliseconds. */
  readonly clockAheadMs?: number;
  /** The signature is over other words than those that are sent. */
  readonly badSignature?: boolean;
  /** Lowest and highest version offered; 3 and 4 unless given. */
  readonly protocol?: readonly [number, number];
  /** Sends nothing, as a client does that hangs after the upgrade. */
  readonly silent?: boolean;
  /** Leaves with 1000 and this reason instead of an answer to the challenge. */
  readonly leavesWith?: string;
  /** Closes by itself with this code as soon as it has read a refusal, as the page of most releases does. */
  readonly closesWith?: number;
  readonly timeoutMs?: number;
  /** Once admitted, stays connected until the gateway closes, and only then gives the outcome. */
  readonly hold?: boolean;
}

export interface Outcome {
  readonly admitted: boolean;
  /** 101, or what the upgrade was answered with. */
  readonly httpStatus?: number;
  /** `error.type` of a JSON body that refused the upgrade. */
  readonly httpErrorType?: string;
  readonly errorCode?: string;
  readonly message?: string;
  readonly detailCode?: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly serverVersion?: string;
  /** `ECONNREFUSED` and the like, or `timeout`. */
  readonly transport?: string;
  readonly deviceId?: string;
}

export const CONTROL_UI: ClientSettings = {
  id: "openclaw-control-ui",
  mode: "webchat",
  version: "rig",
  platform: "Linux x86_64",
};
export const CLI: ClientSettings = { id: "cli", mode: "cli", version: "rig", platform: "linux" };

/** What the Control UI of every release asks for, or more than it. */
export const PAGE_SCOPES = ["operator.admin", "operator.approvals", "operator.pairing"];

/** What a page asks for that was opened with the owner's one-time link (2026.9.6: all of them, or it is refused). */
export const OWNER_SCOPES = [
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
  "operator.questions",
  "operator.read",
  "operator.talk.secrets",
  "operator.write",
];

interface DeviceKey {
  readonly id: string;
  readonly publicKey: string;
  sign(text: string): string;
}

type Json = Readonly<Record<string, unknown>>;

/** PKCS#8 header of a raw Ed25519 seed (RFC 8410). */
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function deviceFromSeed(seed: string): DeviceKey {
  const raw = createHash("sha256").update(`rig device ${seed}`).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([ED25519_PKCS8, raw]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const publicKey = spki.subarray(spki.length - 32);
  return {
    id: createHash("sha256").update(publicKey).digest("hex"),
    publicKey: publicKey.toString("base64url"),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
  };
}

/** A seed that nobody used before: a browser profile that is new to the gateway. */
export function newDevice(): string {
  return randomBytes(12).toString("hex");
}

function connectParams(attempt: Attempt, nonce: string, device: DeviceKey | undefined): Json {
  const client = attempt.client ?? CONTROL_UI;
  const role = attempt.role ?? "operator";
  const scopes = attempt.scopes ?? PAGE_SCOPES;
  const params: Record<string, unknown> = {
    minProtocol: attempt.protocol?.[0] ?? 3,
    maxProtocol: attempt.protocol?.[1] ?? 4,
    client,
    role,
    scopes,
    caps: [],
    userAgent: "rig",
    locale: "en",
  };
  if (attempt.auth) params.auth = attempt.auth;
  if (device) {
    const signedAt = Date.now() + (attempt.clockAheadMs ?? 0);
    const version = attempt.signature ?? "v2";
    const token = attempt.auth?.token ?? attempt.auth?.deviceToken ?? attempt.auth?.bootstrapToken ?? "";
    const signed: (string | number)[] = [version, device.id, client.id, client.mode, role];
    signed.push(scopes.join(","), signedAt, token, nonce);
    if (version === "v3") {
      for (const part of [client.platform, client.deviceFamily])
        signed.push((part ?? "").trim().toLowerCase());
    }
    const signature = device.sign(`${signed.join("|")}${attempt.badSignature ? "|more" : ""}`);
    params.device = { id: device.id, publicKey: device.publicKey, signature, signedAt, nonce };
  }
  return params;
}

const asObject = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};
const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function parse(text: string): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Connects, answers the challenge, and tells what came of it. Never rejects. */
export function connect(attempt: Attempt): Promise<Outcome> {
  return new Promise((resolve) => {
    const device = attempt.device === undefined ? undefined : deviceFromSeed(attempt.device);
    const seen: { -readonly [K in keyof Outcome]: Outcome[K] } = { admitted: false };
    if (device) seen.deviceId = device.id;
    const socket = new WebSocket(attempt.url, {
      headers: { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) rig", ...attempt.headers },
      perMessageDeflate: false,
      ...(attempt.localAddress === undefined ? {} : { localAddress: attempt.localAddress }),
    });
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      clearTimeout(limit);
      socket.terminate();
      resolve(seen);
    };
    const limit = setTimeout(() => {
      seen.transport ??= "timeout";
      finish();
    }, attempt.timeoutMs ?? 12_000);

    socket.on("upgrade", (response) => {
      if (response.statusCode !== undefined) seen.httpStatus = response.statusCode;
    });
    socket.on("unexpected-response", (_request, response) => {
      if (response.statusCode !== undefined) seen.httpStatus = response.statusCode;
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        if (body.length < 4096) body += text;
      });
      response.on("end", () => {
        const type = asText(asObject(parse(body).error).type);
        if (type !== undefined) seen.httpErrorType = type;
        finish();
      });
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (over) return;
      seen.transport ??= error.code ?? error.message;
      setTimeout(finish, 50);
    });
    socket.on("close", (code, reason) => {
      if (over) return;
      // Of an admitted client only the gateway's own close is worth telling.
      seen.closeCode = code;
      seen.closeReason = reason.toString();
      finish();
    });
    socket.on("message", (data) => {
      const frame = parse(data.toString());
      if (frame.type === "event" && frame.event === "connect.challenge") {
        if (attempt.silent) return;
        if (attempt.leavesWith !== undefined) {
          socket.close(1000, attempt.leavesWith);
          return;
        }
        const nonce = asText(asObject(frame.payload).nonce) ?? "";
        const params = connectParams(attempt, nonce, device);
        socket.send(JSON.stringify({ type: "req", id: "connect", method: "connect", params }));
        return;
      }
      if (frame.type !== "res" || frame.id !== "connect") return;
      if (frame.ok === true) {
        seen.admitted = true;
        const version = asText(asObject(asObject(frame.payload).server).version);
        if (version !== undefined) seen.serverVersion = version;
        if (attempt.hold) clearTimeout(limit);
        else finish();
        return;
      }
      const error = asObject(frame.error);
      const details = asObject(error.details);
      for (const [name, value] of [
        ["errorCode", error.code],
        ["message", error.message],
        ["detailCode", details.code],
        ["reason", details.reason],
        ["requestId", details.requestId],
      ] as const) {
        const text = asText(value);
        if (text !== undefined) seen[name] = text;
      }
      if (attempt.closesWith !== undefined) socket.close(attempt.closesWith, "connect failed");
      // The close frame with the server's reason follows; some releases take a moment.
      setTimeout(finish, 2500);
    });
  });
}
