import { ipMatches, parseIp } from "../src/core/address.ts";
import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { bareAddress } from "./lib/addresses.ts";
import { isPairedThroughCluster, isServiceWithoutPod } from "./lib/cluster.ts";
import { explainRefusals, portOf, WANTED } from "./lib/explain-refusals.ts";
import { approveDevice, dashboardLink, human, viaTunnel } from "./lib/remedies.ts";
import { trustProxy } from "./lib/trust-proxy.ts";
import type { LoggedFacts } from "./lib/trusted-proxy.ts";
import { configMapOf, workloadOf } from "./lib/workload.ts";

/** The same gates as everywhere; the way through a cluster makes each browser remote, and the pod's files are copies. */
export default defineCheck({
  id: "kubernetes-exposure",
  code: "OPD115",
  title: "The way into the cluster fits the gateway's settings",
  severity: "error",
  gate: "pairing",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  causedBy: ["bind-loopback-in-container"],
  diagnose(facts) {
    const gateFacts = facts as LoggedFacts;
    return explainRefusals(gateFacts, {
      explains: (refusal) =>
        isPairedThroughCluster(refusal, gateFacts) || isServiceWithoutPod(refusal, gateFacts),
      confidence: ({ gate, from }) =>
        gate === "transport" || from === "model" ? "possible" : from === "client" ? "likely" : undefined,
      variant: ({ gate }) => (gate === "transport" ? "no-endpoint" : undefined),
      remedies: (refusal) => remediesOf(refusal, gateFacts),
    });
  },
});

function remediesOf(refusal: Refusal, facts: LoggedFacts): readonly Remedy[] {
  if (refusal.gate === "transport") return [forward(facts), bindLan()];
  const forwarded = refusal.connection.headers?.["x-forwarded-for"] !== undefined;
  return [
    ...dashboardLink(refusal, facts),
    approveDevice(refusal, facts),
    ...viaTunnel(refusal, facts),
    ...(forwarded && !isTrusted(refusal, facts)
      ? trustProxy(refusal, facts).map((remedy) => (mayBeCopied(facts) ? inConfigMap(remedy) : remedy))
      : []),
  ];
}

function isTrusted({ connection }: Refusal, facts: LoggedFacts): boolean {
  const ip = parseIp(bareAddress(connection.remoteAddress ?? ""));
  const entries = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  return ip !== undefined && entries.some((entry) => ipMatches(ip, entry, true));
}

/** The config comes from a ConfigMap, or nobody saw where it comes from. */
function mayBeCopied({ wanted }: LoggedFacts): boolean {
  const workload = workloadOf(wanted.deployment);
  return workload === undefined || configMapOf(workload) !== undefined;
}

/** What is set in the pod alone is gone after its next start. */
function inConfigMap(remedy: Remedy): Remedy {
  return { ...remedy, steps: [...remedy.steps, human("edit-configmap")] };
}

function forward(facts: LoggedFacts): Remedy {
  const port = portOf(facts);
  return {
    id: "port-forward",
    risk: "none",
    steps: [{ do: "ssh.tunnel", port }, human("open-on-loopback", { url: `http://127.0.0.1:${port}/` })],
  };
}

function bindLan(): Remedy {
  return {
    id: "set-bind-lan",
    risk: "restart",
    steps: [
      { do: "config.set", key: "gateway.bind", value: "lan" },
      human("edit-configmap"),
      { do: "gateway.restart" },
    ],
  };
}
