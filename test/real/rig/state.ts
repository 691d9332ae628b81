// What a gateway keeps, read from its files: the question itself leaves no line in a log and no device behind.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Gateway } from "./gateway.ts";
import { mustRun } from "./processes.ts";
import { isAtLeast } from "./releases.ts";

export interface KeptState {
  /** `device request` of what waits. */
  readonly pending: readonly string[];
  readonly paired: readonly string[];
  /** Names of the files of the state directory, but for those that the gateway touches when it likes. */
  readonly files: readonly string[];
  /** The config file's text. */
  readonly config: string;
}

/**
 * A fresh gateway fills its caches for a while (run 9.6), notes some time after its start that it looked for a newer
 * release (run 2.1, 3.13), and SQLite's side files come and go with every reader.
 */
const OWN_FILES = /^(?:cache|logs|tmp)(?:\/|$)|^update-check\.json(?:\.[\w-]+\.tmp)?$|-(?:wal|shm|journal)$/;

type Row = Readonly<Record<string, unknown>>;

/** What is read of a gateway; one in a container has it on this machine, too. */
export interface Keeper extends Pick<Gateway, "release" | "stateDir" | "configPath"> {
  readonly installed: Pick<Gateway["installed"], "node">;
}

export async function stateOf(gateway: Keeper): Promise<KeptState> {
  const [pending, paired] = isAtLeast(gateway.release, "2026.8.1")
    ? await rowsOfDatabase(gateway)
    : [rowsOfFile(gateway, "pending"), rowsOfFile(gateway, "paired")];
  const files = readdirSync(gateway.stateDir, { recursive: true })
    .map(String)
    .filter((name) => !OWN_FILES.test(name))
    .sort();
  return {
    pending: ids(pending),
    paired: ids(paired),
    files,
    config: readFileSync(gateway.configPath, "utf8"),
  };
}

function ids(rows: readonly Row[]): string[] {
  const word = (value: unknown) => (typeof value === "string" ? value : "");
  return rows
    .map((row) => `${word(row.deviceId ?? row.device_id)} ${word(row.requestId ?? row.request_id)}`)
    .sort();
}

function rowsOfFile(gateway: Keeper, name: string): Row[] {
  try {
    return Object.values(
      JSON.parse(readFileSync(path.join(gateway.stateDir, "devices", `${name}.json`), "utf8")),
    );
  } catch (error) {
    // Nobody has asked to be paired yet.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    // A file that somebody broke has to stay as it is, too.
    if (error instanceof SyntaxError) return [{ deviceId: error.message }];
    throw error;
  }
}

/** The release's own Node has SQLite. */
async function rowsOfDatabase(gateway: Keeper): Promise<[Row[], Row[]]> {
  const script = `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(process.argv[1], { readOnly: true });
    const rows = (table) => database.prepare("SELECT * FROM " + table).all();
    console.log(JSON.stringify([rows("device_pairing_pending"), rows("device_pairing_paired")]));`;
  const file = path.join(gateway.stateDir, "state", "openclaw.sqlite");
  const printed = await mustRun([gateway.installed.node, "--no-warnings", "-e", script, file]);
  return JSON.parse(printed) as [Row[], Row[]];
}
