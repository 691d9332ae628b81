import type { Fact, UnknownReason } from "./fact.ts";
import type { DeviceList } from "./facts.ts";
import type { JsonValue, Step } from "./finding.ts";
import { inEnglish, type MessageArgs, type Saying } from "./saying.ts";
import type { SettingStep } from "./step.ts";

/**
 * How one deployment changes its gateway, as the engine of `fix` meets it. Reading is exact (bytes, not values),
 * so that undoing is; every change says how it was made and how it is taken back. Nothing here asks anybody:
 * consent, order, journal and roll-back are the engine's.
 */
export interface Changer {
  /**
   * `openclaw.json` as it is now; `undefined` when there is none. `whole`: with its `attributes`, for which a program is
   * asked.
   */
  readConfig(how?: { readonly whole: boolean }): Promise<Fact<ConfigFile | undefined>>;
  /**
   * Replaces the config by a rename, so that it is never half written, with the mode and the owner of `next`.
   * `stale` when it is not `expected` (SHA-256, hex) any more: somebody else wrote it, and nothing was done.
   * @throws {ChangeError} when it cannot be replaced; it is as it was.
   */
  replaceConfig(next: ConfigFile | undefined, expected: string | undefined): Promise<"replaced" | "stale">;
  /** Paired and waiting devices, as the gateway has them. */
  devices(): Promise<Fact<DeviceList>>;
  /**
   * What a step will need and change beside openclaw.json, before anybody consents; nothing is changed. Unknown
   * when the step cannot be done as things are: `absent` (there is no such program or file), `denied`, `failed`.
   */
  foresee?(step: Step, signal: AbortSignal): Promise<Fact<Foreseen>>;
  /**
   * What taking a step back will write beside openclaw.json, before anybody consents; nothing is changed. Unknown when
   * it is not to be done: what a journal says is held to what this gateway's own files are, now.
   */
  foreseeBack?(undo: Undo, step: Step): Promise<Fact<Foreseen>>;
  /** Does one step that a program can do; a step of a person is refused as `not-asked`. */
  perform(step: Step, signal: AbortSignal): Promise<Fact<Performed>>;
  /**
   * Makes several settings in one write, all of them or none, so that the gateway takes them up at once. What was done
   * for each, in their order.
   */
  configure(steps: readonly SettingStep[], signal: AbortSignal): Promise<Fact<readonly Performed[]>>;
  /** Takes back one step that was done and that is not a change of the config's bytes. */
  revert(undo: Undo, step: Step, signal: AbortSignal): Promise<Fact<Performed>>;
  /** Removes what a run that was killed left beside the config; never fails. */
  tidy?(): Promise<void>;
  /** Waits until the gateway runs with the config that is there now and answers a connection. */
  settled(signal: AbortSignal): Promise<Fact<Settled>>;
}

export interface ConfigFile {
  readonly path: string;
  /** Base64, so that it survives JSON byte for byte. Holds secrets: for the journal (0600) and for nobody else. */
  readonly content: string;
  /** Of the content, hex. */
  readonly sha256: string;
  /** Permission bits, without setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** It has an access control list or extended attributes, or that is not known: its mode may be the list's mask. */
  readonly attributes?: "some" | "unknown";
}

export interface Foreseen {
  /** How the step is taken back; kept before it is begun. */
  readonly undo?: Undo;
  /** A file beside openclaw.json, and what changes in it; no secret is in that. */
  readonly file?: { readonly path: string; readonly diff: readonly DiffEntry[] };
  /** Where the page will be. */
  readonly url?: string;
  /** A file that is written and of which nothing is shown. */
  readonly writes?: string;
  /** What a person should know before they agree. */
  readonly notes?: readonly Note[];
}

/** A sentence of `Catalogue.fix.notes`. */
export interface Note {
  readonly message: string;
  readonly args?: MessageArgs;
}

/**
 * What changes at one key of a file, and nothing that stands beside it. The texts are JSON; of what is secret they are
 * fingerprints. `before` absent: it was not there; `after` absent: it is gone.
 */
export interface KeyChange {
  /** `gateway.bind`, `services.claw.ports[0]`, `OPENCLAW_GATEWAY_TOKEN`. */
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

/** A change, or a line (`+…` or `-…`) of a file that is written whole. */
export type DiffEntry = KeyChange | string;

export interface Performed {
  /** How it was done: `openclaw config set …` without any secret, `edited openclaw.json`. */
  readonly how: Saying;
  /** Absent when there is nothing to take back, or when the config's backup does it. */
  readonly undo?: Undo;
  /** SHA-256 (hex) of the JSON of a value that is in no step, so that it is known again without being kept. */
  readonly set?: string;
  /** Cannot be taken back: the device that was removed has to ask again, the request that was rejected too. */
  readonly lasting?: true;
}

/** Files of OpenClaw's command line in the state directory: its key, and the token that it got. */
export type OwnFile = "identity/device.json" | "identity/device-auth.json";

/** What OpenClaw's own command left of itself when a step called it; what was there before is none of it. */
export interface OwnTraces {
  /** The device of the command line, which the gateway paired for that call. */
  readonly own?: string;
  readonly ownFiles?: readonly OwnFile[];
}

/** What the journal keeps to take a step back. Plain JSON, no secrets. */
export type Undo =
  | ({ readonly undo: "device.remove"; readonly deviceId: string } & OwnTraces)
  | ({
      /** An upgrade was approved: back to what the device had. */
      readonly undo: "device.restore";
      readonly deviceId: string;
      readonly role?: string;
      readonly scopes: readonly string[];
      /** The device's entry in `paired.json`, without its tokens, where the gateway keeps one. */
      readonly entry?: { readonly [key: string]: JsonValue };
    } & OwnTraces)
  /** The step itself lasts; what its command left of itself goes. */
  | ({ readonly undo: "own.remove" } & OwnTraces)
  | { readonly undo: "tailscale.serve" }
  /** It was down before. */
  | { readonly undo: "gateway.stop" }
  | { readonly undo: "file.remove"; readonly path: string; readonly sha256: string }
  /** `before`: the file that was there; it goes back while what is there has the hash `sha256`. */
  | { readonly undo: "file.restore"; readonly before: ConfigFile; readonly sha256: string };

export interface Settled {
  /** The gateway started anew since the change, as far as that can be seen. */
  readonly restarted: boolean;
  /** How it took the change up, as far as that can be seen. Absent: there was nothing to take up. */
  readonly taken?: Taken;
  readonly tookMs: number;
}

/**
 * `restarted`: it started anew. `reloaded`: it says that it applied the change while running. `refused`: it says
 * that it will not, by `gateway.reload.mode` or because the config is invalid to it, so it needs a restart or
 * another config. `unseen`: it answers, and nothing shows that it noticed.
 */
export type Taken = "restarted" | "reloaded" | "refused" | "unseen";

/** A file could not be changed, and is as it was. The message is safe to show. */
export class ChangeError extends Error {
  override readonly name = "ChangeError";
  readonly reason: UnknownReason;
  readonly say: Saying;

  constructor(reason: UnknownReason, say: Saying) {
    super(inEnglish(say));
    this.reason = reason;
    this.say = say;
  }
}
