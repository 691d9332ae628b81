import { ChangeError, type Undo } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import type { JsonValue } from "../core/finding.ts";
import { isObject, parseBoundedJson } from "../core/json.ts";
import { say } from "../core/saying.ts";
import { isCovered } from "../core/scopes.ts";
import type { ExactFiles } from "./exact-files.ts";

/**
 * `<state>/devices/paired.json`, for what the gateway's own commands cannot take back: 2026.1.29 and 2026.2.1 have
 * no `devices remove`, and no release up to 2026.7.x takes a scope from a device. The gateway reads the file anew
 * for every connection and for every call and keeps nothing of it (run 2026.1.29, 2026.2.1; shipped code of
 * 2026.2.1), so a change counts at once, also while it runs. It writes the file whole, indented by two.
 */
export type PairedEntry = { readonly [key: string]: JsonValue };

/** How often the gateway may write between our look and our rename before we give up. */
const TRIES = 5;

/** The entry of one device without the values of its tokens; `undefined` when it is not paired. */
export async function pairedEntry(
  files: ExactFiles,
  stateDir: string,
  deviceId: string,
): Promise<PairedEntry | undefined> {
  const file = await files.read(pathOf(stateDir));
  const entry = file === undefined ? undefined : entriesOf(file.content)?.[deviceId];
  return entry === undefined ? undefined : withoutTokens(entry);
}

/** Takes the entry of one device out; every other byte stays as the gateway writes it. */
export function removeEntry(
  files: ExactFiles,
  stateDir: string,
  deviceId: string,
): Promise<Fact<"removed" | "absent">> {
  return change(files, pathOf(stateDir), (entries) => {
    if (entries[deviceId] === undefined) return "absent";
    delete entries[deviceId];
    return "removed";
  });
}

/** Takes requests out of those that wait (`pending.json`), which the gateway reads as it does `paired.json`. */
export function removePending(
  files: ExactFiles,
  stateDir: string,
  requestIds: readonly string[],
): Promise<Fact<"removed" | "absent">> {
  return change(files, `${stateDir}/devices/pending.json`, (entries) => {
    const there = requestIds.filter((id) => entries[id] !== undefined);
    for (const id of there) delete entries[id];
    return there.length === 0 ? "absent" : "removed";
  });
}

/**
 * Puts a device back to what it had before an upgrade was approved. The approval gave it a new token; that one
 * stays, with no more than the earlier scopes, as we never keep the earlier one. It never gets more than it has, nor
 * another key, whatever the journal says.
 */
export function restoreEntry(
  files: ExactFiles,
  stateDir: string,
  undo: Extract<Undo, { readonly undo: "device.restore" }>,
): Promise<Fact<"restored" | "absent" | "more">> {
  return change(files, pathOf(stateDir), (entries) => {
    const now = entries[undo.deviceId];
    if (now === undefined) return "absent";
    const before: PairedEntry = undo.entry ?? {
      ...now,
      ...(undo.role === undefined ? {} : { role: undo.role, roles: [undo.role] }),
      scopes: undo.scopes,
      ...(now.approvedScopes === undefined ? {} : { approvedScopes: undo.scopes }),
    };
    if (isMore(before, now, undo.deviceId)) return "more";
    const tokens = tokensOf(now, before, undo.scopes);
    // In the order of before, so that the file reads as it did.
    entries[undo.deviceId] = tokens === undefined ? before : { ...before, tokens };
    return "restored";
  });
}

function isMore(before: PairedEntry, now: PairedEntry, deviceId: string): boolean {
  const isSameDevice = (before.deviceId ?? deviceId) === deviceId && before.publicKey === now.publicKey;
  const roles = (entry: PairedEntry) => [
    ...listOf(entry.roles),
    ...(typeof entry.role === "string" ? [entry.role] : []),
  ];
  const scopes = (entry: PairedEntry) => [...listOf(entry.scopes), ...listOf(entry.approvedScopes)];
  return (
    !isSameDevice ||
    !roles(before).every((role) => roles(now).includes(role)) ||
    !isCovered(scopes(before), scopes(now)) ||
    hasOtherTokens(before.tokens, now.tokens)
  );
}

/** The value of a token is never kept, so none comes back. */
function hasOtherTokens(before: JsonValue | undefined, now: JsonValue | undefined): boolean {
  if (!isObject(before) || !isObject(now)) return false;
  return Object.entries(before).some(([role, token]) => {
    const is = now[role];
    if (!isObject(token) || !isObject(is)) return false;
    return Object.hasOwn(token, "token") || !isCovered(listOf(token.scopes), listOf(is.scopes));
  });
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function tokensOf(now: PairedEntry, before: PairedEntry, scopes: readonly string[]): PairedEntry | undefined {
  if (!isObject(now.tokens)) return undefined;
  const earlier = isObject(before.tokens) ? before.tokens : undefined;
  const tokens: Record<string, JsonValue> = {};
  for (const [role, token] of Object.entries(now.tokens)) {
    if (!isObject(token)) continue;
    const had = earlier?.[role];
    if (earlier !== undefined && !isObject(had)) continue;
    const allowed = isObject(had) && Array.isArray(had.scopes) ? had.scopes : scopes;
    const kept = Array.isArray(token.scopes) ? token.scopes.filter((one) => allowed.includes(one)) : [];
    tokens[role] = { ...token, ...(isObject(had) ? had : {}), scopes: isObject(had) ? allowed : kept };
  }
  return tokens;
}

type Entries = Record<string, PairedEntry>;

async function change<T extends string>(
  files: ExactFiles,
  path: string,
  edit: (entries: Entries) => T,
): Promise<Fact<T | "absent">> {
  try {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const file = await files.read(path);
      if (file === undefined) return known("absent", path);
      const entries = entriesOf(file.content);
      if (entries === undefined) return unknown("failed", say("paired-odd"));
      const outcome = edit(entries);
      if (outcome === "absent" || outcome === "more") return known(outcome, path);
      const end = file.content.at(-1) === 10 ? "\n" : "";
      const content = Buffer.from(`${JSON.stringify(entries, null, 2)}${end}`);
      if ((await files.replace(path, { ...file, content }, file.sha256)) === "replaced")
        return known(outcome, path);
    }
    return unknown("failed", say("paired-kept-writing"));
  } catch (error) {
    if (error instanceof ChangeError) return unknown(error.reason, error.say);
    throw error;
  }
}

function entriesOf(content: Uint8Array): Entries | undefined {
  try {
    const parsed = parseBoundedJson(Buffer.from(content).toString("utf8")) as JsonValue | undefined;
    if (!isObject(parsed)) return undefined;
    const entries: Entries = Object.create(null);
    for (const [id, entry] of Object.entries(parsed)) {
      if (!isObject(entry)) return undefined;
      entries[id] = entry;
    }
    return entries;
  } catch {
    return undefined;
  }
}

function withoutTokens(entry: PairedEntry): PairedEntry {
  if (!isObject(entry.tokens)) return entry;
  const tokens: Record<string, JsonValue> = {};
  for (const [role, token] of Object.entries(entry.tokens)) {
    if (!isObject(token)) continue;
    const { token: _secret, ...rest } = token;
    tokens[role] = rest;
  }
  return { ...entry, tokens };
}

function pathOf(stateDir: string): string {
  return `${stateDir}/devices/paired.json`;
}
