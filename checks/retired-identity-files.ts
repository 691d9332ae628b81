import { defineCheck } from "../src/core/check.ts";
import { args } from "./lib/explain-refusals.ts";
import { explainPrinted, printed } from "./lib/printed-errors.ts";
import { human } from "./lib/remedies.ts";

/** From 2026.8.1 (and its 7.2 betas) identities live in the state database; a file of before stops the client. */
export default defineCheck({
  id: "retired-identity-files",
  code: "OPD206",
  title: "No identity file of an older release is in the way",
  severity: "error",
  needs: [],
  wants: ["logs"],
  diagnose({ wanted }) {
    const events = printed(wanted.logs, ({ why }) => why === "identity-migration");
    if (events.length === 0) return [];
    const path = events.map(({ message }) => pathIn(message)).findLast((found) => found !== undefined);
    return [
      explainPrinted(events, {
        args: args({ path }),
        remedies: [
          {
            id: "run-doctor-fix",
            risk: "restart",
            steps: [
              human("stop-gateway"),
              { do: "doctor.fix" },
              human("move-identity-aside", { path }),
              { do: "gateway.start" },
              human("remove-old-cli"),
            ],
          },
        ],
      }),
    ];
  },
});

function pathIn(message: string): string | undefined {
  return /([^\s"'`]{0,200}identity\/device(?:-auth)?\.json)/.exec(message)?.[1];
}
