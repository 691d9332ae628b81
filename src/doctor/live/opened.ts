import type { World } from "../../deployments/world.ts";
import type { CommandContext } from "../../kinds/kind.ts";
import type { ReportNote } from "../../report/result.ts";
import type { Live, LiveOptions } from "./look.ts";

/** A gateway as somebody named it, to be looked at as often as it takes. */
export interface Opened {
  readonly world: World;
  /** For fingerprints of secrets. */
  readonly salt: string;
  readonly origin?: string;
  readonly context: CommandContext;
  /** What the looks have to say of the logs that they read. */
  readonly notes: readonly ReportNote[];
  /** A new look at the gateway. `origin`: of the page that is imitated, when the user names none. */
  look(change: Pick<LiveOptions, "asBrowser" | "origin" | "through" | "knock" | "startingBudgetMs">): Live;
  /** From now on looks are at the container by its name: one that Compose makes anew has another id than was said. */
  byName(container: string): void;
}
