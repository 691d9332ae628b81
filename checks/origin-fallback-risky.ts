import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { ConfigReading, Evidence } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import type { LogEvent, SecurityWarningEvent } from "../src/core/log-event.ts";
import { asOrigin } from "../src/core/origin.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { atLeast } from "../src/core/release.ts";
import { FALLBACK_SWITCH } from "./lib/dangerous-flags.ts";
import { args, WANTED } from "./lib/explain-refusals.ts";
import { alongside, human, triedOnOwnPage } from "./lib/remedies.ts";

/** The switch of 2026.2.23 and later that takes the Host header's word for a page's origin. */
export default defineCheck({
  id: "origin-fallback-risky",
  code: "OPD305",
  title: "Pages are accepted by a list of origins",
  severity: "warning",
  needs: [],
  wants: [...WANTED, "logs"],
  diagnose({ wanted }) {
    const config = knownValue(wanted.config);
    // Before 2026.2.23 the key is unknown, and the gateway does not start with it.
    if (atLeast(knownValue(wanted.release)?.version, "2026.2.23") === false) return [];
    const accepted = warnings(knownValue(wanted.logs)?.events ?? [], "host-header-origin");
    const listed = warnings(knownValue(wanted.logs)?.events ?? [], "dangerous-flags").filter(({ keys }) =>
      keys.includes(FALLBACK_SWITCH),
    );
    const on = config?.effective.gateway?.controlUi?.dangerouslyAllowHostHeaderOriginFallback;
    // What the config says now is newer than the log.
    if (config !== undefined && on !== true) return [];
    const evidence = [
      ...(config === undefined ? [] : [inConfig(config)]),
      ...[...listed.slice(-1), ...accepted.slice(-2)].map(evidenceOf),
    ];
    if (evidence.length === 0) return [];
    const origins = originsOf(accepted);
    return [
      {
        confidence: "certain",
        evidence,
        args: args({ detail: origins.length === 0 ? undefined : origins.join(", ") }),
        ...(accepted.length > 0 ? { count: accepted.length } : {}),
        remedies: [
          triedOnOwnPage(withOwnOrigin(wanted, origins) ?? replaceFallback(origins, config), wanted),
        ],
      },
    ];
  },
});

function warnings(events: readonly LogEvent[], warning: SecurityWarningEvent["warning"]) {
  return events.filter(
    (event): event is SecurityWarningEvent => event.type === "security-warning" && event.warning === warning,
  );
}

function inConfig(config: ConfigReading): Evidence {
  const source = config.origins[FALLBACK_SWITCH]?.source ?? config.path;
  return { fact: "config", source, quote: `${FALLBACK_SWITCH} = true` };
}

function originsOf(accepted: readonly SecurityWarningEvent[]): readonly string[] {
  const origins = accepted.flatMap(({ origin }) => asOrigin(origin) ?? []);
  return [...new Set(origins.reverse())].slice(0, 5);
}

/**
 * For the page of which the model knows that it is in now: its own origin alone, where it needs one. Which others
 * may come in is for a person to say.
 */
function withOwnOrigin(
  wanted: Parameters<typeof triedOnOwnPage>[1],
  origins: readonly string[],
): Remedy | undefined {
  const assessment = knownValue(wanted.assessment);
  const own = asOrigin(assessment?.connection.headers.origin);
  const supposed = assessment?.basis.some(({ fact }) => fact === "deployment") ?? true;
  if (own === undefined || supposed) return undefined;
  const present = knownValue(wanted.config)?.effective.gateway?.controlUi?.allowedOrigins ?? [];
  const others = origins.filter((origin) => origin !== own && !present.includes(origin));
  const remedy = (listed: boolean): Remedy => ({
    id: "replace-origin-fallback",
    risk: "restart",
    steps: [
      ...(listed
        ? [{ do: "config.set" as const, key: ALLOWED, value: [...new Set([...present, own])] }]
        : []),
      { do: "config.unset", key: FALLBACK_SWITCH },
      ...(others.length === 0 ? [] : [alongside("review-origins", { origins: others.join(", ") })]),
      alongside("reload-page"),
    ],
  });
  const alone = triedOnOwnPage(remedy(false), wanted);
  if (alone.after === undefined) return undefined;
  return alone.after === "admitted" ? alone : remedy(true);
}

const ALLOWED = "gateway.controlUi.allowedOrigins";

/** Among the origins that the switch let in can be the one that it should have kept out, so a person looks first. */
function replaceFallback(origins: readonly string[], config: ConfigReading | undefined): Remedy {
  const present = config?.effective.gateway?.controlUi?.allowedOrigins ?? [];
  const value = [...new Set([...present, ...origins])];
  return {
    id: "replace-origin-fallback",
    risk: "restart",
    steps: [
      ...(origins.length === 0 ? [human("find-origin")] : [human("check-origins")]),
      ...(config === undefined && origins.length > 0 ? [alongside("keep-origins")] : []),
      ...(origins.length === 0 ? [] : [{ do: "config.set" as const, key: ALLOWED, value }]),
      { do: "config.unset", key: FALLBACK_SWITCH },
      alongside("reload-page"),
    ],
  };
}
