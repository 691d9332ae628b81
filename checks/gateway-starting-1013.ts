import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { LogDigest } from "../src/core/log-event.ts";
import { explainRefusals, type GateFacts, WANTED } from "./lib/explain-refusals.ts";
import { waitForStart } from "./lib/remedies.ts";

type LoggedFacts = GateFacts & { readonly wanted: { readonly logs: Fact<LogDigest> } };

/**
 * From 2026.4.29 a gateway that listens and is not ready closes with 1013, which asks the client to come back
 * (measured 4.29 to 9.6). A page does; a script that fails on it fails for nothing, so it is information
 * wherever the start went on, and a warning while it is the last thing that was seen. With 1012 `service restart` a
 * gateway that stops or loads its settings anew ends the connections that it has (2026.2.1 to 9.6).
 */
export default defineCheck({
  id: "gateway-starting-1013",
  code: "OPD114",
  title: "No client is turned away because the gateway is starting",
  severity: "warning",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    const refusals = gateFacts.refusals.map((refusal) =>
      isStarting(refusal) && wentOn(refusal, gateFacts) ? { ...refusal, over: true } : refusal,
    );
    return explainRefusals(
      { ...gateFacts, refusals },
      {
        explains: isStarting,
        variant: ({ closeCode }) => (closeCode === 1012 ? "restarting" : undefined),
        remedies: () => [waitForStart()],
      },
    );
  },
});

function isStarting({ gate }: Refusal): boolean {
  return gate === "starting";
}

/** After the last one the gateway said that it is ready, or refused or admitted somebody for another reason. */
function wentOn({ from, lastAt, evidence }: Refusal, facts: LoggedFacts): boolean {
  const logs = knownValue(facts.wanted.logs);
  if (from === "probe" || logs === undefined) return false;
  const at = Date.parse(lastAt ?? "");
  const last = evidence.at(-1)?.origin;
  const line = last?.of === "log" ? last.line : Number.NaN;
  const later = (other: { readonly at?: string; readonly line: number }) =>
    other.at === undefined || Number.isNaN(at) ? other.line > line : Date.parse(other.at) > at;
  return (
    logs.events.some((event) => AWAKE.has(event.type) && later(event)) ||
    logs.refusals.some(({ gate, latest }) => gate !== "starting" && gate !== "left" && later(latest))
  );
}

const AWAKE: ReadonlySet<string> = new Set(["startup", "connected", "unauthorized", "pairing"]);
