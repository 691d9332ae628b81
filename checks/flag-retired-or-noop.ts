import { keyStatus } from "../src/admission/trial.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Evidence } from "../src/core/facts.ts";
import type { Occurrence } from "../src/core/finding.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { unsetKey } from "./remedies.ts";
import { args, type GateFacts, releaseOf, WANTED } from "./support.ts";

const SWITCHES = ["allowInsecureAuth", "dangerouslyDisableDeviceAuth"] as const;

/** The popular advice, set where this release ignores or rejects it. */
export default defineCheck({
  id: "flag-retired-or-noop",
  code: "OPD301",
  title: "No switch is set that this release ignores or rejects",
  severity: "warning",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const release = releaseOf(facts as GateFacts);
    return SWITCHES.flatMap((name): Occurrence[] => {
      const key = `gateway.controlUi.${name}`;
      const evidence = [...configEvidence(facts as GateFacts, name, key), ...logEvidence(facts, key)];
      if (evidence.length === 0) return [];
      const rejected = logEvidence(facts, key).length > 0;
      const status = release === undefined ? undefined : keyStatus(release, key);
      if (!rejected && (status === undefined || status === "works")) return [];
      const gone = rejected || status === "unknown-key" || status === "retired";
      return [
        {
          confidence: "certain",
          evidence,
          args: args({ key, release }),
          ...(status === "unknown-key" || rejected ? { variant: "rejected" } : {}),
          remedies: [unsetKey(key, gone)],
        },
      ];
    });
  },
});

function configEvidence(facts: GateFacts, name: (typeof SWITCHES)[number], key: string): Evidence[] {
  const config = knownValue(facts.wanted.config);
  if (config?.effective.gateway?.controlUi?.[name] !== true) return [];
  return [{ fact: "config", source: config.origins[key]?.source ?? config.path, quote: `${key} = true` }];
}

/** `Unrecognized key` at start or in `config set`; the newest releases strip the key and say "migrated". */
function logEvidence(facts: { wanted: { logs: GateLogs } }, key: string): Evidence[] {
  const events = knownValue(facts.wanted.logs)?.events ?? [];
  return events
    .filter(
      (event) =>
        event.type === "config-error" &&
        event.keys.some((named) => named.endsWith(key.split(".").at(-1) ?? key)),
    )
    .slice(-2)
    .map(evidenceOf);
}

type GateLogs = import("../src/core/fact.ts").Fact<import("../src/core/log-event.ts").LogDigest>;
