import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { Admission, AdmissionConfig, AdmissionInput } from "../../core/connection.ts";
import { clients } from "../protocol.ts";
import type { Arrival } from "./connect.ts";
import { DeviceBook } from "./devices.ts";
import { Failures } from "./failures.ts";
import { GatewayLog, type LogSinks } from "./log.ts";
import { proxyAttribution, type Reply, replyTo } from "./page.ts";
import { ServedConnection } from "./served-connection.ts";
import { type GatewayState, judge } from "./state.ts";
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

/**
 * Starts a small gateway on 127.0.0.1 that talks and logs like `release` and lets `admit` decide.
 *
 * @throws {Error} the port is taken.
 */
export async function startEmbeddedGateway(options: EmbeddedGatewayOptions): Promise<EmbeddedGateway> {
  const state = stateOf(options);
  const http = createServer();
  http.maxConnections = maxHttpConnections;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
  });
  const isUnattributable = attributionOf(state);

  http.on("request", (request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const isRefused = !isHealth(path) && isUnattributable(arrivalOf(request, options.peer));
    const basePath = state.config.gateway?.controlUi?.basePath ?? "";
    const reply = isRefused ? proxyAttribution : replyTo(path, basePath, state.traits);
    state.later(() => respond(request, response, reply));
  });
  http.on("upgrade", (request, socket: Socket, head) => {
    socket.on("error", () => socket.destroy());
    const arrival = arrivalOf(request, options.peer);
    if (isUnattributable(arrival)) return refuseUpgrade(socket, proxyAttribution);
    sockets.handleUpgrade(request, socket, head, (client) =>
      new ServedConnection(client, arrival, state).serve(),
    );
  });

  state.port = await listen(http, options.port ?? 0);
  logStart(state);
  return runningGateway(state, http, sockets);
}

function stateOf(options: EmbeddedGatewayOptions): GatewayState {
  const now = options.now ?? Date.now;
  const traits = traitsOf(options.release);
  const { latencyMs } = options;
  return {
    traits,
    log: new GatewayLog(options, traits, now),
    book: new DeviceBook(now),
    failures: new Failures(now),
    admit: options.admit,
    now,
    bootId: randomUUID(),
    readyAt: now() + (options.startingMs ?? 0),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    config: options.config,
    port: 0,
    later: (run) => {
      if (latencyMs) setTimeout(run, latencyMs);
      else run();
    },
  };
}

/** From 2026.8.1, proxy headers that cannot be attributed end at the door, whoever it is; the log says so once. */
function attributionOf(state: GatewayState): (arrival: Arrival) => boolean {
  let noticed = false;
  return ({ remoteAddress, headers }) => {
    const admission = judge(state, {
      remoteAddress,
      headers,
      client: clients.page,
      role: "operator",
      scopes: [],
      auth: "valid",
      device: { state: "unpaired" },
    });
    if (admission.outcome === "admitted" || admission.gate !== "proxy-attribution") return false;
    if (!noticed)
      state.log.warn(
        "gateway",
        `observed unattributable proxy-shaped traffic from ${remoteAddress}; Gateway-authenticated routes reject it, while plugin-authenticated routes ignore forwarded claims. Configure gateway.trustedProxies narrowly and make the proxy overwrite or safely rebuild forwarded client headers.`,
      );
    noticed = true;
    return true;
  };
}

function arrivalOf(request: IncomingMessage, peerOf: EmbeddedGatewayOptions["peer"]): Arrival {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    own[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  const peer = typeof peerOf === "function" ? peerOf(own) : peerOf;
  return {
    remoteAddress: peer?.remoteAddress ?? plainAddress(request.socket.remoteAddress),
    headers: { ...own, ...peer?.headers },
  };
}

function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/, "");
}

function isHealth(path: string): boolean {
  return /^\/(?:healthz?|readyz?)$/.test(path);
}

function respond(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { "content-type": `${reply.type}; charset=utf-8` });
  response.end(request.method === "HEAD" ? undefined : reply.body);
}

function refuseUpgrade(socket: Socket, reply: Reply): void {
  const body = Buffer.from(reply.body);
  socket.end(
    `HTTP/1.1 ${reply.status} Forbidden\r\nContent-Type: ${reply.type}; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${reply.body}`,
  );
}

/** The port that it listens on. */
async function listen(http: Server, port: number): Promise<number> {
  await new Promise<void>((listening, failed) => {
    http.once("error", failed);
    http.listen(port, "127.0.0.1", () => {
      http.off("error", failed);
      listening();
    });
  });
  return (http.address() as AddressInfo).port;
}

function logStart({ config, log, port, traits }: GatewayState): void {
  const bind = config.gateway?.bind === "lan" ? "0.0.0.0" : "127.0.0.1";
  const lines =
    traits.startupLine === "listening"
      ? [`listening on ws://${bind}:${port} (PID ${process.pid})`]
      : ["http server listening (0 plugins, 0.1s)", "ready"];
  for (const line of lines) log.info("gateway", line);
}

function runningGateway(state: GatewayState, http: Server, sockets: WebSocketServer): EmbeddedGateway {
  const { traits, port, book, log } = state;
  return {
    release: traits.release,
    port,
    url: `ws://127.0.0.1:${port}`,
    devices: book,
    get config() {
      return state.config;
    },
    reconfigure(next, changedKeys) {
      state.config = next;
      if (changedKeys.length > 0)
        log.info("reload", `config change requires gateway restart (${changedKeys.join(", ")})`);
    },
    async close() {
      for (const client of sockets.clients) client.close(1012, "service restart");
      http.closeAllConnections();
      await new Promise<void>((closed) => {
        sockets.close();
        http.close(() => closed());
        for (const client of sockets.clients) client.terminate();
      });
    },
  };
}
