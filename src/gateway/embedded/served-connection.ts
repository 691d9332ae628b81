import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import type { Admission } from "../../core/connection.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { textOf } from "../json.ts";
import type { ConnectParams } from "../protocol.ts";
import {
  type Arrival,
  connectionOf,
  ignoresDevice,
  isLocal,
  providedBy,
  readConnectParams,
} from "./connect.ts";
import {
  type LoggedConnection,
  logBuildRejected,
  logClosedBeforeConnect,
  logConnected,
  logDisconnected,
  logHandshakeTimeout,
  logParseError,
  logProtocolMismatch,
  logProxySigns,
  logUnauthorized,
  logUpgrade,
} from "./connection-lines.ts";
import type { Applicant } from "./devices.ts";
import { invalidHandshake, starting } from "./early-refusal.ts";
import { Failures } from "./failures.ts";
import { helloOf, scopesOf } from "./hello.ts";
import { forLog } from "./log.ts";
import { answerMethod } from "./methods.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { authModeOf, type GatewayState, judge } from "./state.ts";

const closeReasonBytes = 120;

/** One WebSocket of the embedded gateway, from its upgrade to its end. */
export class ServedConnection {
  readonly #socket: WebSocket;
  readonly #gateway: GatewayState;
  readonly #arrival: Arrival;
  /** As the log names it. */
  readonly #logged: LoggedConnection;
  /** As its wrong secrets are counted. */
  readonly #client: string;
  readonly #nonce = randomUUID();
  readonly #started: number;
  #refusal: Refusal | undefined;
  #params: ConnectParams | undefined;
  /** Of an admitted one. */
  #scopes: readonly string[] | undefined;
  #lastFrame: { readonly method: string; readonly id: string } | undefined;

  constructor(socket: WebSocket, arrival: Arrival, gateway: GatewayState) {
    const peerPort = 40_000 + Math.floor(Math.random() * 20_000);
    const endpoint = `${arrival.remoteAddress}:${peerPort}->127.0.0.1:${gateway.port}`;
    this.#socket = socket;
    this.#gateway = gateway;
    this.#arrival = arrival;
    this.#logged = { gateway, arrival, conn: randomUUID(), peerPort, endpoint };
    this.#client = Failures.keyOf(arrival);
    this.#started = gateway.now();
  }

  /** Sends the challenge and waits for what comes. */
  serve(): void {
    const timer = setTimeout(() => this.#timedOut(), this.#gateway.handshakeTimeoutMs);
    timer.unref();
    this.#socket.on("message", (data, isBinary) => this.#received(data.toString(), isBinary));
    this.#socket.on("close", (code, reason) => {
      clearTimeout(timer);
      this.#closed(code, reason.toString());
    });
    this.#socket.on("error", () => this.#socket.terminate());
    this.#gateway.later(() => this.#challenge());
  }

  #challenge(): void {
    const { now, traits } = this.#gateway;
    this.#send({
      type: "event",
      event: "connect.challenge",
      payload: {
        nonce: this.#nonce,
        ts: now(),
        ...(traits.challengeCapabilities ? { capabilities: ["model-catalog-snapshot"] } : {}),
      },
    });
  }

  #send(frame: unknown): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #timedOut(): void {
    if (this.#scopes !== undefined || this.#refusal !== undefined) return;
    logHandshakeTimeout(this.#logged);
    this.#socket.close(1000);
  }

  #received(text: string, isBinary: boolean): void {
    const frame = isBinary ? undefined : parseBoundedJson(text);
    if (frame === undefined) {
      logParseError(this.#logged);
      this.#socket.close(1000);
      return;
    }
    const id = isObject(frame) ? textOf(frame.id) : undefined;
    const method = isObject(frame) && frame.type === "req" ? textOf(frame.method) : undefined;
    if (!isObject(frame) || id === undefined || method === undefined) {
      this.#refuse("invalid", invalidHandshake("invalid request frame", "?", "?"));
      return;
    }
    this.#lastFrame = { method: forLog(method, 60), id: forLog(id, 60) };
    if (this.#refusal !== undefined) return;
    if (this.#scopes === undefined) this.#firstRequest(id, method, frame.params);
    else this.#answer(id, method, frame.params, this.#scopes);
  }

  #answer(id: string, method: string, params: unknown, scopes: readonly string[]): void {
    const answer = answerMethod(method, params, scopes, this.#gateway);
    this.#gateway.later(() => this.#send({ type: "res", id, ...answer }));
  }

  #firstRequest(id: string, method: string, params: unknown): void {
    const isConnect = method === "connect";
    const read = isConnect ? readConnectParams(params, this.#gateway.traits) : undefined;
    if (typeof read === "object") this.#connect(id, read);
    else {
      const wrong = isConnect
        ? `invalid connect params: ${read}`
        : "invalid handshake: first request must be connect";
      this.#refuse(id, invalidHandshake(wrong, method, id));
    }
  }

  #connect(id: string, sent: ConnectParams): void {
    const gateway = this.#gateway;
    const params = heeded(sent, gateway);
    this.#params = params;
    if (gateway.now() < gateway.readyAt) {
      this.#refuse(id, starting);
      return;
    }
    const connection = connectionOf(sent, this.#arrival, this.#nonce, {
      ...gateway,
      now: gateway.now(),
      failures: gateway.failures.of(this.#client),
    });
    logProxySigns(gateway, this.#arrival);
    const admission = judge(gateway, connection);
    this.#count(params, admission);
    if (admission.outcome === "admitted") this.#welcome(id, params, admission);
    else if (admission.gate === "schema")
      this.#refuse(id, invalidHandshake(admission.closeReason ?? "invalid connect params", "connect", id));
    else this.#refuseAsJudged(id, params, admission, connection);
  }

  /** Only a device's wrong secrets count; whoever gets in is forgiven. */
  #count({ device }: ConnectParams, { outcome, reason = "" }: Admission): void {
    const { failures } = this.#gateway;
    if (outcome === "admitted") failures.forget(this.#client);
    else if (device && /_mismatch$|^rate_limited$/.test(reason)) failures.note(this.#client);
  }

  #refuseAsJudged(
    id: string,
    params: ConnectParams,
    admission: Admission,
    connection: ReturnType<typeof connectionOf>,
  ): void {
    const { book, traits } = this.#gateway;
    const applicant = admission.gate === "pairing" ? applicantOf(params, this.#arrival) : undefined;
    const requestId = applicant === undefined ? undefined : book.request(applicant).requestId;
    const paired = params.device && book.pairedOf(params.device.id);
    if (paired && applicant) logUpgrade(this.#logged, admission.reason, applicant, paired);
    const refusal = refusalOf(admission, {
      traits,
      connection,
      authMode: authModeOf(this.#gateway),
      protocol: { min: params.minProtocol, max: params.maxProtocol },
      ...(params.device === undefined ? {} : { deviceId: params.device.id }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(paired === undefined ? {} : { paired }),
      isLocal: isLocal(this.#arrival),
      endpoint: this.#logged.endpoint,
      provided: providedBy(params.auth),
    });
    this.#refuse(id, refusal);
    if (refusal.cause === "protocol-mismatch") logProtocolMismatch(this.#logged, params);
    if (refusal.cause === "control-ui-build-mismatch") logBuildRejected(this.#logged, params);
  }

  #refuse(id: string, made: Refusal): void {
    this.#refusal = made;
    if (made.unauthorized !== undefined)
      logUnauthorized(this.#logged, this.#params, { reason: made.unauthorized, guidance: made.message });
    const { code, message, details, retryable, retryAfterMs } = made;
    this.#gateway.later(() => {
      this.#send({
        type: "res",
        id,
        ok: false,
        error: {
          code,
          message,
          ...(details === undefined ? {} : { details }),
          ...(retryable === undefined ? {} : { retryable }),
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        },
      });
      this.#socket.close(made.closeCode, cutBytes(made.closeReason, closeReasonBytes));
    });
  }

  #welcome(id: string, params: ConnectParams, admission: Admission): void {
    const { traits, book, bootId, now } = this.#gateway;
    const applicant = applicantOf(params, this.#arrival);
    if (admission.autoApproved && applicant) this.#approve(applicant);
    const scopes = scopesOf(params, traits, isLocal(this.#arrival), book);
    this.#scopes = scopes;
    const payload = helloOf(params, {
      traits,
      book,
      conn: this.#logged.conn,
      bootId,
      scopes,
      authMode: authModeOf(this.#gateway),
      now: now(),
    });
    logConnected(this.#logged, params);
    this.#gateway.later(() => this.#send({ type: "res", id, ok: true, payload }));
  }

  /** As the gateway does by itself for a device of its own host. */
  #approve(applicant: Applicant): void {
    const { book, log } = this.#gateway;
    const before = book.pairedOf(applicant.deviceId);
    if (before) logUpgrade(this.#logged, "scope-upgrade", applicant, before);
    const pending = book.pendingOf(applicant.deviceId);
    if (pending) book.reject(pending.requestId);
    const entry = book.pair(applicant);
    log.info("gateway", `device pairing auto-approved device=${entry.deviceId} role=${applicant.role}`);
  }

  #closed(code: number, reason: string): void {
    if (this.#scopes !== undefined) logDisconnected(this.#logged, this.#params, { code, reason });
    else
      logClosedBeforeConnect(this.#logged, {
        code,
        reason,
        refusal: this.#refusal,
        params: this.#params,
        lastFrame: this.#lastFrame,
        took: this.#gateway.now() - this.#started,
      });
  }
}

/** The parameters without a device that the gateway takes no notice of. */
function heeded(params: ConnectParams, { config, traits }: GatewayState): ConnectParams {
  if (!ignoresDevice(params, config, traits)) return params;
  const { device: _ignored, ...others } = params;
  return others;
}

function applicantOf(params: ConnectParams, arrival: Arrival): Applicant | undefined {
  if (params.device === undefined) return undefined;
  return {
    deviceId: params.device.id,
    publicKey: params.device.publicKey,
    platform: params.client.platform,
    ...(params.client.deviceFamily === undefined ? {} : { deviceFamily: params.client.deviceFamily }),
    clientId: params.client.id,
    clientMode: params.client.mode,
    role: params.role,
    scopes: params.scopes,
    ...(isLocal(arrival) ? {} : { remoteIp: arrival.remoteAddress }),
  };
}

/** Cuts at a number of bytes, whole characters only. */
function cutBytes(text: string, max: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= max) return text;
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8");
}
