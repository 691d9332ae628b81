import { scopeOf } from "../../core/address.ts";
import type { Kind } from "../kind.ts";
import { boundInside, reachOf } from "../reach.ts";
import { throughSsh } from "../through-ssh.ts";
import { dockerLines } from "./commands.ts";
import { namesFromCompose, namesFromPrefixes, soleContainer } from "./names.ts";
import { dockerSigns } from "./signs.ts";
import { dockerPeers, dockerStations } from "./stations.ts";

/** The gateway runs in a container: of Docker, Podman, or a desktop's virtual machine; with or without Compose. */
export const docker: Kind = {
  contained: true,
  traits: () => ({
    contained: true,
    besideHost: false,
    translates: true,
    clustered: false,
    tunnel: "ssh-tunnel",
  }),
  signs: dockerSigns,
  names: ({ own, compose, ...signs }) => ({
    ...own,
    ...soleContainer(signs),
    ...namesFromCompose(compose),
    ...namesFromPrefixes(signs.prefixes),
  }),
  exposure: {
    opener: ({ owner }) => (owner === "docker-proxy" ? "Docker publishes it" : undefined),
    /** Where listening sockets cannot be seen (Docker Desktop), what the Compose file publishes. */
    published(input) {
      const { compose } = input;
      if (compose === undefined || compose.publishedOn.length === 0) return undefined;
      const open = compose.publishedOn.find((address) => scopeOf(address) !== "loopback");
      return reachOf(
        open ?? compose.publishedOn[0] ?? "",
        `${compose.file} publishes it on ${open ?? "loopback"}`,
        input,
      );
    },
    bound: boundInside,
  },
  peers: dockerPeers,
  stations: dockerStations,
  commands: (names, context) => {
    if (names.sshHost === undefined) return dockerLines(names, context);
    // On a host that is reached over ssh; its Compose files are there, too.
    const inner = dockerLines(names, { ...context, platform: "linux" }, true);
    return { ...throughSsh(inner, names), tunnel: inner.tunnel };
  },
};
