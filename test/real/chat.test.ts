// `/pairing_doctor` through a channel of the test's own on a real gateway: who is answered, and what is approved.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type Gateway, type GatewayConfig, startGateway, TOKEN } from "./rig/gateway.ts";
import { packInto } from "./rig/packed.ts";
import { run } from "./rig/processes.ts";
import { installRelease, isAtLeast } from "./rig/releases.ts";
import { ROOM, roomPlugin } from "./rig/room.ts";
import { OUTERMOST } from "./selection.ts";

const SLOW_MS = 420_000;
const REQUEST = "0f5a3c1e-1111-4222-8333-444455556666";

const dir = mkdtempSync(path.join(tmpdir(), "opd-chat-"));
let tarball = "";
before(() => {
  tarball = packInto(dir);
});
after(() => rmSync(dir, { recursive: true, force: true }));

for (const release of OUTERMOST)
  describe(`openclaw ${release}`, () => {
    const home = path.join(dir, release);
    const configPath = path.join(home, ".openclaw", "openclaw.json");
    /** From 2026.5 the host tells who an owner is. */
    const owners = isAtLeast(release, "2026.5.0");
    let gateway: Gateway;

    before(
      async () => {
        const { node, entry, tempDir, compileCache } = await installRelease(release);
        mkdirSync(path.dirname(configPath), { recursive: true });
        writeFileSync(configPath, JSON.stringify({ gateway: { mode: "local", bind: "loopback" } }));
        const env = {
          PATH: `${path.dirname(node)}:/usr/bin:/bin`,
          HOME: home,
          TMPDIR: tempDir,
          NODE_COMPILE_CACHE: compileCache,
          NO_COLOR: "1",
        };
        const consent = isAtLeast(release, "2026.8.0") ? ["--force", "--accept-capabilities"] : [];
        for (const plugin of [roomPlugin(dir), tarball]) {
          const argv = [node, entry, "plugins", "install", plugin, ...consent];
          const { code, stdout, stderr } = await run(argv, { env, cwd: home, timeoutMs: SLOW_MS });
          assert.equal(code, 0, stdout + stderr);
        }
        const { gateway: _, ...installed } = JSON.parse(readFileSync(configPath, "utf8")) as GatewayConfig;
        gateway = await startGateway({
          release,
          home,
          plugins: true,
          startMs: SLOW_MS,
          env: { OPENCLAW_SKIP_CHANNELS: undefined },
          config: {
            ...installed,
            gateway: {},
            // Ann and Bob may write; where it knows of owners, Ann alone is one.
            channels: { [ROOM]: { allowFrom: ["ann", "bob"] } },
            ...(owners ? { commands: { ownerAllowFrom: ["ann"] } } : {}),
          },
        });
      },
      { timeout: 4 * SLOW_MS },
    );
    after(() => gateway?.stop());

    /** What the channel is sent back. */
    async function replies(from: string, text: string): Promise<string> {
      const params = JSON.stringify({ from, text });
      const call = ["gateway", "call", `${ROOM}.say`, "--json", "--token", TOKEN, "--timeout", "240000"];
      const { stdout, stderr } = await gateway.cli([...call, "--params", params], { timeoutMs: SLOW_MS });
      const said = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { replies: string[]; error?: string };
      assert.equal(said.error, undefined, stderr);
      return said.replies.join("\n");
    }
    const paired = async () => {
      const { stdout } = await gateway.cli(["devices", "list", "--json", "--token", TOKEN], {
        timeoutMs: SLOW_MS,
      });
      return (JSON.parse(stdout.slice(stdout.indexOf("{"))) as { paired: object[] }).paired.length;
    };

    test("an owner is answered with the diagnosis, by the command and by no model", {
      timeout: SLOW_MS,
    }, async () => {
      const text = await replies("ann", "/pairing_doctor");
      // A browser on the gateway's own machine is let in there.
      assert.equal(text, "Nothing keeps the Control UI out.");
    });

    test("who may write and is no owner: the host keeps them out where it knows owners", {
      timeout: SLOW_MS,
    }, async () => {
      const text = await replies("bob", "/pairing_doctor");
      if (owners) assert.match(text, /requires authorization|Only an owner/);
      else assert.equal(text, "Nothing keeps the Control UI out.");
    });

    test("a stranger is told nothing", { timeout: SLOW_MS }, async () => {
      const text = await replies("eve", `/pairing_doctor approve ${REQUEST}`);
      assert.match(text, /requires authorization|^$/);
    });

    test("an id that no request has, and no id at all, approve nothing", {
      timeout: 4 * SLOW_MS,
    }, async () => {
      const before = await paired();
      const unknown = await replies("ann", `/pairing_doctor approve ${REQUEST}`);
      assert.match(unknown, owners ? /^Nothing was approved: / : /does not tell plugins who an owner is/);
      assert.match(await replies("ann", "/pairing_doctor approve latest"), /no id of a request/);
      assert.equal(await paired(), before);
    });
  });
