import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { noEngine } from "./addresses.ts";
import type { Choice } from "./choose-container.ts";
import type { Engine } from "./engine.ts";

/** What one engine has of what is wanted. `engine`: absent where it cannot be asked. */
export interface Looked {
  readonly name: string;
  readonly engine?: Engine;
  readonly choice: Fact<Choice>;
}

export interface ChosenOn {
  readonly engine: Engine;
  readonly choice: Choice;
}

/**
 * The one engine that has it. Two of them may each have one (Docker beside Podman): then the one that holds the
 * port, else all are told, and the user's DOCKER_HOST decides. One engine at two addresses is one.
 */
export function chooseEngine(looked: readonly Looked[]): Fact<ChosenOn> {
  const byId = new Map<string, ChosenOn>();
  for (const { engine, choice } of looked)
    if (engine !== undefined && choice.known && !byId.has(choice.value.id))
      byId.set(choice.value.id, { engine, choice: choice.value });
  const all = [...byId.values()];
  const serving = all.filter(({ choice }) => choice.serves);
  const one = all.length === 1 ? all[0] : serving.length === 1 ? serving[0] : undefined;
  if (one !== undefined) return known(one, one.engine.name);
  if (all.length > 1) return several(all);
  const failures = looked.flatMap(({ choice }) => (choice.known ? [] : [choice]));
  return failures.reduce<Unknown | undefined>(worse, undefined) ?? noEngine();
}

/** Of several engines the one with something to choose from, else the one that may not be asked, is told. */
function worse(first: Unknown | undefined, second: Unknown): Unknown {
  if (first === undefined) return second;
  const weight = ({ reason }: Unknown): number => (reason === "not-asked" ? 2 : reason === "denied" ? 1 : 0);
  return weight(second) > weight(first) ? second : first;
}

function several(all: readonly ChosenOn[]): Unknown {
  const found = all
    .slice(0, 10)
    .map(
      ({ engine, choice }) =>
        `${choice.shown}: DOCKER_HOST=${engine.dockerHost ?? safeText(engine.name, 200)}`,
    )
    .join(", ");
  return unknown("not-asked", say("several-engines", { found }), "DOCKER_HOST");
}
