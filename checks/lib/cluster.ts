import { knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import { NOBODY_BEHIND } from "../edge-blocks-upgrade.ts";
import { isPairedBehindLogin } from "../trusted-proxy-still-pairs.ts";
import { isNotPaired, isTranslated } from "./pairing-refusals.ts";
import { isServedByTailscale } from "./tailscale.ts";
import { isFromLoopback, type LoggedFacts, settingOf } from "./trusted-proxy.ts";

/** The gateway runs in a cluster, as the deployment shows it or the lines name it. */
export function isClustered(facts: LoggedFacts): boolean {
  const deployment = knownValue(facts.wanted.deployment);
  if (deployment?.traits.clustered === true && deployment.confidence !== "possible") return true;
  const other = deployment !== undefined && deployment.confidence === "certain";
  return !other && settingOf(facts, "orchestrator") === "kubernetes";
}

/**
 * A browser that an Ingress or a Service brought and that is not approved yet. A port-forward ends in the pod and
 * arrives from 127.0.0.1 with nothing forwarded: that one is no matter of the way.
 */
export function isPairedThroughCluster(refusal: Refusal, facts: LoggedFacts): boolean {
  if (!isNotPaired(refusal, facts) || refusal.client === "cli" || refusal.client === "node") return false;
  if (!isClustered(facts) || isTranslated(refusal, facts)) return false;
  if (isPairedBehindLogin(refusal, facts) || isServedByTailscale(refusal, facts)) return false;
  const forwarded = refusal.connection.headers?.["x-forwarded-for"] !== undefined;
  return forwarded || !isFromLoopback(refusal, facts);
}

/** The Ingress has nobody behind its Service: the pod is down, or its gateway listens on the pod's loopback. */
export function isServiceWithoutPod(
  { gate, reason, from, httpStatus }: Refusal,
  facts: LoggedFacts,
): boolean {
  if (gate !== "transport" || reason !== "not-openclaw" || !isClustered(facts)) return false;
  return from === "client" && httpStatus !== undefined && NOBODY_BEHIND.has(httpStatus);
}
