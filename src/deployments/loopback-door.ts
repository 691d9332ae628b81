import { createServer, type Server, type Socket } from "node:net";
import { peerOf } from "./listeners.ts";
import type { World } from "./world.ts";

const MAX_CONNECTIONS = 16;

/** A port of our own loopback that leads elsewhere. */
export interface Door {
  readonly port: number;
  /** Nobody is let in any more; those that are stay. */
  shut(): Promise<void>;
  close(): void;
}

/**
 * Whoever else is on this machine would be met at the other end as we are, and is not let through: only processes of our
 * own user are. It does not keep the doctor from ending. `world`: this machine.
 */
export async function openDoor(world: World, join: (socket: Socket) => Promise<void>): Promise<Door> {
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => undefined);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const refuse = (): void => {
      socket.destroy();
    };
    if (sockets.size > MAX_CONNECTIONS) return refuse();
    isOurs(world, socket)
      .then((ours) => (ours ? join(socket) : refuse()))
      .catch(refuse);
  });
  const port = await listening(server);
  server.unref();
  return {
    port,
    shut: () => new Promise<void>((resolve) => server.close(() => resolve())),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A port of our loopback where nobody listens: a connection to it is refused. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Where no platform tells, whoever knows the port within these seconds is let through, as with `ssh -L`. */
async function isOurs(
  world: World,
  { localAddress, localPort, remoteAddress, remotePort }: Socket,
): Promise<boolean> {
  const local = { address: localAddress ?? "", port: localPort ?? 0 };
  const remote = { address: remoteAddress ?? "", port: remotePort ?? 0 };
  const peer = await peerOf(world, { local, remote });
  if (!peer.known) return peer.reason === "not-asked";
  return peer.value !== "nobody" && (peer.value.uid === world.uid || peer.value.uid === 0);
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
