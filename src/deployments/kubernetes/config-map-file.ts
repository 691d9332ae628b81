import { ChangeError } from "../../core/change.ts";
import { whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { ConfigMapSource } from "../../core/workload.ts";
import { ownerOf } from "../../kinds/kubernetes/config-source.ts";
import { type Document, isTrueAt, objectAt, textAt } from "../../kinds/kubernetes/fields.ts";
import { type ExactFile, sha256 } from "../atomic-file.ts";
import type { ExactFiles } from "../exact-files.ts";
import type { KubeApi } from "./api.ts";
import { KubeError } from "./error.ts";
import { kubeFailure } from "./failure.ts";

/** By this name the API server knows what we applied (`managedFields`). */
const MANAGER = "openclaw-pairing-doctor";

/**
 * openclaw.json where it is made: the key of a ConfigMap, changed by server-side apply of that key alone, and only while
 * nobody else has changed the object since it was read. Files beside it are the pod's.
 */
export function withConfigMap(
  api: KubeApi,
  namespace: string,
  { name, key }: Pick<ConfigMapSource, "name" | "key">,
  configPath: string,
  beside: ExactFiles,
): ExactFiles {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
  const what = safeText(`configmap/${name}`, 200);
  const call = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      const failure = kubeFailure(error, what, api.cluster.secrets);
      throw new ChangeError(failure.reason, whyUnknown(failure));
    }
  };
  const now = (): Promise<Document> => call(async () => objectAt({ it: await api.get(path) }, "it"));
  const contentOf = (map: Document): ExactFile | undefined => {
    const data = objectAt(map, "data");
    if (!Object.hasOwn(data, key)) return undefined;
    const content = Buffer.from(textAt(data, key) ?? "", "utf8");
    return { content, sha256: sha256(content), mode: 0o644, uid: 0, gid: 0 };
  };
  return {
    ...beside,
    read: async (file) => (file === configPath ? contentOf(await now()) : beside.read(file)),
    replace: async (file, next, expected) => {
      if (file !== configPath) return beside.replace(file, next, expected);
      const map = await now();
      if (contentOf(map)?.sha256 !== expected) return "stale";
      const refused = refusalOf(map, what);
      if (refused !== undefined) throw refused;
      if (next === undefined)
        throw new ChangeError(
          "not-asked",
          say("configmap-key-stays", { object: what, key: safeText(key, 100) }),
        );
      const text = Buffer.from(next.content).toString("utf8");
      try {
        await api.send(
          path,
          {
            method: "PATCH",
            type: "application/apply-patch+yaml",
            body: {
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: { name, namespace, resourceVersion: textAt(map, "metadata", "resourceVersion") },
              data: { [key]: text },
            },
          },
          { fieldManager: MANAGER, force: true },
        );
      } catch (error) {
        if (error instanceof KubeError && error.problem === "conflict") return "stale";
        const failure = kubeFailure(error, what, api.cluster.secrets);
        throw new ChangeError(failure.reason, whyUnknown(failure));
      }
      return "replaced";
    },
    sweep: (file) => (file === configPath ? Promise.resolve() : beside.sweep(file)),
    held: async (file) => (file === configPath ? refusalOf(await now(), what) : beside.held?.(file)),
    // It is no file: its only name, and nothing but its content.
    traits: async (file) => (file === configPath ? { names: 1, attributes: "none" } : beside.traits(file)),
    loses: async (file) => (file === configPath ? false : beside.loses(file)),
    directoryOwner: (file) =>
      file === configPath ? Promise.resolve({ uid: 0, gid: 0 }) : beside.directoryOwner(file),
    instead: (file) => (file === configPath ? say("configmap-instead", { object: what }) : undefined),
  };
}

const OWNERS = {
  helm: "configmap-of-helm",
  argocd: "configmap-of-argocd",
  flux: "configmap-of-flux",
  operator: "configmap-of-operator",
} as const;

/** Whose next run would take a change back, or what cannot be changed at all. */
function refusalOf(map: Document, what: string): ChangeError | undefined {
  if (isTrueAt(map, "immutable"))
    return new ChangeError("denied", say("configmap-immutable", { object: what }));
  const owner = ownerOf(map);
  return owner === undefined
    ? undefined
    : new ChangeError("denied", say(OWNERS[owner.by], { object: what, owner: safeText(owner.name, 100) }));
}
