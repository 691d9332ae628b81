// The doctor beside a gateway that admits, one that refuses and one that is down: exit code, document, no trace.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { visit } from "./cases.ts";
import { REPOSITORY } from "./rig/agent.ts";
import { type DoctorOptions, type DoctorRun, openclawOnPath, runDoctor } from "./rig/doctor.ts";
import { ADDRESSES, whyNoNamespaces } from "./rig/namespace.ts";
import { pidsMarked } from "./rig/processes.ts";
import { useSite } from "./rig/site.ts";
import { stateOf } from "./rig/state.ts";
import { OUTERMOST } from "./selection.ts";

const noNamespaces = await whyNoNamespaces();
const schema = JSON.parse(
  readFileSync(path.join(REPOSITORY, "src/report/schema/report.schema.json"), "utf8"),
);
const valid = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

function assertValid(run: DoctorRun): void {
  assert.ok(run.document, `no document; exit ${run.exitCode}\n${run.stdout.slice(0, 400)}\n${run.stderr}`);
  assert.ok(valid(run.document), JSON.stringify(valid.errors?.slice(0, 5), null, 1));
}

const MARK = "PAIRING_DOCTOR_SMOKE";

/** Runs the doctor and sees that none of its processes and files outlives it. */
async function cleanRun(options: DoctorOptions): Promise<DoctorRun> {
  const mark = randomUUID();
  const run = await runDoctor({ ...options, env: { ...options.env, [MARK]: mark } });
  assert.deepEqual(pidsMarked(MARK, mark), [], "a process is left");
  assert.deepEqual(run.leftInTemp, [], "files are left in the temporary folder");
  return run;
}

for (const release of OUTERMOST) {
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    const site = useSite({ release });
    before(async () => {
      // The release's own CLI pairs itself on its first call; that is not the doctor's doing.
      await site.gateway.cli(["devices", "list", "--json"]);
    });

    const here = (): Pick<DoctorOptions, "host" | "home" | "path"> => ({
      host: site.network.gateway,
      home: site.gateway.home,
      path: [openclawOnPath(site.gateway)],
    });

    /** This machine may run other gateways too. */
    const own = (): string[] => ["--config", site.gateway.configPath];

    test("a gateway that admits: 0, healthy, no trace", async () => {
      const state = await stateOf(site.gateway);
      const run = await cleanRun({ ...here(), args: ["diagnose", "--json", ...own()] });
      assertValid(run);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.equal(run.document?.verdict, "healthy");
      const { version, versionRange } = run.document?.gateway ?? {};
      // 2026.2.1 tells no more than its era.
      assert.ok(version === release || versionRange !== undefined, `${version}`);
      assert.deepEqual(await stateOf(site.gateway), state);
    });

    test("a browser that is refused: 1, found, no trace", async () => {
      const refused = await visit(site, { path: "lan address", credentials: "right" });
      assert.equal(refused.admitted, false);
      const state = await stateOf(site.gateway);
      const origin = `http://${ADDRESSES.gatewayOnLan}:${site.gateway.port}`;
      const run = await cleanRun({ ...here(), args: ["diagnose", "--json", "--origin", origin, ...own()] });
      assertValid(run);
      assert.equal(run.exitCode, 1, run.stdout);
      assert.equal(run.document?.verdict, "found");
      assert.deepEqual(await stateOf(site.gateway), state);
    });

    test("the token is nowhere in what is written", async () => {
      for (const args of [["diagnose"], ["diagnose", "--json"], ["diagnose", "--verbose"]]) {
        const run = await cleanRun({ ...here(), args: [...args, ...own()] });
        assert.doesNotMatch(run.stdout + run.stderr, new RegExp(site.gateway.token));
      }
    });

    test("what cannot be seen is not called healthy: a published port, without config, log or token", async () => {
      const browser = await visit(site, { path: "published port", credentials: "right" });
      const run = await cleanRun({
        host: site.network.client,
        args: ["diagnose", "--json", "--target", site.gateway.url],
      });
      assertValid(run);
      const { verdict } = run.document ?? {};
      if (!browser.admitted) assert.notEqual(verdict, "healthy", "a browser on this very path is refused");
      assert.equal(run.exitCode, { healthy: 0, found: 1, undetermined: 3 }[verdict ?? "undetermined"]);
    });

    test("nothing listens: says so, and nothing else", async () => {
      const target = `ws://127.0.0.1:${site.gateway.port + 1}`;
      const run = await cleanRun({
        host: site.network.client,
        args: ["diagnose", "--json", "--target", target],
      });
      assertValid(run);
      assert.deepEqual(
        run.document?.findings.map(({ id }) => id),
        ["gateway-down-or-starting"],
      );
      // It is down, and nobody could look at what it does: open.
      assert.equal(run.document?.verdict, "undetermined");
      assert.equal(run.exitCode, 3);
    });

    test("a gateway that was stopped: says so, whatever its log tells of before", async () => {
      await site.gateway.halt();
      const run = await cleanRun({ ...here(), args: ["diagnose", "--json", ...own()] });
      assertValid(run);
      assert.equal(run.document?.findings[0]?.id, "gateway-down-or-starting", run.stdout.slice(0, 2000));
      assert.ok(run.exitCode === 1 || run.exitCode === 3, `exit ${run.exitCode}`);
    });
  });
}
