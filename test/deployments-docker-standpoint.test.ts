// Where the doctor stands, seen from the gateway's container, and at which address it reaches it from there.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ContainerInspectInfo } from "dockerode";
import type { Workload } from "../src/core/workload.ts";
import type { Engine } from "../src/deployments/docker/engine.ts";
import { browserUrl, probeUrl, type Standpoint, standpointOf } from "../src/deployments/docker/standpoint.ts";
import { readHost } from "../src/deployments/host.ts";
import { networkOf } from "../src/kinds/docker/network.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";

const OWN = "9176124ba561c6d810120efd0fe3779662e019666d84b88a04b8293d9af99bae";
const OTHER = "a".repeat(64);
const GATEWAY = "b".repeat(64);
const OVERLAY = "82 51 0:39 / / rw,relatime master:4 - overlay overlay rw,lowerdir=/a,upperdir=/b\n";
const MOUNTED = (id: string) =>
  `110 82 254:0 /var/lib/docker/containers/${id}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw\n`;

/** A container of Docker's, whose id is in its mounts. */
const contained = (id = OWN, more: FakeWorldInput = {}): FakeWorldInput => ({
  ...more,
  files: { "/proc/self/mountinfo": OVERLAY + MOUNTED(id), ...more.files },
});
/** One whose id is nowhere to be seen. */
const nameless = (...addresses: readonly string[]): FakeWorldInput => ({
  files: { "/proc/self/mountinfo": OVERLAY },
  interfaces: [
    { name: "lo", address: "127.0.0.1", internal: true },
    ...addresses.map((address) => ({ name: "eth0", address, internal: false })),
  ],
});

interface Shape {
  readonly mode?: string;
  /** Network's id to the address in it. */
  readonly networks?: Readonly<Record<string, string>>;
}

function info(id: string, { mode = "default", networks = {} }: Shape): ContainerInspectInfo {
  const Networks = Object.fromEntries(
    Object.entries(networks).map(([name, address]) => {
      const [net = ""] = address.split(/\.\d+$/);
      return [name, { NetworkID: name, IPAddress: address, Gateway: `${net}.1`, IPPrefixLen: 24 }];
    }),
  );
  return {
    Id: id,
    HostConfig: { NetworkMode: mode },
    NetworkSettings: { Networks },
  } as unknown as ContainerInspectInfo;
}

function engine(known: Readonly<Record<string, Shape>>, host?: string): Engine {
  const getContainer = (id: string) => ({
    inspect: async () => {
      const found = Object.keys(known).find((each) => each.startsWith(id));
      if (found === undefined) throw Object.assign(new Error("No such container"), { statusCode: 404 });
      return info(found, known[found] ?? {});
    },
  });
  return { name: "E", api: { getContainer }, ...(host === undefined ? {} : { host }) } as unknown as Engine;
}

describe("where the doctor stands", () => {
  const theirs: Shape = { networks: { claw: "172.20.0.2", shared: "172.21.0.2" } };
  const rows: readonly (readonly [string, FakeWorldInput, Engine, Standpoint])[] = [
    ["on the engine's machine", {}, engine({}), { at: "host" }],
    ["on a Mac", { platform: "darwin" }, engine({}), { at: "host" }],
    ["on another machine", {}, engine({}, "build.lan"), { at: "elsewhere", host: "build.lan" }],
    ["on the machine's network", contained(), engine({ [OWN]: { mode: "host" } }), { at: "host" }],
    [
      "in the gateway's network",
      contained(),
      engine({ [OWN]: { mode: `container:${GATEWAY}` } }),
      { at: "inside" },
    ],
    [
      "in the gateway's network, which shows its id as ours",
      contained(GATEWAY),
      engine({}),
      { at: "inside" },
    ],
    [
      "in a network of one that has the machine's",
      contained(),
      engine({ [OWN]: { mode: `container:${OTHER}` }, [OTHER]: { mode: "host" } }),
      { at: "host" },
    ],
    [
      "on one of the gateway's networks",
      contained(),
      engine({ [OWN]: { networks: { own: "172.19.0.5", shared: "172.21.0.9" } } }),
      { at: "network", address: "172.21.0.2" },
    ],
    [
      "on other networks",
      contained(),
      engine({ [OWN]: { networks: { own: "172.19.0.5" } } }),
      { at: "apart", host: "172.19.0.1" },
    ],
    ["in a container without a network", contained(), engine({ [OWN]: { mode: "none" } }), { at: "apart" }],
    [
      "behind a filter in front of the socket, which has a name of its own",
      contained(),
      engine({ [OWN]: { networks: { own: "172.19.0.5" } } }, "socket-proxy"),
      { at: "apart", host: "172.19.0.1" },
    ],
    [
      "in a container of another machine",
      contained(),
      engine({}, "build.lan"),
      { at: "elsewhere", host: "build.lan" },
    ],
    ["in the container that the engine runs in", contained(), engine({}), { at: "host" }],
    ["nameless, with the bridge's address", nameless("172.20.0.1"), engine({}), { at: "host" }],
    ["nameless, with the gateway's address", nameless("172.20.0.2"), engine({}), { at: "inside" }],
    [
      "nameless, beside it",
      nameless("10.0.0.1", "172.21.0.77"),
      engine({}),
      { at: "network", address: "172.21.0.2" },
    ],
    ["nameless, and nothing fits", nameless("172.22.0.2"), engine({}), { at: "host", unsure: true }],
  ];
  for (const [name, world, asked, expected] of rows)
    test(name, async () => {
      assert.deepEqual(await standpointOf(asked, info(GATEWAY, theirs), fakeWorld(world)), expected);
    });

  test("networks that lead in a circle end", async () => {
    const asked = engine({ [OWN]: { mode: `container:${OTHER}` }, [OTHER]: { mode: `container:${OWN}` } });
    assert.deepEqual(await standpointOf(asked, info(GATEWAY, theirs), fakeWorld(contained())), {
      at: "host",
    });
  });
});

describe("the address at which it is probed, and the browser's", () => {
  const reading = (port: string, networkMode = "claw"): Workload => {
    const colon = port.lastIndexOf(":");
    const ports =
      port === "" ? [] : [{ address: port.slice(0, colon), port: Number(port.slice(colon + 1)), to: 18789 }];
    return {
      name: "claw",
      ports,
      network: networkOf(networkMode),
      addresses: ["172.20.0.2"],
    } as unknown as Workload;
  };
  const host: Standpoint = { at: "host" };
  const apart: Standpoint = { at: "apart", host: "172.19.0.1" };
  const far: Standpoint = { at: "elsewhere", host: "build.lan" };
  const rows: readonly (readonly [Standpoint, string, probe: string, browser: string, mode?: string])[] = [
    [host, "127.0.0.1:80", "ws://127.0.0.1:80", "ws://127.0.0.1:80"],
    [host, "0.0.0.0:80", "ws://127.0.0.1:80", "ws://127.0.0.1:80"],
    [host, "", "ws://172.20.0.2:18789", "ws://172.20.0.2:18789"],
    [host, "", "ws://127.0.0.1:18789", "ws://127.0.0.1:18789", "host"],
    [{ at: "inside" }, "127.0.0.1:80", "ws://127.0.0.1:18789", "ws://127.0.0.1:80"],
    [{ at: "network", address: "172.21.0.2" }, "127.0.0.1:80", "ws://172.21.0.2:18789", "ws://127.0.0.1:80"],
    [apart, "0.0.0.0:80", "ws://172.19.0.1:80", "ws://127.0.0.1:80"],
    [apart, "172.19.0.1:80", "ws://172.19.0.1:80", "ws://172.19.0.1:80"],
    [apart, "127.0.0.1:80", "out-of-reach", "ws://127.0.0.1:80"],
    [apart, "", "out-of-reach", "ws://172.20.0.2:18789"],
    [{ at: "apart" }, "0.0.0.0:80", "out-of-reach", "ws://127.0.0.1:80"],
    [far, "0.0.0.0:80", "ws://build.lan:80", "ws://build.lan:80"],
    [far, ":::80", "ws://build.lan:80", "ws://build.lan:80"],
    [far, "192.168.1.5:80", "ws://192.168.1.5:80", "ws://192.168.1.5:80"],
    // Our own loopback is another machine's, whatever answers there.
    [far, "127.0.0.1:80", "published-there-only", "ws://127.0.0.1:80"],
    [far, "::1:80", "published-there-only", "ws://[::1]:80"],
    [far, "", "published-there-only", "ws://build.lan:18789"],
    [far, "", "ws://build.lan:18789", "ws://build.lan:18789", "host"],
  ];
  for (const [standpoint, port, probe, browser, mode] of rows)
    test(`${JSON.stringify(standpoint)} ${port || "nothing"} published ${mode ?? ""}`, () => {
      const one = reading(port, mode);
      const fact = probeUrl(one, standpoint, 18_789);
      assert.equal(fact.known ? fact.value : fact.say?.message, probe);
      assert.equal(browserUrl(one, standpoint, 18_789), browser);
    });
});

describe("what a container around the doctor is for", () => {
  const rows: readonly (readonly [string, FakeWorldInput, boolean | undefined, boolean | undefined])[] = [
    ["no container", {}, undefined, undefined],
    ["the doctor alone", contained(), false, undefined],
    [
      "upstream's image",
      contained(OWN, { files: { "/app/package.json": '{ "name": "openclaw" }' } }),
      undefined,
      undefined,
    ],
    [
      "another application in /app",
      contained(OWN, { files: { "/app/package.json": '{ "name": "x", "keywords": ["openclaw"] }' } }),
      false,
      undefined,
    ],
    [
      "an image with the command",
      contained(OWN, { env: { PATH: "/usr/bin:/opt/bin" }, files: { "/opt/bin/openclaw": "" } }),
      undefined,
      undefined,
    ],
    [
      "the machine's network",
      contained(OWN, { interfaces: [{ name: "docker0", address: "172.17.0.1", internal: false }] }),
      false,
      true,
    ],
  ];
  for (const [name, world, openclaw, hostNetwork] of rows)
    test(name, async () => {
      const signs = await readHost(fakeWorld(world));
      assert.deepEqual([signs.openclaw, signs.hostNetwork], [openclaw, hostNetwork]);
    });
});
