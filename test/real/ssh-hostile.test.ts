// Hosts that are not what they should be, looked at with the real ssh: each ends in words of its own, in bounded time.
// What a real sshd can do is done by one; what none does (no SSH at all, endless banners, garbage) by a stand-in.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { inEnglish } from "../../src/core/saying.ts";
import { openHost } from "../../src/deployments/ssh/open.ts";
import { Surroundings } from "../../src/deployments/surroundings.ts";
import { nodeWorld } from "../../src/deployments/world.ts";
import { type SshHost, startSshHost, whyNoSshHost } from "./rig/ssh-host.ts";
import { endlessly, standIn } from "./ssh/hostile.ts";

const missing = await whyNoSshHost();
/** Longer than any look may take: signing in 20 s, one question 30 s, and a machine that is busy. */
const BOUND_MS = 240_000;

/** What is said of a host; undefined where it lets us look. */
async function look(
  host: Pick<SshHost, "bin">,
  destination: { host: string; port?: number },
): Promise<string | undefined> {
  const env = { ...process.env, PATH: `${host.bin}:${process.env.PATH}` };
  const here = new Surroundings({ world: nodeWorld({ env }), salt: "x", configElsewhere: false });
  const began = Date.now();
  const opened = await openHost(destination, here);
  assert.ok(Date.now() - began < BOUND_MS, "it is not bounded");
  if (opened.known) return undefined;
  return opened.say === undefined ? opened.detail : inEnglish(opened.say);
}

describe("what a real sshd does to whoever comes", { skip: missing ?? false, timeout: 1_800_000 }, () => {
  async function withHost(server: readonly string[], use: (host: SshHost) => Promise<void>): Promise<void> {
    const host = await startSshHost({ server, hostile: true });
    try {
      await use(host);
    } finally {
      await host.stop();
    }
  }

  test("another key than is known, one that nobody has seen, none of ours taken, an alias of a host that is not there", () =>
    withHost([], async (host) => {
      assert.match((await look(host, { host: host.changed })) ?? "", /another one than before/);
      assert.match((await look(host, { host: host.unseen })) ?? "", /connect once by hand/);
      assert.match((await look(host, { host: host.stranger })) ?? "", /takes none of the keys/);
      assert.match((await look(host, { host: "no-such-host.invalid" })) ?? "", /does not know that host/);
      assert.match((await look(host, { host: "127.0.0.1", port: 1 })) ?? "", /does not reach the host/);
    }));

  test("a password is wanted", () =>
    withHost(["PasswordAuthentication yes"], async (host) => {
      assert.match((await look(host, { host: host.stranger })) ?? "", /wants a password/);
    }));

  test("the user is refused", () =>
    withHost(["DenyUsers root"], async (host) => {
      assert.match((await look(host, { host: host.alias })) ?? "", /takes none of the keys/);
    }));

  const loud = `awk 'BEGIN { for (i = 0; i < 200000; i++) print "Welcome to this machine. Be good to it, all of you." }'`;
  for (const [name, command, words] of [
    ["a shell that says 0 and runs nothing", "true", /did nothing/],
    [
      "an account without a shell",
      "sh -c 'echo This account is currently not available.; exit 1'",
      /no shell/,
    ],
    ["a shell that is not there", "/no/such/shell", /no shell|no answer/],
    [
      "binary garbage in the place of an answer",
      "head -c 300000 /dev/urandom",
      /no answer to what was asked/,
    ],
    ["an output without end", "yes", /without end/],
    ["a command that hangs", "sleep 600", /in time/],
    ["a command that ends the connection", "sh -c 'kill -9 $PPID'", /was cut|no answer|did nothing/],
    [
      "an answer that ends in its middle",
      `sh -c 'eval "$SSH_ORIGINAL_COMMAND" | head -c 3000'`,
      /cut|no answer/,
    ],
    [
      "10 MB in front of every answer",
      `sh -c '${loud.replaceAll("'", "'\\''")}; eval "$SSH_ORIGINAL_COMMAND"'`,
      undefined,
    ],
  ] as const)
    test(name, () =>
      withHost([`ForceCommand ${command}`], async (host) => {
        const said = await look(host, { host: host.alias });
        if (words === undefined) assert.equal(said, undefined);
        else assert.match(said ?? "it lets us look", words);
      }),
    );

  test("no session may be opened", () =>
    withHost(["MaxSessions 0"], async (host) => {
      assert.notEqual(await look(host, { host: host.alias }), undefined);
    }));
});

describe("what listens there and is no sshd (stand-ins)", {
  skip: missing ?? false,
  timeout: 1_800_000,
}, () => {
  for (const [name, does, words] of [
    ["a web server", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), /does not speak SSH/],
    ["nothing is said", () => undefined, /in time|does not speak SSH/],
    ["closed at once", (socket) => socket.end(), /does not speak SSH|was cut/],
    ["broken off at once", (socket) => socket.resetAndDestroy(), /does not speak SSH|was cut/],
    ["an endless banner", (socket) => endlessly(socket, "no version yet\r\n"), /does not speak SSH|in time/],
    ["one line without end", (socket) => endlessly(socket, "x".repeat(8192)), /does not speak SSH|in time/],
    ["binary garbage", (socket) => socket.write(randomBytes(100_000)), /does not speak SSH|in time/],
    ["the protocol of 1995", (socket) => socket.write("SSH-1.5-old\r\n"), /does not speak SSH/],
    [
      "a version, and garbage behind it",
      (socket) => {
        socket.write("SSH-2.0-OpenSSH_9.9\r\n");
        socket.write(Buffer.alloc(100_000, 0xfe));
      },
      /does not speak SSH/,
    ],
  ] as const satisfies readonly (readonly [string, Parameters<typeof standIn>[0], RegExp])[])
    test(name, async () => {
      const there = await standIn(does);
      const host = await startSshHost();
      try {
        const said = await look(host, { host: "127.0.0.1", port: there.port });
        assert.match(said ?? "it lets us look", words);
      } finally {
        await host.stop();
        await there.stop();
      }
    });
});
