import type { DeploymentKind } from "../core/deployment-kind.ts";
import type { Lang } from "../core/languages.ts";
import type { JsonReport } from "../report/json.ts";

export { admit } from "../admission/admit.ts";
export type { Admission, AdmissionConfig, AdmissionInput, Connection } from "../core/connection.ts";
export { ReleaseError } from "../core/release.ts";
export type { JsonFinding, JsonRemedy, JsonReport } from "../report/json.ts";

/** What is known of a gateway; everything may be missing. */
export interface DiagnoseOptions {
  /** As `--target`: `local`, `ws://…`, `docker:NAME`, `compose:SERVICE`, `k8s:NAMESPACE/WORKLOAD`; what this machine shows when absent. Not with `logs`. */
  readonly target?: string;
  /** Texts of gateway logs, tickets, browser consoles. With them nothing is connected to. */
  readonly logs?: readonly { readonly name: string; readonly text: string }[];
  /** The gateway's token. It is sent once at most, and never over plain `ws://` to a public address. */
  readonly token?: string;
  /** Path of openclaw.json. */
  readonly config?: string;
  /** `2026.3.13` */
  readonly release?: string;
  readonly deployment?: DeploymentKind;
  /** Where the browser opens the Control UI. */
  readonly origin?: string;
  /** Of the probe, milliseconds; 15,000 when absent. */
  readonly timeoutMs?: number;
  /** Of the report's sentences; English when absent. */
  readonly lang?: Lang;
  readonly signal?: AbortSignal;
}

/**
 * Why the Control UI is refused and what fixes it: the document of `pairing-doctor --json`. Changes nothing, and leaves
 * nothing in the gateway.
 *
 * @throws {TypeError} an option that cannot be.
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<JsonReport> {
  const { diagnosed } = await import("./diagnosed.ts");
  return diagnosed(options);
}
