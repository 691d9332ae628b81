import type { Evidence, Refusal } from "./facts.ts";
import type { LogEvent, RefusedEvent } from "./log-event.ts";

export function evidenceOf(event: LogEvent): Evidence {
  return { fact: "logs", source: `${event.source}:${event.line}`, quote: event.quote };
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
