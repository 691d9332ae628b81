import type { ClientErrorEvent } from "../core/log-event.ts";
import { addressInSentence } from "../core/text.ts";
import { uuid } from "./keys.ts";

/** What the CLI prints below its error, and the page below its heading. */
export interface Block {
  readonly target?: string;
  readonly targetSource?: string;
  readonly configPath?: string;
  readonly bind?: string;
  readonly requestId?: string;
}

/** What the CLI names as source of its target (2026.2.1 to 2026.9.6); a sentence may go on behind it. */
const SOURCE = /^(?:local (?:loopback|(?:lan|tailnet) [0-9a-f.:]{3,45}(?<![.:]))|cli --url|env [A-Z_]{4,40})/;

/** One line of it: `Gateway target: ws://…`, `Source: …`, `Config: …`, `Bind: …`, `… devices approve <id>`. */
export function blockLine(text: string): Block | undefined {
  const match = /^["']?(Gateway target|RPC target|Source|Config|Bind): (.{1,300}?)["',\s]{0,4}$/.exec(text);
  const value = match?.[2] ?? "";
  switch (match?.[1]) {
    case "Gateway target":
    case "RPC target":
      return { target: addressInSentence(value) };
    case "Source":
      return { targetSource: SOURCE.exec(value)?.[0] ?? value };
    case "Config":
      return { configPath: value.replace(/[.,;:!?。，；：！？）]{1,4}$/u, "") };
    case "Bind":
      return { bind: value };
  }
  const request =
    /\bdevices approve ([0-9a-f-]{36})\b/i.exec(text) ??
    /^["']?requestId["']?: ?["']?([0-9a-f-]{36})["']?,?$/i.exec(text);
  const requestId = uuid(request?.[1]);
  return requestId === undefined ? undefined : { requestId };
}

/** A request id below an error that is not about pairing is of something else. */
export function mergeBlock(event: ClientErrorEvent, block: Block): ClientErrorEvent {
  const { requestId, ...rest } = block;
  return { ...rest, ...(event.gate === "pairing" && requestId !== undefined ? { requestId } : {}), ...event };
}

/** The next command of a pasted terminal session: what follows is about something else. */
export function isPrompt(text: string): boolean {
  return /^(?:[$#%❯] \S|PS [A-Z]:[^>]{0,200}> |[\w.-]{1,64}@[\w.-]{1,64}[: ][^$#]{0,120}[$#] \S)/u.test(text);
}

/**
 * The CLI prints one refusal twice (`gateway connect failed: …`, then `gateway closed (1008): …`), the page
 * in a heading, a sentence and its raw error: one event. `undefined`: they are two things.
 */
export function mergeClient(first: ClientErrorEvent, second: ClientErrorEvent): ClientErrorEvent | undefined {
  if (second.at !== undefined) return undefined;
  // 2026.4.x adds "Gateway not reachable. Is it running and accessible?" under a refusal, too.
  if (first.gate !== undefined && /^Gateway not reachable(?! at)/.test(second.message)) return first;
  // The browser is refused and the CLI that should approve it, too: two things.
  const known = first.from !== "unknown" && second.from !== "unknown";
  if (first.from !== second.from && known && !isOneCall(first, second)) return undefined;
  const sameGate = first.gate === second.gate;
  // An upgrade that was refused ends without a close frame: the second line is the first one's end.
  const isItsEnd =
    (first.why === "not-upgraded" && second.why === "abnormal-closure") ||
    // So does a socket that was refused; which, the line below says (2026.2.1 to 2026.3.13).
    (first.why === "abnormal-closure" && second.why === "refused" && first.from === "cli");
  const sameWhy = first.why === undefined || second.why === undefined || first.why === second.why || isItsEnd;
  // "Could not connect" says nothing; the raw error below it does (7.1, 7.35).
  const unexplained = first.gate === "unknown" && first.from === "page" && second.gate !== undefined;
  const same = first.gate === undefined ? first.message === second.message : sameGate && sameWhy;
  if (!same && !unexplained) return undefined;
  const secondTells =
    isOneCall(first, second) ||
    unexplained ||
    (isItsEnd && second.why === "refused") ||
    (first.why === undefined && second.why !== undefined);
  const [told, other] = secondTells ? [second, first] : [first, second];
  const from = told.from === "unknown" ? other.from : told.from;
  return { ...other, ...told, from, line: first.line, quote: first.quote };
}

/** The client in the gateway prints `gateway connect failed: …` as the CLI does; the tool's result names its caller. */
function isOneCall(first: ClientErrorEvent, second: ClientErrorEvent): boolean {
  return first.from === "cli" && second.from === "tool" && /gateway connect failed/.test(first.quote);
}
