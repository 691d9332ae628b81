import { posix } from "node:path";
import type { Container, ContainerInspectInfo } from "dockerode";
import { ChangeError } from "../../core/change.ts";
import { say } from "../../core/saying.ts";
import { type ExactFile, MAX_BYTES, type NewFile, sha256, type Traits } from "../atomic-file.ts";
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
import { fieldsOf } from "./engine.ts";
import { type FoundFile, findFile, ownerOf } from "./files.ts";
import { heldBy } from "./mounted-files.ts";
import { oneFile } from "./one-file.ts";

/**
 * The files of a container. They are read through the engine's archive API. In a container that runs they are
 * replaced by a rename, by the Node that the gateway itself runs on; in one that does not, the engine writes them
 * into their mount or layer, where nobody reads meanwhile.
 */
export function containerFiles(container: Container, exec: ContainerExec): ExactFiles {
  const seen = new Map<string, Traits>();
  return {
    read: async (path) => {
      const found = await look(container, path);
      return found === undefined ? undefined : exactOf(found, path);
    },
    replace: (path, next, expected) => replace(container, exec, path, next, expected),
    sweep: async (path) => {
      const found = await look(container, path).catch(() => undefined);
      const user = found === undefined ? "" : `${found.entry.uid}:${found.entry.gid}`;
      await sweepInside(exec, user, path);
    },
    held: async (path) => {
      const { Mounts, HostConfig } = await inspected(container, path);
      return heldBy(Mounts ?? [], path, HostConfig?.ReadonlyRootfs === true);
    },
    traits: async (path) => {
      const known = seen.get(path);
      if (known !== undefined) return known;
      const found = await look(container, path).catch(() => undefined);
      if (found === undefined) return undefined;
      const traits = await traitsInside(exec, `${found.entry.uid}:${found.entry.gid}`, path);
      if (traits !== undefined) seen.set(path, traits);
      return traits;
    },
    // The engine writes a file anew.
    loses: async (path) => {
      const { State } = await inspected(container, path);
      return !isUp(State) && (await look(container, path)) !== undefined;
    },
    directoryOwner: (path) => ownerOf(container, posix.dirname(path)),
  };
}

function isUp({ Running, Restarting, Paused }: ContainerInspectInfo["State"]): boolean {
  return Running && !Restarting && !Paused;
}

/** @throws {ChangeError} the engine does not tell. */
async function inspected(container: Container, path: string): ReturnType<Container["inspect"]> {
  try {
    return await container.inspect();
  } catch (error) {
    throw asChangeError(error, path);
  }
}

/** @throws {ChangeError} it cannot be looked at. */
async function look(container: Container, path: string): Promise<FoundFile | undefined> {
  try {
    return await findFile(container, path, MAX_BYTES + 1);
  } catch (error) {
    throw asChangeError(error, path);
  }
}

/** @throws {ChangeError} it is none that could be changed. */
function exactOf({ entry }: FoundFile, path: string): ExactFile {
  const { kind, content, size, mode, uid, gid } = entry;
  if (kind !== "file" || content === undefined)
    throw new ChangeError("failed", say("place-irregular", { place: shown(path) }));
  if (size > MAX_BYTES) throw new ChangeError("failed", say("too-long-to-change", { path: shown(path) }));
  if (content.length !== size) throw new ChangeError("failed", say("not-read-whole", { path: shown(path) }));
  return { content, sha256: sha256(content), mode: mode & 0o777, uid, gid };
}

async function replace(
  container: Container,
  exec: ContainerExec,
  path: string,
  next: NewFile | undefined,
  expected: string | undefined,
): Promise<"replaced" | "stale"> {
  const found = await look(container, path);
  const before = found === undefined ? undefined : exactOf(found, path);
  if (before?.sha256 !== expected) return "stale";
  if (next === undefined && before === undefined) return "replaced";
  if (before !== undefined && (before.mode & 0o222) === 0) throw readOnly(path, before.mode);
  if (found !== undefined && (found.entry.mode & 0o7000) !== 0) throw special(path);
  const { State } = await inspected(container, path);
  if (isUp(State)) return replaceInside(exec, path, next, expected, before ?? next);
  if (State.Paused) throw new ChangeError("not-asked", say("container-paused"));
  return byArchive(container, found?.at ?? path, next, before);
}
/**
 * The engine takes the file's name away and writes it anew, with owner and mode. Removing is not among what it can
 * do, and a config that was there before is never to be removed.
 */
async function byArchive(
  container: Container,
  path: string,
  next: NewFile | undefined,
  before: ExactFile | undefined,
): Promise<"replaced" | "stale"> {
  if (next === undefined) throw new ChangeError("not-asked", say("not-removed-down", { path: shown(path) }));
  try {
    const archive = oneFile(posix.basename(path), next.content, { ...next, mode: next.mode & 0o777 });
    await container.putArchive(archive, { path: posix.dirname(path) });
  } catch (error) {
    throw asChangeError(error, path);
  }
  const now = await look(container, path);
  if (now !== undefined && exactOf(now, path).sha256 === sha256(next.content)) return "replaced";
  throw new ChangeError(
    "failed",
    say(before === undefined ? "not-written" : "not-replaced", { path: shown(path) }),
  );
}

function asChangeError(error: unknown, path: string): ChangeError {
  if (error instanceof ChangeError) return error;
  const { statusCode, code } = fieldsOf(error);
  const message = error instanceof Error ? error.message : "";
  if (/read-?only/i.test(message)) return ofCode("EROFS", path);
  if (/device or resource busy/i.test(message)) return ofCode("EBUSY", path);
  if (statusCode === 401 || statusCode === 403 || statusCode === 405)
    return new ChangeError("denied", say("files-filtered"));
  return ofCode(code ?? `HTTP ${statusCode ?? "?"}`, path);
}
