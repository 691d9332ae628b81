import { checks } from "../../../checks/index.ts";
import { KNOWN_RELEASES } from "../../admission/releases.ts";
import { isCidr } from "../../core/address.ts";
import { bad, optionTyped, type Parsed, parsed, shownWord } from "../../core/bad-input.ts";
import { findCheck } from "../../core/check.ts";
import { type Fact, said, unknown } from "../../core/fact.ts";
import type { Release } from "../../core/facts.ts";
import { isSiteProxy } from "../../core/proxies.ts";
import { isRelease } from "../../core/release.ts";
import { say } from "../../core/saying.ts";
import { nearest } from "../../report/explain.ts";

/** The check of an id or a code. */
export function checkIdSaid(asked: string): Parsed<string> {
  const found = findCheck(asked, checks);
  if (found) return parsed(found.id);
  const ids = checks.map(({ id }) => id);
  const [suggestion] = nearest(asked, ids);
  return bad(
    say("check-named", { word: shownWord(asked) }),
    say("no-such-check"),
    suggestion === undefined ? say("see-checks") : say("did-you-mean-check", { near: suggestion }),
  );
}

/** A release, with or without a `v`; `undefined`: nobody said. */
export function releaseSaid(release: string | undefined): Parsed<Fact<Release>> {
  if (release === undefined) return parsed(unknown("not-asked", say("nobody-said"), "--release X"));
  const version = release.trim().replace(/^v/, "");
  if (!isRelease(version)) {
    const [near] = nearest(version, KNOWN_RELEASES);
    return bad(
      `--release ${shownWord(release)}`,
      say("no-release"),
      near === undefined ? say("see-version") : say("did-you-mean", { detail: near }),
    );
  }
  return parsed(said({ version, confidence: "certain", from: "said" }, "--release"));
}

/** A time to wait: `90`, `90s`, `2m`; at most an hour. Milliseconds. */
export function durationSaid(option: string, text: string): Parsed<number> {
  const [, amount = "", unit] = /^(\d{1,4})(s|m)?$/.exec(text) ?? [];
  const ms = Number(amount) * (unit === "m" ? 60_000 : 1000);
  if (amount !== "" && ms <= 3_600_000) return parsed(ms);
  return bad(
    `${option} ${shownWord(text)}`,
    say("no-duration"),
    say("for-example", { example: `${option} 90s` }),
  );
}

/** A moment: `2026-03-13`, `2026-03-13T10:00`, with or without a zone, or so long before `now`: `30m`, `6h`, `2d`. */
export function momentSaid(option: string, text: string, now: number): Parsed<number> {
  const [, amount, unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return parsed(now - Number(amount) * (UNITS[unit] ?? 0));
  const at = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text)
    ? Date.parse(text.replace(" ", "T"))
    : Number.NaN;
  if (!Number.isNaN(at)) return parsed(at);
  return bad(
    `${option} ${shownWord(text)}`,
    say("no-moment"),
    say("for-example", { example: `${option} 2026-03-13T10:00, ${option} 6h` }),
  );
}

/** Milliseconds. */
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The proxies in front of the gateway: addresses and CIDR blocks. Programs that a site is written for are left out. */
export function proxiesSaid(texts: readonly string[]): Parsed<readonly string[]> {
  const addresses = texts.filter((text) => !isSiteProxy(text));
  if (addresses.every(isCidr)) return parsed(addresses);
  const wrong = addresses.find((text) => !isCidr(text)) ?? "";
  return bad(optionTyped("--proxy", wrong), say("no-address"), say("name-proxy-address"));
}

/** The origin as a browser sends it: scheme, host in lower case, port unless it is the scheme's own. */
export function originSaid(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return parsed(url.origin);
  return bad(optionTyped("--origin", text), say("no-http-address"), say("name-page-address"));
}
