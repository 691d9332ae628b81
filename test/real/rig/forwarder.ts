// A TCP port forwarder as docker-proxy is one: whoever connects to it reaches the gateway from another address.
import net from "node:net";

export interface Forwarder {
  readonly port: number;
  close(): Promise<void>;
}

export interface ForwarderOptions {
  /** 127.0.0.1 unless given. */
  readonly listenHost?: string;
  readonly listenPort: number;
  readonly toHost: string;
  readonly toPort: number;
  /** Source address that the gateway sees. */
  readonly from?: string;
}

export function startForwarder(options: ForwarderOptions): Promise<Forwarder> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect({
      host: options.toHost,
      port: options.toPort,
      ...(options.from === undefined ? {} : { localAddress: options.from }),
    });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  return listen(server, options.listenPort, options.listenHost ?? "127.0.0.1", sockets);
}

/** Listens, and gives what closes the server together with its sockets. */
export function listen(
  server: net.Server,
  port: number,
  host: string,
  sockets: Set<net.Socket>,
): Promise<Forwarder> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : port,
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => closed());
          }),
      });
    });
  });
}
