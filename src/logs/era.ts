import type { LogDigest, LogEvent } from "../core/log-event.ts";

/** One thing that a line's shape says about the gateway's release. */
export interface EraHint {
  readonly from?: string;
  readonly to?: string;
  readonly because: string;
}

const CONSOLE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(Z|[+-]\d\d:\d\d) \[[a-z][a-z/-]{0,40}\]/;

/**
 * Cards of the page, English and Chinese, and the releases that show them (BROWSER.md 1 and 2: run 4.15 without,
 * 5.28 to 8.2 and 9.6 with; ends static: UI of openclaw@2026.5.12, 2026.7.1, 2026.7.35, 2026.9.3).
 */
const CARDS: readonly (EraHint & { readonly says: RegExp })[] = [
  {
    says: /Approve this browser|(?<!重新)批准此浏览器/,
    from: "2026.9.3",
    because: "the page says Approve this browser",
  },
  {
    says: /\bDevice pairing required|需要设备配对/,
    from: "2026.5.12",
    to: "2026.9.2",
    because: "the page says Device pairing required",
  },
  {
    says: /This Gateway expects its|此 Gateway 需要(?:令牌|密码)/,
    from: "2026.9.3",
    because: "the page says what the gateway expects",
  },
  {
    says: /could not complete the Gateway connection|浏览器无法完成 Gateway 连接/,
    from: "2026.7.1",
    to: "2026.7.35",
    because: "the page says Could not connect",
  },
  {
    says: /Secure browser context required|需要安全的?浏览器上下文/,
    from: "2026.5.12",
    because: "the page says Secure browser context required",
  },
];

/**
 * What the shape of an event's line says about the release (measured boundaries, last without → first with):
 * `Z` or an offset (2.26 → 3.13), `peer=` (4.9 → 4.10), long pairing reasons (4.15 → 4.20), `phase=` (6.11 → 7.1),
 * no more `Proxy headers detected` (7.35 → 8.1), meta on the console (8.2 → 9.x). Ends are released versions.
 */
export function hintsOf(event: LogEvent): readonly EraHint[] {
  const hints: EraHint[] = [];
  const zone =
    event.form === "console"
      ? CONSOLE.exec(event.quote)?.[2]
      : event.form === "json"
        ? /(Z|[+-]\d\d:\d\d)$/.exec(event.at ?? "")?.[1]
        : undefined;
  if (zone === "Z") hints.push({ to: "2026.2.26", because: "timestamps end in Z" });
  else if (zone !== undefined) hints.push({ from: "2026.3.1", because: "timestamps have an offset" });

  switch (event.type) {
    case "refused": {
      if (event.unrecognised) break;
      if (event.form !== "console" && event.form !== "json") break;
      const whole = /closed before connect conn=[0-9a-f-]{36} .*fwd=.*host=/.test(event.quote);
      if (event.peer !== undefined) hints.push({ from: "2026.4.10", because: "refusals have peer=" });
      else if (whole && !event.quote.includes(" peer="))
        hints.push({ to: "2026.4.9", because: "refusals have no peer=" });
      if (event.phase !== undefined) hints.push({ from: "2026.7.1", because: "refusals have phase=" });
      else if (whole && event.peer !== undefined && event.reason !== undefined)
        hints.push({ to: "2026.6.11", because: "refusals have no phase=" });
      // Behind the reason; `openclaw logs` prints the meta of any release, as JSON in front.
      if (
        event.form === "console" &&
        event.cause !== undefined &&
        event.phase !== undefined &&
        !event.quote.includes('{"')
      ) {
        hints.push({ from: "2026.9.1", because: "the console shows the cause of a refusal" });
      }
      if (/^pairing required: /.test(event.reason ?? ""))
        hints.push({ from: "2026.4.20", because: "the reason says why pairing is required" });
      else if (event.reason === "pairing required")
        hints.push({ to: "2026.4.15", because: "the reason is a bare pairing required" });
      if (/secure context\)$/.test(event.reason ?? "")) {
        hints.push(
          /requires HTTPS/.test(event.reason ?? "")
            ? { to: "2026.2.19", because: "control ui requires HTTPS or localhost" }
            : { from: "2026.2.21", because: "control ui requires device identity" },
        );
      }
      if (event.code === 1013) hints.push({ from: "2026.4.29", because: "1013 gateway starting" });
      break;
    }
    case "client-error":
      if (
        event.from === "page" &&
        event.code === 1008 &&
        event.message === "pairing required" &&
        /disconnected \(1008\)/.test(event.quote)
      ) {
        hints.push({ to: "2026.2.21", because: "the page says disconnected (1008): pairing required" });
      }
      if (/requires HTTPS or localhost/.test(event.message))
        hints.push({ to: "2026.2.19", because: "control ui requires HTTPS or localhost" });
      if (event.from === "page") {
        const card = CARDS.find(({ says }) => says.test(event.quote));
        if (card !== undefined) {
          const { says: _says, ...hint } = card;
          hints.push(hint);
        }
      }
      if (event.detailCode !== undefined) hints.push({ from: "2026.2.22", because: "refusals have a code" });
      if (event.gate === "proxy-attribution")
        hints.push({ from: "2026.8.1", because: "proxy attribution is required" });
      break;
    case "proxy-warning":
      if (event.warning === "untrusted")
        hints.push({ to: "2026.7.35", because: "Proxy headers detected from untrusted address" });
      if (event.warning === "unattributable")
        hints.push({ from: "2026.8.1", because: "proxy attribution is required" });
      break;
    case "protocol-mismatch":
      if (event.expected === 3) hints.push({ to: "2026.5.7", because: "the gateway speaks protocol 3" });
      else if (event.expected !== undefined && event.expected >= 4)
        hints.push({ from: "2026.5.12", because: "the gateway speaks protocol 4" });
      break;
    case "upgrade-requested":
      hints.push({ from: "2026.2.19", because: "device access upgrades are audited" });
      break;
    case "connected":
      if (event.build !== undefined)
        hints.push({ from: "2026.8.1", because: "connects name the build of the page" });
      break;
    case "build-rejected":
      hints.push({ from: "2026.8.1", because: "builds of the page are checked" });
      break;
  }
  return hints;
}

/** The hints together, newest first; an older one that contradicts is of before an upgrade. */
export function eraOf(hints: readonly EraHint[]): LogDigest["era"] {
  let from: string | undefined;
  let to: string | undefined;
  const because: string[] = [];
  for (const hint of hints) {
    const low =
      hint.from !== undefined && (from === undefined || compare(hint.from, from) > 0) ? hint.from : from;
    const high = hint.to !== undefined && (to === undefined || compare(hint.to, to) < 0) ? hint.to : to;
    if (low !== undefined && high !== undefined && compare(low, high) > 0) continue;
    if (low !== from || high !== to) because.push(hint.because);
    [from, to] = [low, high];
  }
  if (from === undefined && to === undefined) return undefined;
  return { because, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (x?.[part] ?? 0) - (y?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
