import { type Fact, known } from "../core/fact.ts";
import type { DeviceList, PairedDevice, PendingDevice, StoreProblem } from "../core/facts.ts";
import { isObject, parseBoundedJson } from "../core/json.ts";
import { safeText } from "../core/text.ts";

/** How many entries of each list are kept. */
export const MAX_DEVICES = 500;

/** How many problems of a store are told. */
const MAX_PROBLEMS = 10;

/**
 * The device lists of `<state>/devices/pending.json` and `paired.json` (objects keyed by request and by device;
 * 2026.1.29 to 2026.7.x). What is not what it should be is passed over, as the gateway does it, and told in
 * `problems`. Tokens in them are not read.
 */
export function devicesFromJson(
  pending: string | undefined,
  paired: string | undefined,
  source: string,
): Fact<DeviceList> {
  const waiting = storeFile(pending, `${source}/pending.json`);
  const listed = storeFile(paired, `${source}/paired.json`, "publicKey");
  const problems = [...waiting.problems, ...listed.problems].slice(0, MAX_PROBLEMS);
  return known(
    {
      pending: waiting.entries.flatMap(pendingOf),
      paired: listed.entries.flatMap(pairedOf),
      store: "json",
      ...(problems.length === 0 ? {} : { problems }),
    },
    source,
  );
}

/** The lists as `devices list --json` prints them (2026.2.1 to 2026.9.6). */
export function devicesFromLists(pending: unknown, paired: unknown): DeviceList {
  const entries = (list: unknown): [string, unknown][] =>
    Array.isArray(list) ? list.slice(0, MAX_DEVICES).map((one) => ["", one]) : [];
  return {
    pending: entries(pending).flatMap(pendingOf),
    paired: entries(paired).flatMap(pairedOf),
    store: "json",
  };
}

/** The lists from rows of `device_pairing_pending` and `device_pairing_paired` (2026.8.2 and later). */
export function devicesFromRows(pending: readonly unknown[], paired: readonly unknown[]): DeviceList {
  return {
    pending: pending.slice(0, MAX_DEVICES).flatMap((row) => pendingOf(["", camel(row)])),
    paired: paired.slice(0, MAX_DEVICES).flatMap((row) => pairedOf(["", camel(row)])),
    store: "sqlite",
  };
}

interface StoreFile {
  readonly entries: readonly [string, unknown][];
  readonly problems: readonly StoreProblem[];
}

/** One file of the store; `needed` is what the gateway compares and an entry cannot do without. */
function storeFile(text: string | undefined, path: string, needed?: string): StoreFile {
  const problem = (kind: StoreProblem["kind"], detail: string): StoreProblem => ({
    kind,
    path: safeText(path, 300),
    detail,
  });
  // The gateway itself never leaves an empty file.
  if (text === undefined || text.trim() === "") return { entries: [], problems: [] };
  const parsed = parseBoundedJson(text);
  if (parsed === undefined)
    return { entries: [], problems: [problem("not-json", "cannot be parsed as JSON")] };
  if (!isObject(parsed)) {
    // 2026.5.28 was seen to leave an empty list alone.
    if (Array.isArray(parsed) && parsed.length === 0) return { entries: [], problems: [] };
    return { entries: [], problems: [problem("not-an-object", `holds ${shapeOf(parsed)}, not an object`)] };
  }
  const entries = Object.entries(parsed).slice(0, MAX_DEVICES);
  const bad = entries.filter(
    ([, value]) => !isObject(value) || (needed !== undefined && textOf(value[needed]) === undefined),
  );
  const problems = bad
    .slice(0, MAX_PROBLEMS)
    .map(([key, value]) =>
      problem(
        "bad-entry",
        `the entry ${safeText(key, 80)} ${isObject(value) ? `has no ${needed ?? ""}` : "is no object"}`,
      ),
    );
  return { entries, problems };
}

function shapeOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function pendingOf([key, value]: [string, unknown]): PendingDevice[] {
  if (!isObject(value)) return [];
  const requestId = textOf(value.requestId) ?? textOf(key);
  const deviceId = textOf(value.deviceId);
  if (requestId === undefined || deviceId === undefined) return [];
  const remoteIp = textOf(value.remoteIp);
  const at = timeOf(value.ts);
  return [
    {
      requestId,
      deviceId,
      ...common(value),
      ...(remoteIp === undefined ? {} : { remoteIp }),
      ...(at === undefined ? {} : { at }),
      ...(value.isRepair === true || value.isRepair === 1 ? { isRepair: true } : {}),
    },
  ];
}

function pairedOf([key, value]: [string, unknown]): PairedDevice[] {
  if (!isObject(value)) return [];
  const deviceId = textOf(value.deviceId) ?? textOf(key);
  if (deviceId === undefined) return [];
  const at = timeOf(value.approvedAtMs) ?? timeOf(value.createdAtMs) ?? timeOf(value.ts);
  return [{ deviceId, ...common(value), ...(at === undefined ? {} : { at }) }];
}

function common(value: Readonly<Record<string, unknown>>): {
  client?: string;
  platform?: string;
  role?: string;
  scopes: readonly string[];
} {
  const client = textOf(value.clientId);
  const platform = textOf(value.platform);
  const role = textOf(value.role) ?? textsOf(value.roles)[0];
  const scopes = [...textsOf(value.approvedScopes), ...textsOf(value.scopes)];
  return {
    ...(client === undefined ? {} : { client }),
    ...(platform === undefined ? {} : { platform }),
    ...(role === undefined ? {} : { role }),
    scopes: [...new Set(scopes)],
  };
}

/** Column names to the names of the JSON store; `scopes_json` and `roles_json` hold lists as text. */
function camel(row: unknown): unknown {
  if (!isObject(row)) return undefined;
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row).slice(0, 100)) {
    const list = name.endsWith("_json");
    const key = name
      .replace(/_json$/, "")
      .replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    out[key] =
      list && typeof value === "string"
        ? parseBoundedJson(value.slice(0, 65_536))
        : typeof value === "bigint"
          ? Number(value)
          : value;
  }
  return out;
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return safeText(value, 200);
}

function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 50).flatMap((item) => textOf(item) ?? []);
}

/** Milliseconds since 1970 as ISO 8601. */
function timeOf(value: unknown): string | undefined {
  if (typeof value !== "number" || !(value > 0) || value > 8.64e15) return undefined;
  return new Date(value).toISOString();
}
