import { type Line, lineOf, type Word, words } from "./line.ts";
import { safeHost, safePort } from "./safe-names.ts";

/** Shows whether a host is on a tailnet. */
export const TAILNET: Line = lineOf(words("tailscale", "status"));

/** Of a host whose gateway is in a container, where its own `tailscale` knows nothing of the host's. */
export function tailscaleServe(port: number | undefined): Line {
  return lineOf(words("tailscale", "serve", "--bg", String(safePort(port))));
}

export function sshTunnel(localPort: number, remotePort: number, host: string | undefined): Line {
  const forward = `${safePort(localPort)}:127.0.0.1:${safePort(remotePort)}`;
  return lineOf([...words("ssh", "-N", "-L", forward), hostWord(host)]);
}

/** The host to type after `ssh`. */
export function hostWord(host: string | undefined): Word {
  const safe = host === undefined ? undefined : safeHost(host);
  return safe === undefined ? { placeholder: "<user>@<host>" } : { text: safe };
}
