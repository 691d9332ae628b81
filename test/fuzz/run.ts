/**
 * `npm run fuzz -- [--seed N] [--lines N] [--files N] [--configs N]`: the figures so far every minute, whatever came out
 * at once, and exit code 1 when anything did. Ctrl-C leaves the figures of what was done.
 */
import { parseArgs } from "node:util";
import { fuzzFiles } from "./files.ts";
import { fuzzConfigs, fuzzLogs } from "./secrets.ts";
import type { Fuzzed } from "./watched.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    lines: { type: "string", default: "200000" },
    files: { type: "string", default: "10000" },
    configs: { type: "string", default: "10000" },
  },
});
/** No run may take longer, CPU milliseconds; and no more memory be held, MB. */
const LIMIT = { ms: 1000, mb: 512 };

let failed = false;
for (const [what, fuzz, inputs] of [
  ["lines", fuzzLogs, Number(values.lines)],
  ["files", fuzzFiles, Number(values.files)],
  ["configs", fuzzConfigs, Number(values.configs)],
] as const) {
  if (inputs === 0) continue;
  const started = Date.now();
  const shown = new Set<string>();
  let toldAt = started;
  let last: Fuzzed | undefined;
  const tell = (sofar: Fuzzed) => {
    last = sofar;
    for (const fault of [...sofar.crashes, ...sofar.escapes, ...sofar.leaks]) {
      if (!shown.has(fault)) console.log(fault);
      shown.add(fault);
    }
  };
  const interrupted = () => {
    if (last !== undefined) console.log(`interrupted: ${figures(what, last, inputs, started)}`);
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  const result = await fuzz({
    seed: Number(values.seed),
    inputs,
    onProgress: (sofar) => {
      tell(sofar);
      if (Date.now() - toldAt < 60_000) return;
      toldAt = Date.now();
      console.error(figures(what, sofar, inputs, started));
    },
  });
  process.off("SIGINT", interrupted);
  tell(result);
  failed ||= !isHeld(result);
  console.log(figures(what, result, inputs, started));
}
process.exitCode = failed ? 1 : 0;

function isHeld({ leaks, escapes, crashes, redacted, slowestMs, peakMb }: Fuzzed): boolean {
  const isQuiet = leaks.length + escapes.length + crashes.length === 0;
  return isQuiet && redacted > 0 && slowestMs <= LIMIT.ms && peakMb <= LIMIT.mb;
}

function figures(what: string, result: Fuzzed, of: number, started: number): string {
  const { seed, inputs, planted, runs, redacted, leaks, escapes, crashes, slowestMs, peakMb } = result;
  return (
    `${what}: seed ${seed}, ${inputs} of ${of}, ${planted} secrets looked for in ${runs} runs: ` +
    `${leaks.length} came out, ${redacted} times something was taken out, ${escapes.length} escapes, ` +
    `${crashes.length} crashes, slowest run ${slowestMs} ms CPU, peak ${peakMb} MB, ` +
    `${Math.round((Date.now() - started) / 1000)} s`
  );
}
