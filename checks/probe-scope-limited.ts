import { defineCheck } from "../src/core/check.ts";
import { args } from "./lib/explain-refusals.ts";
import { explainPrinted, printed } from "./lib/printed-errors.ts";

/** A status command got in without a device, and so with few scopes (2026.3.13 on): the gateway answers. */
export default defineCheck({
  id: "probe-scope-limited",
  code: "OPD403",
  title: "Status commands have the scopes that they need",
  severity: "info",
  needs: [],
  wants: ["logs"],
  diagnose({ wanted }) {
    const events = printed(
      wanted.logs,
      ({ why, message }) => why === "missing-scope" && message.includes("operator.read"),
    );
    if (events.length === 0) return [];
    const command = events.some(({ quote }) => quote.includes("RPC: limited"))
      ? "openclaw gateway status"
      : undefined;
    // Nothing is to be mended, so there is no remedy; the text says what to count it as.
    return [explainPrinted(events, { args: args({ command }), remedies: [] })];
  },
});
