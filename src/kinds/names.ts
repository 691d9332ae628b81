import type { DeploymentKind, DeploymentNames, HostSigns } from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import { containerId } from "../deployments/host.ts";
import type { World } from "../deployments/world.ts";

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

/** The service file that runs a gateway, from its path. The user's own wins over the system's. */
export function namesFromUnits(units: readonly string[]): Pick<DeploymentNames, "unit"> {
  const found = units.map(unitOf).filter((unit) => unit !== undefined);
  const unit = found.find(({ user }) => user) ?? found[0];
  return unit === undefined ? {} : { unit };
}

function unitOf(path: string): { readonly name: string; readonly user: boolean } | undefined {
  const file = path.split("/").at(-1) ?? "";
  const name = file.replace(/\.(?:service|plist)$/, "");
  if (name === file || name === "") return undefined;
  return { name, user: path.includes("/systemd/user/") || path.includes("/LaunchAgents/") };
}

/**
 * Names in front of log lines: `openclaw-gateway-1 |` of Compose, `[pod/openclaw-0/gateway]` of kubectl, a unit of
 * the journal. Without a kind every name found is given.
 */
export function namesFromLogs(
  logs: LogDigest | undefined,
  kind: DeploymentKind | undefined,
): DeploymentNames {
  if (logs === undefined) return {};
  let composeService: string | undefined;
  let container: string | undefined;
  let workload: string | undefined;
  let podContainer: string | undefined;
  for (const text of prefixes(logs)) {
    const pod = /^\[?(?:pod\/)?([a-z0-9][a-z0-9.-]{0,251})\/([a-z0-9][a-z0-9-]{0,61})\]?$/.exec(text);
    if (pod?.[1] !== undefined && /(?:openclaw|gateway|claw)/.test(pod[1])) {
      workload ??= workloadOf(pod[1]);
      podContainer ??= pod[2];
      continue;
    }
    const compose = composeServiceOf(text);
    if (compose !== undefined) {
      composeService ??= compose.service;
      container ??= compose.container;
    }
  }
  return {
    ...(composeService !== undefined && (kind === undefined || kind === "docker" || kind === "vps")
      ? { composeService }
      : {}),
    ...(container !== undefined && (kind === undefined || kind === "docker" || kind === "vps")
      ? { container }
      : {}),
    ...(workload !== undefined && (kind === undefined || kind === "kubernetes") ? { workload } : {}),
    ...(podContainer !== undefined && kind === "kubernetes" ? { container: podContainer } : {}),
  };
}

/** What stands in front of the lines: the name the log room took off, the start of the quotes, and the sources. */
function* prefixes(logs: LogDigest): Iterable<string> {
  for (const { name } of logs.sources.slice(0, 50)) yield name;
  yield* logs.vias ?? [];
  const events = [...logs.refusals.map(({ latest }) => latest), ...logs.events];
  for (const event of events.slice(0, 300)) {
    if (event.via !== undefined) yield event.via;
    const quoted = /^\s{0,4}(?:([\w.-]{1,100}) {0,80}\||(\[pod\/[^\]\s]{1,200}\]))/.exec(event.quote);
    const text = quoted?.[1] ?? quoted?.[2];
    if (text !== undefined) yield text;
  }
}

/**
 * The service of `openclaw-gateway-1` (Compose prints that in front of lines), or of a whole container name such
 * as `openclaw-openclaw-gateway-1` or `openclaw_openclaw-gateway_1`.
 */
export function composeServiceOf(
  text: string,
): { readonly service: string; readonly container?: string } | undefined {
  const match = /^([a-z0-9][a-z0-9._-]{0,100}?)[-_](\d{1,3})$/.exec(text);
  const name = match?.[1];
  if (name === undefined || !/(?:openclaw|clawdbot|moltbot|gateway)/.test(name)) return undefined;
  const known = /^(?:(.{1,60})[-_])?((?:openclaw|clawdbot|moltbot)-(?:gateway|cli))$/.exec(name);
  // Only with upstream's service names is it plain where the project ends and the service begins.
  if (known?.[2] !== undefined) {
    const service = known[2].replace(/-cli$/, "-gateway");
    return known[1] === undefined ? { service } : { service, container: text };
  }
  return { service: name };
}

/**
 * The workload of a pod: `openclaw-0` is of a StatefulSet, `openclaw-866cf46ddf-fhq2t` of a Deployment, anything
 * else stays a pod. Hash parts have no vowels, so no ordinary word is taken for one.
 */
export function workloadOf(pod: string): string {
  const deployment = /^(.{1,200})-[0-9a-z]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/.exec(pod)?.[1];
  if (deployment !== undefined) return `deploy/${deployment}`;
  const stateful = /^(.{1,200})-\d{1,3}$/.exec(pod)?.[1];
  return stateful === undefined ? `pod/${pod}` : `statefulset/${stateful}`;
}
