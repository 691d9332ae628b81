import type { Admission, AdmissionConfig, AdmissionInput } from "../../core/connection.ts";
import type { DeviceBook } from "./devices.ts";
import type { Failures } from "./failures.ts";
import type { GatewayLog } from "./log.ts";
import type { Traits } from "./traits.ts";

/** What all connections of one embedded gateway share. */
export interface GatewayState {
  readonly traits: Traits;
  readonly log: GatewayLog;
  readonly book: DeviceBook;
  /** Wrong secrets within the last minutes. */
  readonly failures: Failures;
  /** Decides; the embedded gateway knows no rule of its own. */
  readonly admit: (input: AdmissionInput) => Admission;
  readonly now: () => number;
  /** Of this start of the gateway. */
  readonly bootId: string;
  /** Until then it says that it is starting; milliseconds since 1970. */
  readonly readyAt: number;
  readonly handshakeTimeoutMs: number;
  config: AdmissionConfig;
  /** 0 until it listens. */
  port: number;
  /** Runs it after the latency that was asked for. */
  later(run: () => void): void;
}

/** What the model says of a connection under the config as it is now. */
export function judge(
  { admit, traits, config, port }: GatewayState,
  connection: AdmissionInput["connection"],
): Admission {
  // The port that it really has is the port of its config, unless the config says another.
  const asConfigured = { ...config, gateway: { port, ...config.gateway } };
  return admit({ release: traits.release, config: asConfigured, connection });
}

export function authModeOf({ config }: GatewayState): string {
  return config.gateway?.auth?.mode ?? "token";
}
