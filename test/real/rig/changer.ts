// The changer as the doctor comes to it, for suites that do single steps on a real gateway.
import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { editConfig } from "../../../src/config/edit.ts";
import type { Changer, Performed } from "../../../src/core/change.ts";
import type { Fact } from "../../../src/core/fact.ts";
import { readListeners } from "../../../src/deployments/listeners.ts";
import { localAccess } from "../../../src/deployments/local.ts";
import { nodeWorld } from "../../../src/deployments/world.ts";
import { openclawOnPath } from "./doctor.ts";
import type { Gateway } from "./gateway.ts";

/** An address of this machine that a gateway does not take for its own: who connects over it has to be paired. */
export const lanAddress = Object.values(networkInterfaces())
  .flat()
  .find((one) => one !== undefined && !one.internal && one.family === "IPv4")?.address;

/** The changer as the doctor comes to it: from the process that listens on the port. */
export async function changerOf(gateway: Gateway): Promise<Changer> {
  const world = nodeWorld({
    env: { HOME: gateway.home, PATH: `${openclawOnPath(gateway)}:${process.env.PATH ?? "/usr/bin:/bin"}` },
  });
  const listeners = await readListeners(world, gateway.port, "salt");
  assert.ok(listeners.known);
  const pids = new Set(listeners.value.sockets.map(({ pid }) => pid));
  const running = listeners.value.gateways.find(({ pid }) => pids.has(pid));
  assert.ok(running, "the gateway's process was not found");
  const access = localAccess({ world, salt: "salt", gateway: running });
  const changer = await access.changer?.({
    edit: editConfig,
    release: { version: gateway.release, confidence: "certain", from: "said" },
  });
  assert.ok(changer?.known, JSON.stringify(changer));
  return changer.value;
}

export async function done(fact: Promise<Fact<Performed>>): Promise<Performed> {
  const outcome = await fact;
  assert.ok(outcome.known, JSON.stringify(outcome));
  return outcome.value;
}
