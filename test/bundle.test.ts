import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { admit } from "../src/admission/admit.ts";
import type { AdmissionConfig } from "../src/core/connection.ts";
import { bundleFiles, readBundle } from "../src/doctor/pure/bundle.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { type JsonReport, toJsonReport } from "../src/report/json.ts";
import { tarGz } from "./support/archives.ts";
import { here } from "./support/cli.ts";
import { factsOfSituation, situations } from "./support/situation.ts";

const TOKEN = "tok-c0ffee-0123456789-abcdef";
const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-bundle-"));
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

const plain = (text: string) => text;
/** Fingerprints are made alike in a bundle; nothing else of a report may differ. */
const comparable = (report: JsonReport) =>
  JSON.parse(JSON.stringify(report).replace(/<secret [0-9a-f]{6}>/g, "<secret>"));

describe("every situation, through a bundle", () => {
  for (const name of situations())
    test(name, async () => {
      const facts = await factsOfSituation(name);
      const made = { context: { inside: false }, origin: "http://127.0.0.1:18789" };
      const files = bundleFiles({ facts, made }, plain);
      const [json] = files;
      assert.equal(json?.name, "bundle.json");
      const read = readBundle(json?.text ?? "");
      assert.ok(read);
      assert.deepEqual(
        comparable(toJsonReport(reportOf(read.facts, read.made), "en")),
        comparable(toJsonReport(reportOf(facts, made), "en")),
      );
      // What was read is written the same again.
      assert.deepEqual(bundleFiles(read, plain), files);
    });
});

async function gateway(release: string, settings: NonNullable<AdmissionConfig["gateway"]> = {}) {
  const started = await startEmbeddedGateway({
    release,
    config: { gateway: { bind: "loopback", ...settings, auth: { mode: "token", token: TOKEN } } },
    admit,
  });
  open.push(started);
  return started;
}

describe("collect", () => {
  const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN };
  for (const [release, settings] of [
    ["2026.2.1", {}],
    ["2026.3.13", { controlUi: { allowedOrigins: ["https://elsewhere.example"] } }],
    ["2026.9.6", {}],
  ] as const)
    test(`a gateway of ${release}: the same verdict as the look itself, and no token`, async () => {
      const { url } = await gateway(release, settings);
      const log = join(dir, `${release}.log`);
      writeFileSync(
        log,
        `2026-11-22T12:25:55.812Z [ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 token=${TOKEN} code=1008 reason=pairing required\n`,
      );
      const args = ["--target", url, "--log", log];
      const live = JSON.parse((await here(["diagnose", "--json", ...args], { env })).stdout) as JsonReport;
      const file = join(dir, `${release}.tar.gz`);
      const collected = await here(["collect", "--yes", "-o", file, ...args], { env });
      assert.deepEqual({ code: collected.code, stdout: collected.stdout }, { code: 0, stdout: `${file}\n` });
      assert.match(collected.stderr, /bundle\.json: .* \(lines: \d+, secrets taken out: \d+\)/);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.ok(!gunzipSync(readFileSync(file)).includes(TOKEN), "the token is in the bundle");
      const read = JSON.parse((await here(["triage", "--json", file])).stdout) as JsonReport;
      const { verdict, findings, gateway: about, path, checks } = read;
      assert.deepEqual(
        {
          verdict,
          gateway: about,
          path,
          ids: findings.map(({ id }) => id),
          checks: checks.map((one) => [one.id, one.verdict]),
        },
        {
          verdict: live.verdict,
          gateway: live.gateway,
          path: live.path,
          ids: live.findings.map(({ id }) => id),
          checks: live.checks.map((one) => [one.id, one.verdict]),
        },
      );
      assert.deepEqual(
        findings.map(({ remedies }) => remedies),
        live.findings.map(({ remedies }) => remedies),
      );
      assert.deepEqual(
        read.inputs?.map(({ as }) => as),
        ["bundle"],
      );
    });

  test("two of one state are the same, byte for byte, but for what the gateway itself names anew", async () => {
    const facts = await factsOfSituation("token-mismatch");
    const twice = [1, 2].map(() => JSON.stringify(bundleFiles({ facts, made: {} }, plain)));
    assert.equal(twice[0], twice[1]);
    // Another salt gives other fingerprints.
    const salted = JSON.parse(JSON.stringify(facts).replace(/<secret [0-9a-f]{6}>/g, "<secret abcdef>"));
    assert.deepEqual(
      bundleFiles({ facts: salted, made: {} }, plain)[0]?.text,
      bundleFiles({ facts, made: {} }, plain)[0]?.text,
    );
  });

  test("nothing is written unasked, nor over anything", async () => {
    const { url } = await gateway("2026.3.13");
    const file = join(dir, "unasked.tar.gz");
    const preview = await here(["collect", "-o", file, "--target", url], { env });
    assert.deepEqual([preview.code, preview.stdout, existsSync(file)], [3, "", false]);
    assert.match(preview.stderr, /This goes into .*\n.*bundle\.json[\s\S]*Nothing was written/);
    const precious = join(dir, "precious");
    writeFileSync(precious, "mine");
    const link = join(dir, "link.tar.gz");
    symlinkSync(precious, link);
    for (const path of [precious, link]) {
      const refused = await here(["collect", "--yes", "-o", path, "--target", url], { env });
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /cannot be written \(EEXIST\)/);
    }
    assert.equal(readFileSync(precious, "utf8"), "mine");
  });
});

describe("a bundle that a stranger made", () => {
  const triaged = async (document: unknown, more: readonly (readonly [string, string])[] = []) => {
    const file = join(dir, `${Math.floor(performance.now() * 1000)}.tar.gz`);
    writeFileSync(file, tarGz(["b/bundle.json", JSON.stringify(document)], ...more));
    const result = await here(["triage", "--json", file]);
    assert.equal(result.stderr, "");
    return JSON.parse(result.stdout) as JsonReport;
  };
  const base = async () =>
    JSON.parse(
      bundleFiles({ facts: await factsOfSituation("token-mismatch"), made: {} }, plain)[0]?.text ?? "",
    ) as {
      facts: Record<string, { value?: unknown }>;
    };

  test("with facts of another form is told broken, and gives no verdict", async () => {
    for (const facts of [
      {},
      { logs: 1 },
      { logs: { known: true, source: "x", value: 7 } },
      { deployment: { known: true, source: "x", value: { kind: "moon" } } },
    ]) {
      const report = await triaged({ kind: "openclaw-pairing-doctor-bundle", format: 1, facts });
      assert.notEqual(report.verdict, "healthy");
    }
    const broken = await triaged({
      kind: "openclaw-pairing-doctor-bundle",
      format: 1,
      facts: { logs: { known: true, source: "x", value: 7 } },
    });
    assert.deepEqual(broken.inputs, [{ name: broken.inputs?.[0]?.name, as: "bundle", why: "broken" }]);
  });

  test("chooses no address, file or program of a command", async () => {
    const { facts } = await base();
    const deployment = {
      ...(facts.deployment?.value as object),
      kind: "local",
      names: { cli: "node /tmp/evil.js" },
    };
    const context = {
      viaLoopback: "token",
      port: "@evil.example:80",
      logFile: "/root/.ssh/id_rsa",
      profile: "a;b",
    };
    for (const format of ["human", "markdown", "agent", "json"]) {
      const file = join(dir, `chooses-${format}.tar.gz`);
      const hostile = {
        ...(await base()),
        facts: { ...facts, deployment: { ...facts.deployment, value: deployment } },
        made: { context },
      };
      writeFileSync(file, tarGz(["b/bundle.json", JSON.stringify(hostile)]));
      const { stdout } = await here(["triage", "--format", format, file]);
      assert.notEqual(stdout, "");
      assert.doesNotMatch(stdout, /evil|id_rsa|a;b/);
    }
  });

  test("of a later format is not read", async () => {
    const later = await triaged({ ...(await base()), format: 2 });
    assert.deepEqual([later.verdict, later.inputs?.[0]?.why], ["undetermined", "broken"]);
  });

  test("any part of it turned into something else ends in a report", async () => {
    const wrong = [null, 1, "x", [], {}, "\u001b[2J", [[[]]], -1e308];
    for (const name of Object.keys((await base()).facts))
      for (const value of wrong) {
        const bundle = await base();
        const fact = bundle.facts[name];
        if (fact === undefined || !("value" in fact)) continue;
        fact.value = value;
        const report = await triaged(bundle);
        assert.ok(["found", "undetermined", "healthy"].includes(report.verdict));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
        assert.doesNotMatch(JSON.stringify(report), /[\u0000-\u001f]|\\u001b/);
      }
  });

  test("what lies beside it in its archive is of it; what comes from elsewhere is told not to be", async () => {
    const folder = mkdtempSync(join(dir, "beside-"));
    writeFileSync(
      join(folder, "a.tar.gz"),
      tarGz(["b/bundle.json", JSON.stringify(await base())], ["b/answer.md", "words"]),
    );
    writeFileSync(join(folder, "z.log"), "2026-11-22T12:25:55.812Z [ws] webchat connected\n");
    const report = JSON.parse((await here(["triage", "--json", folder])).stdout) as JsonReport;
    assert.equal(report.findings[0]?.id, "gateway-token-mismatch");
    assert.deepEqual(
      report.inputs?.map(({ as, why }) => [as, why]),
      [
        ["bundle", undefined],
        ["not-recognised", "beside-bundle"],
      ],
    );
  });
});
