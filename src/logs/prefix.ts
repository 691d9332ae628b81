import { isObject } from "../core/json.ts";
import { stripAnsi } from "../core/text.ts";
import { parseJson } from "./json.ts";

export interface Stripped {
  /** What is left. The gateway's own timestamp is no prefix of others, it is in `at` too. */
  readonly text: string;
  /** The innermost full timestamp, as written; else one that a wrapper gave. */
  readonly at?: string;
  /** Service, `pod/container`, unit or tag. */
  readonly via?: string;
  /** Where the gateway's own part begins in what a quote shows: its timestamp, if it wrote one, and the text. */
  readonly own: string;
}

/** At most so many wrappers around one line (compose over docker -t over the gateway's own: three). */
const MAX_LAYERS = 10;

const TIMESTAMP = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)(?:\s{1,8}|$)/;
const CLOCK = /^\[?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AP]M)?\]?\s{1,4}(?=\S)/i;
/** Paste decorations: quotes, prompts, clack's gutter, list marks, code fences. */
const DECORATION =
  /^(?:[\s\u00a0\ufeff]{1,200}|>{1,8}(?= |$)|`{1,4}(?:[a-z]{1,12}$)?|[│┃║┌└├╭╰◇◆◓◒◐◑○●▲■✔✖⚠]\ufe0f?(?=\s|$)|[-*•+](?= ))/u;
/** `service-1  | `, also when its beginning was lost in copying. The gutter of a table has no word before it. */
const COMPOSE = /^([A-Za-z0-9][A-Za-z0-9_.@-]{0,120})? {0,80}\| ?/;
/** kubectl logs --prefix */
const POD = /^\[pod\/([A-Za-z0-9.-]{1,253}\/[A-Za-z0-9.-]{1,63})\] {1,2}/;
/** stern: `pod › container …` */
const STERN = /^([a-z0-9][a-z0-9.-]{0,252}) › ([a-z0-9][a-z0-9-]{0,62}) /;
/** stern without the arrow (`pod container …`): two words, so only before what a gateway's line begins with. */
const STERN_PLAIN =
  /^([a-z0-9][a-z0-9.-]{0,252}) ([a-z0-9][a-z0-9-]{0,62}) (?=\d{4}-\d\d-\d\dT|\[[a-z]|\{"|\d\d:\d\d:\d\d )/;
/** journald short and RFC 3164: `Nov 22 12:00:00 host openclaw[123]: ` */
const SYSLOG =
  /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \S{1,255} ([\w.@/\\:-]{1,64}?)(?:\[\d{1,10}\])?: /;
/** journald short-full and with-unit: `Sun 2026-11-22 12:00:00 UTC host openclaw[123]: ` */
const JOURNAL_FULL =
  /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) [A-Z]{2,5} \S{1,255} ([\w.@/-]{1,64})\[\d{1,10}\]: /;
/** RFC 5424 */
const SYSLOG_5424 =
  /^<\d{1,3}>1 (\S{1,40}) \S{1,255} (\S{1,48}) \S{1,128} \S{1,32} (?:-|\[[^\]]{0,512}\]) ?\ufeff?/;
/** After journald's short-iso timestamp: `host openclaw[123]: ` */
const HOST_TAG = /^[A-Za-z0-9][\w.-]{0,254} ([\w.@/-]{1,64})\[\d{1,10}\]: /;
/** CRI: `2026-…Z stdout F …` (F: full, P: partial) */
const CRI = /^(?:stdout|stderr) [FP] /;
/** `openclaw logs`: `TIME level subsystem …`; a quoted `{"subsystem":"gateway/ws"}` or `gateway/ws:` too. */
const LEVEL = /^(?:trace|debug|info|warn|error|fatal)\b:? {1,4}(?=\S)/i;
const SUBSYSTEM = /^(?:\{\\?"subsystem\\?": ?\\?"[\w./-]{1,80}\\?"\} ?|gateway\/[a-z-]{1,40}:? {1,4}(?=\S))/;

/**
 * Takes wrappers off a line, in any order and nesting: ANSI colours, quoting and indentation of pastes,
 * docker compose, `docker logs -t` and `kubectl logs --timestamps`, `kubectl logs --prefix`, stern, journald
 * (short, short-iso, JSON), syslog, CRI, Docker's json-file. Linear: each layer is matched at the start only.
 */
export function stripPrefixes(line: string): Stripped {
  let text = stripAnsi(line);
  let own = text;
  let at: string | undefined;
  let dated = false;
  let via: string | undefined;

  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const before = text;
    const bare = undecorated(text);
    if (bare !== text) {
      text = bare;
      own = text;
    }
    const wrapped = unwrap(text);
    if (wrapped !== undefined) {
      text = stripAnsi(wrapped.text);
      own = text;
      if (wrapped.at !== undefined) at = wrapped.at;
      via = wrapped.via ?? via;
      continue;
    }
    const time = TIMESTAMP.exec(text);
    if (time !== null) {
      at = time[1];
      dated = true;
      own = text;
      text = text.slice(time[0].length);
      continue;
    }
    const clock = CLOCK.exec(text);
    if (clock !== null) {
      own = text;
      text = text.slice(clock[0].length);
      continue;
    }
    const named = /^[[<A-Za-z0-9 |]/.test(text) ? nameOf(text, dated) : undefined;
    if (named !== undefined) {
      text = text.slice(named.length);
      own = text;
      via = named.via ?? via;
      at = named.at ?? at;
      continue;
    }
    const cri = CRI.exec(text) ?? LEVEL.exec(text) ?? SUBSYSTEM.exec(text);
    if (cri !== null) text = text.slice(cri[0].length);
    if (text === before) break;
  }
  text = text.replace(/[ \t]{1,400}[│┃║]$/u, "").trimEnd();
  return {
    text,
    own,
    ...(at === undefined ? {} : { at }),
    ...(via === undefined ? {} : { via }),
  };
}

/** Without quote marks, indentation, list marks, gutters and code marks, however many. */
function undecorated(line: string): string {
  let text = line;
  for (let mark = 0; mark < 32; mark++) {
    const decoration = DECORATION.exec(text);
    if (decoration === null) break;
    text = text.slice(decoration[0].length);
    // Inline code has a mark at its end, too.
    if (decoration[0].startsWith("`")) text = text.replace(/`{1,3}$/, "");
  }
  return text;
}

function nameOf(text: string, dated: boolean): { length: number; via?: string; at?: string } | undefined {
  const rfc5424 = text.startsWith("<") ? SYSLOG_5424.exec(text) : null;
  if (rfc5424 !== null) {
    const [all, at, via] = rfc5424;
    return {
      length: all.length,
      ...(via === undefined || via === "-" ? {} : { via }),
      ...(at === undefined ? {} : { at }),
    };
  }
  const full = JOURNAL_FULL.exec(text);
  if (full !== null) return { length: full[0].length, ...(full[2] === undefined ? {} : { via: full[2] }) };
  // A compose prefix comes first or after another name, never after the gateway's own time.
  const match =
    POD.exec(text) ??
    SYSLOG.exec(text) ??
    (dated ? HOST_TAG.exec(text) : null) ??
    (text.includes("|") ? COMPOSE.exec(text) : null);
  if (match !== null)
    return { length: match[0].length, ...(match[1] === undefined ? {} : { via: match[1] }) };
  const stern = STERN.exec(text) ?? STERN_PLAIN.exec(text);
  if (stern !== null) return { length: stern[0].length, via: `${stern[1]}/${stern[2]}` };
  return undefined;
}

/**
 * Docker's json-file, journald's JSON, and log platforms' exports (`{"message":…,"timestamp":…}`,
 * `{"textPayload":…}`); the gateway's own JSON lines and error bodies are not wrappers.
 */
function unwrap(text: string): { text: string; at?: string; via?: string } | undefined {
  if (!text.startsWith("{") || !/"(?:log|MESSAGE|message|textPayload)"/.test(text)) return undefined;
  const value = parseJson(text);
  if (
    !isObject(value) ||
    "_meta" in value ||
    "subsystem" in value ||
    "error" in value ||
    "details" in value
  ) {
    return undefined;
  }
  const time = value.time ?? value.timestamp;
  const at = typeof time === "string" ? { at: time.slice(0, 40) } : {};
  const exported = time !== undefined && !("0" in value) ? value.message : undefined;
  const inner = value.log ?? value.textPayload ?? exported;
  if (typeof inner === "string") return { text: inner.trimEnd(), ...at };
  const message = journalMessage(value.MESSAGE);
  if (message === undefined) return undefined;
  const micros = Number(value.__REALTIME_TIMESTAMP);
  const unit = value._SYSTEMD_USER_UNIT ?? value._SYSTEMD_UNIT ?? value.SYSLOG_IDENTIFIER;
  return {
    text: message,
    ...(micros > 0 && micros < 8.64e18 ? { at: new Date(micros / 1000).toISOString() } : {}),
    ...(typeof unit === "string" ? { via: unit.slice(0, 80) } : {}),
  };
}

/** journald writes a message with escapes in it (colours) as an array of bytes. */
function journalMessage(message: unknown): string | undefined {
  if (typeof message === "string") return message;
  if (!Array.isArray(message) || !message.every((byte) => typeof byte === "number")) return undefined;
  return new TextDecoder().decode(Uint8Array.from(message));
}
