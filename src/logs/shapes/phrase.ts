import { gateOf, gateOfWording } from "../../core/gate.ts";
import type { ClientErrorEvent } from "../../core/log-event.ts";
import { isDenied } from "../denial.ts";
import { uuid } from "../keys.ts";
import type { Line, Shape } from "../line.ts";
import { stanceOf } from "../stance.ts";
import { clientError } from "./client-error.ts";
import { speakerIn } from "./speaker.ts";

/**
 * The gateway's own words for a refusal, wherever they stand: a bare line of the page (2.22 to 4.15), an error
 * frame, a sentence of a ticket. The last of the shapes: whatever is more exact comes first.
 */
const PHRASE =
  /(?:device )?pairing:? required(?:: device [a-z -]{1,80})?(?: ?\(requestId:[^)]{0,80}\)?)?|(?:scope upgrade|role upgrade|device metadata change) pending approval(?: \(requestId:[^)]{0,80}\)?)?|device is (?:not approved yet|asking for (?:more scopes|a higher role) than currently approved)|device identity changed and must be re-approved|origin not allowed|control ui requires (?:HTTPS or localhost|device identity)(?: \([^)]{0,80}\))?|device identity required|unauthorized: (?:gateway |device |bootstrap )?(?:token|password)[^"'`\\<]{0,160}|unauthorized: (?:too many|tailscale|proxy client|setup code|trusted_proxy|operator access|verified user)[^"'`\\<]{0,160}|too many failed authentication attempts|device (?:signature (?:expired|invalid)|nonce (?:required|mismatch)|public key invalid|identity mismatch|token (?:mismatch|rejected))|protocol mismatch(?:: Control UI updated)?|client version mismatch|gateway ingress attribution required|connect challenge (?:timeout|missing nonce)|(?:unauthorized|invalid) role\b(?!s)|requires credentials before opening a websocket|gateway (?:token|password) (?:missing|mismatch|not configured)|trusted_proxy_[a-z_]{4,40}|trusted-proxy identity-header authentication is required|invalid connect params: .{1,200}|\b1013\b.{0,40}\bgateway starting|\bgateway starting\b.{0,20}\b1013\b/i;

/**
 * Node and its HTTP libraries put a code of their own in brackets (`AssertionError [ERR_ASSERTION]: protocol mismatch`):
 * the words behind it are theirs, whatever they are.
 */
const THEIRS = /\b[A-Z]\w{2,40}Error \[(?:ERR|UND|HPE)_[A-Z_]{2,60}\]: ?$/;

/** Detail codes of error frames (2.22 on) and the frames' own codes. */
const DETAIL =
  /\b(PAIRING_REQUIRED|CONTROL_UI_[A-Z_]{4,40}|DEVICE_(?:AUTH|IDENTITY)_[A-Z_]{4,40}|AUTH_[A-Z_]{4,40}|PROTOCOL_MISMATCH|CLIENT_VERSION_MISMATCH)\b/g;

const PHRASES = new RegExp(PHRASE.source, `${PHRASE.flags}g`);

/** The gateway's own words for a failed login (`reason=`, `authReason` of all releases), quoted by themselves. */
const WORD =
  /\b(?:token_(?:missing|mismatch)|password_(?:missing|mismatch)|device_token_mismatch|bootstrap_token_invalid|trusted_proxy_(?!auth\b)[a-z_]{4,40})(?:_x-[a-z-]{1,40})?/;

const HINTS = [
  "airing required",
  "airing Required",
  "airing: required",
  "airing: Required",
  "AIRING REQUIRED",
  "pending approval",
  "rigin not allowed",
  "rigin Not Allowed",
  "RIGIN NOT ALLOWED",
  "ontrol ui requires",
  "ontrol UI requires",
  "evice identity ",
  "evice Identity Required",
  "nauthorized: ",
  "failed authentication attempts",
  "evice signature",
  "evice nonce",
  "evice token",
  "evice Token",
  "ateway token m",
  "ateway Token M",
  "TOKEN MISMATCH",
  "ateway token not",
  "ateway password m",
  "ateway password not",
  "evice public key",
  "rotocol mismatch",
  "trusted_proxy_",
  "identity-header authentication",
  "rotocol Mismatch",
  "client version mismatch",
  "ingress attribution required",
  "connect challenge ",
  "nvalid role",
  "nauthorized role",
  "requires credentials before",
  "nvalid connect params",
  "ateway starting",
  "PAIRING_REQUIRED",
  "CONTROL_UI_",
  "DEVICE_AUTH",
  "DEVICE_IDENTITY",
  "PROTOCOL_MISMATCH",
  "CLIENT_VERSION_MISMATCH",
  "bootstrap_token_invalid",
];

export const phrase: Shape = {
  name: "phrase",
  hints: [...HINTS, "device is ", "AUTH_", "token_mi", "password_mi"],
  needles: [
    ...HINTS,
    ...[
      "token_missing",
      "token_mismatch",
      "password_missing",
      "password_mismatch",
      "evice is not approved",
      "evice is asking for",
      "AUTH_RATE_",
      "AUTH_SCOPE_",
      "AUTH_DEVICE_",
    ],
    ...["AUTH_BOOTSTRAP_", "AUTH_TOKEN_", "AUTH_PASSWORD_", "AUTH_TAILSCALE_", "AUTH_IDENTITY_"],
  ],
  read(line) {
    const { text } = line;
    const said = saidIn(text);
    const detailCode = text.match(DETAIL)?.find((code) => gateOfWording(code) !== undefined);
    if (said === undefined && detailCode === undefined) return wordOf(line);
    const code = /\b(1008|4008|1013)\b/.exec(text)?.[1];
    return clientError(line, {
      from: line.form === "json" ? "unknown" : from(text),
      message: said ?? detailCode ?? "",
      code: code === undefined ? undefined : Number(code),
      detailCode,
      // An error frame: `"details":{"code":"PAIRING_REQUIRED","requestId":"…","reason":"not-paired"}`
      requestId: uuid(/\brequestId\\?["']?: ?\\?["']?([0-9a-f-]{36})/i.exec(text)?.[1]),
      why: /\breason\\?["']: ?\\?["']((?:not-paired|[a-z]{4,8}-upgrade))\b/.exec(text)?.[1],
    });
  },
};

/** The first of the gateway's words that nobody takes back. */
function saidIn(text: string): string | undefined {
  for (const { 0: said, index } of text.matchAll(PHRASES)) {
    const before = text.slice(Math.max(0, index - 120), index);
    const behind = text.slice(index + said.length, index + said.length + 60);
    if (!THEIRS.test(before) && !isDenied(before, behind, "refusal")) return said;
  }
  return undefined;
}

function wordOf(line: Line): ReturnType<Shape["read"]> {
  const word = WORD.exec(line.text)?.[0];
  if (word === undefined) return undefined;
  const { gate, why } = gateOf({ why: word });
  return clientError(line, { from: from(line.text), message: word, gate, why });
}

const PAGES = /Control UI|dashboard|gateway\.controlUi|\bdevice pairing required|\bbrowser\b|web ?page/gi;

/** The hints in brackets name whom the gateway talks to. */
function from(text: string): ClientErrorEvent["from"] {
  const named = speakerIn(text);
  if (named === "node" || named === "app") return named;
  for (const { 0: word, index } of text.matchAll(PAGES)) {
    if (stanceOf(text, index, word.length) !== "denied") return "page";
  }
  return /gateway\.remote|GatewayClientRequestError|\[openclaw\]|\bCLI(?: (?:itself|now|also|commands?|calls?))? (?:is|are|say|get|fail|was|gets|got|says|said|fails|failed|prints|shows|reports)\b/.test(
    text,
  )
    ? "cli"
    : "unknown";
}
