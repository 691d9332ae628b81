import { basename } from "node:path";
import { optionTyped } from "../core/bad-input.ts";
import { say } from "../core/saying.ts";
import type { HandedLogs } from "../doctor/live/look.ts";
import { openGateway, targetSaid } from "../doctor/live/open.ts";
import type { Opened } from "../doctor/live/opened.ts";
import type { ReportNote } from "../report/result.ts";
import type { DiagnoseArguments } from "./commands/diagnose.ts";
import { handedCredentials } from "./credentials.ts";
import { logFile } from "./log-input.ts";
import { mustBeReadable } from "./named-input.ts";
import { namedProxies, pageOrigin, saidRelease } from "./parsed-options.ts";
import type { Session } from "./session.ts";
import { mustParse, UsageError } from "./usage-error.ts";

/** What the command line says about the gateway to look at. */
export type LiveArguments = Pick<
  DiagnoseArguments,
  | "target"
  | "context"
  | "config"
  | "log"
  | "tokenFile"
  | "tokenStdin"
  | "allowPlaintextToken"
  | "insecureTls"
  | "timeout"
  | "release"
  | "deployment"
  | "origin"
  | "proxy"
>;

interface LiveReading {
  readonly looksOnce?: boolean;
  readonly logBytes?: number;
  readonly mayBeElsewhere?: boolean;
}

/**
 * `looksOnce`: a log may then be a pipe, which can be read only once. `logBytes`: what is read of a log, from its end.
 * `mayBeElsewhere`: a log that is all that is named may be of a gateway that this machine does not have.
 * @throws {UsageError} a value or a file that the command line names is none.
 */
export async function openLive(
  args: LiveArguments,
  { io, out, salt }: Session,
  { looksOnce = false, logBytes, mayBeElsewhere = false }: LiveReading = {},
): Promise<Opened> {
  const origin = pageOrigin(args.origin);
  const credentials = await handedCredentials(
    {
      tokenStdin: args.tokenStdin,
      ...(args.tokenFile === undefined ? {} : { tokenFile: args.tokenFile }),
    },
    io,
    salt,
  );
  out.learn([credentials?.token?.reveal(), credentials?.password?.reveal()]);
  const todo = say("name-readable-file");
  if (args.config !== undefined)
    await mustBeReadable({ path: args.config, what: `--config ${args.config}`, todo }, false);
  for (const path of args.log ?? []) await mustBeReadable({ path, what: `--log ${path}`, todo }, looksOnce);
  const notes: ReportNote[] = [];
  return openGateway({
    target: mustParse(targetSaid(args.target, args.context)),
    env: io.env,
    notes,
    salt,
    release: saidRelease(args.release),
    allowPlaintextToken: args.allowPlaintextToken,
    insecureTls: args.insecureTls,
    timeoutMs: seconds(args.timeout) * 1000,
    learn: (secrets) => out.learn(secrets),
    ...(credentials === undefined ? {} : { credentials }),
    ...(args.deployment === undefined ? {} : { deployment: args.deployment }),
    ...(origin === undefined ? {} : { origin }),
    ...(args.config === undefined ? {} : { configPath: args.config }),
    mayBeElsewhere,
    proxies: namedProxies(args.proxy),
    ...(args.log === undefined || args.log.length === 0
      ? {}
      : { logs: handedLogs(args.log, notes, logBytes) }),
  });
}

function handedLogs(paths: readonly string[], notes: ReportNote[], most?: number): HandedLogs {
  /** Those that were files when they were read before. */
  const files = new Set<string>();
  return {
    name: paths.join(", "),
    sources: (signal) =>
      paths.map((path) => {
        const file = { path, what: `--log ${path}`, todo: say("name-readable-log") };
        return {
          name: basename(path),
          chunks: logFile(file, {
            signal,
            note: (note) => notes.push(note),
            files,
            ...(most === undefined ? {} : { most }),
          }),
        };
      }),
  };
}

/** @throws {UsageError} not a number of seconds between 1 and 600. */
export function seconds(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}(?:\.\d)?$/.test(text) && value >= 1 && value <= 600) return value;
  throw new UsageError(
    optionTyped("--timeout", text),
    say("no-timeout"),
    say("for-example", { example: "--timeout 30" }),
  );
}
