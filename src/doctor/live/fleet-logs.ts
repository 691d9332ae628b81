import { bad, type Parsed, parsed } from "../../core/bad-input.ts";
import { whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { PodLog } from "../../deployments/kubernetes/fleet.ts";
import { parseTarget } from "../../deployments/target.ts";
import { nodeWorld, type World } from "../../deployments/world.ts";

/** The logs of the pods of a fleet: `k8s:[CONTEXT/]NAMESPACE/NAME`, with the name that its manifest was given. */
export async function fleetLogsOf(text: string, env: World["env"]): Promise<Parsed<readonly PodLog[]>> {
  const target = parseTarget(text);
  if (!target.ok) return target;
  const { value } = target;
  const todo = say("fleet-hand-in-logs");
  if (value.kind !== "kubernetes" || value.namespace === undefined || value.workload === undefined)
    return bad("k8s:…", say("no-cluster-workload"), todo);
  const { namespace, context, workload } = value;
  const { fleetLogs } = await import("../../deployments/kubernetes/fleet.ts");
  const found = await fleetLogs(nodeWorld({ env }), {
    namespace,
    name: workload.name,
    ...(context === undefined ? {} : { context }),
  });
  return found.known ? parsed(found.value) : bad(safeText(text, 200), whyUnknown(found), todo);
}
