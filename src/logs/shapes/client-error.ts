import { gateOf, gateOfWording } from "../../core/gate.ts";
import type { ClientErrorEvent } from "../../core/log-event.ts";
import { addressInSentence, safeText } from "../../core/text.ts";
import { definedOnly } from "../keys.ts";
import type { Line } from "../line.ts";
import { ofReason } from "./closed-before.ts";

export interface ClientErrorFields {
  readonly from: ClientErrorEvent["from"];
  readonly message: string;
  readonly code?: number | undefined;
  readonly gate?: ClientErrorEvent["gate"];
  readonly target?: string | undefined;
  readonly detailCode?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** Where the message itself does not name them. */
  readonly requestId?: string | undefined;
  readonly why?: string | undefined;
}

/** An event of what a client printed; the gate is read from the wording where the caller does not know it. */
export function clientError(line: Line, fields: ClientErrorFields): ClientErrorEvent {
  const { code, from, target, detailCode, httpStatus } = fields;
  const { reason, requestId } = ofReason(fields.message);
  const message = safeText(english((reason ?? fields.message).trim()), 300);
  const wording =
    gateOfWording(message) ?? (detailCode === undefined ? undefined : gateOfWording(detailCode));
  return {
    type: "client-error",
    ...line.base,
    // The gateway logs the requests that it denies; everything else is what a client printed.
    form: line.text.includes("⇄ res") ? line.form : "client",
    from,
    message,
    ...definedOnly({
      code,
      requestId: requestId ?? fields.requestId,
      target: target === undefined ? undefined : addressInSentence(target),
      detailCode,
      httpStatus,
      gate: fields.gate ?? wording?.gate ?? ofCode(code),
      why: wording?.why ?? fields.why ?? (fields.gate === undefined ? whyOfCode(code) : undefined),
    }),
  };
}

/** Without what a Chinese writer puts right behind it: OpenClaw's own messages have no full-width marks. */
function english(message: string): string {
  const end = message.search(/[\u3000-\u303f\uff00-\uffef\u201c\u201d]/);
  return end > 3 ? message.slice(0, end).trimEnd() : message;
}

/**
 * A close without words, as the other end saw it. 1000: the gateway gave up waiting for the handshake
 * (2026.2 to 2026.3 logs `handshake timeout` beside it). 1006: no close frame, nobody or a proxy answered.
 */
function ofCode(code: number | undefined): ClientErrorEvent["gate"] | undefined {
  if (code === 1000) return "timeout";
  if (code === 1006 || code === 1005 || code === 1015) return "transport";
  if (code === 1012 || code === 1013) return "starting";
  const gate = code === undefined ? undefined : gateOf({ code }).gate;
  return gate === "unknown" ? undefined : gate;
}

/** In the words of a probe's `Reach`, and `abnormal-closure` for a close without a close frame. */
function whyOfCode(code: number | undefined): string | undefined {
  return code === 1006 ? "abnormal-closure" : code === 1015 ? "tls" : undefined;
}
