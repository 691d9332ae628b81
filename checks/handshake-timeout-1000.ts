import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type { Remedy } from "../src/core/finding.ts";
import type { LogDigest } from "../src/core/log-event.ts";
import { atLeast } from "../src/core/release.ts";
import { explainRefusals, type GateFacts, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { unreadableStoreLines } from "./lib/pairing-store-lines.ts";
import { human } from "./lib/remedies.ts";

/** The window before the handshake's end is 3 s in 2026.3.11 to 2026.3.13, 10 s from 2026.3.22. */
export default defineCheck({
  id: "handshake-timeout-1000",
  code: "OPD401",
  title: "Handshakes end within the gateway's time limit",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate }) => gate === "timeout" && !endsAtTheStore(facts.wanted.logs),
      // A client tells of a normal closure, and the gateway's own line of the handshake.
      confidence: ({ from }) => (from === "client" && hasLongLimit(facts) !== false ? "possible" : "certain"),
      tellApart: ({ from }) =>
        from === "client"
          ? [{ from: "pairing-store-tampered", message: "timeout-or-store", step: { do: "logs.show" } }]
          : [],
      remedies: () => [
        ...(hasLongLimit(facts) === true ? [] : [upgrade]),
        ...(hasLongLimit(facts) === false ? [] : [raiseLimit]),
      ],
    }),
});

/**
 * Whether the limit is long and can be raised: 3 s in 2026.3.11 to 2026.3.13, 10 s and more from 2026.3.22, where the
 * environment may say another. Up to 2026.3.8 it is 10 s and fixed (shipped code of ten releases).
 */
function hasLongLimit(facts: GateFacts): boolean | undefined {
  const release = releaseOf(facts);
  if (atLeast(release, "2026.3.22") === true) return true;
  return atLeast(release, "2026.3.11") === true ? false : undefined;
}

const upgrade: Remedy = {
  id: "upgrade",
  risk: "restart",
  args: { release: "2026.3.22" },
  steps: [human("upgrade", { release: "2026.3.22" })],
};

const raiseLimit: Remedy = {
  id: "raise-handshake-limit",
  risk: "restart",
  steps: [human("raise-handshake-limit"), { do: "gateway.restart", afresh: true }],
};

/** 2026.5.28 ends a connection with 1000 as well when it cannot read its list of devices (run). */
function endsAtTheStore(logs: Fact<LogDigest>): boolean {
  return unreadableStoreLines(knownValue(logs)?.events ?? []).length > 0;
}
