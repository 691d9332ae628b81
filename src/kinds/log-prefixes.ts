import type { LogDigest } from "../core/log-event.ts";

/** What stands in front of the lines: the name the log room took off, the start of the quotes, and the sources. */
export function linePrefixes(logs: LogDigest | undefined): readonly string[] {
  return logs === undefined ? [] : [...prefixes(logs)];
}

function* prefixes(logs: LogDigest): Iterable<string> {
  for (const { name } of logs.sources.slice(0, 50)) yield name;
  yield* logs.vias ?? [];
  const events = [...logs.refusals.map(({ latest }) => latest), ...logs.events];
  for (const event of events.slice(0, 300)) {
    if (event.via !== undefined) yield event.via;
    const quoted = /^\s{0,4}(?:([\w.-]{1,100}) {0,80}\||(\[pod\/[^\]\s]{1,200}\]))/.exec(event.quote);
    const text = quoted?.[1] ?? quoted?.[2];
    if (text !== undefined) yield text;
  }
}
