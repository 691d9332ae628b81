import { randomUUID } from "node:crypto";
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
  return new Promise((resolve) => {
    const state: { -readonly [K in keyof HandshakeResult]?: HandshakeResult[K] } = {};
    const waiting = new Map<string, (frame: ServerFrame & { type: "res" }) => void>();
    const connectId = randomUUID();
    let frames = 0;
    let ends: ConnectionEnds | undefined;
    let grace: NodeJS.Timeout | undefined;
    let done = false;

    const socket = new WebSocket(url, {
      headers: { ...options.headers },
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      followRedirects: false,
      handshakeTimeout: options.timeoutMs,
      // Said each time: without it NODE_TLS_REJECT_UNAUTHORIZED=0 of somebody's shell would decide.
      rejectUnauthorized: options.insecureTls !== true,
      ...options.connectFrom,
    });
    // First of all: terminating a socket that still connects makes it emit an error.
    socket.on("error", (error) => {
      // After the answer, an error only means that the peer hung up rudely.
      if (state.hello === undefined && state.error === undefined)
        state.failure ??= transportFailure(error, options.clean);
      finish();
    });
    const finish = () => {
      if (done) return;
      done = true;
      clearTimeout(deadline);
      clearTimeout(grace);
      options.signal?.removeEventListener("abort", abort);
      socket.terminate();
      waiting.clear();
      const result =
        state.hello !== undefined
          ? "admitted"
          : state.httpStatus !== undefined && state.httpStatus !== 101
            ? "not-upgraded"
            : state.error !== undefined || state.closeCode !== undefined
              ? "refused"
              : "no-answer";
      resolve({ ...state, result, sent: state.sent ?? false });
    };
    const fail = (failure: TransportFailure) => {
      state.failure ??= failure;
      finish();
    };
    const abort = () => fail(failedAs("timeout", say("stopped-waiting")));
    const deadline = setTimeout(() => fail(failedAs("timeout", say("no-answer-in-time"))), options.timeoutMs);
    if (options.signal?.aborted) return abort();
    options.signal?.addEventListener("abort", abort, { once: true });

    const tooMany = () => {
      if (++frames <= maxFrames) return false;
      fail(failedAs("not-openclaw", say("too-many-frames", { count: maxFrames })));
      return true;
    };
    /** The peer should close now; if it does not, we end it. */
    const expectClose = () => {
      grace ??= setTimeout(finish, closeGraceMs);
    };

    const onChallenge = (payload: unknown) => {
      if (state.challenge !== undefined) return;
      const fields = isObject(payload) ? payload : {};
      const ts = numberOf(fields.ts);
      const challenge: Challenge = {
        nonce: (textOf(fields.nonce) ?? "").slice(0, 200),
        ...(ts === undefined ? {} : { ts }),
        receivedAt: Date.now(),
      };
      state.challenge = challenge;
      const send = () => {
        state.sent = true;
        const params = options.connect(challenge);
        socket.send(JSON.stringify({ type: "req", id: connectId, method: "connect", params }));
      };
      if (options.mayReceive === undefined) return send();
      const withhold = (from: string) => {
        state.withheldFrom = from;
        fail(failedAs("stranger", say("other-end-of", { who: from })));
      };
      permission(options.mayReceive, ends).then(
        (permit) => {
          if (done) return;
          if (permit.allowed) send();
          else withhold(permit.from);
        },
        () => withhold("unknown"),
      );
    };
    const onAnswer = (frame: ServerFrame & { type: "res" }) => {
      if (state.hello !== undefined || state.error !== undefined) return;
      if (!frame.ok) {
        state.error = frame.error;
        return expectClose();
      }
      const hello = readHello(frame.payload);
      if (hello === undefined) return fail(failedAs("not-openclaw", say("no-hello")));
      state.hello = hello;
      const request: Session["request"] = (method, params) =>
        new Promise((answered, rejected) => {
          if (done) return rejected(new Error("the connection is closed"));
          const id = randomUUID();
          waiting.set(id, answered);
          setTimeout(() => rejected(new Error(`no answer to ${method}`)), options.timeoutMs).unref();
          socket.send(JSON.stringify({ type: "req", id, method, params }));
        });
      Promise.resolve(options.whileOpen?.({ hello, request }))
        .catch(() => undefined)
        .then(() => {
          if (done) return;
          socket.close(1000, "done");
          expectClose();
        });
    };

    socket.on("upgrade", (response) => {
      state.httpStatus = response.statusCode ?? 101;
      const { localAddress, localPort, remoteAddress, remotePort } = response.socket;
      if (localAddress !== undefined && localPort !== undefined && remoteAddress && remotePort)
        ends = {
          local: { address: localAddress, port: localPort },
          remote: { address: remoteAddress, port: remotePort },
        };
    });
    socket.on("unexpected-response", (_request, response) => {
      state.httpStatus = response.statusCode ?? 0;
      let body = "";
      const end = () => {
        const type = errorTypeOf({ body });
        if (type !== undefined) state.httpErrorType = type;
        finish();
      };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > maxRefusalBody) end();
      });
      response.on("end", end);
      response.on("error", end);
    });
    socket.on("ping", tooMany);
    socket.on("pong", tooMany);
    socket.on("message", (data, isBinary) => {
      if (done || tooMany()) return;
      const frame = isBinary ? undefined : readServerFrame(data.toString());
      if (frame === undefined) {
        // Before the challenge, something that is no frame means that this is another server.
        if (state.challenge === undefined) fail(failedAs("not-openclaw", say("first-frame-odd")));
      } else if (frame.type === "event") {
        if (frame.event === "connect.challenge") onChallenge(frame.payload);
      } else if (frame.id === connectId) onAnswer(frame);
      else {
        const answered = waiting.get(frame.id);
        waiting.delete(frame.id);
        answered?.(frame);
      }
    });
    socket.on("close", (code, reason) => {
      // Our own 1000 after hello-ok is no news; 1006 means that no close frame came.
      if (state.hello === undefined && code !== 1006) {
        state.closeCode = code;
        state.closeReason = reason.toString("utf8");
      }
      if (code === 1006 && state.hello === undefined && state.error === undefined)
        state.failure ??= failedAs("reset", say("broke-off"));
      finish();
    });
  });
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
