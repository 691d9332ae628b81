// Time grows with the length of what strangers write, and not with its square: eight times the text takes no more than
// some 24 times as long, where a square would take 64 times.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dotenv, interpolate } from "../src/compose/variables.ts";
import { composeYaml, MAX_COMPOSE } from "../src/compose/yaml.ts";
import { editConfig } from "../src/config/edit.ts";
import { addToEnvFile, valueInEnvFile } from "../src/config/env-file.ts";
import { MAX_CONFIG, MAX_CONFIG_DEPTH, parseJson5, TooMuchJson5 } from "../src/config/json5.ts";
import { keyLines } from "../src/config/positions.ts";
import { readConfig } from "../src/config/read.ts";
import { substitute } from "../src/config/references.ts";
import { fileEnv, plistEnv, unitEnv } from "../src/config/service-env.ts";
import { configEditor } from "../src/doctor/live/mend/config-editor.ts";
import { devicesFromJson } from "../src/intake/devices.ts";
import { digestLogs } from "../src/logs/digest.ts";
import { wrap } from "../src/report/layout.ts";

/** Characters of the longer text. */
const LENGTH = 32_000;
const TIMES = 8;
/** Below this nothing is told by a clock, milliseconds of CPU. */
const TELLING = 30;

async function cost(work: (text: string) => unknown, text: string): Promise<number> {
  const before = process.cpuUsage();
  await work(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Other programs and the collector take time, too, but not five times in a row. */
async function isSteep(
  work: (text: string) => unknown,
  make: (length: number) => string,
  length = LENGTH,
): Promise<string | undefined> {
  const [small, large] = [make(length / TIMES), make(length)];
  let told = "";
  for (let tries = 0; tries < 5; tries += 1) {
    const costs = [await cost(work, small), await cost(work, large)] as const;
    if (costs[1] < Math.max(TELLING, costs[0] * TIMES * 3)) return undefined;
    told = costs.map((ms) => `${ms.toFixed(0)} ms`).join(" and then ");
  }
  return told;
}

const read = (text: string) =>
  readConfig({
    text,
    path: "/x/openclaw.json",
    stateDir: "/x",
    env: { A: "value" },
    salt: "s",
    release: "2026.3.13",
  });

/** Slow for each character, so that a shorter text tells as much; and where its units stand. */
const ASKED: Readonly<Record<string, { readonly length?: number; readonly places?: RegExp }>> = {
  "a config": { length: 32_000, places: /itself|config|object|list|key/ },
  "the lines of its keys": { length: 32_000, places: /itself|object|list/ },
  "setting a key": { length: 32_000, places: /config|object|list/ },
  "removing a key": { length: 32_000, places: /object/ },
  "taking a key back": { length: 32_000, places: /object/ },
  "a Compose file": { length: 8_000, places: /itself|service/ },
  "a text on a terminal": { length: 32_000, places: /itself/ },
  "a text that is cut there": { length: 32_000, places: /itself/ },
};

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "a config": read,
  "the lines of its keys": keyLines,
  "setting a key": (text) => editConfig(text, { set: { key: "gateway.bind", value: "lan" } }),
  "removing a key": (text) => editConfig(text, { unset: { key: "a" } }),
  "taking a key back": (text) => {
    const [now, before] = [text, "{}"].map((one) => Buffer.from(one).toString("base64"));
    return configEditor.takeBack(now ?? "", before ?? "", [{ key: "a", to: 1 } as never]);
  },
  references: (text) => substitute(text, () => "value"),
  "a Compose file": composeYaml,
  "its variables": (text) => interpolate(text, () => "value"),
  "an env file of Compose": (text) => dotenv(text),
  "an env file": (text) => fileEnv(text, "s"),
  "a change of it ": (text) => [addToEnvFile(text, "NEW", "1"), valueInEnvFile(text, "A")],
  "a unit": (text) => unitEnv(text, "s"),
  "a property list": (text) => plistEnv(text, "s"),
  "a device list": (text) => devicesFromJson(text, text, "devices"),
  "a log": (text) => digestLogs([{ name: "log", chunks: [text] }]),
  "a text on a terminal": (text) => wrap(text, 80),
  "a text that is cut there": (text) => wrap(text, 80, true),
};

/** What is repeated, in what it stands. */
const units = [
  "a",
  "$",
  "${A",
  `$${"{A}"}`,
  "$${",
  '"',
  "'",
  "\\",
  "{",
  "[",
  "}",
  "[]",
  '{"a":',
  '"a":1,',
  "a:1,",
  "//",
  "/*",
  "/**/",
  "\n",
  "\r",
  " ",
  "\t",
  "\u2028",
  "- ",
  "? ",
  ": ",
  "&a ",
  "*a ",
  "- *a\n",
  "a: &a\n",
  "a: 1\n",
  "|\n",
  "#",
  "=",
  "A=1\n",
  'A="',
  "A='",
  "${A:-",
  "$A",
  "Environment=A=1\n",
  "Environment=A=1 B=2 ",
  "<key>",
  "<key>a</key><string>b</string>",
  "token",
  '"token":"',
  "--token ",
  "令",
  "，",
  "[ws] ",
  "conn=",
  "reason=",
  '{"_meta":{},"1":"x"}\n',
  '"$include":"x",',
  "$include:[",
  "1",
  "-1",
  "null,",
  "\u001b[",
  "\u200b",
  "💥",
  "`",
  "a.",
  "a ",
  " · ",
] as const;
const places: Readonly<Record<string, (text: string) => string>> = {
  "by itself": (text) => text,
  "in a text of a config": (text) => `{"gateway":{"auth":{"token":${JSON.stringify(text)}}}}`,
  "in an object": (text) => `{${text}}`,
  "in a list": (text) => `{"gateway":{"trustedProxies":[${text}]}}`,
  "as a key": (text) => `{"gateway":{${JSON.stringify(text)}:{"b":["v"]}}}`,
  "in a service": (text) => `services:\n  a:\n    command: ${text}\n`,
  "behind a name": (text) => `A=${text}`,
};

describe("time grows with the length", () => {
  for (const [name, work] of Object.entries(readers))
    test(name, async () => {
      const steep: string[] = [];
      const { length, places: asked = /./ } = ASKED[name] ?? {};
      for (const [where, place] of Object.entries(places).filter(([each]) => asked.test(each)))
        for (const unit of units) {
          const made = (length: number) => place(unit.repeat(Math.floor(length / unit.length)));
          const told = await isSteep(work, made, length);
          if (told !== undefined) steep.push(`${JSON.stringify(unit)} ${where}: ${told}`);
        }
      assert.deepEqual(steep, []);
    });

  const shapes: Readonly<Record<string, (length: number) => string>> = {
    "a long key above many": (length) =>
      JSON.stringify({
        [Array(length / 4)
          .fill("a")
          .join(".")]: Object.fromEntries(Array.from({ length: length / 24 }, (_, at) => [`b${at}`, "v"])),
      }),
    "a long key above a list": (length) =>
      JSON.stringify({ ["a.token".repeat(length / 16)]: Array(length / 8).fill("v") }),
    "long keys all the way down": (length) =>
      `${`{"${"k".repeat(190)}":`.repeat(80)}{${Array.from({ length: length / 12 }, (_, at) => `"b${at}":1`).join(",")}}${"}".repeat(80)}`,
    "one key again and again": (length) => `{${'"a":1,'.repeat(length / 6)}"a":2}`,
    "many secrets": (length) =>
      JSON.stringify(Array.from({ length: length / 24 }, (_, at) => ({ token: `secret-${at}-value` }))),
    "many lists": (length) => `{"a":[${"[],".repeat(length / 3)}1]}`,
  };
  for (const [name, make] of Object.entries(shapes))
    test(`a config of ${name}`, async () => {
      for (const work of ["a config", "setting a key", "removing a key", "taking a key back"])
        assert.equal(await isSteep(readers[work] ?? (() => undefined), make), undefined, work);
    });
});

describe("what is more than a config is told so", () => {
  const problem = (text: string) =>
    read(text).reading.problems.map(({ kind, detail }) => `${kind}: ${detail}`);
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

  test("by its size and its depth, before it is parsed", () => {
    assert.deepEqual(problem(" ".repeat(MAX_CONFIG + 1)), [
      `unreadable: longer than ${MAX_CONFIG} characters`,
    ]);
    assert.deepEqual(problem("[".repeat(MAX_CONFIG)), [
      `unreadable: nested deeper than ${MAX_CONFIG_DEPTH} levels`,
    ]);
    assert.deepEqual(problem(deep(MAX_CONFIG_DEPTH + 1)), [
      `unreadable: nested deeper than ${MAX_CONFIG_DEPTH} levels`,
    ]);
    assert.deepEqual(problem(deep(MAX_CONFIG_DEPTH)), []);
    assert.deepEqual(editConfig("[".repeat(1000), { unset: { key: "a" } }), { ok: false, why: "too-much" });
  });

  test("brackets in texts and comments have no depth", () => {
    const many = "[{".repeat(500);
    for (const text of [
      `{a: "${many}"}`,
      `{a: '${many}\\'${many}'}`,
      `{ // ${many}\n a: 1}`,
      `{ /* ${many} */ a: 1}`,
    ])
      assert.doesNotThrow(() => parseJson5(text), text.slice(0, 20));
    assert.throws(() => parseJson5(`{a: "x" /* */, b: ${many}}`), TooMuchJson5);
  });

  test("the files that it includes count together", () => {
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`/x/${at}.json`, `{"a${at}":"${"x".repeat(900_000)}"}`]),
    );
    const { reading } = readConfig({
      text: JSON.stringify({ $include: Object.keys(files) }),
      path: "/x/openclaw.json",
      stateDir: "/x",
      env: {},
      salt: "s",
      readInclude: (name) => ({ path: name, text: files[name] ?? "" }),
    });
    const lost = reading.problems.map(({ detail }) => detail);
    assert.ok(lost.length >= 3 && lost.every((detail) => /too long/.test(detail)), lost.join("\n"));
  });

  test("a value that variables make huge is not known", () => {
    const { reading, secrets } = readConfig({
      text: JSON.stringify({ gateway: { auth: { token: `$${"{A}"}`.repeat(10_000) } } }),
      path: "/x/openclaw.json",
      stateDir: "/x",
      env: { A: "x".repeat(100_000) },
      salt: "s",
    });
    assert.equal(secrets.token, undefined);
    assert.match(
      reading.problems.map(({ detail }) => detail).join("\n"),
      /too long with its variables filled in/,
    );
  });

  test("a Compose file of more lines, brackets or marks than any", async () => {
    for (const text of [
      " ".repeat(MAX_COMPOSE + 1),
      `services: ${"[".repeat(100)}`,
      `services: [${"{},".repeat(30_000)}]`,
      "a:\n".repeat(6000),
    ])
      assert.equal(await composeYaml(text), undefined, text.slice(0, 20));
  });
});
