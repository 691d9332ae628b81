import { defineCheck } from "../src/core/check.ts";
import type { Evidence } from "../src/core/facts.ts";
import { type Saying, say } from "../src/core/saying.ts";
import { args, explainRefusals, type GateFacts, originOf, remoteOf, WANTED } from "./lib/explain-refusals.ts";
import { isNotPaired, isTranslated } from "./lib/pairing-refusals.ts";
import { allowInsecureAuth, approveDevice, dashboardLink, upgradeTo } from "./lib/remedies.ts";
import { besideDockerNat } from "./lib/tell-apart.ts";
import { inspected, portsOf, workloadOf } from "./lib/workload.ts";

/** Docker's address translation makes the browser on the same host remote; auto-approved from 2026.4.7 on. */
export default defineCheck({
  id: "docker-nat-not-local",
  code: "OPD201",
  title: "A browser behind a published port counts as local, or is approved",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      evidence: hop(facts),
      explains: (refusal) => isNotPaired(refusal, facts) && isTranslated(refusal, facts),
      variant: ({ client }) => (client === "cli" ? "cli" : undefined),
      confidence: ({ from }) => (from === "model" ? "likely" : "certain"),
      args: (refusal) => args({ origin: originOf(refusal, facts), remote: remoteOf(refusal, facts) }),
      tellApart: (refusal) => besideDockerNat(refusal, facts),
      remedies: (refusal) => [
        ...dashboardLink(refusal, facts),
        approveDevice(refusal, facts),
        ...(refusal.client === "cli" ? [] : upgradeTo("2026.4.7", refusal, facts)),
        ...allowInsecureAuth(refusal, facts),
      ],
    }),
});

/** The bridge that stands in the refusal as peer, as the engine names it. */
function hop(facts: GateFacts): readonly Evidence[] {
  const workload = workloadOf(facts.wanted.deployment);
  const bridge = workload?.publishedPeer;
  if (workload === undefined || bridge === undefined) return [];
  const met = facts.refusals.some((refusal) => !refusal.over && remoteOf(refusal, facts) === bridge);
  return met ? [inspected(workload, bridgeSaid(bridge, portsOf(workload)))] : [];
}

function bridgeSaid(remote: string, ports: string): Saying {
  return ports === "" ? say("is-bridge-unpublished", { remote }) : say("is-bridge", { remote, ports });
}
