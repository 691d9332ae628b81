import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { endGroup } from "../child-processes.ts";
import { openDoor } from "../loopback-door.ts";
import type { World } from "../world.ts";
import type { SshConnection } from "./connection.ts";
import { connectionProblem, lastWords, SshError, sshFailure } from "./problem.ts";

/** OpenSSH's words where sshd does not forward (9.2, run). */
const FORBIDDEN = /administratively prohibited|forwarding (?:is )?(?:disabled|refused)|unknown channel type/i;

/** An address of the host as it is reached from the host itself, at a port of our own loopback. */
export interface Tunnel {
  readonly port: number;
  /** What was said of the last connection that did not come about. */
  readonly lost: () => Unknown | undefined;
  readonly close: () => void;
}

/** As `ssh -L`, over the connection that is there by then. `world`: this machine. */
export async function openTunnel(
  connect: () => Promise<SshConnection>,
  world: World,
  to: { readonly address: string; readonly port: number },
  name: string,
): Promise<Tunnel> {
  let lost: Unknown | undefined;
  const door = await openDoor(world, async (socket) => {
    const connection = await connect();
    join(socket, connection.dial(to.address, to.port), (said) => {
      lost = connection.isOpen && !FORBIDDEN.test(said) ? undefined : whyNot(said, to, name);
    });
  });
  return { port: door.port, lost: () => lost, close: door.close };
}

function whyNot(
  said: string,
  { address, port }: { readonly address: string; readonly port: number },
  name: string,
): Unknown {
  const detail = lastWords(said, "…");
  if (FORBIDDEN.test(said))
    return unknown(
      "denied",
      say("ssh-tunnel-refused", {
        host: safeText(name, 200),
        address: safeText(`${address}:${port}`, 80),
        detail,
      }),
      "AllowTcpForwarding (sshd_config)",
    );
  return sshFailure(new SshError(connectionProblem(said) ?? "cut", detail), name);
}

function join(socket: Socket, far: ChildProcess, onEnd: (said: string) => void): void {
  let said = "";
  far.stderr?.on("data", (chunk: Buffer) => {
    if (said.length < 8192) said += chunk.toString("utf8");
  });
  far.unref();
  const { stdin, stdout } = far;
  if (stdin === null || stdout === null) {
    socket.destroy();
    return;
  }
  stdout.on("error", () => undefined);
  socket.pipe(stdin);
  stdout.pipe(socket);
  let received = false;
  stdout.once("data", () => {
    received = true;
  });
  socket.on("close", () => endGroup(far));
  far.on("error", () => socket.destroy());
  far.on("close", () => {
    if (!received) onEnd(said);
    // As at the listener itself: a connection that nobody takes is broken off.
    if (!received && said !== "") socket.resetAndDestroy();
    else socket.end();
  });
}
