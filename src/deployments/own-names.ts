import type { DeploymentNames, HostSigns } from "../core/facts.ts";
import { workloadOf } from "../kinds/kubernetes/names.ts";
import { containerId } from "./host.ts";
import type { World } from "./world.ts";

/** Names of the container or pod that the doctor itself runs in: its id, or its namespace and workload. */
export async function ownNames(world: World, host: HostSigns): Promise<DeploymentNames> {
  if (host.container === "docker" || host.container === "podman") {
    const container = await containerId(world);
    return container === undefined ? {} : { container };
  }
  if (host.container !== "kubernetes") return {};
  const read = await world.readText("/var/run/secrets/kubernetes.io/serviceaccount/namespace", 300);
  const namespace = read.ok ? read.text.trim() : "";
  // A pod's host name is its own name.
  const pod = world.env.HOSTNAME?.trim() ?? "";
  return {
    ...(/^[a-z0-9][a-z0-9-]{0,62}$/.test(namespace) ? { namespace } : {}),
    ...(/^[a-z0-9][a-z0-9.-]{0,252}$/.test(pod) ? { workload: workloadOf(pod) } : {}),
  };
}
