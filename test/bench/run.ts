/**
 * `npm run bench`: what the tool costs, as ratios to something plain that runs in the same minute on the same
 * machine. Asserts nothing; the numbers are for people to compare.
 */
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionInput } from "../../src/core/connection.ts";
import { digestLogs } from "../../src/logs/digest.ts";
import { ensureBuilt, fixture } from "../support/cli.ts";
import { clusterRows } from "./cluster.ts";
import { containerRows } from "./containers.ts";
import { fleetRows } from "./fleet.ts";
import { largeLogRows } from "./large-logs.ts";
import { costOf, median, medianMs } from "./measure.ts";

const BIN = ensureBuilt();
const MB = 1024 * 1024;
const rows: (readonly [what: string, value: string, against: string])[] = [];

const times = (value: number, base: number) => `${(value / base).toFixed(2)} x`;

// ---- start-up

const nothing = median(9, () => costOf(["-e", "0"]));
for (const args of [["--version"], ["explain", "OPD201"], ["checks"], ["--help"]]) {
  const cost = median(9, () => costOf([BIN, ...args]));
  rows.push([
    `start-up: ${args.join(" ")}`,
    `${cost.userMs.toFixed(0)} ms user, ${cost.wallMs.toFixed(0)} ms wall`,
    `${times(cost.userMs, nothing.userMs)} user, ${times(cost.wallMs, nothing.wallMs)} wall of node -e 0`,
  ]);
}

// ---- logs

const CHUNK = 64 * 1024;

function chunksOf(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text.repeat(Math.ceil(size / text.length)).slice(0, size));
  const count = Math.ceil(bytes.length / CHUNK);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * CHUNK, (i + 1) * CHUNK));
}

/** The least that reading lines can cost: decode, split, look at each line's length. */
function plainLines(chunks: readonly Buffer[]): number {
  const decoder = new TextDecoder();
  let rest = "";
  let total = 0;
  for (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) total += line.length;
  }
  return total + rest.length;
}

const console2026 = readFileSync(fixture("logs/console-2026.9.6.log"), "utf8");
const refusedOnly = console2026
  .split("\n")
  .filter((line) => line.includes("closed before connect"))
  .join("\n");
const logs = {
  "a gateway's console": console2026,
  "refusals only": `${refusedOnly}\n`,
  "JSON lines": readFileSync(fixture("logs/file-2026.9.6.jsonl"), "utf8"),
  "somebody else's lines":
    '10.0.0.7 - - [22/Nov/2026:12:25:55 +0000] "GET /assets/index.js HTTP/1.1" 200 5120\n',
};
for (const [name, text] of Object.entries(logs)) {
  const chunks = chunksOf(text, 16 * MB);
  const plain = await medianMs(3, () => plainLines(chunks));
  const scanned = await medianMs(3, () => digestLogs([{ name: "bench", chunks }]));
  rows.push([
    `log scan: ${name}`,
    `${(16_000 / scanned).toFixed(0)} MB/s`,
    `${times(scanned, plain)} the time of a plain line split`,
  ]);
}

// ---- admission model

const lines = gunzipSync(readFileSync(fixture("admissions/rows.jsonl.gz")))
  .toString()
  .trimEnd()
  .split("\n");
const inputs = lines.map((line) => JSON.parse(line) as AdmissionInput);
const parsing = await medianMs(9, () => {
  for (const line of lines) JSON.parse(line);
});
const admitting = await medianMs(9, () => {
  for (const input of inputs) admit(input);
});
rows.push([
  "admit",
  `${((admitting / lines.length) * 1000).toFixed(1)} us a connection`,
  `${times(admitting, parsing)} the JSON.parse of its row`,
]);

// ---- memory

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-bench-"));
try {
  const file = join(dir, "gateway.log");
  const out = openSync(file, "w");
  for (let size = 0; size < 100 * MB; size += console2026.length) writeSync(out, console2026);
  const read = `let n = 0; for await (const c of require("node:fs").createReadStream(${JSON.stringify(file)})) n += c.length;`;
  const cat = costOf(["-e", `(async () => { ${read} })()`]);
  const triage = costOf([BIN, "triage", "--json", file]);
  rows.push([
    "triage of 100 MB: peak memory",
    `${triage.peakMb.toFixed(0)} MB`,
    `${times(triage.peakMb, cat.peakMb)} a program that only reads the file (${cat.peakMb.toFixed(0)} MB)`,
  ]);
  rows.push([
    "triage of 100 MB: time",
    `${(triage.wallMs / 1000).toFixed(1)} s wall`,
    `${times(triage.userMs, cat.userMs)} its user time`,
  ]);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

// ---- large logs

rows.push(...largeLogRows(BIN, Number(process.env.BENCH_GIB ?? "1")));

// ---- containers

rows.push(...(await containerRows(BIN)));

// ---- a cluster

rows.push(...(await clusterRows(BIN)));

// ---- many gateways

rows.push(...(await fleetRows()));

// ---- size of what is built now; chunks of earlier builds, which nothing imports, do not count

function reachable(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const imports = readFileSync(entry, "utf8").matchAll(/(?:from |import ?\(?)"(\.[^"\n]+\.js)"/g);
  for (const [, path = ""] of imports) reachable(join(dirname(entry), path), seen);
  return seen;
}
const built = [...reachable(BIN)];
const bytes = built.reduce((sum, path) => sum + statSync(path).size, 0);
const all = readdirSync(dirname(BIN), { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
);
rows.push([
  "dist",
  `${(bytes / 1024).toFixed(0)} kB in ${built.length} files`,
  `${all.length} files lie in dist`,
]);

const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
for (const [what, value, against] of rows) {
  console.log(`${what.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${against}`);
}
