import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { DEPLOYMENT_KINDS } from "../src/core/deployment-kind.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** What any room may import: facts, findings, and the engines that are one for all. */
const FLOOR = ["core"];
const KNOWLEDGE = ["admission", "gateway", "logs", "config", "compose", "intake"];
const UNDER_DOCTOR = [...FLOOR, ...KNOWLEDGE, "kinds", "report", "deployments", "checks"];
const PURE_UNDER_DOCTOR = UNDER_DOCTOR.filter((room) => room !== "deployments" && room !== "gateway");

interface Arrows {
  /** Rooms of which anything is imported. */
  readonly all: readonly string[];
  /** Rooms of which only types are. */
  readonly types?: readonly string[];
}

/** Which rooms a room may import, itself and the report's schema aside. A floor per paragraph, the top one first. */
const ARROWS: Readonly<Record<string, Arrows>> = {
  // A door calls the doctor; the words and the list of checks it shows by itself.
  cli: {
    all: [
      ...FLOOR,
      "report",
      "checks",
      "doctor/pure",
      "doctor/pure/mend",
      "doctor/pure/what-if",
      "doctor/pure/read",
      "doctor/live",
      "doctor/live/mend",
      "doctor/live/demo",
    ],
    types: UNDER_DOCTOR,
  },
  // The page: it has a document where the command line has a terminal.
  web: { all: [...FLOOR, "report", "doctor/pure", "doctor/pure/what-if", "doctor/pure/read"] },
  // OpenClaw's plugin starts the command as a process and reads its documents.
  plugin: { all: FLOOR, types: ["report"] },
  // For programs: `import { diagnose, admit } from "openclaw-pairing-doctor"`.
  library: { all: [...FLOOR, "admission", "report", "doctor/pure", "doctor/live"] },
  // Makes the package; nothing of it is in it.
  build: { all: [...FLOOR, "report", "web"] },

  "doctor/live/demo": { all: [...UNDER_DOCTOR, "doctor/pure", "doctor/live"] },
  "doctor/live/mend": { all: [...UNDER_DOCTOR, "doctor/pure", "doctor/pure/mend", "doctor/live"] },
  "doctor/live": { all: [...UNDER_DOCTOR, "doctor/pure"] },
  "doctor/pure/what-if": { all: [...PURE_UNDER_DOCTOR, "doctor/pure"] },
  "doctor/pure/mend": { all: [...PURE_UNDER_DOCTOR, "doctor/pure"] },
  // Whoever looks offline is handed what the documents say.
  "doctor/pure/read": { all: [...PURE_UNDER_DOCTOR, "doctor/pure"] },
  "doctor/pure": { all: PURE_UNDER_DOCTOR, types: ["doctor/pure/read"] },

  checks: { all: [...FLOOR, ...KNOWLEDGE] },
  deployments: { all: [...FLOOR, ...KNOWLEDGE, "kinds"] },
  report: { all: [...FLOOR, ...KNOWLEDGE, "kinds"] },
  kinds: { all: [...FLOOR, ...KNOWLEDGE] },

  admission: { all: FLOOR },
  gateway: { all: FLOOR },
  logs: { all: FLOOR },
  config: { all: FLOOR },
  compose: { all: FLOOR },
  intake: { all: FLOOR },

  core: { all: [] },
};

/** The command line's own process: the thread of its work, the commands that it started, the files it is handed and writes. */
const OF_THE_PROCESS = [
  "src/deployments/built-file.ts",
  "src/deployments/child-processes.ts",
  "src/deployments/input.ts",
  "src/deployments/output-file.ts",
];

/** Rooms that run in a browser page as they are: no Node module, no process, no clock. */
const PURE = [
  "core",
  "admission",
  "logs",
  "compose",
  "intake",
  "kinds",
  "checks",
  "report",
  "doctor/pure",
  "doctor/pure/mend",
  "doctor/pure/what-if",
  "doctor/pure/read",
];
const IMPURE_FILES = ["src/report/terminal.ts"];
/** Small packages without any platform in them. */
const PURE_PACKAGES =
  /^(?:@noble\/hashes\/|@zip\.js\/zip\.js$|fflate$|fzstd$|get-east-asian-width$|json5$|yaml$)/;

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

function sources(): Source[] {
  const files = ["src", "checks"].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );
  return files.map((path) => ({ path, room: roomOf(path), text: readFileSync(join(root, path), "utf8") }));
}

/** `src/doctor` has rooms and rooms within them. */
function roomOf(path: string): string {
  const [top = "", second = "", ...more] = path.split("/");
  if (top !== "src") return top;
  return second === "doctor" ? [second, ...more.slice(0, -1)].join("/") : second;
}

interface Import {
  readonly from: string;
  /** Nothing of it is left when the program runs. */
  readonly isType: boolean;
}

function importsOf(text: string): Import[] {
  const statement = /(?:\b(?:import|export)\s+(type\s)?[^;"']*?from\s+|\bimport\s*\(?\s*)["']([^"'\n]+)["']/g;
  return [...text.matchAll(statement)].map(([, type, from = ""]) => ({ from, isType: type !== undefined }));
}

/** Path of the file that is imported, below the root. */
function pathOf(importer: string, from: string): string {
  return relative(root, resolve(root, dirname(importer), from));
}

test("every import follows the one-way street", () => {
  const wrong: string[] = [];
  for (const { path, room, text } of sources()) {
    const arrows = ARROWS[room];
    assert.ok(arrows, `${path} is in no known room`);
    for (const { from, isType } of importsOf(text)) {
      if (!from.startsWith(".")) continue;
      const to = pathOf(path, from);
      const other = roomOf(to);
      if (other === room || to === "package.json") continue;
      if (arrows.all.includes(other) || (isType && arrows.types?.includes(other))) continue;
      if (room === "cli" && OF_THE_PROCESS.includes(to)) continue;
      wrong.push(`${path} imports ${from} (${room} -> ${other})`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("no file imports itself by a way round, types included", () => {
  const graph = new Map(
    sources().map(({ path, text }) => [
      path,
      importsOf(text).flatMap(({ from }) => (from.startsWith(".") ? pathOf(path, from) : [])),
    ]),
  );
  assert.deepEqual(circlesOf(graph), []);
  assert.deepEqual(
    circlesOf(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ]),
    ),
    [["b", "c"]],
  );
});

/** A shortest circle through each file that is in one. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles = new Map<string, string[]>();
  for (const start of graph.keys()) {
    const cameFrom = new Map<string, string>();
    const waiting = [start];
    for (let file = waiting.shift(); file !== undefined && !cameFrom.has(start); file = waiting.shift())
      for (const next of graph.get(file) ?? []) {
        if (cameFrom.has(next) || !graph.has(next)) continue;
        cameFrom.set(next, file);
        waiting.push(next);
      }
    if (!cameFrom.has(start)) continue;
    const circle = [start];
    for (let file = cameFrom.get(start); file !== undefined && file !== start; file = cameFrom.get(file))
      circle.push(file);
    circle.sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

test("the pure rooms ask nothing of the platform", () => {
  const wrong: string[] = [];
  for (const { path, room, text } of sources()) {
    if (!PURE.includes(room) || IMPURE_FILES.includes(path)) continue;
    for (const { from, isType } of importsOf(text)) {
      if (!from.startsWith(".") && !isType && !PURE_PACKAGES.test(from))
        wrong.push(`${path} imports ${from}`);
    }
    const code = text
      .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "")
      .replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/g, '""');
    for (const name of [
      "process.",
      "Buffer.",
      "Date.now(",
      "new Date()",
      "Math.random(",
      "globalThis",
      "require(",
    ]) {
      if (code.includes(name)) wrong.push(`${path} uses ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** Rooms that ask a deployment what it is like, never what it is called. */
const NAMELESS = ["core", "admission", "gateway", "logs", "config", "compose", "checks", "report"];
const BY_NAME = new RegExp(`\\bkind\\)? [!=]== "(?:${DEPLOYMENT_KINDS.join("|")})"`);

test("kinds of deployment are told apart by name in their own room alone", () => {
  const wrong = sources().flatMap(({ path, room, text }) =>
    NAMELESS.includes(room) && BY_NAME.test(text) ? [path] : [],
  );
  assert.deepEqual(wrong, []);
  assert.match('deployment?.kind === "docker"', BY_NAME);
});

test("everything that is written goes through one door", () => {
  const wrong: string[] = [];
  for (const { path, text } of sources()) {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
    if (/\bstd(?:out|err)\.write\(|\bconsole\./.test(code)) wrong.push(path);
  }
  assert.deepEqual(wrong.sort(), [
    // The end of the process.
    "src/cli/command.ts",
    "src/cli/out.ts",
    // Hands on what a command wrote in its thread, through the door there.
    "src/cli/thread/supervise.ts",
    // Keeps a library from writing.
    "src/config/json5.ts",
    // Runs inside a container.
    "src/deployments/contained/scripts.ts",
  ]);
});

/** Questions that several rooms ask, by what a second answer would have in it. */
const ONE_ANSWER: Readonly<Record<string, { readonly by: RegExp; readonly in: string }>> = {
  "the default port": { by: /(?:\?\?|=|:|\breturn) 18_?789\b/, in: "src/core/default-port.ts" },
  "which address is Docker's bridge": { by: /\b172\.17\./, in: "src/core/networks.ts" },
  "whether a value is an object": { by: /value is Readonly<Record/, in: "src/core/json.ts" },
  "the code of a system's error": { by: /\bcode" in error\b/, in: "src/core/error-code.ts" },
  "which release is older": { by: /\bCORRECTION\b/, in: "src/core/release.ts" },
  "whether an address is private": { by: /=== 192 && \w+ === 168\)/, in: "src/core/address.ts" },
  "how a release is written in a text": {
    by: /20\\d\\d\\\.\\d\{1,2\}\\\.\\d\{1,3\}\(\?:-/,
    in: "src/logs/keys.ts",
  },
};

test("one question has one answer, in one place", () => {
  const found = sources()
    .filter(({ path }) => !path.startsWith("src/report/messages/"))
    .map(({ path, text }) => ({ path, code: text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "") }));
  for (const [question, { by, in: place }] of Object.entries(ONE_ANSWER)) {
    const answers = found.filter(({ code }) => by.test(code));
    assert.deepEqual(
      answers.map(({ path }) => path),
      [place],
      question,
    );
  }
});

test("the test sees imports", () => {
  const found = importsOf(
    'import a from "./a.ts";\nexport { type b } from "node:b";\nawait import("./c.ts");\nimport "d";\n' +
      'import type {\n  E,\n} from "./e.ts";\nexport type { F } from "./f.ts";\nimport { type G } from "./g.ts";',
  );
  assert.deepEqual(
    found.map(({ from }) => from),
    ["./a.ts", "node:b", "./c.ts", "d", "./e.ts", "./f.ts", "./g.ts"],
  );
  assert.deepEqual(
    found.flatMap(({ from, isType }) => (isType ? from : [])),
    ["./e.ts", "./f.ts"],
  );
});
