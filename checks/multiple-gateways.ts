import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Occurrence, TellApart } from "../src/core/finding.ts";
import type { LogEvent, PortHeldEvent, StartupFailedEvent } from "../src/core/log-event.ts";
import { isGateway } from "../src/core/lone-lines.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { args } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { inspected, workloadOf } from "./lib/workload.ts";

/**
 * A second gateway does not start because one has the port. Clients of the first are served, so it is a warning;
 * yet a request that waits at the one is not found at the other.
 */
export default defineCheck({
  id: "multiple-gateways",
  code: "OPD303",
  title: "One gateway owns this port and this state directory",
  severity: "warning",
  needs: [],
  wants: ["logs", "deployment"],
  diagnose({ wanted }) {
    const workload = workloadOf(wanted.deployment);
    const shared = workload === undefined ? undefined : sharedState(workload);
    if (shared !== undefined) return [shared];
    const taken = workload === undefined ? undefined : portTaken(workload);
    if (taken !== undefined) return [taken];
    const all = knownValue(wanted.logs)?.events ?? [];
    const events = all.filter((event) => event.type === "startup-failed").filter(isOccupied);
    const last = events.at(-1);
    const held = all.findLast((event) => event.type === "port-held");
    // Another program has the port: that is no second gateway, and the gateway is down.
    if (held !== undefined && !isGateway(held)) return [];
    if (held !== undefined && FORMER_NAME.test(held.program) && !startedSince(held, all))
      return [former(held)];
    if (last === undefined || startedSince(last, all)) return [];
    return [
      {
        // The bare error of the socket does not tell whether the other program is a gateway.
        confidence: last.why === "already-running" ? "certain" : "possible",
        ...(last.why === "already-running" ? {} : { tellApart: [WHO] }),
        evidence: [...events.slice(-3), ...(held === undefined ? [] : [held])].map(evidenceOf),
        count: events.length,
        remedies: [
          {
            id: "stop-other-gateway",
            risk: "restart",
            steps: [human("find-gateways"), human("stop-other-gateway"), { do: "gateway.status" }],
          },
        ],
      },
    ];
  },
});

/** What the product was called before 2026.1.29; its service goes on after an update and keeps the port. */
const FORMER_NAME = /\b(?:clawdbot|moltbot)\b/i;

/** Clients of today that it refuses are refused by a gateway of another time, so it comes before what it says. */
function former(held: PortHeldEvent): Occurrence {
  const { port, program, pid } = held;
  return {
    variant: "former-name",
    severity: "error",
    confidence: "certain",
    rank: -1,
    evidence: [evidenceOf(held)],
    args: args({ port, program, pid }),
    remedies: [
      {
        id: "stop-other-gateway",
        risk: "restart",
        steps: [
          human("remove-former-service", args({ program, pid })),
          { do: "gateway.start" },
          { do: "gateway.status" },
        ],
      },
    ],
  };
}

/** The engine could not publish the port, and did not start the container: who holds it is not known. */
function portTaken(workload: Workload): Occurrence | undefined {
  const { error = "", state, name } = workload;
  if (state === "running" || !/port is already allocated|address already in use/i.test(error))
    return undefined;
  const port = /(?:^|[\s:])(\d{2,5})(?:\/tcp)?(?: failed|:|$)/.exec(error)?.[1];
  return {
    variant: "port-taken",
    confidence: "likely",
    evidence: [inspected(workload, error)],
    args: args({ container: name, port }),
    remedies: [
      {
        id: "stop-other-gateway",
        risk: "restart",
        steps: [
          human("find-port-holder", args({ port })),
          human("stop-other-gateway"),
          { do: "gateway.start" },
        ],
      },
    ],
  };
}

/** Two running gateways on one directory overwrite each other's devices; only one of them sees a request. */
function sharedState(workload: Workload): Occurrence | undefined {
  const { name, others, stateDir, mounts } = workload;
  const running = (state: string): boolean => state === "running" || state === "restarting";
  const twins = others.filter(({ sharesState, state }) => sharesState === true && running(state));
  if (twins.length === 0 || !running(workload.state)) return undefined;
  const names = twins.map((twin) => twin.name).join(", ");
  const source = mounts.find(({ at }) => at === stateDir?.mount)?.source;
  return {
    variant: "shared-state",
    // Of a larger mount each may use another directory.
    confidence: stateDir?.path === stateDir?.mount ? "certain" : "possible",
    evidence: [
      inspected(workload, say("mounted-too", { names, ...(source === undefined ? {} : { source }) })),
    ],
    count: twins.length + 1,
    args: args({ container: name, other: names, source }),
    remedies: [
      {
        id: "stop-other-gateway",
        risk: "restart",
        steps: [human("stop-other-container", args({ other: names })), { do: "gateway.restart" }],
      },
    ],
  };
}

const WHO: TellApart = { from: "wrong-port-or-config-path", message: "who-holds-the-port" };

function isOccupied({ why }: StartupFailedEvent): boolean {
  return why === "already-running" || why === "address-in-use";
}

/** A restart that met its predecessor for a moment. */
function startedSince(failed: StartupFailedEvent | PortHeldEvent, all: readonly LogEvent[]): boolean {
  return all.some(
    (event) =>
      event.type === "startup" &&
      event.port !== undefined &&
      (event.source === failed.source
        ? event.line > failed.line
        : Date.parse(event.at ?? "") > Date.parse(failed.at ?? "")),
  );
}
