import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ConfigFile, DiffEntry, Foreseen, Performed, Undo } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import { safeText } from "../core/text.ts";
import { type NewFile, readExact, replaceFile, sha256 } from "./atomic-file.ts";

/** A file beside openclaw.json as a step leaves it. */
export interface SideFile {
  readonly path: string;
  readonly content: string;
  /** Of a file that is not there yet; one that is keeps its mode and owner. */
  readonly mode: number;
}

/**
 * How a change of the file is taken back: removed where it was not there, else the bytes that were there.
 * `undefined`: it is like that already, so nothing of it is ours.
 * @throws {ChangeError} it cannot be read.
 */
export async function undoOfFile({ path, content }: SideFile): Promise<Undo | undefined> {
  const before = await readExact(path);
  const ours = sha256(Buffer.from(content));
  if (before === undefined) return { undo: "file.remove", path, sha256: ours };
  if (before.sha256 === ours) return undefined;
  const kept: ConfigFile = { ...before, path, content: Buffer.from(before.content).toString("base64") };
  return { undo: "file.restore", before: kept, sha256: ours };
}

/** @throws {ChangeError} it cannot be read. */
export async function foreseenOf(file: SideFile, diff: readonly DiffEntry[]): Promise<Foreseen> {
  const undo = await undoOfFile(file);
  return { file: { path: file.path, diff }, ...(undo === undefined ? {} : { undo }) };
}

/** @throws {ChangeError} it cannot be written; it is as it was. */
export async function writeFile({ path, content, mode }: SideFile): Promise<Fact<Performed>> {
  const shown = safeText(path, 200);
  const before = await readExact(path);
  const undo = await undoOfFile({ path, content, mode });
  if (undo === undefined) return known({ how: `${shown} was like that already` }, path);
  const next: NewFile = {
    ...(before ?? { mode, ...(await ownerOfNew(path)) }),
    content: Buffer.from(content),
  };
  return (await replaceFile(path, next, before?.sha256)) === "replaced"
    ? known({ how: `wrote ${shown}`, undo }, path)
    : unknown("failed", `somebody else wrote ${shown} at the same moment`);
}

/** A new file is its directory's owner's where root writes it for somebody else. */
async function ownerOfNew(path: string): Promise<Pick<NewFile, "uid" | "gid">> {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const directory = own.uid === 0 ? await stat(dirname(path)).catch(() => undefined) : undefined;
  return directory === undefined ? own : { uid: directory.uid, gid: directory.gid };
}

/**
 * What somebody changed since is theirs, and stays.
 * @throws {ChangeError} it cannot be written; it is as it was.
 */
export async function takeFileBack(
  undo: Extract<Undo, { readonly undo: "file.remove" | "file.restore" }>,
): Promise<Fact<Performed>> {
  const path = undo.undo === "file.remove" ? undo.path : undo.before.path;
  const shown = safeText(path, 200);
  const before = undo.undo === "file.remove" ? undefined : undo.before;
  const next = before && { ...before, content: Buffer.from(before.content, "base64") };
  const now = await readExact(path);
  if (now?.sha256 === before?.sha256) return known({ how: `${shown} is as it was` }, path);
  if (now?.sha256 !== undo.sha256 || (await replaceFile(path, next, undo.sha256)) === "stale")
    return known({ how: `${shown} was changed since, and is left as it is` }, path);
  return known({ how: before === undefined ? `removed ${shown}` : `put ${shown} back` }, path);
}
