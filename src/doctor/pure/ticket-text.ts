import { type Known, known } from "../../core/fact.ts";
import type { Release } from "../../core/facts.ts";
import type { LogDigest } from "../../core/log-event.ts";
import { compareReleases } from "../../core/release.ts";
import type { OwnText } from "../../kinds/words/read.ts";
import type { LogSource } from "../../logs/digest.ts";
import type { Chunk } from "../../logs/lines.ts";
import { type Mention, releaseMentions } from "../../logs/release-mentions.ts";

/** Longest texts, together, that are read as somebody's words, characters: a ticket with a pasted log, not a log file. */
const MAX_TICKET = 64 * 1024;

/** Overhears what the scanner reads, for what a person says in prose: the release, and where the gateway runs. */
export class TicketText {
  readonly #texts: { name: string; text: string }[] = [];
  #left = MAX_TICKET;

  listen(source: LogSource): LogSource {
    return { ...source, chunks: this.#overhear(source.name, source.chunks) };
  }

  async *#overhear(name: string, chunks: LogSource["chunks"]): AsyncGenerator<Chunk> {
    const decoder = new TextDecoder();
    let text = "";
    let isTicket = true;
    for await (const chunk of chunks) {
      if (isTicket) {
        text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
        // What is longer is a log, and no other text suffers from it.
        isTicket = text.length <= this.#left;
        if (!isTicket) text = "";
      }
      yield chunk;
    }
    if (!isTicket || text === "") return;
    this.#left -= text.length;
    this.#texts.push({ name, text });
  }

  /** What was heard, in order; what is longer than a ticket is not among it. */
  get texts(): readonly OwnText[] {
    return this.#texts;
  }

  get #text(): string {
    return this.#texts.map(({ text }) => `${text}\n`).join("");
  }

  /**
   * The release that is said to run; one that is only named counts when no other is. `era`: what the gateway's own words
   * tell of it; a release before that is another program's.
   */
  release(era: LogDigest["era"]): Known<Release> | undefined {
    const text = this.#text;
    const mentions = releaseMentions(text).filter(({ release }) => canBe(release, era));
    const running = distinct(mentions.filter(({ as }) => as === "running"));
    const named = distinct(mentions);
    const candidates = running.length > 0 ? running : named.length === 1 ? named : [];
    const version = current(candidates, text);
    if (version === undefined) return undefined;
    return known(
      { version, confidence: running.length === 1 ? "likely" : "possible", from: "text" },
      "the text",
    );
  }
}

/** Of several that ran one after the other the last one; people go up, unless they say that they went back. */
function current(candidates: readonly string[], text: string): string | undefined {
  if (DOWNGRADE.test(text)) return candidates.at(-1);
  return [...candidates].sort(compareReleases).at(-1);
}

/**
 * Whether a gateway of this release can have said what was read. Only from when on counts: words of older releases
 * (`disconnected (1008)` of the page, up to 2026.2.21) are copied for whatever runs.
 */
export function canBe(release: string, era: LogDigest["era"]): boolean {
  return era?.from === undefined || compareReleases(release, era.from) >= 0;
}

const DOWNGRADE = /\b(?:downgrad\w{1,4}|rolled? back|roll(?:ed|ing)? back|went back)\b|降级|回退/i;

function distinct(mentions: readonly Mention[]): readonly string[] {
  return [...new Set(mentions.map(({ release }) => release))];
}
