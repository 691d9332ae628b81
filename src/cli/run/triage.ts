import { basename } from "node:path";
import { say } from "../../core/saying.ts";
import { reportOf } from "../../doctor/pure/case.ts";
import { offlineFacts } from "../../doctor/pure/offline.ts";
import type { ReportNote } from "../../report/result.ts";
import type { TriageArguments } from "../commands/triage.ts";
import { emit } from "../emit.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { bounded, type LogReading, logFile } from "../log-input.ts";
import { mustBeReadable } from "../named-input.ts";
import { emitOptions } from "../options.ts";
import { namedProxies, pageOrigin, saidRelease, selection } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { UsageError } from "../usage-error.ts";
import { wordsFor } from "../words/index.ts";

export async function triage(args: TriageArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const select = selection(args);
  const written = emitOptions(args, io);
  const release = saidRelease(args.release);
  const origin = pageOrigin(args.origin);
  const sources = await sourcesOf(args.files ?? [], io);
  const notes: ReportNote[] = [];
  const spinner = await startSpinner(wordsFor(session.lang)["doing.read"], io, args.quiet);
  try {
    const facts = await offlineFacts({
      name: sources.map(({ name }) => name).join(", "),
      sources: (signal) =>
        sources.map(({ name, open }) => ({
          name,
          chunks: open({ signal, note: (note) => notes.push(note) }),
        })),
      noLog: (file, what) => notes.push({ message: `input-${what}`, args: { file } }),
      release,
      secrets: out.known,
      ...(args.deployment === undefined ? {} : { deployment: args.deployment }),
      ...(origin === undefined ? {} : { origin }),
      proxies: namedProxies(args.proxy),
      signal: io.signal,
    });
    const report = reportOf(facts, { ...select, notes, ...(origin === undefined ? {} : { origin }) });
    spinner.stop();
    await emit(report, written, session);
    return exitCode(report, args.failOn);
  } finally {
    spinner.stop();
  }
}

interface Source {
  readonly name: string;
  open(reading: LogReading): AsyncIterable<Uint8Array>;
}

/** @throws {UsageError} nothing to read, or a file that cannot be read. */
async function sourcesOf(files: readonly string[], io: Io): Promise<readonly Source[]> {
  const names = files.length > 0 ? files : io.stdin.isTTY === true ? [] : ["-"];
  if (names.length === 0) {
    throw new UsageError("triage", say("nothing-to-read"), say("name-log-or-pipe"));
  }
  return Promise.all(names.map((name) => (name === "-" ? stdinSource(io) : fileSource(name))));
}

function stdinSource(io: Io): Source {
  const chunks = io.stdin as AsyncIterable<Uint8Array>;
  return { name: "stdin", open: (reading) => bounded(chunks, "standard input", reading) };
}

async function fileSource(path: string): Promise<Source> {
  const file = { path, what: path, todo: say("name-readable-log") };
  await mustBeReadable(file, true);
  return { name: basename(path), open: (reading) => logFile(file, reading) };
}
