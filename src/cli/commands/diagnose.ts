import { access, constants } from "node:fs/promises";
import type { Argv } from "yargs";
import { collect } from "../../core/collect.ts";
import type { FactName } from "../../core/facts.ts";
import { nodeWorld } from "../../deployments/world.ts";
import { reportOf } from "../case.ts";
import { handedCredentials } from "../credentials.ts";
import { collectOptions } from "../derived.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import { Live } from "../live.ts";
import type { Session } from "../main.ts";
import {
  emitOptions,
  judgeOptions,
  outputOptions,
  pageOrigin,
  saidOptions,
  saidRelease,
  selection,
} from "../options.ts";
import { startSpinner } from "../spinner.ts";
import { parseTarget } from "../target.ts";
import { UsageError } from "../usage-error.ts";
import type { Done } from "./index.ts";

/** Everything that a live diagnosis collects. */
export const LIVE_FACTS: readonly FactName[] = [
  "target",
  "host",
  "deployment",
  "release",
  "config",
  "logs",
  "probe",
  "devices",
  "refusals",
  "assessment",
];

export function registerDiagnose(yargs: Argv, session: Session, done: Done): void {
  const { io, salt } = session;
  yargs.command(
    ["diagnose", "$0"],
    "Finds the gateway, probes it, reads config and logs, says why the Control UI is refused and what fixes it",
    (command) =>
      saidOptions(judgeOptions(outputOptions(command)))
        .option("target", {
          type: "string",
          requiresArg: true,
          describe: "local, ws://HOST:PORT or wss://HOST; default: what this machine shows",
        })
        .option("config", { type: "string", requiresArg: true, describe: "The gateway's openclaw.json" })
        .option("log", {
          type: "string",
          array: true,
          requiresArg: true,
          describe: "A gateway log, instead of those that would be found (repeatable)",
        })
        .option("token-file", {
          type: "string",
          requiresArg: true,
          describe: "File that holds the gateway's token",
        })
        .option("token-stdin", {
          type: "boolean",
          default: false,
          describe: "Read the gateway's token from standard input",
        })
        .option("allow-plaintext-token", {
          type: "boolean",
          default: false,
          describe: "Send the token over plain ws:// to a public address too",
        })
        .option("insecure-tls", {
          type: "boolean",
          default: false,
          describe: "Do not verify the gateway's certificate",
        })
        .option("as-browser", {
          type: "boolean",
          default: false,
          describe: "Also sign in as a new browser with a throw-away key, and clean up after it",
        })
        .option("timeout", {
          type: "string",
          default: "15",
          requiresArg: true,
          describe: "Seconds for the probe",
        }),
    async (args) => {
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
      const live = new Live({
        target: parseTarget(args.target),
        world: nodeWorld({ env: io.env }),
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
        const report = reportOf(facts, { ...select, context: { platform: process.platform } });
        spinner.stop();
        await emit(report, emitOptions(args, io), io);
        done(exitCode(report, args.failOn));
      } finally {
        spinner.stop();
      }
    },
  );
}

async function mustRead(option: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(`${option} ${path}`, `it cannot be read (${code})`, "name a file that you may read");
  }
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
