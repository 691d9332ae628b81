import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Argv } from "yargs";
import { collect } from "../../core/collect.ts";
import { type Fact, known, said, unknown } from "../../core/fact.ts";
import type { Deployment, DeploymentKind, HostSigns, Release, Target } from "../../core/facts.ts";
import type { LogDigest } from "../../core/log-event.ts";
import { detectDeployment } from "../../deployments/detect.ts";
import { digestLogs, type LogSource } from "../../logs/index.ts";
import { reportOf } from "../case.ts";
import { collector, derivedCollectors } from "../derived.ts";
import { describeError } from "../describe-error.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
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
import { UsageError } from "../usage-error.ts";
import type { Done } from "./index.ts";

/** Reading a log has no time limit of its own: the user stops it. */
const NO_LIMIT_MS = 2 ** 31 - 1;

export function registerTriage(yargs: Argv, { io }: Session, done: Done): void {
  yargs.command(
    "triage [files..]",
    "Reads logs offline; no gateway needed",
    (command) =>
      saidOptions(judgeOptions(outputOptions(command))).positional("files", {
        type: "string",
        array: true,
        describe: "Gateway logs (console, JSON, docker, kubectl, journal); - for standard input",
      }),
    async (args) => {
      const select = selection(args);
      const release = saidRelease(args.release);
      const origin = pageOrigin(args.origin);
      const sources = await sourcesOf(args.files ?? [], io);
      const spinner = await startSpinner("Reading the log", io, args.quiet);
      try {
        const facts = await collect(
          ["logs", "release", "deployment", "target", "assessment", "refusals"],
          {
            target: collector(NO_LIMIT_MS, async () => known(offline(sources), "command line")),
            logs: collector(NO_LIMIT_MS, async (_ask, signal) =>
              known(await read(sources, signal), "triage"),
            ),
            release: collector(NO_LIMIT_MS, async (ask) =>
              release.known ? release : releaseOfLogs(await ask("logs")),
            ),
            deployment: collector(NO_LIMIT_MS, async (ask) =>
              deploymentOf(await ask("logs"), args.deployment),
            ),
            ...derivedCollectors({ timeoutMs: NO_LIMIT_MS, ...(origin === undefined ? {} : { origin }) }),
          },
          {
            signal: io.signal,
            setTimeout,
            clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
            describeError,
          },
        );
        const report = reportOf(facts, select);
        spinner.stop();
        await emit(report, emitOptions(args, io), io);
        done(exitCode(report, args.failOn));
      } finally {
        spinner.stop();
      }
    },
  );
}

interface Source {
  readonly name: string;
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A log can be from any machine: what this one looks like says nothing. */
const NO_HOST: HostSigns = {
  platform: "unknown",
  wsl: false,
  sshSession: false,
  container: "unknown",
  addresses: [],
  engines: [],
  units: [],
};

/** @throws {UsageError} nothing to read, or a file that cannot be read. */
async function sourcesOf(files: readonly string[], io: Io): Promise<readonly Source[]> {
  const names = files.length > 0 ? files : io.stdin.isTTY === true ? [] : ["-"];
  if (names.length === 0) {
    throw new UsageError(
      "triage",
      "there is nothing to read",
      "name a log file, or pipe one in: `docker logs NAME 2>&1 | pairing-doctor triage -`",
    );
  }
  return Promise.all(names.map((name) => (name === "-" ? stdinSource(io) : fileSource(name))));
}

function stdinSource(io: Io): Source {
  return { name: "stdin", open: () => io.stdin as AsyncIterable<Uint8Array> };
}

async function fileSource(path: string): Promise<Source> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      path,
      `it cannot be read (${error.code ?? "failed"})`,
      "name a log file that you may read",
    );
  });
  if (info.isDirectory()) {
    throw new UsageError(path, "it is a directory", "name the log files in it");
  }
  return { name: basename(path), open: (signal) => createReadStream(path, { signal }) };
}

function offline(sources: readonly Source[]): Target {
  return {
    kind: "offline",
    name: sources.map(({ name }) => name).join(", "),
    exposure: "unknown",
    exposureBecause: "a log does not tell from where the gateway can be reached",
  };
}

async function read(sources: readonly Source[], signal: AbortSignal): Promise<LogDigest> {
  const opened = sources.map(({ name, open }): LogSource => ({ name, chunks: open(signal) }));
  return digestLogs(opened);
}

/** The release that the log names; a shape of lines alone gives a range, which is not a release. */
export function releaseOfLogs(logs: Fact<LogDigest>): Fact<Release> {
  if (!logs.known) return logs;
  const { release } = logs.value;
  if (release !== undefined) {
    return known({ version: release.version, confidence: "likely", from: "log" }, release.quote);
  }
  const { era } = logs.value;
  const between =
    era === undefined ? "" : ` (its lines fit ${era.from ?? "the first"} to ${era.to ?? "the newest"})`;
  return unknown("absent", `the log names no release${between}`, "--release X");
}

function deploymentOf(logs: Fact<LogDigest>, kind: DeploymentKind | undefined): Fact<Deployment> {
  const digest = logs.known ? logs.value : undefined;
  const deployment = detectDeployment({
    host: NO_HOST,
    elsewhere: true,
    ...(digest === undefined ? {} : { logs: digest }),
    ...(kind === undefined ? {} : { said: kind }),
  });
  return kind === undefined ? known(deployment, "log") : said(deployment, "--deployment");
}
