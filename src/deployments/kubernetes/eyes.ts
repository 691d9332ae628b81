import type { Fact } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { probe } from "../../gateway/probe.ts";
import { nameOf, numberAt, textAt } from "../../kinds/kubernetes/fields.ts";
import { type Candidate, statusOf } from "../../kinds/kubernetes/workloads.ts";
import type { ContainerExec } from "../contained/exec.ts";
import { listeningInside } from "../contained/listening.ts";
import type { GatewayEyes } from "../reload.ts";
import type { KubeApi } from "./api.ts";
import { podsNow } from "./follow.ts";
import { podLog } from "./logs.ts";

export interface PodEyesOptions {
  readonly api: KubeApi;
  readonly candidate: Candidate;
  readonly exec: ContainerExec;
  /** The gateway's own port. */
  readonly port: number;
  /** Where that port is reached from here, as far as it is. */
  readonly reach: (port: number) => Promise<Fact<string>>;
}

const PROBE_MS = 5000;
/** Starts of one container after which it is not going to stay up. */
const STARTS = 2;

/** A gateway in a pod: the cluster's word for it, its sockets from inside, the log of the pod that there is now. */
export function podEyes({ api, candidate, exec, port, reach }: PodEyesOptions): GatewayEyes {
  const { namespace, container } = candidate;
  let restarts = 0;
  /** An API server that does not answer for a moment is asked again. */
  const now = async () => {
    const [pod] = await podsNow(api, candidate).catch(() => []);
    if (pod === undefined) return undefined;
    const status = statusOf(pod, container);
    return {
      name: nameOf(pod),
      startedAt: textAt(status, "state", "running", "startedAt"),
      restarts: numberAt(status, "restartCount") ?? 0,
    };
  };
  return {
    sockets: async () => {
      const pod = await now();
      if (pod === undefined) return undefined;
      if (pod.startedAt === undefined) return "";
      const found = await listeningInside(exec, port);
      if (found === undefined) return undefined;
      // The sockets of a container that started anew may have the numbers of earlier ones.
      return found.sockets === "" ? "" : `${pod.name} ${pod.startedAt} ${found.sockets}`;
    },
    logFromNow: async () => {
      const pod = await now();
      restarts = pod?.restarts ?? restarts;
      const since = Date.now();
      const said = async (): Promise<string> => {
        const current = await now();
        if (current === undefined) return "";
        // Two seconds more, as both clocks and the kubelet's whole seconds may differ.
        const sinceSeconds = Math.ceil((Date.now() - since) / 1000) + 2;
        const target = { namespace, pod: current.name, container };
        return Buffer.concat(await podLog(api, target, { sinceSeconds })).toString("utf8");
      };
      const before = new Set((await said().catch(() => "")).split("\n"));
      return () =>
        said()
          .then((text) =>
            text
              .split("\n")
              .filter((line) => !before.has(line))
              .join("\n"),
          )
          .catch(() => "");
    },
    reach: async (signal) => {
      const url = await reach(port);
      if (url.known) {
        const { reach: found } = await probe({ url: url.value, timeoutMs: PROBE_MS, signal });
        if (found.state === "open" || found.state === "starting" || signal.aborted) return found.state;
      }
      return (await listeningInside(exec, port))?.answers === true ? "open" : "refused";
    },
    // A kubelet starts the container of a pod again, whatever its end was.
    comesBack: async () => (await now()) !== undefined,
    fails: async () => {
      const pod = await now();
      return pod !== undefined && pod.restarts > restarts + STARTS ? say("container-loops") : undefined;
    },
  };
}
