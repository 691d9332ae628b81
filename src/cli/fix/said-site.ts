import path from "node:path";
import { isPublicName, isSitePath, siteDomain } from "../../deployments/proxy-site.ts";
import type { SaidSite } from "../../doctor/pure/mend/ways.ts";
import type { FixArguments } from "../commands/fix.ts";
import { isSiteProxy } from "../said.ts";
import { UsageError } from "../usage-error.ts";

type WayArguments = Pick<
  FixArguments,
  "domain" | "proxy" | "proxyFile" | "certificate" | "certificateKey" | "tls"
>;

/**
 * The proxy that the command line describes; `undefined` when it names no domain.
 * @throws {UsageError} what it says cannot be in a site file.
 */
export function saidSite(args: WayArguments): SaidSite | undefined {
  const { domain: said, proxyFile, certificate, certificateKey, tls } = args;
  const [proxy, second] = (args.proxy ?? []).filter(isSiteProxy);
  if (second !== undefined) throw new UsageError("--proxy", "a site is written for one program", "name one");
  if (said === undefined) {
    const other = (["proxyFile", "certificate", "certificateKey", "tls"] as const).find(
      (name) => args[name] !== undefined,
    );
    const alone = proxy === undefined ? other : "proxy";
    if (alone === undefined) return undefined;
    const option = alone.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${option}`, "it belongs to a proxy, and no domain is named", "add --domain NAME");
  }
  const domain = siteDomain(said);
  if (domain === undefined) {
    const fix = "for example --domain claw.example.com";
    throw new UsageError("--domain", "that is no host name, with or without a port", fix);
  }
  if ((certificate === undefined) !== (certificateKey === undefined)) {
    throw new UsageError("--certificate", "a certificate and its key belong together", "name both");
  }
  for (const [option, value] of [
    ["--certificate", certificate],
    ["--certificate-key", certificateKey],
  ] as const) {
    if (value === undefined || isSitePath(value)) continue;
    throw new UsageError(option, "that is no absolute path without spaces and signs", "name such a path");
  }
  return {
    site: {
      proxy: proxy ?? "caddy",
      domain,
      tls: tls ?? (isPublicName(domain) ? "public" : "internal"),
      ...(certificate === undefined ? {} : { certificate }),
      ...(certificateKey === undefined ? {} : { certificateKey }),
    },
    ...(proxyFile === undefined ? {} : { siteFile: path.resolve(proxyFile) }),
  };
}
