import { gateOfWording } from "../../core/gate.ts";
import type { Shape } from "../line.ts";
import { CARDS, UNEXPLAINED } from "./cards.ts";
import { clientError } from "./client-error.ts";
import { stateOf } from "./transport.ts";
import { withinQuotes } from "./within-quotes.ts";

const FROM = { from: "page" } as const;

/** `disconnected (1008): pairing required`: the page up to 2026.2.21, later ones only without an error response. */
export const disconnected: Shape = {
  name: "disconnected",
  hints: ["isconnected ("],
  needles: [
    "isconnected (100",
    "isconnected (101",
    "isconnected (300",
    "isconnected (400",
    "isconnected (401",
  ],
  read(line) {
    const match = /disconnected \((\d{4})\):? ?(.{0,400})$/i.exec(line.text);
    if (match === null) return undefined;
    const said = withinQuotes(line.text, match.index, match[2] ?? "").replace(/[*_]{2}.*$/, "");
    const message = said === "" || said.startsWith("no reason") ? `disconnected (${match[1]})` : said;
    const code = Number(match[1]);
    // The page's own code: it closes so after any refusal, and the words below may tell which.
    const gate = code === 4008 ? (gateOfWording(message)?.gate ?? ("unknown" as const)) : undefined;
    return clientError(line, { ...FROM, code, message, gate });
  },
};

/** A card of the page. */
export const card: Shape = {
  name: "card",
  hints: [...CARDS.map(({ says }) => says), ...UNEXPLAINED],
  read(line) {
    const { text } = line;
    const found = CARDS.find(
      ({ says, alone }) => text.includes(says) && !(alone === true && text.length > says.length + 12),
    );
    if (found !== undefined) return clientError(line, { ...FROM, message: found.means });
    if (!UNEXPLAINED.some((says) => text.includes(says))) return undefined;
    return clientError(line, { ...FROM, message: "Could not connect", gate: "unknown" });
  },
};

/**
 * What OpenClaw's phone apps show when they cannot begin (`gateway error: not initialized`, Android 2026.2), and
 * what `/pair` answers while no address can be given to them (2026.3.13 to 2026.9.6).
 */
export const appPairing: Shape = {
  name: "app-pairing",
  hints: ["ateway error: not initialized", "ateway is only bound to loopback"],
  read(line) {
    const match = /gateway (?:error: not initialized|is only bound to loopback.{0,160})/i.exec(line.text);
    return match === null
      ? undefined
      : clientError(line, { from: "unknown", message: match[0], why: "app-pairing" });
  },
};

/** What browsers themselves print: `WebSocket connection closed: code=1008, reason="pairing required"`, CloseEvent dumps */
export const browserConsole: Shape = {
  name: "browser-console",
  hints: ["WebSocket connection", "CloseEvent", "during WebSocket handshake"],
  read(line) {
    const { text } = line;
    const closed =
      /(?:WebSocket|CloseEvent).{0,120}?\bcode["']?[=:] ?(\d{4}),? {0,4}.{0,80}?\breason["']?[=:] ?["']?([^"'}]{0,200})/.exec(
        text,
      );
    if (closed !== null) {
      return clientError(line, {
        ...FROM,
        code: Number(closed[1]),
        message: closed[2] || `closed (${closed[1]})`,
      });
    }
    const failed = /WebSocket connection to ['"]?(wss?:\/\/[^\s'"]{1,200})['"]? failed(?::? .{0,200})?/.exec(
      text,
    );
    if (failed === null) return undefined;
    const status = /response code: (\d{3})/.exec(failed[0])?.[1];
    const httpStatus = status === undefined ? undefined : Number(status);
    return clientError(line, {
      ...FROM,
      message: failed[0],
      gate: "transport",
      why: status === undefined ? stateOf(failed[0]) : "not-upgraded",
      target: failed[1],
      httpStatus,
    });
  },
};

/** Somebody tells that a page which was in is cut off: "the dashboard drops with 1006 every minute". */
export const dropped: Shape = {
  name: "dropped",
  hints: ["1006"],
  needles: [],
  read(line) {
    // A gateway's own line about one connection is no complaint.
    if (line.form === "json" || line.base.at !== undefined || /^\[[a-z]/.test(line.text)) return undefined;
    const match = DROPPED.exec(line.text);
    return match === null
      ? undefined
      : clientError(line, {
          ...FROM,
          code: 1006,
          message: match[0],
          gate: "transport",
          why: "abnormal-closure",
        });
  },
};

const DROPPED =
  /\b(?:control ui|dashboard|page|web ?ui|ui|browser|web ?socket|session)s?\b.{0,80}\b(?:drop(?:s|ped)?|disconnect(?:s|ed|ing)?|close[sd]?|closing|reconnect\w{0,4}|dies|lost)\b.{0,60}\b1006\b/i;
