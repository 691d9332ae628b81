import { gateOfWording } from "../../core/gate.ts";
import type { ClientErrorEvent } from "../../core/log-event.ts";
import type { Line, Shape } from "../line.ts";
import { clientError } from "./client-error.ts";
import { speakerIn } from "./speaker.ts";
import { withinQuotes } from "./within-quotes.ts";

const FROM = { from: "cli" } as const;

/** `gateway closed (1008): pairing required`, `gateway closed (1000 normal closure): no close reason` */
export const gatewayClosed: Shape = {
  name: "gateway-closed",
  hints: ["ateway closed ("],
  read(line) {
    const match = /gateway closed \((\d{4})[^():]{0,60}(?:\([^()]{0,60}\))?\):?(.{0,600})$/i.exec(line.text);
    if (match === null) return undefined;
    const said = withinQuotes(line.text, match.index, match[2] ?? "")
      .trim()
      .replace(/(?:\\n|\\r|Gateway target:).*$/, "")
      .trim();
    const message = said === "" || said.startsWith("no close reason") ? `gateway closed (${match[1]})` : said;
    return clientError(line, { from: caller(line), code: Number(match[1]), message });
  },
};

/** `gateway connect failed: GatewayClientRequestError: pairing required` */
export const connectFailed: Shape = {
  name: "connect-failed",
  hints: ["ateway connect failed: ", "(connect failed: "],
  read(line) {
    // `unreachable (connect failed: unauthorized)` in the table of `openclaw status`.
    const row = /\(connect failed: ([^()]{1,200})/.exec(line.text)?.[1];
    if (row !== undefined && gateOfWording(row) !== undefined)
      return clientError(line, { from: caller(line), message: row });
    const match =
      /gateway connect failed: (?:[A-Za-z]{0,40}Error: ?)?(?:\[[A-Z_]{1,40}\] )?(.{1,600})$/i.exec(line.text);
    if (match === null) return undefined;
    return clientError(line, { from: caller(line), message: unescaped(match[1] ?? "") });
  },
};

/** `Gateway not reachable at ws://127.0.0.1:18789 (ECONNREFUSED).` (9.6), `Gateway not reachable after waiting 60 s.` */
export const notReachable: Shape = {
  name: "not-reachable",
  hints: ["ateway not reachable"],
  read(line) {
    const match = /Gateway not reachable(?: at (wss?:\/\/[^\s)"]{1,200}))?.{0,120}/.exec(line.text);
    if (match === null) return undefined;
    const why = match[0].includes("ECONNREFUSED")
      ? "refused"
      : match[0].includes("after waiting")
        ? "timeout"
        : undefined;
    return clientError(line, { ...FROM, message: match[0], gate: "transport", why, target: match[1] });
  },
};

/** `SECURITY ERROR: Gateway URL "ws://172.18.0.2:18789" uses plaintext ws:// to a non-loopback address.` (2.18 on) */
export const securityError: Shape = {
  name: "security-error",
  hints: ["SECURITY ERROR", "plaintext ws://"],
  read(line) {
    const match =
      /SECURITY ERROR:? .{0,300}?plaintext ws:\/\/.{0,120}|.{0,200}uses plaintext ws:\/\/.{0,120}/.exec(
        line.text,
      );
    if (match === null) return undefined;
    const target = /"(wss?:\/\/[^"\s]{1,200})"/.exec(match[0])?.[1];
    return clientError(line, { ...FROM, message: match[0], gate: "transport", why: "plaintext-ws", target });
  },
};

/** `missing scope: operator.admin`, from the CLI, from `⇄ res ✗ …` of the gateway's verbose log */
export const missingScope: Shape = {
  name: "missing-scope",
  hints: ["missing scope: "],
  read(line) {
    const match = /missing scope: [\w.]{1,60}/.exec(line.text);
    return match === null
      ? undefined
      : clientError(line, { from: byCli(line), message: match[0].replace(/\.$/, ""), why: "missing-scope" });
  },
};

/** A request id that is gone: `unknown requestId` (to 8.x), `No pending device request matches …` (9.x) */
export const unknownRequest: Shape = {
  name: "unknown-request",
  hints: [
    "unknown requestId",
    "No pending device request matches",
    "device pairing approval denied",
    "device token rotation denied",
    "device token revocation denied",
    "device-ownership-mismatch",
    "caller-missing-scope",
  ],
  read(line) {
    const match =
      /unknown requestId|No pending device request matches [0-9a-f-]{0,40}|device (?:pairing approval|token (?:rotation|revocation)) denied.{0,160}|device-ownership-mismatch|caller-missing-scope(?: scope=[\w.]{1,40})?/.exec(
        line.text,
      );
    if (match === null) return undefined;
    const message = match[0].replace(/ (?:conn|id)=.*$/, "");
    const why = /^(?:device|caller)/.test(message) ? "approval-denied" : "unknown-request";
    return clientError(line, { from: byCli(line), message, why });
  },
};

/**
 * Retired identity files: `DeviceIdentityMigrationRequiredError: …` (7.2 on), and what start-up and doctor say of one that
 * is not what they migrated. The words differ by release and step; each names such a file or the identity, and its age.
 */
export const identityMigration: Shape = {
  name: "identity-migration",
  hints: [
    "DeviceIdentityMigrationRequiredError",
    "evice identity",
    "evice auth",
    "identity/device",
    "identity\\device",
  ],
  read(line) {
    const text = line.text.slice(0, 600);
    const named = /DeviceIdentityMigrationRequiredError.{0,280}/.exec(text)?.[0];
    const message =
      named ?? (IDENTITY.test(text) && RETIRED.test(text) && STUCK.test(text) ? text : undefined);
    return message === undefined
      ? undefined
      : clientError(line, { ...FROM, message, why: "identity-migration" });
  },
};

const IDENTITY = /\bdevice[- ](?:identity|auth)\b|\bidentity[\\/]device(?:-auth)?\.json\b/i;
const RETIRED = /\b(?:legacy|retired|canonical|migrat\w{1,6}|sqlite)\b/i;
/** Not `migrated legacy device identity to SQLite`, which says that it went well. */
const STUCK =
  /\b(?:exists|requires|required|differ\w{0,3}|conflict\w{0,3}|mismatch\w{0,3}|fail\w{0,3}|refus\w{0,3}|blocked?|cannot|could not|left in place|does not match|not match|no (?:import )?receipt)\b/i;

/** `EACCES: permission denied, open '/home/node/.openclaw/…'`: the state directory is not the user's. */
export const statePermissions: Shape = {
  name: "state-permissions",
  hints: ["EACCES", "EPERM", "EROFS"],
  needles: ["EACCES: ", "EPERM: ", "EROFS: "],
  read(line) {
    const match = /(?:EACCES|EPERM|EROFS): [^,]{1,60}, \w{1,20} ['"][^'"]{1,300}['"]?/.exec(line.text);
    if (match === null || /node_modules|npm-cache|\.npm\b/.test(match[0])) return undefined;
    const ours = /openclaw|clawdbot|moltbot/i.test(match[0]);
    // The last words of a process that could not make its directory, whatever it was told to call it.
    const last = /^(?:Uncaught |\[openclaw\] .{0,60})?(?:\w{0,20}Error: )?E(?:ACCES|PERM|ROFS): /.test(
      line.text,
    );
    if (!ours && !(last && /, mkdir /.test(match[0]))) return undefined;
    return clientError(line, { ...FROM, message: match[0], why: "state-permissions" });
  },
};

/** `RPC: limited - missing scope`, `Capability: connected-no-operator-scope` of `gateway status` are no refusals. */
function byCli(line: Line): "cli" | "unknown" {
  return line.form === "json" || line.text.includes("⇄ res ✗") ? "unknown" : "cli";
}

function caller(line: Line): ClientErrorEvent["from"] {
  return speakerIn(line.text) ?? "cli";
}

function unescaped(text: string): string {
  return text.replace(/(?:\\[rn]){1,4}.*$/, "");
}
