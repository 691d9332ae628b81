import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Confidence, Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { args, explainRefusals, type GateFacts, WANTED } from "./lib/explain-refusals.ts";
import { isAppOrNode, isNewAppOrNode } from "./lib/pairing-refusals.ts";
import { explainPrinted, printed } from "./lib/printed-errors.ts";
import { alongside, approveDevice, human } from "./lib/remedies.ts";

/**
 * Three stories of clients that are no browser: one leaves by itself before it is admitted (`1000 bye`: it has no
 * credential to send, so no request of it waits and there is nothing to approve yet); one waits as a new device, which
 * for a node is in `devices list` and not in `nodes pending`; one brings a setup code that is spent.
 */
export default defineCheck({
  id: "mobile-or-node-pairing",
  code: "OPD209",
  title: "Apps and nodes are paired in their own way",
  severity: "error",
  needs: [],
  wants: [...WANTED, "logs", "refusals"],
  diagnose({ wanted }) {
    const facts: GateFacts = {
      refusals: knownValue(wanted.refusals) ?? [],
      wanted,
      sources: { refusals: "log" },
    };
    const met = explainRefusals(facts, {
      explains: (refusal) => !refusal.over && storyOf(refusal) !== undefined,
      variant: (refusal) => variantOf(refusal),
      confidence: confidenceOf,
      args: ({ closeReason }) => args({ detail: closeReason }),
      remedies: (refusal) => remediesFor(refusal, facts),
    });
    if ("verdict" in met || met.length > 0) return met;
    const shown = printed(wanted.logs, ({ why }) => why === "app-pairing");
    if (shown.length === 0) return [];
    return [explainPrinted(shown, { confidence: "likely", remedies: [pairApp(false)] })];
  },
});

type Story = "left" | "waits" | "spent-code";

function storyOf(refusal: Refusal): Story | undefined {
  if (isAppOrNode(refusal) && refusal.gate === "left") return "left";
  if (isNewAppOrNode(refusal)) return "waits";
  return isSpentSetupCode(refusal) ? "spent-code" : undefined;
}

function variantOf(refusal: Refusal): string | undefined {
  const story = storyOf(refusal);
  if (story === "left") return "left";
  return story === "waits" ? (refusal.client === "node" ? "node-waits" : "app-waits") : undefined;
}

function confidenceOf(refusal: Refusal): Confidence {
  return storyOf(refusal) === "waits" && refusal.reason === "not-paired" ? "certain" : "likely";
}

function remediesFor(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const isNode = refusal.client === "node";
  switch (storyOf(refusal)) {
    case "left":
      return [addAnew()];
    case "waits":
      return [approveDevice(refusal, facts)];
    default:
      return [pairApp(isNode)];
  }
}

/** Its connections arrive, so its address is right; nothing waits, so nothing can be approved. */
function addAnew(): Remedy {
  return {
    id: "add-gateway-in-app",
    risk: "none",
    steps: [human("update-app"), human("make-setup-code"), human("add-gateway-again")],
  };
}

function pairApp(isNode: boolean): Remedy {
  return {
    id: "pair-app",
    risk: "grants-access",
    steps: [
      human("make-setup-code"),
      { do: "device.list" },
      alongside("choose-request"),
      { do: "device.approve" },
      ...(isNode ? [human("approve-node")] : []),
    ],
  };
}

/** A setup code is good for one pairing and a short time (2026.3.13 on); only apps and nodes have one. */
function isSpentSetupCode({ gate, reason }: Refusal): boolean {
  return gate === "shared-auth" && reason === "bootstrap_token_invalid";
}
