import { isLoopbackHost } from "../core/address.ts";
import type { Unproven } from "../core/finding.ts";
import { fill } from "../core/template.ts";
import type { Catalogue } from "./messages/types.ts";

/** What is said of a value that nothing but a log vouches for; of the gateway's own host, whatever it comes from. */
export function unprovenText({ unproven }: Pick<Catalogue, "unproven">, { kind, value }: Unproven): string {
  const isOwnHost = kind === "proxy" && isLoopbackHost(value.includes(":") ? `[${value}]` : value);
  return fill(unproven[isOwnHost ? "own-host" : kind], { value });
}
