import type { ExactFile, NewFile } from "../atomic-file.ts";
import type { ExactFiles } from "../exact-files.ts";
import type { ContainerExec } from "./exec.ts";
import { readOnly, replaceInside, special, sweepInside, traitsInside } from "./files.ts";

/** A file with all bits of its mode: those beyond 0777 are never written again. */
export interface FoundExact extends ExactFile {
  readonly bits: number;
}

export interface RenamedFilesOptions {
  readonly exec: ContainerExec;
  /** The file as it is now, looked at anew each time. */
  readonly look: (path: string) => Promise<FoundExact | undefined>;
  /** Whose a file is to be; absent: whoever runs the program there. */
  readonly owner?: Pick<NewFile, "uid" | "gid">;
}

/** Files elsewhere that a program there replaces by a rename, so that what is cut off leaves the one or the other. */
export function renamedFiles({
  exec,
  look,
  owner,
}: RenamedFilesOptions): Omit<ExactFiles, "directoryOwner" | "held" | "instead"> {
  return {
    read: async (path) => {
      const found = await look(path);
      if (found === undefined) return undefined;
      const { bits: _bits, ...file } = found;
      return file;
    },
    replace: async (path, next, expected) => {
      const before = await look(path);
      if (before?.sha256 !== expected) return "stale";
      if (next === undefined && before === undefined) return "replaced";
      if (before !== undefined && (before.mode & 0o222) === 0) throw readOnly(path, before.mode);
      if (before !== undefined && (before.bits & 0o7000) !== 0) throw special(path);
      return replaceInside(exec, path, next, expected, owner);
    },
    sweep: (path) => sweepInside(exec, "", path),
    traits: (path) => traitsInside(exec, "", path),
    loses: async () => false,
  };
}
