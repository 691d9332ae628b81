import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { catalogueOf, entryOf } from "../../src/report/messages/index.ts";
import { addCause, CAUSES, nextCode, readCodes, writeCodes } from "./ledger.ts";

// npm run new:check -- ID AREA: everything that a new check needs, as stubs that do not pass for the real thing.
// The contract test (test/checks-contract.test.ts) fails until each of them is filled in.
const ROOT = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** Where the words go, and the hundred of the code. */
const AREAS: Readonly<
  Record<string, { readonly words: string; readonly hundred: number; readonly about: string }>
> = {
  network: { words: "network", hundred: 1, about: "between the browser and the gateway" },
  page: { words: "page", hundred: 1, about: "what the page or client brings" },
  pairing: { words: "pairing", hundred: 2, about: "devices and their approval" },
  host: { words: "host", hundred: 3, about: "configuration, files, several gateways" },
  misread: {
    words: "host",
    hundred: 4,
    about: "looks like a refusal and is none, or says nothing by itself",
  },
};

const USAGE = `npm run new:check -- ID AREA

  ID    the cause, in lower-case words: proxy-drops-token
  AREA  ${Object.entries(AREAS)
    .map(([name, { hundred, about }]) => `${name.padEnd(8)} OPD${hundred}xx  ${about}`)
    .join("\n        ")}
`;

/** A mistake of the caller; its message is for people. */
class Refused extends Error {}

function write(path: string, text: string): void {
  writeFileSync(join(ROOT, path), text);
}

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(join(ROOT, path), "utf8");
  const after = change(before);
  if (after === before) throw new Refused(`${path} does not look as expected; nothing was added to it`);
  write(path, after);
}

const camel = (id: string) => id.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());

function checkFile(id: string, code: string, title: string): string {
  return `import { defineCheck } from "../src/core/check.ts";
import { explainRefusals, WANTED } from "./lib/explain-refusals.ts";

/** TODO: what it explains, and where that was measured or read (release, file). */
export default defineCheck({
  id: "${id}",
  code: "${code}",
  title: ${JSON.stringify(title)},
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: () => false,
      remedies: () => [],
    }),
});
`;
}

/** Its import in its place by the alphabet, itself at the end of the list: where it is read is for the author to say. */
function withCheck(index: string, id: string): string {
  const line = `import ${camel(id)} from "./${id}.ts";`;
  const next = index
    .split("\n")
    .find((other) => /^import \w+ from "\.\/[\w-]+\.ts";$/.test(other) && pathOf(other) > pathOf(line));
  const imported =
    next === undefined
      ? index.replace("\n\n/** All checks", `\n${line}\n\n/** All checks`)
      : index.replace(next, `${line}\n${next}`);
  return imported.replace(/\n\];\n/, `\n  ${camel(id)},\n];\n`);
}

const pathOf = (line: string) => /"(.*)"/.exec(line)?.[1] ?? "";

function wordsStub(id: string, language: string): string {
  const todo = `TODO (${language})`;
  const fields = ["title", "healthy", "what", "why", "fix", "verify", "caveats"];
  return `\n  "${id}": {\n${fields.map((field) => `    ${field}: "${todo}: ${field}",\n`).join("")}  },\n};\n`;
}

function situation(id: string, about: string, expected: object): void {
  mkdirSync(join(ROOT, "fixtures/situations", id), { recursive: true });
  const text = { about, release: "2026.9.6", deployment: "local", expected };
  write(`fixtures/situations/${id}/situation.json`, `${JSON.stringify(text, null, 2)}\n`);
  write(`fixtures/situations/${id}/gateway.log`, "");
}

/** Returns what was made, for the author to fill in. */
export function newCheck(id: string, areaName: string): readonly string[] {
  const area = entryOf(AREAS, areaName);
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+){1,7}$/.test(id) || area === undefined) throw new Refused(USAGE);
  const file = `checks/${id}.ts`;
  const codes = readCodes();
  if (existsSync(join(ROOT, file)) || Object.values({ ...codes.used, ...codes.retired }).includes(id))
    throw new Refused(`${id} is a check already, or was one: an id is never used again`);
  const folders = [id, `${id}-near-miss`].map((name) => `fixtures/situations/${name}`);
  for (const folder of folders)
    if (existsSync(join(ROOT, folder))) throw new Refused(`${folder} is there already`);
  const code = nextCode(codes, area.hundred);
  if (code === undefined) throw new Refused(`no code is left in OPD${area.hundred}xx`);

  const made = [file, "checks/index.ts", "fixtures/checks/codes.json"];
  const message = entryOf(catalogueOf("en").causes, id);
  write(file, checkFile(id, code, message?.healthy ?? "TODO (English): healthy"));
  edit("checks/index.ts", (text) => withCheck(text, id));
  writeCodes({ ...codes, used: Object.fromEntries(Object.entries({ ...codes.used, [code]: id }).sort()) });
  if (!CAUSES.includes(id)) {
    addCause(id);
    made.push("fixtures/checks/causes.json");
  }
  if (message === undefined) {
    for (const [lang, language] of [
      ["en", "English"],
      ["zh", "简体中文"],
    ] as const) {
      const path = `src/report/messages/${lang}/${area.words}.ts`;
      edit(path, (text) => text.replace(/\n\};\n$/, `\n${wordsStub(id, language)}`));
      made.push(path);
    }
  }
  const fires = { verdict: "found", findings: [id] };
  situation(id, "TODO: one sentence; put the lines that a gateway printed into gateway.log.", fires);
  const near = { verdict: "healthy", findings: [], silent: [id] };
  situation(`${id}-near-miss`, "TODO: looks alike and is something else; say what is right for it.", near);
  return [...made, ...folders];
}

function main([id = "", area = ""]: readonly string[]): void {
  try {
    const made = newCheck(id, area);
    process.stdout.write(
      `${made.join("\n")}\n\nFill in what says TODO, then: node --import tsx --test test/checks-contract.test.ts test/situations.test.ts\n`,
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

main(process.argv.slice(2));
