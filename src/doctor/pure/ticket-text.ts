import { type Known, known } from "../../core/fact.ts";
import type { Release } from "../../core/facts.ts";
import type { LogDigest } from "../../core/log-event.ts";
import { compareReleases } from "../../core/release.ts";
import type { LogSource } from "../../logs/digest.ts";
import type { Chunk } from "../../logs/lines.ts";
import { type Mention, releaseMentions } from "../../logs/release-mentions.ts";

/** Longest text that is read as somebody's words, characters: a ticket with a pasted log, not a log file. */
const MAX_TICKET = 64 * 1024;

/** Overhears what the scanner reads, for the release that a person names in prose. */
export class TicketText {
  #text = "";
  #tooLong = false;

  listen(source: LogSource): LogSource {
    return { name: source.name, chunks: this.#overhear(source.chunks) };
  }

  async *#overhear(chunks: LogSource["chunks"]): AsyncGenerator<Chunk> {
    const decoder = new TextDecoder();
    for await (const chunk of chunks) {
      if (!this.#tooLong) {
        this.#text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
        if (this.#text.length > MAX_TICKET) {
          this.#tooLong = true;
          this.#text = "";
        }
      }
      yield chunk;
    }
    this.#text += this.#tooLong ? "" : "\n";
  }

  /**
   * The release that is said to run; one that is only named counts when no other is. `era`: what the gateway's own words
   * tell of it; a release before that is another program's.
   */
  release(era: LogDigest["era"]): Known<Release> | undefined {
    const mentions = releaseMentions(this.#text).filter(({ release }) => canBe(release, era));
    const running = distinct(mentions.filter(({ as }) => as === "running"));
    const named = distinct(mentions);
    const candidates = running.length > 0 ? running : named.length === 1 ? named : [];
    const version = this.#current(candidates);
    if (version === undefined) return undefined;
    return known(
      { version, confidence: running.length === 1 ? "likely" : "possible", from: "text" },
      "the text",
    );
  }

  /** Of several that ran one after the other the last one; people go up, unless they say that they went back. */
  #current(candidates: readonly string[]): string | undefined {
    if (DOWNGRADE.test(this.#text)) return candidates.at(-1);
    return [...candidates].sort(compareReleases).at(-1);
  }
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
