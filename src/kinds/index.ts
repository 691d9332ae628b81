import type { DeploymentKind } from "../core/deployment-kind.ts";
import type { Deployment } from "../core/facts.ts";
import { docker } from "./docker/index.ts";
import type { Kind } from "./kind.ts";
import { kubernetes } from "./kubernetes/index.ts";
import { local } from "./local/index.ts";
import { vps } from "./ssh/index.ts";

/** Every kind of deployment. A new one is a folder beside these and an entry here; it does not compile before. */
export const KINDS: Readonly<Record<DeploymentKind, Kind>> = { local, docker, kubernetes, vps };

/** A deployment with what its kind and names make of it. */
export function deploymentOf(found: Omit<Deployment, "traits">): Deployment {
  return { ...found, traits: KINDS[found.kind].traits(found.names) };
}
