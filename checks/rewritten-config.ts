import type { ConfigRewrite, Deployment } from "../src/core/facts.ts";
import type { Finding, Remedy, Step } from "../src/core/finding.ts";
import { human } from "./remedies.ts";
import { args } from "./support.ts";

/*
 * Some containers write openclaw.json anew whenever they start. A change of the file holds until then, so every
 * remedy that makes one says first where it is to be made instead; what a person does there no program does.
 */

/** The findings, with that told in each remedy that it concerns. */
export function withRewrites(
  findings: readonly Finding[],
  deployment: Deployment | undefined,
): readonly Finding[] {
  const rewrites = deployment?.container?.rewrites;
  if (rewrites === undefined) return findings;
  return findings.map((finding) => ({
    ...finding,
    remedies: finding.remedies.map((remedy) => withSource(remedy, rewrites)),
  }));
}

function withSource(remedy: Remedy, rewrites: ConfigRewrite): Remedy {
  const at = remedy.steps.findIndex((step) => isRewritten(step, rewrites));
  if (at === -1) return remedy;
  const told = placeFor(rewrites);
  return { ...remedy, steps: [...remedy.steps.slice(0, at), told, ...remedy.steps.slice(at)] };
}

function isRewritten(step: Step, { keys }: ConfigRewrite): boolean {
  if (step.do === "token.generate") return keys === undefined;
  if (step.do !== "config.set" && step.do !== "config.unset") return false;
  return keys === undefined || keys.some((key) => key === step.key || step.key.startsWith(`${key}.`));
}

function placeFor({ by, quote }: ConfigRewrite): Step {
  if (by === "unraid") return human("change-in-unraid");
  if (by === "coolify") return human("change-in-coolify");
  if (by === "truenas") return human("change-in-truenas");
  return human("change-in-command", args({ quote }));
}
