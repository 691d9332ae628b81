import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { explainPrinted, printed } from "./lib/printed-errors.ts";
import { alongside, human } from "./lib/remedies.ts";

/** Client ids of OpenClaw's apps and node hosts (2026.3.13). */
const APPS = new Set(["openclaw-android", "openclaw-ios", "node-host"]);

/**
 * An app that leaves with `1000 bye` before it is admitted: it has no credential to send, so no request of it
 * waits and there is nothing to approve yet. One that was refused has the cause of its refusal.
 */
export default defineCheck({
  id: "mobile-or-node-pairing",
  code: "OPD209",
  title: "Apps and nodes are paired in their own way",
  severity: "error",
  needs: [],
  wants: [...WANTED, "logs", "refusals"],
  diagnose({ wanted }) {
    const refusals = knownValue(wanted.refusals) ?? [];
    const met = explainRefusals(
      { refusals, wanted, sources: { refusals: "log" } },
      {
        explains: (refusal) =>
          !refusal.over && ((hasLeft(refusal) && isApp(refusal)) || isSpentSetupCode(refusal)),
        confidence: () => "likely",
        remedies: ({ client }) => [pairApp(client === "node")],
      },
    );
    if ("verdict" in met || met.length > 0) return met;
    const shown = printed(wanted.logs, ({ why }) => why === "app-pairing");
    if (shown.length === 0) return [];
    return [explainPrinted(shown, { confidence: "likely", remedies: [pairApp(false)] })];
  },
});

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

function hasLeft({ gate, closeCode }: Refusal): boolean {
  return gate === "left" && closeCode === 1000;
}

/** Android's apps speak through OkHttp. */
function isApp({ client, connection }: Refusal): boolean {
  const id = connection.client?.id;
  const agent = connection.headers?.["user-agent"];
  return client === "node" || (id !== undefined && APPS.has(id)) || agent?.startsWith("okhttp/") === true;
}
