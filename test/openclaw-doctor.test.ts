// `--as-openclaw-doctor` beside what `openclaw doctor --lint --json` of real releases printed (fixtures/openclaw-doctor).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OpenclawDoctorDocument } from "../src/report/openclaw-doctor.ts";
import { cli, here } from "./support/cli.ts";
import { assertShape, FAILURE, type Json, NEWEST, REAL, real } from "./support/openclaw-doctor.ts";

for (const name of REAL) test(`what is taken for the shape is ${name}'s`, () => assertShape(real(name)));

const PAIRING =
  "2026-11-22T12:25:55.812Z [ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 code=1008 reason=pairing required\n";
const CONNECTED =
  "2026-11-22T12:26:55.812Z [ws] webchat connected conn=5909e1c4-fa00-4721-b91b-62505d7cad2d remote=127.0.0.1 client=openclaw-control-ui webchat v2026.5.28\n";

/** What it prints and how it ends; nothing stands beside the document. */
async function asDoctor(args: readonly string[], input = "", run = here) {
  const { code, stdout, stderr } = await run([...args, "--as-openclaw-doctor"], { input });
  assert.equal(stderr, "");
  const document = JSON.parse(stdout) as Json & OpenclawDoctorDocument;
  assertShape(document);
  return { code, document };
}

describe("--as-openclaw-doctor", () => {
  test("the keys are the newest release's, in its order", async () => {
    const { document } = await asDoctor(["triage", "-"], PAIRING);
    assert.deepEqual(Object.keys(document), Object.keys(NEWEST));
  });

  test("a refusal: 1, its id under our own name, the code, and the command; the process, too", async () => {
    const { code, document } = await asDoctor(["triage", "-"], PAIRING, cli);
    assert.equal(code, 1);
    assert.equal(document.ok, false);
    const [finding] = document.findings;
    assert.match(finding?.checkId ?? "", /^openclaw-pairing-doctor\/[a-z0-9-]+$/);
    assert.match(finding?.errorCode ?? "", /^OPD\d{3}$/);
    assert.match(finding?.fixHint ?? "", /devices (?:list|approve)/);
  });

  test("nothing wrong: 0", async () => {
    const { code, document } = await asDoctor(["triage", "-", "--release", "2026.5.28"], CONNECTED);
    assert.deepEqual([code, document.ok, document.findings], [0, true, []]);
    assert.ok(document.checksRun > 40);
  });

  test("nobody could look: 1, and an error that says so; never health", async () => {
    for (const args of [
      ["triage", "-"],
      ["diagnose", "--target", "ws://127.0.0.1:1", "--timeout", "60"],
    ]) {
      const { code, document } = await asDoctor(args, "hello\n");
      assert.equal(code, 1, args[0]);
      assert.ok(document.findings.some(({ checkId }) => checkId === "openclaw-pairing-doctor/undetermined"));
      assert.equal(document.findings[0]?.severity, "error");
    }
  });

  test("--only and --skip are what checksSkipped counts", async () => {
    const { document } = await asDoctor(["triage", "-", "--only", "OPD201"], PAIRING);
    assert.equal(document.checksRun, 1);
    const whole = await asDoctor(["triage", "-"], PAIRING);
    assert.equal(document.checksSkipped, whole.document.checksRun - 1);
  });

  test("a question that is none: 2, with the failure document of the newest release", async () => {
    const { code, document } = await asDoctor(["triage", "-", "--release", "latest"], PAIRING);
    assert.equal(code, 2);
    assert.deepEqual(Object.keys(document).sort(), Object.keys(FAILURE).sort());
    assert.equal((document.error as Json).type, (FAILURE.error as Json).type);
    assert.match(String((document.error as Json).message), /no release of OpenClaw/);
  });

  test("a format beside it, or its threshold without it: 2", async () => {
    assert.equal((await asDoctor(["triage", "-", "--format", "html"], PAIRING)).code, 2);
    const alone = await here(["triage", "-", "--severity-min", "error"], { input: PAIRING });
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /belongs to --as-openclaw-doctor/);
  });
});
