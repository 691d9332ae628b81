// `npm run conformance -- [--releases A,B] …`: asks released gateways what they do and holds the model against it.
import path from "node:path";
import { parseArgs } from "node:util";
import { FINAL_RELEASES } from "../../src/admission/releases.ts";
import { whyNoNamespaces } from "../real/rig/namespace.ts";
import { progress } from "../real/rig/processes.ts";
import { cacheDir, installRelease } from "../real/rig/releases.ts";
import { driveRelease, planFor, type Wanted } from "./release.ts";
import { reportOf } from "./report.ts";
import { RowFile } from "./rows.ts";
import { writeFixture } from "./write-fixture.ts";

const HELP = `npm run conformance -- [options]
  --releases A,B     these releases (default: every final one that is known)
  --situations RE    situations whose name matches
  --startups WHICH   none, always (the default), all, or a pattern of names: configs that are only started
  --quick            only a part of the cases: every way, client and spelling, few devices that were there before
  --again            asks again what the rows already have
  --one-at-a-time    one gateway at a time instead of two
  --report           asks nobody: prints what the rows of --releases have otherwise than the model; exit code 1 if any
  --fixture          asks nobody: writes the rows that are there into fixtures/
  --keep             leaves the releases in the cache
  --out DIR          where the rows are kept (default: in the cache)
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      releases: { type: "string" },
      situations: { type: "string", default: "" },
      startups: { type: "string", default: "always" },
      quick: { type: "boolean", default: false },
      again: { type: "boolean", default: false },
      "one-at-a-time": { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      fixture: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const out = values.out ?? path.join(cacheDir(), "conformance");
  if (values.fixture) {
    console.log(`${writeFixture(out)} rows`);
    return 0;
  }
  const releases = values.releases?.split(",") ?? FINAL_RELEASES;
  if (values.report) {
    const reports = releases.map((release) => reportOf(release, new RowFile(out, release).read()));
    console.log(reports.map(({ text }) => text).join("\n\n"));
    return reports.some(({ differs }) => differs) ? 1 : 0;
  }
  const why = await whyNoNamespaces();
  if (why !== undefined) {
    console.error(`real gateways cannot be asked here: ${why}`);
    return 3;
  }
  const { startups } = values;
  const named = startups === "none" || startups === "always" || startups === "all";
  const wanted: Wanted = {
    situations: new RegExp(values.situations),
    startups: named ? startups : new RegExp(startups),
    quick: values.quick,
    again: values.again,
  };
  const plans = releases
    .map((release) => planFor(release, new RowFile(out, release), wanted))
    .filter((plan) => plan !== undefined);
  const waiting = [...plans];
  let failed = 0;
  const work = async () => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      // The next one is fetched meanwhile; a failure shows again when its turn comes.
      const [next] = waiting;
      const fetched = next === undefined ? undefined : installRelease(next.release).catch(() => {});
      try {
        await driveRelease(plan, values.keep);
      } catch (error) {
        failed += 1;
        progress(`${plan.release}: ${String(error).slice(0, 2000)}`);
      }
      await fetched;
    }
  };
  // More than two gateways at a time would be measured by how slow they are.
  await Promise.all(Array.from({ length: values["one-at-a-time"] ? 1 : 2 }, work));
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
