import { type Fact, knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import type { Occurrence, Remedy } from "../../src/core/finding.ts";
import type { LogDigest } from "../../src/core/log-event.ts";
import { type Saying, say } from "../../src/core/saying.ts";
import type { Workload } from "../../src/core/workload.ts";
import { isLoopback } from "./addresses.ts";
import { keepsState, publishOnLoopback, recreate } from "./compose-steps.ts";
import { args, type GateFacts, insidePort } from "./explain-refusals.ts";
import { human } from "./remedies.ts";
import { inspected, missesPort, portsOf, workloadOf } from "./workload.ts";

/*
 * The gateway runs in a container, and none of the published ports leads to the port that it listens on: whoever
 * dials from the host meets nobody, or another program. The port is the mistake, not the gateway.
 */

type Facts = GateFacts & { readonly wanted: { readonly logs: Fact<LogDigest> } };

/** Of a socket that nobody listens on, or that docker-proxy accepts and drops. */
const NOBODY: ReadonlySet<string> = new Set([
  "refused",
  "connection-refused",
  "econnrefused",
  "abnormal-closure",
  "reset",
  "empty-reply",
  "timeout",
]);

export function unpublished(facts: Facts): readonly Occurrence[] {
  const workload = workloadOf(facts.wanted.deployment);
  const inside = insidePort(facts);
  if (workload === undefined || !missesPort(workload, inside)) return [];
  const config = knownValue(facts.wanted.config);
  // Nobody from outside is meant to come in, or the other way is the first to be opened.
  if (config?.effective.gateway?.bind === "loopback") return [];
  const refused = facts.refusals.findIndex(
    (refusal) => !refusal.over && meetsNobody(refusal) && !isInside(refusal, facts),
  );
  // Behind a proxy on the container's own network no port has to be published.
  if (refused === -1 && !isLonely(facts, workload)) return [];
  const refusal = facts.refusals[refused];
  const to = new Set(workload.ports.map((port) => port.to));
  const [only] = to.size === 1 ? to : [];
  return [
    {
      variant: workload.ports.length === 0 ? "unpublished" : "published-elsewhere",
      confidence:
        refusal !== undefined && config !== undefined
          ? "certain"
          : refusal !== undefined
            ? "likely"
            : "possible",
      ...(refusal === undefined ? { severity: "warning" as const } : { rank: refused, count: refusal.count }),
      evidence: [inspected(workload, missing(workload, inside)), ...(refusal?.evidence ?? [])],
      args: args({ port: inside, to: only, container: workload.name }),
      remedies: [publish(facts, workload, inside), ...listenThere(facts, only)],
    },
  ];
}

/** None of the published ports leads to the gateway, and this refusal is of one who came that way. */
export function isMisled(refusal: Refusal, facts: GateFacts): boolean {
  return missesPort(workloadOf(facts.wanted.deployment), insidePort(facts)) && !isInside(refusal, facts);
}

/** We dialled the container's own address, which needs no published port: who is not there does not listen. */
function isInside({ from }: Refusal, { wanted }: GateFacts): boolean {
  const url = knownValue(wanted.target)?.url ?? "";
  const host = /^wss?:\/\/(\[[^\]]{0,60}\]|[^/:?#]{0,255})/.exec(url)?.[1]?.replace(/^\[|\]$/g, "");
  const { addresses = [] } = workloadOf(wanted.deployment) ?? {};
  return from === "probe" && host !== undefined && addresses.includes(host);
}

function meetsNobody({ gate, reason }: Refusal): boolean {
  return gate === "transport" && NOBODY.has(reason ?? "");
}

/** EXPOSE is a note of the image's author; it publishes nothing. */
function missing(workload: Workload, port: number): Saying {
  const ports = portsOf(workload);
  const isExposed = workload.exposed?.includes(port) === true;
  if (ports === "") return say(isExposed ? "port-exposed-only" : "port-not-published", { port });
  return say(isExposed ? "port-elsewhere-exposed" : "port-published-elsewhere", { ports, port });
}

/** A log in which nobody came from anywhere but the container itself. */
function isLonely({ wanted }: Facts, { addresses }: Workload): boolean {
  const logs = knownValue(wanted.logs);
  if (logs === undefined) return false;
  const seen = [
    ...logs.refusals.map(({ latest }) => latest.remote),
    ...logs.events.map((event) => ("remote" in event ? event.remote : undefined)),
  ];
  return !seen.some((remote) => remote !== undefined && !isLoopback(remote) && !addresses.includes(remote));
}

/** What is in the container's own layer goes when it is created anew, which a new port needs. */
function publish({ wanted }: Facts, { stateDir, name }: Workload, port: number): Remedy {
  const edits = keepsState(wanted) ? publishOnLoopback(wanted, port) : undefined;
  if (edits !== undefined)
    return { id: "publish-port", risk: "restart", args: { port }, steps: [...edits, ...recreate(wanted)] };
  const lost = stateDir !== undefined && stateDir.on !== "mount";
  return {
    id: "publish-port",
    risk: "restart",
    args: { port },
    steps: [
      ...(lost ? [human("copy-state-out", { container: name, path: stateDir.path })] : []),
      human("publish-on-loopback", { port }),
      human("recreate-for-port"),
    ],
  };
}

/** The other end of the same mistake, where nothing but the config names the port. */
function listenThere({ wanted }: Facts, to: number | undefined): readonly Remedy[] {
  const config = knownValue(wanted.config);
  const from = config?.origins["gateway.port"]?.from;
  if (to === undefined || config === undefined || from !== "file") return [];
  return [
    {
      id: "set-gateway-port",
      risk: "restart",
      args: { port: to },
      steps: [{ do: "config.set", key: "gateway.port", value: to }, { do: "gateway.restart" }],
    },
  ];
}
