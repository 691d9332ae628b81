import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { compareReleases } from "../src/core/release.ts";
import { args, explainRefusals, originOf, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { alongside, approveDevice, dashboardLink, tried, upgradeTo, viaTunnel } from "./lib/remedies.ts";
import { isServedByTailscale, servesBy } from "./lib/tailscale.ts";
import type { LoggedFacts } from "./lib/trusted-proxy.ts";

/**
 * Up to 2026.4.24 even a Tailscale identity that the gateway verified does not spare a browser its pairing
 * (shipped code of 4.24 and 4.25), and the identity of a Serve that the gateway does not manage never does.
 */
export default defineCheck({
  id: "tailscale-serve-pairing",
  code: "OPD215",
  title: "Browsers that come through Tailscale Serve are recognised or approved",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    return explainRefusals(gateFacts, {
      explains: (refusal) => isServedByTailscale(refusal, gateFacts),
      confidence: ({ from, connection }) =>
        from === "model"
          ? "possible"
          : connection.headers?.["x-forwarded-for"] === undefined
            ? "likely"
            : "certain",
      args: (refusal) => args({ origin: originOf(refusal, gateFacts) }),
      remedies: (refusal) => [
        ...dashboardLink(asServed(refusal, gateFacts), gateFacts),
        approveDevice(asServed(refusal, gateFacts), gateFacts),
        ...managedServe(refusal, gateFacts),
        ...viaTunnel(refusal, gateFacts),
      ],
    });
  },
});

/** The listener that the gateway sets up itself, whose identity it can check. Funnel has none: it is for everybody. */
function managedServe(refusal: Refusal, facts: LoggedFacts): readonly Remedy[] {
  const release = releaseOf(facts);
  if (servesBy(facts) === "funnel") return [];
  if (release !== undefined && compareReleases(release, "2026.4.25") < 0) {
    return upgradeTo("2026.4.25", refusal, facts).map(({ after: _, ...remedy }) => remedy);
  }
  const remedy: Remedy = {
    id: "manage-tailscale-serve",
    risk: "restart",
    steps: [
      { do: "config.set", key: "gateway.tailscale.mode", value: "serve" },
      { do: "config.set", key: "gateway.auth.allowTailscale", value: true },
      alongside("page-without-token"),
      { do: "gateway.restart" },
    ],
  };
  return [tried(remedy, refusal, facts)].filter(({ after }) => after === undefined || after === "admitted");
}

/** With the headers by which the gateway knows its own listener (2026.8.1 on), and which no log line shows. */
function asServed(refusal: Refusal, facts: LoggedFacts): Refusal {
  if (servesBy(facts) === undefined) return refusal;
  const { host = "" } = refusal.connection.headers ?? {};
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": host, ...refusal.connection.headers };
  return { ...refusal, connection: { ...refusal.connection, headers } };
}
