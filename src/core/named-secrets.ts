import type { Span } from "./known-values.ts";

/** What stands in the place of a secret. */
export const REDACTED = "<redacted>";

/**
 * Words that stand where a value would, but are reasons, placeholders or plain prose: `token=missing`,
 * `"token": "__OPENCLAW_REDACTED__"`, "--token or --password".
 */
const NOT_A_SECRET: ReadonlySet<string> = new Set(
  (
    "missing mismatch required invalid expired revoked rejected none null undefined true false yes no set unset " +
    "not is was are or and if to in of for the a an with flag option value file n/a env config default empty " +
    "redacted hidden masked removed omitted string number object boolean token password secret " +
    "__openclaw_redacted__ rotated unchanged present absent wrong stale token_mismatch token_missing " +
    "password_mismatch password_missing"
  ).split(" "),
);

/** `token`, `gateway.auth.token`, `OPENCLAW_GATEWAY_PASSWORD`, `bootstrapToken`, `apiKey`, `setupCode` … */
const LATIN_KEY =
  "(?:token|passwor[dt]|passwd|passcode|passphrase|secret|kennwort|(?:api|access|auth|signing|encryption|private)[_-]?key|" +
  "setup[ _-]?code|credential|(?<![A-Za-z])(?:pass|pwd?|pin)(?![A-Za-z])|signature)s?";
/** Chinese and Russian: no case for options and settings there, only what people type. */
const OTHER_KEY =
  "(?:\u4ee4\u724c|\u5bc6\u7801|\u5bc6\u78bc|\u53e3\u4ee4|\u5bc6\u94a5|\u0442\u043e\u043a\u0435\u043d|\u043f\u0430\u0440\u043e\u043b\u044c)";
const KEYS = new RegExp(`${LATIN_KEY}|${OTHER_KEY}`, "gi");

/**
 * Value of a key without quotes: up to white space, a double quote or an escaped line break. Other punctuation
 * may be part of a password, so it goes with it.
 */
const VALUE = '((?!["\'`])(?:[^\\s"\\\\]|\\\\(?![nrt"])){1,4096})';

/** What people type of a secret in a sentence: printable ASCII, so that it ends where Chinese goes on. */
const SPOKEN = "([A-Za-z0-9._~+/=@!%^&*$#-]{7,255}[A-Za-z0-9_~+/=@%^&*$#-])";

/** What stands between a key and its value. */
interface Tail {
  /** One of these follows the key. */
  readonly first: RegExp;
  /** Sticky: what is between (1), the value (2). Or, with `quote`: between (1), backslashes (2), quote (3). */
  readonly find: RegExp;
  readonly isQuoted?: true;
  /** Only behind `--` or `config set`. */
  readonly isOption?: true;
  readonly isSecret?: (value: string, key: string) => boolean;
}

/** Every expression is sticky, with a bound on each of its parts: linear time. */
const TAILS: readonly Tail[] = [
  // "token":"abc", \"token\":\"a\\\"b\", 'token': 'abc', token="it's abc"
  {
    first: /[\s:="'\\]/,
    find: /((?:\\{0,3}["'])?\s{0,4}(?:[:=]|=>)\s{0,4}(?:\[\s{0,4})?)(\\{0,3})(["'`])/y,
    isQuoted: true,
  },
  // --token "abc", "--token", "abc", config set gateway.auth.token "abc"
  {
    first: /[\s"'\\]/,
    find: /((?:\\{0,3}["']\s{0,4},)?\s{0,4})(\\{0,3})(["'`])/y,
    isQuoted: true,
    isOption: true,
  },
  // token=abc, ?token=abc, #bootstrapToken=abc, OPENCLAW_GATEWAY_TOKEN=abc, token = abc
  { first: /[\s=]/, find: new RegExp(`(\\s{0,4}={1,3}>?\\s{0,4})${VALUE}`, "y") },
  // token: abc (YAML, tickets); prose after a colon is left alone
  {
    first: /[\s:"']/,
    find: new RegExp(`(["']?\\s{0,2}:\\s{1,4})${VALUE}`, "y"),
    isSecret: (value, key) => !isProse(key, value),
  },
  // <token>abc</token>
  { first: />/, find: /(>\s{0,4})([^\s<>]{1,4096})(?=\s{0,4}<\/)/y },
  // #token%3Dabc: a link inside a link
  { first: /%/, find: /(%3D)([^\s"'<>&\\]{1,4096})/iy },
  // token\uff1aabc, as Chinese writers type it; token:abc
  {
    first: /[\s:\uff1a"']/,
    find: new RegExp(`(["']?\\s{0,2}[\uff1a:]\\s{0,4})${SPOKEN}`, "y"),
    isSecret: isCredentialLike,
  },
  // my token is abc, password "abc"
  {
    first: /\s/,
    find: new RegExp(`(\\s{1,3}(?:(?:is|was|to|=>|->|\u2192)\\s{1,3})?["'\u201c]?)${SPOKEN}`, "iy"),
    isSecret: isCredentialLike,
  },
  // the token I use is abc
  {
    first: /\s/,
    find: new RegExp(`(\\s{1,3}(?:[a-z']{1,12}\\s{1,3}){1,5}(?:is|was)\\s{1,3}["'\u201c]?)${SPOKEN}`, "iy"),
    isSecret: isCredentialLike,
  },
  // | token | abc |
  {
    first: /[\s|]/,
    find: new RegExp(`(\\s{0,20}\\|\\s{0,20}\`?)${SPOKEN}`, "y"),
    isSecret: isCredentialLike,
  },
  // --token abc, --gateway-password abc, config set gateway.auth.token abc
  {
    first: /\s/,
    find: new RegExp(`(\\s{1,4})${VALUE}`, "y"),
    isOption: true,
    isSecret: (value) => !value.startsWith("-"),
  },
];
const OTHER_TAIL: Tail = {
  first: /^/,
  find: new RegExp(`(\\s{0,3}[:\uff1a=\u662f\u4e3a]?\\s{0,3}["'\u201c]?)${SPOKEN}`, "y"),
  isSecret: isCredentialLike,
};
/** A number that is no time, address, release or count of something. */
const NUMBER = "(\\d{4,19})(?![\\w%]|[.:/-]\\d)";
/** Passwords and PINs of digits alone: `password:482913`, `my pin is 4829`, `"password":482913`, `| password | 482913 |`. */
const NUMBER_TAILS: readonly Tail[] = [
  {
    first: /^/,
    find: new RegExp(
      "((?:\\\\{0,3}[\"'\u201d])?\\s{0,3}\u7801?\\s{0,3}(?:[:\uff1a=|]|=>|->|\u2192|\u662f|\u4e3a|(?:is|was|to)(?=\\s))\\s{0,4}" +
        `(?:\\\\{0,3}["'\u201c\`])?)${NUMBER}`,
      "iy",
    ),
    isSecret: (_value, key) => isPasswordKey(key),
  },
  // With nothing between them it may be the code of a refusal, or a port.
  {
    first: /[\s(]/,
    find: new RegExp(`(\\s{0,3}(?:[\\s("'\u201c\`])(?:["'\u201c\`])?)${NUMBER}`, "y"),
    isSecret: (value, key) => isPasswordKey(key) && (value.length > 5 || /^pin/i.test(key)),
  },
];
/** One that says no takes no value: `systemctl --no-ask-password restart`. */
const OPTION_HEAD = /--(?!no-)(?:[a-z]{1,20}-){0,4}$|config set [\w.]{0,80}$/i;

/** Longest value in quotes; how far behind an apostrophe its end may be. */
const LONGEST = 4096;
const APOSTROPHE = 256;

/** What a link has behind `?`, `&` and `#`, where a log line has other things of these names (`auth=token`). */
const PARAMETER =
  "(?:auth(?:key|orization)?|sig|hmac|jwt|otp|ticket|assertion|pass|pwd|key|code|access|credential|x-amz-\\w{1,20}(?:-token)?)";

interface Pattern {
  /** Cheap test before the regular expression: one of these is in the text, in lower case. */
  readonly hints: readonly string[];
  /** What stands before the secret (1), the secret (2). */
  readonly find: RegExp;
  /** Whatever stands there is one: no sentence has that form. */
  readonly anyValue?: true;
  readonly isSecret?: (value: string, head: string) => boolean;
}

/** Every expression is a literal start and bounded or disjoint classes after it: linear time. */
const PATTERNS: readonly Pattern[] = [
  // Authorization: Bearer abc, "authorization":"Basic abc"
  {
    hints: ["authorization"],
    find: /(authorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:(?:bearer|basic|digest|token)\s{1,4})?)([^\s"',;<>\\]{1,4096})/gi,
    isSecret: (value) => !/^(?:bearer|basic|digest|token)$/i.test(value),
  },
  {
    hints: ["bearer"],
    find: /(bearer\s{1,4})([A-Za-z0-9._~+/=-]{8,4096})/gi,
    isSecret: (value) => !/^[a-z]+$/i.test(value),
  },
  {
    hints: ["cookie"],
    find: /((?:set-)?cookie\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?)([^\s"'<>\\][^"'<>\\\r\n]{0,4095})/gi,
  },
  // X-Auth: abc, x-signature: abc
  {
    hints: ["x-"],
    find: /(x-(?:[a-z]{1,20}-){0,3}(?:auth|signature|key)(?:-[a-z]{1,20}){0,3}\\{0,3}["']?\s{0,4}[:=]\s{0,4}\\{0,3}["']?)([^\s"'\\]{1,4096})/gi,
  },
  // ws://user:password@host
  {
    hints: ["://"],
    // The port of a host and a path are no password, also before an @ in a query.
    find: /(:\/\/(?!(?:localhost|[^\s/:@"'<>.]{0,128}\.[^\s/:@"'<>]{0,128}):\d{1,5}[/?#])[^\s/:@"'<>]{0,256}:)([^\s@"'<>]{1,512})@/g,
    anyValue: true,
  },
  // curl -u user:password
  {
    hints: ["-u"],
    find: /((?:\s|^)(?:-u|--user)[\s=]{1,4}["']?[^\s:"']{1,128}:)([^\s"']{1,512})/g,
    isSecret: isCredentialLike,
  },
  // sshpass -p abc, mysql -pabc, redis-cli -a abc
  {
    hints: ["sshpass", "mysql", "mariadb", "redis-cli"],
    find: /(sshpass\s{1,4}-p\s{0,4}["']?|\b(?:mysql|mariadb)(?:-?[a-z]{1,20})?\b[^\n]{0,200}?\s-p["']?|redis-cli\b[^\n]{0,200}?\s-a\s{1,4}["']?)([^\s"']{1,512})/gi,
    anyValue: true,
  },
  // provided=abc expected=def, as a mismatch is told
  {
    hints: ["provided", "expected", "presented", "supplied", "received"],
    find: new RegExp(
      `(\\b(?:provided|expected|presented|supplied|received)\\s{0,3}[=:]\\s{0,3}["'\u201c]?)${SPOKEN}`,
      "gi",
    ),
    isSecret: isCredentialLike,
  },
  // I pasted abc into the token field
  {
    hints: ["token", "password", "secret"],
    find: new RegExp(
      `(\\b(?:past|enter|typ|us|put|copi|giv|set)[a-z]{0,4}\\s{1,3}["'\`\u201c]?)${SPOKEN}(?=["'\`\u201d]?\\s{1,3}(?:in|into|as|for)\\s{1,3}(?:[a-z]{1,12}\\s{1,3}){0,4}(?:token|password|secret))`,
      "gi",
    ),
    isSecret: isCredentialLike,
  },
  // ?auth=abc, &sig=abc
  {
    hints: ["?", "&", "#"],
    find: new RegExp(`([?&#]${PARAMETER}=)([^\\s&#;"'<>\\\\]{1,4096})`, "gi"),
    isSecret: (value, head) => !isParameterWord(head, value),
  },
  // Shapes that are secrets by themselves: setup codes and JWTs, provider keys, Telegram bot tokens
  { hints: ["eyj"], find: /(\b)(eyJ[A-Za-z0-9_-]{16,4096}(?:\.[A-Za-z0-9_-]{1,4096}){0,2})/g },
  { hints: ["sk-"], find: /(\b)(sk-[A-Za-z0-9_-]{16,256})/g },
  { hints: ["gh"], find: /(\b)(gh[opsu]_[A-Za-z0-9]{20,256})/g },
  { hints: ["xox"], find: /(\b)(xox[abprs]-[A-Za-z0-9-]{10,256})/g },
  { hints: ["aiza"], find: /(\b)(AIza[A-Za-z0-9_-]{30,64})/g },
  { hints: ["akia"], find: /(\b)(AKIA[A-Z0-9]{16})\b/g },
  { hints: [":aa"], find: /(\b)(\d{8,10}:AA[A-Za-z0-9_-]{30,40})/g },
  {
    hints: ["private key-----"],
    find: /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)([^-]{1,8192})/g,
  },
];

/** A run of characters that tokens are made of, long enough for one. */
const RUN = /[A-Za-z0-9_+/-]{32,}={0,2}/g;

/** What says right before it that a long number is a name: of a device, a container, a commit, a trace. */
const NAMED_ID =
  /(?:\b|[a-z_])(?:devices?(?:[ _-]?id)?|entry|device(?:s)? (?:remove|rotate|revoke|reject|approve)|sha-?(?:1|256|512)|md5|digest|checksum|integrity|commit|revision|build|container(?:s|[ _-]?id)?|image|layer|docker|libpod|trace(?:[ _-]?id)?|span(?:[ _-]?id)?|boot[ _-]?id|machine[ _-]?id|invocation[ _-]?id)(?:\\{0,3}["'])?[ \t]{0,4}[:=@/]?[ \t]{0,4}(?:\\{0,3}["'(])?$/i;
const ID_CONTEXT = 48;

/** Secrets that nobody has to know: by what they are called, and by what they look like. */
export function namedSecrets(text: string): readonly Span[] {
  const spans: Span[] = [];
  keyedSecrets(text, spans);
  const lower = text.toLowerCase();
  for (const { hints, find, anyValue, isSecret } of PATTERNS) {
    if (!hints.some((hint) => lower.includes(hint))) continue;
    find.lastIndex = 0;
    for (let match = find.exec(text); match !== null; match = find.exec(text)) {
      const [, head = "", value = ""] = match;
      const start = match.index + head.length;
      const isOne = (anyValue ? value !== REDACTED : !isPlain(value)) && isSecret?.(value, head) !== false;
      if (isOne) spans.push([start, start + value.length]);
      // What stands behind a head with no secret is looked at again.
      find.lastIndex = isOne ? start + value.length : Math.max(start, match.index + 1);
    }
  }
  for (const { index, 0: run } of text.matchAll(RUN)) bareSecrets(text, index, run, spans);
  return spans;
}

/** Values behind `token`, `password` and the like. */
function keyedSecrets(text: string, spans: Span[]): void {
  KEYS.lastIndex = 0;
  for (let match = KEYS.exec(text); match !== null; match = KEYS.exec(text)) {
    const { index } = match;
    const key = match[0];
    const end = index + key.length;
    const next = text[end] ?? "";
    let isOption: boolean | undefined;
    let last = end;
    const tails = /^[a-z]/i.test(key) ? TAILS : [OTHER_TAIL];
    for (const tail of [...tails, ...NUMBER_TAILS]) {
      if (!tail.first.test(next)) continue;
      tail.find.lastIndex = end;
      const found = tail.find.exec(text);
      if (found === null) continue;
      if (tail.isOption) {
        isOption ??= OPTION_HEAD.test(text.slice(Math.max(0, index - 120), index));
        if (!isOption) continue;
      }
      const span = tail.isQuoted ? quotedValue(text, end, found) : plainValue(tail, key, end, found);
      if (span === undefined) continue;
      spans.push(span);
      last = Math.max(last, span[1]);
    }
    KEYS.lastIndex = last;
  }
}

function plainValue({ isSecret }: Tail, key: string, end: number, found: RegExpExecArray): Span | undefined {
  const [, between = "", value = ""] = found;
  if (isPlain(value) || isSecret?.(value, key) === false) return undefined;
  return [end + between.length, end + between.length + value.length];
}

/** Tokens are counted (`totalTokens: 15320`), passwords are not. */
function isPasswordKey(key: string): boolean {
  return /^(?:pass|pwd?$|pins?$|kennwort|\u5bc6\u7801|\u5bc6\u78bc|\u53e3\u4ee4|\u043f\u0430\u0440)/i.test(
    key,
  );
}

/** The value goes on to where its quote is written again. */
function quotedValue(text: string, end: number, found: RegExpExecArray): Span | undefined {
  const [all, , slashes = "", quote = ""] = found;
  const start = end + all.length;
  const close = endOfQuoted(text, start, slashes.length, quote);
  const isOne = close > start && !isPlain(text.slice(start, Math.min(close, start + 100)));
  return isOne ? [start, close] : undefined;
}

/**
 * Tokens without a name: the gateway's are 48 hex digits, those that people make 32, 40, 64 or more, device tokens
 * 43 characters of base64url (openclaw 2026.2.1 to 2026.9.6); `openssl rand -base64 32` gives 44 of base64.
 */
function bareSecrets(text: string, index: number, run: string, spans: Span[]): void {
  if (/^[A-Za-z0-9+/]{43}=$/.test(run) && looksRandom(run)) {
    spans.push([index, index + run.length]);
    return;
  }
  for (const { index: at, 0: part } of run.matchAll(/[A-Za-z0-9_-]{32,}/g)) {
    const start = index + at;
    const isHex = /^[0-9A-Fa-f]+$/.test(part);
    const isOne = isHex
      ? !/^\d+$/.test(part) && !NAMED_ID.test(text.slice(Math.max(0, start - ID_CONTEXT), start))
      : part.length === 43 && looksRandom(part);
    if (isOne) spans.push([start, start + part.length]);
  }
}

/** What a key says of the value that stands alone: `secret`, `id` of something, or nothing. */
export function kindOfKey(key: string): "secret" | "id" | undefined {
  if (SECRET_KEY.test(key)) return "secret";
  return NAMED_ID.test(`${key}=`) ? "id" : undefined;
}

const SECRET_KEY = new RegExp(
  `${LATIN_KEY}$|^(?:authorization|cookie|set-cookie|sig|jwt)$|^x-.*(?:auth|key)`,
  "i",
);

/** Whether the value of a key that is known to be secret tells one. */
export function isSecretValue(value: string): boolean {
  return !isPlain(value.trim());
}

/** A key at the end of a text, of which the value comes in the next line; or half of a key of a link or an option. */
const OPEN_KEY = new RegExp(
  `(?:${LATIN_KEY}|${OTHER_KEY})\\\\{0,3}["']?\\s{0,4}(?:[:=\uff1a]|%3D)?\\s{0,4}\\\\{0,3}["'\`\u201c]?$|[?&#_-](?:${halves(
    ["token", "password", "secret", "bootstrapToken", "auth", "sig"],
  )})=?$`,
  "i",
);

/** Whether a secret may begin at the end of the text and go on behind it. */
export function opensSecret(text: string, spans: readonly Span[]): boolean {
  const end = text.trimEnd().length;
  return spans.some(([, to]) => to >= end) || OPEN_KEY.test(text.slice(-200));
}

/** `t|to|tok…`: every beginning of the words. */
function halves(words: readonly string[]): string {
  return words.flatMap((word) => Array.from(word, (_, at) => word.slice(0, at + 1))).join("|");
}

/**
 * Where a quoted value ends: at the quote with as many backslashes before it as the opening one has; one with more is
 * within the value. An apostrophe between letters is none (`'it's X'`), nor is a shell's `'\''`. Without an end the
 * line was cut, and all of it belongs to the value.
 */
function endOfQuoted(text: string, start: number, slashes: number, quote: string): number {
  let limit = Math.min(text.length, start + LONGEST);
  let first: number | undefined;
  for (let at = start; at < limit; at += 1) {
    const character = text[at] ?? "";
    if (character === "\n" || character === "\r") return first ?? at;
    let run = at;
    while (text[run] === "\\") run += 1;
    if (text[run] !== quote) {
      at = Math.max(at, run - 1);
      continue;
    }
    const escapes = run - at;
    const ends = slashes === 0 ? escapes % 2 === 0 : escapes <= slashes;
    if (!ends) {
      at = run;
      continue;
    }
    const end = slashes === 0 ? run : at;
    if (!/^(?:\w|\\''|"'"')/.test(text.slice(run + 1, run + 4))) return end;
    if (first === undefined) limit = Math.min(limit, run + APOSTROPHE);
    first ??= end;
    at = run;
  }
  return first ?? limit;
}

/** Letters and digits in one word, which is no release, path, time or address: in a sentence only that is taken. */
function isCredentialLike(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return !/^v?\d{4}\.\d|^\d{4}-\d\d-\d\d|:\/\/|^[~./]|\.(?:json|js|ts|md|log)\b|^[a-z]{1,20}[-_.](?:\d{1,5})$/i.test(
    value,
  );
}

/** Characters of all kinds; a build id has a date in it. */
function looksRandom(value: string): boolean {
  return /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value) && !/\d{4}-\d\d-\d\d/.test(value);
}

/** A placeholder, a reference to a variable, or a word that is no secret. */
function isPlain(raw: string): boolean {
  const value = raw.replace(/[),.;:!?\]}'"`]{1,8}$/, "");
  return (
    /^[[{(]{0,4}$/.test(value) ||
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

/** Ways to sign in, and short codes and names behind words that have other meanings too. */
function isParameterWord(head: string, value: string): boolean {
  if (/^(?:basic|bearer|device|trusted-proxy|tailscale|oauth2?|jwt|online|offline)$/i.test(value))
    return true;
  return /(?:key|code|access|pass)=$/i.test(head) && !/pass=$/i.test(head) && !isCredentialLike(value);
}
