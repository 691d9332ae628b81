import type { ConfigFile, Undo } from "./change.ts";
import type { DeviceList } from "./facts.ts";
import type { Remedy, Step } from "./finding.ts";

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
  readonly how?: string;
  readonly undo?: Undo;
}

export interface JournalStore {
  /** Durable when it returns: a crash after it finds this journal, one before it the last. */
  write(journal: Journal): Promise<void>;
  /** Newest last; what cannot be read as a journal is left out. */
  list(configPath: string): Promise<readonly Journal[]>;
}

export const TOKEN_KEY = "gateway.auth.token";

/** Dotted keys of the config that its steps change. */
export function keysOf({ steps }: Pick<Journal, "steps">): readonly string[] {
  const keys = steps.flatMap(({ step }) =>
    step.do === "config.set" || step.do === "config.unset"
      ? [step.key]
      : step.do === "token.generate"
        ? [TOKEN_KEY]
        : [],
  );
  return [...new Set(keys)];
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
