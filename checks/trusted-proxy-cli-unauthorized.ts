import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";
import { human, upgradeTo } from "./lib/remedies.ts";
import {
  cameThroughProxy,
  isProxyLoginRefusal,
  isTrustedProxyMode,
  type LoggedFacts,
  localPassword,
  takesLocalPassword,
  tokenMode,
} from "./lib/trusted-proxy.ts";

/**
 * In trusted-proxy mode the proxy's headers are the credential. Whoever dials the gateway past the proxy has
 * none: the CLI reads a bare `unauthorized`, the log says loopback_source, user_missing or untrusted_source,
 * as the settings are (measured: 9.6).
 */
export default defineCheck({
  id: "trusted-proxy-cli-unauthorized",
  code: "OPD135",
  title: "The CLI has its own way in",
  severity: "error",
  gate: "shared-auth",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    return explainRefusals(gateFacts, {
      explains: (refusal) =>
        (isProxyLoginRefusal(refusal) && cameThroughProxy(refusal) === false) ||
        isUnplaced(refusal) ||
        isBareRefusal(refusal, gateFacts),
      // A proxy that adds no forwarded header looks like none.
      confidence: (refusal) => {
        if (isUnplaced(refusal)) return "possible";
        return refusal.reason === undefined || refusal.client === "control-ui" ? "likely" : "certain";
      },
      variant: ({ client }) =>
        client === "node" ? "node" : client === "control-ui" ? "past-the-proxy" : undefined,
      remedies: (refusal) => remediesOf(refusal, gateFacts),
    });
  },
});

/** A reason that somebody quotes without the line around it; who gets through the proxy has the headers as a rule. */
function isUnplaced(refusal: Refusal): boolean {
  const { from, client, reason = "" } = refusal;
  if (from !== "client" || client === "control-ui" || !isProxyLoginRefusal(refusal)) return false;
  return cameThroughProxy(refusal) === undefined && /_(?:missing_header|user_missing)/.test(reason);
}

/** The CLI's own word says no more than `unauthorized`. */
function isBareRefusal({ gate, reason, client }: Refusal, facts: LoggedFacts): boolean {
  return gate === "shared-auth" && reason === undefined && client === "cli" && isTrustedProxyMode(facts);
}

function remediesOf({ client, connection }: Refusal, facts: LoggedFacts): readonly Remedy[] {
  if (client === "control-ui") return [throughProxy(), tokenMode()];
  const upgrade = takesLocalPassword(facts) === false ? upgradeForPassword(facts) : [];
  const local = client === "cli" && connection.headers?.["x-forwarded-for"] === undefined;
  return [...upgrade, ...(local && upgrade.length === 0 ? [localPassword()] : []), tokenMode()];
}

function upgradeForPassword(facts: LoggedFacts): readonly Remedy[] {
  const [first] = facts.refusals;
  if (first === undefined) return [];
  return upgradeTo("2026.5.14", first, facts).map(({ after: _, ...remedy }) => remedy);
}

function throughProxy(): Remedy {
  return { id: "open-through-proxy", risk: "none", steps: [human("open-through-proxy")] };
}
