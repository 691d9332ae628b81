import type { ConfigFile, Undo } from "./change.ts";
import type { DeviceList } from "./facts.ts";
import type { JsonValue, Remedy, Step } from "./finding.ts";
import { quoted, type Saying } from "./saying.ts";

/**
 * What is known of one fix, written before and after every change, so that whoever finds it after a crash can
 * finish it or take it back. Holds the config with its secrets: only for a file of mode 0600.
 */
export interface Journal {
  readonly version: 1;
  /** Sorts by time. */
  readonly id: string;
  /**
   * `open`: on its way, or killed on its way. `kept`: verified. `undoing`: on its way back, and nothing but that
   * is possible. `undone`: taken back whole.
   */
  readonly state: "open" | "kept" | "undoing" | "undone";
  /** Process that works on it. */
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The openclaw.json that tells one gateway from another; where it is not this machine's, behind its container. */
  readonly configPath: string;
  readonly release?: string;
  readonly remedies: readonly Pick<Remedy, "id" | "risk" | "args">[];
  readonly before: { readonly config?: ConfigFile; readonly devices?: DeviceList };
  readonly steps: readonly JournalStep[];
  /** SHA-256 of the config when it was kept, if only we had written to it. */
  readonly left?: string;
}

export interface JournalStep {
  readonly step: Step;
  /** `started`: it may have been done or not. */
  readonly state: "planned" | "started" | "done" | "undone";
  /** In English. */
  readonly how?: string;
  /** The same for a reader of another language. */
  readonly say?: Saying;
  readonly undo?: Undo;
  /** SHA-256 (hex) of the JSON of the value that was set, where the step does not have it. */
  readonly set?: string;
}

export interface JournalStore {
  /** Why no journal can be kept where they are, as far as that is seen before one is written; nothing is made. */
  obstacle(): Promise<Saying | undefined>;
  /**
   * Durable when it returns: a crash after it finds this journal, one before it the last.
   * @throws {ChangeError} it cannot be kept, or not so that it would be believed; the last one is as it was.
   */
  write(journal: Journal): Promise<void>;
  list(configPath: string): Promise<Journals>;
  /** The file of a journal; without an id the directory of them all. */
  pathOf(id?: string): string;
}

export interface Journals {
  /** Of the one gateway, newest last. */
  readonly journals: readonly Journal[];
  /** What lies where journals are and is not believed, of whatever gateway: one of them may be of a fix on its way. */
  readonly refused: readonly RefusedJournal[];
  /** There are none, in a place from which somebody else could have taken them away. */
  readonly doubted?: RefusedJournal;
}

export interface RefusedJournal {
  /** Of the file, or of a directory that is not believed with all that is in it. */
  readonly path: string;
  readonly why: Saying;
}

/** How a step was done; of a journal of an earlier release in its English words. */
export function howSaid({ how, say }: Pick<JournalStep, "how" | "say">): Saying | undefined {
  return say ?? (how === undefined ? undefined : quoted(how));
}

export const TOKEN_KEY = "gateway.auth.token";

/** Dotted keys of the config that its steps change. */
export function keysOf({ steps }: Pick<Journal, "steps">): readonly string[] {
  return [...new Set(steps.flatMap((entry) => madeBy(entry)?.key ?? []))];
}

/** What a step made of one key of the config, as far as the journal tells. */
export type Made =
  | { readonly key: string; readonly to: JsonValue }
  /** It was removed. */
  | { readonly key: string; readonly unset: true }
  /** It got what has this SHA-256 as JSON, or what nobody noted. */
  | { readonly key: string; readonly sha256?: string };

/** What may have been made, in its order. */
export function madeOf({ steps }: Pick<Journal, "steps">): readonly Made[] {
  return steps.flatMap((entry) => (entry.state === "planned" ? [] : (madeBy(entry) ?? [])));
}

function madeBy({ step, set }: JournalStep): Made | undefined {
  if (step.do === "config.set") return { key: step.key, to: step.value };
  if (step.do === "config.unset") return { key: step.key, unset: true };
  if (step.do !== "token.generate") return undefined;
  return set === undefined ? { key: TOKEN_KEY } : { key: TOKEN_KEY, sha256: set };
}

/** How a step that concerns a device is taken back, as the device list before it tells. */
export function undoOf(step: Step, devices: DeviceList | undefined): Undo | undefined {
  if (step.do !== "device.approve") return undefined;
  const request = devices?.pending.find(({ requestId }) => requestId === step.requestId);
  if (request === undefined) return undefined;
  const paired = devices?.paired.find(({ deviceId }) => deviceId === request.deviceId);
  if (paired === undefined) return { undo: "device.remove", deviceId: request.deviceId };
  const { deviceId, role, scopes } = paired;
  return { undo: "device.restore", deviceId, scopes, ...(role === undefined ? {} : { role }) };
}
