import { type Unknown, unknown } from "../../core/fact.ts";
import { createScrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import { KubeError, type KubeProblem } from "./error.ts";

/** How the user can help where a cluster does not tell. */
export const PROVIDE = "--log FILE, --config PATH, --target ws://HOST:PORT";

const WORDS: Readonly<Record<KubeProblem, readonly [Unknown["reason"], string, string]>> = {
  "no-cluster": ["absent", "kube-no-cluster", "there is neither a kubeconfig nor a service account here"],
  kubeconfig: ["failed", "kube-kubeconfig", "the kubeconfig cannot be used"],
  "no-context": ["absent", "kube-no-context", "the kubeconfig has no such context"],
  plugin: ["failed", "kube-plugin", "the credential plugin of the kubeconfig gave nothing"],
  down: ["absent", "kube-down", "no API server answers there"],
  tls: ["failed", "kube-tls", "the API server's certificate is not accepted, or ours by it"],
  unauthorized: ["denied", "kube-unauthorized", "the API server does not know who we are"],
  forbidden: ["denied", "kube-forbidden", "the API server does not allow it"],
  absent: ["absent", "kube-absent", "there is no such thing"],
  conflict: ["failed", "kube-conflict", "somebody else changed it meanwhile"],
  "too-long": ["failed", "kube-too-long", "the answer is longer than what is read of it"],
  late: ["timeout", "kube-late", "there was no whole answer in time"],
  failed: ["failed", "kube-failed", "the API server did not answer as expected"],
};

/** Why a call failed, each cause in its own words. `what`: the cluster, or what was asked of it. */
export function kubeFailure(error: unknown, what: string, secrets: readonly string[] = []): Unknown {
  if (!(error instanceof KubeError)) throw error;
  const [reason, message, words] = WORDS[error.problem];
  const cluster = safeText(what, 200);
  const detail = safeText(createScrubber(secrets)(error.message.slice(0, 2000)).text, 300);
  return unknown(reason, `${cluster}: ${words} (${detail})`, PROVIDE, {
    message,
    args: { cluster, detail },
  });
}
