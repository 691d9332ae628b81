import { checks } from "../../checks/index.ts";
import { KNOWN_RELEASES } from "../admission/releases.ts";
import { isCidr } from "../core/address.ts";
import { findCheck } from "../core/check.ts";
import { type Fact, said, unknown } from "../core/fact.ts";
import type { Release } from "../core/facts.ts";
import { isRelease } from "../core/release.ts";
import { nearest } from "../report/explain.ts";
import { shownWord, UsageError } from "./usage-error.ts";

/** @throws {UsageError} an id that no check has. */
export function selection(args: {
  readonly only: string[] | undefined;
  readonly skip: string[] | undefined;
}) {
  const only = (args.only ?? []).map(checkId);
  const skip = (args.skip ?? []).map(checkId);
  return { only, skip };
}

function checkId(asked: string): string {
  const found = findCheck(asked, checks);
  if (found) return found.id;
  const ids = checks.map(({ id }) => id);
  const [suggestion] = nearest(asked, ids);
  throw new UsageError(
    `check ${shownWord(asked)}`,
    "there is no such check",
    suggestion === undefined
      ? "see `pairing-doctor checks`"
      : `did you mean ${suggestion}? See \`pairing-doctor checks\``,
  );
}

/** @throws {UsageError} no release. */
export function saidRelease(release: string | undefined): Fact<Release> {
  if (release === undefined)
    return unknown("not-asked", "nobody said", "--release X", { message: "nobody-said" });
  const version = release.trim().replace(/^v/, "");
  if (!isRelease(version)) {
    const [near] = nearest(version, KNOWN_RELEASES);
    throw new UsageError(
      `--release ${shownWord(release)}`,
      "that is no release of OpenClaw; they look like 2026.3.13",
      near === undefined ? "see `openclaw --version`" : `did you mean ${near}?`,
    );
  }
  return said({ version, confidence: "certain", from: "said" }, "--release");
}

/** Programs that `fix --domain` writes a site for. */
export const SITE_PROXIES = ["caddy", "nginx"] as const;
export type SiteProxy = (typeof SITE_PROXIES)[number];

export function isSiteProxy(text: string): text is SiteProxy {
  return SITE_PROXIES.some((name) => name === text);
}

/**
 * The proxies in front of the gateway, as the user named them: addresses and CIDR blocks.
 *
 * @throws {UsageError} neither an address nor a proxy that a site is written for.
 */
export function namedProxies(texts: readonly string[] | undefined): readonly string[] {
  return (texts ?? []).flatMap((text) => {
    if (isSiteProxy(text)) return [];
    if (isCidr(text)) return [text];
    throw new UsageError(
      "--proxy",
      "that is no address",
      "give the address from which the proxy connects to the gateway, e.g. --proxy 192.168.1.7",
    );
  });
}

/**
 * The origin as a browser sends it: scheme, host in lower case, port unless it is the scheme's own.
 *
 * @throws {UsageError} no http or https URL.
 */
export function pageOrigin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new UsageError(
      "--origin",
      "that is no http or https address",
      "give the address in the browser's address bar, e.g. http://192.168.1.5:18789",
    );
  }
  return url.origin;
}
