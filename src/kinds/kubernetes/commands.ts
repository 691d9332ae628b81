import type { DeploymentNames } from "../../core/facts.ts";
import type { CliOptions, CommandContext, CommandLines } from "../kind.ts";
import { type Line, lineOf, type Word, words } from "../line.ts";
import { programWords, safeLine, safeName, safePort } from "../safe-names.ts";
import { TAILNET, tailscaleServe } from "../shared-lines.ts";
import { podNames } from "./names.ts";

export function kubernetesLines(names: DeploymentNames, context: CommandContext): CommandLines {
  const { namespace, workload, runsIn, container } = podNames(names);
  const chosen = names.context === undefined ? [] : ["--context", safeLine(names.context)];
  const kubectl = ["kubectl", ...chosen, "-n", namespace];
  const program = programWords(names, "node /app/dist/index.js");
  const inPod = container === undefined ? [] : ["-c", container];
  const cli = (args: readonly Word[], options: CliOptions = {}): Line => {
    if (context.inside) return lineOf([...program, ...args]);
    const exec = [...kubectl, "exec", ...(options.terminal ? ["-it"] : []), runsIn, ...inPod, "--"];
    return lineOf([...words(...exec), ...program, ...args]);
  };
  const ask = (...rest: readonly string[]): Line => lineOf(words(...kubectl, ...rest));
  const pod = workload.startsWith("pod/");
  const configMap = safeName(context.configMap);
  return {
    dialect: "posix",
    cli,
    ...(configMap ? { editConfig: ask("edit", "configmap", configMap) } : {}),
    // One that is wanted and does not run is made anew; of none there has to be one.
    start: pod
      ? undefined
      : (context.replicas ?? 0) > 0
        ? ask("rollout", "restart", workload)
        : ask("scale", workload, "--replicas=1"),
    // A bare pod that is deleted is gone; ending its first process restarts the container.
    restart: pod
      ? ask("exec", workload, ...inPod, "--", "sh", "-c", "kill -TERM 1")
      : ask("rollout", "restart", workload),
    status: ask("get", "pods"),
    logs: ask("logs", runsIn, ...inPod, "--tail=200"),
    tailscale: tailscaleServe(context.port),
    tailnet: TAILNET,
    tunnel: (port) => ask("port-forward", runsIn, `${safePort(port)}:${safePort(context.port)}`),
  };
}
