import { bad, optionTyped, type Parsed, parsed } from "../../../core/bad-input.ts";
import { isSiteProxy } from "../../../core/proxies.ts";
import { say } from "../../../core/saying.ts";
import { isPublicName, isSitePath, siteDomain } from "../../../kinds/proxy-site.ts";
import type { SaidSite } from "./https-remedies.ts";

/** A proxy with HTTPS in front of the gateway, as a person describes it. */
export interface SiteSaid {
  readonly domain?: string | undefined;
  readonly proxy?: readonly string[] | undefined;
  /** Absolute path. */
  readonly proxyFile?: string | undefined;
  readonly certificate?: string | undefined;
  readonly certificateKey?: string | undefined;
  readonly tls?: "public" | "internal" | undefined;
}

/** `undefined` when no domain is named; bad is what cannot be in a site file. */
export function siteSaid(args: SiteSaid): Parsed<SaidSite | undefined> {
  const { domain: said, proxyFile, certificate, certificateKey, tls } = args;
  const [proxy, second] = (args.proxy ?? []).filter(isSiteProxy);
  if (second !== undefined) return bad("--proxy", say("one-program"), say("name-one"));
  if (said === undefined) {
    const other = (["proxyFile", "certificate", "certificateKey", "tls"] as const).find(
      (name) => args[name] !== undefined,
    );
    const alone = proxy === undefined ? other : "proxy";
    if (alone === undefined) return parsed(undefined);
    const option = alone.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return bad(`--${option}`, say("no-domain-named"), say("add-domain"));
  }
  const domain = siteDomain(said);
  if (domain === undefined) {
    const fix = say("for-example", { example: "--domain claw.example.com" });
    return bad(optionTyped("--domain", said), say("no-host-name"), fix);
  }
  if ((certificate === undefined) !== (certificateKey === undefined)) {
    return bad("--certificate", say("certificate-and-key"), say("name-both"));
  }
  for (const [option, value] of [
    ["--certificate", certificate],
    ["--certificate-key", certificateKey],
  ] as const) {
    if (value === undefined || isSitePath(value)) continue;
    return bad(option, say("no-plain-path"), say("name-such-path"));
  }
  return parsed({
    site: {
      proxy: proxy ?? "caddy",
      domain,
      tls: tls ?? (isPublicName(domain) ? "public" : "internal"),
      ...(certificate === undefined ? {} : { certificate }),
      ...(certificateKey === undefined ? {} : { certificateKey }),
    },
    ...(proxyFile === undefined ? {} : { siteFile: proxyFile }),
    ...(proxy === undefined ? { anyProxy: true } : {}),
  });
}
