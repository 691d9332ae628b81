import type { UsualPeers } from "../admission/assess.ts";
import type { Deployment, Target } from "../core/facts.ts";
import { KINDS } from "./index.ts";

/** As whose address the gateway usually sees a browser; `undefined`: nobody knows what kind of deployment it is. */
export function usualPeers(
  deployment: Deployment | undefined,
  { kind: target }: Target,
): UsualPeers | undefined {
  const kind = deployment?.kind ?? (target === "url" || target === "offline" ? undefined : target);
  return kind === undefined ? undefined : KINDS[kind].peers(deployment?.workload);
}
