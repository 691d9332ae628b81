import type { DeploymentNames } from "../core/facts.ts";

/** The service file that runs a gateway, from its path. The user's own wins over the system's. */
export function namesFromUnits(units: readonly string[]): Pick<DeploymentNames, "unit"> {
  const found = units.map(unitOf).filter((unit) => unit !== undefined);
  const unit = found.find(({ user }) => user) ?? found[0];
  return unit === undefined ? {} : { unit };
}

function unitOf(path: string): { readonly name: string; readonly user: boolean } | undefined {
  const file = path.split("/").at(-1) ?? "";
  const name = file.replace(/\.(?:service|plist)$/, "");
  if (name === file || name === "") return undefined;
  return { name, user: path.includes("/systemd/user/") || path.includes("/LaunchAgents/") };
}
