import { type Fact, known, unknown } from "../core/fact.ts";
import type { DeviceList, PairedDevice, PendingDevice } from "../core/facts.ts";
import { safeText } from "../core/text.ts";

/** How many entries of each list are kept. */
const MAX_DEVICES = 500;

/**
 * The device lists of `<state>/devices/pending.json` and `paired.json` (objects keyed by request and by device;
 * 2026.1.29 to 2026.7.x). Entries that are not what they should be are passed over. Tokens in them are not read.
 */
export function devicesFromJson(
  pending: string | undefined,
  paired: string | undefined,
  source: string,
): Fact<DeviceList> {
  try {
    return known(
      {
        pending: entries(pending).flatMap(pendingOf),
        paired: entries(paired).flatMap(pairedOf),
        store: "json",
      },
      source,
    );
  } catch {
    return unknown("failed", `${source}: not JSON`, "openclaw devices list --json");
  }
}

/** The lists from rows of `device_pairing_pending` and `device_pairing_paired` (2026.8.2 and later). */
export function devicesFromRows(pending: readonly unknown[], paired: readonly unknown[]): DeviceList {
  return {
    pending: pending.slice(0, MAX_DEVICES).flatMap((row) => pendingOf(["", camel(row)])),
    paired: paired.slice(0, MAX_DEVICES).flatMap((row) => pairedOf(["", camel(row)])),
    store: "sqlite",
  };
}

function entries(text: string | undefined): [string, unknown][] {
  if (text === undefined || text.trim() === "") return [];
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) ? Object.entries(parsed).slice(0, MAX_DEVICES) : [];
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
      list && typeof value === "string" ? parsed(value) : typeof value === "bigint" ? Number(value) : value;
  }
  return out;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, 65_536));
  } catch {
    return undefined;
  }
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
