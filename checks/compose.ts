import { knownValue } from "../src/core/fact.ts";
import type { ComposePlace, ComposeReading, ComposeSecret, Evidence } from "../src/core/facts.ts";
import type { Step } from "../src/core/finding.ts";
import { outlivesContainer } from "../src/core/mounts.ts";
import { human } from "./remedies.ts";
import type { GateFacts } from "./support.ts";

type Wanted = Pick<GateFacts["wanted"], "deployment" | "config">;

export function composeOf({ deployment }: Pick<Wanted, "deployment">): ComposeReading | undefined {
  return knownValue(deployment)?.compose;
}

/**
 * A changed environment, port or command reaches a new container only. One whose state directory is on no mount is
 * never made anew: its config and its devices would be gone.
 */
export function recreate({ deployment, config }: Wanted): readonly Step[] {
  const known = knownValue(deployment);
  const stateDir = knownValue(config)?.stateDir;
  if (known?.compose === undefined) return [];
  if (keepsState({ deployment, config })) return [{ do: "compose.up", service: known.compose.service }];
  return [human("state-would-be-lost", { stateDir })];
}

export function keepsState({ deployment, config }: Wanted): boolean {
  const mounts = knownValue(deployment)?.container?.mounts ?? [];
  const stateDir = knownValue(config)?.stateDir;
  return stateDir !== undefined && stateDir !== "" && outlivesContainer(mounts, stateDir);
}

/** Where a secret of the gateway's environment comes from, by fingerprint. */
export function secretEvidence({ fingerprint, variable, from, isRunning, ...at }: ComposeSecret): Evidence {
  const origin = from === "shell" ? " where Compose is started" : "";
  const running = isRunning ? "" : "; the container was created with another value";
  return {
    fact: "deployment",
    source: placeText(at),
    quote: `${variable}=${fingerprint}${origin}${running}`,
  };
}

/** `/srv/claw/.env:3`. */
export function placeText({ path, line }: ComposePlace): string {
  return line === undefined ? path : `${path}:${line}`;
}
