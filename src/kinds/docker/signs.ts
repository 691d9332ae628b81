import type { Signs } from "../kind.ts";
import type { ListeningSocket } from "../listening-signs.ts";
import { namesFromPrefixes } from "./names.ts";

export const dockerSigns: Signs = {
  host({ container, openclaw, hostNetwork }) {
    if (container !== "docker" && container !== "podman") return [];
    // A container with the doctor alone and the machine's network says nothing of the gateway.
    const alone = openclaw === false && hostNetwork === true;
    const quote = `this runs inside a ${container} container`;
    return [{ weight: alone ? 0.5 : 8, source: "cgroup and mounts", quote }];
  },
  engine: ({ kind }) => (kind === "kubernetes" ? undefined : 0.5),
  compose: () => 4,
  socket({ owner, published, program }) {
    if (owner === "docker-proxy") {
      const target =
        published === undefined ? "" : ` to ${published.containerAddress}:${published.containerPort}`;
      return { weight: 10, quote: `docker-proxy publishes it${target}` };
    }
    return owner === "other" && isEngineProgram(program)
      ? { weight: 8, quote: `${program ?? ""} listens there` }
      : undefined;
  },
  publishes: ({ owner, program }: ListeningSocket) => owner === "docker-proxy" || isEngineProgram(program),
  runs: ({ kind }) => kind === "docker" || kind === "podman",
  gateway: ({ container }, settles) =>
    container === undefined || container.kind === "kubernetes"
      ? undefined
      : { weight: settles ? 10 : 6, quote: `a gateway runs in the container ${container.id}` },
  prefixes(prefixes) {
    const { composeService } = namesFromPrefixes(prefixes);
    return composeService === undefined
      ? undefined
      : { weight: 8, quote: `Compose service ${composeService}` };
  },
  peer({ network }) {
    if (network === "docker-desktop" || network === "engine-machine") return 7;
    return network === "docker-bridge" || network === "podman" ? 6 : undefined;
  },
  // Home of upstream's image, in Docker and in a pod alike; no person's home is called so often.
  configPath: (path) =>
    /^\/home\/node\/\.openclaw\/|^\/data\/(?:\.openclaw\/)?openclaw\.json$/.test(path) ? 3 : undefined,
  named: ({ composeService, container, sshHost, workload, namespace }) =>
    // On a host behind ssh, or in a pod, the container is not all that was named.
    sshHost === undefined && workload === undefined && namespace === undefined
      ? (composeService ?? container)
      : undefined,
};

/** Programs of engines that hold a published port. */
function isEngineProgram(program: string | undefined): boolean {
  return /^(?:rootlessport|conmon|rootlesskit|com\.docker\.backend|vpnkit-bridge)$/.test(program ?? "");
}
