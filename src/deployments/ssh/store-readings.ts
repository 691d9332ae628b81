import { say } from "../../core/saying.ts";
import type { BytesOutcome, FileInfo, StoreReadings } from "../world.ts";
import type { Frame } from "./frames.ts";
import { Records } from "./records.ts";

interface StoreQuestion {
  readonly path: string;
  /** Bytes of the log's beginning. */
  readonly header: number;
  /** Bytes of a whole file; one more was asked for. */
  readonly bound: number;
}

/** What `storeScript` printed. */
export function storeReadingsIn(
  frames: readonly Frame[],
  { path, header, bound }: StoreQuestion,
): StoreReadings {
  const records = new Records();
  const looks: (FileInfo | undefined)[] = [];
  const odd: string[] = [];
  const contents = new Map<string, BytesOutcome[]>();
  for (const frame of frames) {
    records.add(frame);
    const [, kind, size, of = ""] = /^([MCN]) (?:(\d{1,10}) )?(.*)$/s.exec(frame.head) ?? [];
    if (kind === "M") {
      const { info, link } = records.get(of) ?? {};
      const found = typeof info === "object" ? info : undefined;
      if (of === path) looks.push(found);
      else if (link !== undefined || (found !== undefined && found.kind !== "file")) odd.push(of);
    } else if (kind === "C" || kind === "N") {
      const max = Number(size) === header ? header : bound;
      const { body } = frame;
      const read: BytesOutcome =
        kind === "C"
          ? { ok: true, bytes: body.subarray(0, max), truncated: body.length > max }
          : { ok: false, reason: "denied", detail: say("unread-denied") };
      contents.set(of, [...(contents.get(of) ?? []), read]);
    }
  }
  const [first, log, last] = contents.get(`${path}-wal`) ?? [];
  const journal = records.get(`${path}-journal`)?.info;
  return {
    before: looks[0],
    odd: odd[0],
    header: first,
    database: contents.get(path)?.[0],
    log,
    headerAfter: last,
    after: looks[1],
    journalSize: typeof journal === "object" ? journal.size : 0,
  };
}
