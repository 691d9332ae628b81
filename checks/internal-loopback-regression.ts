import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { atLeast } from "../src/core/release.ts";
import { explainRefusals, type GateFacts, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { localUpgrade, windowOf } from "./lib/local-upgrade.ts";
import { approveDevice, human, tried } from "./lib/remedies.ts";

/** Tools, cron and sub-agents share the CLI's device, and some releases ask before it gets more scopes. */
export default defineCheck({
  id: "internal-loopback-regression",
  code: "OPD212",
  title: "The CLI, sub-agents and cron on the gateway's host connect without pairing",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose(facts) {
    const found = explainRefusals(facts, {
      explains: (refusal) => localUpgrade(refusal, facts) !== undefined,
      confidence: (refusal) => localUpgrade(refusal, facts)?.confidence ?? "possible",
      remedies: (refusal) =>
        windowOf(releaseOf(facts)) === "first"
          ? // There `devices list` needs the same approval (the CLI reads the files by itself only from 2026.2.21 on).
            [...upgrade(refusal, facts), approveDevice(refusal, facts)]
          : [approveDevice(refusal, facts), ...upgrade(refusal, facts)],
    });
    if (!Array.isArray(found)) return found;
    const explained = facts.refusals.flatMap((refusal) => localUpgrade(refusal, facts) ?? []);
    const shift = explained[0]?.beside === true ? 0.5 : explained[0]?.ahead === true ? -0.5 : 0;
    return found.map((one) => ({ ...one, rank: (one.rank ?? 0) + shift }));
  },
});

/** From 2026.8.1 a local client that shows the shared secret gets more scopes silently. */
function upgrade(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const release = "2026.8.1";
  const now = releaseOf(facts);
  if (now !== undefined && atLeast(now, release) !== false) return [];
  const remedy: Remedy = {
    id: "upgrade",
    risk: "restart",
    args: { release },
    steps: [human("upgrade", { release })],
  };
  const client =
    localUpgrade(refusal, facts)?.caller === "internal"
      ? { id: "gateway-client", mode: "backend" }
      : { id: "cli", mode: "cli" };
  return [
    tried(remedy, refusal, facts, ({ config, connection }) => ({
      release,
      config,
      connection: {
        ...connection,
        client,
        headers: { host: "127.0.0.1:18789" },
        scopes: ["operator.write"],
        device: { state: "paired", approvedScopes: ["operator.read"] },
      },
    })),
  ];
}
