import type { ScopeRules } from "./rules.ts";

/** Whether the approved scopes cover the requested ones, by the release's own rule. */
export function scopesAllow(
  rule: ScopeRules,
  role: string,
  requested: readonly string[],
  approved: readonly string[],
): boolean {
  return requested.every((scope) => isCovered(rule, role, scope, approved));
}

function isCovered(rule: ScopeRules, role: string, scope: string, approved: readonly string[]): boolean {
  if (rule.prefixed && !scope.startsWith(`${role}.`)) return false;
  if (approved.includes(scope)) return true;
  if (role !== "operator") return false;
  if (approved.includes("operator.write") && rule.writeCovers.includes(scope)) return true;
  const reads = scope === "operator.sessions.read" && rule.sessionsRead === "read-or-sessions-write";
  if (reads && ["operator.read", "operator.sessions.write"].some((one) => approved.includes(one)))
    return true;
  if (!approved.includes("operator.admin")) return false;
  return rule.admin === "all"
    ? scope.startsWith("operator.")
    : rule.admin === "read" && scope === "operator.read";
}
