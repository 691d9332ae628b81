import { gateOfWording } from "../core/gate.ts";
import type { Line } from "./line.ts";

const NAMES = /closed before connect|unauthorized conn=|device access upgrade requested/;
/** A key that a continuation begins with. */
const KEY =
  /^(?:conn|peer|remote|fwd|origin|host|ua|code|reason|phase|cause|durationMs|handshake|client|mode|requestId|deviceId|scopesFrom|scopesTo|roleFrom|roleTo|ip|auth|device)=/;
/** A key somewhere in it, after a value that was broken in two. */
const LATER_KEY = / (?:fwd|origin|host|ua|code|reason|phase|scopesTo|client|conn)=/;
/** Reasons that are a part of a longer one, so that the rest is on the next line. */
const CUT_REASON =
  /reason=(?:pairing|control ui(?: requires(?: device| HTTPS)?)?|unauthorized:?(?: gateway| device)?(?: token| password)?|origin(?: not)?|device(?: identity| signature| nonce)?|)$/;

/**
 * The end of a line on which a message of the gateway was broken in two: a narrow terminal, a phone, text that
 * was read off a screenshot.
 */
export const BROKEN_MESSAGE =
  /(?:\bpairing|\borigin(?: not)?|unauthorized:(?: gateway| device)?(?: token| password)?|control ui(?: requires(?: device| https(?: or)?)?)?|\bdevice(?: identity| signature| nonce| token| pairing)|(?:scope|role) upgrade(?: pending)?|too many failed(?: authentication)?|\bgateway (?:token|password)|protocol)$/i;

/** Messages that are broken within a word, where a terminal has no more columns. */
const MESSAGES: readonly string[] = [
  "pairing required",
  "origin not allowed",
  "control ui requires device identity",
  "device identity required",
  "device signature expired",
  "unauthorized: gateway token mismatch",
  "unauthorized: gateway token missing",
  "unauthorized: gateway password mismatch",
  "unauthorized: gateway password missing",
  "unauthorized: device token mismatch",
  "unauthorized: too many failed authentication attempts",
  "scope upgrade pending approval",
  "protocol mismatch",
];

/** The line ends within a message, nine letters or more of it. */
function endsWithin(text: string): boolean {
  const end = text.slice(-60).toLowerCase();
  return MESSAGES.some((message) => {
    const at = end.lastIndexOf(message.slice(0, 9));
    return at >= 0 && end.length - at < message.length && message.startsWith(end.slice(at));
  });
}

function isBroken(text: string): boolean {
  return BROKEN_MESSAGE.test(text) || endsWithin(text);
}

/** What stands between the two halves: a space, or nothing within a word; `undefined`: they are no halves. */
function glueOf(before: string, text: string): "" | " " | undefined {
  if (!isBroken(before)) return undefined;
  const end = before.slice(-80);
  const alone = gateOfWording(end);
  // `control ui requires` alone tells the gate already.
  if (/^(?:identity|localhost)\b/i.test(text) && alone?.gate === "device-identity") return " ";
  return ([" ", ""] as const).find((glue) => {
    const joined = gateOfWording(`${end}${glue}${text.slice(0, 80)}`);
    return joined !== undefined && (joined.gate !== alone?.gate || joined.why !== alone.why);
  });
}

/** A line that a terminal or a paste broke: it begins like ours and its end is missing. */
export function isWrapped(text: string): boolean {
  if (!NAMES.test(text)) return isBroken(text);
  if (text.includes("upgrade requested")) return !/ (?:client|conn)=/.test(text);
  return !text.includes(" reason=") || CUT_REASON.test(text);
}

/** Clearly the rest of a wrapped line, not a line of its own. */
export function continuesWrapped(before: string, text: string): boolean {
  if (text === "" || text.length > 2000 || NAMES.test(text)) return false;
  if (!NAMES.test(before)) return glueOf(before, text) !== undefined;
  if (KEY.test(text)) return true;
  if (/^\[[a-z]/.test(text)) return false;
  return (
    LATER_KEY.test(text) || CUT_REASON.test(before) || (/ua=[^=]{0,300}$/.test(before) && text.length < 300)
  );
}

/** One line again. A value broken in its middle is put together, words get their space back. */
export function joinWrapped(first: Line, next: Line): Line {
  const broken =
    /(?:conn|peer|remote|fwd|origin|host|code)=\S{1,200}$/.test(first.text) && !KEY.test(next.text);
  const glue = NAMES.test(first.text) ? (broken ? "" : " ") : (glueOf(first.text, next.text) ?? " ");
  const quote = `${first.base.quote}${glue}${next.text}`.slice(0, 499);
  return {
    ...first,
    text: `${first.text}${glue}${next.text}`.slice(0, 4096),
    base: { ...first.base, quote },
  };
}
