/** `npm run fuzz -- [--seed N] [--lines N] [--configs N]`: the figures, and exit code 1 when anything came out. */
import { parseArgs } from "node:util";
import { type Fuzzed, fuzzConfigs, fuzzLogs } from "./secrets.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    lines: { type: "string", default: "200000" },
    configs: { type: "string", default: "10000" },
  },
});
/** No run may take longer, CPU milliseconds; and no more memory be held, MB. */
const LIMIT = { ms: 1000, mb: 512 };

let failed = false;
for (const [what, fuzz, inputs] of [
  ["lines", fuzzLogs, Number(values.lines)],
  ["configs", fuzzConfigs, Number(values.configs)],
] as const) {
  let told = 0;
  const started = Date.now();
  const result: Fuzzed = await fuzz({
    seed: Number(values.seed),
    inputs,
    onProgress: (done) => {
      if (done - told < inputs / 20) return;
      told = done;
      console.error(`${what}: ${done} of ${inputs}, ${Math.round((Date.now() - started) / 1000)} s`);
    },
  });
  const { leaks, crashes, slowestMs, peakMb } = result;
  failed ||=
    leaks.length > 0 ||
    result.redacted === 0 ||
    crashes.length > 0 ||
    slowestMs > LIMIT.ms ||
    peakMb > LIMIT.mb;
  for (const fault of [...crashes, ...leaks]) console.log(fault);
  console.log(
    `${what}: seed ${result.seed}, ${result.inputs} inputs, ${result.planted} secrets looked for in ${result.runs} runs: ` +
      `${leaks.length} came out, ${result.redacted} times something was taken out, ${crashes.length} crashes, slowest run ${slowestMs} ms CPU, peak ${peakMb} MB, ` +
      `${Math.round((Date.now() - started) / 1000)} s`,
  );
}
process.exitCode = failed ? 1 : 0;
