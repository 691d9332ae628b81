import { Worker } from "node:worker_threads";
import { type Fact, known, unknown } from "../../core/fact.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { builtFile } from "../built-file.ts";
import { PROVIDE, type StoreSnapshot, unreadStore } from "./snapshot.ts";

/** Columns of one table, by name. */
export interface StoreTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Column by which the newest rows come first. */
  readonly newest: string;
  /** Rows. */
  readonly most: number;
}

export interface StoreQuestion extends StoreSnapshot {
  readonly tables: readonly StoreTable[];
}

export type StoreAnswer =
  | { readonly rows: Readonly<Record<string, readonly unknown[]>> }
  | { readonly error: string };

/** A store of 500 devices takes 0.1 s. Milliseconds. */
export const LIMIT_MS = 8000;

/**
 * Rows of tables of a database, by the table's name. SQLite runs as WebAssembly in a thread that is ended when it
 * takes longer than `limitMs`, whatever it is at. The snapshot is gone afterwards: its memory goes to the thread.
 */
export function readStore(
  { database, log }: StoreSnapshot,
  tables: readonly StoreTable[],
  limitMs = LIMIT_MS,
): Promise<Fact<Readonly<Record<string, readonly unknown[]>>>> {
  return new Promise((resolve) => {
    const owned = [database, ...(log === undefined ? [] : [log])].map(ownBytes);
    const [own = database, ownLog] = owned;
    const question: StoreQuestion = {
      database: own,
      ...(ownLog === undefined ? {} : { log: ownLog }),
      tables,
    };
    const worker = new Worker(builtFile("store-worker.js"), {
      workerData: question,
      transferList: owned.map(({ buffer }) => buffer as ArrayBuffer),
      resourceLimits: { maxOldGenerationSizeMb: 128, stackSizeMb: 4 },
      stdout: true,
      stderr: true,
    });
    const finish = (fact: Fact<Readonly<Record<string, readonly unknown[]>>>): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      // Its end is not waited for: that is at once, but for a thread that is not scheduled.
      worker.on("error", () => undefined);
      void worker.terminate();
      resolve(fact);
    };
    const failed = (detail: Saying): void => finish(unreadStore("failed", detail));
    const timer = setTimeout(() => {
      const seconds = limitMs / 1000;
      finish(unknown("timeout", say("device-store-slow", { seconds }), PROVIDE));
    }, limitMs);
    worker.on("message", (answer: StoreAnswer) => {
      if ("rows" in answer) finish(known(answer.rows, "sqlite"));
      else failed(quoted(safeText(answer.error, 200)));
    });
    worker.on("error", (error) =>
      failed(error instanceof Error ? quoted(safeText(error.message, 200)) : say("unread-unknown")),
    );
    worker.on("exit", () => failed(say("device-store-reader-ended")));
  });
}

/** Bytes with a buffer of their own, which can be handed over. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    ? bytes
    : new Uint8Array(bytes);
}
