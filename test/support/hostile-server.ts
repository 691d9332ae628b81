import { createServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export interface HostileServer {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  /** Every text frame that clients sent, in order. */
  readonly received: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface Hostility {
  readonly http?: RequestListener;
  /** A WebSocket that has just been accepted. */
  readonly socket?: (socket: WebSocket) => void;
  /** The bare connection of an upgrade, for frames that a WebSocket library would not send. */
  readonly raw?: (socket: Socket, key: string) => void;
}

/** A server of which nothing is known but that something listens: behaves as badly as it is told to. */
export async function startHostileServer(hostility: Hostility): Promise<HostileServer> {
  const received: string[] = [];
  const requests: string[] = [];
  const http = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (hostility.http) hostility.http(request, response);
    else response.writeHead(404).end();
  });
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on("upgrade", (request, socket: Socket, head) => {
    socket.on("error", () => socket.destroy());
    if (hostility.raw) return hostility.raw(socket, request.headers["sec-websocket-key"] ?? "");
    wss.handleUpgrade(request, socket, head, (client) => {
      client.on("error", () => undefined);
      client.on("message", (data) => received.push(data.toString()));
      hostility.socket?.(client);
    });
  });
  await listen(http);
  return {
    url: urlOf(http),
    received,
    requests,
    close: () =>
      new Promise((closed) => {
        for (const client of wss.clients) client.terminate();
        http.closeAllConnections();
        http.close(() => closed());
      }),
  };
}

/** Accepts connections and hands them over: for servers that do not speak HTTP, or never finish a sentence. */
export async function startTcpServer(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  await listen(server);
  return {
    url: urlOf(server),
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}

function listen(server: Server | TcpServer): Promise<void> {
  return new Promise((listening) => {
    server.listen(0, "127.0.0.1", () => listening());
  });
}

function urlOf(server: Server | TcpServer): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The first frame of a gateway. */
export function challenge(nonce = "6a0f7f0e-0000-4000-8000-000000000000", ts: number = Date.now()): string {
  return JSON.stringify({ type: "event", event: "connect.challenge", payload: { nonce, ts } });
}

/** An error answer to the `connect` request in `frame`. */
export function refusalOf(frame: string, error: unknown): string {
  const { id } = JSON.parse(frame) as { id: string };
  return JSON.stringify({ type: "res", id, ok: false, error });
}
