/** Ways to a gateway that `--via` knows. */
export const VIAS = ["direct", "lan", "docker", "ssh", "proxy", "tailscale", "port-forward"] as const;
export type Via = (typeof VIAS)[number];
