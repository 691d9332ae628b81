import type { LogDigest, LogEvent, RefusedEvent } from "../core/log-event.ts";
import { safeText } from "../core/text.ts";

/**
 * The digest with only those lines of `shared` sources that name the gateway's own port: the default log directory
 * is one for all gateways of a machine, so a line that names no port may be any other's. Lines of other sources stay.
 */
export function tiedTo(digest: LogDigest, port: number, shared: readonly string[]): LogDigest {
  const foreign = new Set(shared.map((name) => safeText(name, 200)));
  const isShared = ({ source }: { readonly source: string }): boolean => foreign.has(safeText(source, 200));
  const refusals = digest.refusals.filter(({ latest }) => !isShared(latest) || namesPort(latest, port));
  const conns = new Set(refusals.flatMap(({ latest }) => latest.conn ?? []));
  const events = digest.events.filter((event) => !isShared(event) || isOf(event, port, conns));

  const counts: Record<string, number> = {};
  const count = (type: LogEvent["type"], times: number): void => {
    counts[type] = (counts[type] ?? 0) + times;
  };
  for (const { type } of events) count(type, 1);
  for (const group of refusals) count("refused", group.count);
  const { release: _release, era: _era, vias: _vias, firstAt: _first, lastAt: _last, ...rest } = digest;
  const started = events.findLast((event) => event.type === "startup" && event.release !== undefined);
  const release = started?.type === "startup" ? started.release : undefined;
  return {
    ...rest,
    refusals,
    events,
    counts,
    ...(release === undefined ? {} : { release: { version: release, quote: started?.quote ?? "" } }),
  };
}

/** The port that the client had dialled (2026.4.10 on), else the one of its Host header. */
function namesPort({ peer, host }: RefusedEvent, port: number): boolean {
  const named = portAt(/->.{0,100}:(\d{1,5})$/, peer) ?? portAt(/:(\d{1,5})$/, host);
  return named === port;
}

function isOf(event: LogEvent, port: number, conns: ReadonlySet<string>): boolean {
  if (event.type === "startup") return event.port === port;
  return "conn" in event && event.conn !== undefined && conns.has(event.conn);
}

function portAt(pattern: RegExp, text: string | undefined): number | undefined {
  const found = pattern.exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}
