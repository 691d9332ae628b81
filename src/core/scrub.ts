import { safeText } from "./text.ts";

export interface Scrubbed {
  readonly text: string;
  /** How many secrets were taken out. */
  readonly hits: number;
}

export type Scrubber = (text: string) => Scrubbed;

/** What stands in the place of a secret. Applying a scrubber twice changes nothing. */
export const REDACTED = "<redacted>";

/**
 * Words that stand where a value would, but are reasons, placeholders or plain prose: `token=missing`,
 * `"token": "__OPENCLAW_REDACTED__"`, "--token or --password".
 */
const NOT_A_SECRET = new Set(
  (
    "missing mismatch required invalid expired revoked rejected none null undefined true false yes no set unset " +
    "not is was are or and if to in of for the a an with flag option value file n/a env config default empty " +
    "redacted hidden masked removed omitted string number object boolean token password secret " +
    "__openclaw_redacted__ rotated unchanged present absent wrong stale token_mismatch token_missing " +
    "password_mismatch password_missing"
  ).split(" "),
);

/** `token`, `gateway.auth.token`, `OPENCLAW_GATEWAY_PASSWORD`, `bootstrapToken`, `apiKey`, `setupCode` … */
const KEY = "(?:tokens?|password|passwd|passphrase|secret|api[_-]?key|setup[_-]?code|private[_-]?key)";

/**
 * Value of a key without quotes: up to white space, a double quote or an escaped line break. Other punctuation
 * may be part of a password, so it goes with it.
 */
const VALUE = '((?!["\'`])(?:[^\\s"\\\\]|\\\\(?![nrt"])){1,4096})';

/** Value in quotes; it may hold spaces. */
const QUOTED = "([^\"'\\\\]{1,4096})";

/** What people type of a secret in a sentence: printable ASCII, so that it ends where Chinese goes on. */
const SPOKEN = "([A-Za-z0-9._~+/=@!%^&*$#-]{7,255}[A-Za-z0-9_~+/=@%^&*$#-])";

/** One of these is in every text with a named secret. */
const HINTS: readonly string[] = [
  "token",
  "pass",
  "secret",
  "key",
  "code",
  "\u4ee4\u724c",
  "\u5bc6\u7801",
  "\u53e3\u4ee4",
  "\u5bc6\u94a5",
];

interface Pattern {
  /** Cheap test before the regular expression: one of these is in the text, in lower case. */
  readonly hints: readonly string[];
  readonly find: RegExp;
  /** Which group is the secret; the others stay. */
  readonly keep: (match: readonly string[]) => string | undefined;
}

/** Every expression is a literal start and bounded or disjoint classes after it: linear time. */
const PATTERNS: readonly Pattern[] = [
  // Authorization: Bearer abc, "authorization":"Basic abc"
  {
    hints: ["authorization"],
    find: /(authorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?)((?:bearer|basic|digest|token)\s{1,4})?([^\s"',;<>\\]{1,4096})/gi,
    keep: ([, head = "", scheme = "", value = ""]) =>
      isPlain(value) ? undefined : `${head}${scheme}${REDACTED}`,
  },
  {
    hints: ["bearer"],
    find: /(bearer\s{1,4})([A-Za-z0-9._~+/=-]{8,4096})/gi,
    keep: ([, head = "", value = ""]) =>
      isPlain(value) || /^[a-z]+$/i.test(value) ? undefined : `${head}${REDACTED}`,
  },
  {
    hints: ["cookie"],
    find: /((?:set-)?cookie\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?)([^\s"'<>\\][^"'<>\\\r\n]{0,4095})/gi,
    keep: ([, head = ""]) => `${head}${REDACTED}`,
  },
  // ws://user:password@host
  {
    hints: ["://"],
    // The port of a host and a path are no password, also before an @ in a query.
    find: /(:\/\/(?!(?:localhost|[^\s/:@"'<>.]{0,128}\.[^\s/:@"'<>]{0,128}):\d{1,5}[/?#])[^\s/:@"'<>]{0,256}:)([^\s@"'<>]{1,512})(@)/g,
    keep: ([, head = "", , tail = ""]) => `${head}${REDACTED}${tail}`,
  },
  // "token":"abc", \"token\":\"abc\", 'token': 'abc'
  keyed(`(${KEY}\\\\{0,3}["']\\s{0,4}[:=]\\s{0,4}\\\\{0,3}["'])${QUOTED}`, "quoted"),
  // token="abc def", token: 'abc'
  keyed(`(${KEY}\\s{0,4}[:=]\\s{0,4}\\\\{0,3}["'])${QUOTED}`, "quoted"),
  // token=abc, ?token=abc, #bootstrapToken=abc, OPENCLAW_GATEWAY_TOKEN=abc
  keyed(`(${KEY}=)${VALUE}`, "assigned"),
  // token: abc (YAML, tickets); prose after a colon is left alone
  keyed(`(${KEY}["']?\\s{0,2}:\\s{1,4})${VALUE}`, "said"),
  // #token%3Dabc: a link inside a link
  keyed(`(${KEY}%3D)([^\\s"'<>&\\\\]{1,4096})`, "assigned"),
  // token：abc, as Chinese writers type it
  keyed(`(${KEY}["']?\\s{0,2}\uff1a\\s{0,4})${SPOKEN}`, "spoken"),
  // my token is abc, password "abc"
  keyed(`(${KEY}\\s{1,3}(?:(?:is|was|to|=>|->|\u2192)\\s{1,3})?["'\u201c]?)${SPOKEN}`, "spoken"),
  keyed(
    `((?:\u4ee4\u724c|\u5bc6\u7801|\u53e3\u4ee4|\u5bc6\u94a5)\\s{0,3}[:\uff1a=\u662f\u4e3a]?\\s{0,3}["'\u201c]?)${SPOKEN}`,
    "spoken",
  ),
  // --token abc, --gateway-password abc
  keyed(`(--(?:[a-z]{1,20}-){0,4}${KEY}\\s{1,4})${VALUE}`, "option"),
  // openclaw config set gateway.auth.token abc
  keyed(`(config set [\\w.]{0,80}${KEY}\\s{1,4}["']?)${VALUE}`, "option"),
  // Shapes that are secrets by themselves: setup codes and JWTs, provider keys, Telegram bot tokens
  shape("eyj", /()(\beyJ[A-Za-z0-9_-]{16,4096}(?:\.[A-Za-z0-9_-]{1,4096}){0,2})/g),
  shape("sk-", /(\b)(sk-[A-Za-z0-9_-]{16,256})/g),
  shape("gh", /(\b)(gh[opsu]_[A-Za-z0-9]{20,256})/g),
  shape("xox", /(\b)(xox[abprs]-[A-Za-z0-9-]{10,256})/g),
  shape("aiza", /(\b)(AIza[A-Za-z0-9_-]{30,64})/g),
  shape("akia", /(\b)(AKIA[A-Z0-9]{16})\b/g),
  shape(":aa", /(\b)(\d{8,10}:AA[A-Za-z0-9_-]{30,40})/g),
  shape("private key-----", /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)([^-]{1,8192})/g),
];

/** Gateway tokens are 48 hex digits, device tokens 43 characters of base64url (openclaw 2026.2.1 to 2026.9.6). */
const BARE = /(?<![A-Za-z0-9_-])(?:[0-9a-f]{48}|[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/g;

/**
 * A function that takes secrets out of text: the exact `secrets` (and their URL- and JSON-escaped forms) plus
 * what looks like one: tokens and passwords in URLs, headers, options, JSON and assignments, setup codes,
 * provider keys. Reasons (`gateway token mismatch`, `token_missing`), device ids and request ids stay.
 * Linear in the length of the text. Make control characters safe (`safeText`) before: a zero-width character
 * in the middle of a secret would hide it.
 */
export function createScrubber(secrets: readonly string[] = []): Scrubber {
  const exact = exactForms(secrets);
  return (input) => {
    let text = input;
    let hits = 0;
    for (const form of exact) {
      if (!text.includes(form)) continue;
      const parts = text.split(form);
      hits += parts.length - 1;
      text = parts.join(REDACTED);
    }
    const lower = text.toLowerCase();
    for (const { hints, find, keep } of PATTERNS) {
      if (!hints.some((hint) => lower.includes(hint))) continue;
      const replaced = replace(text, find, keep);
      text = replaced.text;
      hits += replaced.hits;
    }
    text = text.replace(BARE, (value) => {
      if (value.length === 43 && !looksRandom(value)) return value;
      hits++;
      return REDACTED;
    });
    return { text, hits };
  };
}

/** As `String.replace`, but what stands after a head that is no secret is looked at again: `--token --password x`. */
function replace(text: string, find: RegExp, keep: Pattern["keep"]): Scrubbed {
  const parts: string[] = [];
  let hits = 0;
  let from = 0;
  find.lastIndex = 0;
  for (let match = find.exec(text); match !== null; match = find.exec(text)) {
    const kept = keep(match);
    if (kept === undefined) {
      find.lastIndex = match.index + Math.max(1, match[1]?.length ?? 0);
      continue;
    }
    hits++;
    parts.push(text.slice(from, match.index), kept);
    from = match.index + match[0].length;
    if (match[0] === "") find.lastIndex++;
  }
  return { text: from === 0 ? text : parts.join("") + text.slice(from), hits };
}

/** Safe to print, without secrets, at most `max` characters: what every quote goes through. */
export function safeQuote(text: string, scrub: Scrubber, max = 500): string {
  // Scrub before the cut, so that no half of a secret stays at the end.
  return safeText(scrub(safeText(text, max + 4096)).text, max);
}

function exactForms(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    const value = secret.trim();
    // Shorter ones would take words and ports out of every line; the patterns still know them by their key.
    if (value.length < 6) continue;
    forms.add(value);
    forms.add(JSON.stringify(value).slice(1, -1));
    try {
      forms.add(encodeURIComponent(value));
    } catch {
      // A lone surrogate has no URL form.
    }
  }
  // The longest first: one secret may contain another.
  return [...forms].sort((a, b) => b.length - a.length);
}

type Context = "quoted" | "assigned" | "said" | "option" | "spoken";

function keyed(source: string, context: Context): Pattern {
  const keep = ([, head = "", value = ""]: readonly string[]) =>
    isPlain(value) ||
    (context === "said" && isProse(head, value)) ||
    (context === "spoken" && !isCredentialLike(value)) ||
    (context === "option" && value.startsWith("-"))
      ? undefined
      : `${head}${REDACTED}`;
  return { hints: HINTS, find: new RegExp(source, "gi"), keep };
}

/** Letters and digits in one word, which is no release, path or address: in a sentence only that is taken for a secret. */
function isCredentialLike(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return !/^v?\d{4}\.\d|:\/\/|^[~./]|\.(?:json|js|ts|md|log)\b|^[a-z]{1,20}[-_.](?:\d{1,5})$/i.test(value);
}

/** Characters of all kinds; a build id has a date in it. */
function looksRandom(value: string): boolean {
  return /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value) && !/\d{4}-\d\d-\d\d/.test(value);
}

function shape(hint: string, find: RegExp): Pattern {
  return { hints: [hint], find, keep: ([, head = ""]) => `${head}${REDACTED}` };
}

/** A placeholder, a reference to a variable, or a word that is no secret. */
function isPlain(raw: string): boolean {
  const value = raw.replace(/[),.;:!?\]}]{1,8}$/, "");
  return (
    value === "" ||
    // A placeholder, or its first word where the value ends at a space.
    /^<[a-z]{1,20}$/.test(value) ||
    /^<(?:[a-z][a-z _-]{0,40}|[A-Z][A-Z _-]{0,40}|secret [0-9a-f]{6})>$/.test(value) ||
    NOT_A_SECRET.has(value.toLowerCase()) ||
    /^\$\{?[A-Z_][A-Z0-9_]{0,64}\}?$/.test(value) ||
    /^(?:[.…*•-]{1,64}|x{3,64})$/i.test(value) ||
    value.startsWith("$(") ||
    value === REDACTED
  );
}

/** After `token: ` a plain lower-case word is a sentence; after `password: ` only known words are. */
function isProse(head: string, value: string): boolean {
  return !/pass|secret|private/i.test(head) && /^[a-z]{1,16}[.:!?]?$/i.test(value);
}
