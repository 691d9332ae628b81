// A doctor in a container of its own: nobody on its loopback says nothing of any gateway.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collect } from "../src/core/collect.ts";
import { knownValue, unknown } from "../src/core/fact.ts";
import { quoted } from "../src/core/saying.ts";
import type { ChosenTarget } from "../src/deployments/target.ts";
import { Live } from "../src/doctor/live/look.ts";
import { collectOptions } from "../src/doctor/pure/derived.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";
import { UNHURRIED } from "./support/until.ts";

const ID = "9176124ba561c6d810120efd0fe3779662e019666d84b88a04b8293d9af99bae";
const MOUNTS =
  "82 51 0:39 / / rw,relatime master:4 - overlay overlay rw,lowerdir=/a,upperdir=/b\n" +
  `110 82 254:0 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw\n`;
/** Port 1, where nobody listens in truth. */
const LISTENING =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
  "   0: 00000000:0001 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0\n";

async function facts(
  wanted: "probe" | "deployment",
  input: FakeWorldInput,
  target: ChosenTarget = { kind: "found" },
) {
  const world = fakeWorld({
    ...input,
    env: { OPENCLAW_GATEWAY_PORT: "1", ...input.env },
    files: { "/proc/self/mountinfo": MOUNTS, "/proc/net/tcp": "\n", ...input.files },
  });
  const live = new Live({
    target,
    world,
    salt: "s",
    release: unknown("absent", quoted("nobody said")),
    asBrowser: false,
    allowPlaintextToken: false,
    insecureTls: false,
    timeoutMs: UNHURRIED,
  });
  const stop = new AbortController();
  return collect([wanted], live.collectors(), collectOptions(stop.signal));
}

describe("a doctor in a container", () => {
  test("alone: nothing is probed, and it says how to run it", async () => {
    const { probe } = await facts("probe", {});
    assert.equal(!probe.known && probe.say?.message, "doctor-alone");
  });

  const probed: readonly (readonly [string, FakeWorldInput, ChosenTarget?])[] = [
    ["somebody listens on the port: the network is the gateway's", { files: { "/proc/net/tcp": LISTENING } }],
    ["OpenClaw is installed there", { env: { PATH: "/b" }, files: { "/b/openclaw": "" } }],
    ["there is a config", { files: { "/home/node/.openclaw/openclaw.json": '{"gateway":{"port":1}}' } }],
    [
      "it has the machine's network",
      { interfaces: [{ name: "docker0", address: "172.17.0.1", internal: false }] },
    ],
    ["an address was named", {}, { kind: "url", url: "ws://127.0.0.1:1" }],
  ];
  for (const [name, input, target] of probed)
    test(`${name}: it is probed`, async () => {
      const { probe } = await facts("probe", input, target);
      assert.equal(knownValue(probe)?.reach.state, "refused");
    });

  const names = async (input: FakeWorldInput, target?: ChosenTarget) =>
    knownValue((await facts("deployment", input, target)).deployment)?.names.container;

  test("its id names the gateway's container only where it can be that one, or shares its network", async () => {
    const own = ID.slice(0, 12);
    assert.equal(await names({ files: { "/proc/net/tcp": LISTENING } }), own);
    assert.equal(await names({}, { kind: "url", url: "ws://127.0.0.1:1" }), own);
    assert.equal(await names({}, { kind: "url", url: "ws://10.255.255.1:1" }), undefined);
    const docker0 = [{ name: "docker0", address: "172.17.0.1", internal: false }];
    assert.equal(await names({ interfaces: docker0 }), undefined);
    assert.equal(await names({ env: { PATH: "/b" }, files: { "/b/openclaw": "" } }), own);
  });
});
