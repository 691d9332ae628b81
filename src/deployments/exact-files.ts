import type { ChangeError } from "../core/change.ts";
import { type ExactFile, type NewFile, readExact, replaceFile, sweepBeside } from "./atomic-file.ts";

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
}

export const ownFiles: ExactFiles = { read: readExact, replace: replaceFile, sweep: sweepBeside };
