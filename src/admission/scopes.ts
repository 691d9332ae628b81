import type { PairingRules } from "./rules.ts";

/** Scopes that a writer may use too (2026.9.x); older releases know only read. */
const WITH_WRITE = new Set([
  "operator.read",
  "operator.talk",
  "operator.session.read",
  "operator.session.write",
]);

/** Whether the approved scopes cover the requested ones, by the release's own rule. */
export function scopesAllow(
  rule: PairingRules["scopes"],
  role: string,
  requested: readonly string[],
  approved: readonly string[],
): boolean {
  return requested.every((scope) => approved.includes(scope) || isImplied(rule, role, scope, approved));
}

function isImplied(
  rule: PairingRules["scopes"],
  role: string,
  scope: string,
  approved: readonly string[],
): boolean {
  if (rule === "exact" || role !== "operator") return false;
  if (rule === "read-implied") {
    return (
      scope === "operator.read" &&
      (approved.includes("operator.write") || approved.includes("operator.admin"))
    );
  }
  if (approved.includes("operator.admin") && scope.startsWith("operator.")) return true;
  return WITH_WRITE.has(scope) && approved.includes("operator.write");
}
