import { defineCheck } from "../src/core/check.ts";
import type { Remedy } from "../src/core/finding.ts";
import { atLeast } from "../src/core/release.ts";
import { args, explainRefusals, type GateFacts, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import {
  callerOf,
  dialledUrl,
  dialsOwnLan,
  ownAddressEvidence,
  upgradeToLoopback,
} from "./lib/own-lan-address.ts";
import { human } from "./lib/remedies.ts";

/** Agents' tools, cron and sub-agents call the gateway as `gateway-client`, over the same address as the CLI. */
export default defineCheck({
  id: "internal-call-lan-ip",
  code: "OPD211",
  title: "The agent's tools reach the gateway on 127.0.0.1",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      evidence: ownAddressEvidence(facts),
      explains: (refusal) => {
        const caller = callerOf(refusal);
        return (caller === "internal" || caller === "either") && dialsOwnLan(refusal, facts);
      },
      confidence: (refusal) => (callerOf(refusal) === "internal" ? "certain" : "possible"),
      args: (refusal) => args({ url: dialledUrl(refusal) }),
      remedies: (refusal) => [...upgradeToLoopback(refusal, facts), ...bindLoopback(facts)],
    }),
});

/** Up to 2026.2.19 internal calls follow `gateway.bind`; a container whose port is published needs `lan`. */
function bindLoopback(facts: GateFacts): readonly Remedy[] {
  const release = releaseOf(facts);
  if (release !== undefined && atLeast(release, "2026.2.22") !== false) return [unsetRemoteUrl()];
  return [
    {
      id: "set-bind-loopback",
      risk: "restart",
      steps: [
        human("nobody-outside"),
        { do: "config.set", key: "gateway.bind", value: "loopback" },
        { do: "gateway.restart" },
      ],
    },
  ];
}

/** Later releases leave loopback only for an address that somebody gave them. */
function unsetRemoteUrl(): Remedy {
  return { id: "use-loopback-url", risk: "none", steps: [human("drop-lan-url")] };
}
