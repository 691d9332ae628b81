import { type Fact, knownValue } from "../../src/core/fact.ts";
import type { LogDigest } from "../../src/core/log-event.ts";

/** The origin at which people tell that they open the page; nothing where they name several. */
export function toldPage(logs: Fact<LogDigest>): readonly string[] {
  const told = (knownValue(logs)?.events ?? []).flatMap((event) =>
    event.type === "setting" && event.key === "page" ? [event.value] : [],
  );
  const origins = [...new Set(told)];
  return origins.length === 1 ? origins : [];
}
