import { say } from "../src/core/saying.ts";
import type { FileInfo, ReadOutcome, World } from "../src/deployments/world.ts";

export interface FakeWorldInput {
  readonly platform?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly homedir?: string;
  readonly uid?: number;
  readonly interfaces?: readonly {
    readonly name: string;
    readonly address: string;
    readonly internal: boolean;
  }[];
  /** Absolute path to text; `undefined` text: it exists and may not be read. Processes without a status are root's. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Modification times, milliseconds. */
  readonly modified?: Readonly<Record<string, number>>;
  /** Owners (uid), and where they differ group and mode; root's, 0755 for directories and 0644 for files when absent. */
  readonly owners?: Readonly<Record<string, number | readonly [uid: number, gid: number, mode: number]>>;
}

/** A machine in memory. It counts reads, and it has no way to write. */
export function fakeWorld(input: FakeWorldInput = {}): World {
  const files = new Map(Object.entries(input.files ?? {}));
  for (const path of [...files.keys()]) {
    const status = path.replace(/\/cmdline$/, "/status");
    if (status !== path && !files.has(status)) files.set(status, "PPid:\t0\nUid:\t0\t0\t0\t0\n");
  }
  const links = new Map(Object.entries(input.links ?? {}));
  const paths = (): string[] => [...files.keys(), ...links.keys()];
  return {
    platform: input.platform ?? "linux",
    env: input.env ?? {},
    homedir: input.homedir ?? "/home/user",
    tmpdir: "/tmp",
    cwd: "/",
    ...(input.uid === undefined ? {} : { uid: input.uid }),
    interfaces: () => input.interfaces ?? [{ name: "lo", address: "127.0.0.1", internal: true }],
    readText: async (path, maxBytes): Promise<ReadOutcome> => {
      if (!files.has(path)) return { ok: false, reason: "absent", detail: say("unread-absent") };
      const text = files.get(path);
      if (text === undefined) return { ok: false, reason: "denied", detail: say("unread-denied") };
      return { ok: true, text: text.slice(0, maxBytes), truncated: text.length > maxBytes };
    },
    readBytes: async (path) => {
      const text = files.get(path);
      if (text === undefined) return { ok: false, reason: "absent", detail: say("unread-absent") };
      return { ok: true, bytes: Buffer.from(text, "latin1"), truncated: false };
    },
    exists: async (path) => paths().some((each) => each === path || each.startsWith(`${path}/`)),
    list: async (path, max) => {
      const names = paths()
        .filter((each) => each.startsWith(`${path}/`))
        .map((each) => each.slice(path.length + 1).split("/")[0] ?? "");
      return [...new Set(names)].slice(0, max);
    },
    link: async (path) => links.get(path),
    info: async (path): Promise<FileInfo | undefined> => {
      const isFile = files.has(path);
      const below = path === "/" ? "/" : `${path}/`;
      if (!isFile && !paths().some((each) => each.startsWith(below))) return undefined;
      const owned = input.owners?.[path] ?? 0;
      const [uid, gid, mode] = typeof owned === "number" ? [owned, owned, isFile ? 0o644 : 0o755] : owned;
      const size = Buffer.byteLength(files.get(path) ?? "");
      return {
        size,
        modified: input.modified?.[path] ?? 0,
        kind: isFile ? "file" : "directory",
        uid,
        gid,
        mode,
      };
    },
    stream: async function* (path, start, end) {
      yield Buffer.from(files.get(path) ?? "").subarray(start, end);
    },
  };
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
