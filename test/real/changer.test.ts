// The local changer against real gateways: what it does is done, and what it takes back leaves no trace.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Changer, Performed, Undo } from "../../src/core/change.ts";
import type { Step } from "../../src/core/finding.ts";
import { english } from "../support/english.ts";
import { changerOf, done, lanAddress } from "./rig/changer.ts";
import { CLI, newDevice, type Outcome } from "./rig/client.ts";
import { type Gateway, startGateway, TOKEN } from "./rig/gateway.ts";
import { isAtLeast } from "./rig/releases.ts";
import { stateOf } from "./rig/state.ts";
import { CHANGER_RELEASES } from "./selection.ts";

const never = new AbortController().signal;
/** What is taken back. */
const APPROVE: Step = { do: "device.approve", requestId: "req-1" };

for (const release of CHANGER_RELEASES) {
  describe(`openclaw ${release}`, () => {
    let gateway: Gateway;
    let changer: Changer;
    before(async () => {
      gateway = await startGateway({
        release,
        config: { gateway: { bind: "lan", tailscale: { mode: "off", resetOnExit: false } } },
      });
      // Up to 2026.4.15 the release's own command line pairs itself on its first call.
      await gateway.cli(["devices", "list", "--json"]);
      changer = await changerOf(gateway);
    });
    after(() => gateway?.stop());

    const set = (key: string, value: Extract<Step, { do: "config.set" }>["value"]): Promise<Performed> =>
      done(changer.perform({ do: "config.set", key, value }, never));
    const taken = async (): Promise<string | undefined> => {
      const settled = await changer.settled(never);
      assert.ok(settled.known, JSON.stringify(settled));
      return settled.value.taken;
    };
    const inFile = () => JSON.parse(readFileSync(gateway.configPath, "utf8")).gateway;

    test("the config: set and unset are taken up, a restart comes where it has to, and all is undone", async () => {
      const config = await changer.readConfig();
      assert.ok(config.known && config.value);
      const file = config.value;

      const { how } = await set("gateway.trustedProxies", ["192.0.2.77"]);
      // The older commands would write more than the key.
      assert.match(
        english(how),
        isAtLeast(release, "2026.4.15") ? /^openclaw config set / : /^edited openclaw\.json/,
      );
      await done(changer.perform({ do: "config.unset", key: "gateway.tailscale.resetOnExit" }, never));
      assert.deepEqual(inFile().trustedProxies, ["192.0.2.77"]);
      assert.equal("resetOnExit" in inFile().tailscale, false);
      assert.match((await taken()) ?? "", /^(?:restarted|reloaded)$/);
      const answer = await gateway.ready(20_000);
      assert.equal(answer.admitted, true, JSON.stringify(answer));

      await set("gateway.reload.mode", "off");
      assert.equal(await taken(), "refused");
      await set("gateway.trustedProxies", ["192.0.2.78"]);
      assert.equal(await taken(), "refused");
      const restart = await changer.perform({ do: "gateway.restart" }, never);
      // In the foreground the oldest have no way to be told.
      assert.equal(restart.known, isAtLeast(release, "2026.3.13"), JSON.stringify(restart));
      if (restart.known) assert.equal(await taken(), "restarted");

      const left = await changer.readConfig();
      assert.ok(left.known && left.value);
      assert.equal(await changer.replaceConfig(file, file.sha256), "stale");
      assert.equal(await changer.replaceConfig(file, left.value.sha256), "replaced");
      assert.match((await taken()) ?? "", /^(?:restarted|reloaded)$/);
      assert.equal((await gateway.ready(20_000)).admitted, true);
      assert.deepEqual(await changer.readConfig(), config, "the config is not as before");
      assert.equal(statSync(gateway.configPath).mode & 0o7777, file.mode);
    });

    const knock = (device: string, scopes: readonly string[]): Promise<Outcome> =>
      gateway.agent.connect({
        url: `ws://${lanAddress}:${gateway.port}`,
        client: CLI,
        scopes,
        auth: { token: TOKEN },
        device,
      });
    const approve = async (refused: Outcome): Promise<Undo> => {
      assert.equal(refused.admitted, false);
      const { requestId } = refused;
      assert.ok(requestId, JSON.stringify(refused));
      const { undo } = await done(changer.perform({ do: "device.approve", requestId }, never));
      assert.ok(undo);
      return undo;
    };

    test("a device: approved it is admitted, taken back it is as before", async (t) => {
      if (lanAddress === undefined) return t.skip("this machine has no address but loopback");
      const device = newDevice();
      const { paired } = await stateOf(gateway);
      const refused = await knock(device, ["operator.read"]);
      const undo = await approve(refused);
      assert.deepEqual(undo, { undo: "device.remove", deviceId: refused.deviceId });
      assert.equal((await knock(device, ["operator.read"])).admitted, true);
      await done(changer.revert(undo, APPROVE, never));
      assert.deepEqual((await stateOf(gateway)).paired, paired);
      const again = await knock(device, ["operator.read"]);
      assert.equal(again.errorCode, "NOT_PAIRED", JSON.stringify(again));
      const { requestId = "" } = refused;
      const late = await changer.perform({ do: "device.approve", requestId }, never);
      assert.equal(!late.known && late.reason, "absent", "a request that is over was approved");
    });

    test("a device's upgrade: taken back it has what it had, or that is said", async (t) => {
      if (lanAddress === undefined) return t.skip("this machine has no address but loopback");
      const device = newDevice();
      const more = ["operator.read", "operator.write"];
      const remove = await approve(await knock(device, ["operator.read"]));
      const pairedOf = async () => {
        const list = await changer.devices();
        assert.ok(list.known);
        return list.value.paired.find(({ deviceId }) => "deviceId" in remove && deviceId === remove.deviceId);
      };
      const had = await pairedOf();
      const undo = await approve(await knock(device, more));
      assert.equal(undo.undo, "device.restore");
      assert.equal((await knock(device, more)).admitted, true);
      const back = await changer.revert(undo, APPROVE, never);
      if (isAtLeast(release, "2026.8.1")) {
        assert.equal(!back.known && back.reason, "not-asked", JSON.stringify(back));
      } else {
        assert.ok(back.known, JSON.stringify(back));
        assert.deepEqual(await pairedOf(), had);
        assert.equal((await knock(device, more)).errorCode, "NOT_PAIRED");
        const file = path.join(gateway.stateDir, "devices", "paired.json");
        assert.equal(statSync(file).mode & 0o7777, 0o600);
      }
      await done(changer.revert(remove, APPROVE, never));
      assert.equal(await pairedOf(), undefined);
    });
  });
}
