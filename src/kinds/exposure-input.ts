import type { ConfigReading, Deployment, Exposure, HostSigns, ProbeReading } from "../core/facts.ts";
import type { LogDigest } from "../core/log-event.ts";
import type { ComposeSigns } from "./docker/services.ts";
import type { ListeningSigns } from "./listening-signs.ts";

export interface ExposureInput {
  readonly config?: ConfigReading;
  readonly host?: HostSigns;
  readonly deployment?: Deployment;
  readonly listeners?: ListeningSigns;
  readonly compose?: ComposeSigns;
  readonly probe?: ProbeReading;
  readonly logs?: LogDigest;
  /** The gateway's URL, when there is no probe. */
  readonly url?: string;
}

export interface ExposureVerdict {
  readonly exposure: Exposure;
  readonly because: string;
}
