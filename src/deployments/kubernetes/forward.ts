import type { Socket } from "node:net";
import type WebSocket from "ws";
import { type Fact, known, whyUnknown } from "../../core/fact.ts";
import { openDoor } from "../loopback-door.ts";
import type { World } from "../world.ts";
import type { KubeApi } from "./api.ts";
import { KubeError } from "./error.ts";
import { asBuffer, type PodContainer } from "./exec.ts";
import { kubeFailure } from "./failure.ts";

const PROTOCOLS = ["v4.channel.k8s.io"];
const DIAL_MS = 15_000;
/** Bytes that may wait to be sent on either side; then the other one is not read. */
const HIGH = 1_048_576;
/** A kubelet that does not reach a port says so within milliseconds. */
const REFUSAL_MS = 400;

/** A port of a pod at a port of our own loopback. The gateway sees 127.0.0.1, as with `kubectl port-forward` (run). */
export interface Forward {
  readonly port: number;
  /** Nobody listens on the pod's port, nor on ours. */
  readonly isRefused: boolean;
  close(): void;
}

/** Where nobody listens on the pod's port, nobody listens on ours. */
export async function forwardPort(
  api: KubeApi,
  where: () => Promise<Fact<PodContainer>>,
  port: number,
  world: World,
): Promise<Fact<Forward>> {
  const dial = async (): Promise<WebSocket> => {
    const target = await where();
    if (!target.known) throw new KubeError("absent", whyUnknown(target));
    const { namespace, pod } = target.value;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
    return api.dial(path, { ports: port }, PROTOCOLS, DIAL_MS);
  };
  let isRefused: boolean;
  try {
    const first = await dial();
    isRefused = await refuses(first);
    first.terminate();
  } catch (error) {
    return kubeFailure(error, "kubectl port-forward", api.cluster.secrets);
  }
  const door = await openDoor(world, async (socket) => join(socket, await dial()));
  // As the pod's port: a connection to it is refused.
  if (isRefused) await door.shut();
  return known({ port: door.port, isRefused, close: door.close }, "kubectl port-forward");
}

/** Whether the kubelet says, soon, that it does not reach the port. */
function refuses(far: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), REFUSAL_MS);
    const begun = new Set<number>();
    far.on("message", (data: WebSocket.RawData) => {
      const bytes = asBuffer(data);
      const channel = bytes[0] ?? 0;
      if (channel === 1 && bytes.length > (begun.has(1) ? 1 : 3)) {
        clearTimeout(timer);
        resolve(true);
      }
      begun.add(channel);
    });
    far.on("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
    far.resume();
  });
}

/** Channel 0 has the bytes, 1 what went wrong in the pod; each begins with the port in two bytes. */
function join(socket: Socket, far: WebSocket): void {
  const begun = new Set<number>();
  const end = (): void => {
    far.terminate();
  };
  far.on("message", (data: WebSocket.RawData) => {
    const bytes = asBuffer(data);
    const channel = bytes[0] ?? 0;
    const content = bytes.subarray(begun.has(channel) ? 1 : 3);
    begun.add(channel);
    if (content.length === 0) return;
    // What the kubelet says there is that nobody listens on the port.
    if (channel === 1) socket.resetAndDestroy();
    else if (channel === 0 && !socket.write(content) && socket.writableLength > HIGH) far.pause();
  });
  socket.on("drain", () => far.resume());
  socket.on("data", (chunk: Buffer) => {
    if (far.readyState !== far.OPEN) return;
    far.send(Buffer.concat([Buffer.of(0), chunk]), () => {
      if (far.bufferedAmount <= HIGH) socket.resume();
    });
    if (far.bufferedAmount > HIGH) socket.pause();
  });
  far.on("close", () => socket.end());
  far.on("error", () => socket.destroy());
  socket.on("end", end);
  socket.on("close", end);
  far.resume();
  socket.resume();
}
