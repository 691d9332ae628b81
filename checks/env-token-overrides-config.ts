import { defineCheck } from "../src/core/check.ts";
import type { ComposeSecret } from "../src/core/compose.ts";
import { knownValue } from "../src/core/fact.ts";
import type { ConfigOrigin, ConfigReading, Evidence, Refusal } from "../src/core/facts.ts";
import type { Occurrence, Remedy, Step } from "../src/core/finding.ts";
import type { AsideEvent } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { composeOf, keepsState, placeText, recreate, secretEvidence } from "./lib/compose-steps.ts";
import {
  args,
  type GateFacts,
  isDeviceTokenRefusal,
  saysSharedTokenToo,
  WANTED,
} from "./lib/explain-refusals.ts";
import { human, pasteToken } from "./lib/remedies.ts";

/**
 * Two places hold different secrets. The gateway takes openclaw.json before its environment in every release
 * looked at (2026.2.1 to 2026.9.6), a command line before both. The CLI beside it takes the environment first
 * up to 2026.7.1 (run: 2.1, 3.13, 5.28 are refused with it), the file from 2026.8.2 on (run 9.6: admitted).
 */
export default defineCheck({
  id: "env-token-overrides-config",
  code: "OPD126",
  title: "Environment and configuration hold the same token",
  severity: "error",
  gate: "shared-auth",
  needs: [],
  wants: [...WANTED, "logs", "refusals"],
  causedBy: ["auth-rate-limited"],
  diagnose(facts) {
    const { wanted } = facts;
    const differing = differenceIn(knownValue(wanted.config));
    const told = (knownValue(wanted.logs)?.events ?? []).filter(
      (event): event is AsideEvent => event.type === "aside" && event.about === "token-source",
    );
    if (differing === undefined && told.length === 0) return [];
    const refusals = knownValue(wanted.refusals) ?? [];
    const gateFacts: GateFacts = { ...facts, refusals, sources: { refusals: "" } };
    const refused = refusals.find(
      (refusal) => !refusal.over && isOfSecret(refusal, differing?.name ?? "token", gateFacts),
    );
    // Somebody's words alone, with nobody refused, are no evidence of today.
    if (refused === undefined && differing === undefined && told.every((event) => event.as === "said"))
      return [];
    return [occurrence({ differing, told, refused, refusals, facts: gateFacts })];
  },
});

interface Difference {
  readonly name: "token" | "password";
  readonly wins: ConfigOrigin;
  readonly loses: NonNullable<ConfigOrigin["overrides"]>;
}

/** The secret of the mode that is in force; the reading compared fingerprints. */
function differenceIn(config: ConfigReading | undefined): Difference | undefined {
  const mode = config?.effective.gateway?.auth?.mode;
  if (config === undefined || (mode !== "token" && mode !== "password")) return undefined;
  const wins = config.origins[`gateway.auth.${mode}`];
  return wins?.overrides === undefined ? undefined : { name: mode, wins, loses: wins.overrides };
}

function isOfSecret(refusal: Refusal, name: Difference["name"], facts: GateFacts): boolean {
  const { gate, reason, from } = refusal;
  if (gate !== "shared-auth") return false;
  if (reason === `${name}_mismatch` || (reason === undefined && from !== "client")) return true;
  if (name === "password") return false;
  return isDeviceTokenRefusal(refusal) && saysSharedTokenToo(facts);
}

interface Found {
  readonly differing: Difference | undefined;
  readonly told: readonly AsideEvent[];
  readonly refused: Refusal | undefined;
  readonly refusals: readonly Refusal[];
  readonly facts: GateFacts;
}

function occurrence({ differing, told, refused, refusals, facts }: Found): Occurrence {
  const compose = inCompose(differing, facts);
  const evidence: Evidence[] = [
    ...(differing === undefined ? [] : inConfig(differing)),
    ...(compose === undefined ? [] : [secretEvidence(compose)]),
    ...told.slice(-2).map(evidenceOf),
    ...(refused?.evidence ?? []),
  ];
  const sources = args({
    key: `gateway.auth.${differing?.name ?? "token"}`,
    source: differing?.wins.source,
    other: compose === undefined ? differing?.loses.source : placeText(compose),
  });
  const config = knownValue(facts.wanted.config);
  const remedies = [
    ...copyInto(differing, config),
    ...alignCompose(differing, compose, facts),
    ...reinstall(differing, config),
    alignSources(differing, compose, facts),
    ...pasteInto(refused, differing, facts),
  ];
  const common = { evidence: evidence.slice(0, 5), args: sources, remedies };
  if (refused === undefined)
    return {
      ...common,
      severity: "warning",
      variant: "foretold",
      confidence: differing === undefined ? "likely" : "certain",
    };
  // That the places differ is sure; that this client used the other one follows from the refusal.
  return {
    ...common,
    confidence: "likely",
    rank: refusals.indexOf(refused) - 0.5,
    count: refused.count,
  };
}

function inConfig({ name, wins, loses }: Difference): Evidence[] {
  const quote = `gateway.auth.${name}: ${wins.source} wins, ${loses.source} differs`;
  return [{ fact: "config", source: wins.source, quote }];
}

/** Where the container's environment, which loses, gets the secret from, as its Compose files say. */
function inCompose(differing: Difference | undefined, { wanted }: GateFacts): ComposeSecret | undefined {
  const { loses, name } = differing ?? {};
  // The file beside the config in the container is none of Compose's.
  if (name === undefined || loses?.from !== "env" || loses.dotenv === true) return undefined;
  return composeOf(wanted)?.[name];
}

/**
 * The env file that Compose reads gets the value that the gateway has; where it has that already, the container was
 * created before. What a shell had is not ours to write.
 */
function alignCompose(
  differing: Difference | undefined,
  compose: ComposeSecret | undefined,
  { wanted }: GateFacts,
): readonly Remedy[] {
  const service = composeOf(wanted)?.service;
  if (compose === undefined || service === undefined || differing?.wins.from !== "file") return [];
  if (!keepsState(wanted)) return [];
  const gateway = knownValue(wanted.config)?.effective.gateway?.auth?.[differing.name];
  if (!compose.isRunning && compose.fingerprint === gateway)
    return [{ id: "recreate-service", risk: "restart", args: args({ service }), steps: recreate(wanted) }];
  if (differing.name !== "token" || compose.from === "shell") return [];
  if (compose.from === "compose-file") return referTo(compose, wanted);
  const { path, variable } = compose;
  const steps: Step[] = [{ do: "token.copy", path, variable, on: "this-machine" }, ...recreate(wanted)];
  return [{ id: "copy-compose-token", risk: "restart", args: args({ path, service }), steps }];
}

/** A literal in the Compose file goes: the project's `.env` gets the gateway's token, and the file refers to it. */
function referTo(compose: ComposeSecret, wanted: GateFacts["wanted"]): readonly Remedy[] {
  const { service, dotenv: path } = composeOf(wanted) ?? {};
  if (service === undefined || path === undefined) return [];
  const { variable, path: file } = compose;
  const steps: Step[] = [
    { do: "token.copy", path, variable, on: "this-machine", adds: true },
    { do: "compose.edit", file, service, change: { kind: "reference", variable } },
    ...recreate(wanted),
  ];
  return [{ id: "refer-to-dotenv", risk: "restart", args: args({ path, file, service }), steps }];
}

/**
 * Where the copy that loses stands in the env file beside the config, it gets the value that the gateway has. A
 * service's unit, a Compose file or a process are not ours to write.
 */
function copyInto(differing: Difference | undefined, config: ConfigReading | undefined): readonly Remedy[] {
  if (config === undefined || differing?.name !== "token") return [];
  const { wins, loses } = differing;
  if (wins.from !== "file" || loses.dotenv !== true || config.stateDir === "") return [];
  const path = `${config.stateDir}/.env`;
  return [{ id: "copy-token", risk: "none", args: args({ path }), steps: [{ do: "token.copy", path }] }];
}

/** OpenClaw's own services, whose files `gateway install` writes, and nobody by hand. */
const OWN_SERVICE =
  /^(?:(?:openclaw|clawdbot|moltbot)-gateway(?:-[\w.-]{1,64})?\.service|ai\.openclaw\.[\w.-]{1,64}\.plist)(?= |$)/;

/**
 * An old token in the unit: `gateway install --force` writes there what openclaw.json has (2026.2.1), or no token at all
 * (2026.9.6), run. A token that the config takes from the environment would only come back.
 */
function reinstall(differing: Difference | undefined, config: ConfigReading | undefined): readonly Remedy[] {
  if (differing?.name !== "token" || config === undefined) return [];
  const { wins, loses } = differing;
  if (wins.from !== "file" || loses.from !== "service" || !OWN_SERVICE.test(loses.source)) return [];
  return [
    {
      id: "reinstall-service",
      risk: "restart",
      steps: [{ do: "service.reinstall" }, { do: "gateway.status" }],
    },
  ];
}

function alignSources(
  differing: Difference | undefined,
  compose: ComposeSecret | undefined,
  { wanted }: GateFacts,
): Remedy {
  const { wins, loses } = differing ?? {};
  const other = compose === undefined ? loses?.source : placeText(compose);
  const places = wins === undefined || other === undefined ? undefined : `${wins.source}, ${other}`;
  const password = differing?.name === "password";
  return {
    id: password ? "align-password" : "align-token",
    risk: "restart",
    steps: [
      password
        ? human("align-password", { places })
        : wins === undefined || other === undefined
          ? human("align-token", { places })
          : human("change-losing-copy", { source: wins.source, other }),
      // A restart keeps the environment that the container was created with.
      ...(compose === undefined ? [{ do: "gateway.restart", afresh: true } as const] : recreate(wanted)),
    ],
  };
}

function pasteInto(
  refused: Refusal | undefined,
  differing: Difference | undefined,
  facts: GateFacts,
): readonly Remedy[] {
  if (refused === undefined || refused.client !== "control-ui" || differing?.name === "password") return [];
  return [pasteToken(refused, facts)];
}
