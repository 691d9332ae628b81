import type { Signs } from "../kind.ts";

export const localSigns: Signs = {
  host: ({ units, container }) =>
    units.length > 0 && container === "none"
      ? [{ weight: 4, source: "service files", quote: units[0]?.split("/").at(-1) ?? "" }]
      : [],
  gateway: ({ container }) =>
    container === undefined ? { weight: 6, quote: "a gateway runs here" } : undefined,
  peer: ({ network, proxied }) => (network === "loopback" && !proxied ? 1 : undefined),
  url: (_host, reach) => (reach === "loopback" ? 0.5 : undefined),
};
