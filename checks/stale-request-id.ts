import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { approvedSince, explainPrinted, printed } from "./lib/printed-errors.ts";
import { alongside, human } from "./lib/remedies.ts";

/** A request lives five minutes (2026.2.1 to 2026.9.6, by their code), and a page that tries again may get another. */
export default defineCheck({
  id: "stale-request-id",
  code: "OPD208",
  title: "Approvals name a request that waits",
  severity: "error",
  needs: [],
  wants: ["logs", "refusals"],
  diagnose({ wanted }) {
    const all = knownValue(wanted.logs)?.events ?? [];
    const events = printed(wanted.logs, ({ why }) => why === "unknown-request");
    const current = events.filter((event) => !approvedSince(event, all));
    if (events.length === 0) return [];
    if (current.length === 0) {
      return [{ ...explainPrinted(events, { remedies: [] }), severity: "info", variant: "over" }];
    }
    const byDevice = asksAnew(knownValue(wanted.refusals) ?? []);
    const ways = [byRequest(byDevice), BY_DEVICE];
    return [explainPrinted(current, { remedies: byDevice ? ways.toReversed() : ways })];
  },
});

/** An app or a node host asks anew every few seconds, and each request replaces the one before. */
function asksAnew(refusals: readonly Refusal[]): boolean {
  return refusals.some(
    ({ gate, client, over }) => gate === "pairing" && !over && (client === "app" || client === "node"),
  );
}

function byRequest(byItself: boolean): Remedy {
  return {
    id: "approve-device",
    risk: "grants-access",
    steps: [
      ...(byItself ? [] : [alongside("reload-page")]),
      { do: "device.list" },
      alongside("choose-request"),
      { do: "device.approve" },
    ],
  };
}

const BY_DEVICE: Remedy = {
  id: "approve-by-device",
  risk: "grants-access",
  steps: [{ do: "device.list" }, human("choose-device"), human("approve-by-device")],
};
