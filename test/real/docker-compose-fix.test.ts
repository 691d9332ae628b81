// `fix` for a gateway that Compose made: its `.env` and its Compose file are changed on this machine, its one service
// is created anew with the same state, everything else on the engine stays, and all of it goes back.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { AUTH, type Claw, LISTENS, OTHER_TOKEN, useDockerSite } from "./docker/site.ts";
import { AGREED, type FixDocument } from "./fix/site.ts";
import { ensureClient } from "./rig/clients.ts";
import type { Composed } from "./rig/composed.ts";
import { engineEnvironment } from "./rig/contained.ts";
import { runDoctor } from "./rig/doctor.ts";
import { whyNoEngine } from "./rig/engine.ts";
import { TOKEN } from "./rig/gateway.ts";
import { mustRun, until } from "./rig/processes.ts";

const noCompose = (await whyNoEngine()) ?? (await ensureClient("docker compose"));
const SERVICE = "openclaw-gateway";

describe("fix in a Compose project", { skip: noCompose ?? false }, () => {
  const site = useDockerSite();

  const composed = (gateway: Parameters<typeof site.composed>[0]["gateway"]) =>
    site.composed({ project: "claw", cli: "gateway's network", release: "2026.3.13", gateway });

  /** As it is now: another container may have its name. */
  const inspected = (claw: Claw) => site.engine.api.getContainer(claw.name).inspect();
  const envOf = async (claw: Claw) =>
    (await inspected(claw)).Config.Env.find((pair) => pair.startsWith("OPENCLAW_GATEWAY_TOKEN="));
  const others = async (claw: Claw) =>
    (await site.engine.api.listContainers({ all: true }))
      .filter(({ Names }) => !Names.includes(`/${claw.name}`))
      .map(({ Id, State }) => `${Id} ${State}`)
      .sort();
  const up = (claw: Composed) =>
    mustRun(["docker", "compose", "up", "--detach", SERVICE], {
      cwd: claw.dir,
      env: engineEnvironment(site.engine),
    });

  async function fix(claw: Claw, args: readonly string[]): Promise<FixDocument> {
    const before = await others(claw);
    const { stdout, stderr } = await runDoctor({
      args: ["fix", "--json", "--target", `compose:claw/${SERVICE}`, ...args],
      home: site.home,
      host: site.engine.host,
      env: engineEnvironment(site.engine),
      timeoutMs: 300_000,
    });
    assert.doesNotMatch(stdout + stderr, new RegExp(`${TOKEN}|${OTHER_TOKEN}`));
    assert.deepEqual(await others(claw), before, "another container is not as it was");
    return JSON.parse(stdout) as FixDocument;
  }

  const answers = async (claw: Claw) =>
    assert.ok(await until(async () => LISTENS.test(await logOf(claw)), 240_000, 1000));
  const logOf = async (claw: Claw) =>
    (await site.engine.api.getContainer(claw.name).logs({ stdout: true, stderr: true })).toString("utf8");

  test("the token of .env is aligned, and the container created anew", async (t: TestContext) => {
    const claw = await composed({ bind: "lan", auth: AUTH });
    try {
      const dotenv = path.join(claw.dir, ".env");
      const text = readFileSync(dotenv, "utf8").replace(TOKEN, OTHER_TOKEN);
      writeFileSync(dotenv, text);
      await up(claw);
      await answers(claw);
      assert.equal(await envOf(claw), `OPENCLAW_GATEWAY_TOKEN=${OTHER_TOKEN}`);
      const { Id } = await inspected(claw);

      const done = await fix(claw, ["env-token-overrides-config", ...AGREED]);
      t.diagnostic(`${done.outcome}: ${done.how.join("; ")}`);
      assert.equal(done.outcome, "kept", JSON.stringify(done));
      assert.equal(await envOf(claw), `OPENCLAW_GATEWAY_TOKEN=${TOKEN}`);
      assert.notEqual((await inspected(claw)).Id, Id);

      const back = await fix(claw, ["--undo", "--yes"]);
      assert.equal(back.outcome, "undone", JSON.stringify(back));
      assert.equal(readFileSync(dotenv, "utf8"), text);
      assert.equal(await envOf(claw), `OPENCLAW_GATEWAY_TOKEN=${OTHER_TOKEN}`);
    } finally {
      await claw.remove();
    }
  });

  test("a loopback bind of the command is changed in the Compose file, on request only", async (t) => {
    const claw = await composed({ auth: AUTH });
    try {
      const dotenv = path.join(claw.dir, ".env");
      writeFileSync(dotenv, readFileSync(dotenv, "utf8").replace("BIND=lan", "BIND=loopback"));
      await up(claw);
      await answers(claw);
      const file = path.join(claw.dir, "docker-compose.yml");
      const text = readFileSync(file, "utf8");
      assert.equal((await claw.browser()).admitted, false);

      const unasked = await fix(claw, ["bind-loopback-in-container", ...AGREED]);
      assert.equal(unasked.outcome, "by-hand", JSON.stringify(unasked));
      assert.equal(readFileSync(file, "utf8"), text);

      const done = await fix(claw, ["bind-loopback-in-container", "--edit-compose", ...AGREED]);
      t.diagnostic(`${done.outcome}: ${done.how.join("; ")}`);
      // It answers, and the browser behind the bridge has to be approved next.
      assert.deepEqual([done.outcome, done.gate], ["partly", "pairing"], JSON.stringify(done));
      assert.match((await claw.answered()).closeReason ?? "", /pairing required/);

      const back = await fix(claw, ["--undo", "--yes"]);
      assert.equal(back.outcome, "undone", JSON.stringify(back));
      assert.equal(readFileSync(file, "utf8"), text);
      assert.ok((await inspected(claw)).Args.includes("loopback"));
    } finally {
      await claw.remove();
    }
  });
});
