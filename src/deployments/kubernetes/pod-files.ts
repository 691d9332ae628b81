import { posix } from "node:path";
import { ChangeError } from "../../core/change.ts";
import { type Fact, whyUnknown } from "../../core/fact.ts";
import { mountOf } from "../../core/mounts.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { WorkloadMount } from "../../core/workload.ts";
import { numberAt } from "../../kinds/kubernetes/fields.ts";
import { MAX_BYTES, sha256 } from "../atomic-file.ts";
import type { ContainerExec } from "../contained/exec.ts";
import { ofCode, shown } from "../contained/files.ts";
import { type FoundExact, renamedFiles } from "../contained/renamed-files.ts";
import type { ExactFiles } from "../exact-files.ts";
import type { KubeApi } from "./api.ts";
import { KubeError } from "./error.ts";
import type { PodContainer } from "./exec.ts";
import { kubeFailure } from "./failure.ts";
import { codeOf, fileIn, type PodReader, podReader } from "./files.ts";

export interface PodFilesOptions {
  readonly api: KubeApi;
  readonly exec: ContainerExec;
  readonly where: () => Promise<Fact<PodContainer>>;
  readonly mounts: readonly WorkloadMount[];
  readonly readOnlyRoot: boolean;
}

/** The files of a pod that runs, replaced by a rename by the Node that the gateway itself runs on, as its user. */
export function podFiles({ api, exec, where, mounts, readOnlyRoot }: PodFilesOptions): ExactFiles {
  let last: { readonly pod: string; readonly reader: PodReader } | undefined;
  const reader = async (): Promise<PodReader> => {
    const target = await where();
    if (!target.known) throw new ChangeError(target.reason, whyUnknown(target));
    if (last?.pod !== target.value.pod)
      last = { pod: target.value.pod, reader: podReader(api, target.value) };
    return last.reader;
  };
  const look = async (path: string): Promise<FoundExact | undefined> => {
    try {
      const { bytes, isCut, size, mode, uid, gid } = await fileIn(await reader(), path, MAX_BYTES + 1);
      if (isCut || size > MAX_BYTES)
        throw new ChangeError("failed", say("too-long-to-change", { path: shown(path) }));
      return { content: bytes, sha256: sha256(bytes), mode: mode & 0o777, uid, gid, bits: mode };
    } catch (error) {
      if (error instanceof ChangeError) throw error;
      if (error instanceof KubeError) {
        const failure = kubeFailure(error, shown(path), api.cluster.secrets);
        throw new ChangeError(failure.reason, whyUnknown(failure));
      }
      const code = codeOf(error);
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      if (code === "ENOTREG") throw new ChangeError("failed", say("place-irregular", { place: shown(path) }));
      throw ofCode(code, path);
    }
  };
  return {
    ...renamedFiles({ exec, look }),
    held: async (path) => heldBy(mounts, path, readOnlyRoot),
    directoryOwner: async (path) => {
      const answer = await (await reader())
        .ask({ do: "stat", path: posix.dirname(path) })
        .catch(() => undefined);
      const [uid, gid] = [numberAt(answer, "uid"), numberAt(answer, "gid")];
      return uid === undefined || gid === undefined ? undefined : { uid, gid };
    },
  };
}

/** Why a file of a pod cannot be replaced, as its mounts tell: whoever made the pod changes it there. */
function heldBy(
  mounts: readonly WorkloadMount[],
  path: string,
  readOnlyRoot: boolean,
): ChangeError | undefined {
  const mount = mountOf(mounts, path);
  const file = shown(path);
  if (mount === undefined)
    return readOnlyRoot ? new ChangeError("denied", say("held-root", { path: file })) : undefined;
  const from = safeText(`${mount.kind} ${mount.source}`, 200);
  if (mount.readOnly) return new ChangeError("denied", say("held-mount", { path: file, place: from }));
  return mount.at === path
    ? new ChangeError("denied", say("held-file", { path: file, place: from }))
    : undefined;
}
