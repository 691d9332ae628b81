import { stat } from "node:fs/promises";
import { basename, relative } from "node:path";
import { say } from "../core/saying.ts";
import type { Handed } from "../doctor/pure/read/inputs.ts";
import type { ReportNote } from "../report/result.ts";
import { filesBelow, MAX_FILES } from "./folder.ts";
import type { Io } from "./io.ts";
import { bounded, logFile } from "./log-input.ts";
import { mustBeReadable, type NamedFile } from "./named-input.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Files, folders, pipes and standard input as they were named; standard input where nothing was.
 *
 * @throws {UsageError} nothing to read, or a file that cannot be read.
 */
export async function handedIn(
  names: readonly string[],
  io: Io,
  note: (note: ReportNote) => void,
): Promise<readonly Handed[]> {
  const named = names.length > 0 ? names : io.stdin.isTTY === true ? [] : ["-"];
  if (named.length === 0) throw new UsageError("triage", say("nothing-to-read"), say("name-log-or-pipe"));
  const told = new Set<string>();
  const once = (one: ReportNote): void => {
    const key = JSON.stringify(one);
    if (!told.has(key)) note(one);
    told.add(key);
  };
  const all: Handed[] = [];
  const used = new Set<string>();
  for (const path of new Set(named)) {
    if (path === "-") all.push(stdinHanded(io, once));
    else
      for (const file of await filesOf(path, once)) {
        const short = file === path ? basename(path) : `${basename(path)}/${relative(path, file)}`;
        // Two of one name are told apart by their paths.
        const name = used.has(short) ? file : short;
        used.add(name);
        all.push(await fileHanded(file, name, once));
      }
  }
  // Folders without a file.
  if (all.length === 0)
    throw new UsageError(named.join(" "), say("nothing-to-read"), say("name-log-or-pipe"));
  return all;
}

async function filesOf(path: string, note: (note: ReportNote) => void): Promise<readonly string[]> {
  try {
    const { files, isCut } = await filesBelow(path);
    if (isCut) note({ message: "folder-cut", args: { folder: path, files: MAX_FILES } });
    return files;
  } catch {
    // Said as of any other file.
    return [path];
  }
}

function stdinHanded(io: Io, note: (note: ReportNote) => void): Handed {
  const chunks = io.stdin as AsyncIterable<Uint8Array>;
  return {
    name: "stdin",
    again: false,
    chunks: (signal) => bounded(chunks, "standard input", { signal, note }),
  };
}

async function fileHanded(path: string, name: string, note: (note: ReportNote) => void): Promise<Handed> {
  const file: NamedFile = { path, what: path, todo: say("name-readable-log") };
  await mustBeReadable(file, true);
  return {
    name,
    again: (await stat(path)).isFile(),
    chunks: (signal) => logFile(file, { signal, note }),
  };
}
