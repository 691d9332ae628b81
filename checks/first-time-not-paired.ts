import { defineCheck } from "../src/core/check.ts";
import { isPairedThroughCluster } from "./lib/cluster.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { isAskedByRelease } from "./lib/local-browser.ts";
import { isOwnLanCall } from "./lib/own-lan-address.ts";
import { isNotPaired, isTranslated } from "./lib/pairing-refusals.ts";
import { allowInsecureAuth, approveDevice, dashboardLink, viaTunnel } from "./lib/remedies.ts";
import { isServedByTailscale } from "./lib/tailscale.ts";
import { besideFirstTime } from "./lib/tell-apart.ts";
import { isRemoteByTrust } from "./lib/trusted-loopback.ts";
import type { LoggedFacts } from "./lib/trusted-proxy.ts";
import { isPairedBehindLogin } from "./trusted-proxy-still-pairs.ts";

export default defineCheck({
  id: "first-time-not-paired",
  code: "OPD202",
  title: "The device is approved, or counts as local",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) =>
        isNotPaired(refusal, facts) &&
        !isTranslated(refusal, facts) &&
        !isRemoteByTrust(refusal, facts) &&
        !isOwnLanCall(refusal, facts) &&
        !isAskedByRelease(refusal, facts) &&
        !isPairedBehindLogin(refusal, facts as LoggedFacts) &&
        !isServedByTailscale(refusal, facts as LoggedFacts) &&
        !isPairedThroughCluster(refusal, facts as LoggedFacts),
      tellApart: (refusal) => besideFirstTime(refusal, facts),
      remedies: (refusal) => [
        ...dashboardLink(refusal, facts),
        approveDevice(refusal, facts),
        ...viaTunnel(refusal, facts),
        ...allowInsecureAuth(refusal, facts),
      ],
    }),
});
