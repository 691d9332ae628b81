import type { Risk } from "../core/finding.ts";
import type { Cost } from "../core/step.ts";
import type { Catalogue } from "./messages/types.ts";

/** What stands in brackets behind a remedy: its risk, and what it ends; no risk is said only of what ends nothing. */
export function riskText(
  { risks, costs, words }: Pick<Catalogue, "risks" | "costs" | "words">,
  remedy: { readonly risk: Risk; readonly costs?: Cost },
): string {
  if (remedy.costs === undefined) return risks[remedy.risk];
  const cost = costs[remedy.costs];
  return remedy.risk === "none" ? cost : `${risks[remedy.risk]}${words.comma}${cost}`;
}
