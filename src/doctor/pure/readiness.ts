import { type Fact, knownValue, whyUnknown } from "../../core/fact.ts";
import type { Deployment, ProbeReading } from "../../core/facts.ts";
import type { LogDigest } from "../../core/log-event.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import type { Phase } from "../../report/smoke.ts";

export interface ReadinessFacts {
  readonly probe: Fact<ProbeReading>;
  /** Unknown facts where nobody looked. */
  readonly deployment: Fact<Deployment>;
  readonly logs: Fact<LogDigest>;
  /** It answered earlier in this wait. */
  readonly wasUp: boolean;
}

/** What the gateway is at, as far as a knock, its engine and its log tell. */
export function readiness(facts: ReadinessFacts): { readonly phase: Phase; readonly why: Saying } {
  const { probe, wasUp } = facts;
  if (!probe.known) return { phase: wasUp ? "restarting" : "absent", why: whyUnknown(probe) };
  const { reach } = probe.value;
  const why = reach.say ?? quoted(reach.detail);
  if (reach.state === "open") return { phase: "up", why };
  const migration = pendingMigration(knownValue(facts.logs));
  if (migration !== undefined) return { phase: "migrating", why: migration };
  const workload = knownValue(facts.deployment)?.workload;
  if (workload !== undefined) {
    const { state, restarts } = workload;
    if (state === "restarting" || (restarts > 0 && state !== "running"))
      return { phase: "restarting", why: say("smoke-restarts", { name: workload.name, count: restarts }) };
    if (state !== "running" && state !== "created")
      return { phase: "stopped", why: say("smoke-workload-state", { name: workload.name, state }) };
  }
  if (reach.state === "starting") return { phase: "starting", why };
  if (wasUp) return { phase: "restarting", why };
  return { phase: workload === undefined ? "absent" : "starting", why };
}

/** The line in which the newest start tells of a migration that it has not left behind. */
function pendingMigration(logs: LogDigest | undefined): Saying | undefined {
  const last = logs?.events.findLast(({ type }) => TOLD_AT_START.has(type));
  return last?.type === "migrating" ? quoted(last.quote) : undefined;
}

const TOLD_AT_START: ReadonlySet<string> = new Set(["startup", "startup-failed", "migrating"]);
