import { bad, type Parsed, parsed } from "../../core/bad-input.ts";
import { say } from "../../core/saying.ts";
import { logAlone } from "../../deployments/log-alone.ts";
import { journalHere } from "../../deployments/service-journal.ts";
import { byContainerName, type ChosenTarget, parseTarget } from "../../deployments/target.ts";
import { nodeWorld, type World } from "../../deployments/world.ts";
import type { ReportNote } from "../../report/result.ts";
import { Live, type LiveOptions } from "./look.ts";
import type { Opened } from "./opened.ts";

/**
 * The gateway that is meant, as it is written; `undefined`: what this machine shows. `context`: of the kubeconfig, for a
 * workload of which no context is written; alone it means the one gateway of that cluster.
 */
export function targetSaid(text: string | undefined, context?: string): Parsed<ChosenTarget> {
  if (context === undefined) return text === undefined ? parsed({ kind: "found" }) : parseTarget(text);
  const target = parseTarget(text ?? "k8s:");
  if (!target.ok) return target;
  if (target.value.kind === "kubernetes") return parsed({ context, ...target.value });
  const example = "--context prod --target k8s:openclaw/openclaw";
  return bad("--context", say("context-of-cluster"), say("for-example", { example }));
}

export interface OpenOptions extends Omit<LiveOptions, "world" | "asBrowser" | "place"> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Filled by whoever hands in logs, with what there is to say of their reading. */
  readonly notes: readonly ReportNote[];
  /** A log that is all that is named says nothing of this machine: its gateway may be another one. */
  readonly mayBeElsewhere?: boolean;
}

/** The gateway that somebody names, to be looked at. Nothing is read yet. */
export function openGateway({ env, notes, mayBeElsewhere = false, ...options }: OpenOptions): Opened {
  const own = nodeWorld({ env });
  const world: World = own.platform === "linux" ? { ...own, journal: (unit) => journalHere(unit, env) } : own;
  const { origin, salt, logs, configPath } = options;
  let { target } = options;
  const onlyLog = logs !== undefined && configPath === undefined && target.kind === "found";
  const place = mayBeElsewhere && onlyLog ? { place: logAlone() } : {};
  return {
    world,
    salt,
    notes,
    context: { platform: world.platform, home: world.homedir },
    ...(origin === undefined ? {} : { origin }),
    look: (change) => new Live({ ...change, ...options, ...place, target, world }),
    byName: (name) => {
      target = byContainerName(target, name);
    },
  };
}
