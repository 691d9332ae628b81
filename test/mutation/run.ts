// `npm run mutation`: changes the admission model in one place at a time and counts the changes that nothing notices.
// First every observed connection is asked, within this process; what is left gets the tests of the model.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createContext, Script } from "node:vm";
import { gunzipSync } from "node:zlib";
import { build, transformSync } from "esbuild";
import type { AdmissionInput } from "../../src/core/connection.ts";
import { observed } from "../conformance/answer.ts";
import { readFixture } from "../conformance/fixture.ts";
import type { ConformanceOutcome } from "../conformance/rows.ts";
import { deviceAsMet } from "../support/as-met.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import type { Question } from "./oracle.ts";

const ROOT = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));
const ORACLE = path.join(ROOT, "test/mutation/oracle.ts");
/** Held by the rows of each release, not by a condition. */
const DATA = new Set(["boundaries.ts", "known-releases.ts"]);
const HANG_MS = 60_000;

interface Survivor {
  readonly file: string;
  readonly mutant: Mutant;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "" },
      /** Only the observed connections, no tests. */
      rows: { type: "boolean", default: false },
    },
  });
  const wanted = new RegExp(values.files);
  const files = (await decidingFiles()).filter((file) => wanted.test(file));
  const questions = shuffled([
    ...readFixture().map(({ situation: _, case: __, answer, ...input }): Question => ({ input, answer })),
    ...["rows", "unseen-rows", "beyond-rows"].flatMap(measured),
  ]);
  const [any = ""] = files;
  if (await isNoticedByRows(any, readFileSync(path.join(ROOT, any), "utf8"), questions))
    throw new Error("the model does not say what was observed; npm test tells where");
  let made = 0;
  const left: Survivor[] = [];
  for (const file of files) {
    const { count, survivors } = await byRows(file, questions);
    made += count;
    left.push(...survivors);
    console.log(`${file}: ${count} changes, ${survivors.length} unnoticed by rows`);
  }
  const survivors = values.rows ? left : byTests(left);
  for (const { file, mutant } of survivors) console.log(`survived ${file}:${mutant.line} ${mutant.what}`);
  console.log(`mutation score ${made - survivors.length}/${made}`);
  return 0;
}

/** What takes part in the answer to a connection, without its data. */
async function decidingFiles(): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [ORACLE],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    metafile: true,
    absWorkingDir: ROOT,
  });
  return Object.keys(metafile.inputs)
    .filter((file) => file.startsWith("src/admission/") && !DATA.has(path.basename(file)))
    .sort();
}

interface MeasuredRow extends AdmissionInput {
  readonly outcome: ConformanceOutcome & { readonly admitted: boolean };
}

/** The older measurements, which the conformance run did not make. */
function measured(name: string): Question[] {
  const file = path.join(ROOT, "fixtures/admissions", `${name}.jsonl.gz`);
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const { release, config, connection, start, outcome } = JSON.parse(line) as MeasuredRow;
    const device = name === "beyond-rows" ? connection.device : deviceAsMet(connection, outcome);
    const input = { release, config, connection: { ...connection, device }, ...(start && { start }) };
    return { input, answer: observed(outcome) };
  });
}

async function byRows(file: string, questions: readonly Question[]) {
  const source = readFileSync(path.join(ROOT, file), "utf8");
  const plain = stripped(source);
  const survivors: Survivor[] = [];
  let count = 0;
  for (const mutant of mutantsOf(source)) {
    // In a type, or no program at all.
    const changed = stripped(mutant.text);
    if (changed === undefined || changed === plain) continue;
    count++;
    if (!(await isNoticedByRows(file, mutant.text, questions))) survivors.push({ file, mutant });
  }
  return { count, survivors };
}

function stripped(source: string): string | undefined {
  try {
    return transformSync(source, { loader: "ts" }).code;
  } catch {
    return undefined;
  }
}

async function isNoticedByRows(file: string, text: string, questions: readonly Question[]): Promise<boolean> {
  const changed = path.join(ROOT, file);
  const { outputFiles } = await build({
    entryPoints: [ORACLE],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    logLevel: "silent",
    plugins: [
      {
        name: "mutant",
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
            loaded === changed ? { contents: text, loader: "ts" } : undefined,
          ),
      },
    ],
  });
  const context = createContext({
    module: { exports: {} },
    questions,
    require: process.getBuiltinModule("node:module").createRequire(import.meta.url),
    URL,
  });
  const code = `${outputFiles[0]?.text}\n;module.exports.isNoticed(questions)`;
  try {
    return new Script(code).runInContext(context, { timeout: HANG_MS }) === true;
  } catch {
    return true;
  }
}

/** Those of the model itself; what the rows say was asked before. */
const TESTS = ["boundaries", "limits", "metadata", "properties", "releases", "scopes", "trial", "visits"].map(
  (name) => `test/admission-${name}.test.ts`,
);

function byTests(left: readonly Survivor[]): Survivor[] {
  const copy = mkdtempSync(path.join(tmpdir(), "opd-mutation-"));
  try {
    for (const part of ["src", "checks", "test", "fixtures", "package.json", "tsconfig.json"])
      cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
    return left.filter(({ file, mutant }) => {
      const target = path.join(copy, file);
      const original = readFileSync(target);
      writeFileSync(target, mutant.text);
      const argv = ["--import", "tsx", "--test", ...TESTS];
      const { status } = spawnSync(process.execPath, argv, {
        cwd: copy,
        timeout: 10 * HANG_MS,
        stdio: "ignore",
      });
      writeFileSync(target, original);
      return status === 0;
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The same order each time; neighbours are alike, and most changes show in few situations. */
function shuffled<T>(values: readonly T[]): T[] {
  const result = [...values];
  let seed = 1;
  for (let at = result.length - 1; at > 0; at--) {
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % (at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}

process.exit(await main());
