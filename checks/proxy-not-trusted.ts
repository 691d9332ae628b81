import { ipMatches, parseIp } from "../src/core/address.ts";
import { defineCheck, notApplicable } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Occurrence } from "../src/core/finding.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { compareReleases } from "../src/core/release.ts";
import { bareAddress } from "./lib/addresses.ts";
import { args, type GateFacts, releaseOf, remoteOf, WANTED } from "./lib/explain-refusals.ts";
import { trustProxy } from "./lib/trust-proxy.ts";

/**
 * Up to 2026.7.35 forwarded headers from an untrusted peer make every client behind the proxy remote and
 * unnamed. Trusting the proxy alone admits no new browser (measured 2.1 to 7.1), so beside a refusal this
 * or an admission it is a warning; alone it is the error that the log tells of.
 */
export default defineCheck({
  id: "proxy-not-trusted",
  code: "OPD105",
  title: "Proxies that add forwarded headers are trusted by their exact address",
  severity: "error",
  needs: [],
  wants: [...WANTED, "logs", "refusals"],
  causedBy: ["proxy-attribution-required"],
  diagnose(facts) {
    // A log with nothing but the warning tells of no refusal.
    const refusals = knownValue(facts.wanted.refusals) ?? [];
    const gateFacts: GateFacts = { wanted: facts.wanted, sources: { refusals: "log" }, refusals };
    const release = releaseOf(gateFacts);
    if (release !== undefined && compareReleases(release, "2026.8.1") >= 0) {
      return notApplicable("from 2026.8.1 on the gateway refuses such a proxy with HTTP 403");
    }
    const warnings =
      knownValue(facts.wanted.logs)?.events.filter(
        (event) => event.type === "proxy-warning" && event.warning === "untrusted",
      ) ?? [];
    const proxied = refusals.filter((refusal) => !refusal.over && isUntrustedProxy(refusal, gateFacts));
    const first = proxied[0];
    if (warnings.length === 0 && first === undefined) return [];
    const evidence = [
      ...warnings.slice(-2).map(evidenceOf),
      ...proxied.flatMap((refusal) => refusal.evidence),
    ];
    const refused = refusals.some(
      (refusal) =>
        !refusal.over && refusal.gate !== "unknown" && refusal.gate !== "left" && !isUntrustedLogin(refusal),
    );
    const connected = knownValue(facts.wanted.logs)?.events.some(({ type }) => type === "connected") ?? false;
    // The line of a client that came through it has its address, whatever the config says.
    const through =
      warnings.length === 0 ? undefined : refusals.find((refusal) => !refusal.over && isForwarded(refusal));
    const stand: Refusal = first ??
      through ?? {
        from: "log",
        gate: "pairing",
        connection: {},
        client: "unknown",
        count: warnings.length,
        over: false,
        evidence: [],
      };
    const occurrence: Occurrence = {
      // The warning is a fact; that it is what keeps somebody out is not, where no refusal is in sight.
      confidence: warnings.length > 0 && (refused || connected) ? "certain" : "likely",
      severity: refused || connected ? "warning" : "error",
      ...(refused || connected
        ? {}
        : { tellApart: [{ from: "first-time-not-paired", message: "proxy-only" }] }),
      evidence: evidence.slice(0, 4),
      count: Math.max(warnings.length, proxied.length),
      args: args({ remote: remoteOf(stand, gateFacts) }),
      remedies: trustProxy(stand, gateFacts),
    };
    return [occurrence];
  },
});

function isUntrustedProxy(refusal: Refusal, facts: GateFacts): boolean {
  const { remoteAddress } = refusal.connection;
  if (isUntrustedLogin(refusal)) return true;
  if (!isForwarded(refusal) || remoteAddress === undefined) return false;
  const config = knownValue(facts.wanted.config);
  if (config === undefined) return false;
  const ip = parseIp(bareAddress(remoteAddress));
  // Before 2026.2.17 a range trusts nobody (shipped code).
  const release = releaseOf(facts);
  const cidr = release === undefined || compareReleases(release, "2026.2.17") >= 0;
  const trusted = config.effective.gateway?.trustedProxies ?? [];
  return ip === undefined || !trusted.some((entry) => ipMatches(ip, entry, cidr));
}

function isForwarded({ connection }: Refusal): boolean {
  return connection.headers?.["x-forwarded-for"] !== undefined && connection.remoteAddress !== undefined;
}

/** In trusted-proxy mode the gateway refuses such a proxy's users outright (2026.2.17 on). */
function isUntrustedLogin({ reason, connection }: Refusal): boolean {
  return reason === "trusted_proxy_untrusted_source" && connection.headers?.["x-forwarded-for"] !== undefined;
}
