// The device store of a gateway that runs: what is only in its write-ahead log is read, and nothing of it is touched.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { devicesFromSqlite } from "../../src/deployments/store/device-lists.ts";
import { nodeWorld } from "../../src/deployments/world.ts";
import { newDevice, PAGE_SCOPES } from "./rig/client.ts";
import { type Gateway, startGateway, TOKEN } from "./rig/gateway.ts";
import { stateOf } from "./rig/state.ts";
import { CORE } from "./selection.ts";

const PAGE = "https://claw.example.com";

for (const release of CORE ? ["2026.9.6"] : ["2026.8.2", "2026.9.6"])
  describe(`openclaw ${release}`, () => {
    let gateway: Gateway;
    before(async () => {
      gateway = await startGateway({
        release,
        config: { gateway: { trustedProxies: ["127.0.0.1"], controlUi: { allowedOrigins: [PAGE] } } },
      });
    });
    after(() => gateway?.stop());

    const directory = () => path.join(gateway.stateDir, "state");
    const store = () => path.join(directory(), "openclaw.sqlite");
    const files = () =>
      Object.fromEntries(
        readdirSync(directory())
          .sort()
          .map((name) => [
            name,
            createHash("sha256")
              .update(readFileSync(path.join(directory(), name)))
              .digest("hex"),
          ]),
      );

    /** A new browser behind a proxy knocks; the id of its request. */
    async function knock(): Promise<string> {
      const outcome = await gateway.agent.connect({
        url: gateway.url,
        headers: {
          Host: "claw.example.com",
          Origin: PAGE,
          "X-Forwarded-For": "203.0.113.7",
          "X-Forwarded-Proto": "https",
        },
        client: {
          id: "openclaw-control-ui",
          mode: "webchat",
          version: "rig",
          platform: "Linux x86_64",
          ...(gateway.installed.uiBuild === undefined ? {} : { buildId: gateway.installed.uiBuild }),
        },
        scopes: PAGE_SCOPES,
        auth: { token: TOKEN },
        device: newDevice(),
      });
      assert.ok(outcome.requestId !== undefined, JSON.stringify(outcome));
      return outcome.requestId;
    }

    const pending = async (): Promise<readonly string[]> => {
      const fact = await devicesFromSqlite(nodeWorld(), store());
      assert.ok(fact.known, JSON.stringify(fact));
      return fact.value.pending.map(({ requestId }) => requestId);
    };

    test("a request that waits is read while it is in the log alone, as the gateway's own Node reads it", async (t) => {
      const id = await knock();
      assert.ok((await pending()).includes(id));
      const theirs = (await stateOf(gateway)).pending.map((line) => line.split(" ")[1]);
      assert.deepEqual([...(await pending())].sort(), theirs.sort());
      // The database without its log does not have it yet.
      const alone = mkdtempSync(path.join(tmpdir(), "opd-store-"));
      try {
        copyFileSync(store(), path.join(alone, "openclaw.sqlite"));
        const fact = await devicesFromSqlite(nodeWorld(), path.join(alone, "openclaw.sqlite"));
        const isLogged = !fact.known || !fact.value.pending.some(({ requestId }) => requestId === id);
        t.diagnostic(`${process.version}; the log has ${readFileSync(`${store()}-wal`).length} bytes`);
        assert.ok(isLogged, "it was in the database already, so this proves nothing of the log");
      } finally {
        rmSync(alone, { recursive: true });
      }
    });

    test("reading leaves every byte and every name beside the store as it was", async () => {
      // A gateway may write at any moment: once in a few times it does not.
      for (let tries = 0; ; tries += 1) {
        const was = files();
        await pending();
        const is = files();
        if (JSON.stringify(is) === JSON.stringify(was)) return;
        assert.deepEqual(Object.keys(is), Object.keys(was));
        assert.ok(tries < 20, "it changed each time");
      }
    });

    test("while it writes all the time, every reading is whole", async () => {
      const ids: string[] = [];
      let isDone = false;
      const knocking = (async () => {
        for (let count = 0; count < 150; count += 1) ids.push(await knock());
        isDone = true;
      })();
      let readings = 0;
      while (!isDone) {
        const known = [...ids];
        const read = await pending();
        readings += 1;
        // The gateway keeps a number of requests and lets the oldest go.
        assert.ok(
          known.slice(-2).every((id) => read.includes(id)),
          `reading ${readings}`,
        );
      }
      await knocking;
      assert.ok(readings > 3, `${readings} readings`);
    });
  });
