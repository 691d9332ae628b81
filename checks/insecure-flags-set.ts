import { keyStatus } from "../src/admission/try-remedy.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { ConfigReading, Evidence } from "../src/core/facts.ts";
import type { Remedy, Step } from "../src/core/finding.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { FALLBACK_SWITCH, newestFlags } from "./lib/dangerous-flags.ts";
import { args, WANTED } from "./lib/explain-refusals.ts";
import { alongside, human, triedOnOwnPage } from "./lib/remedies.ts";

const INSECURE_AUTH = "gateway.controlUi.allowInsecureAuth";
const DISABLE_DEVICE_AUTH = "gateway.controlUi.dangerouslyDisableDeviceAuth";
const AUTH_MODE = "gateway.auth.mode";

/**
 * What opens the door further than the release would by itself. A switch that this release ignores is
 * flag-retired-or-noop's, the Host fallback is origin-fallback-risky's.
 */
export default defineCheck({
  id: "insecure-flags-set",
  code: "OPD304",
  title: "No dangerous switch is on",
  severity: "warning",
  needs: [],
  wants: [...WANTED, "logs"],
  diagnose({ wanted }) {
    const release = knownValue(wanted.release)?.version;
    const config = knownValue(wanted.config);
    const warning = newestFlags(knownValue(wanted.logs)?.events ?? []);
    const warned = (warning?.keys ?? []).filter((key) => key !== FALLBACK_SWITCH && key !== INSECURE_AUTH);
    // What the config says now is newer than what the gateway wrote at its start.
    const doors = config === undefined ? warned.filter(isDoor) : setIn(config, release);
    const others = warned.filter((key) => !isDoor(key));
    if (doors.length + others.length === 0) return [];
    const logged = warning === undefined || warned.length === 0 ? [] : [evidenceOf(warning)];
    return [
      {
        confidence: config !== undefined && release === undefined ? "likely" : "certain",
        evidence: [...(config === undefined ? [] : quotes(config, doors)), ...logged],
        args: args({ keys: [...doors, ...others].slice(0, 6).join(", ") }),
        ...(doors.length > 0 ? {} : { severity: "info", variant: "elsewhere" }),
        remedies: remediesFor(doors, config).map((remedy) => triedOnOwnPage(remedy, wanted)),
      },
    ];
  },
});

function isDoor(key: string): boolean {
  return key === DISABLE_DEVICE_AUTH || key === AUTH_MODE;
}

function setIn(config: ConfigReading, release: string | undefined): readonly string[] {
  const { auth, controlUi } = config.effective.gateway ?? {};
  const on = [
    controlUi?.allowInsecureAuth === true ? INSECURE_AUTH : undefined,
    controlUi?.dangerouslyDisableDeviceAuth === true ? DISABLE_DEVICE_AUTH : undefined,
    auth?.mode === "none" ? AUTH_MODE : undefined,
  ];
  return on.flatMap((key) =>
    key !== undefined && (release === undefined || keyStatus(release, key) === "works") ? [key] : [],
  );
}

/** A gateway without a token gets one; where the config is not known, a person looks first. */
function generated(config: ConfigReading | undefined): readonly Step[] {
  if (config === undefined) return [human("generate-token")];
  return config.effective.gateway?.auth?.token === undefined ? [{ do: "token.generate" }] : [];
}

function quotes(config: ConfigReading, keys: readonly string[]): Evidence[] {
  return keys.map((key) => ({
    fact: "config",
    source: config.origins[key]?.source ?? config.path,
    quote: key === AUTH_MODE ? `${key} = none` : `${key} = true`,
  }));
}

function remediesFor(doors: readonly string[], config: ConfigReading | undefined): readonly Remedy[] {
  const audit = human("security-audit");
  if (doors.length === 0) return [{ id: "review-switches", risk: "none", steps: [audit] }];
  const switches = doors.filter((key) => key !== AUTH_MODE);
  return [
    ...(switches.length < doors.length
      ? [
          {
            id: "require-token",
            risk: "restart" as const,
            steps: [
              ...generated(config),
              { do: "config.set" as const, key: AUTH_MODE, value: "token" },
              { do: "gateway.restart" as const },
            ],
          },
        ]
      : []),
    ...(switches.length > 0
      ? [
          {
            id: "unset-dangerous-switches",
            risk: "restart" as const,
            steps: [
              ...switches.map((key) => ({ do: "config.unset" as const, key })),
              alongside("approve-browsers-in-use"),
            ],
          },
        ]
      : []),
  ];
}
