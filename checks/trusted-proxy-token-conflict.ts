import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy, Step } from "../src/core/finding.ts";
import type { LogEvent } from "../src/core/log-event.ts";
import { compareReleases } from "../src/core/release.ts";
import { args, explainRefusals, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { type LoggedFacts, tokenMode } from "./lib/trusted-proxy.ts";

/** From 2026.3.31 a gateway with both does not start (shipped code of 3.28 and 3.31; measured: 9.6). */
export default defineCheck({
  id: "trusted-proxy-token-conflict",
  code: "OPD136",
  title: "The auth mode and the credentials that are set fit together",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    const last = knownValue(facts.wanted.logs)?.events.findLast((event) => event.type === "startup-failed");
    const said = last !== undefined && isConflict(last);
    return explainRefusals(gateFacts, {
      // A gateway that nobody reaches, and a config with which it cannot start: the one explains the other.
      explains: (refusal) =>
        refusal.reason === "startup-failed" ? said : isUnreachable(refusal) && conflicts(gateFacts),
      confidence: ({ reason }) => (reason === "startup-failed" ? "certain" : "likely"),
      args: () => args({ source: sourceOf(gateFacts) }),
      remedies: () => [dropToken(gateFacts), tokenMode("gateway.start")],
    });
  },
});

function isConflict({ type, quote }: LogEvent): boolean {
  return (
    type === "startup-failed" &&
    /mutually exclusive|shared token is also/i.test(quote) &&
    /trusted-proxy/i.test(quote)
  );
}

function isUnreachable({ gate, reason }: Refusal): boolean {
  return gate === "transport" && ["refused", "timeout", "abnormal-closure"].includes(reason ?? "");
}

function conflicts(facts: LoggedFacts): boolean {
  const release = releaseOf(facts);
  const auth = knownValue(facts.wanted.config)?.effective.gateway?.auth;
  const token = auth?.token !== undefined && auth.token !== null && auth.token !== "";
  return (
    auth?.mode === "trusted-proxy" &&
    token &&
    (release === undefined || compareReleases(release, "2026.3.31") >= 0)
  );
}

function sourceOf(facts: LoggedFacts): string | undefined {
  const origin = knownValue(facts.wanted.config)?.origins["gateway.auth.token"];
  if (origin === undefined) return undefined;
  return origin.overrides === undefined ? origin.source : `${origin.source}, ${origin.overrides.source}`;
}

function dropToken(facts: LoggedFacts): Remedy {
  const origin = knownValue(facts.wanted.config)?.origins["gateway.auth.token"];
  const places = [origin?.from, origin?.overrides?.from];
  const inFile = origin === undefined || places.includes("file");
  const elsewhere = origin === undefined || places.some((from) => from === "env" || from === "service");
  const unset: readonly Step[] = inFile ? [{ do: "config.unset", key: "gateway.auth.token" }] : [];
  return {
    id: "drop-shared-token",
    risk: "restart",
    steps: [...unset, ...(elsewhere ? [human("unset-env-token")] : []), { do: "gateway.start" }],
  };
}
