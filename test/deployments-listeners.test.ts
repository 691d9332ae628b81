import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { isGatewayCommand } from "../src/config/flags.ts";
import {
  isInContainer,
  listening,
  MAX_TABLE,
  MOST_DESCRIPTORS,
  peerOf,
  readListeners,
} from "../src/deployments/listeners.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (address: string, port: number, inode: number, state = "0A") =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
const words = (...all: string[]) => `${all.join("\0")}\0`;
const ID = "9176124ba561c6d810120efd0fe3779662e019666d84b88a04b8293d9af99bae";

function machine(more: FakeWorldInput) {
  return fakeWorld(more);
}

describe("who listens", () => {
  test("a local gateway: owner, flags, environment, place", async () => {
    const world = machine({
      files: {
        "/proc/net/tcp": HEAD + row("0100007F", 18789, 111) + row("0100007F", 18789, 112, "01"),
        "/proc/42/cmdline": words(
          "/usr/bin/node",
          "/usr/lib/node_modules/openclaw/dist/index.js",
          "gateway",
          "--bind",
          "lan",
        ),
        "/proc/42/environ": words("HOME=/home/claw", "OPENCLAW_GATEWAY_TOKEN=tok-in-environ"),
        "/proc/42/status": "Name:\tnode\nPPid:\t1\nUid:\t1000\t1000\t1000\t1000\n",
        "/proc/42/cgroup": "0::/user.slice/user-1000.slice/openclaw-gateway.service\n",
      },
      links: { "/proc/42/fd/7": "socket:[111]", "/proc/42/cwd": "/home/claw" },
    });
    const fact = await readListeners(world, 18789, "salt", 1000);
    assert.ok(fact.known);
    assert.deepEqual(fact.value.sockets, [
      { address: "127.0.0.1", port: 18789, uid: 0, pid: 42, owner: "gateway", program: "openclaw" },
    ]);
    const [gateway] = fact.value.gateways;
    assert.equal(gateway?.uid, 1000);
    assert.equal(gateway?.home, "/home/claw");
    assert.equal(gateway?.flags.bind, "lan");
    assert.equal(gateway?.installDir, "/usr/lib/node_modules/openclaw");
    assert.equal(gateway?.container, undefined);
    assert.equal(gateway?.env?.OPENCLAW_GATEWAY_TOKEN?.reveal(), "tok-in-environ");
    assert.doesNotMatch(JSON.stringify(fact), /tok-in-environ/);
  });

  test("docker-proxy names the container behind the published port", async () => {
    const world = machine({
      files: {
        "/proc/net/tcp": HEAD + row("00000000", 18789, 5),
        "/proc/9/cmdline": words(
          "/usr/bin/docker-proxy",
          "-proto",
          "tcp",
          "-host-ip",
          "0.0.0.0",
          "-host-port",
          "18789",
          "-container-ip",
          "172.18.0.2",
          "-container-port",
          "18789",
        ),
      },
      links: { "/proc/9/fd/4": "socket:[5]" },
    });
    const fact = await readListeners(world, 18789, "salt");
    assert.ok(fact.known);
    assert.deepEqual(fact.value.sockets, [
      {
        address: "0.0.0.0",
        port: 18789,
        uid: 0,
        pid: 9,
        owner: "docker-proxy",
        program: "docker-proxy",
        published: { containerAddress: "172.18.0.2", containerPort: 18789 },
      },
    ]);
  });

  test("another user's socket has no owner that we may see", async () => {
    const world = machine({ files: { "/proc/net/tcp": HEAD + row("00000000", 18789, 5) } });
    const fact = await readListeners(world, 18789, "salt");
    assert.deepEqual(fact.known && fact.value.sockets, [
      { address: "0.0.0.0", port: 18789, uid: 0, owner: "unknown" },
    ]);
  });

  test("a gateway that shows its title only: flags of its launcher, and it counts once", async () => {
    const world = machine({
      files: {
        "/proc/net/tcp": HEAD + row("00000000", 20100, 5),
        "/proc/10/cmdline": words("node", "/opt/openclaw/openclaw.mjs", "gateway", "run", "--port", "20100"),
        "/proc/11/cmdline": `openclaw-gateway${"\0".repeat(40)}`,
        "/proc/11/status": "PPid:\t10\nUid:\t0\t0\t0\t0\n",
      },
      links: { "/proc/11/fd/4": "socket:[5]" },
    });
    const fact = await readListeners(world, 20100, "salt");
    assert.ok(fact.known);
    assert.deepEqual(
      fact.value.gateways.map(({ pid, flags, installDir }) => ({ pid, flags, installDir })),
      [{ pid: 11, flags: { port: 20100 }, installDir: "/opt/openclaw" }],
    );
  });

  test("a gateway in a container shows which", async () => {
    const world = machine({
      files: {
        "/proc/net/tcp": HEAD,
        "/proc/self/cgroup": "0::/init.scope\n",
        "/proc/77/cmdline": words("node", "dist/index.js", "gateway", "--bind", "lan", "--port", "18789"),
        "/proc/77/cgroup": `0::/system.slice/docker-${ID}.scope\n`,
      },
    });
    const fact = await readListeners(world, 18789, "salt");
    assert.deepEqual(fact.known && fact.value.gateways.map(({ container }) => container), [
      { kind: "docker", id: "9176124ba561" },
    ]);
  });

  test("elsewhere than on Linux it is unknown, not nothing", async () => {
    const fact = await readListeners(fakeWorld({ platform: "darwin" }), 18789, "salt");
    assert.equal(fact.known, false);
    assert.equal(!fact.known && fact.reason, "not-asked");
  });

  test("the real /proc knows the port that this test opens, and its owner", {
    skip: process.platform !== "linux",
  }, async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      assert.ok(address !== null && typeof address === "object");
      const fact = await readListeners(nodeWorld(), address.port, "salt");
      assert.ok(fact.known);
      const [socket] = fact.value.sockets;
      assert.equal(socket?.address, "127.0.0.1");
      assert.equal(socket?.pid, process.pid);
      assert.equal(socket?.owner, "other");
    } finally {
      server.close();
    }
  });
});

test("addresses of both tables", () => {
  const table =
    HEAD +
    row("0100007F", 1, 1) +
    row("00000000000000000000000000000000", 2, 2) +
    row("00000000000000000000000001000000", 3, 3) +
    row("0000000000000000FFFF0000020011AC", 4, 4) +
    row("B80D01200000000067452301EFCDAB89", 5, 5) +
    "garbage\n";
  assert.deepEqual(
    listening(table).map(({ address, port }) => `${address} ${port}`),
    ["127.0.0.1 1", ":: 2", "::1 3", "::ffff:172.17.0.2 4", "2001:db8:0:0:123:4567:89ab:cdef 5"],
  );
});

test("which command lines are a running gateway", () => {
  const yes = [
    ["node", "/usr/lib/node_modules/openclaw/dist/index.js", "gateway", "--port", "18789"],
    ["/usr/bin/node", "/usr/bin/openclaw", "gateway", "run"],
    ["openclaw", "gateway"],
    ["openclaw", "--profile", "work", "gateway"],
    ["openclaw-gateway"],
    ["/sbin/docker-init", "--", "node", "dist/index.js", "gateway", "--bind", "lan"],
    ["clawdbot-gateway"],
  ];
  const no = [
    ["openclaw", "gateway", "status"],
    ["openclaw", "devices", "list"],
    ["openclaw"],
    ["grep", "openclaw", "gateway"],
    ["vim", "openclaw", "gateway"],
    ["tail", "-f", "/tmp/openclaw/openclaw-gateway"],
    ["openclaw-node"],
    [],
  ];
  for (const command of yes) assert.equal(isGatewayCommand(command), true, command.join(" "));
  for (const command of no) assert.equal(isGatewayCommand(command), false, command.join(" "));
});

test("of several gateways the one on the port comes first", async () => {
  const world = fakeWorld({
    files: {
      "/proc/net/tcp": HEAD + row("00000000", 20100, 5),
      "/proc/1/cmdline": words("openclaw-gateway"),
      "/proc/2/cmdline": words("openclaw-gateway"),
    },
    links: { "/proc/2/fd/4": "socket:[5]" },
  });
  const fact = await readListeners(world, 20100, "salt");
  assert.deepEqual(fact.known && fact.value.gateways.map(({ pid }) => pid), [2, 1]);
});

test("a gateway in another network namespace is not this machine's, unless it is a container's", async () => {
  const world = fakeWorld({
    files: {
      "/proc/net/tcp": HEAD,
      "/proc/1/cmdline": words("openclaw-gateway"),
      "/proc/2/cmdline": words("openclaw-gateway"),
      "/proc/3/cmdline": words("openclaw-gateway"),
      "/proc/3/cgroup": `0::/docker/${ID}\n`,
    },
    links: {
      "/proc/self/ns/net": "net:[1]",
      "/proc/1/ns/net": "net:[2]",
      "/proc/2/ns/net": "net:[1]",
      "/proc/3/ns/net": "net:[3]",
    },
  });
  const fact = await readListeners(world, 20100, "salt");
  assert.deepEqual(fact.known && fact.value.gateways.map(({ pid }) => pid), [2, 3]);
});

describe("strangers", () => {
  const stranger = (cmdline: string, more: FakeWorldInput = {}) =>
    fakeWorld({
      uid: 1000,
      ...more,
      files: {
        "/proc/net/tcp": HEAD + row("0100007F", 18789, 5).replace("     0        0 5", "  1001        0 5"),
        "/etc/passwd": "root:x:0:0::/root:/bin/sh\nmallory:x:1001:1001::/home/mallory:/bin/sh\n",
        "/proc/9/cmdline": cmdline,
        "/proc/9/status": "PPid:\t1\nUid:\t1001\t1001\t1001\t1001\n",
        "/proc/9/environ": words("HOME=/home/user"),
        "/home/user/.openclaw/openclaw.json": "{}",
        ...more.files,
      },
      owners: { "/home/user/.openclaw/openclaw.json": 1000, ...more.owners },
      links: { "/proc/9/fd/4": "socket:[5]", "/proc/9/exe": "/usr/bin/python3", ...more.links },
    });
  const named = {
    address: "127.0.0.1",
    port: 18789,
    uid: 1001,
    pid: 9,
    owner: "stranger",
    user: "mallory",
    program: "python3",
  };

  for (const cmdline of [
    words("openclaw-gateway"),
    words("node", "/home/user/openclaw/openclaw.mjs", "gateway"),
    words("docker-proxy", "-container-ip", "172.17.0.2", "-container-port", "18789"),
    words("ssh", "-L", "18789:127.0.0.1:18789", "host"),
  ])
    test(`${cmdline.split("\0")[0]} of another user is named by what it runs, and is no gateway`, async () => {
      const fact = await readListeners(stranger(cmdline), 18789, "salt", 1000);
      assert.deepEqual(fact.known && fact.value, {
        port: 18789,
        sockets: [named],
        gateways: [],
        proxies: [],
      });
    });

  test("with no config of ours, one counts that its own user configured, and whose program nobody else may write", async () => {
    const own = {
      files: {
        "/proc/9/environ": words("HOME=/home/mallory"),
        "/home/mallory/.openclaw/openclaw.json": "{}",
        "/home/mallory/openclaw/openclaw.mjs": "",
      },
      owners: { "/home/mallory/.openclaw/openclaw.json": 1001, "/home/mallory/openclaw": 1001 },
    };
    const run = words("node", "/home/mallory/openclaw/openclaw.mjs", "gateway");
    const pids = async (world: ReturnType<typeof stranger>) => {
      const fact = await readListeners(world, 18789, "salt");
      return fact.known && fact.value.gateways.map(({ pid }) => pid);
    };
    assert.deepEqual(await pids(stranger(run, own)), [9]);
    const others = { ...own.owners, "/home/mallory/openclaw": 1002 };
    assert.deepEqual(await pids(stranger(run, { ...own, owners: others })), []);
    const open = { ...own.owners, "/home/mallory/openclaw": [1001, 1001, 0o777] as const };
    assert.deepEqual(await pids(stranger(run, { ...own, owners: open })), []);
    const ours = { ...own.owners, "/home/mallory/.openclaw/openclaw.json": 1000 };
    assert.deepEqual(await pids(stranger(run, { ...own, owners: ours })), []);
  });

  test("the other end of a connection, as the kernel tells it", {
    skip: process.platform !== "linux",
  }, async () => {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    client.resume();
    const accepted = await new Promise<Socket>((resolve) => server.once("connection", resolve));
    try {
      const local = { address: client.localAddress ?? "", port: client.localPort ?? 0 };
      const peer = await peerOf(nodeWorld(), { local, remote: { address: "127.0.0.1", port } });
      assert.equal(peer.known && peer.value !== "nobody" && peer.value.uid, process.getuid?.());
      // Who has said all that they have to say still reads.
      accepted.end();
      await new Promise((resolve) => client.once("end", resolve));
      const halfClosed = await peerOf(nodeWorld(), { local, remote: { address: "127.0.0.1", port } });
      assert.deepEqual(halfClosed, peer);
      // Of who has let go of it, the kernel says that it is root's.
      accepted.destroy();
      await new Promise((resolve) => accepted.once("close", resolve));
      const gone = await peerOf(nodeWorld(), { local, remote: { address: "127.0.0.1", port } });
      assert.equal(gone.known, false);
    } finally {
      client.destroy();
      server.close();
    }
  });

  test("nobody has it only where the kernel's tables are whole, and have our own end", async () => {
    const local = { address: "127.0.0.1", port: 0x9000 };
    const remote = { address: "127.0.0.1", port: 18_789 };
    const connection = (from: string, to: string, state: string, uid: number, inode: number) =>
      `   1: 0100007F:${from} 0100007F:${to} ${state} 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0\n`;
    const ours = connection("9000", "4965", "01", 0, 5);
    const peer = async (tcp: string, tcp6?: string) => {
      const files = { "/proc/net/tcp": tcp, ...(tcp6 === undefined ? {} : { "/proc/net/tcp6": tcp6 }) };
      const fact = await peerOf(fakeWorld({ files }), { local, remote });
      return fact.known ? fact.value : fact.reason;
    };
    assert.equal(await peer(HEAD + ours), "nobody");
    assert.equal(await peer(HEAD + ours, HEAD), "nobody");
    assert.equal(await peer(HEAD), "denied");
    for (const state of ["01", "04", "05", "08"])
      assert.deepEqual(
        await peer(HEAD + ours + connection("4965", "9000", state, 1001, 7)),
        { uid: 1001, inode: "7" },
        state,
      );
    assert.equal(await peer(HEAD + ours + connection("4965", "9000", "06", 0, 0)), "denied");
    const long = " ".repeat(16_000_001);
    assert.equal(await peer(HEAD + ours + long), "denied");
    assert.equal(await peer(HEAD + ours, HEAD + long), "denied");
  });

  test("a stranger at many addresses hides neither itself nor a gateway", async () => {
    const others = Array.from({ length: 12_000 }, (_, at) =>
      row(at.toString(16).toUpperCase().padStart(8, "0"), at < 100 ? 18789 : 20_000, 1000 + at).replace(
        "00000000     0 ",
        "00000000     1001 ",
      ),
    ).join("");
    const table =
      HEAD + others + row("0100007F", 18789, 111).replace("00000000     0 ", "00000000     1001 ");
    const fact = await readListeners(fakeWorld({ files: { "/proc/net/tcp": table } }), 18789, "salt", 0);
    const at = fact.known ? fact.value.sockets.find(({ address }) => address === "127.0.0.1") : undefined;
    assert.equal(at?.owner, "stranger");
    assert.ok(fact.known && fact.value.sockets.length <= 50);
  });

  test("a crowd of another user's processes does not hide the gateway", async () => {
    const crowd = Array.from({ length: 60 }, (_, at) => [
      [`/proc/${100 + at}/cmdline`, words("openclaw-gateway")],
      [`/proc/${100 + at}/status`, "PPid:\t1\nUid:\t1001\t1001\t1001\t1001\n"],
    ]).flat();
    for (const listens of [true, false]) {
      const world = fakeWorld({
        files: {
          ...Object.fromEntries(crowd),
          "/proc/net/tcp": HEAD + (listens ? row("0100007F", 18789, 111) : ""),
          "/proc/900/cmdline": words("openclaw-gateway"),
        },
        links: { "/proc/900/fd/7": "socket:[111]" },
      });
      const fact = await readListeners(world, 18789, "salt", 0);
      assert.deepEqual(fact.known && fact.value.gateways.map(({ pid }) => pid), [900]);
    }
  });

  test("a container in a user's own slice is that user's word", async () => {
    const gatewaysOf = async (cgroup: string, configOwner: number) => {
      const world = fakeWorld({
        uid: 0,
        files: {
          "/proc/net/tcp":
            HEAD + row("0100007F", 18789, 111).replace("00000000     0 ", "00000000     1001 "),
          "/proc/9/cmdline": words("openclaw-gateway"),
          "/proc/9/status": "PPid:\t1\nUid:\t1001\t1001\t1001\t1001\n",
          "/proc/9/cgroup": cgroup,
        },
        links: { "/proc/9/fd/7": "socket:[111]" },
      });
      const fact = await readListeners(world, 18789, "salt", configOwner);
      return fact.known && fact.value.sockets.map(({ owner }) => owner);
    };
    const slice = "/user.slice/user-1001.slice/user@1001.service";
    assert.deepEqual(await gatewaysOf(`0::/docker/${ID}\n`, 0), ["gateway"]);
    assert.deepEqual(await gatewaysOf(`0::${slice}/docker-${ID}.scope\n`, 1001), ["gateway"]);
    assert.deepEqual(await gatewaysOf(`0::${slice}/docker-${ID}.scope\n`, 0), ["stranger"]);
    assert.deepEqual(await gatewaysOf(`0::/user.slice/${ID}.scope\n`, 0), ["stranger"]);
    assert.deepEqual(await gatewaysOf(`4:pids:/docker/${ID}\n0::${slice}/${ID}.scope\n`, 0), ["stranger"]);
  });

  test("another container's uid is nobody's friend on the machine", async () => {
    const world = fakeWorld({
      uid: 0,
      files: {
        "/proc/net/tcp": HEAD + row("0100007F", 18789, 111).replace("00000000     0 ", "00000000     1000 "),
        "/proc/9/cmdline": words("openclaw-gateway"),
        "/proc/9/status": "PPid:\t1\nUid:\t1000\t1000\t1000\t1000\n",
        "/proc/9/cgroup": `0::/docker/${ID}\n`,
      },
    });
    const fact = await readListeners(world, 18789, "salt", 0);
    assert.deepEqual(fact.known && fact.value.sockets.map(({ owner }) => owner), ["stranger"]);
  });

  test("a process of a container, by the kernel's groups and not by a user's own", async () => {
    const id = ID.slice(0, 12);
    const inside = (cgroup: string) =>
      isInContainer(
        fakeWorld({
          files: { "/proc/9/cgroup": cgroup, "/proc/9/cmdline": "node" },
          links: { "/proc/9/fd/4": "socket:[5]" },
        }),
        "5",
        id,
      );
    assert.equal(await inside(`0::/system.slice/docker-${ID}.scope\n`), true);
    assert.equal(await inside(`0::/docker/${ID}\n`), true);
    const own = "user.slice/user-1001.slice/user@1001.service";
    assert.equal(await inside(`0::/${own}/docker-${ID}.scope\n`), false);
    assert.equal(await inside("0::/system.slice/ssh.service\n"), false);
  });
});

describe("a machine of very many sockets and descriptors", () => {
  /** Descriptors by process, as the kernel's links; counts those that were looked at. */
  function crowded(table: string, descriptors: ReadonlyMap<number, readonly string[]>) {
    let looked = 0;
    const files = Object.fromEntries(
      [...descriptors.keys()].map((pid) => [`/proc/${pid}/cmdline`, words("x")]),
    );
    const world = {
      ...machine({ files: { ...files, "/proc/net/tcp": HEAD + table } }),
      list: async () => [...descriptors.keys()].map(String),
      links: (directory: string, max: number) => {
        const found = (descriptors.get(Number(directory.split("/")[2])) ?? []).slice(0, max);
        looked += found.length;
        return found;
      },
    };
    return { world, looked: () => looked };
  }
  const sockets = (count: number, from = 1_000_000) =>
    Array.from({ length: count }, (_, at) => `socket:[${from + at}]`);
  const rows = (count: number) =>
    Array.from({ length: count }, (_, at) => row("0100007F", 1 + (at % 18_000), 1_000_000 + at)).join("");

  test("the listener behind 27,000 others is found", async () => {
    const { world } = crowded(rows(27_000) + row("0100007F", 18789, 5), new Map([[42, ["socket:[5]"]]]));
    const fact = await readListeners(world, 18789, "salt");
    assert.deepEqual(fact.known && fact.value.sockets.map(({ address, pid }) => [address, pid]), [
      ["127.0.0.1", 42],
    ]);
  });

  test("more than are looked at: that nobody listens is not said", async () => {
    const one = rows(1);
    const { world } = crowded(one.repeat(Math.ceil(MAX_TABLE / one.length)), new Map());
    const fact = await readListeners(world, 18789, "salt");
    assert.ok(!fact.known);
    assert.equal(fact.say?.message, "too-many-sockets");
  });

  test("a socket of a process with 27,000 descriptors has its owner", async () => {
    const many = [...sockets(27_000), "socket:[5]"];
    const { world } = crowded(row("0100007F", 18789, 5), new Map([[42, many]]));
    const fact = await readListeners(world, 18789, "salt");
    assert.deepEqual(fact.known && fact.value.sockets.map(({ pid }) => pid), [42]);
  });

  test("nobody's many descriptors keep another one's few out, and all have an end", async () => {
    const hoard = sockets(50_000);
    const others = Array.from({ length: 150 }, (_, at) => [at + 100, hoard] as const);
    const few = crowded(row("0100007F", 18789, 5), new Map([...others, [9000, ["socket:[5]"]]]));
    const fact = await readListeners(few.world, 18789, "salt");
    assert.deepEqual(fact.known && fact.value.sockets.map(({ pid }) => pid), [9000]);
    const nobody = crowded(row("0100007F", 18789, 5), new Map(others));
    const unseen = await readListeners(nobody.world, 18789, "salt");
    assert.deepEqual(unseen.known && unseen.value.sockets.map(({ owner }) => owner), ["unknown"]);
    assert.ok(nobody.looked() <= MOST_DESCRIPTORS, String(nobody.looked()));
  });
});
