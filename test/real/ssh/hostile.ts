// What listens where an sshd should be and is none, and what a host does to whoever signs in.
import net from "node:net";

export interface StandIn {
  readonly port: number;
  stop(): Promise<void>;
}

/** A listener on loopback that does this to everybody who connects. */
export async function standIn(does: (socket: net.Socket) => void): Promise<StandIn> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    does(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Writes it as long as somebody reads. */
export function endlessly(socket: net.Socket, text: string | Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(text)) {
      // Until its buffer is full.
    }
  };
  socket.on("drain", more);
  more();
}
