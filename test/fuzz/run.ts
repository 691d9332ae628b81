/** `npm run fuzz -- [--seed N] [--lines N] [--ways N] [--files N] [--configs N]`: the figures, and exit code 1 when anything came out. */
import { parseArgs } from "node:util";
import { fuzzFiles } from "./files.ts";
import { fuzzConfigs, fuzzLogs } from "./secrets.ts";
import type { Fuzzed } from "./watched.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    lines: { type: "string", default: "200000" },
    ways: { type: "string" },
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
  let told = 0;
  const started = Date.now();
  const result: Fuzzed = await fuzz({
    seed: Number(values.seed),
    inputs,
    ...(values.ways === undefined ? {} : { ways: Number(values.ways) }),
    onProgress: (done) => {
      if (done - told < inputs / 20) return;
      told = done;
      console.error(`${what}: ${done} of ${inputs}, ${Math.round((Date.now() - started) / 1000)} s`);
    },
  });
  const { leaks, escapes, crashes, slowestMs, peakMb } = result;
  failed ||=
    leaks.length > 0 ||
    escapes.length > 0 ||
    result.redacted === 0 ||
    crashes.length > 0 ||
    slowestMs > LIMIT.ms ||
    peakMb > LIMIT.mb;
  for (const fault of [...crashes, ...escapes, ...leaks]) console.log(fault);
  console.log(
    `${what}: seed ${result.seed}, ${result.inputs} inputs, ${result.planted} secrets looked for in ${result.runs} runs: ` +
      `${leaks.length} came out, ${result.redacted} times something was taken out, ${escapes.length} escapes, ${crashes.length} crashes, slowest run ${slowestMs} ms CPU, peak ${peakMb} MB, ` +
      `${Math.round((Date.now() - started) / 1000)} s`,
  );
}
process.exitCode = failed ? 1 : 0;
