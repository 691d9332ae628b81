// Every manifest that is handed out, decoded strictly into the API types of Kubernetes 1.36: unknown fields are errors.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { REPOSITORY } from "./rig/agent.ts";
import { BIN } from "./rig/doctor.ts";
import { clusterScripts } from "./rig/own-cluster.ts";
import { mustRun, run } from "./rig/processes.ts";

const scripts = clusterScripts();
const packed =
  scripts === undefined
    ? undefined
    : readdirSync(scripts).find((name) => /^k8s-strict-.*\.xz$/.test(name) && process.arch === "x64");
const skip =
  packed === undefined
    ? "no program here decodes manifests strictly (k8s-strict, beside the cluster's scripts)"
    : false;

describe("manifests by the types of Kubernetes 1.36", { skip }, () => {
  let dir: string;
  let program: string;
  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "opd-strict-"));
    program = path.join(dir, "k8s-strict");
    await mustRun(["sh", "-c", 'xz -dc "$0" > "$1"', path.join(scripts ?? "", packed ?? ""), program]);
    chmodSync(program, 0o755);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  const strict = (file: string) => run([program, file]);

  test("a field that there is not is seen", async () => {
    const file = path.join(dir, "odd.yaml");
    writeFileSync(
      file,
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {completionsMode: Indexed}\n",
    );
    assert.notEqual((await strict(file)).code, 0);
  });

  for (const folder of ["docs/kubernetes", "docs/examples"])
    for (const name of readdirSync(path.join(REPOSITORY, folder)).filter(
      (one) => one.endsWith(".yaml") && one !== "compose.yaml",
    ))
      test(`${folder}/${name}`, async () => {
        const { code, stdout, stderr } = await strict(path.join(REPOSITORY, folder, name));
        assert.equal(code, 0, stdout + stderr);
      });

  for (const more of [[], ["--job-per-share"]])
    test(`fleet manifest ${more.join(" ")}`, async () => {
      const list = path.join(dir, "list.txt");
      writeFileSync(list, "wss://a.example.test token-file=tokens/a\nk8s:team-a/claw\nk8s:team-b\n");
      const args = [
        "--image",
        "registry.example.test/doctor:1",
        "--tokens-from",
        "tokens",
        "--shares",
        "3",
        ...more,
      ];
      const text = await mustRun([process.execPath, BIN, "fleet", "manifest", list, ...args]);
      const file = path.join(dir, "fleet.yaml");
      writeFileSync(file, text);
      const { code, stdout, stderr } = await strict(file);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /Kind=Job ok/);
    });
});
