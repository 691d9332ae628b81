import { WebSocket } from "ws";
import { isObject } from "../../src/core/json.ts";
import { createDeviceIdentity, type DeviceIdentity, signaturePayload } from "../../src/gateway/device.ts";

/** One way to knock on a gateway's door; what is not named is as the real Control UI does it. */
export interface FrameScenario {
  readonly name: string;
  readonly client?: { readonly id: string; readonly mode: string; readonly buildId?: string };
  /** `token`: the right one, as handed in. */
  readonly auth?: "token" | "wrong" | "none" | "password";
  readonly origin?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly device?: "none" | "new" | "bad-signature" | "bad-id" | "wrong-nonce" | "no-nonce" | "stale";
  readonly role?: string;
  readonly protocol?: readonly [number, number];
  /** Sent instead of `connect`. */
  readonly raw?: string;
  /** Methods called once admitted. */
  readonly calls?: readonly { readonly method: string; readonly params: unknown }[];
}

const cli = { id: "cli", mode: "cli" };

/** The scenarios that embedded and real gateways are compared in. */
export const frameScenarios: readonly FrameScenario[] = [
  { name: "page without device", device: "none", auth: "none" },
  { name: "page without device, token", device: "none", auth: "token" },
  { name: "browser, token", device: "new", auth: "token" },
  { name: "browser, wrong token", device: "new", auth: "wrong" },
  { name: "browser, no token", device: "new", auth: "none" },
  { name: "browser, password for a token", device: "new", auth: "password" },
  { name: "browser, foreign origin", device: "new", auth: "token", origin: "https://evil.example.org" },
  { name: "browser, no origin", device: "new", auth: "token", origin: null },
  { name: "browser, bad signature", device: "bad-signature", auth: "token" },
  { name: "browser, bad device id", device: "bad-id", auth: "token" },
  { name: "browser, wrong nonce", device: "wrong-nonce", auth: "token" },
  { name: "browser, no nonce", device: "no-nonce", auth: "token" },
  { name: "browser, clock 11 minutes off", device: "stale", auth: "token" },
  { name: "client, token", client: cli, device: "none", auth: "token", origin: null },
  { name: "client, wrong token", client: cli, device: "none", auth: "wrong", origin: null },
  { name: "client, no token", client: cli, device: "none", auth: "none", origin: null },
  { name: "protocol of the future", device: "new", auth: "token", protocol: [99, 99] },
  { name: "protocol of the past", device: "new", auth: "token", protocol: [1, 2] },
  { name: "unknown role", device: "new", auth: "token", role: "banana" },
  { name: "not JSON", raw: "hello" },
  { name: "another method first", raw: '{"type":"req","id":"c1","method":"health","params":{}}' },
  {
    name: "forwarded headers from an untrusted peer",
    device: "new",
    auth: "token",
    headers: { "X-Forwarded-For": "203.0.113.7" },
  },
];

/** What came from the gateway, in order. */
export interface RecordedFrames {
  readonly scenario: string;
  readonly httpStatus?: number;
  readonly httpBody?: string;
  readonly frames: readonly unknown[];
  readonly close?: { readonly code: number; readonly reason: string };
}

export interface RecordOptions {
  readonly token?: string;
  readonly timeoutMs?: number;
  /** Sent as `client.buildId`; needed from 2026.8.1, refused before. */
  readonly buildId?: string;
  readonly localAddress?: string;
  /** An own device identity instead of a new one. */
  readonly device?: DeviceIdentity;
}

/**
 * Plays one scenario against a gateway that somebody else started. Scenarios with a device can leave a paired
 * or pending entry: use a gateway that is thrown away.
 */
export function recordFrames(
  url: string,
  scenario: FrameScenario,
  options: RecordOptions = {},
): Promise<RecordedFrames> {
  return new Promise((resolve) => {
    const frames: unknown[] = [];
    const host = new URL(url).host;
    const origin = scenario.origin === undefined ? `http://${host}` : scenario.origin;
    let httpStatus: number | undefined;
    let httpBody: string | undefined;
    let close: RecordedFrames["close"];
    const socket = new WebSocket(url, {
      headers: {
        ...(origin === null ? {} : { Origin: origin }),
        "User-Agent": "frames",
        ...scenario.headers,
      },
      perMessageDeflate: false,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
    });
    const finish = () => {
      clearTimeout(timer);
      socket.terminate();
      resolve({
        scenario: scenario.name,
        ...(httpStatus === undefined ? {} : { httpStatus }),
        ...(httpBody === undefined ? {} : { httpBody }),
        frames,
        ...(close === undefined ? {} : { close }),
      });
    };
    const timer = setTimeout(finish, options.timeoutMs ?? 8000);
    let calls = [...(scenario.calls ?? [])];
    const next = () => {
      const [call, ...rest] = calls;
      calls = rest;
      if (call) socket.send(JSON.stringify({ type: "req", id: "call", ...call }));
      else socket.close(1000, "done");
    };
    socket.on("upgrade", (response) => {
      httpStatus = response.statusCode;
    });
    socket.on("unexpected-response", (_request, response) => {
      httpStatus = response.statusCode;
      httpBody = "";
      response.on("data", (chunk: Buffer) => {
        httpBody += chunk.toString();
      });
      response.on("end", finish);
    });
    socket.on("error", () => undefined);
    socket.on("close", (code, reason) => {
      close = { code, reason: reason.toString() };
      finish();
    });
    socket.on("message", (data) => {
      const frame: unknown = JSON.parse(data.toString());
      if (!isObject(frame)) return;
      const isChallenge = frame.type === "event" && frame.event === "connect.challenge";
      // Ticks, health and presence come when they come.
      if (frame.type === "event" && !isChallenge) return;
      frames.push(frame);
      if (isChallenge) {
        const payload = isObject(frame.payload) ? frame.payload : {};
        socket.send(scenario.raw ?? connectFrame(scenario, String(payload.nonce), options));
      } else if (frame.ok === true || frame.id === "call") next();
    });
  });
}

function connectFrame(scenario: FrameScenario, nonce: string, options: RecordOptions): string {
  const isPage = scenario.client === undefined;
  const client = {
    id: "openclaw-control-ui",
    mode: "webchat",
    version: "frames",
    platform: "linux",
    ...(isPage && options.buildId !== undefined ? { buildId: options.buildId } : {}),
    ...scenario.client,
  };
  const role = scenario.role ?? "operator";
  const scopes = ["operator.admin", "operator.approvals", "operator.pairing"];
  const token =
    scenario.auth === "token" ? options.token : scenario.auth === "wrong" ? "a-wrong-token" : undefined;
  const auth =
    scenario.auth === "password" ? { password: "a-password" } : token === undefined ? undefined : { token };
  const [minProtocol, maxProtocol] = scenario.protocol ?? [3, 4];
  return JSON.stringify({
    type: "req",
    id: "c1",
    method: "connect",
    params: {
      minProtocol,
      maxProtocol,
      client,
      role,
      scopes,
      caps: [],
      ...(auth === undefined ? {} : { auth }),
      ...deviceOf(scenario, { client, role, scopes, token, nonce }, options),
    },
  });
}

function deviceOf(
  { device: state = "none" }: FrameScenario,
  said: {
    readonly client: { readonly id: string; readonly mode: string; readonly platform: string };
    readonly role: string;
    readonly scopes: readonly string[];
    readonly token: string | undefined;
    readonly nonce: string;
  },
  options: RecordOptions,
): object {
  if (state === "none") return {};
  const device = options.device ?? createDeviceIdentity();
  const signedAtMs = Date.now() - (state === "stale" ? 11 * 60_000 : 0);
  const nonce = state === "wrong-nonce" ? "00000000-0000-4000-8000-000000000000" : said.nonce;
  const payload = signaturePayload("v2", {
    deviceId: device.id,
    clientId: said.client.id,
    clientMode: said.client.mode,
    role: said.role,
    scopes: said.scopes,
    signedAtMs,
    ...(said.token === undefined ? {} : { token: said.token }),
    nonce,
  });
  return {
    device: {
      id: state === "bad-id" ? "f".repeat(64) : device.id,
      publicKey: device.publicKey,
      signature: device.sign(state === "bad-signature" ? `${payload}x` : payload),
      signedAt: signedAtMs,
      ...(state === "no-nonce" ? {} : { nonce }),
    },
  };
}

/** What of `hello-ok` is compared: the rest describes the machine and the features of a whole gateway. */
const helloParts = ["type", "protocol", "server", "auth"] as const;

/** One line for each difference between two recordings of one scenario; ids, times and secrets are ignored. */
export function compareFrames(a: RecordedFrames, b: RecordedFrames): string[] {
  const [left, right] = [plain(a), plain(b)];
  const differences: string[] = [];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys)
    if (left[key] !== right[key]) differences.push(`${a.scenario}: ${key}: ${left[key]} | ${right[key]}`);
  return differences;
}

/** Path to text of every leaf that is compared. */
function plain(recorded: RecordedFrames): Record<string, string | undefined> {
  const leaves: Record<string, string | undefined> = {};
  const walk = (path: string, value: unknown): void => {
    if (Array.isArray(value)) leaves[path] = value.map(String).join(",");
    else if (isObject(value)) for (const [key, inner] of Object.entries(value)) walk(`${path}.${key}`, inner);
    else leaves[path] = masked(String(value));
  };
  walk("http", { status: recorded.httpStatus, body: recorded.httpBody });
  walk("close", recorded.close);
  recorded.frames.forEach((frame, at) => {
    walk(`${at}`, isObject(frame) ? withoutMachine(frame) : frame);
  });
  return leaves;
}

function withoutMachine(frame: Readonly<Record<string, unknown>>): unknown {
  const payload = frame.payload;
  if (!isObject(payload) || payload.type !== "hello-ok") return frame;
  const snapshot = isObject(payload.snapshot) ? payload.snapshot : {};
  const server = isObject(payload.server) ? { ...payload.server } : {};
  // The machine's name, sent up to 2026.2.26.
  if (typeof server.host === "string") server.host = "<host>";
  return {
    ...frame,
    payload: {
      ...Object.fromEntries(helloParts.map((part) => [part, payload[part]])),
      server,
      authMode: snapshot.authMode,
    },
  };
}

function masked(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/\b[0-9a-f]{64}\b/g, "<device>")
    .replace(/\b[0-9a-f]{32}\b/g, "<token>")
    .replace(/^2\d{3}\.[\w.]+-release-.*$/, "<build>")
    .replace(/\b1[5-9]\d{11}\b/g, "<time>")
    .replace(/^[\w-]{43}$/, "<token>");
}
