import type { Evidence, Refusal } from "./facts.ts";
import type { LogEvent, RefusedEvent } from "./log-event.ts";

export function evidenceOf({ source, line, quote }: LogEvent): Evidence {
  return { fact: "logs", source: `${source}:${line}`, quote, origin: { of: "log", log: source, line } };
}

/** Whether it is the very line of this event. */
export function isOfLine({ origin }: Evidence, { source, line }: Pick<LogEvent, "source" | "line">): boolean {
  return origin?.of === "log" && origin.log === source && origin.line === line;
}

/** Client ids of OpenClaw's apps (2026.9.6). They connect in the page's modes, and as nodes. */
const APPS: ReadonlySet<string> = new Set(
  ["ios", "android", "watchos", "macos", "linux"].map((platform) => `openclaw-${platform}`),
);

/** A browser names an origin; OpenClaw's own CLI logs neither origin nor user agent. */
export function clientOf(event: Pick<RefusedEvent, "client" | "mode" | "origin" | "ua">): Refusal["client"] {
  const { client, mode, origin, ua } = event;
  if (client !== undefined && APPS.has(client)) return "app";
  if (client === "openclaw-control-ui" || mode === "webchat" || mode === "ui") return "control-ui";
  if (client === "cli" || mode === "cli") return "cli";
  if (client === "node-host" || mode === "node") return "node";
  if (client !== undefined) return "other";
  if (ua?.startsWith("Mozilla/")) return "control-ui";
  if (ua !== undefined && isAppAgent(ua)) return "app";
  if (origin !== undefined) return ua === undefined ? "unknown" : "other";
  return ua === undefined ? "unknown" : "other";
}

/** The HTTP stack of a phone's programs, or their own name with the platform in it; browsers there say `Mozilla/`. */
function isAppAgent(ua: string): boolean {
  return (
    /^okhttp\/|\bCFNetwork\/\S+ Darwin\/|^Dart\//.test(ua) ||
    /\b(?:android|ios|ipados|iphone|ipad)(?![a-z])/i.test(ua) ||
    /[a-z](?:Android|IOS|iOS)(?![a-z])/.test(ua)
  );
}

/** The doctor's own probes stand in the log too; they are nobody's trouble. */
export function isOwnProbe({ ua, clientVersion }: Pick<RefusedEvent, "ua" | "clientVersion">): boolean {
  return clientVersion === "pairing-doctor" || ua?.startsWith("openclaw-pairing-doctor") === true;
}
