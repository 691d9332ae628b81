import { defineCheck } from "../src/core/check.ts";
import type { Remedy } from "../src/core/finding.ts";
import { inOtherNetns, rankOf, urlOf } from "./missed.ts";
import { explainPrinted } from "./printed.ts";
import { human } from "./remedies.ts";
import { args, WANTED } from "./support.ts";

/** Each container has a loopback of its own; the official compose file shares the gateway's since February 2026. */
export default defineCheck({
  id: "cli-container-wrong-netns",
  code: "OPD111",
  title: "The CLI's container reaches the gateway",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const missed = inOtherNetns(facts);
    const last = missed.at(-1);
    if (last === undefined) return [];
    return [
      {
        ...explainPrinted(
          missed.map(({ event }) => event),
          {
            confidence: last.confidence,
            args: args({ url: urlOf(last.event) }),
            remedies: [shareNetwork(), runInside()],
          },
        ),
        rank: rankOf(last.event, facts.refusals),
      },
    ];
  },
});

function shareNetwork(): Remedy {
  return {
    id: "share-network",
    risk: "restart",
    steps: [human("compose-network-mode"), human("compose-up")],
  };
}

function runInside(): Remedy {
  return {
    id: "run-in-gateway-container",
    risk: "none",
    steps: [human("run-in-gateway-container"), { do: "device.list" }],
  };
}
