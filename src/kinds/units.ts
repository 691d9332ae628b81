import type { DeploymentNames } from "../core/facts.ts";

/** The names of a gateway without a profile. */
const PLAIN = /^(?:openclaw|clawdbot|moltbot)(?:-gateway)?$|^ai\.openclaw\.gateway$/;

/**
 * The service file that runs a gateway, from its path. The user's own wins over the system's, and the one without a
 * profile over those with one, as OpenClaw's own command takes them.
 */
export function namesFromUnits(units: readonly string[]): Pick<DeploymentNames, "unit"> {
  const found = units.map(unitOf).filter((unit) => unit !== undefined);
  const own = found.filter(({ user }) => user);
  const among = own.length > 0 ? own : found;
  const unit = among.find(({ name }) => PLAIN.test(name)) ?? among[0];
  return unit === undefined ? {} : { unit };
}

function unitOf(path: string): { readonly name: string; readonly user: boolean } | undefined {
  const file = path.split("/").at(-1) ?? "";
  const name = file.replace(/\.(?:service|plist)$/, "");
  if (name === file || name === "") return undefined;
  return { name, user: isOfUser(path) };
}

/** Whether the service file at this path is one of a user's own manager. */
export function isOfUser(path: string): boolean {
  return path.includes("/systemd/user/") || path.includes("/LaunchAgents/");
}
