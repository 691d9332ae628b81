import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type WebSocket from "ws";
import { type Fact, known, type Unknown, whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
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

/** The end of a WebSocket without a closing frame (RFC 6455, 7.1.5). */
const CUT = 1006;

/** A server may end a connection over which nobody says anything. */
const FRESH_MS = 5000;

/** A port of a pod at a port of our own loopback. The gateway sees 127.0.0.1, as with `kubectl port-forward` (run). */
export interface Forward {
  readonly port: number;
  /** Nobody listens on the pod's port, nor on ours. */
  readonly isRefused: boolean;
  /** Why the cluster did not bring the last connection there, or broke it off: whoever is behind the port had no part in it. */
  lost(): Unknown | undefined;
  close(): void;
}

/**
 * Where nobody listens on the pod's port, nobody listens on ours. `listens`: whether somebody is seen there from inside, where
 * that is sooner known than that the kubelet says nothing.
 */
export async function forwardPort(
  api: KubeApi,
  where: () => Promise<Fact<PodContainer>>,
  port: number,
  world: World,
  listens: Promise<boolean> = Promise.resolve(false),
): Promise<Fact<Forward>> {
  const dial = async (): Promise<WebSocket> => {
    const target = await where();
    if (!target.known) throw new KubeError("absent", whyUnknown(target));
    const { namespace, pod } = target.value;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
    return api.dial(path, { ports: port }, PROTOCOLS, DIAL_MS);
  };
  let first: Begun | undefined;
  let isRefused: boolean;
  try {
    const far = await dial();
    const begun = new Set<number>();
    isRefused = await refuses(far, begun, listens);
    if (isRefused || far.readyState !== far.OPEN) far.terminate();
    else {
      first = { far, begun, at: performance.now() };
      // Nobody may come; it does not keep the doctor from ending.
      (far as { readonly _socket?: { unref(): void } })._socket?.unref();
    }
  } catch (error) {
    return kubeFailure(error, "kubectl port-forward", api.cluster.secrets);
  }
  let lost: Unknown | undefined;
  const onLost = (error: unknown): void => {
    lost = kubeFailure(error, "kubectl port-forward", api.cluster.secrets);
  };
  const door = await openDoor(world, async (socket) => {
    const ready = first;
    first = undefined;
    lost = undefined;
    if (ready !== undefined && isFresh(ready)) return join(socket, ready.far, onLost, ready.begun);
    ready?.far.terminate();
    try {
      join(socket, await dial(), onLost);
    } catch (error) {
      onLost(error);
      throw error;
    }
  });
  // As the pod's port: a connection to it is refused.
  if (isRefused) await door.shut();
  const close = (): void => {
    first?.far.terminate();
    door.close();
  };
  return known({ port: door.port, isRefused, lost: () => lost, close }, "kubectl port-forward");
}

/** A connection to the port by which nothing was sent yet, with the channels that have begun. */
interface Begun {
  readonly far: WebSocket;
  readonly begun: Set<number>;
  readonly at: number;
}

function isFresh({ far, at }: Begun): boolean {
  return far.readyState === far.OPEN && performance.now() - at < FRESH_MS;
}

/** Whether the kubelet says, soon, that it does not reach the port. `begun`: filled with the channels that have begun. */
function refuses(far: WebSocket, begun: Set<number>, listens: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (isRefused: boolean): void => {
      clearTimeout(timer);
      far.off("message", onMessage);
      far.off("close", onClose);
      far.pause();
      resolve(isRefused);
    };
    const onMessage = (data: WebSocket.RawData): void => {
      const bytes = asBuffer(data);
      const channel = bytes[0] ?? 0;
      const isFirst = !begun.has(channel);
      begun.add(channel);
      if (channel === 1 && bytes.length > (isFirst ? 3 : 1)) finish(true);
    };
    const onClose = (): void => finish(false);
    const timer = setTimeout(() => finish(false), REFUSAL_MS);
    far.on("message", onMessage);
    far.on("close", onClose);
    far.resume();
    listens.then(
      (seen) => {
        if (seen) finish(false);
      },
      () => undefined,
    );
  });
}

/**
 * Channel 0 has the bytes, 1 what went wrong in the pod; each begins with the port in two bytes. `onLost`: the API server
 * left without a word.
 */
function join(
  socket: Socket,
  far: WebSocket,
  onLost: (error: KubeError) => void,
  begun = new Set<number>(),
): void {
  (far as { readonly _socket?: { ref(): void } })._socket?.ref();
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
  far.on("close", (code: number) => {
    if (code === CUT && !socket.destroyed) onLost(new KubeError("failed", say("no-answer-at-all")));
    socket.end();
  });
  far.on("error", () => socket.destroy());
  socket.on("end", end);
  socket.on("close", end);
  far.resume();
  socket.resume();
}
