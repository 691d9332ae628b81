import { BROKEN_OFF, layersOf, spanOf } from "./disguises.ts";
import { KnownValues, MOST_SECRETS, type Span } from "./known-values.ts";
import { Lru } from "./lru.ts";
import { isSecretValue, kindOfKey, namedSecrets, opensSecret, REDACTED } from "./named-secrets.ts";
import { safeText } from "./text.ts";

export { REDACTED } from "./named-secrets.ts";

export interface Scrubbed {
  readonly text: string;
  /** How many secrets were taken out; one that goes over several lines counts once for each. */
  readonly hits: number;
}

/** Takes secrets out of a text; it has as many lines afterwards as before. */
export interface Scrubber {
  (text: string): Scrubbed;
  /** The same for the beginning of a text that may be long: what is left of its first `max` units or some more. */
  head(text: string, max: number): string;
  /** Whether a secret may begin at the end of this line and go on in the next one. */
  goesOn(line: string): boolean;
}

/** What is looked at behind a cut, so that no half of a secret stays before it. */
const CONTEXT = 2048;
/** The end of a line in which a secret may begin. */
const END = 600;

/**
 * A function that takes secrets out of text: the `secrets` themselves, in every disguise (`disguises.ts`), plus what
 * looks like one: tokens and passwords in URLs, headers, options, JSON and assignments, setup codes, provider keys,
 * long hex numbers. Reasons (`gateway token mismatch`, `token_missing`), named device ids and request ids stay.
 * Applying it twice changes nothing. Linear in the length of the text.
 *
 * @throws {TooManySecrets} more than are looked for.
 */
export function createScrubber(secrets: readonly string[] = []): Scrubber {
  const known = knownValues(secrets, true);
  const spansIn = (text: string): readonly Span[] => {
    const named = layersOf(text, "names").flatMap((layer) =>
      withNextLines(layer.text, namedSecrets(layer.text)).map(([start, end]) => spanOf(layer, start, end)),
    );
    return [...known.find(text), ...named];
  };
  const scrub = (text: string): Scrubbed => settled(redacted(text, spansIn(text), text.length), spansIn);
  return Object.assign(scrub, {
    head(text: string, max: number): string {
      if (text.length <= max + 2 * CONTEXT) return scrub(text).text;
      const cut = text.slice(0, max + 2 * CONTEXT);
      return settled(redacted(cut, spansIn(cut), max + CONTEXT), spansIn).text;
    },
    goesOn(line: string): boolean {
      const end = line.slice(-END);
      // The end of a JSON line.
      if (/[}\]]\s*$/.test(end)) return false;
      return BROKEN_OFF.test(end) || known.beginsAtEnd(end) || opensSecret(end, spansIn(end));
    },
  });
}

/** Characters of all values. */
const MOST_KEPT = 32_768;
/** Of the secrets that were looked for last: one run makes a scrubber for the same ones again and again. */
const PREPARED = new Lru<KnownValues>(4);

/** A cluster's client key, of 2,000 characters in ten disguises, takes 12 to 60 ms each time (measured). */
function knownValues(secrets: Iterable<string>, words: boolean): KnownValues {
  const values = [...new Set(secrets)].sort();
  const key = JSON.stringify([words, values]);
  // What is made of very many would fill the memory.
  if (key.length > MOST_KEPT) return new KnownValues(values, { words });
  const known = PREPARED.get(key) ?? new KnownValues(values, { words });
  PREPARED.set(key, known);
  return known;
}

/**
 * Values of a text that their names or their looks show to be secret, for whoever cannot read the text itself. Of more
 * than a scrubber takes one more, so that it says so.
 */
export function secretsIn(text: string): readonly string[] {
  return [...new Set(namedSecrets(text).map(([start, end]) => text.slice(start, end)))].slice(
    0,
    MOST_SECRETS + 1,
  );
}

/**
 * Only the `secrets` themselves, also where a cut has left their beginning: for our own text, whose names and ids have
 * to stay. A plain word stays, too: taken out of a sentence that everybody knows it would be told, not hidden.
 */
export function createKnownScrubber(secrets: Iterable<string>): (text: string) => string {
  const known = knownValues(secrets, false);
  if (known.isEmpty) return (text) => text;
  return (text) => redacted(text, [...known.find(text), ...known.findCut(text)], text.length).text;
}

/** Safe to print, without secrets, at most `max` characters: what every quote goes through. */
export function safeQuote(text: string, scrub: Scrubber, max = 500): string {
  // Scrub before the cut, so that no half of a secret stays at the end.
  return safeText(scrub.head(text, max), max);
}

/**
 * The same for the value of a key, where the key is known: one that is secret shows nothing, and the id of a device
 * (64 hex digits, as a token may be) is one because its key says so.
 */
export function safeField(key: string, value: string, scrub: Scrubber, max = 500): string {
  const kind = kindOfKey(key);
  if (kind === "secret" && isSecretValue(value)) return REDACTED;
  return kind === "id" && /^[0-9a-f]{64}$/.test(value) ? value : safeQuote(value, scrub, max);
}

const NEXT_PIECE = /\r?\n[ \t]{0,80}([A-Za-z0-9._~+/=%@!$^*-]{1,512})(?=[\s"'`&#,;)}\]\\]|$)/y;
const MOST_PIECES = 8;

/** A value that stands at the end of its line may have been broken there: what goes on in the next one belongs to it. */
function withNextLines(text: string, spans: readonly Span[]): readonly Span[] {
  if (!text.includes("\n")) return spans;
  return spans.flatMap((span) => {
    const all: Span[] = [span];
    let at = span[1];
    while (all.length <= MOST_PIECES) {
      NEXT_PIECE.lastIndex = at;
      const next = NEXT_PIECE.exec(text);
      const piece = next?.[1];
      if (next === null || piece === undefined || beginsALine(piece)) break;
      at += next[0].length;
      all.push([at - piece.length, at]);
    }
    return all;
  });
}

/** Words, key=value, numbers with points (releases, addresses, times) and paths are no rest of a secret. */
function beginsALine(piece: string): boolean {
  if (/^[0-9A-Fa-f]{6,}$/.test(piece)) return false;
  return /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)(?:[-_](?:[a-z]+|[A-Z][a-z]+|[A-Z]+))*[.!?]?$|=[^=]|^v?\d+[.:-]\d|^\/(?:app|data|etc|home|opt|root|run|srv|tmp|usr|var)\b/.test(
    piece,
  );
}

/** What was taken out may have closed a gap: looked at again until nothing more is found, so that twice is as once. */
function settled(first: Scrubbed, spansIn: (text: string) => readonly Span[]): Scrubbed {
  let last = first;
  for (let turn = 0; turn < MOST_TURNS && last.hits > 0; turn += 1) {
    const next = redacted(last.text, spansIn(last.text), last.text.length);
    if (next.text === last.text) break;
    last = { text: next.text, hits: first.hits };
  }
  return last;
}

const MOST_TURNS = 4;

/** `limit`: where the text ends; a secret that begins before it is taken out whole. */
function redacted(text: string, spans: readonly Span[], limit: number): Scrubbed {
  const sorted = [...spans].sort(([a], [b]) => a - b);
  const parts: string[] = [];
  let hits = 0;
  let at = 0;
  for (let index = 0; index < sorted.length; ) {
    const [start, first] = sorted[index] ?? [0, 0];
    let end = first;
    for (index += 1; index < sorted.length && (sorted[index]?.[0] ?? 0) <= end; index += 1)
      end = Math.max(end, sorted[index]?.[1] ?? 0);
    if (start >= limit) break;
    if (end <= start) continue;
    // The ends of lines stay, so that a text has as many as before.
    parts.push(
      text.slice(at, start),
      text.slice(start, end).replace(/[^\r\n]+/g, (line) => {
        if (line.trim() === "") return line;
        hits += 1;
        return REDACTED;
      }),
    );
    at = end;
  }
  return hits === 0 && limit >= text.length
    ? { text, hits }
    : { text: parts.join("") + text.slice(at, Math.max(at, limit)), hits };
}
