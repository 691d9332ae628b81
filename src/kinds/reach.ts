import { scopeOf } from "../core/address.ts";
import type { Exposure } from "../core/facts.ts";
import { safeText } from "../core/text.ts";
import type { ExposureInput, ExposureVerdict } from "./exposure-input.ts";

export function verdict(exposure: Exposure, because: string): ExposureVerdict {
  return { exposure, because: safeText(because, 200) };
}

/** How far a listening address of a machine can be reached. */
export function reachOf(address: string, because: string, { host }: ExposureInput): ExposureVerdict {
  const everywhere = address === "0.0.0.0" || address === "::" || address === "*";
  if (!everywhere) return verdict(scopeOf(address), because);
  if (host === undefined)
    return verdict("unknown", `${because}, every address of a machine that was not looked at`);
  const open = host.addresses.find(({ scope }) => scope === "public");
  if (open !== undefined)
    return verdict("public", `${because}, and ${open.name} has the public address ${open.address}`);
  // Behind NAT a cloud provider may forward a public address; inside a container the host's addresses do not show.
  if (host.container !== "none" && host.hostNetwork !== true)
    return verdict("unknown", `${because}, inside a container: what is published was not seen`);
  if (host.sshSession) return verdict("unknown", `${because}, on a server that is reached over SSH`);
  return verdict("private", `${because}; no interface has a public address`);
}

/** Inside a container any bind but loopback says nothing of what is published. */
export function boundInside(bind: string): ExposureVerdict {
  return verdict("unknown", `gateway.bind is ${bind} inside a container: how it is published was not seen`);
}
