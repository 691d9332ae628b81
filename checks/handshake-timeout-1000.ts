import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type { LogDigest } from "../src/core/log-event.ts";
import { human } from "./remedies.ts";
import { unreadableStoreLines } from "./store-lines.ts";
import { explainRefusals, WANTED } from "./support.ts";

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
      remedies: () => [
        {
          id: "upgrade",
          risk: "restart",
          args: { release: "2026.3.22" },
          steps: [human("upgrade", { release: "2026.3.22" })],
        },
      ],
    }),
});

/** 2026.5.28 ends a connection with 1000 as well when it cannot read its list of devices (run). */
function endsAtTheStore(logs: Fact<LogDigest>): boolean {
  return unreadableStoreLines(knownValue(logs)?.events ?? []).length > 0;
}
