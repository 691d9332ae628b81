import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fact, known, unknown } from "../core/fact.ts";
import type { DeviceList } from "../core/facts.ts";
import { devicesFromRows } from "./devices.ts";
import { failure, type World } from "./world.ts";

/** A store larger than this is not copied. */
const MAX_BYTES = 256 * 1024 * 1024;
const PROVIDE = "openclaw devices list --json";

/** The part of `node:sqlite` that is used; Node 20 has none of it and its types do not name it. */
interface SqliteModule {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database;
}

interface Database {
  prepare(sql: string): { all(): unknown[] };
  close(): void;
}

/** Columns are named one by one: the tables hold device tokens too, which nobody here needs. */
const PENDING =
  "SELECT request_id, device_id, platform, client_id, role, roles_json, scopes_json, remote_ip, is_repair, ts FROM device_pairing_pending ORDER BY ts DESC LIMIT 500";
const PAIRED =
  "SELECT device_id, platform, client_id, role, roles_json, scopes_json, approved_scopes_json, approved_at_ms, created_at_ms FROM device_pairing_paired ORDER BY approved_at_ms DESC LIMIT 500";

/**
 * The device lists of `<state>/state/openclaw.sqlite` (2026.8.1 and later). Opening a database in place makes
 * files beside it even when only reading, so it is copied, with its write-ahead log, to a private directory that
 * is removed again.
 */
export async function devicesFromSqlite(
  world: World,
  path: string,
  realPath = path,
): Promise<Fact<DeviceList>> {
  const info = await world.info(path);
  if (info === undefined || info.kind !== "file")
    return unknown("absent", "no device store", PROVIDE, { message: "no-device-store" });
  if (info.size > MAX_BYTES)
    return unknown("failed", "the device store is too large to copy", PROVIDE, {
      message: "device-store-too-large",
    });
  const sqlite = await loadSqlite();
  if (sqlite === undefined)
    return unknown(
      "failed",
      `Node ${process.versions.node} cannot read the gateway's SQLite store`,
      PROVIDE,
      { message: "node-without-sqlite", args: { version: process.versions.node } },
    );
  let directory: string | undefined;
  try {
    directory = await mkdtemp(join(tmpdir(), "pairing-doctor-"));
    const copy = join(directory, "devices.sqlite");
    const copyTo = world.copyTo ?? copyFile;
    await copyTo(realPath, copy);
    // Absent when the gateway has shut down in order.
    await copyTo(`${realPath}-wal`, `${copy}-wal`).catch(() => undefined);
    const database = new sqlite.DatabaseSync(copy, { readOnly: false });
    try {
      const list = devicesFromRows(database.prepare(PENDING).all(), database.prepare(PAIRED).all());
      return known(list, path);
    } finally {
      database.close();
    }
  } catch (error) {
    const { reason, detail } = failure(error);
    return unknown(reason, `the device store: ${detail}`, PROVIDE);
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function loadSqlite(): Promise<SqliteModule | undefined> {
  // Node announces the module as experimental on stderr, which belongs to prompts and progress.
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    const name: string = "node:sqlite";
    const loaded: unknown = await import(name);
    return isSqlite(loaded) ? loaded : undefined;
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isSqlite(value: unknown): value is SqliteModule {
  return (
    typeof value === "object" &&
    value !== null &&
    "DatabaseSync" in value &&
    typeof value.DatabaseSync === "function"
  );
}
