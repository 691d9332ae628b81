import { type Unknown, unknown } from "../../core/fact.ts";
import { type SentenceKey, say } from "../../core/saying.ts";
import { createScrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import { KubeError, type KubeProblem } from "./error.ts";

/** How the user can help where a cluster does not tell. */
export const PROVIDE = "--log FILE, --config PATH, --target ws://HOST:PORT";

const WORDS = {
  "no-cluster": ["absent", "kube-no-cluster"],
  kubeconfig: ["failed", "kube-kubeconfig"],
  "no-context": ["absent", "kube-no-context"],
  plugin: ["failed", "kube-plugin"],
  down: ["absent", "kube-down"],
  tls: ["failed", "kube-tls"],
  unauthorized: ["denied", "kube-unauthorized"],
  forbidden: ["denied", "kube-forbidden"],
  absent: ["absent", "kube-absent"],
  conflict: ["failed", "kube-conflict"],
  "too-long": ["failed", "kube-too-long"],
  late: ["timeout", "kube-late"],
  failed: ["failed", "kube-failed"],
} as const satisfies Readonly<Record<KubeProblem, readonly [Unknown["reason"], SentenceKey]>>;

/** Why a call failed, each cause in its own words. `what`: the cluster, or what was asked of it. */
export function kubeFailure(error: unknown, what: string, secrets: readonly string[] = []): Unknown {
  if (!(error instanceof KubeError)) throw error;
  const [reason, message] = WORDS[error.problem];
  const detail =
    typeof error.detail === "string"
      ? safeText(createScrubber(secrets)(error.detail.slice(0, 2000)).text, 300)
      : error.detail;
  const args = { cluster: safeText(what, 200), ...(detail === "" ? {} : { detail }) };
  return unknown(reason, say(message, args), PROVIDE);
}
