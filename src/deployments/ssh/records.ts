import type { FileInfo } from "../world.ts";
import type { Frame } from "./frames.ts";

/** What is known of a path of another machine. */
export interface PathRecord {
  /** Through links. */
  info?: FileInfo | "absent" | "denied";
  link?: { readonly target: string; readonly owner: number | undefined };
  content?: Content | "denied";
  /** What was opened for the content, whatever the path leads to by now. */
  opened?: { readonly path?: string; readonly info?: FileInfo };
  names?: readonly string[];
  /** `names` were told, and are not only taken for none. */
  isListed?: true;
}

export interface Content {
  readonly bytes: Buffer;
  /** As many were asked for. */
  readonly asked: number;
}

/** What was said of paths, by path; what is told twice counts as it was told last. */
export class Records {
  readonly #all = new Map<string, PathRecord>();
  /** GNU's `stat` prints the mode in hex, BSD's in octal. */
  #radix: 16 | 8 = 16;

  get(path: string): PathRecord | undefined {
    return this.#all.get(path);
  }

  /** What the machine did not say of this path, it was asked for all the same. */
  settle(path: string, bytes: number): void {
    const record = this.#record(path);
    record.info ??= "absent";
    if (bytes > 0 && record.content === undefined && isFile(record)) record.content = "denied";
    if (bytes > 0) record.names ??= [];
  }

  add({ head, body }: Frame): void {
    const [, kind = "", rest = ""] = /^([A-Za-z]{1,20})(?: (.*))?$/s.exec(head) ?? [];
    switch (kind) {
      case "style":
        this.#radix = rest === "bsd" ? 8 : 16;
        break;
      case "M":
        this.#place(rest, body.toString("utf8"));
        break;
      case "L": {
        const target = body.toString("utf8").replace(/\n$/, "");
        if (target !== "") this.#record(rest).link = { target, owner: undefined };
        break;
      }
      case "O": {
        const [path = "", stat = ""] = body.toString("utf8").split("\n");
        const info = this.#infoOf(stat);
        this.#record(rest).opened = {
          ...(path.startsWith("/") ? { path } : {}),
          ...(typeof info === "object" ? { info } : {}),
        };
        break;
      }
      case "C": {
        const [, asked = "0", path = ""] = /^(\d{1,10}) (.*)$/s.exec(rest) ?? [];
        this.#record(path).content = { bytes: body, asked: Number(asked) };
        break;
      }
      case "F":
        // What a process has there may be gone by now.
        if (body.length > 0) {
          this.#record(rest).content = { bytes: body, asked: body.length + 1 };
          this.#record(rest).info ??= PROC_FILE;
        }
        break;
      case "N":
        this.#record(rest).content = "denied";
        this.#record(rest).info ??= PROC_FILE;
        break;
      case "D":
        this.#record(rest).isListed = true;
        this.#record(rest).names = body
          .toString("utf8")
          .split("\n")
          .filter((name) => name !== "");
        break;
    }
  }

  #record(path: string): PathRecord {
    const record = this.#all.get(path) ?? {};
    this.#all.set(path, record);
    return record;
  }

  #place(path: string, text: string): void {
    const [stat = "", owner, ...target] = text.replace(/\n$/, "").split("\n");
    const record = this.#record(path);
    record.info = this.#infoOf(stat);
    if (owner !== undefined && target.length > 0)
      record.link = {
        target: target.join("\n"),
        owner: /^\d{1,10}$/.test(owner) ? Number(owner) : undefined,
      };
  }

  #infoOf(stat: string): FileInfo | "absent" | "denied" {
    const fields = /^(\d{1,19}) (\d{1,12}) (\d{1,10}) (\d{1,10}) ([0-9a-f]{1,8})$/.exec(stat.trim());
    if (fields === null) return /permission denied/i.test(stat) ? "denied" : "absent";
    const [size = 0, seconds = 0, uid = 0, gid = 0] = fields.slice(1, 5).map(Number);
    const mode = Number.parseInt(fields[5] ?? "", this.#radix);
    return {
      size,
      modified: seconds * 1000,
      kind: kindOf(mode),
      uid,
      gid,
      mode: mode & 0o7777,
    };
  }
}

/** The kind of file in a mode (POSIX `S_IFMT`). */
function kindOf(mode: number): FileInfo["kind"] {
  const type = (mode >> 12) & 0xf;
  return type === 8 ? "file" : type === 4 ? "directory" : type === 12 ? "socket" : "other";
}

const PROC_FILE: FileInfo = { size: 0, modified: 0, kind: "file" };

function isFile({ info }: PathRecord): boolean {
  return typeof info === "object" && info.kind === "file";
}
