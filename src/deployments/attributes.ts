import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, type FileHandle } from "node:fs/promises";
import { leadingRecords } from "../intake/tar.ts";

/**
 * A file in a directory that is held open, so that nobody who may write there can put another in its place between two
 * of our looks.
 */
export interface HeldFile {
  /** Absent where it cannot be held. */
  readonly directory: FileHandle | undefined;
  readonly name: string;
}

/**
 * Whether a file has an access control list or extended attributes, beside content, owner and mode. `unknown` where no
 * program here tells: BusyBox has no option for it, and other systems than Linux are not asked.
 */
export type Attributed = "none" | "some" | "unknown";

export async function attributed(file: HeldFile): Promise<Attributed> {
  const attributes = await attributesOf(file);
  if (attributes === undefined) return "unknown";
  return Object.keys(attributes).length === 0 ? "none" : "some";
}

/**
 * Gives the new file what the old one has; whether it has exactly that now. Node has no call for attributes, so GNU
 * `cp` copies them, and GNU `tar` shows that it did: both come with practically every Linux.
 */
export async function copyAttributes(
  from: HeldFile & { readonly file: FileHandle },
  to: HeldFile & { readonly file: FileHandle },
): Promise<boolean> {
  const wanted = await attributesOf(from);
  if (wanted === undefined) return false;
  // A list that the directory gives to new files goes, where the old one does not have it.
  if (isSame(wanted, await attributesOf(to))) return true;
  const words = [
    "--attributes-only",
    "--preserve=mode,ownership,xattr",
    "--",
    "/proc/self/fd/3",
    "/proc/self/fd/4",
  ];
  const copied = await run("cp", words, [from.file.fd, to.file.fd]);
  return copied !== undefined && isSame(wanted, await attributesOf(to));
}

type Attributes = Readonly<Record<string, string>>;

function isSame(a: Attributes, b: Attributes | undefined): boolean {
  if (b === undefined) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

async function attributesOf({ directory, name }: HeldFile): Promise<Attributes | undefined> {
  if (directory === undefined) return undefined;
  const archive = await run("tar", [...TAR, "--", `./${name}`], [directory.fd]);
  const records = archive === undefined ? undefined : leadingRecords(archive);
  if (records === undefined) return undefined;
  return Object.fromEntries(Object.entries(records).filter(([key]) => OWN.test(key)));
}

/** An access control list is one of the attributes. */
const TAR = [
  ...["--xattrs", "--xattrs-include=*", "--numeric-owner", "--format=pax", "--no-recursion"],
  ...["-C", "/proc/self/fd/3", "-cf", "-"],
] as const;

/** `security.*` is the system's (labels, signatures of the content), `trusted.*` is of file systems. */
const OWN = /^SCHILY\.xattr\.(?:user|system)\./;

const TIMEOUT_MS = 10_000;
/** A whole config with its headers. */
const MAX_OUTPUT = 20_000_000;
/** Nobody's PATH is asked for a program that root may run. */
const PLACES = ["/usr/bin", "/bin", "/run/current-system/sw/bin"] as const;

/**
 * Standard output, where the program ended well and had nothing to complain of (GNU `tar` that was built without
 * attributes says so, and ends well). `files` are its descriptors from 3 on.
 */
async function run(
  program: string,
  args: readonly string[],
  files: readonly number[],
): Promise<Buffer | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const place of PLACES) {
    const path = `${place}/${program}`;
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return outputOf(path, args, files);
  }
  return undefined;
}

function outputOf(
  path: string,
  args: readonly string[],
  files: readonly number[],
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      cwd: "/",
      env: { LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe", ...files],
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    let length = 0;
    let isQuiet = true;
    child.stdout?.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_OUTPUT) child.kill("SIGKILL");
      else parts.push(chunk);
    });
    child.stderr?.on("data", () => {
      isQuiet = false;
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 && isQuiet ? Buffer.concat(parts) : undefined));
  });
}
