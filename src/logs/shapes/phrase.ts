import { gateOfWording } from "../../core/gate.ts";
import { uuid } from "../keys.ts";
import type { Shape } from "../line.ts";
import { clientError } from "./client-error.ts";

/**
 * The gateway's own words for a refusal, wherever they stand: a bare line of the page (2.22 to 4.15), an error
 * frame, a sentence of a ticket. The last of the shapes: whatever is more exact comes first.
 */
const PHRASE =
  /(?:device )?pairing required(?:: device [a-z -]{1,80})?(?: ?\(requestId:[^)]{0,80}\)?)?|(?:scope|role) upgrade pending approval(?: \(requestId:[^)]{0,80}\)?)?|origin not allowed|control ui requires (?:HTTPS or localhost|device identity)(?: \([^)]{0,80}\))?|device identity required|unauthorized: (?:gateway |device |bootstrap )?(?:token|password)[^"'`\\<]{0,160}|unauthorized: (?:too many|tailscale|proxy client|setup code|trusted_proxy)[^"'`\\<]{0,160}|too many failed authentication attempts|device (?:signature (?:expired|invalid)|nonce (?:required|mismatch)|public key invalid|identity mismatch|token (?:mismatch|rejected))|protocol mismatch(?:: Control UI updated)?|gateway (?:token|password) (?:missing|mismatch|not configured)|invalid connect params: .{1,200}/i;

/** Detail codes of error frames (2.22 on) and the frames' own codes. */
const DETAIL =
  /\b(PAIRING_REQUIRED|CONTROL_UI_[A-Z_]{4,40}|DEVICE_(?:AUTH|IDENTITY)_[A-Z_]{4,40}|AUTH_[A-Z_]{4,40}|PROTOCOL_MISMATCH|CLIENT_VERSION_MISMATCH)\b/g;

export const phrase: Shape = {
  name: "phrase",
  hints: [
    "airing required",
    "upgrade pending approval",
    "rigin not allowed",
    "ontrol ui requires",
    "ontrol UI requires",
    "evice identity ",
    "nauthorized: ",
    "failed authentication attempts",
    "evice signature",
    "evice nonce",
    "evice token",
    "ateway token m",
    "ateway password m",
    "evice public key",
    "rotocol mismatch",
    "nvalid connect params",
    "PAIRING_REQUIRED",
    "CONTROL_UI_",
    "DEVICE_AUTH",
    "DEVICE_IDENTITY",
    "AUTH_",
    "PROTOCOL_MISMATCH",
  ],
  read(line) {
    const { text } = line;
    const said = PHRASE.exec(text)?.[0];
    const detailCode = text.match(DETAIL)?.find((code) => gateOfWording(code) !== undefined);
    if (said === undefined && detailCode === undefined) return undefined;
    const code = /\b(1008|4008)\b/.exec(text)?.[1];
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

/** The hints in brackets name whom the gateway talks to. */
function from(text: string): "cli" | "page" | "unknown" {
  if (/Control UI|dashboard|gateway\.controlUi|\bdevice pairing required|\bbrowser\b|web ?page/i.test(text)) {
    return "page";
  }
  return /gateway\.remote|GatewayClientRequestError|\[openclaw\]/.test(text) ? "cli" : "unknown";
}
