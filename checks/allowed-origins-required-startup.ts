import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Evidence, Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { compareReleases } from "../src/core/release.ts";
import { say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import {
  args,
  explainRefusals,
  type GateFacts,
  originOf,
  releaseOf,
  WANTED,
} from "./lib/explain-refusals.ts";
import { localOrigins } from "./lib/published-origin.ts";
import { human } from "./lib/remedies.ts";
import { toldPage } from "./lib/told-page.ts";
import { inspected, workloadOf } from "./lib/workload.ts";

/** 2026.2.23 to 2026.2.26 do not start beyond loopback without a list of origins; 2026.3.1 and later fill local ones in (measured). */
export default defineCheck({
  id: "allowed-origins-required-startup",
  code: "OPD106",
  title: "The gateway has the origins that its bind address demands",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as GateFacts;
    const config = knownValue(facts.wanted.config);
    const last = knownValue(facts.wanted.logs)?.events.findLast((event) => event.type === "startup-failed");
    return explainRefusals(gateFacts, {
      // The newest failure counts: one that was mended may be followed by another.
      evidence: restarting(workloadOf(facts.wanted.deployment)),
      explains: ({ reason }) => reason === "startup-failed" && last?.why === "allowed-origins-required",
      args: (refusal) =>
        args({ bind: config?.effective.gateway?.bind, origin: originOf(refusal, gateFacts) }),
      remedies: (refusal) => [
        allowOrigin(refusal, gateFacts, toldPage(facts.wanted.logs)),
        ...seedingRelease(gateFacts),
      ],
    });
  },
});

/** An engine that starts it again and again takes the network of a CLI that shares it along. */
function restarting(workload: Workload | undefined): readonly Evidence[] {
  if (workload === undefined || workload.restarts === 0) return [];
  return [inspected(workload, say("restarted-times", { state: workload.state, count: workload.restarts }))];
}

/** A gateway that is down admits nobody, so the model has no say here. */
function allowOrigin(refusal: Refusal, facts: GateFacts, told: readonly string[]): Remedy {
  const seen = originOf(refusal, facts);
  const local = localOrigins(facts);
  const origins = seen !== undefined ? [seen] : local.length > 0 ? [...new Set([...local, ...told])] : told;
  return {
    id: "add-allowed-origin",
    risk: "none",
    args: args({ origin: origins.length === 0 ? undefined : origins.join(", ") }),
    steps: [
      origins.length === 0
        ? human("find-origin")
        : { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: origins },
      { do: "gateway.start" },
    ],
  };
}

function seedingRelease(facts: GateFacts): readonly Remedy[] {
  const release = releaseOf(facts);
  if (release === undefined || compareReleases(release, "2026.3.1") >= 0) return [];
  return [
    {
      id: "upgrade",
      risk: "restart",
      args: { release: "2026.3.1" },
      steps: [human("upgrade", { release: "2026.3.1" })],
    },
  ];
}
