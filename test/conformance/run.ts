// `npm run conformance -- [--releases A,B] …`: asks released gateways what they do and holds the model against it.
import path from "node:path";
import { parseArgs } from "node:util";
import { whyNoNamespaces } from "../real/rig/namespace.ts";
import { progress } from "../real/rig/processes.ts";
import { cacheDir, installRelease } from "../real/rig/releases.ts";
import { driveRelease, planFor, type Wanted } from "./release.ts";
import { RowFile } from "./rows.ts";

const HELP = `npm run conformance -- [options]
  --releases A,B     these releases
  --situations RE    situations whose name matches
  --startups WHICH   none, always (the default), all, or a pattern of names: configs that are only started
  --again            asks again what the rows already have
  --keep             leaves the releases in the cache
  --out DIR          where the rows are kept (default: in the cache)
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      releases: { type: "string" },
      situations: { type: "string", default: "" },
      startups: { type: "string", default: "always" },
      again: { type: "boolean", default: false },
      resume: { type: "boolean", default: true },
      keep: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.releases === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
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
    again: values.again,
  };
  const out = values.out ?? path.join(cacheDir(), "conformance");
  const plans = values.releases
    .split(",")
    .map((release) => planFor(release, new RowFile(out, release), wanted))
    .filter((plan) => plan !== undefined);
  let failed = 0;
  for (const [at, plan] of plans.entries()) {
    // The next one is fetched meanwhile; a failure shows again when its turn comes.
    const next = plans[at + 1];
    const fetched = next === undefined ? undefined : installRelease(next.release).catch(() => {});
    try {
      await driveRelease(plan, values.keep);
    } catch (error) {
      failed += 1;
      progress(`${plan.release}: ${String(error).slice(0, 2000)}`);
    }
    await fetched;
  }
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
