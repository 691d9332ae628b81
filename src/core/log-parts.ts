import type { Evidence, Refusal } from "./facts.ts";
import type { LogEvent, RefusedEvent } from "./log-event.ts";

export function evidenceOf({ source, line, quote }: LogEvent): Evidence {
  return { fact: "logs", source: `${source}:${line}`, quote, origin: { of: "log", log: source, line } };
}

/** Whether it is the very line of this event. */
export function isOfLine({ origin }: Evidence, { source, line }: Pick<LogEvent, "source" | "line">): boolean {
  return origin?.of === "log" && origin.log === source && origin.line === line;
}

/** A browser names an origin; OpenClaw's own CLI logs neither origin nor user agent. */
export function clientOf(event: Pick<RefusedEvent, "client" | "mode" | "origin" | "ua">): Refusal["client"] {
  const { client, mode, origin, ua } = event;
  if (client === "openclaw-control-ui" || mode === "webchat" || mode === "ui") return "control-ui";
  if (client === "cli" || mode === "cli") return "cli";
  if (client === "node-host" || mode === "node") return "node";
  if (client !== undefined) return "other";
  if (ua?.startsWith("Mozilla/")) return "control-ui";
  if (origin !== undefined) return ua === undefined ? "unknown" : "other";
  return ua === undefined ? "unknown" : "other";
}

/** The doctor's own probes stand in the log too; they are nobody's trouble. */
export function isOwnProbe({ ua, clientVersion }: Pick<RefusedEvent, "ua" | "clientVersion">): boolean {
  return clientVersion === "pairing-doctor" || ua?.startsWith("openclaw-pairing-doctor") === true;
}
