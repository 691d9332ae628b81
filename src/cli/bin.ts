#!/usr/bin/env node
import { processIo } from "./io.ts";
import { main } from "./main.ts";
import type { DoWork } from "./session.ts";

/** Loaded with the first command that needs it: `--help` and `checks` read nothing of others. */
const work: DoWork = async (...what) => (await import("./thread/supervise.ts")).workApart(...what);

process.exitCode = await main(process.argv.slice(2), processIo(), work);
// What was given up (a timeout, an interrupt) must not keep the process alive; what was written must be out first.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
