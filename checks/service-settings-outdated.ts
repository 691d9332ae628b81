import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type { ConfigReading } from "../src/core/facts.ts";
import type { Occurrence, Remedy } from "../src/core/finding.ts";
import type { LogDigest } from "../src/core/log-event.ts";
import { ownWords, say } from "../src/core/saying.ts";
import type { ServiceReading } from "../src/core/service.ts";
import { args } from "./lib/explain-refusals.ts";
import { served, serviceOf } from "./lib/service.ts";

/**
 * A service has the variables and options that it was started with, whatever its unit says since; and what of
 * openclaw.json the gateway does not take up by itself (`gateway.reload.mode` off in every release; hot for all that
 * needs a restart) waits for its next start.
 */
export default defineCheck({
  id: "service-settings-outdated",
  code: "OPD307",
  title: "The gateway runs with what its service says now",
  severity: "warning",
  needs: [],
  wants: ["deployment", "config", "logs"],
  diagnose({ wanted }) {
    const service = serviceOf(wanted.deployment);
    if (service === undefined) return [];
    const found = ofUnit(service);
    const config = ofConfig(service, wanted.config, wanted.logs);
    return [...found, ...(config === undefined ? [] : [config])].slice(0, 1);
  },
});

function ofUnit(service: ServiceReading): readonly Occurrence[] {
  const { startedAt, outdated = [] } = service;
  if (startedAt === undefined) return [];
  return outdated.map(({ path, changedAt, what }) => ({
    confidence: "certain" as const,
    evidence: [
      served(service, say("service-outdated", { startedAt, path, changedAt, what: what.join(", ") })),
    ],
    args: args({ path, what: what.join(", "), startedAt, changedAt }),
    remedies: [restart()],
  }));
}

/** Milliseconds by which the clocks of files and of processes may differ. */
const SAME_MS = 2000;

function ofConfig(
  service: ServiceReading,
  reading: Fact<ConfigReading>,
  logs: Fact<LogDigest>,
): Occurrence | undefined {
  const { startedAt } = service;
  const config = knownValue(reading);
  const mode = modeOf(config);
  if (config?.changedAt === undefined || startedAt === undefined || (mode !== "off" && mode !== "hot"))
    return undefined;
  const { changedAt, path } = config;
  const isAfter = (time: string | undefined): boolean => Date.parse(time ?? "") > Date.parse(changedAt);
  if (Date.parse(changedAt) - Date.parse(startedAt) < SAME_MS) return undefined;
  // It may have started anew within its process, which the process does not show.
  if (knownValue(logs)?.events.some(({ type, at }) => type === "startup" && isAfter(at)) === true)
    return undefined;
  return {
    variant: "config",
    // What hot takes up by itself is most of a config, and little of what decides who is let in.
    confidence: mode === "off" ? "certain" : "possible",
    evidence: [
      { fact: "config", source: path, ...ownWords(say("config-changed", { changedAt })) },
      served(service, say("config-after-start", { startedAt, mode })),
    ],
    args: args({ path, startedAt, changedAt, mode }),
    remedies: [restart()],
  };
}

function modeOf(config: ConfigReading | undefined): string | undefined {
  const reload: unknown = config?.effective.gateway?.reload;
  if (typeof reload !== "object" || reload === null || !("mode" in reload)) return undefined;
  return typeof reload.mode === "string" ? reload.mode : undefined;
}

function restart(): Remedy {
  return {
    id: "restart-service",
    risk: "restart",
    steps: [{ do: "gateway.restart", afresh: true }, { do: "gateway.status" }],
  };
}
