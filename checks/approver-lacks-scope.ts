import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Remedy } from "../src/core/finding.ts";
import type { ClientErrorEvent, LogEvent } from "../src/core/log-event.ts";
import { args, type GateFacts, portOf, WANTED } from "./lib/explain-refusals.ts";
import { approvedSince, explainPrinted, printed } from "./lib/printed-errors.ts";
import { alongside, dashboardLink, human } from "./lib/remedies.ts";

/** Nobody grants more than they have: the CLI's own device was approved for less than the one that waits. */
export default defineCheck({
  id: "approver-lacks-scope",
  code: "OPD207",
  title: "The CLI may approve the requests that wait",
  severity: "error",
  needs: [],
  wants: [...WANTED, "logs", "refusals"],
  diagnose({ wanted }) {
    const all = knownValue(wanted.logs)?.events ?? [];
    const refusals = knownValue(wanted.refusals) ?? [];
    const events = printed(wanted.logs, (event) => isDenied(event, all) && !approvedSince(event, all));
    const last = events.at(-1);
    if (last === undefined) return [];
    return [
      explainPrinted(events, {
        // `missing scope` of a command that is not named may be another command's.
        confidence: last.why === "approval-denied" || /device[s.]/.test(last.quote) ? "certain" : "likely",
        args: args({ reason: last.message }),
        remedies: remediesFor({ refusals, wanted, sources: { refusals: "log" } }),
      }),
    ];
  },
});

function isDenied(event: ClientErrorEvent, all: readonly LogEvent[]): boolean {
  if (event.why === "approval-denied") return !isOfUnknownRequest(event, all);
  if (event.why !== "missing-scope" || !/operator\.(?:admin|pairing)/.test(event.message)) return false;
  // A gateway's log names the method, and the page lacks scopes for others.
  return !event.quote.includes("⇄ res") || /device\.(?:pair|token)/.test(event.quote);
}

/** 2026.9.6 denies an unknown id first, then the CLI tries again with the shared token (run 9.6). */
function isOfUnknownRequest({ source, line }: ClientErrorEvent, all: readonly LogEvent[]): boolean {
  return all.some(
    (other) =>
      other.type === "client-error" &&
      other.why === "unknown-request" &&
      other.source === source &&
      other.line > line &&
      other.line <= line + 3,
  );
}

function remediesFor(facts: GateFacts): readonly Remedy[] {
  const waiting = facts.refusals.find(
    ({ gate, client, over }) => gate === "pairing" && client !== "cli" && !over,
  );
  return [
    ...(waiting === undefined ? [] : dashboardLink(waiting, facts)),
    {
      id: "approve-with-shared-token",
      risk: "grants-access",
      steps: [
        { do: "device.list" },
        alongside(waiting?.requestId === undefined ? "choose-request" : "check-request"),
        human("approve-with-shared-token", { port: portOf(facts), requestId: waiting?.requestId }),
      ],
    },
  ];
}
