import type { Changer } from "../../core/change.ts";
import { DEFAULT_PORT } from "../../core/default-port.ts";
import { type Fact, known } from "../../core/fact.ts";
import type { DeploymentNames, DeviceList } from "../../core/facts.ts";
import { type Saying, say } from "../../core/saying.ts";
import { fingerprintOf } from "../../core/secret.ts";
import type { ConfigMapSource, WorkloadMount } from "../../core/workload.ts";
import type { Candidate } from "../../kinds/kubernetes/workloads.ts";
import { containerCli } from "../contained/cli.ts";
import { type GatewayStarter, gatewayChanger } from "../gateway-changer.ts";
import type { GatewayProcess } from "../processes.ts";
import { watchGateway } from "../reload.ts";
import type { ChangerOptions, ConfigAndSecrets } from "../types.ts";
import type { KubeApi } from "./api.ts";
import { withConfigMap } from "./config-map-file.ts";
import { type PodContainer, podExec } from "./exec.ts";
import { podEyes } from "./eyes.ts";
import { containerNow } from "./follow.ts";
import { EXEC } from "./inside.ts";
import { podFiles } from "./pod-files.ts";
import type { NamespaceReader } from "./read.ts";
import { isScaledDown, resourceOf, rolloutRestart, scaleTo } from "./rollout.ts";

export interface PodChangerOptions extends ChangerOptions {
  readonly api: KubeApi;
  readonly rights: NamespaceReader;
  readonly candidate: Candidate;
  readonly salt: string;
  readonly gateway: GatewayProcess;
  readonly names: DeploymentNames;
  readonly config: ConfigAndSecrets;
  /** Where the config comes from, if from a ConfigMap. */
  readonly source?: ConfigMapSource;
  readonly mounts: readonly WorkloadMount[];
  readonly readOnlyRoot?: boolean;
  /** The release of the image's files. */
  readonly own?: string;
  /** Anew each time. */
  readonly devicesIn: (pod: PodContainer) => Promise<Fact<DeviceList>>;
  readonly reach: (port: number) => Promise<Fact<string>>;
}

/** How upstream's image runs its command. */
const PROGRAM = "node /app/dist/index.js";
/** Milliseconds. A container compiles for up to 95 s at its first start (2026.2.1); each look runs a program in it. */
const LIMITS = { whole: 240_000, every: 1000 };

/** A gateway in a pod, changed through its cluster's API: no `kubectl` is needed. Unknown: it is not allowed. */
export async function podChanger(options: PodChangerOptions): Promise<Fact<Changer>> {
  const { api, rights, candidate, salt, gateway, names, config, source, own, release: told } = options;
  const isMade = source !== undefined && (source.taken === "mounted" || source.taken === "each-start");
  // What is made of a ConfigMap is changed without anything being run in the pod.
  const denied = isMade ? await rights.may(["patch"], "configmaps") : await rights.may(EXEC, "pods/exec");
  if (denied !== undefined) return denied;
  const where = (): Promise<Fact<PodContainer>> => containerNow(api, candidate);
  const exec = podExec(api, async () => (await rights.may(EXEC, "pods/exec")) ?? where());
  const { path: configPath, stateDir, effective } = config.reading;
  const port = effective.gateway?.port ?? DEFAULT_PORT;
  // Of an era the oldest: what the newest can do, it need not.
  const release = own ?? told?.range?.[0] ?? told?.version;
  const inPod = podFiles({
    api,
    exec,
    where,
    mounts: options.mounts,
    readOnlyRoot: options.readOnlyRoot === true,
  });
  const files = isMade ? withConfigMap(api, candidate.namespace, source, configPath, inPod) : inPod;
  return known(
    gatewayChanger({
      configPath,
      stateDir,
      files,
      cli: containerCli({
        exec,
        program: (names.cli ?? PROGRAM).split(" "),
        user: "",
        gateway,
        configPath,
        stateDir,
        secrets: config.all.map((secret) => secret.reveal()),
      }),
      watch: watchGateway({
        port,
        eyes: podEyes({ api, candidate, exec, port, reach: options.reach }),
        limits: LIMITS,
      }),
      edit: options.edit,
      devices: async () => {
        const pod = await where();
        return pod.known ? options.devicesIn(pod.value) : pod;
      },
      fingerprint: (secret) => fingerprintOf(secret, salt),
      ...(release === undefined ? {} : { release }),
      restart: (signal) => restart(options, exec, signal),
      ...(resourceOf(candidate) === undefined ? {} : { starter: starterOf(options) }),
      restartsWhole: true,
    }),
    configPath,
  );
}

/** A workload of which no pod is wanted is one that is down, and stays so. */
function starterOf({ api, rights, candidate }: PodChangerOptions): GatewayStarter {
  const scaled = async (replicas: 0 | 1, signal: AbortSignal): Promise<Fact<Saying>> =>
    (await rights.may(["patch"], resourceOf(candidate) ?? "", "apps")) ??
    scaleTo(api, candidate, replicas, signal);
  return {
    isDown: () => isScaledDown(api, candidate).catch(() => false),
    start: async (signal) =>
      (await isScaledDown(api, candidate).catch(() => false))
        ? scaled(1, signal)
        : ((await rights.may(["patch"], resourceOf(candidate) ?? "", "apps")) ??
          rolloutRestart(api, candidate, signal)),
    stop: (signal) => scaled(0, signal),
  };
}

/** A rollout; of a bare pod the end of its first process, after which the kubelet starts the container again. */
async function restart(
  { api, rights, candidate }: PodChangerOptions,
  exec: ReturnType<typeof podExec>,
  signal: AbortSignal,
): Promise<Fact<Saying>> {
  const resource = resourceOf(candidate);
  if (resource !== undefined) {
    const denied = await rights.may(["patch"], resource, "apps");
    return denied ?? rolloutRestart(api, candidate, signal);
  }
  const ended = await exec.run(["sh", "-c", "kill -TERM 1"], { user: "", signal, timeoutMs: 20_000 });
  // The end of the container may end the command, too.
  return ended.known || ended.reason === "failed"
    ? known(say("kube-first-process"), api.cluster.name)
    : ended;
}
