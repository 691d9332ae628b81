// A small reverse proxy in front of the gateway: what nginx, Caddy or a platform's edge do to a connection.
import http from "node:http";
import net from "node:net";
import { type Forwarder, listen } from "./forwarder.ts";

export interface ProxyOptions {
  readonly listenHost?: string;
  /** 0 for any free port. */
  readonly listenPort: number;
  readonly toHost: string;
  readonly toPort: number;
  /** Adds X-Forwarded-For (this address), X-Forwarded-Proto and X-Forwarded-Host. */
  readonly forwardedFor?: string;
  /** Passes the browser's Host on; otherwise the gateway gets its own address, as nginx does by default. */
  readonly keepHost: boolean;
  /** The answer to every upgrade, as an edge that does not pass WebSockets gives it. */
  readonly refuseUpgradeWith?: number;
}

export function startProxy(options: ProxyOptions): Promise<Forwarder> {
  const sockets = new Set<net.Socket>();
  const track = (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const rewrite = (headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders => {
    const passed: http.OutgoingHttpHeaders = { ...headers };
    const host = headers.host ?? "";
    if (!options.keepHost) passed.host = `${options.toHost}:${options.toPort}`;
    if (options.forwardedFor !== undefined) {
      passed["x-forwarded-for"] = options.forwardedFor;
      passed["x-forwarded-proto"] = "https";
      passed["x-forwarded-host"] = host;
    }
    return passed;
  };
  const server = http.createServer((request, response) => {
    const onward = http.request(
      {
        host: options.toHost,
        port: options.toPort,
        path: request.url ?? "/",
        method: request.method ?? "GET",
        headers: rewrite(request.headers),
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
    request.pipe(onward);
  });
  server.on("connection", track);
  server.on("upgrade", (request: http.IncomingMessage, near: net.Socket, head: Buffer) => {
    if (options.refuseUpgradeWith !== undefined) {
      const status = options.refuseUpgradeWith;
      near.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ""}\r\nConnection: close\r\n\r\n`);
      return;
    }
    const far = net.connect(options.toPort, options.toHost, () => {
      const lines = Object.entries(rewrite(request.headers)).map(([name, value]) => `${name}: ${value}`);
      far.write(`GET ${request.url ?? "/"} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (head.length > 0) far.write(head);
      near.pipe(far);
      far.pipe(near);
    });
    track(far);
    for (const socket of [near, far]) {
      socket.on("error", () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  return listen(server, options.listenPort, options.listenHost ?? "127.0.0.1", sockets);
}
