import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { TellApart } from "../src/core/finding.ts";
import type { LogEvent, StartupFailedEvent } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { human } from "./remedies.ts";

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
  wants: ["logs"],
  diagnose({ wanted }) {
    const all = knownValue(wanted.logs)?.events ?? [];
    const events = all.filter((event) => event.type === "startup-failed").filter(isOccupied);
    const last = events.at(-1);
    if (last === undefined || startedSince(last, all)) return [];
    return [
      {
        // The bare error of the socket does not tell whether the other program is a gateway.
        confidence: last.why === "already-running" ? "certain" : "possible",
        ...(last.why === "already-running" ? {} : { tellApart: [WHO] }),
        evidence: events.slice(-3).map(evidenceOf),
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

const WHO: TellApart = { from: "wrong-port-or-config-path", message: "who-holds-the-port" };

function isOccupied({ why }: StartupFailedEvent): boolean {
  return why === "already-running" || why === "address-in-use";
}

/** A restart that met its predecessor for a moment. */
function startedSince(failed: StartupFailedEvent, all: readonly LogEvent[]): boolean {
  return all.some(
    (event) =>
      event.type === "startup" &&
      event.port !== undefined &&
      (event.source === failed.source
        ? event.line > failed.line
        : Date.parse(event.at ?? "") > Date.parse(failed.at ?? "")),
  );
}
