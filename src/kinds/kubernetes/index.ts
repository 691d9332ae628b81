import { scopeOf } from "../../core/address.ts";
import type { Kind } from "../kind.ts";
import { boundInside } from "../reach.ts";
import { kubernetesLines } from "./commands.ts";
import { namesFromPrefixes } from "./names.ts";
import { kubernetesPeers } from "./peers.ts";
import { kubernetesSigns } from "./signs.ts";

/** The gateway runs in a pod of a cluster. */
export const kubernetes: Kind = {
  contained: true,
  traits: () => ({
    contained: true,
    besideHost: false,
    translates: false,
    clustered: true,
    tunnel: "port-forward",
  }),
  signs: kubernetesSigns,
  names: ({ own, prefixes }) => ({ ...own, ...namesFromPrefixes(prefixes) }),
  exposure: { bound: boundInside },
  peers: kubernetesPeers,
  stations: ({ remote, host }) =>
    scopeOf(remote) === "loopback"
      ? [
          {
            hop: "port-forward",
            ...(host === undefined ? {} : { address: host }),
            note: "arrives-as-loopback",
          },
        ]
      : [],
  commands: kubernetesLines,
};
