import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { isElsewhere } from "./missed.ts";
import { startGateway } from "./remedies.ts";
import { args, explainRefusals, type GateFacts, WANTED } from "./support.ts";
import { besideDown } from "./tell-apart.ts";

/** Reach states and wordings with which nothing answers at all; a reset or an empty reply is another cause. */
const DOWN = new Set([
  "refused",
  "timeout",
  "dns",
  "connection-refused",
  "econnrefused",
  "abnormal-closure",
  "startup-failed",
]);

export default defineCheck({
  id: "gateway-down-or-starting",
  code: "OPD101",
  title: "The gateway is up and answers",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  causedBy: [
    "bind-loopback-in-container",
    "allowed-origins-required-startup",
    "trusted-proxy-token-conflict",
  ],
  diagnose(facts) {
    const failed =
      knownValue(facts.wanted.logs)?.events.filter((event) => event.type === "startup-failed") ?? [];
    const url = knownValue(facts.wanted.target)?.url;
    return explainRefusals(facts as GateFacts, {
      explains: (refusal) =>
        refusal.gate === "transport" &&
        (refusal.reason === undefined || DOWN.has(refusal.reason)) &&
        !isElsewhere(refusal, facts),
      args: (refusal) => args({ url, detail: failed.at(-1)?.quote ?? refusal.evidence[0]?.quote }),
      tellApart: (refusal) => besideDown(refusal, facts as GateFacts),
      remedies: () => [startGateway()],
      evidence: failed.slice(-2).map(evidenceOf),
    });
  },
});
