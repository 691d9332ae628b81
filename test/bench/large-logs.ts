import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture } from "../support/cli.ts";
import { costOf } from "./measure.ts";

const GIB = 1024 ** 3;
const PAIRS = 3;

/** A Compose log: refusals of a gateway, that share of all lines, and what its channels do. */
function writeLog(path: string, bytes: number, share: number): void {
  const refusals = readFileSync(fixture("logs/console-2026.9.6.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes("closed before connect"));
  const file = openSync(path, "w");
  let seconds = 1_795_348_800;
  for (let written = 0; written < bytes; ) {
    const lines: string[] = [];
    for (let place = 0; place < 20_000; place += 1) {
      const at = new Date(seconds++ * 1000).toISOString();
      // Spread evenly, without a generator of random numbers that would have to be a good one.
      const isRefusal = (place * share) % 1 < share;
      const text = isRefusal
        ? refusals[place % refusals.length]?.replace(/^\S+/, at).replace(/conn=\S+/, `conn=${randomUUID()}`)
        : `${at} [gateway/channels] telegram update id=${seconds} chat=${place} handled in ${place % 97}ms`;
      lines.push(`openclaw-gateway-1  | ${text}\n`);
    }
    written += writeSync(file, lines.join(""));
  }
  closeSync(file);
}

/** One line without an end. */
function writeLine(path: string, bytes: number): void {
  const file = openSync(path, "w");
  const piece = "pairing without an end, ".repeat(50_000);
  for (let written = 0; written < bytes; ) written += writeSync(file, piece);
  closeSync(file);
}

/** User and system time of `grep -c -F` over it, with its output in a file: it stops early where nobody reads. Ms. */
function grepMs(path: string, out: string): number {
  const script = 'grep -c -F "closed before connect" "$1" > "$2"; times';
  const { stdout } = spawnSync("bash", ["-c", script, "bash", path, out], { encoding: "utf8" });
  // The second line is the children's: `0m0.160s 0m0.040s`.
  const [, children = ""] = stdout.trim().split("\n");
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  );
}

/** `gib`: how large the logs are; there has to be as much room on the disk. */
export function largeLogRows(bin: string, gib: number): (readonly [string, string, string])[] {
  const rows: (readonly [string, string, string])[] = [];
  const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-bench-"));
  const path = join(dir, "gateway.log");
  try {
    for (const [name, write] of [
      [`${gib} GiB, 0.2 % refusals`, () => writeLog(path, gib * GIB, 0.002)],
      [`${gib} GiB, 50 % refusals`, () => writeLog(path, gib * GIB, 0.5)],
      [`one line of ${gib} GiB`, () => writeLine(path, gib * GIB)],
    ] as const) {
      write();
      const pairs = Array.from({ length: PAIRS }, () => {
        const cost = costOf([bin, "triage", "--json", path]);
        return { cost, times: (cost.userMs + cost.systemMs) / grepMs(path, join(dir, "count")) };
      }).sort((a, b) => a.times - b.times);
      const { cost, times } = pairs[Math.floor(PAIRS / 2)] ?? { cost: costOf(["-e", "0"]), times: 0 };
      const peak = Math.max(...pairs.map(({ cost: { peakMb } }) => peakMb));
      rows.push([
        `triage of ${name}`,
        `${((cost.userMs + cost.systemMs) / 1000).toFixed(2)} s CPU, peak ${peak.toFixed(0)} MB`,
        `${times.toFixed(1)} x the CPU of grep -c -F, median of ${PAIRS} pairs`,
      ]);
      rmSync(path);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return rows;
}
