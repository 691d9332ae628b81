import { access, constants, stat } from "node:fs/promises";
import { collect } from "../../core/collect.ts";
import { nodeWorld } from "../../deployments/world.ts";
import { reportOf } from "../case.ts";
import type { DiagnoseArguments } from "../commands/diagnose.ts";
import { handedCredentials } from "../credentials.ts";
import { collectOptions } from "../derived.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import { Live } from "../live.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import type { Session } from "../main.ts";
import { emitOptions } from "../options.ts";
import { pageOrigin, saidRelease, selection } from "../said.ts";
import { startSpinner } from "../spinner.ts";
import { parseTarget } from "../target.ts";
import { UsageError } from "../usage-error.ts";

export async function runDiagnosis(args: DiagnoseArguments, { io, salt }: Session): Promise<number> {
  const select = selection(args);
  const origin = pageOrigin(args.origin);
  const credentials = await handedCredentials(
    {
      tokenStdin: args.tokenStdin,
      ...(args.tokenFile === undefined ? {} : { tokenFile: args.tokenFile }),
    },
    io,
    salt,
  );
  if (args.config !== undefined) await mustRead("--config", args.config);
  for (const path of args.log ?? []) await mustRead("--log", path);
  if (args.asBrowser && !args.quiet) {
    io.stderr.write(
      "Signing in as a new browser with a throw-away key; its request is taken back afterwards.\n",
    );
  }
  const world = nodeWorld({ env: io.env });
  const live = new Live({
    target: parseTarget(args.target),
    world,
    salt,
    release: saidRelease(args.release),
    asBrowser: args.asBrowser,
    allowPlaintextToken: args.allowPlaintextToken,
    insecureTls: args.insecureTls,
    timeoutMs: seconds(args.timeout) * 1000,
    ...(credentials === undefined ? {} : { credentials }),
    ...(args.deployment === undefined ? {} : { deployment: args.deployment }),
    ...(origin === undefined ? {} : { origin }),
    ...(args.config === undefined ? {} : { configPath: args.config }),
    ...(args.log === undefined ? {} : { logFiles: args.log }),
  });
  const spinner = await startSpinner("Looking at the gateway", io, args.quiet);
  try {
    const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(io.signal));
    const report = reportOf(facts, {
      ...select,
      ...(origin === undefined ? {} : { origin }),
      context: { platform: world.platform, home: world.homedir },
    });
    spinner.stop();
    await emit(report, emitOptions(args, io), io);
    return exitCode(report, args.failOn);
  } finally {
    spinner.stop();
  }
}

async function mustRead(option: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if (!(await stat(path)).isDirectory()) return;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(`${option} ${path}`, `it cannot be read (${code})`, "name a file that you may read");
  }
  throw new UsageError(`${option} ${path}`, "it is a directory", "name a file");
}

/** @throws {UsageError} not a number of seconds between 1 and 600. */
function seconds(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}(?:\.\d)?$/.test(text) && value >= 1 && value <= 600) return value;
  throw new UsageError(
    "--timeout",
    "that is no number of seconds between 1 and 600",
    "for example --timeout 30",
  );
}
