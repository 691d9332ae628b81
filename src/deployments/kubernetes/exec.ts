import type WebSocket from "ws";
import { type Fact, known, unknown } from "../../core/fact.ts";
import { parseBoundedJson } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { listAt, textAt } from "../../kinds/kubernetes/fields.ts";
import { type CommandOutcome, Output } from "../command.ts";
import type { ContainerExec, ContainerExecution } from "../contained/exec.ts";
import { KEEPER_OF_INPUT } from "../contained/scripts.ts";
import type { KubeApi } from "./api.ts";
import { kubeFailure } from "./failure.ts";

/** The container of a pod, as it is now: a rollout puts another pod in its place. */
export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Version 5 can end the input of a program (Kubernetes 1.30 and later), version 4 cannot (1.20.2, run). */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const [STDIN, STDOUT, STDERR, STATUS] = [0, 1, 2, 3];
const DIAL_MS = 15_000;
/** For the end of a program that was asked to end, milliseconds. */
const GRACE_MS = 5000;
/** Bytes of one status. */
const MAX_STATUS = 65_536;

/** The channels of a program that runs in a container. */
export interface Channels {
  write(bytes: Uint8Array): void;
  onOutput(listener: (bytes: Buffer) => void): void;
  onError(listener: (bytes: Buffer) => void): void;
  /** When the program or the connection has ended: what the kubelet says of it, where it says anything. */
  readonly ended: Promise<unknown>;
  close(): void;
  /** Whether the process waits for it to end. */
  keepAlive(on: boolean): void;
}

/** @throws {KubeError} it is not begun. */
export async function startIn(
  api: KubeApi,
  { namespace, pod, container }: PodContainer,
  argv: readonly string[],
): Promise<Channels> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const query = { container, command: argv, stdin: true, stdout: true, stderr: true, tty: false };
  const socket = await api.dial(path, query, PROTOCOLS, DIAL_MS);
  return channelsOf(socket);
}

function channelsOf(socket: WebSocket): Channels {
  const early: Buffer[][] = [[], []];
  const listeners: ((bytes: Buffer) => void)[] = [
    (bytes) => early[0]?.push(bytes),
    (bytes) => early[1]?.push(bytes),
  ];
  const listen = (at: 0 | 1, listener: (bytes: Buffer) => void): void => {
    listeners[at] = listener;
    for (const bytes of early[at]?.splice(0) ?? []) listener(bytes);
  };
  let status: unknown;
  let over = (_status: unknown): void => undefined;
  const ended = new Promise<unknown>((resolve) => {
    over = resolve;
  });
  socket.on("message", (data: WebSocket.RawData) => {
    const bytes = asBuffer(data);
    const rest = bytes.subarray(1);
    if (bytes[0] === STDOUT) listeners[0]?.(rest);
    else if (bytes[0] === STDERR) listeners[1]?.(rest);
    else if (bytes[0] === STATUS && status === undefined && rest.length <= MAX_STATUS) {
      status = parseBoundedJson(rest.toString("utf8"));
      // Its output came before; a server that keeps the connection open afterwards is not waited for.
      if (status !== undefined) over(status);
    }
  });
  // A connection that is dropped says nothing; the library waits for its status without end (1.4).
  socket.on("close", () => over(status));
  socket.resume();
  return {
    write: (bytes) => {
      if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.of(STDIN ?? 0), bytes]));
    },
    onOutput: (listener) => listen(0, listener),
    onError: (listener) => listen(1, listener),
    ended,
    close: () => socket.terminate(),
    keepAlive: (on) => {
      const inner = (socket as { readonly _socket?: { ref(): void; unref(): void } })._socket;
      if (on) inner?.ref();
      else inner?.unref();
    },
  };
}

export function asBuffer(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/**
 * Programs in a pod through its API server, as the container's own user: no other can be chosen. Their words are in the
 * address of the request, which clusters write into their audit log: no secret is ever in one.
 */
export function podExec(api: KubeApi, where: () => Promise<Fact<PodContainer>>): ContainerExec {
  const run = async (
    argv: readonly string[],
    { input, signal, timeoutMs }: ContainerExecution,
  ): Promise<Fact<CommandOutcome>> => {
    if (signal.aborted) return unknown("failed", say("interrupted"));
    const target = await where();
    if (!target.known) return target;
    const what = `kubectl exec ${target.value.pod}`;
    let channels: Channels;
    try {
      channels = await startIn(api, target.value, argv);
    } catch (error) {
      return kubeFailure(error, what, api.cluster.secrets);
    }
    try {
      if (input !== undefined) channels.write(input);
      const much = new AbortController();
      const out = new Output(() => much.abort());
      const err = new Output(() => much.abort());
      channels.onOutput((bytes) => out.add(bytes));
      channels.onError((bytes) => err.add(bytes));
      const end = await endOf(channels, { signal, much: much.signal, timeoutMs });
      if ("why" in end) return end.why;
      const outcome = { stdout: out.text(), stderr: err.text() };
      const exitCode = exitCodeOf(end.status);
      const message = textAt(end.status, "message") ?? "";
      // dockershim ends with 126 and says so on stdout; containerd with an error that has no exit code (1.20, current).
      if (
        /executable file|no such file/i.test(
          message + (exitCode === 126 || exitCode === 127 ? outcome.stdout : ""),
        )
      )
        return unknown("absent", say("program-absent", { program: safeText(argv[0] ?? "", 200) }));
      if (exitCode === undefined)
        return unknown(
          "failed",
          say("kube-exit-untold", message === "" ? {} : { text: safeText(message, 300) }),
        );
      return known({ exitCode, ...outcome }, what);
    } finally {
      channels.close();
    }
  };
  return {
    run,
    keep: (argv, execution) => {
      const told = JSON.stringify({ env: execution.env ?? {}, cwd: execution.cwd });
      const ms = String(Math.round(execution.timeoutMs));
      return run(["node", "-e", KEEPER_OF_INPUT, "--", ms, ...argv], {
        ...execution,
        input: Buffer.from(`${told}\n`, "utf8"),
        // The keeper ends it first, and tells.
        timeoutMs: execution.timeoutMs + GRACE_MS,
      });
    },
  };
}

function endOf(
  channels: Channels,
  {
    signal,
    much,
    timeoutMs,
  }: { readonly signal: AbortSignal; readonly much: AbortSignal; readonly timeoutMs: number },
): Promise<{ readonly status: unknown } | { readonly why: ReturnType<typeof unknown> }> {
  return new Promise((resolve) => {
    const finish = (
      end: { readonly status: unknown } | { readonly why: ReturnType<typeof unknown> },
    ): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(end);
    };
    // The end of the connection is what the keeper takes for the doctor's end.
    const onAbort = (): void => finish({ why: unknown("failed", say("interrupted")) });
    const timer = setTimeout(
      () =>
        finish({ why: unknown("timeout", say("took-longer", { seconds: Math.round(timeoutMs / 1000) })) }),
      timeoutMs,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    much.addEventListener("abort", () => finish({ why: unknown("failed", say("endless")) }));
    channels.ended.then((status) => finish({ status }));
  });
}

/** Of a `Status`: 0, or the cause `ExitCode`. */
function exitCodeOf(status: unknown): number | undefined {
  if (textAt(status, "status") === "Success") return 0;
  const code = listAt(status, "details", "causes").find((cause) => cause.reason === "ExitCode")?.message;
  return typeof code === "string" && /^\d{1,3}$/.test(code) ? Number(code) : undefined;
}
