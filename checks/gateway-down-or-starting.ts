import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type { Evidence, PortHolder, ProbeReading, Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { NOBODY_BEHIND } from "./edge-blocks-upgrade.ts";
import { isElsewhere, mayBeElsewhere } from "./missed.ts";
import { human, startGateway } from "./remedies.ts";
import { args, explainRefusals, type GateFacts, WANTED } from "./support.ts";
import { besideDown } from "./tell-apart.ts";
import { isMisled } from "./unpublished.ts";
import { inspected } from "./workload.ts";

/** Reach states and wordings with which nothing answers at all; a reset or an empty reply is another cause. */
const DOWN = new Set([
  "refused",
  "timeout",
  "dns",
  "connection-refused",
  "econnrefused",
  "abnormal-closure",
  "startup-failed",
  "stranger",
]);

export default defineCheck({
  id: "gateway-down-or-starting",
  code: "OPD101",
  title: "The gateway is up and answers",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs", "probe"],
  causedBy: [
    "bind-loopback-in-container",
    "allowed-origins-required-startup",
    "trusted-proxy-token-conflict",
    "retired-identity-files",
  ],
  diagnose(facts) {
    const failed =
      knownValue(facts.wanted.logs)?.events.filter((event) => event.type === "startup-failed") ?? [];
    const url = knownValue(facts.wanted.target)?.url;
    const deployment = knownValue(facts.wanted.deployment);
    const state = deployment?.workload?.state;
    // What the engine says of it settles that nothing is behind the port, not even on loopback.
    const ended = state !== undefined && state !== "running";
    const seen = ended ? (deployment?.evidence.filter(isInspection).slice(0, 1) ?? []) : [];
    const workload = deployment?.workload;
    const holder = knownValue(facts.wanted.probe)?.reach.holder;
    const last = ended ? (workload?.error ?? workload?.lastLines?.at(-1)) : undefined;
    return explainRefusals(facts as GateFacts, {
      explains: (refusal) =>
        (isDown(refusal) && !isMisled(refusal, facts as GateFacts) && !isElsewhere(refusal, facts)) ||
        isProxyAlone(refusal, facts.wanted.probe),
      variant: (refusal) => (refusal.reason === "stranger" ? "stranger" : undefined),
      args: (refusal) =>
        args({ url, ...holder, detail: failed.at(-1)?.quote ?? last ?? refusal.evidence[0]?.quote }),
      detail: ({ evidence }) => (failed.length > 0 || last !== undefined ? undefined : evidence[0]?.say),
      confidence: (refusal) => {
        if (!isDown(refusal)) return refusal.reason === "not-openclaw" ? "likely" : "possible";
        return mayBeElsewhere(refusal, facts) ? "possible" : undefined;
      },
      tellApart: (refusal) => (ended ? [] : besideDown(refusal, facts as GateFacts)),
      remedies: () => (holder === undefined ? [startGateway()] : pastStranger(holder)),
      evidence: [
        ...seen,
        ...lastWords(deployment?.workload, failed.length > 0),
        ...failed.slice(-2).map(evidenceOf),
      ],
    });
  },
});

/** Either it is the gateway, and its own user can look at it; or it is none, and has to leave the port. */
function pastStranger({ user, port }: PortHolder): readonly Remedy[] {
  return [
    { id: "look-as-owner", risk: "none", steps: [human("look-as-owner", { user })] },
    {
      id: "free-port",
      risk: "restart",
      steps: [human("free-port", { user, port }), { do: "gateway.start" }, { do: "gateway.status" }],
    },
  ];
}

/** Why it ended, in the engine's words and its own; what the log's own lines say of a failed start stays. */
function lastWords(workload: Workload | undefined, told: boolean): readonly Evidence[] {
  if (workload === undefined) return [];
  const { oomKilled, error, healthOutput, lastLines = [], shownBy } = workload;
  const last = told ? undefined : lastLines.at(-1);
  return [
    ...(oomKilled === true ? [inspected(workload, say("out-of-memory"))] : []),
    ...(error === undefined ? [] : [inspected(workload, error)]),
    ...(healthOutput === undefined ? [] : [inspected(workload, say("health-check", { text: healthOutput }))]),
    ...(last === undefined ? [] : [{ fact: "deployment" as const, source: shownBy.lastLines, quote: last }]),
  ];
}

function isInspection({ origin }: Evidence): boolean {
  return origin?.of === "workload";
}

function isDown({ gate, reason }: Refusal): boolean {
  return gate === "transport" && (reason === undefined || DOWN.has(reason));
}

/** A proxy that answers 502 to 504 has nobody behind it; one that answers the upgrade alone so may stop that alone. */
function isProxyAlone({ gate, reason, from, httpStatus }: Refusal, probe: Fact<ProbeReading>): boolean {
  if (gate !== "transport") return false;
  const status = from === "probe" ? knownValue(probe)?.http.status : httpStatus;
  if (reason === "socket-failed") return true;
  return (reason === "not-openclaw" || reason === "not-upgraded") && NOBODY_BEHIND.has(status ?? 0);
}
