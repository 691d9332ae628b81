import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import sqlite3, { type Database, type Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import type { StoreAnswer, StoreQuestion } from "./reader.ts";

/**
 * Asks a database of strangers, in a thread of its own that whoever asks ends when it takes too long. The files are in
 * memory. The settings are those that SQLite names for such databases (sqlite.org/security.html), and tighter ones.
 */

/** Of one value; scopes of a device have some hundred bytes. */
const MAX_VALUE = 65_536;
/** Of a row; the tokens of a device are in it, too. */
const MAX_ROW = 1_048_576;
const MAX_HEAP = 64 * 1024 * 1024;

/** Its types leave out what it takes. */
const start: (options: object) => Promise<Sqlite3Static> = sqlite3;
const { database, log, tables } = workerData as StoreQuestion;
const answer = (said: StoreAnswer): void => parentPort?.postMessage(said);
try {
  answer({ rows: await read() });
} catch (error) {
  answer({ error: error instanceof Error ? error.message.slice(0, 300) : "unknown error" });
}

async function read(): Promise<Record<string, readonly unknown[]>> {
  const sqlite = await start({ wasmBinary: program(), print: () => undefined, printErr: () => undefined });
  const { capi, oo1 } = sqlite;
  capi.sqlite3_js_posix_create_file("/store", database);
  if (log !== undefined) capi.sqlite3_js_posix_create_file("/store-wal", log);
  const store = new oo1.DB("/store", "r");
  restrict(sqlite, store);
  // The log's index is then in memory, as nobody shares it.
  store.exec("PRAGMA locking_mode = EXCLUSIVE");
  store.exec(`PRAGMA hard_heap_limit = ${MAX_HEAP}`);
  for (const { name } of tables) mustBeTable(store, name);
  allowOnly(sqlite, store);
  const rows: Record<string, readonly unknown[]> = {};
  for (const { name, columns, newest, most } of tables) {
    const shown = columns.map((column) => quoted(column)).join(", ");
    rows[name] = store.selectObjects(
      `SELECT ${shown} FROM main.${quoted(name)} ORDER BY ${quoted(newest)} DESC LIMIT ${most}`,
    );
  }
  return bounded(rows);
}

function program(): Uint8Array {
  // Shipped beside this file; in the sources it is where npm put it.
  const beside = fileURLToPath(new URL("./sqlite3.wasm", import.meta.url));
  return readFileSync(
    existsSync(beside)
      ? beside
      : createRequire(import.meta.url).resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm"),
  );
}

function restrict({ capi }: Sqlite3Static, store: Database): void {
  for (const [setting, value] of [
    [capi.SQLITE_DBCONFIG_DEFENSIVE, 1],
    [capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0],
    [capi.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0],
    [capi.SQLITE_DBCONFIG_ENABLE_VIEW, 0],
  ] as const)
    capi.sqlite3_db_config(store, setting, value, 0);
  for (const [limit, most] of [
    [capi.SQLITE_LIMIT_LENGTH, MAX_ROW],
    [capi.SQLITE_LIMIT_SQL_LENGTH, MAX_ROW],
    [capi.SQLITE_LIMIT_EXPR_DEPTH, 100],
    [capi.SQLITE_LIMIT_COMPOUND_SELECT, 10],
    [capi.SQLITE_LIMIT_VDBE_OP, 100_000],
    [capi.SQLITE_LIMIT_ATTACHED, 0],
    [capi.SQLITE_LIMIT_TRIGGER_DEPTH, 1],
  ] as const)
    capi.sqlite3_limit(store, limit, most);
}

/**
 * A view, a virtual table and a computed column run what the database says.
 * @throws {Error} when it is anything but a table whose columns are stored.
 */
function mustBeTable(store: Database, name: string): void {
  const found = store.selectObjects(
    "SELECT type, rootpage, sql FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE",
    [name],
  );
  const [only] = found;
  if (only === undefined) throw new Error(`there is no table ${name}`);
  const isPlain =
    found.length === 1 &&
    only.type === "table" &&
    Number(only.rootpage) > 0 &&
    /^\s{0,20}CREATE\s{1,20}TABLE\s/i.test(String(only.sql));
  if (!isPlain) throw new Error(`${name} is no plain table`);
  const computed = store
    .selectObjects(`PRAGMA main.table_xinfo(${quoted(name)})`)
    .some(({ hidden }) => hidden !== 0);
  if (computed) throw new Error(`${name} has computed columns`);
}

/** From here on only values of the tables that are asked about are read; no function runs. */
function allowOnly({ capi, wasm }: Sqlite3Static, store: Database): void {
  const names = new Set(tables.map(({ name }) => name));
  const asked = new Map(tables.map(({ name, columns, newest }) => [name, new Set([...columns, newest])]));
  capi.sqlite3_set_authorizer(
    store,
    (_context: unknown, action: number, first: unknown, second: unknown) => {
      if (action === capi.SQLITE_SELECT) return capi.SQLITE_OK;
      const [table, column] = [first, second].map((text) =>
        typeof text === "number" && text !== 0 ? wasm.cstrToJs(text) : String(text),
      );
      const isAsked =
        action === capi.SQLITE_READ && names.has(table ?? "") && asked.get(table ?? "")?.has(column ?? "");
      return isAsked === true ? capi.SQLITE_OK : capi.SQLITE_DENY;
    },
    0,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function bounded(rows: Record<string, readonly unknown[]>): Record<string, readonly unknown[]> {
  const value = (each: unknown): unknown =>
    typeof each === "string" ? each.slice(0, MAX_VALUE) : each instanceof Uint8Array ? null : each;
  const row = (each: unknown): unknown =>
    Object.fromEntries(
      Object.entries(each as Record<string, unknown>).map(([key, one]) => [key, value(one)]),
    );
  return Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, list.map(row)]));
}
