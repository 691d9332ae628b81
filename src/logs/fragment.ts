import { isCause } from "../core/gate.ts";
import type { RefusedEvent } from "../core/log-event.ts";
import { definedOnly, integer, metaText } from "./keys.ts";
import type { Line, Meta } from "./line.ts";
import { ofMeta, ofReason } from "./shapes/closed-before.ts";

/** Keys of the gateway's meta that people paste, quoted or not, on one line or on many. */
const PAIR =
  /["']?\b(cause|handshake|phase|reason|authReason|code|requestId|deviceId|client|mode|version|forwardedFor|host|origin|remoteAddr|userAgent|conn|connId)\b\\?["']?\s{0,4}[:=]\s{0,4}(?:\\?["']([^"'\\]{0,300})|([\w.:/-]{1,200}))/g;

/** A line that may begin a fragment. */
export const FRAGMENT_HINTS: readonly string[] = ['cause"', "cause:", "cause=", "cause'"];

/** A line that continues one: `"key": value,`, `key: value`, `key=value`, or the closing bracket. */
export function continuesFragment(text: string): boolean {
  return (
    /^(?:\.{3}|…)?[,}\]]{0,3}$/.test(text) ||
    /^["']?[A-Za-z][A-Za-z0-9]{0,31}["']?\s{0,4}[:=]\s{0,4}\S/.test(text)
  );
}

/** Loose keys of the meta as they were pasted; later ones do not overwrite earlier ones. */
export function looseMeta(text: string): Meta {
  const meta: Record<string, string> = {};
  for (const match of text.matchAll(PAIR)) {
    const [, key = "", quoted, bare] = match;
    const value = quoted ?? bare ?? "";
    if (value !== "" && !Object.hasOwn(meta, key)) meta[key] = value;
  }
  // `code=1008 reason=device identity required`: a console tail in the fragment.
  const tail = /\bcode=\d{4} reason=([^"]{1,300}?)(?: phase=| cause=|$)/.exec(text);
  if (tail?.[1] !== undefined) meta.reason = tail[1];
  return meta;
}

/** A refusal from a fragment: it must name a cause. */
export function readFragment(line: Line, meta: Meta): RefusedEvent | undefined {
  const cause = metaText(meta, "cause");
  const code = integer(metaText(meta, "code"));
  const reason = metaText(meta, "reason");
  // Other software has causes too: only a gateway's own, or one beside its `handshake`.
  if (cause === undefined || !(isCause(cause) || metaText(meta, "handshake") !== undefined)) return undefined;
  // A reason beside a code is the close reason; alone it is the meta's own word.
  const close = reason !== undefined && (code !== undefined || reason.includes(" ")) ? ofReason(reason) : {};
  const { why, ...rest } = ofMeta(meta);
  return {
    type: "refused",
    ...line.base,
    form: "fragment",
    ...definedOnly({
      code,
      ...close,
      ...rest,
      why: close.reason === undefined ? why : metaText(meta, "authReason"),
      fwd: metaText(meta, "forwardedFor"),
      origin: metaText(meta, "origin"),
      host: metaText(meta, "host"),
      remote: metaText(meta, "remoteAddr"),
      ua: metaText(meta, "userAgent"),
    }),
  };
}
