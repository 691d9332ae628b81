import type { Fact } from "./fact.ts";
import type { DeviceList } from "./facts.ts";
import type { Step } from "./finding.ts";

/**
 * How one deployment changes its gateway, as the engine of `fix` meets it. Reading is exact (bytes, not values),
 * so that undoing is; every change says how it was made and how it is taken back. Nothing here asks anybody:
 * consent, order, journal and roll-back are the engine's.
 */
export interface Changer {
  /** `openclaw.json` as it is now; `undefined` when there is none. */
  readConfig(): Promise<Fact<ConfigFile | undefined>>;
  /**
   * Replaces the config by a rename, so that it is never half written, with the mode and the owner of `next`.
   * `stale` when it is not `expected` (SHA-256, hex) any more: somebody else wrote it, and nothing was done.
   */
  replaceConfig(next: ConfigFile | undefined, expected: string | undefined): Promise<"replaced" | "stale">;
  /** Paired and waiting devices, as the gateway has them. */
  devices(): Promise<Fact<DeviceList>>;
  /** Does one step that a program can do; a step of a person is refused as `not-asked`. */
  perform(step: Step, signal: AbortSignal): Promise<Fact<Performed>>;
  /** Takes back one step that was done and that is not a change of the config's bytes. */
  revert(undo: Undo, signal: AbortSignal): Promise<Fact<Performed>>;
  /** Waits until the gateway runs with the config that is there now and answers a connection. */
  settled(signal: AbortSignal): Promise<Fact<Settled>>;
}

export interface ConfigFile {
  readonly path: string;
  /** Base64, so that it survives JSON byte for byte. Holds secrets: for the journal (0600) and for nobody else. */
  readonly content: string;
  /** Of the content, hex. */
  readonly sha256: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface Performed {
  /** How it was done: `openclaw config set …` without any secret, `edited openclaw.json`, `device.pair.approve`. */
  readonly how: string;
  /** Absent when there is nothing to take back, or when the config's backup does it. */
  readonly undo?: Undo;
}

/** What the journal keeps to take a step back. Plain JSON, no secrets. */
export type Undo =
  | { readonly undo: "device.remove"; readonly deviceId: string }
  | {
      /** An upgrade was approved: back to what the device had. */
      readonly undo: "device.restore";
      readonly deviceId: string;
      readonly role?: string;
      readonly scopes: readonly string[];
    }
  | { readonly undo: "tailscale.serve" }
  | { readonly undo: "file.remove"; readonly path: string; readonly sha256: string };

export interface Settled {
  /** The gateway started anew since the change, as far as that can be seen. */
  readonly restarted: boolean;
  readonly tookMs: number;
}
