import { type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { isTrueAt } from "../../kinds/kubernetes/fields.ts";
import type { KubeApi } from "./api.ts";
import { KubeError } from "./error.ts";

/** What is wanted of the API, as a rule of a Role names it: `get` of `pods/log`. */
export interface Right {
  readonly verb: "get" | "list" | "create" | "patch";
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly namespace: string;
}

export interface Rights {
  /** `undefined`: it is allowed, as far as the cluster tells. Asked once for each right. */
  denied(right: Right): Promise<Unknown | undefined>;
}

/**
 * Asks before anything is tried (SelfSubjectAccessReview, which every authenticated user may create by default). Where that
 * is not allowed either, it is tried, and the 403 says the same.
 */
export function rightsOn(api: KubeApi): Rights {
  const asked = new Map<string, Promise<Unknown | undefined>>();
  const ask = async (right: Right): Promise<Unknown | undefined> => {
    const [resource, subresource] = right.resource.split("/");
    const { verb, group, namespace } = right;
    try {
      const review = await api.send("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        method: "POST",
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes: { namespace, verb, group, resource, subresource } },
        },
      });
      return isTrueAt(review, "status", "allowed") ? undefined : notAllowed(right);
    } catch (error) {
      if (error instanceof KubeError && error.problem === "forbidden") return undefined;
      throw error;
    }
  };
  return {
    denied: (right) => {
      const key = [right.verb, right.group, right.resource, right.namespace].join(" ");
      const answer = asked.get(key) ?? ask(right);
      asked.set(key, answer);
      return answer;
    },
  };
}

/** With the rule that would allow it. */
export function notAllowed(right: Right): Unknown {
  const { verb, resource } = right;
  const namespace = safeText(right.namespace, 63);
  const rule = ruleOf(right);
  return unknown("denied", say("kube-not-allowed", { verb, resource, namespace }), `Role: ${rule}`);
}

/** As a line of YAML, in which JSON is valid. */
export function ruleOf({ verb, resource, group }: Right): string {
  return `{apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
}
