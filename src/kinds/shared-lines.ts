import type { DeploymentNames } from "../core/facts.ts";
import { type Line, lineOf, type Word, words } from "./line.ts";
import { safeHost, safePort } from "./safe-names.ts";

/** Shows whether a host is on a tailnet. */
export const TAILNET: Line = lineOf(words("tailscale", "status"));

/** Of a host whose gateway is in a container, where its own `tailscale` knows nothing of the host's. */
export function tailscaleServe(port: number | undefined): Line {
  return lineOf(words("tailscale", "serve", "--bg", String(safePort(port))));
}

export function sshTunnel(
  localPort: number,
  remotePort: number,
  host: Pick<DeploymentNames, "sshHost" | "sshPort"> = {},
): Line {
  const forward = `${safePort(localPort)}:127.0.0.1:${safePort(remotePort)}`;
  return lineOf([...words("ssh", "-N", "-L", forward), ...hostWords(host)]);
}

/** The host to type after `ssh`, with the port of its sshd. */
export function hostWords({
  sshHost,
  sshPort,
}: Pick<DeploymentNames, "sshHost" | "sshPort">): readonly Word[] {
  const safe = sshHost === undefined ? undefined : safeHost(sshHost);
  if (safe === undefined) return [{ placeholder: "<user>@<host>" }];
  return words(...(sshPort === undefined ? [] : ["-p", String(safePort(sshPort))]), safe);
}
