import type { ConfigFile, DiffEntry, Foreseen, Note, Performed, Undo } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import { say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { type ExactFile, type NewFile, sha256, type Traits } from "./atomic-file.ts";
import type { ExactFiles } from "./exact-files.ts";
import { restored } from "./restore.ts";

/** A file beside openclaw.json as a step leaves it. */
export interface SideFile {
  /** Where it is: this machine's, or another one's. */
  readonly files: ExactFiles;
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
export async function undoOfFile({ files, path, content }: SideFile): Promise<Undo | undefined> {
  const before = await files.read(path);
  const ours = sha256(Buffer.from(content));
  if (before === undefined) return { undo: "file.remove", path, sha256: ours };
  if (before.sha256 === ours) return undefined;
  const content64 = Buffer.from(before.content).toString("base64");
  const kept: ConfigFile = {
    ...before,
    path,
    content: content64,
    ...attributesIn(await files.traits(path)),
  };
  return { undo: "file.restore", before: kept, sha256: ours };
}

/** How the journal notes what a file has beside content, owner and mode. */
export function attributesIn(traits: Traits | undefined): Pick<ConfigFile, "attributes"> {
  if (traits === undefined || traits.attributes === "none") return {};
  return { attributes: traits.attributes };
}

/** @throws {ChangeError} it cannot be read. */
export async function foreseenOf(file: SideFile, diff: readonly DiffEntry[]): Promise<Foreseen> {
  const undo = await undoOfFile(file);
  const notes = await notesOn(file.path, file.files);
  return { file: { path: file.path, diff }, notes, ...(undo === undefined ? {} : { undo }) };
}

/** What is told beforehand of a file that is about to be changed. */
export async function notesOn(path: string, files: ExactFiles): Promise<readonly Note[]> {
  if (await files.loses(path)) return [{ message: "written-anew", args: { path } }];
  const traits = await files.traits(path);
  return traits !== undefined && traits.names > 1
    ? [{ message: "hard-links", args: { path, count: traits.names } }]
    : [];
}

/** @throws {ChangeError} it cannot be written; it is as it was. */
export async function writeFile(file: SideFile): Promise<Fact<Performed>> {
  const { files, path, content, mode } = file;
  const shown = safeText(path, 200);
  const before = await files.read(path);
  const undo = await undoOfFile(file);
  if (undo === undefined) return known({ how: say("was-so", { what: shown }) }, path);
  const next: NewFile = {
    ...(before ?? { mode, ...((await files.directoryOwner(path)) ?? OURS) }),
    content: Buffer.from(content),
  };
  return (await files.replace(path, next, before?.sha256)) === "replaced"
    ? known({ how: say("wrote", { path: shown }), undo }, path)
    : unknown("failed", say("overtaken", { path: shown }));
}

/** A new file is its directory's owner's, where that is known. */
const OURS: Pick<NewFile, "uid" | "gid"> = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

type FileUndo = Extract<Undo, { readonly undo: "file.remove" | "file.restore" }>;

/** What a step makes of the text that was there before (`undefined`: no file); `now` is what is there. */
export type Redo = (before: string | undefined, now: string) => Promise<string | undefined>;

export type Back =
  | { readonly what: "is-so" }
  | { readonly what: "theirs" }
  | { readonly what: "ours"; readonly now: ExactFile };

/**
 * What taking the file back will do; nothing is changed. What somebody changed since is theirs, and stays. So is what
 * the step would not have made of what is to be put back: a journal is no proof that this text was ever there.
 * @throws {ChangeError} it cannot be read.
 */
export async function backOf(undo: FileUndo, redo: Redo, files: ExactFiles): Promise<Back> {
  const before = undo.undo === "file.remove" ? undefined : undo.before;
  const now = await files.read(undo.undo === "file.remove" ? undo.path : undo.before.path);
  if (now?.sha256 === before?.sha256) return { what: "is-so" };
  if (now === undefined || now.sha256 !== undo.sha256) return { what: "theirs" };
  const was = before && Buffer.from(before.content, "base64").toString("utf8");
  const is = textOf(now.content);
  return is !== undefined && (await redo(was, is)) === is ? { what: "ours", now } : { what: "theirs" };
}

/** @throws {ChangeError} it cannot be written; it is as it was. */
export async function takeFileBack(undo: FileUndo, redo: Redo, files: ExactFiles): Promise<Fact<Performed>> {
  const path = undo.undo === "file.remove" ? undo.path : undo.before.path;
  const shown = safeText(path, 200);
  const left = known({ how: say("changed-since", { path: shown }), lasting: true } as const, path);
  const back = await backOf(undo, redo, files);
  if (back.what === "is-so") return known({ how: say("is-as-it-was", { path: shown }) }, path);
  if (back.what === "theirs") return left;
  const next =
    undo.undo === "file.remove"
      ? undefined
      : restored(undo.before, back.now, await files.directoryOwner(path));
  if ((await files.replace(path, next, undo.sha256)) === "stale") return left;
  return known({ how: say(next === undefined ? "removed" : "put-back", { path: shown }) }, path);
}

/** `undefined` for what is no UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : undefined;
}
