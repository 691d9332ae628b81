import type { Refusal } from "./facts.ts";
import type { ClientErrorEvent, LogEvent } from "./log-event.ts";
import { clientOf } from "./log-parts.ts";

type Client = Refusal["client"];

/** Who a printed error is of; `http` and `unknown` are nobody in particular. */
export const CLIENT_OF: Readonly<Record<ClientErrorEvent["from"], Client>> = {
  cli: "cli",
  page: "control-ui",
  tool: "other",
  node: "node",
  app: "app",
  http: "unknown",
  unknown: "unknown",
};

/**
 * A line of the gateway that names neither origin nor user agent is of no browser, and says not whose else it is. Another
 * line of the same connection does (`security audit: … client=cli conn=…`, 2026.4.20 on), or what one client alone
 * printed of the same refusal.
 */
export function namedElsewhere(
  refusal: Refusal,
  events: readonly LogEvent[],
  isTwin: (event: ClientErrorEvent, refusal: Refusal) => boolean,
): Refusal {
  // What waits for approval is approved as what it is; other gates are the same for all.
  if (refusal.client !== "unknown" || refusal.gate !== "pairing") return refusal;
  const conn = events.find(
    (event) =>
      "conn" in event &&
      event.conn !== undefined &&
      "client" in event &&
      event.client !== undefined &&
      refusal.evidence.some(({ quote }) => quote.includes(`conn=${event.conn}`)),
  );
  if (conn !== undefined && "client" in conn) {
    const client = clientOf({ client: conn.client });
    if (client !== "unknown") return { ...refusal, client };
  }
  const printers = new Set(
    events.flatMap((event) =>
      event.type === "client-error" && event.from !== "unknown" && isTwin(event, refusal)
        ? [CLIENT_OF[event.from]]
        : [],
    ),
  );
  const [only] = printers;
  // What a browser sends is in the line; the CLI and the gateway's own calls print the same words.
  return printers.size === 1 && (only === "node" || only === "app") ? { ...refusal, client: only } : refusal;
}
