import { outputLost, processIo } from "./io.ts";
import { FAULT, faultOf, lostOutput, main } from "./main.ts";
import type { DoWork } from "./session.ts";
import { langOf } from "./style.ts";
import { keepVerifying } from "./verified-tls.ts";

/** Loaded with the first command that needs it: `--help` and `checks` read nothing of others. */
const work: DoWork = async (...what) => (await import("./thread/supervise.ts")).workApart(...what);

/** The whole command in this process, which ends with it. For `bin`, and for OpenClaw's plugin, which is in another's. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  // Node would print the error as it is, with whatever somebody else wrote into it.
  process.on("uncaughtException", (error) => {
    process.stderr.write(faultOf(error, langOf(undefined, process.env)), () => process.exit(FAULT));
  });
  const env = keepVerifying(process.env);
  process.exitCode = await main(argv, { ...processIo(), env }, work);
  // What was given up (a timeout, an interrupt) must not keep the process alive; what was written must be out first.
  process.stdout.write("", (error) => {
    // The stream tells of a write that failed after the write's own answer.
    setImmediate(() => {
      const code = outputLost() ?? (error as NodeJS.ErrnoException | null | undefined)?.code;
      if (code === undefined || process.exitCode === 130) process.stderr.write("", () => process.exit());
      else process.stderr.write(lostOutput(code, langOf(undefined, env)), () => process.exit(2));
    });
  });
}
