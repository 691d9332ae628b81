import type { Shape } from "../line.ts";
import { refused } from "./closed-before.ts";

/** Words for a client that was turned away, in any form. */
const HINTS = [
  "reject",
  "refus",
  "declin",
  "denied",
  "deny",
  "forbid",
  "forbad",
  "blocked",
  "disallow",
  "not allowed",
  "not admitted",
  "not permitted",
  "not authorized",
  "unauthorized",
  "turned away",
  "untrusted",
] as const;
/** The same with what comes behind those that are short. */
const NEEDLES = [
  ...[..."eis :,.;)!\"'\n\r"].map((next) => `reject${next}`),
  ...["refused", "refuses", "refuse ", "refusal", "refusing"],
  ...["decline", "declini", "forbidd", "forbids", "forbid ", "forbade", "blocked", "disallow"],
  ...[..." =:(\"'[/"].map((before) => `${before}denied`),
  ...[..."abcdefghijklmnopqrstuvwxyz"].map((next) => ` deny ${next}`),
  "denying",
  ...["not allowed", "not admitted", "not permitted", "not authorized", "unauthorized", "turned away"],
  "untrusted",
];
const TURNED_AWAY = new RegExp(`\\b(?:${HINTS.join("|")})`, "i");

/** Frames of clients that are in (`⇄ res ✗ …`), and of the verbose log. */
const FRAME = /^\[ws\] [⇄→←]|^[⇄→←]/u;

/**
 * A line of the gateway's WebSocket part that tells of a client turned away in words that no release up to the newest
 * known one has. What it says of a gate is not believed: the line is kept, and the verdict stays open.
 */
export const unrecognised: Shape = {
  name: "unrecognised",
  hints: HINTS,
  needles: NEEDLES,
  read(line) {
    const { text, subsystem } = line;
    const own = text.startsWith("[ws] ") || subsystem === "gateway/ws";
    if (!own || FRAME.test(text) || !TURNED_AWAY.test(text)) return undefined;
    const conn = text.indexOf("conn=");
    const event = refused(line, conn < 0 ? "" : text.slice(conn));
    return { ...event, unrecognised: true };
  },
};
