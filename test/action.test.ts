// The GitHub Action's script with the runner's environment, and the example workflows: what they call is what is there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";
import { admit } from "../src/admission/admit.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { ensureBuilt, here } from "./support/cli.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const { version } = JSON.parse(read("package.json")) as { version: string };
const TOKEN = "tok-c0ffee-0123456789-abcdef";
const NASTY = '$(touch pwned) `touch pwned` "; touch pwned #';

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-action-"));
after(() => rmSync(dir, { recursive: true, force: true }));

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id: string;
      readonly run: string;
      readonly env: Record<string, string>;
    }[];
  };
}
const action = parse(read("action.yml")) as Action;
const [step] = action.runs.steps;
assert.ok(step);

/** As the runner runs the step: its own expressions filled in, a `bash` with the step's environment. */
async function runAction(inputs: Readonly<Record<string, string>>) {
  const work = mkdtempSync(join(dir, "run-"));
  const bin = join(work, "npx");
  // In the place of npm's registry: the same command of this checkout.
  writeFileSync(
    bin,
    `#!/bin/sh\n[ "$1" = --yes ] || exit 64\necho "$2" > "${work}/asked"\nshift 2\nexec "${process.execPath}" "${ensureBuilt()}" "$@"\n`,
  );
  chmodSync(bin, 0o755);
  const [output, summary] = [join(work, "output"), join(work, "summary.md")];
  writeFileSync(output, "");
  const value = (expression: string) => {
    const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(expression)?.[1];
    if (input !== undefined) return inputs[input] ?? action.inputs[input]?.default ?? "";
    assert.match(expression, /^\$\{\{ github\.action_path \}\}$/);
    return root;
  };
  const env = {
    PATH: `${work}:${process.env.PATH ?? ""}`,
    HOME: work,
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: work,
    ...Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, text]) => [name, value(text)])),
  };
  const run = await new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", step?.run ?? "exit 99"],
      { env, cwd: work },
      (error, stdout, stderr) =>
        done({
          code: typeof error?.code === "number" ? error.code : error === null ? 0 : 98,
          stdout,
          stderr,
        }),
    );
  });
  const outputs = Object.fromEntries(
    readFileSync(output, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  ) as Record<string, string>;
  assert.ok(!existsSync(join(work, "pwned")));
  const summarised = existsSync(summary) ? readFileSync(summary, "utf8") : "";
  for (const text of [run.stdout, run.stderr, summarised]) assert.ok(!text.includes(TOKEN));
  return { ...run, outputs, summary: summarised, asked: readFileSync(join(work, "asked"), "utf8").trim() };
}

describe("the action", () => {
  let url = "";
  let close = async (): Promise<void> => undefined;
  before(async () => {
    const config = { gateway: { bind: "loopback" as const, auth: { mode: "token" as const, token: TOKEN } } };
    const gateway = await startEmbeddedGateway({ release: "2026.9.6", config, admit });
    ({ url } = gateway);
    close = () => gateway.close();
  });
  after(() => close());

  test("a good deploy: the step succeeds, the outputs name verdict and report", async () => {
    const run = await runAction({ target: url, token: TOKEN, wait: "20s" });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.asked, `openclaw-pairing-doctor@${version}`);
    assert.equal(run.outputs.verdict, "connected");
    assert.equal(run.outputs.passed, "true");
    assert.match(run.outputs.report ?? "", /report\.sarif$/);
    const sarif = JSON.parse(readFileSync(run.outputs.report ?? "", "utf8")) as { version: string };
    assert.equal(sarif.version, "2.1.0");
    assert.ok(JSON.parse(readFileSync(run.outputs.json ?? "", "utf8")));
    assert.match(run.stdout, /^PASS: /);
    assert.match(run.stderr, /^::notice title=openclaw-pairing-doctor::PASS/m);
    assert.match(run.summary, /PASS/);
  });

  test("refused: it fails with the doctor's exit code, and the report is there all the same", async () => {
    const run = await runAction({
      target: url,
      token: TOKEN,
      origin: "https://claw.example.com",
      format: "junit",
    });
    assert.equal(run.code, 1);
    assert.equal(run.outputs.verdict, "refused");
    assert.equal(run.outputs.passed, "false");
    assert.match(readFileSync(run.outputs.report ?? "", "utf8"), /<failure /);
  });

  test("not up: 3; with fail-on never: 0", async () => {
    const target = "ws://127.0.0.1:1";
    const run = await runAction({ target, wait: "0" });
    assert.equal(run.code, 3);
    assert.equal(run.outputs.verdict, "not-ready");
    assert.equal((await runAction({ target, wait: "0", "fail-on": "never" })).code, 0);
  });

  for (const input of ["target", "wait", "expect", "origin", "fail-on"])
    test(`what stands in ${input} is no shell's to read: 2`, async () => {
      const run = await runAction({ target: url, [input]: NASTY });
      assert.equal(run.code, 2, run.stderr);
      assert.equal(run.outputs.passed, "false");
      assert.equal(run.outputs.verdict, undefined);
    });

  test("every input is used, every output is set, and no expression is in a script", () => {
    const used = Object.values(step.env).join();
    for (const name of Object.keys(action.inputs)) assert.ok(used.includes(`inputs.${name} `), name);
    const script = read("action/smoke.sh");
    for (const name of Object.keys(action.outputs)) assert.ok(script.includes(`${name}=`), name);
    assert.doesNotMatch(step.run + script, /\$\{\{/);
    assert.equal(action.inputs.version?.default, version);
  });
});

describe("examples", () => {
  const files = readdirSync(join(root, "docs/examples"));

  /** Words of each call of `smoke` in a file, in whatever syntax the file has. */
  function callsOf(file: string): string[][] {
    const text = read(`docs/examples/${file}`);
    if (/\.ya?ml$/.test(file)) {
      const found: string[][] = [];
      const walk = (value: unknown): void => {
        if (typeof value === "string" && /\bsmoke --/.test(value))
          found.push(value.slice(value.indexOf("smoke")).split(" "));
        if (Array.isArray(value)) {
          const at = value.indexOf("smoke");
          if (at >= 0) found.push(value.slice(at).map(String));
          else value.forEach(walk);
        } else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
      };
      for (const document of parseAllDocuments(text)) {
        assert.deepEqual(document.errors, []);
        walk(document.toJS());
      }
      return found;
    }
    return [...text.matchAll(/^ExecStart=\S+ (smoke .*)$/gm)].map(([, words = ""]) => words.split(" "));
  }

  for (const file of files.filter((name) => !name.endsWith(".timer") && name !== "github-actions.yml"))
    test(`${file}: its call is one that the command understands`, async () => {
      const calls = callsOf(file);
      assert.ok(calls.length > 0);
      for (const words of calls) {
        // Understood as far as the missing file: nothing is connected to.
        const { code, stderr } = await here([...words, "--config", "/nonexistent/openclaw.json"]);
        assert.equal(code, 2);
        assert.match(stderr, /--config \/nonexistent/, words.join(" "));
      }
    });

  test("github-actions.yml: inputs and outputs are the action's", () => {
    const workflow = parse(read("docs/examples/github-actions.yml")) as {
      jobs: { deploy: { steps: { uses?: string; with?: Record<string, string> }[] } };
    };
    const own = workflow.jobs.deploy.steps.find(({ uses }) => uses?.includes("openclaw-pairing-doctor"));
    assert.ok(own?.uses?.endsWith(`@v${version}`));
    for (const name of Object.keys(own?.with ?? {})) assert.ok(name in action.inputs, name);
    for (const [, output = ""] of read("docs/examples/github-actions.yml").matchAll(/outputs\.([a-z-]+)/g))
      assert.ok(output in action.outputs, output);
  });

  test("every example is in docs/smoke.md, with this version", () => {
    const page = read("docs/smoke.md");
    for (const file of files) {
      assert.ok(page.includes(`examples/${file}`), file);
      for (const [, named] of read(`docs/examples/${file}`).matchAll(/pairing-doctor[@:](\d[\w.]*)/g))
        assert.equal(named, version);
    }
  });
});
