import type { FactName } from "../../core/facts.ts";

/** Everything that a live diagnosis collects. */
export const LIVE_FACTS: readonly FactName[] = [
  "target",
  "host",
  "deployment",
  "release",
  "config",
  "logs",
  "probe",
  "devices",
  "refusals",
  "assessment",
];
