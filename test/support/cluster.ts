import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

/** Whether a right, `list pods`, is none that the caller has. */
function isDenied(cluster: StubCluster, right: string): boolean {
  const [verb = "", resource = "", everywhere] = right.split(" ");
  const { rules } = cluster;
  const allowed =
    rules === undefined ||
    (everywhere === undefined &&
      rules.some(
        (rule) => (rule.verbs as string[]).includes(verb) && (rule.resources as string[]).includes(resource),
      ));
  if (allowed && !cluster.denied.has(right)) return false;
  cluster.refused.add(right);
  return true;
}

/** A JSON object of the API. */
export type Json = Record<string, unknown>;

/**
 * An API server over loopback with the objects of one namespace, answering as Kubernetes 1.20 does (measured): its
 * programs are this machine's, run by whoever runs the test, with the environment of the one container there is.
 */
export interface StubCluster {
  readonly directory: string;
  readonly kubeconfig: string;
  readonly url: string;
  /** By the path of its list and its name: `pods/openclaw-0`. */
  readonly objects: Map<string, Json>;
  /** `create pods/exec`, `list services`. */
  readonly denied: Set<string>;
  /** Rules of Roles that are all that is allowed; absent: everything but what is denied. */
  rules: readonly Json[] | undefined;
  /** What was asked for and not allowed, in the words of `denied`. */
  readonly refused: Set<string>;
  /** Of containers: by pod, `--previous` with a suffix. */
  readonly logs: Map<string, string>;
  /** Of exec'd programs. */
  env: Readonly<Record<string, string>>;
  /** The local port behind each port of a pod. */
  readonly ports: Map<number, number>;
  readonly calls: string[];
  /** Called after a workload's template was changed. */
  onRollout: ((name: string) => void) | undefined;
  /** Answers instead of the stub, where it returns true. */
  answer: ((request: IncomingMessage, response: ServerResponse, path: string) => boolean) | undefined;
  /** The same of connections of several channels. */
  upgrade: ((socket: WebSocket, path: string, query: URLSearchParams) => boolean) | undefined;
  close(): Promise<void>;
}

export const NAMESPACE = "openclaw";
const TOKEN = "stub-cluster-bearer-5d1c0b";
export const KUBE_TOKEN = TOKEN;

const LISTS: Readonly<Record<string, string>> = {
  [`/api/v1/namespaces/${NAMESPACE}/`]: "",
  [`/apis/apps/v1/namespaces/${NAMESPACE}/`]: "",
  [`/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/`]: "",
};

export async function stubCluster(): Promise<StubCluster> {
  const directory = mkdtempSync(path.join(tmpdir(), "opd-cluster-"));
  const children = new Set<ChildProcess>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://stub");
    cluster.calls.push(`${request.method} ${url.pathname}`);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return status(response, 401, "Unauthorized");
    if (cluster.answer?.(request, response, url.pathname)) return;
    body(request)
      .then((text) => reply(cluster, request, response, url, text))
      .catch((error: Error) => status(response, 500, error.message));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, connection: Duplex, head) => {
    const url = new URL(request.url ?? "/", "http://stub");
    cluster.calls.push(`UPGRADE ${url.pathname}`);
    const resource = url.pathname.endsWith("/exec") ? "pods/exec" : "pods/portforward";
    if (isDenied(cluster, `get ${resource}`) || isDenied(cluster, `create ${resource}`)) {
      const text = JSON.stringify(
        failure(403, `pods "x" is forbidden: cannot create resource "${resource}"`),
      );
      connection.end(
        `HTTP/1.1 403 Forbidden\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      );
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      if (cluster.upgrade?.(socket, url.pathname, url.searchParams)) return;
      if (resource === "pods/exec") run(cluster, socket, url.searchParams, children);
      else forward(cluster, socket, url.searchParams);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const kubeconfig = path.join(directory, "config");
  writeFileSync(kubeconfig, kubeconfigText("stub", url));
  const cluster: StubCluster = {
    directory,
    kubeconfig,
    url,
    objects: new Map(),
    denied: new Set(),
    rules: undefined,
    refused: new Set(),
    logs: new Map(),
    env: {},
    ports: new Map(),
    calls: [],
    onRollout: undefined,
    answer: undefined,
    upgrade: undefined,
    close: async () => {
      for (const child of children) child.kill("SIGKILL");
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return cluster;
}

export function kubeconfigText(name: string, server: string, user: Json = { token: TOKEN }): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: NAMESPACE } }],
    "current-context": name,
  });
}

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

function failure(code: number, message: string, reason = ""): Json {
  return { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code };
}

function status(response: ServerResponse, code: number, message: string): void {
  send(response, code, failure(code, message));
}

function send(response: ServerResponse, code: number, document: unknown): void {
  response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(document));
}

function reply(
  cluster: StubCluster,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  text: string,
): unknown {
  if (url.pathname.endsWith("/selfsubjectaccessreviews")) return review(cluster, response, JSON.parse(text));
  if (url.pathname.endsWith("/selfsubjectrulesreviews"))
    return send(response, 201, { status: rulesOf(cluster) });
  if (url.pathname === "/api/v1/pods") {
    if (isDenied(cluster, "list pods everywhere")) return status(response, 403, "pods is forbidden");
    return send(response, 200, { items: listOf(cluster, "pods") });
  }
  const prefix = Object.keys(LISTS).find((one) => url.pathname.startsWith(one));
  if (prefix === undefined) return status(response, 404, "the server could not find the requested resource");
  const [resource = "", name, subresource] = url.pathname.slice(prefix.length).split("/");
  if (subresource === "log") return log(cluster, response, name ?? "", url.searchParams);
  const verb = request.method === "PATCH" ? "patch" : name === undefined ? "list" : "get";
  if (isDenied(cluster, `${verb} ${resource}`))
    return status(
      response,
      403,
      `${resource} is forbidden: User "stub" cannot ${verb} resource "${resource}"`,
    );
  if (name === undefined) {
    const wanted = (url.searchParams.get("labelSelector") ?? "").split(",").filter((one) => one !== "");
    const labels = (one: Json) => ((one.metadata as Json).labels ?? {}) as Record<string, string>;
    const items = listOf(cluster, resource).filter((one) =>
      wanted.every((pair) => labels(one)[pair.split("=")[0] ?? ""] === pair.split("=")[1]),
    );
    return send(response, 200, { items });
  }
  const found = cluster.objects.get(`${resource}/${name}`);
  if (found === undefined) return status(response, 404, `${resource} "${name}" not found`);
  if (request.method !== "PATCH") return send(response, 200, found);
  const patch = JSON.parse(text) as Json;
  const sent = (patch.metadata as Json | undefined)?.resourceVersion;
  const metadata = found.metadata as Json;
  if (sent !== undefined && sent !== metadata.resourceVersion)
    return status(response, 409, `Operation cannot be fulfilled on ${resource} "${name}"`);
  if (resource === "configmaps") found.data = { ...(found.data as Json), ...(patch.data as Json) };
  metadata.resourceVersion = String(Number(metadata.resourceVersion ?? 0) + 1);
  if (resource === "deployments" || resource === "statefulsets") {
    metadata.generation = Number(metadata.generation ?? 0) + 1;
    const { replicas } = patch.spec as Json;
    if (replicas !== undefined) (found.spec as Json).replicas = replicas;
    cluster.onRollout?.(name);
  }
  send(response, 200, found);
}

function listOf(cluster: StubCluster, resource: string): Json[] {
  return [...cluster.objects].filter(([key]) => key.startsWith(`${resource}/`)).map(([, object]) => object);
}

function review(cluster: StubCluster, response: ServerResponse, asked: Json): void {
  const spec = asked.spec as { resourceAttributes: Record<string, string | undefined> };
  const { verb, resource, subresource, namespace } = spec.resourceAttributes;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const right = `${verb} ${whole}${namespace === "" ? " everywhere" : ""}`;
  send(response, 201, { status: { allowed: !isDenied(cluster, right) } });
}

/** All that is allowed; what is not among it is asked for one by one, and stands then among what was refused. */
function rulesOf({ rules, denied }: StubCluster): Json {
  const all = rules ?? [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
  const incomplete = denied.size > 0 || rules !== undefined;
  return { resourceRules: denied.size > 0 ? [] : all, nonResourceRules: [], incomplete };
}

function log(cluster: StubCluster, response: ServerResponse, pod: string, query: URLSearchParams): unknown {
  if (isDenied(cluster, "get pods/log")) return status(response, 403, "pods/log is forbidden");
  const text = cluster.logs.get(query.get("previous") === "true" ? `${pod} --previous` : pod);
  if (text === undefined) return status(response, 400, `container is waiting to start`);
  response.writeHead(200, { "Content-Type": "text/plain" }).end(text);
}

/** Exec over channels: 0 input, 1 output, 2 errors, 3 how it ended. */
function run(
  cluster: StubCluster,
  socket: WebSocket,
  query: URLSearchParams,
  children: Set<ChildProcess>,
): void {
  const [command = "", ...words] = query.getAll("command");
  const child = spawn(command, words, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "", ...cluster.env },
  });
  children.add(child);
  const channel = (number: number, bytes: Buffer): void =>
    socket.send(Buffer.concat([Buffer.of(number), bytes]));
  channel(1, Buffer.alloc(0));
  child.stdout.on("data", (bytes: Buffer) => channel(1, bytes));
  child.stderr.on("data", (bytes: Buffer) => channel(2, bytes));
  child.stdin.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    if (data[0] === 0) child.stdin.write(data.subarray(1));
  });
  // As the kubelet does it: the program's input ends, and nobody reads what it writes.
  socket.on("close", () => {
    child.stdin.end();
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const end = (document: Json): void => {
    children.delete(child);
    channel(3, Buffer.from(JSON.stringify(document)));
    socket.close();
  };
  child.on("error", () =>
    end(failure(500, `exec: "${command}": executable file not found in $PATH`, "InternalError")),
  );
  child.on("close", (code) =>
    end(
      code === 0
        ? { status: "Success" }
        : {
            ...failure(500, `command terminated with exit code ${code}`, "NonZeroExitCode"),
            details: { causes: [{ reason: "ExitCode", message: String(code) }] },
          },
    ),
  );
}

/** Port-forward over channels: 0 bytes, 1 what went wrong, each beginning with the port. */
function forward(cluster: StubCluster, socket: WebSocket, query: URLSearchParams): unknown {
  const port = Number(query.get("ports"));
  const named = Buffer.alloc(2);
  named.writeUInt16LE(port);
  socket.send(Buffer.concat([Buffer.of(0), named]));
  socket.send(Buffer.concat([Buffer.of(1), named]));
  const own = cluster.ports.get(port);
  const refuse = (): void =>
    socket.send(Buffer.from(`\u0001failed to connect to ${port} inside the pod: connection refused`));
  if (own === undefined) return refuse();
  const far = connect(own, "127.0.0.1");
  far.on("error", refuse);
  far.on("data", (bytes) => socket.send(Buffer.concat([Buffer.of(0), bytes])));
  far.on("close", () => socket.close());
  socket.on("message", (data: Buffer) => far.write(data.subarray(1)));
  socket.on("close", () => far.destroy());
}

// ---- objects

export interface PodShape {
  readonly name?: string;
  readonly container?: Json;
  readonly spec?: Json;
  readonly status?: Json;
  readonly labels?: Record<string, string>;
}

const LABELS = { app: "openclaw", "pod-template-hash": "866cf46ddf" };

/** A pod of the Deployment `openclaw` that runs and is ready. */
export function podObject({
  name = "openclaw-866cf46ddf-fhq2t",
  container,
  spec,
  status,
  labels,
}: PodShape = {}): Json {
  return {
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { ...LABELS, ...labels },
      creationTimestamp: "2026-11-30T10:00:00Z",
      ownerReferences: [{ kind: "ReplicaSet", name: "openclaw-866cf46ddf", controller: true }],
    },
    spec: { ...podSpec(container), nodeName: "rig-node", ...spec },
    status: {
      phase: "Running",
      podIP: "10.244.0.7",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [
        {
          name: "gateway",
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: "2026-11-30T10:00:01Z" } },
        },
      ],
      ...status,
    },
  };
}

/** Upstream's manifest, as far as it matters. */
export function podSpec(container: Json = {}): Json {
  return {
    containers: [
      {
        name: "gateway",
        image: "ghcr.io/openclaw/openclaw:2026.3.13",
        command: ["node", "/app/dist/index.js", "gateway", "--port", "18789"],
        ports: [{ name: "gateway", containerPort: 18_789 }],
        env: [
          { name: "HOME", value: "/home/node" },
          {
            name: "OPENCLAW_GATEWAY_TOKEN",
            valueFrom: { secretKeyRef: { name: "openclaw-secrets", key: "OPENCLAW_GATEWAY_TOKEN" } },
          },
        ],
        securityContext: { runAsUser: 1000 },
        volumeMounts: [{ name: "home", mountPath: "/home/node/.openclaw" }],
        ...container,
      },
    ],
    volumes: [{ name: "home", persistentVolumeClaim: { claimName: "openclaw-home-pvc" } }],
  };
}

export function deploymentObject(spec: Json = podSpec(), more: Json = {}): Json {
  return {
    metadata: { name: "openclaw", namespace: NAMESPACE, generation: 1, resourceVersion: "1" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "openclaw" } },
      template: { metadata: { labels: LABELS }, spec },
    },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
    ...more,
  };
}

export function serviceObject(name = "openclaw", spec: Json = {}): Json {
  return {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      type: "ClusterIP",
      selector: { app: "openclaw" },
      ports: [{ port: 18_789, targetPort: "gateway" }],
      ...spec,
    },
  };
}

/** The namespace as upstream's manifests make it. */
export function fill(cluster: StubCluster, pod: Json = podObject()): void {
  cluster.objects.set(`pods/${(pod.metadata as Json).name}`, pod);
  cluster.objects.set("deployments/openclaw", deploymentObject());
  cluster.objects.set("services/openclaw", serviceObject());
}
