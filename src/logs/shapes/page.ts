import type { Shape } from "../line.ts";
import { clientError } from "./client-error.ts";

const FROM = { from: "page" } as const;

/** `disconnected (1008): pairing required`: the page up to 2026.2.21, later ones only without an error response. */
export const disconnected: Shape = {
  name: "disconnected",
  hints: ["isconnected ("],
  read(line) {
    const match = /disconnected \((\d{4})\):? ?(.{0,400})$/i.exec(line.text);
    if (match === null) return undefined;
    const said = (match[2] ?? "").replace(/[*_]{2}.*$/, "");
    const message = said === "" || said.startsWith("no reason") ? `disconnected (${match[1]})` : said;
    return clientError(line, { ...FROM, code: Number(match[1]), message });
  },
};

/** Headings and sentences of the cards, 2026.5.28 to 2026.9.6, in the words of the page. */
const CARDS: readonly (readonly [string, string])[] = [
  ["Device pairing required", "device pairing required"],
  ["Approve this browser", "device pairing required"],
  ["needs pairing approval from the gateway host", "pairing required"],
  ["Browser origin not allowed", "origin not allowed"],
  ["Secure browser context required", "control ui requires device identity"],
  ["Auth required", "unauthorized: gateway token missing"],
  ["Auth did not match", "unauthorized: gateway token mismatch"],
  ["rejected the supplied Gateway secret", "unauthorized: gateway token mismatch"],
  ["needs a matching token or password before this browser", "unauthorized: gateway token missing"],
];

/** A card of the page. 7.1 and 7.35 show "Could not connect" for token and insecure context alike: no gate. */
export const card: Shape = {
  name: "card",
  hints: [...CARDS.map(([words]) => words), "could not complete the Gateway connection"],
  read(line) {
    for (const [words, message] of CARDS) {
      if (line.text.includes(words) && !(words.startsWith("Auth ") && line.text.length > 40)) {
        return clientError(line, { ...FROM, message });
      }
    }
    if (!line.text.includes("could not complete the Gateway connection")) return undefined;
    return clientError(line, { ...FROM, message: "Could not connect", gate: "unknown" });
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
      target: failed[1],
      httpStatus,
    });
  },
};
