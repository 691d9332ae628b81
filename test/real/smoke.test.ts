// The doctor beside a gateway that admits, one that refuses and one that is down: exit code, document, no trace.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { layPaths, visit } from "./cases.ts";
import { type Agent, REPOSITORY, startAgent } from "./rig/agent.ts";
import { type DoctorOptions, type DoctorRun, openclawOnPath, runDoctor } from "./rig/doctor.ts";
import { type Gateway, startGateway } from "./rig/gateway.ts";
import { ADDRESSES, createNetwork, type Network, whyNoNamespaces } from "./rig/namespace.ts";
import { pidsMarked } from "./rig/processes.ts";
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

/** What the gateway keeps: names of its files, its config's bytes, its devices. */
async function stateOf(gateway: Gateway): Promise<unknown> {
  const listed = await gateway.cli(["devices", "list", "--json"]);
  assert.equal(listed.code, 0, listed.stderr);
  const devices = JSON.parse(listed.stdout.slice(listed.stdout.indexOf("{"))) as Record<string, unknown[]>;
  const ids = (entries: unknown[] = []) =>
    entries
      .map((entry) => {
        const { requestId = "", deviceId = "" } = entry as Record<string, string>;
        return `${deviceId} ${requestId}`;
      })
      .sort();
  const files = readdirSync(gateway.stateDir, { recursive: true })
    .map(String)
    // SQLite's own side files come and go with every reader.
    .filter((name) => !/-(?:wal|shm|journal)$/.test(name))
    .sort();
  return {
    pending: ids(devices.pending),
    paired: ids(devices.paired),
    files,
    config: readFileSync(gateway.configPath, "utf8"),
  };
}

for (const release of OUTERMOST) {
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    let network: Network;
    let gateway: Gateway;
    let client: Agent;

    before(async () => {
      network = await createNetwork();
      gateway = await startGateway({ release, host: network.gateway, config: { gateway: { bind: "lan" } } });
      client = startAgent(network.client);
      await layPaths(gateway, client);
      // The release's own CLI pairs itself on its first call; that is not the doctor's doing.
      await gateway.cli(["devices", "list", "--json"]);
    });
    after(async () => {
      await client?.stop();
      await gateway?.stop();
      await network?.remove();
    });

    const here = (): Pick<DoctorOptions, "host" | "home" | "path"> => ({
      host: network.gateway,
      home: gateway.home,
      path: [openclawOnPath(gateway)],
    });

    /** This machine may run other gateways too. */
    const own = (): string[] => ["--config", gateway.configPath];

    test("a gateway that admits: 0, healthy, no trace", async () => {
      const state = await stateOf(gateway);
      const run = await cleanRun({ ...here(), args: ["diagnose", "--json", ...own()] });
      assertValid(run);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.equal(run.document?.verdict, "healthy");
      const { version, versionRange } = run.document?.gateway ?? {};
      // 2026.2.1 tells no more than its era.
      assert.ok(version === release || versionRange !== undefined, `${version}`);
      assert.deepEqual(await stateOf(gateway), state);
    });

    test("a browser that is refused: 1, found, no trace", async () => {
      const refused = await visit(gateway, client, { path: "lan address", credentials: "right" });
      assert.equal(refused.admitted, false);
      const state = await stateOf(gateway);
      const origin = `http://${ADDRESSES.gatewayOnLan}:${gateway.port}`;
      const run = await cleanRun({ ...here(), args: ["diagnose", "--json", "--origin", origin, ...own()] });
      assertValid(run);
      assert.equal(run.exitCode, 1, run.stdout);
      assert.equal(run.document?.verdict, "found");
      assert.deepEqual(await stateOf(gateway), state);
    });

    test("the token is nowhere in what is written", async () => {
      for (const args of [["diagnose"], ["diagnose", "--json"], ["diagnose", "--verbose"]]) {
        const run = await cleanRun({ ...here(), args: [...args, ...own()] });
        assert.doesNotMatch(run.stdout + run.stderr, new RegExp(gateway.token));
      }
    });

    test("what cannot be seen is not called healthy: a published port, without config, log or token", async () => {
      const browser = await visit(gateway, client, { path: "published port", credentials: "right" });
      const run = await cleanRun({
        host: network.client,
        args: ["diagnose", "--json", "--target", gateway.url],
      });
      assertValid(run);
      const { verdict } = run.document ?? {};
      if (!browser.admitted) assert.notEqual(verdict, "healthy", "a browser on this very path is refused");
      assert.equal(run.exitCode, { healthy: 0, found: 1, undetermined: 3 }[verdict ?? "undetermined"]);
    });

    test("nothing listens: says so, and nothing else", async () => {
      const target = `ws://127.0.0.1:${gateway.port + 1}`;
      const run = await cleanRun({ host: network.client, args: ["diagnose", "--json", "--target", target] });
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
      await gateway.halt();
      const run = await cleanRun({ ...here(), args: ["diagnose", "--json", ...own()] });
      assertValid(run);
      assert.equal(run.document?.findings[0]?.id, "gateway-down-or-starting", run.stdout.slice(0, 2000));
      assert.ok(run.exitCode === 1 || run.exitCode === 3, `exit ${run.exitCode}`);
    });
  });
}
