import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Confidence, Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { args, explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { mendedFront } from "./lib/fronts.ts";
import { human, viaTunnel } from "./lib/remedies.ts";
import { type LoggedFacts, settingOf } from "./lib/trusted-proxy.ts";

/** Answers of a proxy that has nobody behind it; a gateway that is down looks like that, too. */
export const NOBODY_BEHIND: ReadonlySet<number> = new Set([502, 503, 504]);

/** The page is there, and the upgrade of its socket ends at something that is no gateway. */
export default defineCheck({
  id: "edge-blocks-upgrade",
  code: "OPD113",
  title: "WebSocket upgrades reach the gateway",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    return explainRefusals(gateFacts, {
      explains: (refusal) => isStopped(refusal, gateFacts) && !isSeen(refusal, gateFacts),
      confidence: confidenceOf,
      tellApart: (refusal) =>
        confidenceOf(refusal) === "possible"
          ? [{ from: "gateway-down-or-starting", message: "page-through-proxy" }]
          : [],
      args: ({ httpStatus }) => args({ detail: httpStatus === undefined ? undefined : `HTTP ${httpStatus}` }),
      remedies: (refusal) => [passUpgrade(refusal, gateFacts), ...viaTunnel(refusal, gateFacts)],
    });
  },
});

function isStopped({ gate, reason, client }: Refusal, facts: LoggedFacts): boolean {
  if (gate !== "transport") return false;
  if (reason === "not-upgraded" || reason === "socket-failed") return true;
  // A page that runs was served; 1006 of it behind a proxy is the proxy's as well as the gateway's.
  const proxied = settingOf(facts, "proxy") !== undefined;
  return reason === "abnormal-closure" && client === "control-ui" && (proxied || isPageServed(facts));
}

/** Somebody says that the page itself comes up, which no gateway that is down can do. */
export function isPageServed({ wanted }: Pick<LoggedFacts, "wanted">): boolean {
  const events = knownValue(wanted.logs)?.events ?? [];
  return events.some((event) => event.type === "aside" && event.about === "page-served");
}

/** The gateway logged a connection of the same host, so upgrades arrive; what is over says so of then. */
function isSeen({ connection }: Refusal, { refusals }: LoggedFacts): boolean {
  const host = connection.headers?.host;
  return (
    host !== undefined &&
    refusals.some(
      ({ from, gate, over, connection: other }) =>
        from === "log" && !over && gate !== "transport" && other.headers?.host === host,
    )
  );
}

function confidenceOf({ reason, httpStatus, from }: Refusal): Confidence {
  if (reason !== "not-upgraded" || (httpStatus !== undefined && NOBODY_BEHIND.has(httpStatus)))
    return "possible";
  return from === "probe" ? "certain" : "likely";
}

/** Where the proxy's own file is known, what it lacks is written there, and the gateway learns whom to believe. */
function passUpgrade(refusal: Refusal, facts: LoggedFacts): Remedy {
  return (
    mendedFront("pass-upgrade", refusal, facts) ?? {
      id: "pass-upgrade",
      risk: "restart",
      steps: [human("proxy-upgrade-headers"), human("proxy-read-timeout")],
    }
  );
}
