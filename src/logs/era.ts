import type {
  ClientErrorEvent,
  LogDigest,
  LogEvent,
  ProtocolMismatchEvent,
  ProxyWarningEvent,
  RefusedEvent,
} from "../core/log-event.ts";
import { compareReleases } from "../core/release.ts";

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
  return [...hintsOfTime(event), ...hintsOfEvent(event)];
}

function hintsOfTime({ form, quote, at }: LogEvent): readonly EraHint[] {
  const zone =
    form === "console"
      ? CONSOLE.exec(quote)?.[2]
      : form === "json"
        ? /(Z|[+-]\d\d:\d\d)$/.exec(at ?? "")?.[1]
        : undefined;
  if (zone === undefined) return [];
  return zone === "Z"
    ? [{ to: "2026.2.26", because: "timestamps end in Z" }]
    : [{ from: "2026.3.1", because: "timestamps have an offset" }];
}

function hintsOfEvent(event: LogEvent): readonly EraHint[] {
  switch (event.type) {
    case "refused":
      if (event.unrecognised) return [];
      return event.form === "console" || event.form === "json"
        ? [...hintsOfFields(event), ...hintsOfReason(event)]
        : [];
    case "client-error":
      return hintsOfClient(event);
    case "proxy-warning":
      return hintsOfWarning(event);
    case "protocol-mismatch":
      return hintsOfProtocol(event);
    case "upgrade-requested":
      return [{ from: "2026.2.19", because: "device access upgrades are audited" }];
    case "connected":
      return event.build === undefined
        ? []
        : [{ from: "2026.8.1", because: "connects name the build of the page" }];
    case "build-rejected":
      return [{ from: "2026.8.1", because: "builds of the page are checked" }];
    default:
      return [];
  }
}

/** Which fields a refusal's line has, and which it would have had. */
function hintsOfFields({ form, quote, peer, phase, reason, cause }: RefusedEvent): readonly EraHint[] {
  const hints: EraHint[] = [];
  const isWhole = () => /closed before connect conn=[0-9a-f-]{36} .*fwd=.*host=/.test(quote);
  if (peer !== undefined) hints.push({ from: "2026.4.10", because: "refusals have peer=" });
  else if (isWhole() && !quote.includes(" peer="))
    hints.push({ to: "2026.4.9", because: "refusals have no peer=" });
  if (phase !== undefined) hints.push({ from: "2026.7.1", because: "refusals have phase=" });
  else if (peer !== undefined && reason !== undefined && isWhole())
    hints.push({ to: "2026.6.11", because: "refusals have no phase=" });
  // Behind the reason; `openclaw logs` prints the meta of any release, as JSON in front.
  if (form === "console" && cause !== undefined && phase !== undefined && !quote.includes('{"'))
    hints.push({ from: "2026.9.1", because: "the console shows the cause of a refusal" });
  return hints;
}

/** The sentences behind `pairing required: ` (2026.4.15 without, 2026.4.20 with), also quoted alone. */
const LONG_REASON =
  /device is not approved yet|device is asking for (?:more scopes|a higher role) than|device identity changed and must be re-approved/;

function hintsOfReason({ reason = "", code }: RefusedEvent): readonly EraHint[] {
  const hints: EraHint[] = [];
  if (/^pairing required: /.test(reason))
    hints.push({ from: "2026.4.20", because: "the reason says why pairing is required" });
  else if (reason === "pairing required")
    hints.push({ to: "2026.4.15", because: "the reason is a bare pairing required" });
  if (/secure context\)$/.test(reason))
    hints.push(
      /requires HTTPS/.test(reason)
        ? { to: "2026.2.19", because: "control ui requires HTTPS or localhost" }
        : { from: "2026.2.21", because: "control ui requires device identity" },
    );
  if (code === 1013) hints.push({ from: "2026.4.29", because: "1013 gateway starting" });
  return hints;
}

function hintsOfClient({
  from,
  code,
  message,
  quote,
  detailCode,
  gate,
}: ClientErrorEvent): readonly EraHint[] {
  const hints: EraHint[] = [];
  const isPage = from === "page";
  if (isPage && code === 1008 && message === "pairing required" && /disconnected \(1008\)/.test(quote))
    hints.push({ to: "2026.2.21", because: "the page says disconnected (1008): pairing required" });
  if (LONG_REASON.test(quote))
    hints.push({ from: "2026.4.20", because: "the reason says why pairing is required" });
  if (/requires HTTPS or localhost/.test(message))
    hints.push({ to: "2026.2.19", because: "control ui requires HTTPS or localhost" });
  const card = isPage ? CARDS.find(({ says }) => says.test(quote)) : undefined;
  if (card !== undefined) {
    const { says: _says, ...hint } = card;
    hints.push(hint);
  }
  if (detailCode !== undefined) hints.push({ from: "2026.2.22", because: "refusals have a code" });
  if (gate === "proxy-attribution")
    hints.push({ from: "2026.8.1", because: "proxy attribution is required" });
  return hints;
}

function hintsOfWarning({ warning }: ProxyWarningEvent): readonly EraHint[] {
  if (warning === "untrusted")
    return [{ to: "2026.7.35", because: "Proxy headers detected from untrusted address" }];
  if (warning === "unattributable") return [{ from: "2026.8.1", because: "proxy attribution is required" }];
  return [];
}

function hintsOfProtocol({ expected }: ProtocolMismatchEvent): readonly EraHint[] {
  if (expected === 3) return [{ to: "2026.5.7", because: "the gateway speaks protocol 3" }];
  return expected !== undefined && expected >= 4
    ? [{ from: "2026.5.12", because: "the gateway speaks protocol 4" }]
    : [];
}

/** The hints together, newest first; an older one that contradicts is of before an upgrade. */
export function eraOf(hints: readonly EraHint[]): LogDigest["era"] {
  let from: string | undefined;
  let to: string | undefined;
  const because: string[] = [];
  for (const hint of hints) {
    const low =
      hint.from !== undefined && (from === undefined || compareReleases(hint.from, from) > 0)
        ? hint.from
        : from;
    const high =
      hint.to !== undefined && (to === undefined || compareReleases(hint.to, to) < 0) ? hint.to : to;
    if (low !== undefined && high !== undefined && compareReleases(low, high) > 0) continue;
    if (low !== from || high !== to) because.push(hint.because);
    [from, to] = [low, high];
  }
  if (from === undefined && to === undefined) return undefined;
  return { because, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
