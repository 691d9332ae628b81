import { defineCheck } from "../src/core/check.ts";
import type { Evidence, Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { type Saying, say } from "../src/core/saying.ts";
import {
  args,
  explainRefusals,
  type GateFacts,
  originOf,
  releaseOf,
  remoteOf,
  WANTED,
} from "./lib/explain-refusals.ts";
import { asksEverybody } from "./lib/local-browser.ts";
import { isNotPaired, isTranslated } from "./lib/pairing-refusals.ts";
import {
  allowInsecureAuth,
  approveDevice,
  dashboardLink,
  isAdmittedByModel,
  upgradePast,
  upgradeTo,
} from "./lib/remedies.ts";
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
      variant: (refusal) => variantOf(refusal, facts),
      confidence: (refusal) => {
        if (refusal.from === "model") return "likely";
        return variantOf(refusal, facts) === "hidden" ? "possible" : "certain";
      },
      args: (refusal) => args({ origin: originOf(refusal, facts), remote: remoteOf(refusal, facts) }),
      tellApart: (refusal) => besideDockerNat(refusal, facts),
      remedies: (refusal) => [
        ...dashboardLink(refusal, facts),
        approveDevice(refusal, facts),
        ...(refusal.client === "cli" ? [] : upgrade(refusal, facts)),
        ...allowInsecureAuth(refusal, facts),
      ],
    }),
});

/**
 * `asks-everybody`: the release approves no browser by itself. `hidden`: it does, and what stood in the way of that is
 * not in the line.
 */
function variantOf(refusal: Refusal, facts: GateFacts): "cli" | "asks-everybody" | "hidden" | undefined {
  if (refusal.client === "cli") return "cli";
  if (refusal.from === "model") return undefined;
  if (asksEverybody(releaseOf(facts))) return "asks-everybody";
  return isAdmittedByModel(refusal, facts) ? "hidden" : undefined;
}

function upgrade(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  return asksEverybody(releaseOf(facts))
    ? upgradePast(refusal, facts)
    : upgradeTo("2026.4.7", refusal, facts);
}

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
