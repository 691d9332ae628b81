import { defineCheck } from "../src/core/check.ts";
import type { ComposeReading } from "../src/core/compose.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Evidence } from "../src/core/facts.ts";
import type { Occurrence, Remedy, Step } from "../src/core/finding.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { ownWords, say } from "../src/core/saying.ts";
import { args, WANTED } from "./lib/explain-refusals.ts";
import { inOtherNetns, rankOf, urlOf } from "./lib/nobody-at-loopback.ts";
import { explainPrinted } from "./lib/printed-errors.ts";
import { human } from "./lib/remedies.ts";

/** Each container has a loopback of its own; the official compose file shares the gateway's since February 2026. */
export default defineCheck({
  id: "cli-container-wrong-netns",
  code: "OPD111",
  title: "The CLI's container reaches the gateway",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const missed = inOtherNetns(facts);
    const last = missed.at(-1);
    const apart = apartByCompose(knownValue(facts.wanted.deployment)?.compose);
    if (last === undefined) return apart === undefined ? [] : [foretold(apart)];
    return [
      {
        ...explainPrinted(
          missed.map(({ event }) => event),
          {
            confidence: apart === undefined ? last.confidence : "certain",
            args: args({ url: urlOf(last.event) }),
            remedies: [shareNetwork(apart), runInside()],
          },
        ),
        ...(apart === undefined
          ? {}
          : { evidence: [apart.evidence, ...missed.slice(-2).map(({ event }) => evidenceOf(event))] }),
        rank: rankOf(last.event, facts.refusals),
      },
    ];
  },
});

interface Apart {
  readonly service: string;
  readonly edit: Step;
  readonly evidence: Evidence;
}

/** The Compose files give the CLI's service a network of its own: what it calls 127.0.0.1 is not the gateway. */
function apartByCompose(compose: ComposeReading | undefined): Apart | undefined {
  const cli = compose?.cli;
  if (cli === undefined || compose === undefined) return undefined;
  const { networkMode, service, at } = cli;
  if (networkMode !== undefined && /^(?:service:|container:|host$)/.test(networkMode)) return undefined;
  const line = at.line === undefined ? "" : `:${at.line}`;
  const said =
    networkMode === undefined
      ? ownWords(say("no-network-mode", { service }))
      : { quote: `${service}: network_mode: ${networkMode}` };
  const change = { kind: "network", of: compose.service } as const;
  const edit: Step = { do: "compose.edit", file: at.path, service, change };
  return { service, edit, evidence: { fact: "deployment", source: `${at.path}${line}`, ...said } };
}

function foretold(apart: Apart): Occurrence {
  const { service, evidence } = apart;
  return {
    variant: "foretold",
    severity: "warning",
    confidence: "likely",
    evidence: [evidence],
    args: args({ client: service }),
    remedies: [shareNetwork(apart), runInside()],
  };
}

/** A container of the CLI is made for each command, with what the file says by then. */
function shareNetwork(apart: Apart | undefined): Remedy {
  return {
    id: "share-network",
    risk: "restart",
    steps: apart === undefined ? [human("compose-network-mode"), human("compose-up")] : [apart.edit],
  };
}

function runInside(): Remedy {
  return {
    id: "run-in-gateway-container",
    risk: "none",
    steps: [human("run-in-gateway-container"), { do: "device.list" }],
  };
}
