import { posix } from "node:path";
import { ChangeError } from "../../core/change.ts";
import { whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { type ExactFile, sha256 } from "../atomic-file.ts";
import type { ContainerExec } from "../contained/exec.ts";
import {
  ofCode,
  readOnly,
  replaceInside,
  shown,
  special,
  sweepInside,
  traitsInside,
} from "../contained/files.ts";
import type { ExactFiles } from "../exact-files.ts";
import type { Asks } from "./asks.ts";
import { framesOf } from "./frames.ts";
import { sshFailure } from "./problem.ts";
import { Records } from "./records.ts";
import { lookScript } from "./scripts.ts";

/** Longer than any config or device list; what is longer is not read. */
const MAX_BYTES = 16_000_000;
const LOOK_MS = 30_000;

export interface SshFilesOptions {
  readonly host: Asks;
  readonly exec: ContainerExec;
  readonly name: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** The files of a host, replaced by a rename there, as their owner: a connection that is cut leaves one or the other. */
export function sshFiles({ host, exec, name, owner }: SshFilesOptions): ExactFiles {
  /** Anew each time. */
  const look = async (path: string) => {
    try {
      const { answer, mark } = await host.ask(lookScript([{ path, bytes: MAX_BYTES + 1 }]), {
        timeoutMs: LOOK_MS,
        maxBytes: MAX_BYTES * 2,
      });
      const records = new Records();
      for (const frame of framesOf(answer, mark)) records.add(frame);
      records.settle(path, 1);
      return records.get(path) ?? {};
    } catch (error) {
      const failure = sshFailure(error, name);
      throw new ChangeError(failure.reason, whyUnknown(failure));
    }
  };
  const file = async (path: string): Promise<(ExactFile & { readonly bits: number }) | undefined> => {
    const { info, content, opened } = await look(path);
    if (info === "absent" || info === undefined) return undefined;
    if (info === "denied" || content === "denied") throw ofCode("EACCES", path);
    if (info.kind !== "file" || content === undefined)
      throw new ChangeError("failed", say("place-irregular", { place: shown(path) }));
    const { bytes } = content;
    if (bytes.length > MAX_BYTES)
      throw new ChangeError("failed", say("too-long-to-change", { path: shown(path) }));
    const { mode = 0, uid = -1, gid = -1 } = opened?.info ?? info;
    return { content: bytes, sha256: sha256(bytes), mode: mode & 0o777, uid, gid, bits: mode };
  };
  return {
    read: async (path) => {
      const found = await file(path);
      if (found === undefined) return undefined;
      const { bits: _bits, ...exact } = found;
      return exact;
    },
    replace: async (path, next, expected) => {
      const before = await file(path);
      if (before?.sha256 !== expected) return "stale";
      if (next === undefined && before === undefined) return "replaced";
      if (before !== undefined && (before.mode & 0o222) === 0) throw readOnly(path, before.mode);
      if (before !== undefined && (before.bits & 0o7000) !== 0) throw special(path);
      return replaceInside(exec, path, next, expected, owner);
    },
    sweep: (path) => sweepInside(exec, "", path),
    traits: (path) => traitsInside(exec, "", path),
    loses: async () => false,
    directoryOwner: async (path) => {
      const { info } = await look(posix.dirname(path)).catch(() => ({ info: undefined }));
      if (typeof info !== "object" || info.uid === undefined || info.gid === undefined) return undefined;
      return { uid: info.uid, gid: info.gid };
    },
  };
}
