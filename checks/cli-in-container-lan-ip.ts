import { defineCheck } from "../src/core/check.ts";
import type { Confidence, Refusal } from "../src/core/facts.ts";
import { args, explainRefusals, type GateFacts, portOf, WANTED } from "./lib/explain-refusals.ts";
import {
  callerOf,
  dialledUrl,
  dialsOwnLan,
  mayDialOwnLan,
  ownAddressEvidence,
  upgradeToLoopback,
  useLoopback,
} from "./lib/own-lan-address.ts";

/** The CLI beside the gateway dials an interface's address: remote, so it may not even approve itself. */
export default defineCheck({
  id: "cli-in-container-lan-ip",
  code: "OPD210",
  title: "The CLI beside the gateway reaches it on 127.0.0.1",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      evidence: ownAddressEvidence(facts),
      explains: (refusal) => isCliOnLan(refusal, facts) || mayDialOwnLan(refusal, facts),
      confidence: (refusal) => confidence(refusal, facts),
      args: (refusal) => args({ url: dialledUrl(refusal), port: portOf(facts) }),
      remedies: (refusal) => [useLoopback(refusal, facts), ...upgradeToLoopback(refusal, facts)],
    }),
});

function isCliOnLan(refusal: Refusal, facts: GateFacts): boolean {
  const caller = callerOf(refusal);
  return (caller === "cli" || caller === "either") && dialsOwnLan(refusal, facts);
}

function confidence(refusal: Refusal, facts: GateFacts): Confidence {
  if (!isCliOnLan(refusal, facts)) return "possible";
  return callerOf(refusal) === "cli" ? "certain" : "likely";
}
