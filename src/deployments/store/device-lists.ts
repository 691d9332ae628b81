import { type Fact, known } from "../../core/fact.ts";
import type { DeviceList } from "../../core/facts.ts";
import { devicesFromRows, MAX_DEVICES } from "../../intake/devices.ts";
import type { World } from "../world.ts";
import { readStore } from "./reader.ts";
import { storeSnapshot } from "./snapshot.ts";

const BOTH = ["device_id", "platform", "client_id", "role", "roles_json", "scopes_json"] as const;

/** Columns are named one by one: the tables hold device tokens too, which nobody here needs. */
const PENDING = {
  name: "device_pairing_pending",
  columns: ["request_id", ...BOTH, "remote_ip", "is_repair", "ts"],
  newest: "ts",
  most: MAX_DEVICES,
} as const;
const PAIRED = {
  name: "device_pairing_paired",
  columns: [...BOTH, "approved_scopes_json", "approved_at_ms", "created_at_ms"],
  newest: "approved_at_ms",
  most: MAX_DEVICES,
} as const;

/**
 * The device lists of `<state>/state/openclaw.sqlite` (2026.8.1 and later), with what is still in its write-ahead
 * log. SQLite itself never opens the gateway's files: it would make others beside them even when only reading.
 */
export async function devicesFromSqlite(world: World, path: string): Promise<Fact<DeviceList>> {
  const snapshot = await storeSnapshot(world, path);
  if (!snapshot.known) return snapshot;
  const rows = await readStore(snapshot.value, [PENDING, PAIRED]);
  if (!rows.known) return rows;
  return known(devicesFromRows(rows.value[PENDING.name] ?? [], rows.value[PAIRED.name] ?? []), path);
}
