import { isLoopbackHost, scopeOf } from "../../core/address.ts";
import { namesFromPrefixes, soleContainer } from "../docker/names.ts";
import type { Arrival, Kind, Station } from "../kind.ts";
import { namesFromUnits } from "../units.ts";
import { sshLines } from "./commands.ts";
import { isInContainer } from "./names.ts";
import { sshSigns } from "./signs.ts";

/** The gateway runs on a server that is reached over ssh, perhaps in a container there. */
export const vps: Kind = {
  contained: false,
  traits: (names) => ({
    contained: false,
    besideHost: !isInContainer(names),
    translates: false,
    clustered: false,
    unattended: true,
    tunnel: "ssh-tunnel",
  }),
  signs: sshSigns,
  names: ({ units, ...signs }) => ({
    ...soleContainer(signs),
    ...namesFromUnits(units),
    ...namesFromPrefixes(signs.prefixes),
  }),
  exposure: {},
  peers: () => ({ proxy: "127.0.0.1", localhost: "127.0.0.1", isDirect: false }),
  stations: sshStations,
  commands: sshLines,
};

/** The end of a tunnel is on the server itself. */
function sshStations({ remote, host, names }: Arrival): readonly Station[] {
  const { sshHost } = names;
  if (sshHost === undefined || scopeOf(remote) !== "loopback" || !isLoopbackHost(host ?? "")) return [];
  return [{ hop: "ssh-tunnel", address: sshHost, note: "arrives-as-loopback" }];
}
