import { ChangeError, type OwnFile, type OwnTraces } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import type { DeviceList } from "../core/facts.ts";
import { isObject, parseBoundedJson } from "../core/json.ts";
import { removePending } from "./device-files.ts";
import type { ExactFiles } from "./exact-files.ts";

/**
 * What a call of OpenClaw's own command leaves of itself (run 2026.2.19, 2026.4.7, 2026.6.11, 2026.7.1): the key that it
 * makes for itself, its token, a device `cli` in the gateway's list, and where that has too few scopes a request of its
 * own (2026.6.11), which holds back whoever types that command next. 2026.8.2 and 2026.9.6 leave nothing.
 */
export interface TracedPlace {
  readonly stateDir: string;
  readonly files: ExactFiles;
  /** From the gateway's store. */
  readonly devices: () => Promise<Fact<DeviceList>>;
}

const KEY: OwnFile = "identity/device.json";
const OWN_FILES: readonly OwnFile[] = [KEY, "identity/device-auth.json"];

/** What was there before the call: nothing of it is the call's. */
export interface Before {
  /** `undefined` while the list cannot be read: then no device is taken for ours. */
  readonly devices?: DeviceList;
  readonly absent: readonly OwnFile[];
}

export async function lookBefore(place: TracedPlace): Promise<Before> {
  const absent: OwnFile[] = [];
  for (const file of OWN_FILES) if ((await deviceIn(place, file)) === "absent") absent.push(file);
  const devices = await listNow(place);
  return { ...(devices === undefined ? {} : { devices }), absent };
}

/** What the call left; its own waiting request is taken out of the list at once. */
export async function tracesSince(
  place: TracedPlace,
  before: Before,
  /** The device that the call was about. */
  meant?: string,
): Promise<OwnTraces> {
  const after = await listNow(place);
  const made = after === undefined || before.devices === undefined ? [] : ownDevices(before.devices, after);
  const self = await deviceIn(place, KEY);
  const own = ownOf(
    made.filter((id) => id !== meant),
    self === "absent" ? undefined : self,
    before.absent.includes(KEY),
  );
  const ownFiles: OwnFile[] = [];
  for (const file of before.absent)
    if (own !== undefined && (await deviceIn(place, file)) === own) ownFiles.push(file);
  await withoutOwnRequests(place, before.devices);
  return { ...(own === undefined ? {} : { own }), ...(ownFiles.length === 0 ? {} : { ownFiles }) };
}

/** `self`: whose key the command has. Without it only a single new device can be told to be the command's. */
function ownOf(made: readonly string[], self: string | undefined, isNewKey: boolean): string | undefined {
  if (self !== undefined) return isNewKey || made.includes(self) ? self : undefined;
  return made.length === 1 ? made[0] : undefined;
}

/** The key and the token that a call left, as long as they are those of the device that it left. */
export async function removeOwnFiles(
  place: TracedPlace,
  { own, ownFiles = [] }: OwnTraces,
): Promise<Fact<unknown>> {
  for (const name of ownFiles) {
    const path = `${place.stateDir}/${name}`;
    try {
      const file = await place.files.read(path);
      if (file === undefined || deviceOf(file.content) !== own) continue;
      await place.files.replace(path, undefined, file.sha256);
    } catch (error) {
      if (error instanceof ChangeError) return unknown(error.reason, error.say);
      throw error;
    }
  }
  return known("removed", place.stateDir);
}

export function isCommandLine({ client }: DeviceList["paired"][number]): boolean {
  return client === "cli";
}

/** Requests of the very key that the command has, which did not wait before. */
async function withoutOwnRequests(place: TracedPlace, before: DeviceList | undefined): Promise<void> {
  const now = await listNow(place);
  const self = await deviceIn(place, KEY);
  if (before === undefined || now?.store !== "json" || self === undefined) return;
  const ours = now.pending.filter(
    ({ requestId, deviceId, client }) =>
      client === "cli" && deviceId === self && !before.pending.some((one) => one.requestId === requestId),
  );
  // One that cannot be taken out is over within five minutes by itself.
  if (ours.length > 0)
    await removePending(
      place.files,
      place.stateDir,
      ours.map((one) => one.requestId),
    );
}

function ownDevices(before: DeviceList, after: DeviceList): readonly string[] {
  return after.paired
    .filter((one) => isCommandLine(one) && !before.paired.some(({ deviceId }) => deviceId === one.deviceId))
    .map(({ deviceId }) => deviceId);
}

async function listNow({ devices }: TracedPlace): Promise<DeviceList | undefined> {
  const list = await devices();
  if (list.known) return list.value;
  return list.reason === "absent" ? { pending: [], paired: [], store: "json" } : undefined;
}

/** Whose key a file is; `undefined` for one that cannot be read, or that says nothing of it. */
async function deviceIn({ files, stateDir }: TracedPlace, name: OwnFile): Promise<string | undefined> {
  try {
    const file = await files.read(`${stateDir}/${name}`);
    return file === undefined ? "absent" : deviceOf(file.content);
  } catch (error) {
    if (error instanceof ChangeError) return undefined;
    throw error;
  }
}

function deviceOf(content: Uint8Array): string | undefined {
  try {
    const parsed = parseBoundedJson(Buffer.from(content).toString("utf8"));
    return isObject(parsed) && typeof parsed.deviceId === "string" ? parsed.deviceId : undefined;
  } catch {
    return undefined;
  }
}
