import type { Changer } from "../core/change.ts";
import type { Fact } from "../core/fact.ts";
import type { ConfigReading, DeploymentNames, DeviceList, Release } from "../core/facts.ts";
import type { JsonValue } from "../core/finding.ts";
import type { Secret } from "../core/secret.ts";
import type { ServiceReading } from "../core/service.ts";

/**
 * One deployment as the rest of the doctor meets it. A reading that a deployment cannot do yet is an unknown fact
 * that says what provides it; a change that it cannot make is absent, so nobody can believe it was made.
 */
export interface DeploymentAccess {
  readonly names: DeploymentNames;
  /** What starts the gateway that runs, where that is a service of the machine that it is on. */
  readonly service?: ServiceReading;
  config(): Promise<Fact<ConfigAndSecrets>>;
  /** Sources of log text, newest last, each bounded at its end. */
  logs(): Promise<Fact<readonly LogText[]>>;
  devices(): Promise<Fact<DeviceList>>;
  release(): Promise<Fact<Release>>;
  /** Tells the gateway's files from those of the same path elsewhere; absent for this machine's own. */
  place?(): Promise<string>;
  /** Waits until the commands of a doctor that was killed have ended there. */
  programsEnded?(signal: AbortSignal): Promise<void>;
  /** How it is changed; absent where this deployment cannot be changed from here. */
  changer?(options: ChangerOptions): Promise<Fact<Changer>>;
}

export interface ChangerOptions {
  /** For what the gateway's own command cannot do, or would do to more than the key. */
  readonly edit: EditConfig;
  /** The release as far as all facts together tell it; what the deployment knows by itself when absent. */
  readonly release?: Release;
}

/** The text of a config with one dotted key set or removed; everything else of it stays. */
export type EditConfig = (
  text: string,
  change:
    | { readonly set: { readonly key: string; readonly value: JsonValue } }
    | { readonly unset: { readonly key: string } },
) => { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** The reading goes into the facts; the secrets stay with whoever has to put them on the wire or scrub them. */
export interface ConfigAndSecrets {
  readonly reading: ConfigReading;
  readonly token?: Secret;
  readonly password?: Secret;
  readonly tokenSource?: string;
  readonly passwordSource?: string;
  readonly all: readonly Secret[];
  /** Log file that the config names. */
  readonly logFile?: string;
}

export interface LogText {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Other gateways of the machine write there too, and it is not known that this one does. */
  readonly shared?: boolean;
  /** What wrote it ran in the gateway's own container or pod. */
  readonly inside?: boolean;
}
