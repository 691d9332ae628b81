import type { Fact } from "../core/fact.ts";
import type { ConfigReading, DeploymentKind, DeploymentNames, DeviceList, Release } from "../core/facts.ts";
import type { Step } from "../core/finding.ts";
import type { Secret } from "../core/secret.ts";

/**
 * One deployment as the rest of the doctor meets it. A reading that a deployment cannot do yet is an unknown fact
 * that says what provides it; a change that it cannot make is absent, so nobody can believe it was made.
 */
export interface DeploymentAccess {
  readonly kind: DeploymentKind | "url";
  readonly names: DeploymentNames;
  config(): Promise<Fact<ConfigAndSecrets>>;
  /** Sources of log text, newest last, each bounded at its end. */
  logs(): Promise<Fact<readonly LogText[]>>;
  devices(): Promise<Fact<DeviceList>>;
  release(): Promise<Fact<Release>>;
  /** Ways to change things; absent where this deployment has none. */
  readonly changes?: DeploymentChanges;
}

export interface DeploymentChanges {
  /** Runs OpenClaw's CLI there. No shell: the words are handed on as they are. */
  run(args: readonly string[], signal: AbortSignal): Promise<Fact<CommandOutcome>>;
  /** Does one step; the outcome says what was changed and how to take it back. */
  apply(step: Step, signal: AbortSignal): Promise<Fact<CommandOutcome>>;
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

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
}
