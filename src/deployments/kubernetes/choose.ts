import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { nameOf } from "../../kinds/kubernetes/fields.ts";
import {
  type Candidate,
  gatewaysOf,
  type NamespaceObjects,
  shownCandidate,
  workloadsOf,
} from "../../kinds/kubernetes/workloads.ts";
import type { ChosenTarget } from "../target.ts";

const MAX_SHOWN = 10;
const PROVIDE = "--target k8s:NAMESPACE/WORKLOAD";

export type WantedWorkload = Extract<ChosenTarget, { readonly kind: "kubernetes" }>["workload"];

export interface Choice {
  readonly candidate: Candidate;
  /** Other workloads that seem to run a gateway. */
  readonly others: readonly Candidate[];
}

/** The wanted one of what namespaces have; what is not there or not one is told with the names to choose from. */
export function chooseWorkload(
  namespaces: readonly NamespaceObjects[],
  wanted: WantedWorkload,
): Fact<Choice> {
  const gateways = namespaces.flatMap(gatewaysOf);
  const chosen = (candidate: Candidate): Fact<Choice> =>
    known(
      {
        candidate,
        others: gateways.filter(
          ({ name, kind, namespace }) =>
            name !== candidate.name || kind !== candidate.kind || namespace !== candidate.namespace,
        ),
      },
      "kubectl get pods",
    );
  if (wanted === undefined) {
    const [only] = gateways;
    if (only === undefined) return unknown("absent", say("kube-no-gateway"), PROVIDE);
    return gateways.length === 1 ? chosen(only) : several(gateways);
  }
  const named = namespaces.flatMap((one) => namedIn(one, wanted));
  const [first] = named;
  if (first === undefined) return absent(wanted, gateways);
  // A name that a Deployment and a StatefulSet have: what runs a gateway is meant.
  const best = named.filter((one) => one.score > 0);
  if (named.length > 1 && best.length !== 1) return several(named);
  return chosen(best[0] ?? first);
}

/** A workload, or a pod of one by its own name. */
function namedIn(
  objects: NamespaceObjects,
  { kind, name }: NonNullable<WantedWorkload>,
): readonly (Candidate & { readonly score: number })[] {
  const all = workloadsOf(objects);
  const found = all.filter((one) => one.name === name && (kind === undefined || one.kind === kind));
  if (found.length > 0 || (kind !== undefined && kind !== "pod")) return found;
  return all.flatMap((one) => {
    const isOne = one.pods.some((pod) => nameOf(pod) === name);
    return isOne ? [{ ...one, pod: name }] : [];
  });
}

function absent({ kind, name }: NonNullable<WantedWorkload>, gateways: readonly Candidate[]): Unknown {
  const args = {
    name: safeText(kind === undefined ? name : `${kind}/${name}`, 100),
    ...(gateways.length === 0 ? {} : { found: listed(gateways) }),
  };
  return unknown("absent", say("kube-workload-absent", args), PROVIDE);
}

function several(all: readonly Candidate[]): Unknown {
  return unknown("not-asked", say("kube-several", { found: listed(all) }), PROVIDE);
}

function listed(all: readonly Candidate[]): string {
  const more = all.length > MAX_SHOWN ? ` +${all.length - MAX_SHOWN}` : "";
  return `${all.slice(0, MAX_SHOWN).map(shownCandidate).join(", ")}${more}`;
}
