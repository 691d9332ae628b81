import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Evidence } from "../src/core/facts.ts";
import type { Occurrence } from "../src/core/finding.ts";
import { compareReleases } from "../src/core/release.ts";
import { ownWords, say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { args, explainRefusals, type GateFacts, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { syncClock } from "./lib/remedies.ts";
import { workloadOf } from "./lib/workload.ts";

/** Less is no difference worth naming. */
const WORTH_MS = 30_000;

/** A signature may be 10 minutes off up to 2026.2.21, 2 minutes from 2026.2.22 on. */
export default defineCheck({
  id: "clock-skew",
  code: "OPD133",
  title: "The clocks of client and gateway agree",
  severity: "error",
  gate: "device-signature",
  needs: ["refusals"],
  wants: [...WANTED, "probe"],
  diagnose(facts) {
    const gateFacts = facts as GateFacts;
    const workload = workloadOf(facts.wanted.deployment);
    const probed = knownValue(facts.wanted.probe)?.clockSkewMs;
    const skewMs = probed ?? workload?.clock?.aheadMs ?? 0;
    const found = explainRefusals(gateFacts, {
      explains: ({ gate, reason, closeReason = "" }) =>
        gate === "device-signature" && (reason === "device-signature-stale" || /expired/i.test(closeReason)),
      // Our clock is not the client's; only a difference worth naming is named.
      args: () => args({ skew: Math.abs(skewMs) < WORTH_MS ? undefined : seconds(skewMs) }),
      ...(isWorthNaming(workload) ? { evidence: clockEvidence(workload) } : {}),
      remedies: () => [syncClock()],
    });
    if (!("verdict" in found) && found.length > 0) return found;
    const limit = limitOf(releaseOf(gateFacts));
    const clock = workload?.clock;
    if (workload === undefined || clock === undefined || limit === undefined) return found;
    return Math.abs(clock.aheadMs) - clock.withinMs > limit ? [foretold(workload, clock.aheadMs)] : found;
  },
});

/** Milliseconds; from 2026.8.1 on a current client signs the gateway's own time. */
function limitOf(release: string | undefined): number | undefined {
  if (release === undefined || compareReleases(release, "2026.8.1") >= 0) return undefined;
  return compareReleases(release, "2026.2.22") < 0 ? 600_000 : 120_000;
}

/** A browser on this machine will sign with this machine's time; on another one it may be right. */
function foretold(workload: Workload, aheadMs: number): Occurrence {
  return {
    variant: "foretold",
    severity: "warning",
    confidence: "likely",
    evidence: clockEvidence(workload),
    args: args({ skew: seconds(aheadMs) }),
    remedies: [syncClock()],
  };
}

function isWorthNaming(workload: Workload | undefined): workload is Workload {
  const clock = workload?.clock;
  return clock !== undefined && Math.abs(clock.aheadMs) - clock.withinMs > WORTH_MS;
}

function clockEvidence({ clock, shownBy }: Workload): readonly Evidence[] {
  if (clock === undefined) return [];
  const way = clock.aheadMs < 0 ? "clock-behind" : "clock-ahead";
  const within = `${(clock.withinMs / 1000).toFixed(1)} s`;
  const said = say(way, { skew: seconds(Math.abs(clock.aheadMs)), within });
  return [{ fact: "deployment", source: shownBy.clock, ...ownWords(said) }];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
