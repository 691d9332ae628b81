// OpenClaw's own command leaves a device, a key and a request of itself; with the step taken back nothing of it is there.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import type { Changer, Undo } from "../../src/core/change.ts";
import type { Step } from "../../src/core/finding.ts";
import { changerOf, done, lanAddress } from "./rig/changer.ts";
import { CLI, newDevice } from "./rig/client.ts";
import { type Gateway, startGateway, TOKEN } from "./rig/gateway.ts";
import { isAtLeast } from "./rig/releases.ts";
import { type KeptState, stateOf } from "./rig/state.ts";
import { CORE } from "./selection.ts";

const never = new AbortController().signal;

/** All of it (2.19, 4.7), a request of its own besides (6.11), nothing (7.1 and later). */
const RELEASES = CORE ? ["2026.6.11"] : ["2026.2.19", "2026.4.7", "2026.6.11", "2026.7.1", "2026.9.6"];

/** Lists, identity and all other files; an empty list is none, and an empty directory holds nothing. */
function kept(gateway: Gateway, state: KeptState): unknown {
  const list = path.join(gateway.stateDir, "devices", "paired.json");
  const isEmpty = existsSync(list) && readFileSync(list, "utf8").trim() === "{}";
  // `media` is made by a gateway that is asked for the first time.
  const left = state.files.filter(
    (name) =>
      name !== "identity" && !name.startsWith("media") && !(isEmpty && name === "devices/paired.json"),
  );
  return { ...state, files: left };
}

for (const release of RELEASES)
  describe(`openclaw ${release}`, { skip: lanAddress === undefined }, () => {
    test("an approval that is taken back leaves the state directory as it was", async () => {
      const gateway = await startGateway({ release, config: { gateway: { bind: "lan" } } });
      try {
        const changer: Changer = await changerOf(gateway);
        const clean = kept(gateway, await stateOf(gateway));
        const refused = await gateway.agent.connect({
          url: `ws://${lanAddress}:${gateway.port}`,
          client: CLI,
          scopes: ["operator.read"],
          auth: { token: TOKEN },
          device: newDevice(),
        });
        const { requestId } = refused;
        assert.ok(requestId, JSON.stringify(refused));
        const step: Step = { do: "device.approve", requestId };
        const foreseen = await changer.foresee?.(step, never);
        assert.ok(foreseen?.known, JSON.stringify(foreseen));
        const leaves = !isAtLeast(release, "2026.7.1");
        const told = (foreseen.value.notes ?? []).some(({ message }) => message === "own-command-pairs");
        assert.equal(told, leaves, "what is foretold of it");

        const { undo } = await done(changer.perform(step, never));
        assert.ok(undo);
        const after = await stateOf(gateway);
        assert.deepEqual(after.pending, [], "a request of our own command waits");
        assert.equal(after.paired.length, leaves ? 2 : 1);

        await back(changer, undo, step);
        const [is, was] = [kept(gateway, await stateOf(gateway)), { ...(clean as KeptState), pending: [] }];
        const pendingFile = (state: unknown) =>
          (state as KeptState).files.filter((name) => !/^devices(?:$|\/pending\.json$)/.test(name));
        assert.deepEqual(
          { ...(is as KeptState), files: pendingFile(is) },
          { ...was, files: pendingFile(was) },
        );

        // Whoever types the command next is let in as on a fresh gateway; 2026.2.19 dials its LAN address and refuses.
        if (release === "2026.2.19") return;
        const list = await gateway.cli(["devices", "list", "--json"]);
        assert.equal(list.code, 0, JSON.stringify(list));
      } finally {
        await gateway.stop();
      }
    });
  });

async function back(changer: Changer, undo: Undo, step: Step): Promise<void> {
  const foreseen = await changer.foreseeBack?.(undo, step);
  assert.ok(foreseen?.known, JSON.stringify(foreseen));
  await done(changer.revert(undo, step, never));
}
