import { applySteps } from "../src/admission/try-remedy.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { compareReleases } from "../src/core/release.ts";
import {
  args,
  explainRefusals,
  type GateFacts,
  releaseOf,
  remoteOf,
  WANTED,
} from "./lib/explain-refusals.ts";
import { alongside, human, tried } from "./lib/remedies.ts";
import { loopbackEntries } from "./lib/trusted-loopback.ts";
import { cameThroughProxy, signedOn, tokenMode } from "./lib/trusted-proxy.ts";

/** From 2026.3.31 a loopback peer, from 2026.5.14 any address of the gateway's own host, is no identity source. */
const OWN_HOST = new Set([
  "trusted_proxy_loopback_source",
  "trusted_proxy_local_interface_source",
  "trusted_proxy_local_interface_check_failed",
]);

/** The CLI on the host gets the same reason (measured: 9.6) for a cause of its own: it has no proxy at all. */
export default defineCheck({
  id: "trusted-proxy-loopback-source",
  code: "OPD134",
  title: "The authenticating proxy comes from an address that the gateway takes it from",
  severity: "error",
  gate: "shared-auth",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: (refusal) => isOwnHost(refusal) && cameThroughProxy(refusal) !== false,
      confidence: (refusal) => (cameThroughProxy(refusal) === true ? "certain" : "likely"),
      variant: ({ reason }) => (reason === "trusted_proxy_loopback_source" ? undefined : "own-address"),
      args: (refusal) => args({ remote: remoteOf(refusal, facts) }),
      remedies: (refusal) => [moveProxy(), ...allowLoopback(refusal, facts), tokenMode()],
    }),
});

function isOwnHost({ gate, reason }: Refusal): boolean {
  return gate === "shared-auth" && OWN_HOST.has(reason ?? "");
}

function moveProxy(): Remedy {
  return {
    id: "move-proxy",
    risk: "restart",
    steps: [human("move-proxy"), alongside("overwrite-forwarded-for")],
  };
}

/** Any process of the host may then pose as any user, so only where nobody from outside gets at the port. */
function allowLoopback(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const exposure = knownValue(facts.wanted.target)?.exposure;
  const release = releaseOf(facts);
  if (exposure !== "loopback" && exposure !== "private") return [];
  if (release !== undefined && compareReleases(release, "2026.4.27") < 0) return [];
  if (refusal.reason !== "trusted_proxy_loopback_source") return [];
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const remedy: Remedy = {
    id: "allow-loopback-proxy",
    risk: "weakens-security",
    steps: [
      { do: "config.set", key: "gateway.auth.trustedProxy.allowLoopback", value: true },
      ...(loopbackEntries(facts).length > 0
        ? []
        : [
            {
              do: "config.set" as const,
              key: "gateway.trustedProxies",
              value: [...trusted, "127.0.0.1", "::1"],
            },
          ]),
      human("overwrite-identity-header"),
    ],
  };
  return [tried(remedy, refusal, facts, (input) => applySteps(signedOn(input), remedy.steps))];
}
