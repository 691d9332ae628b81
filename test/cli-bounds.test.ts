// What a command line, a terminal and a config of strangers can make the doctor write and do is bounded.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { columnsOf, cutTo } from "../src/cli/io.ts";
import { bounded, logFile } from "../src/cli/log-input.ts";
import { say } from "../src/core/saying.ts";
import { textOf } from "./fake-world.ts";
import { cli, emptyHome, ensureBuilt, fixture, here } from "./support/cli.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-bounds-"));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const noScript = spawnSync("script", ["--version"]).status === 0 ? false : "there is no script of util-linux";

describe("a terminal of a strange width", { skip: noScript, concurrency: 3 }, () => {
  /** What the command writes on a terminal that says so; ended after a while when it does not end. */
  function onTerminal(args: readonly string[], columns: number, env: Readonly<Record<string, string>> = {}) {
    const home = emptyHome();
    const words = [process.execPath, ensureBuilt(), ...args].map((word) => `'${word}'`).join(" ");
    const command = `stty cols ${columns}; ${words}; echo "ended $?"`;
    const child = spawn("timeout", ["-s", "KILL", "60", "script", "-qec", command, "/dev/null"], {
      cwd: home,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: home,
        LANG: "en_US.UTF-8",
        TERM: "xterm-256color",
        SHELL: "/bin/sh",
        ...env,
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.length > 1_000_000) child.kill("SIGKILL");
    });
    return new Promise<string>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", () => {
        rmSync(home, { recursive: true, force: true });
        resolve(said);
      });
    });
  }

  const commands: Readonly<Record<string, readonly string[]>> = {
    help: ["--help"],
    checks: ["checks"],
    explain: ["explain", "OPD201"],
    triage: ["triage", fixture("logs/console-2026.9.6.log")],
    // With a spinner, a box and a gateway that is not there.
    diagnose: ["--target", "ws://127.0.0.1:9", "--timeout", "1"],
  };
  for (const [name, args] of Object.entries(commands))
    for (const columns of [0, 1, 65_535])
      test(`${name} on ${columns} columns ends, with no more than a page`, async () => {
        const said = await onTerminal(args, columns);
        assert.match(said, /ended [013]\r?\n$/);
        assert.ok(said.length > 200 && said.length < 50_000, `${said.length} characters`);
      });

  test("COLUMNS of the environment is no width either", async () => {
    for (const COLUMNS of ["0", "-1", "1e9"])
      assert.match(await onTerminal(commands.triage ?? [], 0, { COLUMNS }), /ended 1\r?\n$/);
  });

  test("what counts as a width", () => {
    for (const [told, columns] of [
      [undefined, 80],
      [0, 80],
      [-3, 80],
      [1.5, 80],
      [Number.NaN, 80],
      [Number.POSITIVE_INFINITY, 80],
      [1e9, 80],
      [1, 1],
      [200, 200],
    ] as const)
      assert.equal(columnsOf(told), columns);
  });
});

describe("a log that is longer than what is read of it", () => {
  const log = file("long.log", `${"a".repeat(3000)}${"b".repeat(2000)}`);
  const reading = (notes: unknown[]) => ({
    signal: new AbortController().signal,
    note: (note: unknown) => notes.push(note),
    most: 2 * 1024,
  });
  const named = { path: log, what: log, todo: say("name-readable-log") };

  test("of a file its end, of a pipe its beginning, and the report says so", async () => {
    const notes: { readonly message?: string }[] = [];
    const text = await textOf(logFile(named, reading(notes)));
    assert.equal(text, `${"a".repeat(48)}${"b".repeat(2000)}`);
    const parts = async function* () {
      for (let at = 0; at < 5; at += 1) yield Buffer.from("c".repeat(1000));
    };
    assert.equal((await textOf(bounded(parts(), "standard input", reading(notes)))).length, 3000);
    assert.deepEqual(
      notes.map(({ message }) => message),
      ["log-cut-start", "log-cut-end"],
    );
  });

  test("what is not longer is read whole", async () => {
    const notes: unknown[] = [];
    assert.equal((await textOf(logFile(named, { ...reading(notes), most: 5000 }))).length, 5000);
    assert.deepEqual(notes, []);
  });
});

describe("what is written to stderr", () => {
  const long = "x".repeat(100_000);

  test("an argument of any length is quoted in part", async () => {
    for (const args of [
      [long],
      [`--${long}`],
      [`-${long}`],
      ["triage", long],
      ["explain", long],
      ["--fail-on", long],
      ["--target", long],
      ["--origin", long],
      ["--release", long],
      ["fix", long],
      ["what-if", "--set", long],
      ["what-if", "--input", long],
      ["demo", long],
      ["--log", long],
      ["--token-file", long],
      ["--timeout", long],
      ["--only", long],
    ]) {
      const { code, stderr } = await here(args);
      assert.equal(code, 2, stderr.slice(0, 200));
      assert.ok(stderr.length < 2000, `${args.join(" ").slice(0, 40)}: ${stderr.length} characters`);
    }
  });

  test("a library says nothing of the three bytes of U+2028, however many there are", async () => {
    const config = file("u2028.json", `{"gateway":{"port":9,"x":"${"\u2028".repeat(300_000)}"}}`);
    const { stderr } = await cli([
      "--json",
      "--config",
      config,
      "--target",
      "ws://127.0.0.1:9",
      "--timeout",
      "1",
    ]);
    assert.equal(stderr, "");
  });

  test("one text is cut at its bound, at a whole character", () => {
    assert.equal(cutTo("short", 100), "short");
    assert.equal(cutTo("0123456789", 5), "012…\n");
    assert.equal(cutTo("0123456789", 1), "…");
    assert.equal(cutTo("0123456789", 0), "");
    assert.ok(cutTo("💥💥💥💥", 5).isWellFormed());
  });
});

describe("a config that is more than a config", () => {
  const cases: Readonly<Record<string, string>> = {
    "references without an end": `{"gateway":{"auth":{"token":"${"${A".repeat(300_000)}"}}}`,
    "brackets only": "[".repeat(900_000),
    "one key of many dots": JSON.stringify({
      [Array(30_000).fill("a").join(".")]: Object.fromEntries(
        Array.from({ length: 6000 }, (_, at) => [`b${at}`, "v"]),
      ),
    }),
  };
  for (const [name, text] of Object.entries(cases))
    test(`${name}: a report, and what could not be looked at`, async () => {
      const config = file("config.json", text);
      const { code, stdout, stderr } = await cli([
        "--json",
        "--config",
        config,
        "--target",
        "ws://127.0.0.1:9",
        "--timeout",
        "1",
        // A gateway of this machine may have logs of its own.
        "--log",
        file("no.log", ""),
      ]);
      assert.deepEqual([code, stderr], [3, ""]);
      assert.equal(JSON.parse(stdout).verdict, "undetermined");
    });

  // What is known as a secret there could not be kept out of a report.
  test("longer than any: refused", async () => {
    const config = file("config.json", " ".repeat(2_000_000));
    const { code, stdout, stderr } = await here(["--config", config, "--target", "ws://127.0.0.1:9"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /longer than a config may be/);
  });
});

describe("what-if", () => {
  const ask = (input: string) => here(["what-if", "--release", "2026.3.13", "--input", "-"], { input });
  const refused: Readonly<Record<string, readonly [input: string, says: RegExp]>> = {
    "longer than an input": [`[${"1,".repeat(9_000_000)}1]`, /longer than 16 MiB/],
    "brackets only": ["[".repeat(1_000_000), /no JSON object/],
    "more connections than are asked about": [`[${"{},".repeat(20_000)}{}]`, /more than 20000 connections/],
    "as many lines": ["{}\n".repeat(20_001), /more than 20000 connections/],
    "a list of a million proxies": [
      JSON.stringify({ config: { gateway: { trustedProxies: Array(100_000).fill("10.0.0.1") } } }),
      /a list than 1000/,
    ],
    "a header of megabytes": [
      JSON.stringify({ connection: { headers: { "x-forwarded-for": "1.2.3.4,".repeat(100_000) } } }),
      /longer than 8192/,
    ],
  };
  for (const [name, [input, says]] of Object.entries(refused))
    test(`${name}: refused`, async () => {
      const { code, stdout, stderr } = await ask(input);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, says);
    });
});
