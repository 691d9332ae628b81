import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ChangeError } from "../core/change.ts";
import type { Saying } from "../core/saying.ts";
import {
  type ExactFile,
  type NewFile,
  readExact,
  replaceFile,
  sweepBeside,
  type Traits,
  traitsOf,
} from "./atomic-file.ts";

/** Files byte for byte, of this machine or of a container, and their whole replacement. */
export interface ExactFiles {
  /**
   * The file as it is now, through symbolic links; `undefined` when there is none.
   * @throws {ChangeError} when it cannot be read whole.
   */
  read(path: string): Promise<ExactFile | undefined>;
  /**
   * Makes the file `next`, or removes it, if it still is `expected` (SHA-256 of its content, hex; `undefined`: there
   * is none). `stale`: it is something else by now, and was left alone.
   * @throws {ChangeError} when it cannot be done; the file is as it was.
   */
  replace(
    path: string,
    next: NewFile | undefined,
    expected: string | undefined,
  ): Promise<"replaced" | "stale">;
  /** Removes what a doctor that was killed left beside the file; never fails. */
  sweep(path: string): Promise<void>;
  /** Why it is known before any try that the file cannot be replaced where it is. */
  held?(path: string): Promise<ChangeError | undefined>;
  /** Why the gateway's own command would not change what is read and replaced here. */
  instead?(path: string): Saying | undefined;
  /** `undefined` when there is no such file, or nothing can be asked of it. */
  traits(path: string): Promise<Traits | undefined>;
  /** Whether `replace` gives the file anew, with one name and without access control list and attributes. */
  loses(path: string): Promise<boolean>;
  /** The owner of the directory that a file is in, where that can be told. */
  directoryOwner(path: string): Promise<Pick<ExactFile, "uid" | "gid"> | undefined>;
}

export const ownFiles: ExactFiles = {
  read: readExact,
  replace: (path, next, expected) => replaceFile(path, next, expected),
  sweep: sweepBeside,
  traits: traitsOf,
  loses: async () => false,
  directoryOwner: async (path) => {
    const info = await stat(dirname(path)).catch(() => undefined);
    return info === undefined ? undefined : { uid: info.uid, gid: info.gid };
  },
};
