import { isGatewayCommand } from "../../config/flags.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { safeText } from "../../core/text.ts";
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

/** As `kubectl` calls them. */
export type WorkloadKind = "deploy" | "statefulset" | "daemonset" | "pod";

/** A workload that seems to run a gateway, with its pods. */
export interface Candidate {
  readonly namespace: string;
  readonly kind: WorkloadKind;
  readonly name: string;
  /** The Deployment or StatefulSet, where it may be read. */
  readonly controller?: Document;
  /** The newest first. */
  readonly pods: readonly Document[];
  /** The one of its pods that is meant. */
  readonly pod?: string;
  /** The gateway's container. */
  readonly container: string;
}

/** Signs that add up to a gateway. */
const ENOUGH = 4;
const IMAGE =
  /(?:^|[/-])(?:openclaw|clawdbot|moltbot)(?:-(?:zh|docker-cn-im|gateway|server|k8s|charts))?(?:[:@]|$)/i;
const NAME = /^(?:gateway|openclaw|clawdbot|moltbot|openclaw-gateway)$/i;

export interface NamespaceObjects {
  readonly namespace: string;
  readonly pods: readonly Document[];
  readonly deployments: readonly Document[];
  readonly statefulSets: readonly Document[];
}

/** All workloads of a namespace; of what runs no gateway, `container` is its first one. */
export function workloadsOf(objects: NamespaceObjects): readonly (Candidate & { readonly score: number })[] {
  const { namespace, pods } = objects;
  const byOwner = new Map<string, Document[]>();
  for (const pod of pods) {
    const owner = ownerOf(pod);
    if (owner === undefined) continue;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), pod]);
  }
  const found: (Candidate & { readonly score: number })[] = [];
  const add = (kind: WorkloadKind, name: string, own: readonly Document[], controller?: Document): void => {
    const newest = [...own].sort(newestFirst);
    const spec =
      controller === undefined
        ? objectAt(newest[0], "spec")
        : objectAt(controller, "spec", "template", "spec");
    const { container, score } = gatewayContainer(spec);
    found.push({
      namespace,
      kind,
      name,
      pods: newest,
      container,
      score,
      ...(controller === undefined ? {} : { controller }),
    });
  };
  const controllers: readonly (readonly [WorkloadKind, readonly Document[]])[] = [
    ["deploy", objects.deployments],
    ["statefulset", objects.statefulSets],
  ];
  for (const [kind, list] of controllers)
    for (const controller of list) {
      const key = `${kind}/${nameOf(controller)}`;
      add(kind, nameOf(controller), byOwner.get(key) ?? [], controller);
      byOwner.delete(key);
    }
  // Controllers that may not be listed still show in their pods.
  for (const [owner, own] of byOwner) {
    const [kind = "", name = ""] = owner.split("/");
    if (isWorkload(kind)) add(kind, name, own);
  }
  return found;
}

export function gatewaysOf(objects: NamespaceObjects): readonly Candidate[] {
  return workloadsOf(objects)
    .filter(({ score }) => score >= ENOUGH)
    .sort((a, b) => b.pods.length - a.pods.length || (a.name < b.name ? -1 : 1));
}

function isWorkload(kind: string): kind is WorkloadKind {
  return kind === "deploy" || kind === "statefulset" || kind === "daemonset" || kind === "pod";
}

/** `deploy/openclaw`; a pod of a Job or of anything else that ends is none. */
function ownerOf(pod: Document): string | undefined {
  const owner = listAt(pod, "metadata", "ownerReferences").find((one) => one.controller === true);
  if (owner === undefined) return `pod/${nameOf(pod)}`;
  const kind = textAt(owner, "kind");
  const name = textAt(owner, "name") ?? "";
  if (kind === "StatefulSet") return `statefulset/${name}`;
  if (kind === "DaemonSet") return `daemonset/${name}`;
  if (kind !== "ReplicaSet") return undefined;
  const hash = textAt(pod, "metadata", "labels", "pod-template-hash");
  return hash !== undefined && name.endsWith(`-${hash}`)
    ? `deploy/${name.slice(0, -hash.length - 1)}`
    : undefined;
}

/** One that is going last; then those of the newest start. */
function newestFirst(a: Document, b: Document): number {
  const going = (pod: Document) => Number(textAt(pod, "metadata", "deletionTimestamp") !== undefined);
  const at = (pod: Document) => Date.parse(textAt(pod, "metadata", "creationTimestamp") ?? "") || 0;
  return going(a) - going(b) || at(b) - at(a) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

/** By command, port, image, variables and mounts: names are anything (`main`, `workload`). */
export function gatewayContainer(spec: Document): { readonly container: string; readonly score: number } {
  let best = { container: nameOfContainer(listAt(spec, "containers")[0]), score: 0 };
  for (const one of listAt(spec, "containers").slice(0, 50)) {
    const score = scoreOf(one);
    if (score > best.score) best = { container: nameOfContainer(one), score };
  }
  return best;
}

function nameOfContainer(container: Document | undefined): string {
  return textAt(container, "name") ?? "";
}

function scoreOf(container: Document): number {
  const name = nameOfContainer(container);
  if (/(?:^|-)cli(?:-|$)/.test(name)) return 0;
  const words = commandOf(container);
  const serves = listAt(container, "ports").some((port) => numberAt(port, "containerPort") === DEFAULT_PORT);
  const variables = listAt(container, "env").some((one) =>
    /^(?:OPENCLAW|CLAWDBOT|MOLTBOT)_(?:GATEWAY_|STATE_DIR|CONFIG_PATH)/.test(textAt(one, "name") ?? ""),
  );
  const mounts = listAt(container, "volumeMounts").some((one) =>
    /\/\.(?:openclaw|clawdbot|moltbot)(?:\/|$)/.test(textAt(one, "mountPath") ?? ""),
  );
  const found =
    (isGatewayCommand(words) ? 6 : 0) +
    (IMAGE.test(textAt(container, "image") ?? "") ? 4 : 0) +
    (serves ? 4 : 0) +
    (variables ? 2 : 0) +
    (mounts ? 3 : 0) +
    (words.includes(String(DEFAULT_PORT)) ? 2 : 0);
  return found > 0 && NAME.test(name) ? found + 1 : found;
}

/** The words that start it; empty where the image's own are used. */
export function commandOf(container: Document): readonly string[] {
  return [...textsAt(container, "command"), ...textsAt(container, "args")].filter((word) => word !== "");
}

/** As people call it: `deploy/openclaw`. */
export function workloadName({ kind, name }: Pick<Candidate, "kind" | "name">): string {
  return `${kind}/${name}`;
}

/** `openclaw/deploy/openclaw (2 pods)`. */
export function shownCandidate(one: Candidate): string {
  const count = `${one.pods.length} ${one.pods.length === 1 ? "pod" : "pods"}`;
  return safeText(`${one.namespace}/${workloadName(one)} (${count})`, 200);
}

/** Whether a set of labels is what a selector wants: `matchLabels` and `matchExpressions`, or a Service's plain map. */
export function selects(selector: Document, labels: Readonly<Record<string, string>>): boolean {
  const plain = Object.hasOwn(selector, "matchLabels") || Object.hasOwn(selector, "matchExpressions");
  const wanted = plain ? textMapAt(selector, "matchLabels") : textMapAt({ selector }, "selector");
  const all = Object.entries(wanted).every(([name, value]) => labels[name] === value);
  return (
    all &&
    listAt(selector, "matchExpressions").every((expression) => {
      const value = labels[textAt(expression, "key") ?? ""];
      const values = textsAt(expression, "values");
      switch (textAt(expression, "operator")) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

export function isReady(pod: Document): boolean {
  return listAt(pod, "status", "conditions").some(
    (condition) => condition.type === "Ready" && condition.status === "True",
  );
}

/** The status of one container of a pod. */
export function statusOf(pod: Document, container: string): Document {
  const all = [
    ...listAt(pod, "status", "containerStatuses"),
    ...listAt(pod, "status", "initContainerStatuses"),
  ];
  return all.find((one) => textAt(one, "name") === container) ?? {};
}

export function isRunning(pod: Document, container: string): boolean {
  return (
    textAt(statusOf(pod, container), "state", "running", "startedAt") !== undefined &&
    !isTrueAt(pod, "metadata", "deletionTimestamp")
  );
}

/** The init container that keeps the pod from starting. */
export function failingInit(pod: Document): Document | undefined {
  return listAt(pod, "status", "initContainerStatuses").find((one) => {
    const ended = objectAt(one, "state", "terminated");
    if (Object.keys(ended).length > 0) return (numberAt(ended, "exitCode") ?? 0) !== 0;
    const waits = Object.keys(objectAt(one, "state", "waiting")).length > 0;
    return waits && (numberAt(one, "restartCount") ?? 0) > 0;
  });
}
