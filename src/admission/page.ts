import type { Admission } from "../core/connection.ts";
import type { PageBehaviour } from "../core/facts.ts";
import { compareReleases } from "../core/release.ts";
import { isLoopbackName } from "./hosts.ts";

/** Whether a browser gives a page at this URL a secure context: https, or a loopback host. False for what is no URL. */
export function isSecureContext(pageUrl: string): boolean {
  if (!URL.canParse(pageUrl)) return false;
  const { protocol, hostname } = new URL(pageUrl);
  if (protocol === "https:" || protocol === "wss:") return true;
  if (protocol !== "http:" && protocol !== "ws:") return false;
  const name = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return isLoopbackName(name) || name.endsWith(".localhost");
}

/** The device identity that a new browser brings: none without a secure context, up to 2026.7.35 (BROWSER.md 1.2). */
export function browserDevice(release: string, secureContext: boolean): "absent" | "unpaired" {
  return secureContext || signsInsecurely(release) ? "unpaired" : "absent";
}

/**
 * What the Control UI page of a release does and shows for an answer of its gateway (BROWSER.md).
 * @throws {ReleaseError} when `release` is no OpenClaw version.
 */
export function pageBehaviour(release: string, admission: Admission): PageBehaviour {
  const shows = admission.outcome === "refused" ? shownFor(release, admission) : undefined;
  return {
    tokenFrom: tokenFrom(release),
    deviceInInsecureContext: signsInsecurely(release),
    connectsByItself: connectsByItself(release),
    ...(shows === undefined ? {} : { shows }),
  };
}

/**
 * Scopes that the Control UI of a release asks for (run: three up to 2026.4.15; with read and write 5.28 to 7.35; with
 * questions 8.1 to 9.6). Between two measured releases it may be either, so the wider counts.
 */
export function pageScopes(release: string | undefined): readonly string[] {
  const after = (last: string): boolean => release === undefined || compareReleases(release, last) > 0;
  return [
    ...["operator.admin", "operator.approvals", "operator.pairing"],
    ...(after("2026.4.15") ? ["operator.read", "operator.write"] : []),
    ...(after("2026.7.35") ? ["operator.questions"] : []),
  ];
}

function since(release: string, first: string): boolean {
  return compareReleases(release, first) >= 0;
}

/** Run 2026.7.35 without, 2026.8.1 with; static: UI of openclaw@2026.8.1-beta.1 without, beta.3 with. */
function signsInsecurely(release: string): boolean {
  return since(release, "2026.8.1-beta.3");
}

/** Run 2.1, 3.13, 4.15 and later; boundaries static: UI of openclaw@2026.2.3/2.6-3, 2026.3.8/3.11, 2026.3.13/3.23. */
function tokenFrom(release: string): PageBehaviour["tokenFrom"] {
  if (!since(release, "2026.2.6-3")) return "query";
  return since(release, "2026.3.11") && !since(release, "2026.3.23") ? "hash" : "both";
}

/** Run 2.26 yes, 3.13 to 8.2 no, 9.6 yes; static: UI of openclaw@2026.3.8/3.11, gateway of openclaw@2026.9.2/9.3. */
function connectsByItself(release: string): boolean {
  return !since(release, "2026.3.11") || since(release, "2026.9.3");
}

const ERRORS_IN_CARDS = "2026.5.12";

/** The headline or text that the user reads; what the gateway said where the page only repeats it. */
function shownFor(release: string, admission: Admission): string | undefined {
  const { gate, closeReason = "", closeCode } = admission;
  if (gate === "proxy-attribution") return "HTTP 403: Proxy client attribution is required.";
  if (!since(release, "2026.2.22")) return `disconnected (${closeCode ?? 1008}): ${closeReason}`;
  if (!since(release, ERRORS_IN_CARDS)) return closeReason;
  switch (gate) {
    case "pairing":
      return since(release, "2026.9.3") ? "Approve this browser" : "Device pairing required";
    case "origin":
      return "Browser origin not allowed";
    case "shared-auth":
      return sharedAuthCard(release, admission.reason ?? "");
    case "device-identity":
      return hasVagueCard(release) ? "Could not connect" : "Secure browser context required";
    default:
      return closeReason;
  }
}

/** From 2026.7.1 to 2026.7.35 one card stands for token and insecure context (BROWSER.md 1.5). */
function hasVagueCard(release: string): boolean {
  return since(release, "2026.7.1-beta.1") && !since(release, "2026.8.1-beta.1");
}

function sharedAuthCard(release: string, reason: string): string {
  if (hasVagueCard(release)) return "Could not connect";
  if (since(release, "2026.9.3")) return "This Gateway expects its token";
  return reason.endsWith("_missing") ? "Auth required" : "Auth did not match";
}
