import type { FixDocument } from "../report/fix-report.ts";
import type { JsonReport } from "../report/json.ts";
import { askDoctor, documentOf } from "./ask-doctor.ts";
import { type HealthFinding, healthFindings } from "./findings.ts";

const LOOK_MS = 60_000;
const FIX_MS = 120_000;

interface HealthContext {
  readonly configPath?: string;
}

interface RepairContext extends HealthContext {
  readonly dryRun?: boolean;
  readonly diff?: boolean;
}

/** What a host is told of a repair: the contract's words of 2026.5.18 and later. */
export interface HealthRepair {
  readonly status: "repaired" | "skipped" | "failed";
  readonly reason?: string;
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
  readonly diffs?: readonly {
    readonly kind: "config";
    readonly path: string;
    readonly unifiedDiff: string;
  }[];
}

/**
 * The health check in the contract of `openclaw/plugin-sdk/health`. No released `openclaw doctor` runs the check of a third
 * party (measured up to 2026.9.6): it is here for the day that one does, and for whoever calls it.
 *
 * A repair that is no dry run agrees to what has no risk, or needs a restart only: to let a device in or to weaken the
 * gateway is a person's to say, with `openclaw pairing-doctor fix`.
 */
export const healthCheck = {
  id: "openclaw-pairing-doctor/admission",
  kind: "plugin",
  description: "The gateway lets the Control UI in",
  source: "openclaw-pairing-doctor",

  async detect(context: HealthContext): Promise<readonly HealthFinding[]> {
    const report = documentOf(await askDoctor(["diagnose", ...configOf(context)], LOOK_MS)) as
      | JsonReport
      | undefined;
    if (report === undefined) throw new Error("openclaw-pairing-doctor gave no report");
    return healthFindings(report, healthCheck.id);
  },

  async repair(context: RepairContext): Promise<HealthRepair> {
    const how = context.dryRun === true ? ["--dry-run"] : ["--yes"];
    const end = documentOf(await askDoctor(["fix", ...how, ...configOf(context)], FIX_MS)) as
      | FixDocument
      | undefined;
    if (end === undefined) return { status: "failed", reason: "no report", changes: [], warnings: [] };
    const kept = end.outcome === "kept" || end.outcome === "partly" || end.outcome === "healthy";
    const status = kept
      ? "repaired"
      : context.dryRun === true || end.outcome === "planned"
        ? "skipped"
        : "failed";
    return {
      status,
      reason: [end.outcome, end.detail].filter((part) => part !== undefined).join(": "),
      changes: end.how,
      warnings: [],
      ...(context.diff === true && end.diff.length > 0
        ? { diffs: [{ kind: "config" as const, path: end.target.name, unifiedDiff: end.diff.join("\n") }] }
        : {}),
    };
  },
} as const;

function configOf({ configPath }: HealthContext): readonly string[] {
  return configPath === undefined ? [] : ["--config", configPath];
}
