import { type KeyStatus, keyStatus } from "../src/admission/try-remedy.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { ConfigReading, Evidence } from "../src/core/facts.ts";
import type { Occurrence } from "../src/core/finding.ts";
import type { LogEvent } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { args, WANTED } from "./lib/explain-refusals.ts";
import { triedOnOwnPage, unsetKey } from "./lib/remedies.ts";

const SWITCHES = ["allowInsecureAuth", "dangerouslyDisableDeviceAuth"] as const;

/** The popular advice, set where this release ignores or rejects it. */
export default defineCheck({
  id: "flag-retired-or-noop",
  code: "OPD301",
  title: "No switch is set that this release ignores or rejects",
  severity: "warning",
  needs: [],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const release = knownValue(facts.wanted.release)?.version;
    const config = knownValue(facts.wanted.config);
    const events = knownValue(facts.wanted.logs)?.events ?? [];
    return SWITCHES.flatMap((name): Occurrence[] => {
      const key = `gateway.controlUi.${name}`;
      const refused = configErrors(events, key);
      const warned = flagWarnings(events, key);
      const evidence = [...configEvidence(config, name, key), ...refused, ...warned];
      if (evidence.length === 0) return [];
      const rejected = refused.length > 0;
      const status = release === undefined ? statusByWarning(name, warned) : keyStatus(release, key);
      if (!rejected && (status === undefined || status === "works")) return [];
      const gone = rejected || status === "unknown-key" || status === "retired";
      return [
        {
          confidence: "certain",
          evidence,
          args: args({ key, release }),
          ...(status === "unknown-key" || rejected ? { variant: "rejected" } : {}),
          remedies: [triedOnOwnPage(unsetKey(key, gone), facts.wanted)],
        },
      ];
    });
  },
});

/** No release that warns of flags at its start lets this one skip anything any more (2026.2.22 on, by its text). */
function statusByWarning(
  name: (typeof SWITCHES)[number],
  warned: readonly Evidence[],
): KeyStatus | undefined {
  return name === "allowInsecureAuth" && warned.length > 0 ? "no-effect" : undefined;
}

function configEvidence(
  config: ConfigReading | undefined,
  name: (typeof SWITCHES)[number],
  key: string,
): Evidence[] {
  if (config?.effective.gateway?.controlUi?.[name] !== true) return [];
  return [{ fact: "config", source: config.origins[key]?.source ?? config.path, quote: `${key} = true` }];
}

/** `Unrecognized key` at start or in `config set`; the newest releases strip the key and say "migrated". */
function configErrors(events: readonly LogEvent[], key: string): Evidence[] {
  const name = key.split(".").at(-1) ?? key;
  return events
    .filter((event) => event.type === "config-error" && event.keys.some((named) => named.endsWith(name)))
    .slice(-2)
    .map(evidenceOf);
}

/** `security warning: dangerous config flags enabled: gateway.controlUi.allowInsecureAuth=true` */
function flagWarnings(events: readonly LogEvent[], key: string): Evidence[] {
  return events
    .filter(
      (event) =>
        event.type === "security-warning" && event.warning === "dangerous-flags" && event.keys.includes(key),
    )
    .slice(-1)
    .map(evidenceOf);
}
