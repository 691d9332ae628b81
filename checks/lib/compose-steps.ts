import type { ComposePlace, ComposeReading, ComposeSecret } from "../../src/core/compose.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Evidence } from "../../src/core/facts.ts";
import type { ComposeChange, Step } from "../../src/core/finding.ts";
import { outlivesContainer } from "../../src/core/mounts.ts";
import { isLoopback } from "./addresses.ts";
import type { GateFacts } from "./explain-refusals.ts";
import { human } from "./remedies.ts";

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
  const mounts = knownValue(deployment)?.workload?.mounts ?? [];
  const stateDir = knownValue(config)?.stateDir;
  return stateDir !== undefined && stateDir !== "" && outlivesContainer(mounts, stateDir);
}

/**
 * What the Compose file has to say so that a port of the container is published on loopback, and on nothing else;
 * `undefined` where no Compose file was read.
 */
export function publishOnLoopback(wanted: Wanted, port: number): readonly Step[] | undefined {
  const compose = composeOf(wanted);
  if (compose === undefined) return undefined;
  const { service, ports, definedIn } = compose;
  const edit = (file: string, change: ComposeChange): Step => ({ do: "compose.edit", file, service, change });
  const own = ports.filter(({ to }) => to === port);
  if (own.length > 0) {
    const wide = own.filter(({ address }) => !isLoopback(address)).map(({ at }) => at.path);
    return [...new Set(wide)].map((file) => edit(file, { kind: "on-loopback", to: port }));
  }
  const file = ports.at(-1)?.at.path ?? definedIn[0];
  return file === undefined ? undefined : [edit(file, { kind: "publish", port, to: port })];
}

/** The loopback bind is in the command of the Compose file: what openclaw.json says does not count against it. */
export function bindInCommand(wanted: Wanted): readonly Step[] {
  const compose = composeOf(wanted);
  const from = knownValue(wanted.config)?.origins["gateway.bind"]?.from;
  if (compose?.bind === undefined || from !== "flag") return [];
  const { service, bind } = compose;
  return [{ do: "compose.edit", file: bind.at.path, service, change: { kind: "bind", value: "lan" } }];
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
