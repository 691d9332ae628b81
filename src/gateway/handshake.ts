import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { isObject } from "../core/json.ts";
import { say } from "../core/saying.ts";
import { errorTypeOf } from "./http.ts";
import { numberOf, textOf, textsOf } from "./json.ts";
import { type ConnectParams, type ErrorShape, readServerFrame, type ServerFrame } from "./protocol.ts";
import {
  type ConnectionEnds,
  failedAs,
  type MayReceive,
  type TransportFailure,
  type TransportOptions,
  transportFailure,
} from "./transport.ts";

const maxFrameBytes = 256 * 1024;
const maxFrames = 200;
const maxRefusalBody = 4096;
/** After the answer, how long the close frame is waited for. */
const closeGraceMs = 1500;

export interface Challenge {
  readonly nonce: string;
  /** Gateway clock, milliseconds since 1970. */
  readonly ts?: number;
  /** Our clock when it came. */
  readonly receivedAt: number;
}

export interface Hello {
  readonly protocol?: number;
  /** `dev` up to 2026.2.26. */
  readonly serverVersion?: string;
  readonly authMode?: string;
  readonly scopes?: readonly string[];
  /** Methods that the gateway says it has. */
  readonly methods: readonly string[];
}

/** One upgrade, challenge, connect and close. Texts are as the wire had them: clean them before they are shown. */
export interface HandshakeResult {
  readonly result: "admitted" | "refused" | "no-answer" | "not-upgraded";
  readonly httpStatus?: number;
  readonly httpErrorType?: string;
  readonly challenge?: Challenge;
  readonly hello?: Hello;
  readonly error?: ErrorShape;
  readonly closeCode?: number;
  readonly closeReason?: string;
  /** Why there is no answer. */
  readonly failure?: TransportFailure;
  /** Whether `connect` (and the credentials in it) was sent. */
  readonly sent: boolean;
  /** Who has the other end and may not have the credentials, so that nothing was sent. */
  readonly withheldFrom?: string;
}

export interface HandshakeOptions extends TransportOptions {
  /** Upgrade request headers; `Host` is the URL's own when absent. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once, with the challenge; what it returns is sent once. */
  readonly connect: (challenge: Challenge) => ConnectParams;
  /** Runs while the admitted connection is open. */
  readonly whileOpen?: (session: Session) => Promise<void>;
}

export interface Session {
  readonly hello: Hello;
  /** Calls a method; an `ok: false` answer is a value, no answer at all is a rejection. */
  request(method: string, params: unknown): Promise<ServerFrame & { type: "res" }>;
}

/** Shakes hands once. Never throws for what the peer does; nothing is retried. */
export function shakeHands(url: string, options: HandshakeOptions): Promise<HandshakeResult> {
  return new Promise((resolve) => new Handshake(url, options, resolve).begin());
}

/** One connection while hands are shaken, and what came of it so far. */
class Handshake {
  readonly #options: HandshakeOptions;
  readonly #resolve: (result: HandshakeResult) => void;
  readonly #socket: WebSocket;
  readonly #deadline: NodeJS.Timeout;
  readonly #connectId = randomUUID();
  readonly #waiting = new Map<string, (frame: ServerFrame & { type: "res" }) => void>();
  readonly #state: { -readonly [K in keyof HandshakeResult]?: HandshakeResult[K] } = {};
  #frames = 0;
  #ends: ConnectionEnds | undefined;
  #grace: NodeJS.Timeout | undefined;
  #done = false;

  constructor(url: string, options: HandshakeOptions, resolve: (result: HandshakeResult) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#socket = new WebSocket(url, {
      headers: { ...options.headers },
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      followRedirects: false,
      handshakeTimeout: options.timeoutMs,
      // Said each time: without it NODE_TLS_REJECT_UNAUTHORIZED=0 of somebody's shell would decide.
      rejectUnauthorized: options.insecureTls !== true,
      ...options.connectFrom,
    });
    this.#deadline = setTimeout(
      () => this.#fail(failedAs("timeout", say("no-answer-in-time"))),
      options.timeoutMs,
    );
  }

  begin(): void {
    const { signal } = this.#options;
    // First of all: terminating a socket that still connects makes it emit an error.
    this.#socket.on("error", (error) => this.#broke(error));
    if (signal?.aborted) {
      this.#abort();
      return;
    }
    signal?.addEventListener("abort", this.#abort, { once: true });
    this.#socket.on("upgrade", (response) => this.#upgraded(response));
    this.#socket.on("unexpected-response", (_request, response) => this.#notUpgraded(response));
    this.#socket.on("ping", () => this.#isTooMany());
    this.#socket.on("pong", () => this.#isTooMany());
    this.#socket.on("message", (data, isBinary) => this.#received(data.toString(), isBinary));
    this.#socket.on("close", (code, reason) => this.#closed(code, reason));
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#socket.terminate();
    this.#waiting.clear();
    this.#resolve({ ...this.#state, result: resultOf(this.#state), sent: this.#state.sent ?? false });
  }

  #fail(failure: TransportFailure): void {
    this.#state.failure ??= failure;
    this.#finish();
  }

  readonly #abort = (): void => this.#fail(failedAs("timeout", say("stopped-waiting")));

  #isAnswered(): boolean {
    return this.#state.hello !== undefined || this.#state.error !== undefined;
  }

  #broke(error: Error): void {
    // After the answer, an error only means that the peer hung up rudely.
    if (!this.#isAnswered()) this.#state.failure ??= transportFailure(error, this.#options.clean);
    this.#finish();
  }

  #isTooMany(): boolean {
    if (++this.#frames <= maxFrames) return false;
    this.#fail(failedAs("not-openclaw", say("too-many-frames", { count: maxFrames })));
    return true;
  }

  /** The peer should close now; if it does not, we end it. */
  #expectClose(): void {
    this.#grace ??= setTimeout(() => this.#finish(), closeGraceMs);
  }

  #upgraded(response: IncomingMessage): void {
    this.#state.httpStatus = response.statusCode ?? 101;
    const { localAddress, localPort, remoteAddress, remotePort } = response.socket;
    if (localAddress !== undefined && localPort !== undefined && remoteAddress && remotePort)
      this.#ends = {
        local: { address: localAddress, port: localPort },
        remote: { address: remoteAddress, port: remotePort },
      };
  }

  #notUpgraded(response: IncomingMessage): void {
    this.#state.httpStatus = response.statusCode ?? 0;
    let body = "";
    const end = () => {
      const type = errorTypeOf({ body });
      if (type !== undefined) this.#state.httpErrorType = type;
      this.#finish();
    };
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      body += chunk;
      if (body.length > maxRefusalBody) end();
    });
    response.on("end", end);
    response.on("error", end);
  }

  #received(text: string, isBinary: boolean): void {
    if (this.#done || this.#isTooMany()) return;
    const frame = isBinary ? undefined : readServerFrame(text);
    if (frame === undefined) {
      // Before the challenge, something that is no frame means that this is another server.
      if (this.#state.challenge === undefined) this.#fail(failedAs("not-openclaw", say("first-frame-odd")));
    } else if (frame.type === "event") {
      if (frame.event === "connect.challenge") this.#challenged(frame.payload);
    } else if (frame.id === this.#connectId) this.#answered(frame);
    else {
      const answered = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      answered?.(frame);
    }
  }

  #challenged(payload: unknown): void {
    if (this.#state.challenge !== undefined) return;
    const challenge = readChallenge(payload);
    this.#state.challenge = challenge;
    const { mayReceive } = this.#options;
    if (mayReceive === undefined) this.#sendConnect(challenge);
    else
      permission(mayReceive, this.#ends).then(
        (permit) => {
          if (this.#done) return;
          if (permit.allowed) this.#sendConnect(challenge);
          else this.#withhold(permit.from);
        },
        () => this.#withhold("unknown"),
      );
  }

  #sendConnect(challenge: Challenge): void {
    this.#state.sent = true;
    this.#request(this.#connectId, "connect", this.#options.connect(challenge));
  }

  #withhold(from: string): void {
    this.#state.withheldFrom = from;
    this.#fail(failedAs("stranger", say("other-end-of", { who: from })));
  }

  #request(id: string, method: string, params: unknown): void {
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
  }

  #answered(frame: ServerFrame & { type: "res" }): void {
    if (this.#isAnswered()) return;
    if (!frame.ok) {
      this.#state.error = frame.error;
      this.#expectClose();
      return;
    }
    const hello = readHello(frame.payload);
    if (hello === undefined) {
      this.#fail(failedAs("not-openclaw", say("no-hello")));
      return;
    }
    this.#state.hello = hello;
    Promise.resolve(this.#options.whileOpen?.({ hello, request: this.#ask }))
      .catch(() => undefined)
      .then(() => {
        if (this.#done) return;
        this.#socket.close(1000, "done");
        this.#expectClose();
      });
  }

  readonly #ask: Session["request"] = (method, params) =>
    new Promise((answered, rejected) => {
      if (this.#done) return rejected(new Error("the connection is closed"));
      const id = randomUUID();
      this.#waiting.set(id, answered);
      setTimeout(() => rejected(new Error(`no answer to ${method}`)), this.#options.timeoutMs).unref();
      this.#request(id, method, params);
    });

  #closed(code: number, reason: Buffer): void {
    // Our own 1000 after hello-ok is no news; 1006 means that no close frame came.
    if (this.#state.hello === undefined && code !== 1006) {
      this.#state.closeCode = code;
      this.#state.closeReason = reason.toString("utf8");
    }
    if (code === 1006 && !this.#isAnswered()) this.#state.failure ??= failedAs("reset", say("broke-off"));
    this.#finish();
  }
}

function resultOf({
  hello,
  httpStatus,
  error,
  closeCode,
}: Partial<HandshakeResult>): HandshakeResult["result"] {
  if (hello !== undefined) return "admitted";
  if (httpStatus !== undefined && httpStatus !== 101) return "not-upgraded";
  return error !== undefined || closeCode !== undefined ? "refused" : "no-answer";
}

function readChallenge(payload: unknown): Challenge {
  const fields = isObject(payload) ? payload : {};
  const ts = numberOf(fields.ts);
  return {
    nonce: (textOf(fields.nonce) ?? "").slice(0, 200),
    ...(ts === undefined ? {} : { ts }),
    receivedAt: Date.now(),
  };
}

function permission(mayReceive: MayReceive, ends: ConnectionEnds | undefined): ReturnType<MayReceive> {
  return ends === undefined ? Promise.resolve({ allowed: false, from: "unknown" }) : mayReceive(ends);
}

function readHello(payload: unknown): Hello | undefined {
  if (!isObject(payload) || payload.type !== "hello-ok") return undefined;
  const server = isObject(payload.server) ? payload.server : {};
  const snapshot = isObject(payload.snapshot) ? payload.snapshot : {};
  const auth = isObject(payload.auth) ? payload.auth : {};
  const features = isObject(payload.features) ? payload.features : {};
  const protocol = numberOf(payload.protocol);
  const serverVersion = textOf(server.version);
  const authMode = textOf(snapshot.authMode);
  const scopes = textsOf(auth.scopes);
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(authMode === undefined ? {} : { authMode }),
    ...(scopes === undefined ? {} : { scopes }),
    methods: textsOf(features.methods, 1000) ?? [],
  };
}
