import { defineCheck } from "../src/core/check.ts";
import { human } from "./remedies.ts";
import { explainRefusals, WANTED } from "./support.ts";
import { besideConnectFailed } from "./tell-apart.ts";

/**
 * `connect failed` stands for every refusal: the page closes with 4008 as soon as it has read the answer, and in
 * three of ten attempts that is what the gateway writes (measured, 51 of 172). The cause is elsewhere.
 */
export default defineCheck({
  id: "client-side-4008",
  code: "OPD402",
  title: "Refusals in the log name their cause",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  causedBy: [
    "origin-not-allowed",
    "gateway-token-missing",
    "gateway-token-mismatch",
    "secure-context-required",
    "device-identity-required",
    "docker-nat-not-local",
    "first-time-not-paired",
  ],
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, closeCode, closeReason = "" }) =>
        gate === "unknown" && (closeCode === 4008 || /connect failed/i.test(closeReason)),
      confidence: () => "likely",
      tellApart: besideConnectFailed,
      remedies: () => [
        { id: "read-json-log", risk: "none", steps: [human("read-json-log"), { do: "device.list" }] },
      ],
    }),
});
