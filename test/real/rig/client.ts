// One handshake as a browser (or another client) does it. Written from the wire alone and independent of
// src/gateway, because it is the judge of what the doctor says.
import { createHash, createPrivateKey, createPublicKey, randomBytes, randomUUID, sign } from "node:crypto";
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
  readonly signature?: "v1" | "v2" | "v3";
  /** What stands for the gateway's nonce: nothing, another one, or a blank. */
  readonly nonce?: "missing" | "wrong" | "blank";
  /** The id is not the one that belongs to the key. */
  readonly foreignId?: boolean;
  /** Token that the signature is over, instead of the one that is sent. */
  readonly signedToken?: string;
  readonly caps?: readonly string[];
  /** Requests to make once admitted, before leaving. */
  readonly calls?: readonly Call[];
  /** How far the client's clock is ahead of this machine's, milliseconds. */
  readonly clockAheadMs?: number;
  /** The signature is over other words than those that are sent. */
  readonly badSignature?: boolean;
  /** Lowest and highest version offered; 3 and 4 unless given. */
  readonly protocol?: readonly [number, number];
  /** Sends nothing, as a client does that hangs after the upgrade. */
  readonly silent?: boolean;
  /** Sends this text instead of an answer to the challenge. */
  readonly raw?: string;
  /** Leaves with 1000 and this reason instead of an answer to the challenge. */
  readonly leavesWith?: string;
  /** Closes by itself with this code as soon as it has read a refusal, as the page of most releases does. */
  readonly closesWith?: number;
  readonly timeoutMs?: number;
  /** Once admitted, stays connected until the gateway closes, and only then gives the outcome. */
  readonly hold?: boolean;
}

export interface Call {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface CallResult {
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly message?: string;
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
  /** Scopes that an admitted client was given. */
  readonly scopes?: readonly string[];
  /** The device's own token, given to an admitted client with a device. */
  readonly deviceToken?: string;
  /** `authReason` of a refusal's details. */
  readonly authReason?: string;
  /** Of `calls`, in their order. */
  readonly results?: readonly CallResult[];
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
    caps: attempt.caps ?? [],
    userAgent: "rig",
    locale: "en",
  };
  if (attempt.auth) params.auth = attempt.auth;
  if (device) {
    const signedAt = Date.now() + (attempt.clockAheadMs ?? 0);
    const version = attempt.signature ?? "v2";
    const sent = attempt.auth?.token ?? attempt.auth?.deviceToken ?? attempt.auth?.bootstrapToken ?? "";
    const ownNonce = nonceOf(attempt, nonce);
    const signed: (string | number)[] = [version, device.id, client.id, client.mode, role];
    signed.push(scopes.join(","), signedAt, attempt.signedToken ?? sent);
    // v1 covers no nonce (up to 2026.2.21).
    if (version !== "v1") signed.push(ownNonce ?? "");
    if (version === "v3") {
      for (const part of [client.platform, client.deviceFamily])
        signed.push((part ?? "").trim().toLowerCase());
    }
    const signature = device.sign(`${signed.join("|")}${attempt.badSignature ? "|more" : ""}`);
    const id = attempt.foreignId ? "f".repeat(64) : device.id;
    const proof = { id, publicKey: device.publicKey, signature, signedAt };
    params.device = ownNonce === undefined ? proof : { ...proof, nonce: ownNonce };
  }
  return params;
}

function nonceOf(attempt: Attempt, nonce: string): string | undefined {
  if (attempt.nonce === "missing") return undefined;
  if (attempt.nonce === "blank") return " ";
  return attempt.nonce === "wrong" ? randomUUID() : nonce;
}

const asObject = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};
const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function readHello(hello: Json, seen: { -readonly [K in keyof Outcome]: Outcome[K] }): void {
  const version = asText(asObject(hello.server).version);
  if (version !== undefined) seen.serverVersion = version;
  const auth = asObject(hello.auth);
  const deviceToken = asText(auth.deviceToken);
  if (deviceToken !== undefined) seen.deviceToken = deviceToken;
  if (Array.isArray(auth.scopes)) seen.scopes = auth.scopes.filter((scope) => typeof scope === "string");
}

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
    let answered: ((frame: Json) => void) | undefined;
    const callAll = async (calls: readonly Call[]) => {
      const results: CallResult[] = [];
      for (const [at, { method, params = {} }] of calls.entries()) {
        const frame = await new Promise<Json>((answer) => {
          answered = answer;
          socket.send(JSON.stringify({ type: "req", id: `call-${at}`, method, params }));
        });
        const message = asText(asObject(frame.error).message);
        results.push({
          ok: frame.ok === true,
          payload: frame.payload,
          ...(message === undefined ? {} : { message }),
        });
      }
      seen.results = results;
    };
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
        if (attempt.raw !== undefined) {
          socket.send(attempt.raw);
          return;
        }
        if (attempt.leavesWith !== undefined) {
          socket.close(1000, attempt.leavesWith);
          return;
        }
        const nonce = asText(asObject(frame.payload).nonce) ?? "";
        const params = connectParams(attempt, nonce, device);
        socket.send(JSON.stringify({ type: "req", id: "connect", method: "connect", params }));
        return;
      }
      if (frame.type !== "res") return;
      if (frame.id !== "connect") {
        answered?.(frame);
        return;
      }
      if (frame.ok === true) {
        seen.admitted = true;
        readHello(asObject(frame.payload), seen);
        if (attempt.hold) clearTimeout(limit);
        else if (attempt.calls === undefined) finish();
        else callAll(attempt.calls).then(finish);
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
        ["authReason", details.authReason],
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
