import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import { human } from "./remedies.ts";
import { explainRefusals, WANTED } from "./support.ts";

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
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => hasLeft(refusal) && isApp(refusal) && !refusal.over,
      confidence: () => "likely",
      remedies: ({ client }) => [
        {
          id: "pair-app",
          risk: "grants-access",
          steps: [
            human("make-setup-code"),
            { do: "device.list" },
            human("choose-request"),
            { do: "device.approve" },
            ...(client === "node" ? [human("approve-node")] : []),
          ],
        },
      ],
    }),
});

function hasLeft({ gate, closeCode }: Refusal): boolean {
  return gate === "left" && closeCode === 1000;
}

/** Android's apps speak through OkHttp. */
function isApp({ client, connection }: Refusal): boolean {
  const id = connection.client?.id;
  const agent = connection.headers?.["user-agent"];
  return client === "node" || (id !== undefined && APPS.has(id)) || agent?.startsWith("okhttp/") === true;
}
