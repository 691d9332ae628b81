import type { Handed } from "../doctor/pure/read/inputs.ts";

/** What somebody chose or dropped. */
export interface Chosen {
  readonly name: string;
  readonly file: File;
}

/** A pasted text is the standard input of a page. */
export function pasted(text: string): Handed {
  const bytes = new TextEncoder().encode(text);
  return {
    name: "stdin",
    again: true,
    async *chunks() {
      yield bytes;
    },
  };
}

export function handedFile({ name, file }: Chosen): Handed {
  return { name, again: true, chunks: (signal) => read(file, signal) };
}

async function* read(file: File, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Two of one name are told apart. */
export function named(files: readonly Chosen[]): readonly Chosen[] {
  const used = new Set<string>();
  return files.map(({ name, file }) => {
    let own = name;
    for (let count = 2; used.has(own); count++) own = `${name} (${count})`;
    used.add(own);
    return { name: own, file };
  });
}

const MAX_FILES = 5000;

/** Files and whole folders that were dropped. */
export async function dropped(transfer: DataTransfer): Promise<readonly Chosen[]> {
  // Asked for before anything is awaited: afterwards the list is empty.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  if (entries.every((entry) => entry === null)) return files.map((file) => ({ name: file.name, file }));
  const found: Chosen[] = [];
  for (const entry of entries) if (entry !== null) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: Chosen[]): Promise<void> {
  if (found.length >= MAX_FILES) return;
  const name = entry.fullPath.replace(/^\//, "");
  if (isFile(entry)) {
    const file = await new Promise<File>((done, failed) => entry.file(done, failed));
    found.push({ name, file });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
      if (some.length === 0) return;
      for (const one of some.sort((a, b) => (a.name < b.name ? -1 : 1))) await collect(one, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
