import { defineCheck } from "../src/core/check.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { localBrowser } from "./lib/local-browser.ts";
import { approveDevice, dashboardLink, upgradePast } from "./lib/remedies.ts";
import { isRemoteByTrust } from "./lib/trusted-loopback.ts";

/** A browser on 127.0.0.1 is approved silently by every release but some, and unless it is switched off. */
export default defineCheck({
  id: "local-autoapprove-regression",
  code: "OPD213",
  title: "A browser on the gateway's own host is approved by itself",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => localBrowser(refusal, facts) !== undefined && !isRemoteByTrust(refusal, facts),
      variant: (refusal) => {
        const why = localBrowser(refusal, facts)?.why;
        return why === "release" ? undefined : why;
      },
      confidence: (refusal) => localBrowser(refusal, facts)?.confidence,
      remedies: (refusal) => [
        ...dashboardLink(refusal, facts),
        approveDevice(refusal, facts),
        ...(localBrowser(refusal, facts)?.why === "release" ? upgradePast(refusal, facts) : []),
      ],
    }),
});
