import { defineCheck, notApplicable } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Occurrence, Remedy, Step } from "../src/core/finding.ts";
import type { LogDigest } from "../src/core/log-event.ts";
import { atLeast } from "../src/core/release.ts";
import type { Workload } from "../src/core/workload.ts";
import { isLoopback } from "./lib/addresses.ts";
import { bindInCommand, publishOnLoopback, recreate } from "./lib/compose-steps.ts";
import { args, explainRefusals, type GateFacts, portOf, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { localOrigins } from "./lib/published-origin.ts";
import { human } from "./lib/remedies.ts";
import { besideLoopbackBind } from "./lib/tell-apart.ts";
import { isMisled } from "./lib/unpublished-port.ts";
import { inspected, isOpenedOutwards, isPod, servicesOf } from "./lib/workload.ts";

/** A published port accepts and then drops the connection when nothing listens behind it. */
const DROPPED = new Set(["reset", "empty-reply"]);

export default defineCheck({
  id: "bind-loopback-in-container",
  code: "OPD102",
  title: "The gateway in the container listens on the container's network",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const gateFacts = facts as GateFacts;
    const deployment = knownValue(facts.wanted.deployment);
    const bind =
      knownValue(facts.wanted.config)?.effective.gateway?.bind ?? loggedBind(knownValue(facts.wanted.logs));
    // Where nothing runs, nothing listens anywhere.
    const state = deployment?.workload?.state;
    if (state !== undefined && state !== "running") return [];
    const { contained = false, clustered = false } = deployment?.traits ?? {};
    if (deployment !== undefined && !contained && deployment.confidence === "certain") {
      return notApplicable("the gateway does not run in a container");
    }
    if (bind !== undefined && bind !== "loopback" && bind !== "auto") return [];
    // Another program has the port: an empty answer is that program's.
    if (gateFacts.refusals.some(({ reason, over }) => reason === "port-held" && !over)) return [];
    const isKnown = bind === "loopback";
    const explained = explainRefusals(gateFacts, {
      explains: (refusal) =>
        refusal.gate === "transport" &&
        // A port that leads elsewhere drops connections, too.
        (bind === "loopback" || !isMisled(refusal, gateFacts)) &&
        (DROPPED.has(refusal.reason ?? "") ||
          (contained && bind === "loopback" && refusal.reason === "refused")),
      // A reset alone has other causes: a process that ended, a port that leads elsewhere.
      confidence: () => (isKnown ? (contained ? "certain" : "likely") : "possible"),
      tellApart: () => (contained && bind === "loopback" ? [] : besideLoopbackBind()),
      variant: () => (clustered ? "kubernetes" : undefined),
      args: () => args({ bind, port: portOf(gateFacts) }),
      remedies: () => [
        ...(isKnown ? [] : [lookWhereItListens()]),
        ...(clustered ? [portForward(portOf(gateFacts))] : []),
        bindLan(gateFacts, deployment?.workload),
      ],
    });
    if (bind !== "loopback" || (Array.isArray(explained) && explained.length > 0)) return explained;
    const dead = deadService(gateFacts, deployment?.workload);
    return dead === undefined ? explained : [dead];
  },
});

/** What opens the gateway to a network is not guessed from a symptom. */
function lookWhereItListens(): Remedy {
  return { id: "look-where-it-listens", risk: "none", steps: [{ do: "logs.show" }, human("listens-where")] };
}

/** A probe that asks inside the pod stays green, a port-forward works, and the Service leads to nobody. */
function deadService(facts: GateFacts, workload: Workload | undefined): Occurrence | undefined {
  const [service] = servicesOf(workload);
  if (workload === undefined || service === undefined) return undefined;
  const port = portOf(facts);
  return {
    variant: "service",
    // Upstream's manifest has both on purpose, and expects a port-forward.
    severity: isOpenedOutwards(workload) ? "warning" : "info",
    confidence: "certain",
    evidence: [
      { fact: "config", source: "gateway.bind", quote: "loopback" },
      inspected(workload, `the Service ${service.name} leads to its port ${port}`),
    ],
    args: args({ bind: "loopback", port, service: service.name }),
    remedies: [portForward(port), bindLan(facts, workload)],
  };
}

/** The last `listening on ws://127.0.0.1:18789` of the log is a loopback bind; any other address may be several. */
function loggedBind(logs: LogDigest | undefined): "loopback" | undefined {
  const address = logs?.events.filter((event) => event.type === "startup").at(-1)?.bind;
  return address !== undefined && isLoopback(address) ? "loopback" : undefined;
}

/** In a pod the port-forward reaches the loopback listener; nothing has to change. */
function portForward(port: number): Remedy {
  return {
    id: "port-forward",
    risk: "none",
    steps: [{ do: "ssh.tunnel", port }, human("open-on-loopback", { url: `http://127.0.0.1:${port}/` })],
  };
}

function bindLan(facts: GateFacts, workload: Workload | undefined): Remedy {
  const { wanted } = facts;
  const port = portOf(facts);
  const ports = workload?.ports.filter(({ to }) => to === port) ?? [];
  const published = ports.length > 0 && ports.every(({ address }) => isLoopback(address));
  const inCommand = bindInCommand(wanted);
  const isFlag = knownValue(wanted.config)?.origins["gateway.bind"]?.from === "flag";
  const setting: readonly Step[] =
    inCommand.length > 0
      ? [...originsForFlag(facts), ...inCommand]
      : isFlag
        ? // Of a flag nothing in the config wins.
          [...originsForFlag(facts), human("change-bind-flag")]
        : [{ do: "config.set", key: "gateway.bind", value: "lan" }];
  const publishing =
    published || (workload !== undefined && isPod(workload))
      ? []
      : (publishOnLoopback(wanted, port) ?? [human("publish-on-loopback", { port })]);
  // What the Compose file says reaches a new container only, which starts with the changed config, too.
  const isAnew = [...setting, ...publishing].some((step) => step.do === "compose.edit");
  // A port that somebody publishes by hand is of a new container, too.
  const restart: Step =
    workload === undefined && publishing.length > 0
      ? { do: "gateway.restart", afresh: true }
      : { do: "gateway.restart" };
  const isByHand = isFlag && inCommand.length === 0;
  const again = isAnew ? recreate(wanted) : isByHand ? [] : [restart];
  return {
    id: "set-bind-lan",
    risk: "restart",
    steps: [...setting, ...publishing, ...again],
  };
}

/**
 * With `--bind lan` and no bind of its own in the config, 2026.3.13 does not start without a list of origins. It fills
 * one in for what the config says only; 2026.4.15 does for the flag, too (run: both). 2026.2.23 and later ask for one.
 */
function originsForFlag(facts: GateFacts): readonly Step[] {
  const release = releaseOf(facts);
  const origins = knownValue(facts.wanted.config)?.effective.gateway?.controlUi?.allowedOrigins ?? [];
  const asks = atLeast(release, "2026.2.23") === true && atLeast(release, "2026.4.15") !== true;
  const value = localOrigins(facts);
  return asks && origins.length === 0 && value.length > 0
    ? [{ do: "config.set", key: "gateway.controlUi.allowedOrigins", value }]
    : [];
}
