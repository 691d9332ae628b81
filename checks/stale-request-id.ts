import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import { approvedSince, explainPrinted, printed } from "./lib/printed-errors.ts";
import { alongside, human } from "./lib/remedies.ts";

/** A request lives five minutes (2026.2.1 to 2026.9.6, by their code), and a page that tries again may get another. */
export default defineCheck({
  id: "stale-request-id",
  code: "OPD208",
  title: "Approvals name a request that waits",
  severity: "error",
  needs: [],
  wants: ["logs"],
  diagnose({ wanted }) {
    const all = knownValue(wanted.logs)?.events ?? [];
    const events = printed(wanted.logs, ({ why }) => why === "unknown-request");
    const current = events.filter((event) => !approvedSince(event, all));
    if (events.length === 0) return [];
    if (current.length === 0) {
      return [{ ...explainPrinted(events, { remedies: [] }), severity: "info", variant: "over" }];
    }
    return [
      explainPrinted(current, {
        remedies: [
          {
            id: "approve-device",
            risk: "grants-access",
            steps: [
              alongside("reload-page"),
              { do: "device.list" },
              alongside("choose-request"),
              { do: "device.approve" },
            ],
          },
          // An app asks anew every few seconds, and each request replaces the one before.
          {
            id: "approve-by-device",
            risk: "grants-access",
            steps: [{ do: "device.list" }, human("choose-device"), human("approve-by-device")],
          },
        ],
      }),
    ];
  },
});
