import type { DeploymentNames } from "../../core/facts.ts";

/** The server has the gateway in a container. */
export function isInContainer({ composeService, container }: DeploymentNames): boolean {
  return composeService !== undefined || container !== undefined;
}
