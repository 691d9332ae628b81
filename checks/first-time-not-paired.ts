import { defineCheck } from "../src/core/check.ts";
import { isPairedThroughCluster } from "./cluster.ts";
import { isAskedByRelease } from "./local-browser.ts";
import { isOwnLanCall } from "./own-lan.ts";
import { isNotPaired, isTranslated } from "./pairing.ts";
import { allowInsecureAuth, approveDevice, dashboardLink, viaTunnel } from "./remedies.ts";
import { explainRefusals, WANTED } from "./support.ts";
import { isServedByTailscale } from "./tailscale.ts";
import { besideFirstTime } from "./tell-apart.ts";
import { isRemoteByTrust } from "./trusted-loopback.ts";
import type { LoggedFacts } from "./trusted-proxy.ts";
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
