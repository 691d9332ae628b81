import { mountOf } from "../../core/mounts.ts";
import { type Scrubber, safeQuote } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import type { KubernetesEngine, StateDirectory, Workload, WorkloadMount } from "../../core/workload.ts";
import {
  type Document,
  isTrueAt,
  listAt,
  nameOf,
  numberAt,
  objectAt,
  textAt,
  textMapAt,
  textsAt,
} from "./fields.ts";
import { kubernetesSources } from "./sources.ts";
import { type Candidate, failingInit, isReady, selects, statusOf, workloadName } from "./workloads.ts";

/** What was read beside the pod; a list that was not allowed is empty, and stands among what was denied. */
export interface PodSurroundings {
  readonly pods: readonly Document[];
  readonly services: readonly Document[];
  readonly ingresses: readonly Document[];
  readonly routes: readonly Document[];
  readonly policies: readonly Document[];
  readonly events: readonly Document[];
}

type Engine = Omit<KubernetesEngine, "denied" | "configMap">;

/** What the cluster says of a pod, without secrets, which `scrub` knows. */
export function podReading(
  pod: Document,
  candidate: Candidate,
  around: PodSurroundings,
  port: number,
  scrub: Scrubber,
): Workload<Engine & Pick<KubernetesEngine, "denied">> {
  const { namespace, container } = candidate;
  const name = safeText(nameOf(pod), 253);
  const spec = objectAt(pod, "spec");
  const own = containerOf(spec, container);
  const status = statusOf(pod, container);
  const failing = failingInit(pod);
  const warnings = warningsOf(around.events, nameOf(pod), scrub);
  const state = stateOf(pod, status, failing);
  const end = objectAt(failing ?? status, "lastState", "terminated");
  const now = objectAt(failing ?? status, "state", "terminated");
  const exitCode = numberAt(now, "exitCode") ?? (state === "running" ? undefined : numberAt(end, "exitCode"));
  const oom = [textAt(end, "reason"), textAt(now, "reason")].includes("OOMKilled");
  const error = errorOf(pod, failing ?? status, warnings, state, scrub);
  const address = textAt(pod, "status", "podIP");
  const uid = uidOf(spec, own);
  const services = servicesTo(around.services, pod, own, port);
  return {
    name,
    image: safeText(textAt(own, "image") ?? "", 300),
    state,
    ...(exitCode === undefined ? {} : { exitCode }),
    restarts: numberAt(failing ?? status, "restartCount") ?? 0,
    ...(oom ? { oomKilled: true } : {}),
    ...(error === undefined ? {} : { error }),
    network: isTrueAt(spec, "hostNetwork") ? "host" : "cluster",
    addresses: address === undefined ? [] : [safeText(address, 60)],
    ports: [],
    exposed: portsOf(own),
    neighbours: neighboursOf(around.pods, nameOf(pod)),
    mounts: mountsOf(spec, own),
    user: uid === undefined ? "" : String(uid),
    ...(uid === undefined ? {} : { uid }),
    ...(isTrueAt(own, "securityContext", "readOnlyRootFilesystem") ? { readOnlyRoot: true } : {}),
    others: [],
    shownBy: kubernetesSources(namespace, name, safeText(container, 63)),
    engine: {
      kind: "kubernetes",
      namespace,
      pod: name,
      container: safeText(container, 63),
      ...(candidate.kind === "pod" ? {} : { controller: safeText(workloadName(candidate), 300) }),
      ...optional("node", textAt(spec, "nodeName"), 253),
      ...optional("reason", reasonOf(pod, failing ?? status), 100),
      ...replicasOf(candidate),
      services,
      routes: routesTo(around, services),
      policies: around.policies
        .filter((policy) => selects(selectorOf(policy), labelsOf(pod)))
        .slice(0, 20)
        .map((policy) => safeText(nameOf(policy), 253)),
      sidecars: listAt(spec, "containers")
        .filter((one) => textAt(one, "name") !== container)
        .slice(0, 20)
        .map((one) => ({
          name: safeText(textAt(one, "name") ?? "", 63),
          image: safeText(textAt(one, "image") ?? "", 300),
        })),
      warnings,
      denied: [],
    },
  };
}

function optional<N extends string>(
  name: N,
  value: string | undefined,
  max: number,
): { readonly [K in N]?: string } {
  return (value === undefined ? {} : { [name]: safeText(value, max) }) as { readonly [K in N]?: string };
}

export function containerOf(spec: Document, name: string): Document {
  return listAt(spec, "containers").find((one) => textAt(one, "name") === name) ?? {};
}

function labelsOf(object: Document): Readonly<Record<string, string>> {
  return textMapAt(object, "metadata", "labels");
}

/** An empty selector of a NetworkPolicy selects every pod. */
function selectorOf(policy: Document): Document {
  const selector = objectAt(policy, "spec", "podSelector");
  return Object.keys(selector).length === 0 ? { matchLabels: {} } : selector;
}

// ---- state

/** In the words that engines have for it. */
function stateOf(pod: Document, status: Document, failing: Document | undefined): string {
  const phase = textAt(pod, "status", "phase");
  const waiting = textAt(failing ?? status, "state", "waiting", "reason");
  if (waiting === "CrashLoopBackOff" || failing !== undefined) return "restarting";
  if (textAt(status, "state", "running", "startedAt") !== undefined) return "running";
  if (Object.keys(objectAt(status, "state", "terminated")).length > 0)
    return phase === "Running" ? "restarting" : "exited";
  return phase === "Succeeded" || phase === "Failed" ? "exited" : "created";
}

function reasonOf(pod: Document, status: Document): string | undefined {
  const unscheduled = listAt(pod, "status", "conditions").find(
    (condition) => condition.type === "PodScheduled" && condition.status === "False",
  );
  return (
    textAt(status, "state", "waiting", "reason") ??
    textAt(status, "state", "terminated", "reason") ??
    textAt(unscheduled, "reason") ??
    textAt(pod, "status", "reason")
  );
}

/** Waiting that is none of a gateway's own ends. */
const NO_ERROR = new Set(["ContainerCreating", "PodInitializing", "CrashLoopBackOff"]);

function errorOf(
  pod: Document,
  status: Document,
  warnings: readonly string[],
  state: string,
  scrub: Scrubber,
): string | undefined {
  if (state === "running") return undefined;
  const waiting = objectAt(status, "state", "waiting");
  const reason = textAt(waiting, "reason");
  const message = textAt(waiting, "message");
  if (reason !== undefined && !NO_ERROR.has(reason))
    return safeQuote(`${reason}${message === undefined ? "" : `: ${message}`}`, scrub, 300);
  const unscheduled = listAt(pod, "status", "conditions").find(
    (condition) => condition.type === "PodScheduled" && condition.status === "False",
  );
  const why = textAt(unscheduled, "message");
  if (why !== undefined) return safeQuote(why, scrub, 300);
  const terminated = textAt(status, "lastState", "terminated", "message");
  if (terminated !== undefined) return safeQuote(terminated, scrub, 300);
  return state === "created" ? warnings.at(-1) : undefined;
}

/** Of the pod, newest last. */
function warningsOf(events: readonly Document[], pod: string, scrub: Scrubber): readonly string[] {
  return events
    .filter((event) => event.type === "Warning" && textAt(event, "involvedObject", "name") === pod)
    .sort((a, b) => timeOf(a) - timeOf(b))
    .slice(-5)
    .map((event) =>
      safeQuote(`${textAt(event, "reason") ?? ""}: ${textAt(event, "message") ?? ""}`, scrub, 300),
    );
}

function timeOf(event: Document): number {
  const at =
    textAt(event, "lastTimestamp") ??
    textAt(event, "eventTime") ??
    textAt(event, "metadata", "creationTimestamp");
  return Date.parse(at ?? "") || 0;
}

function replicasOf({ controller }: Candidate): Pick<KubernetesEngine, "replicas"> {
  if (controller === undefined) return {};
  const wanted = numberAt(controller, "spec", "replicas") ?? 1;
  return { replicas: { wanted, ready: numberAt(controller, "status", "readyReplicas") ?? 0 } };
}

// ---- what it is made of

function portsOf(container: Document): readonly number[] {
  return listAt(container, "ports")
    .flatMap((port) => numberAt(port, "containerPort") ?? [])
    .slice(0, 50);
}

/** Of the container, else of the pod; the image's own user is not in the manifest. */
function uidOf(spec: Document, container: Document): number | undefined {
  return (
    numberAt(container, "securityContext", "runAsUser") ?? numberAt(spec, "securityContext", "runAsUser")
  );
}

/** Kinds of volumes as mounts of other engines are called; what no engine has keeps its own name. */
function mountsOf(spec: Document, container: Document): readonly WorkloadMount[] {
  const volumes = listAt(spec, "volumes");
  return listAt(container, "volumeMounts")
    .slice(0, 50)
    .map((mount) => {
      const name = textAt(mount, "name") ?? "";
      const volume = volumes.find((one) => textAt(one, "name") === name) ?? {};
      const { kind, source } = volumeKind(volume, name);
      return {
        kind,
        source: safeText(source, 300),
        at: safeText((textAt(mount, "mountPath") ?? "").replace(/(.)\/$/, "$1"), 300),
        readOnly:
          isTrueAt(mount, "readOnly") || kind === "configMap" || kind === "secret" || kind === "projected",
      };
    });
}

function volumeKind(volume: Document, name: string): { readonly kind: string; readonly source: string } {
  const claim = textAt(volume, "persistentVolumeClaim", "claimName");
  if (claim !== undefined) return { kind: "volume", source: claim };
  const host = textAt(volume, "hostPath", "path");
  if (host !== undefined) return { kind: "bind", source: host };
  const map = textAt(volume, "configMap", "name");
  if (map !== undefined) return { kind: "configMap", source: map };
  const secret = textAt(volume, "secret", "secretName");
  if (secret !== undefined) return { kind: "secret", source: secret };
  if (Object.hasOwn(volume, "emptyDir")) return { kind: "emptyDir", source: name };
  if (Object.hasOwn(volume, "projected")) return { kind: "projected", source: name };
  // Of a StatefulSet's template, and of drivers of their own.
  return { kind: "volume", source: name };
}

/** Where the state directory is, as far as mounts tell. */
export function stateDirectory(
  { mounts, readOnlyRoot }: Pick<Workload, "mounts" | "readOnlyRoot">,
  path: string,
  configPath: string,
): StateDirectory {
  const holding = mountOf(mounts, path);
  const config = mountOf(mounts, configPath);
  return {
    path: safeText(path, 300),
    on: holding === undefined ? "layer" : holding.kind === "emptyDir" ? "pod" : "mount",
    ...(holding === undefined ? {} : { mount: holding.at }),
    readOnly: holding === undefined ? readOnlyRoot === true : holding.readOnly,
    ...(config === undefined
      ? {}
      : { configReadOnly: config.readOnly, configAlone: config.at === configPath }),
  };
}

function neighboursOf(pods: readonly Document[], own: string): NonNullable<Workload["neighbours"]> {
  return pods
    .flatMap((pod) => {
      const address = textAt(pod, "status", "podIP");
      return address === undefined || nameOf(pod) === own || isTrueAt(pod, "spec", "hostNetwork")
        ? []
        : [{ name: safeText(nameOf(pod), 253), address: safeText(address, 60) }];
    })
    .slice(0, 50);
}

// ---- the ways in

/** The Services that lead to the gateway's port, or to one of a sidecar in front of it. */
function servicesTo(
  services: readonly Document[],
  pod: Document,
  container: Document,
  port: number,
): KubernetesEngine["services"] {
  const labels = labelsOf(pod);
  const names = new Map(
    listAt(container, "ports").map((one) => [textAt(one, "name") ?? "", numberAt(one, "containerPort") ?? 0]),
  );
  return services
    .filter((service) => {
      const selector = objectAt(service, "spec", "selector");
      return Object.keys(selector).length > 0 && selects(selector, labels);
    })
    .flatMap((service) =>
      listAt(service, "spec", "ports").flatMap((one) => {
        const target = one.targetPort;
        const to =
          typeof target === "number"
            ? target
            : typeof target === "string"
              ? (names.get(target) ?? 0)
              : (numberAt(one, "port") ?? 0);
        if (to !== port) return [];
        const nodePort = numberAt(one, "nodePort");
        return [
          {
            name: safeText(nameOf(service), 63),
            type: safeText(textAt(service, "spec", "type") ?? "ClusterIP", 20),
            port: numberAt(one, "port") ?? 0,
            to,
            ...(nodePort === undefined ? {} : { nodePort }),
          },
        ];
      }),
    )
    .slice(0, 20);
}

/** Host names at which an Ingress or a route of the Gateway API leads to one of these Services. */
function routesTo(
  { ingresses, routes }: PodSurroundings,
  services: KubernetesEngine["services"],
): KubernetesEngine["routes"] {
  const names = new Set(services.map(({ name }) => name));
  const found: KubernetesEngine["routes"][number][] = [];
  for (const ingress of ingresses) {
    const secured = listAt(ingress, "spec", "tls").flatMap((tls) => textsAt(tls, "hosts"));
    for (const rule of listAt(ingress, "spec", "rules")) {
      const host = textAt(rule, "host");
      const leads = listAt(rule, "http", "paths").some((path) =>
        names.has(textAt(path, "backend", "service", "name") ?? textAt(path, "backend", "serviceName") ?? ""),
      );
      if (host === undefined || !leads || !isHost(host)) continue;
      found.push({
        kind: "Ingress",
        name: safeText(nameOf(ingress), 253),
        host,
        tls: secured.includes(host),
      });
    }
  }
  for (const route of routes)
    for (const host of textsAt(route, "spec", "hostnames")) {
      const leads = listAt(route, "spec", "rules").some((rule) =>
        listAt(rule, "backendRefs").some((ref) => names.has(textAt(ref, "name") ?? "")),
      );
      // Which listener of the Gateway serves it is not seen; nearly all have TLS.
      if (leads && isHost(host))
        found.push({ kind: "HTTPRoute", name: safeText(nameOf(route), 253), host, tls: true });
    }
  return found.slice(0, 20);
}

function isHost(host: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(host);
}

/** Other pods of the same workload. */
export function replicasBeside(
  pod: Document,
  { pods, container }: Candidate,
  mounts: readonly WorkloadMount[],
  stateDir: string,
): Workload["others"] {
  const source = mountOf(mounts, stateDir);
  return pods
    .filter(
      (one) => nameOf(one) !== nameOf(pod) && textAt(one, "metadata", "deletionTimestamp") === undefined,
    )
    .slice(0, 10)
    .map((one) => {
      const other = mountOf(
        mountsOf(objectAt(one, "spec"), containerOf(objectAt(one, "spec"), container)),
        stateDir,
      );
      const shares =
        source?.kind === "volume" &&
        other?.kind === "volume" &&
        other.source === source.source &&
        source.source !== "";
      return {
        name: safeText(nameOf(one), 253),
        state: stateOf(one, statusOf(one, container), failingInit(one)),
        ...(shares ? { sharesState: true } : {}),
      };
    });
}

/** The pod to look at: the one that is meant, while it is there; else one that runs and is not going, a ready one first. */
export function leadingPod({ pods, pod: meant, container }: Candidate): Document | undefined {
  const named = pods.find((pod) => nameOf(pod) === meant);
  if (named !== undefined) return named;
  const staying = pods.filter((pod) => textAt(pod, "metadata", "deletionTimestamp") === undefined);
  return (
    staying.find((pod) => isReady(pod)) ??
    staying.find((pod) => textAt(statusOf(pod, container), "state", "running", "startedAt") !== undefined) ??
    staying[0] ??
    pods[0]
  );
}
