import type { RefusedEvent } from "../../core/log-event.ts";
import {
  clientOf,
  definedOnly,
  given,
  headKeys,
  integer,
  metaText,
  pairs,
  releaseOf,
  uuid,
} from "../keys.ts";
import type { Line, Meta, Shape } from "../line.ts";

const NAME = "closed before connect";

/** `closed before connect conn=… remote=… … code=1008 reason=pairing required`, every release. */
export const closedBefore: Shape = {
  name: "closed-before",
  hints: [NAME],
  read(line) {
    const at = line.text.indexOf(NAME);
    if (at < 0) return undefined;
    return refused(line, line.text.slice(at + NAME.length).trimStart());
  },
};

/**
 * `conn=… code=… reason=… phase=… cause=…` → event. The head ends at the first `code=` (or `reason=`), so what
 * a client puts into its close reason cannot change the head; what follows the reason is the gateway's own.
 */
export function refused(line: Line, body: string): RefusedEvent {
  const code = /(?:^| )code=(\d{4}|n\/a)(?= |,|$)/.exec(body);
  const reasonAt = ` ${body}`.indexOf(" reason=", code?.index ?? 0);
  const headEnd = code?.index ?? (reasonAt < 0 ? body.length : reasonAt);
  const head = headKeys(body.slice(0, headEnd));
  const { reason, tail } = reasonOf(reasonAt < 0 ? "" : body.slice(reasonAt + "reason=".length));
  const own = pairs(reasonAt < 0 && code !== null ? body.slice(code.index + code[0].length) : tail);
  // Some reprint the meta before the code (`openclaw logs` filters, log viewers).
  const early = / cause=([a-z][a-z-]{2,60})(?= |$)/.exec(` ${body.slice(0, headEnd)}`)?.[1];
  const meta: Meta = { ...(early === undefined ? {} : { cause: early }), ...own, ...line.meta };

  return {
    type: "refused",
    ...line.base,
    ...definedOnly({
      conn: uuid(head.conn),
      peer: head.peer,
      remote: head.remote ?? metaText(meta, "remoteAddr"),
      fwd: head.fwd ?? metaText(meta, "forwardedFor"),
      origin: head.origin ?? metaText(meta, "origin"),
      host: head.host ?? metaText(meta, "host"),
      ua: head.ua ?? metaText(meta, "userAgent"),
      code: integer(code?.[1]),
      suppressed: integer(metaText(own, "suppressed")),
      ...ofReason(reason),
      ...ofMeta(meta, own),
    }),
  };
}

/** What the meta object says, wherever it stands. */
export function ofMeta(meta: Meta, own: Meta = meta): Partial<RefusedEvent> {
  const requestId = uuid(metaText(meta, "requestId"));
  return definedOnly({
    cause: metaText(meta, "cause"),
    phase: metaText(own, "phase") ?? metaText(meta, "phase"),
    why: metaText(meta, "reason") ?? metaText(meta, "authReason"),
    deviceId: metaText(meta, "deviceId"),
    client: metaText(meta, "client"),
    mode: metaText(meta, "mode"),
    clientVersion: metaText(meta, "version"),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

/** Up to the gateway's own keys behind it. */
function reasonOf(text: string): { reason: string; tail: string } {
  const end = text.search(/ (?:phase|suppressed|cause|durationMs|handshake)=/);
  return end < 0 ? { reason: text, tail: "" } : { reason: text.slice(0, end), tail: text.slice(end) };
}

/** Close reason and the request id in it, which the gateway may have cut at 120 bytes. */
export function ofReason(text: string | undefined): { reason?: string; requestId?: string } {
  const reason = text
    // The line stands in somebody's JSON, page or sentence.
    ?.replace(/\\?"[,}\]].{0,4096}$/, "")
    .replace(/(?:<\/[a-z]{1,10}>)?[\s\u3001\u3002\uff00-\uffef\u{1f000}-\u{1faff}]{0,16}$/u, "")
    .replace(/ ?\(requestId:[^)]{0,80}\)?[`'")\s]{0,8}$/, "")
    .replace(/ \(r(?:e(?:q(?:u(?:e(?:s(?:t(?:Id?)?)?)?)?)?)?)?$/, "")
    .replace(/[`"\\,]{1,8}$/, "")
    .replace(/^["`\\]{1,4}/, "");
  const requestId = uuid(/\(requestId: ([0-9a-f-]{36})\b/i.exec(text ?? "")?.[1]);
  return definedOnly({ reason: given(reason), requestId });
}

/** `webchat disconnected code=4008 reason=connect failed`: the page gave up; no other code is a refusal. */
export const disconnected4008: Shape = {
  name: "disconnected-4008",
  hints: ["disconnected code=4008"],
  read(line) {
    const match = /disconnected code=4008 reason=(.{0,200}?)(?: conn=(\S{1,40}))?$/.exec(line.text);
    if (match === null) return undefined;
    return {
      type: "refused",
      ...line.base,
      code: 4008,
      ...definedOnly({ reason: given(match[1]), conn: uuid(match[2]), ...clientOf(line.text) }),
    };
  },
};

/** `→ close code=1008 reason=… handshake=failed`: the verbose log's line for the same refusal. */
export const verboseClose: Shape = {
  name: "verbose-close",
  hints: ["→ close"],
  read(line) {
    const at = line.text.indexOf("→ close");
    const body = line.text.slice(at + "→ close".length).trimStart();
    if (at < 0 || !/handshake=(?:failed|pending)/.test(body)) return undefined;
    return refused(line, body);
  },
};

/** Release of the Control UI itself, which the gateway serves. */
export function uiRelease(event: { client?: string; clientVersion?: string }): string | undefined {
  return event.client === undefined || event.client === "openclaw-control-ui"
    ? releaseOf(event.clientVersion)
    : undefined;
}
