import path from "node:path";
import type { SaidSite } from "../../doctor/pure/mend/https-remedies.ts";
import { type SiteSaid, siteSaid } from "../../doctor/pure/mend/parse-proxy-site.ts";
import { mustParse } from "../usage-error.ts";

/**
 * The proxy that the command line describes; `undefined` when it names no domain.
 * @throws {UsageError} what it says cannot be in a site file.
 */
export function saidSite(args: SiteSaid): SaidSite | undefined {
  const { proxyFile } = args;
  return mustParse(
    siteSaid(proxyFile === undefined ? args : { ...args, proxyFile: path.resolve(proxyFile) }),
  );
}
