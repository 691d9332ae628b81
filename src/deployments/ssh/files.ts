import { posix } from "node:path";
import { ChangeError } from "../../core/change.ts";
import { whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { MAX_BYTES, sha256 } from "../atomic-file.ts";
import type { ContainerExec } from "../contained/exec.ts";
import { ofCode, shown } from "../contained/files.ts";
import { type FoundExact, renamedFiles } from "../contained/renamed-files.ts";
import type { ExactFiles } from "../exact-files.ts";
import type { Asks } from "./asks.ts";
import { framesOf } from "./frames.ts";
import { sshFailure } from "./problem.ts";
import { Records } from "./records.ts";
import { lookScript } from "./scripts.ts";

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
  const file = async (path: string): Promise<FoundExact | undefined> => {
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
    ...renamedFiles({ exec, look: file, owner }),
    directoryOwner: async (path) => {
      const { info } = await look(posix.dirname(path)).catch(() => ({ info: undefined }));
      if (typeof info !== "object" || info.uid === undefined || info.gid === undefined) return undefined;
      return { uid: info.uid, gid: info.gid };
    },
  };
}
