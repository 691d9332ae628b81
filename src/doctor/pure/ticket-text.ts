import { type Known, known } from "../../core/fact.ts";
import type { Release } from "../../core/facts.ts";
import type { LogSource } from "../../logs/digest.ts";
import type { Chunk } from "../../logs/lines.ts";
import { releaseMentions } from "../../logs/release-mentions.ts";

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

  /** The release that is said to run; one that is only named counts when no other is. */
  release(): Known<Release> | undefined {
    const mentions = releaseMentions(this.#text);
    const running = mentions.find((mention) => mention.as === "running");
    const named = new Set(mentions.map((mention) => mention.release));
    const version = running?.release ?? (named.size === 1 ? [...named][0] : undefined);
    if (version === undefined) return undefined;
    return known(
      { version, confidence: running === undefined ? "possible" : "likely", from: "text" },
      "the text",
    );
  }
}
