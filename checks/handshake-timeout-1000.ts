import { defineCheck } from "../src/core/check.ts";
import { human } from "./remedies.ts";
import { explainRefusals, WANTED } from "./support.ts";

/** The window before the handshake's end is 3 s in 2026.3.11 to 2026.3.13, 10 s from 2026.3.22. */
export default defineCheck({
  id: "handshake-timeout-1000",
  code: "OPD401",
  title: "Handshakes end within the gateway's time limit",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate }) => gate === "timeout",
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
