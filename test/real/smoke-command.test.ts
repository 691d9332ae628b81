// `pairing-doctor smoke` beside real gateways: a good deploy, one that refuses, one that does not come up, one that does late.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Ajv } from "ajv";
import type { JsonReport } from "../../src/report/json.ts";
import { REPOSITORY } from "./rig/agent.ts";
import { type DoctorRun, openclawOnPath, runDoctor } from "./rig/doctor.ts";
import { ADDRESSES, whyNoNamespaces } from "./rig/namespace.ts";
import { useSite } from "./rig/site.ts";
import { stateOf } from "./rig/state.ts";
import { OUTERMOST } from "./selection.ts";

const noNamespaces = await whyNoNamespaces();
const {
  $schema: _draft,
  id: _id,
  ...sarifSchema
} = JSON.parse(readFileSync(path.join(REPOSITORY, "test/sarif/sarif-2.1.0-rtm.5.json"), "utf8")) as Record<
  string,
  unknown
>;
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(sarifSchema);

const LATE_MS = 20_000;

for (const release of OUTERMOST) {
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    const site = useSite({ release });
    const dir = mkdtempSync(path.join(tmpdir(), "opd-smoke-"));
    before(async () => {
      // The release's own CLI pairs itself on its first call; that is not the doctor's doing.
      await site.gateway.cli(["devices", "list", "--json"]);
    });
    after(() => rmSync(dir, { recursive: true, force: true }));

    /** Under Actions, with every report that a CI takes; stdout is JSON. */
    const smoke = async (
      args: readonly string[],
    ): Promise<DoctorRun & { smoke: NonNullable<JsonReport["smoke"]> }> => {
      const file = (name: string) => path.join(dir, name);
      const outputs = [`junit=${file("j.xml")}`, `sarif=${file("s.json")}`, `gitlab=${file("g.json")}`];
      const run = await runDoctor({
        host: site.network.gateway,
        home: site.gateway.home,
        path: [openclawOnPath(site.gateway)],
        env: { CI: "true", GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: file("summary.md") },
        timeoutMs: 180_000,
        args: [
          "smoke",
          "--config",
          site.gateway.configPath,
          "--json",
          ...outputs.flatMap((output) => ["--output", output]),
          ...args,
        ],
      });
      const { smoke: ended } = (run.document ?? {}) as Pick<JsonReport, "smoke">;
      assert.ok(ended, `no document; exit ${run.exitCode}\n${run.stdout.slice(0, 400)}\n${run.stderr}`);
      const junit = readFileSync(file("j.xml"), "utf8");
      assert.equal(/<failure |<error /.test(junit), !ended.passed, junit.slice(0, 1000));
      const sarif: unknown = JSON.parse(readFileSync(file("s.json"), "utf8"));
      assert.ok(isSarif(sarif), JSON.stringify(isSarif.errors?.slice(0, 3)));
      assert.match(
        run.stderr,
        ended.passed
          ? /^::notice title=openclaw-pairing-doctor::PASS/m
          : /^::error title=openclaw-pairing-doctor::/m,
      );
      assert.match(readFileSync(file("summary.md"), "utf8"), /^### /);
      assert.ok(!`${run.stdout}${run.stderr}${junit}`.includes(site.gateway.token));
      return { ...run, smoke: ended };
    };

    test("a good deploy: 0, and nothing is left in the gateway", async () => {
      const state = await stateOf(site.gateway);
      const run = await smoke([]);
      assert.equal(run.exitCode, 0, run.stdout.slice(0, 2000));
      assert.equal(run.smoke.outcome, "connected");
      assert.deepEqual(await stateOf(site.gateway), state);
    });

    test("a browser would be refused: 1; where that is expected: 0", async () => {
      const state = await stateOf(site.gateway);
      const origin = ["--origin", `http://${ADDRESSES.gatewayOnLan}:${site.gateway.port}`];
      const run = await smoke(origin);
      assert.equal(run.exitCode, 1, run.stdout.slice(0, 2000));
      const expected = await smoke([...origin, "--expect", "pairing-required"]);
      assert.equal(
        expected.exitCode,
        run.smoke.outcome === "pairing-required" ? 0 : 1,
        expected.stdout.slice(0, 2000),
      );
      assert.deepEqual(await stateOf(site.gateway), state);
    });

    test("not up within the wait: 3, with the reason", async () => {
      await site.gateway.halt();
      const run = await smoke(["--wait", "3s"]);
      assert.equal(run.exitCode, 3, run.stdout.slice(0, 2000));
      assert.equal(run.smoke.outcome, "not-ready");
      assert.match(run.smoke.message, /^NOT READY after .*ECONNREFUSED/);
    });

    test("a gateway that comes up late: 0", async () => {
      const [run] = await Promise.all([
        smoke(["--wait", "3m"]),
        delay(LATE_MS).then(() => site.gateway.restart(undefined)),
      ]);
      assert.equal(run.exitCode, 0, run.stdout.slice(0, 2000));
      assert.ok(run.smoke.waitedMs > LATE_MS / 2, String(run.smoke.waitedMs));
      const met = run.smoke.phases.map(({ phase }) => phase);
      assert.equal(met[0], "absent");
      assert.equal(met.at(-1), "up");
    });
  });
}
