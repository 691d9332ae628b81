import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ProbeReading } from "../../src/core/facts.ts";
import { isObject } from "../../src/core/json.ts";
import type { Secret } from "../../src/core/secret.ts";
import { probe } from "../../src/gateway/probe.ts";
import { recordFrames } from "./frames.ts";

export interface NoTraceOptions {
  /** Of a gateway that somebody else started, on loopback. */
  readonly url: string;
  /** Its `.openclaw`. */
  readonly stateDir: string;
  readonly credentials: { readonly token?: Secret; readonly password?: Secret };
  /** How long the gateway is watched doing nothing, milliseconds; 4000 when absent. */
  readonly idleMs?: number;
  readonly probes?: number;
}

export interface NoTraceProof {
  /** Files that changed while we probed, but for those that the gateway touches of its own. Must be empty. */
  readonly changed: readonly string[];
  /** Files that changed while nobody did anything. */
  readonly ownChanges: readonly string[];
  /** Pending and paired device ids. */
  readonly devicesBefore: readonly string[];
  readonly devicesAfter: readonly string[];
  readonly readings: readonly ProbeReading[];
}

/**
 * What a gateway writes whenever it likes: logs, caches, and SQLite's own files (from 2026.8.2 the state is in
 * `state/openclaw.sqlite`, of which the device tables are compared through the gateway itself).
 */
const ownFiles = /(?:^|\/)(?:logs?|cache|tmp)\/|\.(?:log|jsonl|sqlite(?:-wal|-shm)?)$/;

/** Probes a real gateway and looks at what it keeps before and after. Starts and stops nothing. */
export async function proveNoTrace(options: NoTraceOptions): Promise<NoTraceProof> {
  const first = await snapshot(options.stateDir);
  await new Promise((resolve) => setTimeout(resolve, options.idleMs ?? 4000));
  const before = await snapshot(options.stateDir);
  const devicesBefore = await deviceIds(options);

  const readings: ProbeReading[] = [];
  for (let turn = 0; turn < (options.probes ?? 2); turn++) {
    readings.push(await probe({ url: options.url, timeoutMs: 15_000 }));
    readings.push(await probe({ url: options.url, timeoutMs: 15_000, credentials: options.credentials }));
  }

  const devicesAfter = await deviceIds(options);
  const ownChanges = differences(first, before);
  const changed = differences(before, await snapshot(options.stateDir)).filter(
    (file) => !ownChanges.includes(file) && !ownFiles.test(file),
  );
  return { changed, ownChanges, devicesBefore, devicesAfter, readings };
}

/** Relative path to hash of content. */
async function snapshot(stateDir: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(stateDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(stateDir, path);
    // The page's assets are thousands of files, unpacked by the gateway itself.
    if (!entry.isFile() || name.startsWith("cache/")) continue;
    try {
      const { size } = await stat(path);
      const content = size > 20_000_000 ? String(size) : await readFile(path);
      files.set(name, createHash("sha256").update(content).digest("hex"));
    } catch {
      // Gone between listing and reading: a difference, and seen as one.
    }
  }
  return files;
}

function differences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => a.get(name) !== b.get(name)).sort();
}

/**
 * From the files up to 2026.7, from the gateway later.
 *
 * @throws {Error} neither files nor an answer: a gateway before 2026.8 that has never seen a device.
 */
async function deviceIds({ stateDir, url, credentials }: NoTraceOptions): Promise<string[]> {
  const lists = await Promise.all(
    ["pending", "paired"].map(async (name) => {
      try {
        const entries: unknown = JSON.parse(
          await readFile(join(stateDir, "devices", `${name}.json`), "utf8"),
        );
        return isObject(entries) ? Object.values(entries).map((entry) => idOf(name, entry)) : [];
      } catch {
        return undefined;
      }
    }),
  );
  if (lists.some((list) => list !== undefined)) return lists.flatMap((list) => list ?? []).sort();
  const { frames } = await recordFrames(
    url,
    {
      name: "device list",
      client: { id: "gateway-client", mode: "backend" },
      auth: "token",
      origin: null,
      calls: [{ method: "device.pair.list", params: {} }],
    },
    { token: credentials.token?.reveal() ?? "" },
  );
  const answer = frames.at(-1);
  const payload = isObject(answer) && isObject(answer.payload) ? answer.payload : {};
  if (!Array.isArray(payload.pending)) throw new Error(`no device list: ${JSON.stringify(answer)}`);
  return ["pending", "paired"]
    .flatMap((name) => {
      const entries = payload[name];
      return Array.isArray(entries) ? entries.map((entry: unknown) => idOf(name, entry)) : [];
    })
    .sort();
}

function idOf(list: string, entry: unknown): string {
  return `${list} ${isObject(entry) ? String(entry.deviceId) : "?"}`;
}
