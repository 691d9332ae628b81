import type { Deployment } from "../../src/core/facts.ts";
import type { Finding, Remedy, Step } from "../../src/core/finding.ts";
import type { ConfigMapSource, ConfigRewrite, Workload } from "../../src/core/workload.ts";
import { args } from "./explain-refusals.ts";
import { alongside, human } from "./remedies.ts";
import { configMapOf, isMadeOfConfigMap } from "./workload.ts";

/*
 * Some containers write openclaw.json anew whenever they start, and some have it mounted so that nothing in them can
 * write it. Every remedy that changes the file says first where the change is to be made instead.
 */

/** The findings, with that told in each remedy that it concerns. */
export function withRewrites(
  findings: readonly Finding[],
  deployment: Deployment | undefined,
): readonly Finding[] {
  const workload = deployment?.workload;
  const source = configMapOf(workload);
  if (source !== undefined) return findings.map((finding) => withSource(finding, source));
  const held = workload === undefined ? undefined : heldPlace(workload);
  const rewrites = workload?.rewrites;
  if (rewrites === undefined && held === undefined) return findings;
  return findings.map((finding) => ({
    ...finding,
    remedies: finding.remedies.map((remedy) =>
      rewrites === undefined
        ? before(remedy, writesConfig, held)
        : before(remedy, (step) => isRewritten(step, rewrites), placeFor(remedy, rewrites)),
    ),
  }));
}

/**
 * A pod's config that is a ConfigMap's, or made of it at each start: the change is made there, and a rollout brings it.
 * What Helm, a GitOps controller or an operator owns is changed where they take it from; what is merged comes back.
 */
function withSource(finding: Finding, source: ConfigMapSource): Finding {
  const place = { name: source.name, key: source.key };
  return {
    ...finding,
    remedies: finding.remedies.map((remedy) => {
      if (source.owner !== undefined && source.taken !== "once")
        return before(remedy, writesConfig, ownersPlace(source.owner, place));
      if (source.taken === "merged")
        return before(remedy, writesConfig, human("change-in-configmap", args(place)));
      return isMadeOfConfigMap(source) ? withRollout(remedy) : remedy;
    }),
  };
}

function ownersPlace(
  { by, name: owner }: NonNullable<ConfigMapSource["owner"]>,
  place: Pick<ConfigMapSource, "name" | "key">,
): Step {
  const given = args({ ...place, owner });
  if (by === "helm") return human("change-in-helm", given);
  if (by === "argocd") return human("change-in-argocd", given);
  return by === "flux" ? human("change-in-flux", given) : human("change-in-operator", given);
}

function withRollout(remedy: Remedy): Remedy {
  const last = remedy.steps.findLastIndex(writesConfig);
  // That is how the change is made here.
  const steps = remedy.steps.filter((step) => step.do !== "human" || step.message !== "edit-configmap");
  if (last === -1) return remedy;
  const isStarted = steps.some(({ do: what }) => what === "gateway.restart");
  return {
    ...remedy,
    risk: remedy.risk === "none" ? "restart" : remedy.risk,
    steps: isStarted ? steps : [...steps, { do: "gateway.restart" }],
  };
}

function before(remedy: Remedy, concerns: (step: Step) => boolean, told: Step | undefined): Remedy {
  const at = remedy.steps.findIndex(concerns);
  if (at === -1 || told === undefined) return remedy;
  return { ...remedy, steps: [...remedy.steps.slice(0, at), told, ...remedy.steps.slice(at)] };
}

function writesConfig({ do: what }: Step): boolean {
  return what === "config.set" || what === "config.unset" || what === "token.generate";
}

function isRewritten(step: Step, { keys }: ConfigRewrite): boolean {
  if (keys === undefined) return writesConfig(step);
  if (step.do !== "config.set" && step.do !== "config.unset") return false;
  return keys.some((key) => key === step.key || step.key.startsWith(`${key}.`));
}

/** OpenClaw replaces the file, which a mount of it alone refuses (EBUSY), and one for reading all the more (EROFS). */
function heldPlace({ mounts, stateDir }: Workload): Step | undefined {
  if (stateDir === undefined || (stateDir.configReadOnly !== true && stateDir.configAlone !== true))
    return undefined;
  const at = stateDir.configAlone === true ? `${stateDir.path}/openclaw.json` : stateDir.mount;
  const place = mounts.find((mount) => mount.at === at)?.source;
  return alongside("change-at-mount", args({ place }));
}

/** Of the image openclaw-docker-cn-im, by the keys that its start sets. */
const VARIABLES: Readonly<Record<string, string>> = {
  "gateway.port": "OPENCLAW_GATEWAY_PORT",
  "gateway.bind": "OPENCLAW_GATEWAY_BIND",
  "gateway.mode": "OPENCLAW_GATEWAY_MODE",
  "gateway.auth.mode": "OPENCLAW_GATEWAY_AUTH_MODE",
  "gateway.auth.token": "OPENCLAW_GATEWAY_TOKEN",
  "gateway.controlUi.allowInsecureAuth": "OPENCLAW_GATEWAY_ALLOW_INSECURE_AUTH",
  "gateway.controlUi.dangerouslyDisableDeviceAuth": "OPENCLAW_GATEWAY_DANGEROUSLY_DISABLE_DEVICE_AUTH",
  "gateway.controlUi.allowedOrigins": "OPENCLAW_GATEWAY_ALLOWED_ORIGINS",
};

function placeFor({ steps }: Remedy, rewrites: ConfigRewrite): Step {
  const { by, quote } = rewrites;
  if (by === "cn-im") {
    const step = steps.find((one) => isRewritten(one, rewrites));
    const key = step?.do === "config.set" || step?.do === "config.unset" ? step.key : undefined;
    return human("change-in-environment", args({ variable: VARIABLES[key ?? ""] }));
  }
  if (by === "unraid") return human("change-in-unraid");
  if (by === "coolify") return human("change-in-coolify");
  if (by === "truenas") return human("change-in-truenas");
  return human("change-in-command", args({ quote }));
}
