import { type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { type Document, isTrueAt, listAt, objectAt, textAt, textsAt } from "../../kinds/kubernetes/fields.ts";
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
 * Asks before anything is tried: once for all that is allowed in a namespace (SelfSubjectRulesReview), and one by one
 * (SelfSubjectAccessReview) for what is not among it where the cluster says that its list is not whole, as with authorizers
 * that are asked over the network. Every authenticated user may create both by default; where that is not allowed either, it
 * is tried, and the 403 says the same.
 */
export function rightsOn(api: KubeApi): Rights {
  const asked = new Map<string, Promise<Unknown | undefined>>();
  const listed = new Map<string, Promise<Allowed>>();
  const ask = async (right: Right): Promise<Unknown | undefined> => {
    const { namespace } = right;
    // A list is of one namespace.
    if (namespace !== "") {
      const list = listed.get(namespace) ?? allowedIn(api, namespace);
      listed.set(namespace, list);
      const { rules, isWhole } = await list;
      if (rules.some((rule) => allows(rule, right))) return undefined;
      if (isWhole) return notAllowed(right);
    }
    return reviewed(api, right);
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

const AUTHORIZATION = "/apis/authorization.k8s.io/v1";

/** What is allowed in a namespace; `isWhole`: what is not among it is denied. */
interface Allowed {
  readonly rules: readonly Document[];
  readonly isWhole: boolean;
}

async function allowedIn(api: KubeApi, namespace: string): Promise<Allowed> {
  try {
    const review = await api.send(`${AUTHORIZATION}/selfsubjectrulesreviews`, {
      method: "POST",
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectRulesReview",
        spec: { namespace },
      },
    });
    const status = objectAt(review, "status");
    const isWhole = status.incomplete === false && textAt(status, "evaluationError") === undefined;
    const rules = listAt(status, "resourceRules");
    // A list that was cut is not whole.
    return { rules, isWhole: isWhole && rules.length < MAX_RULES };
  } catch (error) {
    if (error instanceof KubeError && (error.problem === "forbidden" || error.problem === "absent"))
      return { rules: [], isWhole: false };
    throw error;
  }
}

/** As many as `listAt` gives. */
const MAX_RULES = 1000;

/** As the RBAC authorizer reads a rule; one of named objects allows nothing of the others. */
function allows(rule: Document, { verb, group, resource }: Right): boolean {
  const has = (field: string, ...words: readonly string[]): boolean =>
    textsAt(rule, field).some((one) => one === "*" || words.includes(one));
  const [, subresource] = resource.split("/");
  return (
    textsAt(rule, "resourceNames").length === 0 &&
    has("verbs", verb) &&
    has("apiGroups", group) &&
    has("resources", resource, ...(subresource === undefined ? [] : [`*/${subresource}`]))
  );
}

async function reviewed(api: KubeApi, right: Right): Promise<Unknown | undefined> {
  const [resource, subresource] = right.resource.split("/");
  const { verb, group, namespace } = right;
  try {
    const review = await api.send(`${AUTHORIZATION}/selfsubjectaccessreviews`, {
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
