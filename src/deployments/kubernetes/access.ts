import { gatewayFlags } from "../../config/flags.ts";
import type { Changer } from "../../core/change.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { drawnValues } from "../../core/drawn-values.ts";
import { type Fact, known, knownValue, type Unknown, unknown } from "../../core/fact.ts";
import type { DeploymentNames, Evidence, ProbeReading, Release } from "../../core/facts.ts";
import { say } from "../../core/saying.ts";
import { createScrubber, type Scrubber } from "../../core/scrub.ts";
import { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import type { KubernetesEngine, Workload } from "../../core/workload.ts";
import { isSecretVariable, programIn } from "../../kinds/contained/program.ts";
import { deploymentOf } from "../../kinds/index.ts";
import {
  type ConfigMaps,
  configMapSource,
  configMapsOf,
  configMapText,
} from "../../kinds/kubernetes/config-source.ts";
import { type Document, nameOf, numberAt, objectAt, textAt } from "../../kinds/kubernetes/fields.ts";
import {
  containerOf,
  leadingPod,
  podReading,
  replicasBeside,
  stateDirectory,
} from "../../kinds/kubernetes/pod.ts";
import {
  type Candidate,
  commandOf,
  failingInit,
  isRunning,
  statusOf,
  workloadName,
} from "../../kinds/kubernetes/workloads.ts";
import { IN_CONTAINER } from "../contained/host.ts";
import { type LocalAccess, localAccess } from "../local.ts";
import { closedPort } from "../loopback-door.ts";
import type { ChangerOptions, ConfigAndSecrets, LogText } from "../types.ts";
import type { World } from "../world.ts";
import type { KubeApi } from "./api.ts";
import type { Choice } from "./choose.ts";
import { environmentOf, gatewayIn, gatewayWords, StandIns, usualPaths } from "./environment.ts";
import { KubeError } from "./error.ts";
import type { PodContainer } from "./exec.ts";
import { kubeFailure } from "./failure.ts";
import { podReader, podWorld } from "./files.ts";
import { containerNow } from "./follow.ts";
import { type Forward, forwardPort } from "./forward.ts";
import { EXEC, listensIn, lookInside, NOT_RUNNING, networksIn, oneFileWorld, ownersIn } from "./inside.ts";
import { lastWords, podLog } from "./logs.ts";
import type { PodGateway, PodOptions } from "./pod-gateway.ts";
import type { NamespaceReader } from "./read.ts";

export interface FoundWorkload extends Choice {
  readonly api: KubeApi;
  readonly reader: NamespaceReader;
  readonly options: PodOptions;
}

/** As of exec: a `get` for older API servers, a `create` as well for newer ones. */
const FORWARD = ["get", "create"] as const;
/** Pods of one workload whose logs are read. */
const MAX_PODS = 5;

export async function gatewayOf(found: FoundWorkload): Promise<PodGateway> {
  const { api, reader, candidate, options } = found;
  const { world, salt, configPath, release } = options;
  const { namespace, container } = candidate;
  const pod = leadingPod(candidate) ?? podOfTemplate(candidate);
  const spec = objectAt(pod, "spec");
  const own = containerOf(spec, container);
  const target: PodContainer = { namespace, pod: nameOf(pod), container };
  const isUp = isRunning(pod, container);
  // Once something may be changed there, another pod may be in its place.
  let isChanged = false;
  const where = (): Promise<Fact<PodContainer>> =>
    isChanged ? containerNow(api, candidate) : Promise.resolve(known(target, target.pod));
  const forwards = new Map<number, Promise<Fact<Forward>>>();
  const opened: Forward[] = [];
  const podIp = textAt(pod, "status", "podIP");
  const looked = lookInside(api, reader, target, isUp);
  const reach = reachOf(found, {
    listens: async (port) => {
      const { reader: within } = await looked;
      return !isChanged && within !== undefined && listensIn(within, port);
    },
    forwards,
    opened,
    address: podIp === undefined ? undefined : safeText(podIp, 60),
    isUp: () => isUp || isChanged,
    where,
  });
  // Whether somebody listens there takes a while to tell; mostly it is this port.
  if (isUp) reach(gatewayFlags(commandOf(own), salt).port ?? DEFAULT_PORT).catch(() => undefined);
  const [around, maps, inside, noLog] = await Promise.all([
    surroundingsOf(reader, target),
    configMapsIn(reader, spec),
    looked,
    reader.may(["get"], "pods/log"),
  ]);

  const standIns = new StandIns(salt);
  const env = environmentOf(own, inside.self, standIns, salt);
  const gateway = gatewayIn(own, inside.self, env, target, salt);
  const place = {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.reveal()])),
    homedir: gateway.home ?? "/",
    cwd: gateway.cwd ?? "/",
  };
  const paths = usualPaths(env, place.homedir);
  const given = release === undefined ? {} : { release };
  const filesIn = (one: World): LocalAccess =>
    localAccess({ world: one, salt, host: IN_CONTAINER, gateway, ...given });
  const written = wholeConfig(configMapSource(spec, own, paths, maps), maps);
  const files =
    inside.reader !== undefined
      ? filesIn(podWorld(inside.reader, place))
      : written === undefined
        ? undefined
        : filesIn(oneFileWorld(paths.configPath, written.text, place));
  const named = configPath === undefined ? undefined : localAccess({ world, salt, configPath, ...given });
  const config = async (): Promise<Fact<ConfigAndSecrets>> => {
    if (named !== undefined) return named.config();
    if (files === undefined) return inside.why ?? NOT_RUNNING;
    const read = await files.config();
    if (!read.known) return read;
    return known(
      standIns.without(read.value),
      inside.reader === undefined ? (written?.source ?? "") : read.source,
    );
  };

  const configured = await config();
  const secrets = [
    ...Object.entries(env).flatMap(([name, value]) =>
      isSecretVariable(name, value.reveal()) && !standIns.has(value) ? value : [],
    ),
    ...[...api.cluster.secrets, ...drawnValues([pod, candidate.controller])].map(
      (text) => new Secret(text, salt),
    ),
  ];
  const scrub = createScrubber(
    [...(configured.known ? configured.value.all : []), ...secrets].map((secret) => secret.reveal()),
  );
  const reading = configured.known && named === undefined ? configured.value.reading : undefined;
  const port = reading?.effective.gateway?.port ?? gateway.flags.port ?? DEFAULT_PORT;
  const stateDir = reading?.stateDir ?? paths.stateDir;
  const configFile = reading?.path ?? paths.configPath;
  const read = podReading(pod, candidate, around, port, scrub);
  const source = configMapSource(spec, own, { configPath: configFile, stateDir }, maps);
  const clock = api.clock();
  const ended = read.state !== "running" || read.restarts > 0;
  const lastLines = ended && noLog === undefined ? await lastLinesOf(api, pod, target, scrub) : [];
  const seen = inside.reader === undefined ? undefined : podWorld(inside.reader, place);
  const [owners, networks] =
    seen === undefined
      ? [{}, []]
      : await Promise.all([ownersIn(seen, stateDir, configFile), networksIn(seen)]);
  const workload: Workload<KubernetesEngine> = {
    ...read,
    ...(inside.self === undefined ? {} : { uid: inside.self.uid, user: String(inside.self.uid) }),
    stateDir: { ...stateDirectory(read, stateDir, configFile), ...owners },
    others: replicasBeside(pod, candidate, read.mounts, stateDir),
    ...(lastLines.length === 0 ? {} : { lastLines }),
    ...(clock === undefined ? {} : { clock }),
    engine: {
      ...read.engine,
      ...(networks.length === 0 ? {} : { networks }),
      ...(source === undefined ? {} : { configMap: source }),
      denied: reader.denied,
    },
  };
  const program = programIn(gatewayWords(own, inside.self));
  const names: DeploymentNames = {
    ...(api.cluster.context === undefined ? {} : { context: api.cluster.context }),
    namespace,
    workload: workloadName(candidate),
    ...(keepsItsOwn(workload) ? { pod: safeText(nameOf(pod), 253) } : {}),
    container,
    ...(program === undefined ? {} : { cli: program }),
  };
  const changer = async (asked: ChangerOptions): Promise<Fact<Changer>> => {
    const [config, released] = await Promise.all([files?.config(), files?.release()]);
    if (files === undefined || config === undefined) return inside.why ?? NOT_RUNNING;
    if (!config.known) return config;
    const { podChanger } = await import("./changer.ts");
    isChanged = true;
    const own =
      release ??
      (released?.known && released.value.from === "package.json" ? released.value.version : undefined);
    return podChanger({
      ...asked,
      api,
      rights: reader,
      candidate,
      salt,
      gateway,
      names,
      config: standIns.without(config.value),
      ...(source === undefined ? {} : { source }),
      mounts: workload.mounts,
      ...(workload.readOnlyRoot === true ? { readOnlyRoot: true } : {}),
      // What was read once is kept, and a change wants to see what is there now, in a pod made anew, too.
      devicesIn: (pod) => filesIn(podWorld(podReader(api, pod), place)).devices(),
      reach,
      ...(own === undefined ? {} : { own }),
    });
  };
  return {
    access: {
      names,
      config,
      devices: async () =>
        files === undefined || inside.reader === undefined ? (inside.why ?? NOT_RUNNING) : files.devices(),
      release: async () => (await releaseIn(files)) ?? releaseOfImage(read.image),
      logs: async () => noLog ?? logsOf(api, candidate, pod),
      // A file of this machine is not the pod's.
      ...(configPath === undefined
        ? {
            place: async () =>
              safeText(
                `kubernetes ${api.cluster.server} ${namespace}/${names.workload}${names.pod === undefined ? "" : ` ${names.pod}`}`,
                300,
              ),
            changer,
          }
        : {}),
    },
    deployment: deploymentOf({
      kind: "kubernetes",
      confidence: "certain",
      evidence: evidenceOf(workload),
      alternatives: [],
      names,
      workload,
    }),
    secrets,
    url: (asked) => browserUrl(workload, asked),
    reach,
    lost: (met) => lostOnTheWay(met, opened),
    close: () => {
      inside.reader?.close();
      for (const forward of forwards.values())
        forward.then((open) => knownValue(open)?.close()).catch(() => undefined);
    },
  };
}

/** Whether other pods of the workload have devices and requests that this one does not: then it matters which is asked. */
function keepsItsOwn({ others }: Pick<Workload, "others">): boolean {
  return others.some(({ state, sharesState }) => state === "running" && sharesState !== true);
}

/** What a pod would be like, of a workload that has none. */
function podOfTemplate({ controller, name }: Candidate): Document {
  const template = objectAt(controller, "spec", "template");
  const isDown = numberAt(controller, "spec", "replicas") === 0;
  return {
    ...template,
    metadata: { ...objectAt(template, "metadata"), name },
    status: { phase: isDown ? "Succeeded" : "Pending", ...(isDown ? { reason: "ScaledToZero" } : {}) },
  };
}

/** What leads to a workload, by its group: of the namespace, whatever the workload is. */
export const SURROUNDINGS = [
  ["services", ""],
  ["ingresses", "networking.k8s.io"],
  ["httproutes", "gateway.networking.k8s.io"],
  ["networkpolicies", "networking.k8s.io"],
] as const;

/** Rights that a look at a workload asks for besides lists. */
export const RIGHTS = [
  [["get"], "pods/log"],
  [EXEC, "pods/exec"],
  [FORWARD, "pods/portforward"],
] as const;

async function surroundingsOf(reader: NamespaceReader, { pod }: PodContainer) {
  const list = async (resource: string, group = "", query = {}): Promise<readonly Document[]> =>
    knownValue(await reader.list(resource, group, query)) ?? [];
  const [pods = [], services = [], ingresses = [], routes = [], policies = [], events = []] =
    await Promise.all([
      list("pods"),
      ...SURROUNDINGS.map(([resource, group]) => list(resource, group)),
      list("events", "", { fieldSelector: `involvedObject.name=${pod}` }),
    ]);
  return { pods, services, ingresses, routes, policies, events };
}

/** The ConfigMaps of the pod's volumes, each by its name: a list would bring those of everybody else. */
async function configMapsIn(reader: NamespaceReader, spec: Document): Promise<ConfigMaps> {
  const found = await Promise.all(
    configMapsOf(spec).map(async (name) => [name, knownValue(await reader.get("configmaps", name))] as const),
  );
  return new Map(found.flatMap(([name, map]) => (map === undefined ? [] : [[name, map]])));
}

/** What is the whole of openclaw.json at each start; what is merged or copied once is not. */
function wholeConfig(
  source: ReturnType<typeof configMapSource>,
  maps: ConfigMaps,
): { readonly text: string; readonly source: string } | undefined {
  if (source === undefined || (source.taken !== "mounted" && source.taken !== "each-start")) return undefined;
  const text = configMapText(maps, source);
  return text === undefined ? undefined : { text, source: safeText(`configmap/${source.name}`, 300) };
}

function reachOf(
  { api, reader, options: { world } }: FoundWorkload,
  {
    forwards,
    opened,
    address,
    isUp,
    listens,
    where,
  }: {
    /** Of the pod. */
    readonly address: string | undefined;
    /** By port of the pod; filled here. */
    readonly forwards: Map<number, Promise<Fact<Forward>>>;
    /** Those that came about; filled here. */
    readonly opened: Forward[];
    readonly isUp: () => boolean;
    /** Whether somebody is seen to listen on a port of the pod, from inside. */
    readonly listens: (port: number) => Promise<boolean>;
    readonly where: () => Promise<Fact<PodContainer>>;
  },
): PodGateway["reach"] {
  return async (port) => {
    // That is known without a connection: nobody is there.
    if (!isUp()) return known(`ws://127.0.0.1:${await closedPort()}`, "the pod's state");
    if (world.env.KUBERNETES_SERVICE_HOST !== undefined && address !== undefined)
      return known(`ws://${address.includes(":") ? `[${address}]` : address}:${port}`, "the pods' network");
    const denied = await reader.may(FORWARD, "pods/portforward");
    if (denied !== undefined) return denied;
    const forward = forwards.get(port) ?? forwardPort(api, where, port, world, listens(port));
    forwards.set(port, forward);
    const open = await forward;
    if (open.known && !opened.includes(open.value)) opened.push(open.value);
    // Somebody may listen there the next time.
    if (!open.known || open.value.isRefused) forwards.delete(port);
    return open.known ? known(`ws://127.0.0.1:${open.value.port}`, open.source) : open;
  };
}

/**
 * A silence at the end of a way through an API server, a kubelet and an engine may be of any of them, and over the pods'
 * network a NetworkPolicy's: whether the gateway is down was not seen. That nobody listens is said by the kubelet in words.
 */
function lostOnTheWay({ reach, url }: ProbeReading, opened: readonly Forward[]): Unknown | undefined {
  if (reach.state === "open" || reach.state === "starting") return undefined;
  const forward = opened.find(({ port }) => url.startsWith(`ws://127.0.0.1:${port}`));
  const why = forward?.lost();
  if (why !== undefined) return why;
  if (reach.state !== "timeout") return undefined;
  return unknown(
    "timeout",
    say(forward === undefined ? "kube-pod-silent" : "kube-forward-silent"),
    OTHER_WAYS,
  );
}

/** With what somebody else sees where we saw nothing. */
const OTHER_WAYS = "--timeout SECONDS, --log FILE, --target ws://HOST:PORT";

/** With TLS where the Ingress has it; a port-forward ends on loopback. */
function browserUrl({ engine }: Workload<KubernetesEngine>, port: number): string {
  const route = engine.routes.find(({ tls }) => tls) ?? engine.routes[0];
  return route === undefined ? `ws://127.0.0.1:${port}` : `${route.tls ? "wss" : "ws"}://${route.host}`;
}

async function releaseIn(files: LocalAccess | undefined): Promise<Fact<Release> | undefined> {
  const release = await files?.release();
  return release?.known === true ? release : undefined;
}

/** The tag of upstream's image is its release; a chart's own image has a number of its own. */
function releaseOfImage(image: string): Fact<Release> {
  const version = /(?:^|\/)openclaw:(\d{4}\.\d{1,2}\.\d{1,3}(?:-\d{1,3})?)(?:-slim|-browser)?(?:@|$)/.exec(
    image,
  )?.[1];
  if (version !== undefined) return known({ version, confidence: "likely", from: "image" }, image);
  return unknown("absent", say("kube-image-without-release", { image }), "--release VERSION");
}

/** Of the container's life before its last restart, or of the init container that fails. */
function lastLinesOf(
  api: KubeApi,
  pod: Document,
  target: PodContainer,
  scrub: Scrubber,
): Promise<readonly string[]> {
  const init = failingInit(pod);
  const container = textAt(init, "name") ?? target.container;
  const status = init ?? statusOf(pod, target.container);
  const isPrevious =
    (numberAt(status, "restartCount") ?? 0) > 0 &&
    textAt(status, "state", "terminated", "reason") === undefined;
  return lastWords(api, { ...target, container }, isPrevious, scrub);
}

/** Of each pod of the workload, or of the one that is meant; the one that is looked at last. Of one that was started again, its earlier life first. */
async function logsOf(
  api: KubeApi,
  { namespace, container, pods, pod: meant }: Candidate,
  leading: Document,
): Promise<Fact<readonly LogText[]>> {
  const others =
    meant === undefined ? pods.filter((pod) => nameOf(pod) !== nameOf(leading)).slice(0, MAX_PODS - 1) : [];
  const texts: LogText[] = [];
  let failure: unknown;
  for (const pod of [...others.reverse(), leading]) {
    const name = nameOf(pod);
    const target = { namespace, pod: name, container };
    const restarts = numberAt(statusOf(pod, container), "restartCount") ?? 0;
    for (const previous of restarts > 0 ? [true, false] : [false])
      try {
        const kept = await podLog(api, target, { previous });
        const shown = safeText(`kubectl logs ${name}${previous ? " --previous" : ""}`, 300);
        if (kept.length > 0) texts.push({ name: shown, chunks: inTurn(kept), inside: true });
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        failure ??= error;
      }
  }
  if (texts.length === 0 && failure !== undefined)
    return kubeFailure(failure, `kubectl logs ${nameOf(leading)}`, api.cluster.secrets);
  return known(texts, `kubectl logs ${nameOf(leading)}`);
}

async function* inTurn(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function evidenceOf(workload: Workload<KubernetesEngine>): readonly Evidence[] {
  const { image, state, exitCode, restarts, others, shownBy, engine } = workload;
  const { reason, replicas, services, routes, policies, configMap, warnings, denied } = engine;
  const parts = [
    image,
    state +
      (reason === undefined ? "" : ` (${reason})`) +
      (exitCode === undefined ? "" : `, exit code ${exitCode}`),
    ...(restarts > 0 ? [`restarted ${restarts} times`] : []),
    ...(replicas === undefined ? [] : [`${replicas.ready} of ${replicas.wanted} replicas ready`]),
    services.length === 0
      ? "no Service leads to it"
      : services.map(({ name, type, port, to }) => `Service ${name} (${type}) ${port} -> ${to}`).join(", "),
    ...routes.map(({ kind, name, host }) => `${kind} ${name} at ${host}`),
    ...(policies.length === 0 ? [] : [`NetworkPolicy ${policies.join(", ")}`]),
    ...(configMap === undefined ? [] : [`config from ConfigMap ${configMap.name} (${configMap.taken})`]),
  ];
  const quote = (text: string): string => safeText(text, 300);
  return [
    { fact: "deployment", source: shownBy.state, quote: quote(parts.join(", ")), origin: { of: "workload" } },
    ...warnings
      .slice(-2)
      .map(
        (warning): Evidence => ({ fact: "deployment", source: "kubectl get events", quote: quote(warning) }),
      ),
    ...others.slice(0, 3).map(
      (other): Evidence => ({
        fact: "deployment",
        source: shownBy.others,
        quote: quote(`${other.name} (${other.state}) is another replica`),
      }),
    ),
    ...denied.slice(0, 5).map(
      ({ verb, resource, rule }): Evidence => ({
        fact: "deployment",
        source: "SelfSubjectRulesReview",
        quote: quote(`not allowed to ${verb} ${resource}; a Role with ${rule} allows it`),
      }),
    ),
  ];
}
