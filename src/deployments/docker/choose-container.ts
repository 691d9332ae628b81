import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { Workload } from "../../core/workload.ts";
import {
  type Candidate,
  candidateOf,
  gatewayCandidates,
  type Listed,
  neighbours,
  serviceCandidates,
} from "./find.ts";

/** Which container: its name or id, its Compose service, or the one gateway that there is. */
export type Wanted =
  | { readonly by: "container"; readonly name: string }
  | { readonly by: "service"; readonly name: string }
  | { readonly by: "search"; readonly port: number };

export interface Choice {
  readonly id: string;
  /** As the user is told of it. */
  readonly shown: string;
  /** It runs and publishes the port that was searched for. */
  readonly serves: boolean;
  /** Other containers that seem to run a gateway. */
  readonly others: readonly Candidate[];
  readonly neighbours: NonNullable<Workload["neighbours"]>;
}

const MAX_OTHERS = 10;

/** The wanted one of an engine's containers; what is not there or not one is told with the names to choose from. */
export function chooseContainer(list: readonly Listed[], wanted: Wanted, cwd: string): Fact<Choice> {
  const gateways = gatewayCandidates(list);
  const chosen = (one: Candidate, source: string): Fact<Choice> => {
    const { id } = one;
    return known(
      {
        id,
        shown: listed([one]),
        serves: wanted.by === "search" && serves(one, wanted.port),
        others: gateways.filter((one) => one.id !== id).slice(0, MAX_OTHERS),
        neighbours: neighbours(list, id),
      },
      source,
    );
  };
  if (wanted.by === "container") {
    const found = list.find(({ Names }) => Names?.includes(`/${wanted.name}`)) ?? byId(list, wanted.name);
    return found === undefined
      ? absent("container-absent", wanted.name, gateways)
      : chosen(candidateOf(found), "--target");
  }
  if (wanted.by === "service") {
    const all = serviceCandidates(list, wanted.name);
    const own = all.filter(({ directory }) => directory === cwd);
    const one = all.length === 1 ? all[0] : own.length === 1 ? own[0] : undefined;
    if (one !== undefined) return chosen(one, "--target");
    return all.length === 0 ? absent("service-absent", wanted.name, gateways) : several(all);
  }
  const only = gateways.length === 1 ? gateways : gateways.filter((one) => serves(one, wanted.port));
  const one = only.length === 1 ? only[0] : undefined;
  if (one !== undefined) return chosen(one, "the engine's containers");
  return gateways.length === 0
    ? unknown("absent", say("no-gateway-container"), "--target docker:NAME")
    : several(gateways);
}

function serves({ state, publishedPorts }: Candidate, port: number): boolean {
  return state === "running" && publishedPorts.includes(port);
}

/** By the beginning of its id, as `docker` takes it. */
function byId(list: readonly Listed[], text: string): Listed | undefined {
  if (!/^[0-9a-f]{4,64}$/.test(text)) return undefined;
  const found = list.filter(({ Id }) => Id.startsWith(text));
  return found.length === 1 ? found[0] : undefined;
}

function absent(
  message: "container-absent" | "service-absent",
  name: string,
  gateways: readonly Candidate[],
): Unknown {
  const args = { name: safeText(name, 100), ...(gateways.length === 0 ? {} : { found: listed(gateways) }) };
  return unknown("absent", say(message, args), "--target docker:NAME");
}

function several(all: readonly Candidate[]): Unknown {
  return unknown("not-asked", say("several-containers", { found: listed(all) }), "--target docker:NAME");
}

function listed(all: readonly Candidate[]): string {
  const names = all.slice(0, MAX_OTHERS).map(({ name, state }) => `${name} (${state})`);
  return names.join(", ");
}
