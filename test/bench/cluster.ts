import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { writeOwnConfig } from "../real/kubernetes/site.ts";
import { deployment, podParts, service, useCluster, whyNoCluster } from "../real/rig/cluster.ts";
import { until } from "../real/rig/processes.ts";

type Row = readonly [what: string, value: string, against: string];

const RUNS = 5;
const NAME = "claw";

/** What a diagnosis of one workload takes beside the question that a person would ask first. */
export async function clusterRows(bin: string): Promise<readonly Row[]> {
  const what = "diagnose a workload of a cluster";
  const skipped = await whyNoCluster();
  if (skipped !== undefined) return [[what, "skipped", skipped]];
  const cluster = await useCluster();
  try {
    const { spec, stateDir } = await podParts(cluster, "2026.2.1");
    writeOwnConfig(stateDir, { bind: "lan", auth: { mode: "token", token: "bench-token-5f2c81d0" } });
    await cluster.apply(deployment(NAME, spec), service(NAME));
    const log = () => cluster.kubectl("logs", `deploy/${NAME}`, "--tail=200").catch(() => "");
    if (!(await until(async () => (await log()).includes("listening on"), 300_000, 2000)))
      return [[what, "skipped", "the gateway did not start"]];
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
    const target = `k8s:${cluster.namespace}/${NAME}`;
    const kubectl = ["kubectl", "-n", cluster.namespace, "get", "pods,svc", "-o", "json"];
    const doctor = [process.execPath, bin, "diagnose", "--json", "--target", target];
    // One after the other in turn, so that what else the machine does is in both.
    const times: Record<"plain" | "whole", number[]> = { plain: [], whole: [] };
    for (let run = 0; run < RUNS; run += 1) {
      times.plain.push(wallOf(kubectl, env));
      times.whole.push(wallOf(doctor, env));
    }
    const [plain, whole] = [middle(times.plain), middle(times.whole)];
    return [
      [
        what,
        `${whole.toFixed(0)} ms wall`,
        `${(whole / plain).toFixed(2)} x kubectl get pods,svc (${plain.toFixed(0)} ms)`,
      ],
    ];
  } finally {
    await cluster.stop();
  }
}

function wallOf([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): number {
  const started = performance.now();
  const { error, stdout } = spawnSync(program, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  if (error !== undefined) throw error;
  // A diagnosis that failed would be a quick one.
  JSON.parse(stdout.toString("utf8"));
  return performance.now() - started;
}

function middle(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
