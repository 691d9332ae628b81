import type { Kind } from "../kind.ts";
import { verdict } from "../reach.ts";
import { namesFromUnits } from "../units.ts";
import { localLines } from "./commands.ts";
import { localSigns } from "./signs.ts";

/** The gateway runs on this machine itself: in a terminal, or as a service of systemd or launchd. */
export const local: Kind = {
  contained: false,
  traits: () => ({
    contained: false,
    besideHost: true,
    translates: false,
    clustered: false,
    tunnel: "ssh-tunnel",
  }),
  signs: localSigns,
  names: ({ units }) => namesFromUnits(units),
  exposure: {
    bound: (bind, { host }) =>
      bind === "auto" && host?.container === "none"
        ? verdict("loopback", "gateway.bind is auto, which is loopback outside a container")
        : undefined,
  },
  peers: () => ({ proxy: "127.0.0.1", localhost: "127.0.0.1", isDirect: true }),
  stations: () => [],
  commands: localLines,
};
