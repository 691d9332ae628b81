// The package as npm makes it: what is in it, that it works from an empty folder, and what else carries its name.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { ensureBuilt, fixture, here } from "./support/cli.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const pack = JSON.parse(read("package.json")) as {
  name: string;
  version: string;
  bin: Record<string, string>;
  scripts: Record<string, string>;
  repository: { url: string };
  bugs: { url: string };
  homepage: string;
};
const run = promisify(execFile);

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-package-"));
after(() => rmSync(dir, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}
let packed: Packed;
/** As installed into an empty folder: the tarball has no dependency, so that is all that npm would do. */
let installed = "";
before(() => {
  ensureBuilt();
  const text = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", dir], {
    cwd: root,
    encoding: "utf8",
  });
  [packed] = JSON.parse(text) as [Packed];
  installed = join(dir, "node_modules", pack.name);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(dir, packed.filename), "--strip-components=1", "-C", installed]);
});

test("what is in the tarball", () => {
  const kinds = new Set(
    packed.files.map(({ path }) =>
      path
        .replace(/^dist\/chunks\/.+\.js$/, "dist/chunks/*.js")
        .replace(/^dist\/types\/.+\.d\.ts$/, "dist/types/**.d.ts")
        .replace(/\.LEGAL\.txt$/, ".LEGAL.txt")
        .replace(/^dist\/chunks\/.+\.LEGAL\.txt$/, "dist/chunks/*.LEGAL.txt"),
    ),
  );
  assert.deepEqual([...kinds].sort(), [
    "LICENSE",
    "README.md",
    "README.zh.md",
    "dist/THIRD-PARTY-LICENSES.txt",
    "dist/bin.js",
    "dist/check-worker.js",
    "dist/chunks/*.LEGAL.txt",
    "dist/chunks/*.js",
    "dist/command-worker.js",
    "dist/command.js",
    "dist/fix.schema.json",
    "dist/fleet.schema.json",
    "dist/health.js",
    "dist/index.js",
    "dist/pairing-doctor.1",
    "dist/plugin.js",
    "dist/report.schema.json",
    "dist/sqlite3.wasm",
    "dist/store-worker.js",
    "dist/store-worker.js.LEGAL.txt",
    "dist/types/**.d.ts",
    "dist/watch.schema.json",
    "dist/web.html",
    "openclaw.plugin.json",
    "package.json",
  ]);
  // `npx` loads all of it, before the first line: 2.1 MB when this was written, a sixth of it the page.
  assert.ok(packed.size < 2_300_000, `${packed.size} bytes`);
  assert.ok(packed.files.length < 300, `${packed.files.length} files`);
});

test("nothing is installed beside it, and nothing runs at an install", () => {
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies", "bundleDependencies"])
    assert.equal(manifest[field], undefined, field);
  for (const script of ["preinstall", "install", "postinstall"])
    assert.equal(pack.scripts[script], undefined);
});

describe("from an empty folder", () => {
  const env = () => ({ PATH: process.env.PATH ?? "", HOME: dir, LANG: "en_US.UTF-8" });

  test("every bin runs", async () => {
    for (const [name, path] of Object.entries(pack.bin)) {
      assert.ok((statSync(join(installed, path)).mode & 0o111) !== 0, name);
      const { stdout } = await run(process.execPath, [join(installed, path), "--version"], { env: env() });
      assert.equal(stdout, `${pack.version}\n`);
    }
  });

  test("the main job: a log of a real gateway, explained", async () => {
    const log = fixture("logs/console-2026.3.13.log");
    const args = [join(installed, "dist/bin.js"), "triage", log, "--json", "--fail-on", "never"];
    const { stdout } = await run(process.execPath, args, { env: env(), cwd: dir });
    assert.ok((JSON.parse(stdout) as { findings: unknown[] }).findings.length > 0);
  });

  test("the library, by its name", async () => {
    writeFileSync(
      join(dir, "use.mjs"),
      `import { admit, diagnose } from "${pack.name}";
       import { healthCheck } from "${pack.name}/health";
       import { readFileSync } from "node:fs";
       const logs = [{ name: "gateway.log", text: readFileSync(process.argv[2], "utf8") }];
       const report = await diagnose({ logs, token: "tok-0123456789-secret" });
       const connection = { remoteAddress: "127.0.0.1", headers: { host: "127.0.0.1:18789", origin: "http://127.0.0.1:18789" },
         client: { id: "openclaw-control-ui", mode: "webchat" }, role: "operator", scopes: ["operator.admin"], auth: "valid",
         device: { state: "unpaired" } };
       const config = { gateway: { bind: "loopback", auth: { mode: "token" } } };
       const refused = await diagnose({ target: "https://token@x" }).catch((error) => error.name);
       console.log(JSON.stringify({ verdict: report.verdict, findings: report.findings.length, refused, check: healthCheck.id,
         outcome: admit({ release: "2026.9.6", config, connection }).outcome }));`,
    );
    const { stdout } = await run(process.execPath, ["use.mjs", fixture("logs/console-2026.3.13.log")], {
      env: env(),
      cwd: dir,
    });
    const { findings, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
    assert.ok(Number(findings) > 0);
    assert.deepEqual(rest, {
      verdict: "found",
      refused: "TypeError",
      check: "openclaw-pairing-doctor/admission",
      outcome: "admitted",
    });
  });

  test("its types are enough for a strict user", { timeout: 120_000 }, async () => {
    writeFileSync(
      join(dir, "use.ts"),
      `import { admit, type Admission, type AdmissionInput, diagnose, type JsonReport } from "${pack.name}";
       export const report: Promise<JsonReport> = diagnose({ target: "local", lang: "zh" });
       export const outcome = (input: AdmissionInput): Admission["outcome"] => admit(input).outcome;
       // @ts-expect-error there is no such option
       void diagnose({ targets: "local" });
       const gate: string | undefined = (await report).gateway.admission?.gate;
       // @ts-expect-error an id is a text
       const id: number | undefined = (await report).findings[0]?.id;
       console.log(gate, id);`,
    );
    cpSync(join(root, "node_modules/@types/node"), join(dir, "node_modules/@types/node"), {
      recursive: true,
    });
    cpSync(join(root, "node_modules/undici-types"), join(dir, "node_modules/undici-types"), {
      recursive: true,
    });
    writeFileSync(join(dir, "package.json"), '{"type":"module"}');
    const options = {
      module: "nodenext",
      target: "es2023",
      strict: true,
      noEmit: true,
      exactOptionalPropertyTypes: true,
      types: ["node"],
    };
    writeFileSync(
      join(dir, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["use.ts"] }),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", dir], { cwd: dir }).catch(
      (error: { stdout: string }) => error,
    );
    assert.equal(stdout, "");
  });
});

describe("what else carries its name", () => {
  const OWNER = /github\.com\/([\w-]+)\/openclaw-pairing-doctor|uses: ([\w-]+)\/openclaw-pairing-doctor/g;

  test("the place of the repository is package.json's to say", () => {
    const [, owner] = /github\.com\/([\w-]+)\//.exec(pack.repository.url) ?? [];
    for (const text of [
      pack.bugs.url,
      pack.homepage,
      read("packaging/krew.yaml"),
      read("docs/examples/github-actions.yml"),
      read(".github/ISSUE_TEMPLATE/config.yml"),
    ])
      for (const [, host, action] of text.matchAll(OWNER)) assert.equal(host ?? action, owner);
  });

  test("krew's manifest and the plugin's have this version", () => {
    const krew = parse(read("packaging/krew.yaml")) as {
      metadata: { name: string };
      spec: { version: string; platforms: { uri: string }[] };
    };
    assert.equal(krew.spec.version, `v${pack.version}`);
    for (const { uri } of krew.spec.platforms) assert.ok(uri.includes(`/v${pack.version}/`), uri);
    assert.match(read("CHANGELOG.md"), new RegExp(`^## ${pack.version.replaceAll(".", "\\.")}\\b`, "m"));
  });

  test("workflows ask for the least: no permission by default but reading, nothing of an event in a script", () => {
    for (const name of ["ci", "release", "conformance"]) {
      const text = read(`.github/workflows/${name}.yml`);
      const workflow = parse(text) as {
        permissions: Record<string, string>;
        jobs: Record<string, { steps: { run?: string }[] }>;
      };
      if (name !== "conformance")
        for (const right of Object.values(workflow.permissions)) assert.equal(right, "read");
      for (const { steps } of Object.values(workflow.jobs))
        for (const { run: script = "" } of steps) assert.doesNotMatch(script, /\$\{\{/, name);
    }
  });

  test("the manual page names every command", async () => {
    const { stdout } = await here(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}pairing-doctor ([a-z-]+)/gm)].map(([, name]) => name);
    assert.ok(commands.length >= 8);
    const page = readFileSync(join(installed, "dist/pairing-doctor.1"), "utf8");
    for (const name of commands) assert.ok(page.includes(`\n.SS ${name}\n`), name);
    assert.doesNotMatch(page, /^\.(?!TH|SH|SS|nf|fi|B )/m);
  });

  test("a shell's completion knows the commands and the options: in a real bash", async () => {
    const bin = join(dir, "pairing-doctor");
    writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${join(installed, "dist/bin.js")}" "$@"\n`, {
      mode: 0o755,
    });
    const complete = async (...words: string[]) => {
      const script = [
        'eval "$(pairing-doctor completion bash)"',
        `COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}`,
        '_pairing_doctor; printf "%s\\n" "$COMPREPLY"',
      ].join("\n");
      const env = { PATH: `${dir}:${process.env.PATH ?? ""}`, HOME: dir, LANG: "en_US.UTF-8" };
      return (await run("bash", ["--norc", "-c", script], { env })).stdout.trim();
    };
    assert.equal(await complete("pairing-doctor", "smo"), "smoke");
    assert.equal(await complete("pairing-doctor", "smoke", "--exp"), "--expect");
    for (const shell of ["zsh", "fish"]) {
      const { code, stdout } = await here(["completion", shell]);
      assert.equal(code, 0);
      assert.match(stdout, /--get-yargs-completions/);
    }
  });
});
