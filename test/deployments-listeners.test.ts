import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { listening, readListeners } from "../src/deployments/listeners.ts";
import { isGatewayCommand } from "../src/deployments/processes.ts";
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
    const fact = await readListeners(world, 18789, "salt");
    assert.ok(fact.known);
    assert.deepEqual(fact.value.sockets, [
      { address: "127.0.0.1", port: 18789, pid: 42, owner: "gateway", program: "openclaw" },
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
      { address: "0.0.0.0", port: 18789, owner: "unknown" },
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
