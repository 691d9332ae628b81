import type { ConfigMapSource } from "../../core/workload.ts";
import { asksForConfig, statementsOf, writesConfig } from "../contained/rewriting.ts";
import { type Document, listAt, nameOf, objectAt, textAt, textMapAt, textsAt } from "./fields.ts";
import { commandOf } from "./workloads.ts";

/** One file of a pod that is of a ConfigMap. */
interface ConfigMapMount {
  readonly configMap: string;
  readonly at: string;
  /** The key, where a single one is mounted. */
  readonly key?: string;
}

/** ConfigMaps by name; those that may not be read are absent. */
export type ConfigMaps = ReadonlyMap<string, Document>;

/** The names of the ConfigMaps that a pod's volumes are made of. */
export function configMapsOf(spec: Document): readonly string[] {
  const names = listAt(spec, "volumes").flatMap((volume) => [...sourcesOf(volume)]);
  return [...new Set(names)].slice(0, 30);
}

function sourcesOf(volume: Document): readonly string[] {
  const direct = textAt(volume, "configMap", "name");
  const projected = listAt(volume, "projected", "sources").flatMap(
    (one) => textAt(one, "configMap", "name") ?? [],
  );
  return direct === undefined ? projected : [direct, ...projected];
}

/** The volume mounts of a container that show a ConfigMap. */
function configMapMounts(spec: Document, container: Document): readonly ConfigMapMount[] {
  return listAt(container, "volumeMounts").flatMap((mount) => {
    const volume = listAt(spec, "volumes").find((one) => textAt(one, "name") === textAt(mount, "name"));
    const at = textAt(mount, "mountPath")?.replace(/\/$/, "");
    if (volume === undefined || at === undefined) return [];
    const sub = textAt(mount, "subPath");
    return sourcesOf(volume).map((configMap) => ({
      configMap,
      at,
      ...(sub === undefined ? {} : { key: sub }),
    }));
  });
}

export interface ConfigPaths {
  readonly configPath: string;
  readonly stateDir: string;
}

/**
 * The ConfigMap that openclaw.json comes from, and how: by the mounts of the gateway's container, else by what the pod's
 * init containers and its command do at each start, also in scripts that are in ConfigMaps themselves.
 */
export function configMapSource(
  spec: Document,
  container: Document,
  { configPath, stateDir }: ConfigPaths,
  maps: ConfigMaps,
): ConfigMapSource | undefined {
  const mounted = configMapMounts(spec, container)
    .filter(({ at }) => configPath === at || configPath.startsWith(`${at}/`))
    .sort((a, b) => b.at.length - a.at.length)[0];
  if (mounted !== undefined && !mountsOver(container, mounted.at, configPath)) {
    const key = mounted.at === configPath ? (mounted.key ?? "") : configPath.slice(mounted.at.length + 1);
    return withOwner({ name: mounted.configMap, key, taken: "mounted" }, maps);
  }
  const volume = volumeAt(container, stateDir);
  for (const one of [...listAt(spec, "initContainers"), container]) {
    const seed = seedOf(configMapMounts(spec, one), maps);
    if (seed === undefined) continue;
    const directories = listAt(one, "volumeMounts").flatMap((mount) =>
      textAt(mount, "name") === volume ? (textAt(mount, "mountPath")?.replace(/\/$/, "") ?? []) : [],
    );
    const taken = takenBy(scriptOf(spec, one, maps), one, directories);
    if (taken !== undefined) return withOwner({ ...seed, taken }, maps);
  }
  return undefined;
}

/** Another mount lies between: a volume below a directory of a ConfigMap. */
function mountsOver(container: Document, at: string, configPath: string): boolean {
  return listAt(container, "volumeMounts").some((mount) => {
    const path = textAt(mount, "mountPath")?.replace(/\/$/, "") ?? "";
    return path.length > at.length && (configPath === path || configPath.startsWith(`${path}/`));
  });
}

/** The volume that the state directory is on. */
function volumeAt(container: Document, path: string): string | undefined {
  const mount = listAt(container, "volumeMounts")
    .filter((one) => {
      const at = textAt(one, "mountPath")?.replace(/\/$/, "") ?? "";
      return path === at || path.startsWith(`${at}/`);
    })
    .sort((a, b) => (textAt(b, "mountPath") ?? "").length - (textAt(a, "mountPath") ?? "").length)[0];
  return textAt(mount, "name");
}

const CONFIG_KEY = /^openclaw\.json5?$|^(?:managed-)?config\.json5?$|^operator\.json$/;

function seedOf(
  mounts: readonly ConfigMapMount[],
  maps: ConfigMaps,
): Pick<ConfigMapSource, "name" | "key"> | undefined {
  for (const { configMap, key: only } of mounts) {
    const keys = only === undefined ? Object.keys(textMapAt(maps.get(configMap), "data")) : [only];
    const key =
      keys.find((one) => one === "openclaw.json") ??
      keys.find((one) => CONFIG_KEY.test(one)) ??
      keys.find((one) => /openclaw.*\.json5?$/.test(one));
    if (key !== undefined) return { name: configMap, key };
  }
  return undefined;
}

/** What a container runs: its words, and the scripts among them that a ConfigMap has. */
function scriptOf(spec: Document, container: Document, maps: ConfigMaps): string {
  const words = commandOf(container);
  const mounts = configMapMounts(spec, container);
  const scripts = words.flatMap((word) => {
    const mount = mounts.find(({ at }) => word.startsWith(`${at}/`) || word === at);
    if (mount === undefined) return [];
    const key = mount.key ?? word.slice(mount.at.length + 1);
    return textMapAt(maps.get(mount.configMap), "data")[key] ?? [];
  });
  return [...words, ...scripts].join("\n");
}

const MERGES = /\bjq\b[^\n]{0,300}\*|\bmerge(?:\.[cm]?js)?\b|deepMerge|deepmerge|Object\.assign\(/i;

function takenBy(
  script: string,
  container: Document,
  directories: readonly string[],
): ConfigMapSource["taken"] | undefined {
  const mode = listAt(container, "env").find((one) => /CONFIG_MODE$/.test(textAt(one, "name") ?? ""));
  const said = textAt(mode, "value");
  if (said !== undefined) {
    if (/^overwrite$/i.test(said)) return "each-start";
    if (/^merge$/i.test(said)) return "merged";
    if (/seed|missing|once/i.test(said)) return "once";
  }
  const statements = statementsOf(script);
  const merges = MERGES.test(script);
  const writes = statements.some(({ words }) => writesConfig(words, directories));
  if (!writes && !merges) return undefined;
  if (merges) return "merged";
  return statements.some(({ words }) => asksForConfig(words)) ? "once" : "each-start";
}

function withOwner(source: ConfigMapSource, maps: ConfigMaps): ConfigMapSource {
  const map = maps.get(source.name);
  const owner = map === undefined ? undefined : ownerOf(map);
  return owner === undefined ? source : { ...source, owner };
}

const OPERATED = /^(?:OpenClawInstance|Claw|OpenClaw)$/;

/** What writes an object again whenever somebody else changes it, by its labels, annotations and owner. */
export function ownerOf(object: Document): ConfigMapSource["owner"] {
  const labels = textMapAt(object, "metadata", "labels");
  const notes = textMapAt(object, "metadata", "annotations");
  const flux = labels["kustomize.toolkit.fluxcd.io/name"] ?? labels["helm.toolkit.fluxcd.io/name"];
  if (flux !== undefined) return { by: "flux", name: flux.slice(0, 200) };
  const argo =
    labels["argocd.argoproj.io/instance"] ?? notes["argocd.argoproj.io/tracking-id"]?.split(":")[0];
  if (argo !== undefined) return { by: "argocd", name: argo.slice(0, 200) };
  const helm = notes["meta.helm.sh/release-name"];
  if (helm !== undefined) return { by: "helm", name: helm.slice(0, 200) };
  if (labels["app.kubernetes.io/managed-by"] === "Helm" || labels.heritage === "Helm")
    return { by: "helm", name: (labels["app.kubernetes.io/instance"] ?? nameOf(object)).slice(0, 200) };
  const owner = listAt(object, "metadata", "ownerReferences").find((one) =>
    OPERATED.test(textAt(one, "kind") ?? ""),
  );
  if (owner !== undefined)
    return { by: "operator", name: `${textAt(owner, "kind")}/${textAt(owner, "name") ?? ""}`.slice(0, 200) };
  return undefined;
}

/** The text of a ConfigMap's key. */
export function configMapText(
  maps: ConfigMaps,
  { name, key }: Pick<ConfigMapSource, "name" | "key">,
): string | undefined {
  const data = objectAt(maps.get(name), "data");
  return Object.hasOwn(data, key) ? textAt(data, key) : undefined;
}

/** Whether anything of a container's environment or a volume names a Secret: never read, only that it is one. */
export function secretVariables(container: Document): readonly string[] {
  return listAt(container, "env").flatMap((one) =>
    textAt(one, "valueFrom", "secretKeyRef", "name") === undefined ? [] : (textAt(one, "name") ?? []),
  );
}

/** Of the environment what stands in the pod itself. */
export function plainVariables(container: Document): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listAt(container, "env").flatMap((one) => {
      const [name, value] = [textAt(one, "name"), textAt(one, "value")];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Whether variables come from a whole Secret, so that any name may be among them. */
export function hasSecretSource(container: Document): boolean {
  return listAt(container, "envFrom").some(
    (one) => textsAt({ names: [textAt(one, "secretRef", "name")] }, "names").length > 0,
  );
}
