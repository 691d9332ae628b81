import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Admission, AdmissionConfig, AdmissionInput } from "../../core/connection.ts";
import { isRecord, parseBoundedJson, textOf } from "../json.ts";
import { type ConnectParams, clients } from "../protocol.ts";
import { reachOfAddress } from "../url.ts";
import { closeMeta } from "./close-meta.ts";
import { type Arrival, connectionOf, ignoresDevice, providedBy, readConnectParams } from "./connect.ts";
import { type Applicant, DeviceBook } from "./devices.ts";
import { invalidHandshake, starting } from "./early-refusal.ts";
import { Failures } from "./failures.ts";
import { helloOf, scopesOf } from "./hello.ts";
import { forLog, GatewayLog, type LogSinks } from "./log.ts";
import { answerMethod } from "./methods.ts";
import { proxyAttribution, type Reply, replyTo } from "./page.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { traitsOf } from "./traits.ts";

export interface EmbeddedPeer {
  /** The TCP peer that the gateway is to see. */
  readonly remoteAddress: string;
  /** Laid over the request's own headers, names in lower case: what a proxy on the way would add. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EmbeddedGatewayOptions extends LogSinks {
  readonly release: string;
  /** With the real token or password, in the clear; it stays in memory. */
  readonly config: AdmissionConfig;
  /**
   * Decides; the embedded gateway knows no rule of its own. Also asked at every request and upgrade, with a new
   * page that has no scopes, whether the way there ends at the proxy-attribution gate.
   */
  readonly admit: (input: AdmissionInput) => Admission;
  /** Presents connections as coming from elsewhere than loopback; `undefined` from the function: as they come. */
  readonly peer?: EmbeddedPeer | ((headers: Readonly<Record<string, string>>) => EmbeddedPeer | undefined);
  /** 0 (or absent): a free one. */
  readonly port?: number;
  /** Every answer waits so long, milliseconds. */
  readonly latencyMs?: number;
  /** For so long after the start it answers `gateway starting`, milliseconds. */
  readonly startingMs?: number;
  readonly handshakeTimeoutMs?: number;
  readonly now?: () => number;
}

export interface EmbeddedGateway {
  readonly release: string;
  readonly port: number;
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  /** Pending and paired devices: list, approve, reject, remove. */
  readonly devices: DeviceBook;
  readonly config: AdmissionConfig;
  /** Takes a new config and writes the `[reload]` line for the keys that changed; none for no keys. */
  reconfigure(config: AdmissionConfig, changedKeys: readonly string[]): void;
  close(): Promise<void>;
}

const maxFrameBytes = 512 * 1024;
const maxHttpConnections = 100;
const closeReasonBytes = 120;

/**
 * Starts a small gateway on 127.0.0.1 that talks and logs like `release` and lets `admit` decide.
 *
 * @throws {Error} the port is taken.
 */
export async function startEmbeddedGateway(options: EmbeddedGatewayOptions): Promise<EmbeddedGateway> {
  const now = options.now ?? Date.now;
  const traits = traitsOf(options.release);
  const log = new GatewayLog(options, traits, now);
  const book = new DeviceBook(now);
  const failures = new Failures(now);
  let config = options.config;
  let port = 0;
  let proxyNoticed = false;
  const bootId = randomUUID();
  const readyAt = now() + (options.startingMs ?? 0);

  const http = createServer();
  http.maxConnections = maxHttpConnections;
  const wss = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  /** The port that it really has is the port of its config, unless the config says another. */
  const asConfigured = (): AdmissionConfig => ({ ...config, gateway: { port, ...config.gateway } });
  const later = (run: () => void) => {
    if (options.latencyMs) setTimeout(run, options.latencyMs);
    else run();
  };

  const arrivalOf = (request: IncomingMessage): Arrival => {
    const own: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers))
      own[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
    const peer = typeof options.peer === "function" ? options.peer(own) : options.peer;
    return {
      remoteAddress: peer?.remoteAddress ?? plainAddress(request.socket.remoteAddress),
      headers: { ...own, ...peer?.headers },
    };
  };

  /** From 2026.8.1, proxy headers that cannot be attributed end at the door, whoever it is. */
  const isUnattributable = (arrival: Arrival): boolean => {
    const admission = options.admit({
      release: traits.release,
      config: asConfigured(),
      connection: {
        remoteAddress: arrival.remoteAddress,
        headers: arrival.headers,
        client: clients.page,
        role: "operator",
        scopes: [],
        auth: "valid",
        device: { state: "unpaired" },
      },
    });
    if (admission.outcome === "admitted" || admission.gate !== "proxy-attribution") return false;
    if (!proxyNoticed) {
      proxyNoticed = true;
      log.warn(
        "gateway",
        `observed unattributable proxy-shaped traffic from ${arrival.remoteAddress}; Gateway-authenticated routes reject it, while plugin-authenticated routes ignore forwarded claims. Configure gateway.trustedProxies narrowly and make the proxy overwrite or safely rebuild forwarded client headers.`,
      );
    }
    return true;
  };

  http.on("request", (request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const isHealth = /^\/(?:healthz?|readyz?)$/.test(path);
    const reply =
      !isHealth && isUnattributable(arrivalOf(request))
        ? proxyAttribution
        : replyTo(path, config.gateway?.controlUi?.basePath ?? "", traits);
    later(() => {
      response.writeHead(reply.status, { "content-type": `${reply.type}; charset=utf-8` });
      response.end(request.method === "HEAD" ? undefined : reply.body);
    });
  });
  http.on("upgrade", (request, socket: Socket, head) => {
    socket.on("error", () => socket.destroy());
    const arrival = arrivalOf(request);
    if (isUnattributable(arrival)) return refuseUpgrade(socket, proxyAttribution);
    wss.handleUpgrade(request, socket, head, (client) => {
      serve(client, arrival);
    });
  });

  const serve = (socket: WebSocket, arrival: Arrival) => {
    const started = now();
    const conn = randomUUID();
    const nonce = randomUUID();
    const peerPort = 40_000 + Math.floor(Math.random() * 20_000);
    const endpoint = `${arrival.remoteAddress}:${peerPort}->127.0.0.1:${port}`;
    let refusal: Refusal | undefined;
    let params: ConnectParams | undefined;
    let scopes: readonly string[] | undefined;
    let lastFrame: { readonly method: string; readonly id: string } | undefined;

    const send = (frame: unknown) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    };
    const refuse = (id: string, made: Refusal) => {
      refusal = made;
      if (made.unauthorized !== undefined) logUnauthorized(made.unauthorized, made.message);
      later(() => {
        send({
          type: "res",
          id,
          ok: false,
          error: {
            code: made.code,
            message: made.message,
            ...(made.details === undefined ? {} : { details: made.details }),
            ...(made.retryable === undefined ? {} : { retryable: made.retryable }),
            ...(made.retryAfterMs === undefined ? {} : { retryAfterMs: made.retryAfterMs }),
          },
        });
        socket.close(made.closeCode, cutBytes(made.closeReason, closeReasonBytes));
      });
    };
    const logUnauthorized = (reason: string, guidance: string) => {
      const client = params?.client;
      const who = `client=${forLog(client?.id)} ${forLog(client?.mode)} v${forLog(client?.version)}`;
      const auth = providedBy(params?.auth);
      const more = traits.logPeer
        ? ` role=${forLog(params?.role)} scopes=${scopeCount(params)} auth=${auth} device=${params?.device ? "yes" : "no"} platform=${forLog(client?.platform)} instance=n/a host=${forLog(arrival.headers.host)} origin=${forLog(arrival.headers.origin)} ua=${forLog(arrival.headers["user-agent"])}`
        : "";
      log.warn(
        "gateway/ws",
        `unauthorized conn=${conn}${peerField()} remote=${arrival.remoteAddress} ${who}${more} reason=${reason}${traits.logGuidance ? ` guidance=${guidance}` : ""}`,
      );
    };
    const peerField = () => (traits.logPeer ? ` peer=${endpoint}` : "");

    const client = Failures.keyOf(
      arrival.remoteAddress,
      reachOfAddress(arrival.remoteAddress) === "loopback",
      arrival.headers.origin,
    );
    const onConnect = (id: string, sent: ConnectParams) => {
      const read = heeded(sent);
      params = read;
      if (now() < readyAt) return refuse(id, starting);
      const connection = connectionOf(sent, arrival, nonce, {
        config,
        traits,
        book,
        now: now(),
        failures: failures.of(client),
      });
      logProxySigns(arrival);
      const admission = options.admit({ release: traits.release, config: asConfigured(), connection });
      if (admission.outcome === "admitted") {
        failures.forget(client);
        return welcome(id, read, admission);
      }
      if (read.device && /_mismatch$|^rate_limited$/.test(admission.reason ?? "")) failures.note(client);
      if (admission.gate === "schema")
        return refuse(id, invalidHandshake(admission.closeReason ?? "invalid connect params", "connect", id));
      const applicant = applicantOf(read, arrival);
      const requestId =
        admission.gate === "pairing" && applicant ? book.request(applicant).requestId : undefined;
      const paired = read.device && book.pairedOf(read.device.id);
      if (paired && applicant && admission.gate === "pairing")
        logUpgrade(admission.reason, applicant, paired);
      refuse(
        id,
        refusalOf(admission, {
          traits,
          connection,
          authMode: config.gateway?.auth?.mode ?? "token",
          protocol: { min: read.minProtocol, max: read.maxProtocol },
          ...(read.device === undefined ? {} : { deviceId: read.device.id }),
          ...(requestId === undefined ? {} : { requestId }),
          ...(paired === undefined ? {} : { paired }),
          isLocal: isLocal(arrival),
          endpoint,
          provided: providedBy(read.auth),
        }),
      );
      if (refusal?.cause === "protocol-mismatch") logProtocolMismatch(read);
      if (refusal?.cause === "control-ui-build-mismatch")
        log.warn(
          "gateway/ws",
          `control ui build rejected conn=${conn} clientBuild=${forLog(read.client.buildId ?? "legacy")} gatewayBuild=${traits.buildId}; reload required`,
        );
    };
    const welcome = (id: string, read: ConnectParams, admission: Admission) => {
      const applicant = applicantOf(read, arrival);
      if (admission.autoApproved && applicant) {
        const before = book.pairedOf(applicant.deviceId);
        if (before) logUpgrade("scope-upgrade", applicant, before);
        const pending = book.pendingOf(applicant.deviceId);
        if (pending) book.reject(pending.requestId);
        const entry = book.pair(applicant);
        log.info("gateway", `device pairing auto-approved device=${entry.deviceId} role=${applicant.role}`);
      }
      scopes = scopesOf(read, traits, isLocal(arrival), book);
      const hello = helloOf(read, {
        traits,
        book,
        conn,
        bootId,
        scopes,
        authMode: config.gateway?.auth?.mode ?? "token",
        now: now(),
      });
      if (read.client.mode === "webchat")
        log.info(
          "gateway/ws",
          `webchat connected conn=${conn} remote=${arrival.remoteAddress} client=${forLog(read.client.id)} ${read.client.mode} v${forLog(read.client.version)}${traits.knowsBuildId ? ` build=${forLog(read.client.buildId ?? "legacy")}` : ""}`,
        );
      later(() => send({ type: "res", id, ok: true, payload: hello }));
    };
    const logProtocolMismatch = (read: ConnectParams) => {
      const range = `min=${read.minProtocol} max=${read.maxProtocol} expected=${traits.protocol} probeMin=${traits.minimumProbeProtocol} instance=n/a`;
      log.warn(
        "gateway/ws",
        `protocol mismatch conn=${conn}${peerField()} remote=${arrival.remoteAddress}${traits.logMessageField ? ` remotePort=${peerPort}` : ""} client=${forLog(read.client.id)} ${forLog(read.client.mode)} v${forLog(read.client.version)}${traits.logMessageField ? ` ${range}` : ""}`,
      );
    };
    const logUpgrade = (
      reason: string | undefined,
      applicant: Applicant,
      paired: Pick<Applicant, "role" | "scopes">,
    ) => {
      if (!traits.codes || (reason !== "scope-upgrade" && reason !== "role-upgrade")) return;
      const list = (items: readonly string[]) =>
        items.length === 0 ? "<none>" : [...items].sort().join(",");
      log.warn(
        "gateway",
        `security audit: device access upgrade requested reason=${reason} device=${applicant.deviceId} ip=${applicant.remoteIp ?? "unknown-ip"} auth=token roleFrom=${paired.role} roleTo=${forLog(applicant.role)} scopesFrom=${list(paired.scopes)} scopesTo=${forLog(list(applicant.scopes))} client=${forLog(applicant.clientId)} conn=${conn}`,
      );
    };

    const handshakeTimer = setTimeout(() => {
      if (scopes !== undefined || refusal !== undefined) return;
      log.warn("gateway/ws", `handshake timeout conn=${conn}${peerField()} remote=${arrival.remoteAddress}`);
      socket.close(1000);
    }, options.handshakeTimeoutMs ?? 10_000);
    handshakeTimer.unref();

    socket.on("message", (data, isBinary) => {
      const text = data.toString();
      const frame = isBinary ? undefined : parseBoundedJson(text);
      if (frame === undefined) {
        log.warn("gateway/ws", `✗ parse-error error=SyntaxError conn=${conn.slice(0, 8)}…${conn.slice(-4)}`);
        return socket.close(1000);
      }
      const id = isRecord(frame) ? textOf(frame.id) : undefined;
      const method = isRecord(frame) && frame.type === "req" ? textOf(frame.method) : undefined;
      if (!isRecord(frame) || id === undefined || method === undefined)
        return refuse("invalid", invalidHandshake("invalid request frame", "?", "?"));
      lastFrame = { method: forLog(method, 60), id: forLog(id, 60) };
      if (refusal !== undefined) return;
      if (scopes !== undefined) {
        const answer = answerMethod(method, frame.params, scopes, { book, traits, log });
        return later(() => send({ type: "res", id, ...answer }));
      }
      if (method !== "connect")
        return refuse(id, invalidHandshake("invalid handshake: first request must be connect", method, id));
      const read = readConnectParams(frame.params, traits);
      if (typeof read === "string")
        return refuse(id, invalidHandshake(`invalid connect params: ${read}`, method, id));
      onConnect(id, read);
    });
    socket.on("close", (code, reason) => {
      clearTimeout(handshakeTimer);
      const text = reason.toString();
      if (scopes !== undefined) {
        if (params?.client.mode === "webchat")
          log.info("gateway/ws", `webchat disconnected code=${code} reason=${forLog(text)} conn=${conn}`);
        return;
      }
      const { headers } = arrival;
      const phase = traits.logPhase ? ` phase=${refusal?.phase ?? "ws_upgrade_started"}` : "";
      log.warn(
        "gateway/ws",
        `closed before connect conn=${conn}${peerField()} remote=${arrival.remoteAddress} fwd=${forLog(headers["x-forwarded-for"])} origin=${forLog(headers.origin)} host=${forLog(headers.host)} ua=${forLog(headers["user-agent"])} code=${code} reason=${forLog(text)}${phase}`,
        closeMeta({
          traits,
          arrival,
          refusal,
          params,
          lastFrame,
          peerPort,
          port: port,
          endpoint,
          took: now() - started,
        }),
      );
    });
    socket.on("error", () => socket.terminate());

    later(() =>
      send({
        type: "event",
        event: "connect.challenge",
        payload: {
          nonce,
          ts: now(),
          ...(traits.challengeCapabilities ? { capabilities: ["model-catalog-snapshot"] } : {}),
        },
      }),
    );
  };

  /** The parameters without a device that the gateway takes no notice of. */
  const heeded = (params: ConnectParams): ConnectParams => {
    if (!ignoresDevice(params, config, traits)) return params;
    const { device: _ignored, ...others } = params;
    return others;
  };
  const logProxySigns = (arrival: Arrival) => {
    const hasProxyHeaders = Object.keys(arrival.headers).some((name) =>
      /^(?:x-forwarded-(?:for|host)|x-real-ip)$/.test(name),
    );
    const trusted = config.gateway?.trustedProxies ?? [];
    if (traits.proxyWarning && hasProxyHeaders && !trusted.includes(arrival.remoteAddress))
      log.warn(
        "gateway/ws",
        "Proxy headers detected from untrusted address. Connection will not be treated as local. Configure gateway.trustedProxies to restore local client detection behind your proxy.",
      );
    const host = (arrival.headers.host ?? "").replace(/:\d+$/, "");
    const hostIsLocal = reachOfAddress(host) === "loopback";
    if (!hasProxyHeaders && isLocal(arrival) && host !== "" && !hostIsLocal)
      log.warn(
        "gateway/ws",
        "Loopback connection with non-local Host header. Treating it as remote. If you're behind a reverse proxy, set gateway.trustedProxies and forward X-Forwarded-For/X-Real-IP.",
      );
  };

  await new Promise<void>((listening, failed) => {
    http.once("error", failed);
    http.listen(options.port ?? 0, "127.0.0.1", () => {
      http.off("error", failed);
      listening();
    });
  });
  port = (http.address() as AddressInfo).port;
  const bind = config.gateway?.bind === "lan" ? "0.0.0.0" : "127.0.0.1";
  log.info(
    "gateway",
    traits.startupLine === "listening"
      ? `listening on ws://${bind}:${port} (PID ${process.pid})`
      : "http server listening (0 plugins, 0.1s)",
  );
  if (traits.startupLine !== "listening") log.info("gateway", "ready");

  return {
    release: traits.release,
    port,
    url: `ws://127.0.0.1:${port}`,
    devices: book,
    get config() {
      return config;
    },
    reconfigure(next, changedKeys) {
      config = next;
      if (changedKeys.length > 0)
        log.info("reload", `config change requires gateway restart (${changedKeys.join(", ")})`);
    },
    async close() {
      for (const client of wss.clients) client.close(1012, "service restart");
      http.closeAllConnections();
      await new Promise<void>((closed) => {
        wss.close();
        http.close(() => closed());
        for (const client of wss.clients) client.terminate();
      });
    },
  };
}

/** Only a page keeps the scopes that it asks for without a device up to the look at its token. */
function scopeCount(params: ConnectParams | undefined): number {
  const keeps = params?.device !== undefined || params?.client.id === clients.page.id;
  return keeps ? (params?.scopes.length ?? 0) : 0;
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

function isLocal(arrival: Arrival): boolean {
  return (
    reachOfAddress(arrival.remoteAddress) === "loopback" && arrival.headers["x-forwarded-for"] === undefined
  );
}

function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/, "");
}

/** Cuts at a number of bytes, whole characters only. */
function cutBytes(text: string, max: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= max) return text;
  let end = max;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8");
}

function refuseUpgrade(socket: Socket, reply: Reply): void {
  const body = Buffer.from(reply.body);
  socket.end(
    `HTTP/1.1 ${reply.status} Forbidden\r\nContent-Type: ${reply.type}; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${reply.body}`,
  );
}
