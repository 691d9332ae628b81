import type { DeploymentKind } from "../core/deployment-kind.ts";
import type { Lang } from "../core/languages.ts";

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
