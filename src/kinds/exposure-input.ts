import type { ConfigReading, Deployment, Exposure, HostSigns, ProbeReading } from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import type { ComposeSigns } from "./docker/services.ts";
import type { FirewallVerdict, ServedPort } from "./firewall.ts";
import type { ListeningSigns } from "./listening-signs.ts";

export interface ExposureInput {
  readonly config?: ConfigReading;
  readonly host?: HostSigns;
  readonly deployment?: Deployment;
  readonly listeners?: ListeningSigns;
  readonly compose?: ComposeSigns;
  readonly probe?: ProbeReading;
  readonly logs?: LogDigest;
  /** What the host's firewall does with the gateway's port, where it was looked at. */
  readonly firewall?: FirewallVerdict;
  /** Tailscale hands the port over. */
  readonly served?: ServedPort;
  /** The gateway's URL, when there is no probe. */
  readonly url?: string;
}

export interface ExposureVerdict {
  readonly exposure: Exposure;
  readonly because: string;
}
