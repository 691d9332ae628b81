import sqlite3 from "@sqlite.org/sqlite-wasm";

export const COMMON = "device_id, platform, client_id, role, roles_json, scopes_json";

/** The tables of devices as 2026.7.1 and later make them, without what nobody reads. */
export const PENDING = `CREATE TABLE device_pairing_pending (request_id, ${COMMON}, remote_ip, is_repair, ts);`;
export const PAIRED = `CREATE TABLE device_pairing_paired (${COMMON}, approved_scopes_json, approved_at_ms, created_at_ms);`;

/** A database of these statements. */
export async function storeOf(sql: string): Promise<Uint8Array> {
  const sqlite = await sqlite3();
  const store = new sqlite.oo1.DB();
  store.exec(sql);
  const bytes = sqlite.capi.sqlite3_js_db_export(store);
  store.close();
  return bytes;
}
