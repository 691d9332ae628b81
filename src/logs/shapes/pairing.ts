import type { PairingEvent, UpgradeRequestedEvent } from "../../core/log-event.ts";
import { definedOnly, uuid, word } from "../keys.ts";
import type { Shape } from "../line.ts";

/** `device pairing approved device=… role=…`; "requested" is in pasted logs only. */
export const pairing: Shape = {
  name: "pairing",
  hints: ["device pairing ", "device pair "],
  read(line) {
    const match =
      /device pair(?:ing)? (auto-approved|approved|requested|request created|rejected|removed|resolved)\b(?: (.*))?$/.exec(
        line.text,
      );
    const body = match?.[2] ?? "";
    if (match === null || !/\b(?:device|request|requestId|deviceId)[=:]/.test(body)) return undefined;
    const action =
      match[1] === "request created" ? "requested" : match[1] === "resolved" ? "approved" : match[1];
    return {
      type: "pairing",
      ...line.base,
      action: action as PairingEvent["action"],
      ...definedOnly({
        deviceId: word(body, "device") ?? word(body, "deviceId"),
        requestId: uuid(word(body, "request") ?? word(body, "requestId")),
        role: word(body, "role"),
      }),
    };
  },
};

/** `security audit: trusted-proxy operator device auto-approved user=… device=ed3c5ba1e401 scopes=…` (2026.8.1 on) */
export const autoApproved: Shape = {
  name: "auto-approved",
  hints: [" device auto-approved "],
  read(line) {
    if (!/\btrusted-proxy \w{1,20} device auto-approved user=/.test(line.text)) return undefined;
    // The first letters of the id, so it names no device.
    return { type: "pairing", ...line.base, action: "auto-approved" };
  },
};

/** `security audit: device access upgrade requested reason=scope-upgrade device=… scopesFrom=… scopesTo=…` */
export const upgradeRequested: Shape = {
  name: "upgrade-requested",
  hints: ["upgrade requested", "pinnedPlatform"],
  read(line) {
    const at = line.text.search(/device (?:access|metadata) upgrade requested/);
    // Only the keys that differ, as people quote them: `pinnedPlatform = macOS 26.3.1`.
    if (at < 0) {
      return /\bpinnedPlatform["'`]?\s?[=:]/.test(line.text)
        ? { type: "upgrade-requested", ...line.base, reason: "metadata-upgrade" }
        : undefined;
    }
    const body = line.text.slice(at);
    const event: UpgradeRequestedEvent = {
      type: "upgrade-requested",
      ...line.base,
      ...definedOnly({
        conn: uuid(word(body, "conn")),
        reason: word(body, "reason"),
        deviceId: word(body, "device"),
        remote: word(body, "ip")?.replace(/^unknown-ip$/, "") || undefined,
        client: word(body, "client"),
        scopesFrom: list(word(body, "scopesFrom")),
        scopesTo: list(word(body, "scopesTo")),
        roleFrom: word(body, "roleFrom"),
        roleTo: word(body, "roleTo"),
      }),
    };
    return event;
  },
};

function list(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  return text === "<none>" ? [] : text.split(",").slice(0, 32);
}
