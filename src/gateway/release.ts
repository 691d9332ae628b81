import type { Confidence, Release } from "../core/facts.ts";
import { compareReleases } from "../core/release.ts";
import type { Clean } from "./clean-text.ts";
import type { HandshakeResult } from "./handshake.ts";
import type { HttpSurface } from "./http.ts";

/** The newest release that was measured: an open end of a range is cut here. */
const newest = "2026.9.6";
const oldest = "2026.1.29";

interface Era {
  readonly since?: string;
  readonly until?: string;
  readonly from: string;
}

/**
 * What a release's wording shows. `since` and `until` are the first and last release known to have it
 * (shipped code of 50 releases); between two looked-at releases the wider reading is taken.
 */
const messageEras: readonly (Era & { readonly text: string })[] = [
  { text: "control ui requires HTTPS or localhost (secure context)", until: "2026.2.19", from: "wording" },
  {
    text: "control ui requires device identity (use HTTPS or localhost secure context)",
    since: "2026.2.21",
    from: "wording",
  },
  { text: "origin not allowed", since: "2026.2.2", from: "wording" },
  { text: "pairing required: ", since: "2026.4.20", from: "wording" },
  { text: "protocol mismatch: Control UI updated", since: "2026.8.1", from: "wording" },
  { text: "too many failed authentication attempts", since: "2026.2.17", from: "wording" },
  { text: "open a tokenized dashboard URL", until: "2026.2.19", from: "wording" },
  { text: "openclaw doctor --generate-gateway-token", since: "2026.8.3", from: "wording" },
];

const releasePattern = /^2\d{3}\.\d{1,2}\.\d{1,3}(?:-[\w.]{1,20})?$/;

/**
 * The release, from what HTTP and the handshakes showed; `undefined` when nothing tells. A named version is
 * `certain`, an era is `possible` with its range and the newest of it as the version.
 */
export function estimateRelease(
  http: HttpSurface,
  handshakes: readonly HandshakeResult[],
  clean: Clean,
): Release | undefined {
  const named = (version: string | undefined, from: string, confidence: Confidence): Release | undefined => {
    const text = version === undefined ? "" : clean(version, 40);
    return releasePattern.test(text) ? { version: text, confidence, from } : undefined;
  };
  for (const { hello } of handshakes) {
    const release = named(hello?.serverVersion, "hello-ok", "certain");
    if (release) return release;
  }
  const config = named(http.reading.serverVersion, "control-ui-config", "certain");
  if (config) return config;
  // `2026.9.6-release-<commit>-<date>`: the page can come from a proxy's cache, so not certain.
  const build = named(/^(2\d{3}\.\d{1,2}\.\d{1,3})-/.exec(http.reading.buildId ?? "")?.[1], "html", "likely");
  if (build) return build;

  const eras = [...httpEras(http), ...handshakes.flatMap(handshakeEras)];
  if (eras.length === 0) return undefined;
  let [low, high] = [oldest, newest];
  let from: string | undefined;
  for (const era of eras) {
    if (era.since !== undefined && compareReleases(era.since, low) > 0) [low, from] = [era.since, era.from];
    if (era.until !== undefined && compareReleases(era.until, high) < 0) {
      high = era.until;
      from ??= era.from;
    }
  }
  // Signs that contradict each other (a proxy with a stale page before a new gateway) tell nothing.
  if (from === undefined || compareReleases(low, high) > 0) return undefined;
  return { version: high, confidence: "possible", from, range: [low, high] };
}

function httpEras(http: HttpSurface): Era[] {
  if (http.reading.looksLike !== "openclaw") return [];
  const eras: Era[] = [];
  // Not served by 2026.2.21, served by 2026.3.1.
  if (http.reading.health === "live") eras.push({ since: "2026.2.22", from: "healthz" });
  if (http.reading.health === "absent" && http.reading.status === 200)
    eras.push({ until: "2026.2.26", from: "healthz" });
  // Every path is the page up to 2026.2.12.
  if (http.signs.config === "page") eras.push({ until: "2026.2.16", from: "control-ui-config" });
  if (http.signs.config === "open")
    eras.push({ since: "2026.2.13", until: "2026.5.27", from: "control-ui-config" });
  if (http.signs.config === "locked") eras.push({ since: "2026.4.16", from: "control-ui-config" });
  if (http.signs.terminalAttribute) eras.push({ since: "2026.5.29", from: "html" });
  if (http.signs.basePathAttribute) eras.push({ since: "2026.8.1", from: "html" });
  else if (http.signs.terminalAttribute) eras.push({ until: "2026.7.35", from: "html" });
  if (http.reading.errorType === "proxy_attribution_required") eras.push({ since: "2026.8.1", from: "http" });
  return eras;
}

function handshakeEras(handshake: HandshakeResult): Era[] {
  const eras: Era[] = [];
  const { hello, error } = handshake;
  // Measured as `dev` on 1.29 to 2.26, as the real version on 3.13.
  if (hello?.serverVersion === "dev") eras.push({ until: "2026.3.12", from: "hello-ok" });
  const expected = error?.details?.expectedProtocol ?? hello?.protocol;
  if (expected === 3) eras.push({ until: "2026.5.7", from: "protocol" });
  if (typeof expected === "number" && expected >= 4) eras.push({ since: "2026.5.8", from: "protocol" });
  if (error === undefined) return eras;
  const { message } = error;
  if (typeof error.details?.code === "string") eras.push({ since: "2026.2.22", from: "details.code" });
  // The refusals for which 2026.2.22 and later always give a code.
  else if (/^(?:control ui requires|origin not allowed|pairing required|device |unauthorized)/.test(message))
    eras.push({ until: "2026.2.21", from: "details.code" });
  if (message === "pairing required") eras.push({ until: "2026.4.19", from: "wording" });
  for (const era of messageEras) if (message.includes(era.text)) eras.push(era);
  return eras;
}
