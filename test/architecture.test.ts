import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { DEPLOYMENT_KINDS } from "../src/core/deployment-kind.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Which rooms a room may import, itself and the report's schema aside. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  // Makes the package; nothing of it is in it.
  build: ["core"],
  core: [],
  admission: ["core"],
  gateway: ["core"],
  logs: ["core"],
  config: ["core"],
  compose: ["core"],
  kinds: ["core", "admission", "gateway", "logs", "config", "compose"],
  report: ["core", "admission", "gateway", "logs", "config", "kinds"],
  deployments: ["core", "admission", "gateway", "logs", "config", "compose", "kinds"],
  checks: ["core", "admission", "gateway", "logs", "config"],
  cli: ["core", "admission", "gateway", "logs", "config", "kinds", "report", "deployments", "checks"],
};

/** Rooms that run in a browser page as they are: no Node module, no process, no clock. */
const PURE = ["core", "admission", "logs", "compose", "kinds", "checks", "report"];
const IMPURE_FILES = ["src/report/terminal.ts"];
/** Small packages without any platform in them. */
const PURE_PACKAGES = /^(?:@noble\/hashes\/|json5$|yaml$)/;

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

function roomOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? second : top;
}

function importsOf(text: string): string[] {
  const statement = /(?:from\s+|import\s*\(?\s*)["']([^"'\n]+)["']/g;
  return [...text.matchAll(statement)].map((match) => match[1] ?? "");
}

test("every import follows the one-way street", () => {
  const wrong: string[] = [];
  for (const { path, room, text } of sources()) {
    assert.ok(room in ARROWS, `${path} is in no known room`);
    for (const target of importsOf(text)) {
      if (!target.startsWith(".")) continue;
      const to = roomOf(relative(root, resolve(root, dirname(path), target)));
      if (to === room || to === "package.json") continue;
      if (!ARROWS[room]?.includes(to)) wrong.push(`${path} imports ${target} (${room} -> ${to})`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("the pure rooms ask nothing of the platform", () => {
  const wrong: string[] = [];
  for (const { path, room, text } of sources()) {
    if (!PURE.includes(room) || IMPURE_FILES.includes(path)) continue;
    for (const target of importsOf(text)) {
      if (!target.startsWith(".") && !PURE_PACKAGES.test(target)) wrong.push(`${path} imports ${target}`);
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
    "src/cli/bin.ts",
    "src/cli/out.ts",
    // Hands on what a command wrote in its thread, through the door there.
    "src/cli/thread/supervise.ts",
    // Keeps a library from writing.
    "src/config/json5.ts",
    // Runs inside a container.
    "src/deployments/docker/scripts.ts",
  ]);
});

test("the test sees imports", () => {
  const found = importsOf(
    'import a from "./a.ts";\nexport { b } from "node:b";\nawait import("./c.ts");\nimport "d";',
  );
  assert.deepEqual(found, ["./a.ts", "node:b", "./c.ts", "d"]);
});
