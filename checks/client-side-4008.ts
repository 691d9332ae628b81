import { defineCheck } from "../src/core/check.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { besideConnectFailed } from "./lib/tell-apart.ts";

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
  // Whatever a page can be refused for.
  causedBy: [
    "proxy-attribution-required",
    "protocol-or-build-skew",
    "origin-not-allowed",
    "secure-context-required",
    "third-party-client-no-device-identity",
    "device-identity-required",
    "device-auth-handshake-invalid",
    "clock-skew",
    "auth-rate-limited",
    "gateway-token-missing",
    "device-token-mismatch",
    "gateway-token-mismatch",
    "gateway-password-missing-or-mismatch",
    "loopback-in-trusted-proxies",
    "docker-nat-not-local",
    "trusted-proxy-still-pairs",
    "first-time-not-paired",
    "scope-upgrade-pending",
    "role-upgrade-pending",
    "metadata-upgrade-pending",
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
