import type { Shape } from "../line.ts";
import { refused } from "./closed-before.ts";

const INVALID = "invalid handshake conn=";

/** `invalid handshake conn=… remote=…`, every release: what came was no connect request. */
export const invalidHandshake: Shape = {
  name: "invalid-handshake",
  hints: [INVALID],
  read(line) {
    const at = line.text.indexOf(INVALID);
    if (at < 0) return undefined;
    const event = refused(line, line.text.slice(at + "invalid handshake ".length));
    return { ...event, cause: event.cause ?? "invalid-handshake" };
  },
};

const WORKER = "worker admission rejected";

/** `worker admission rejected reason=invalid-handshake` (2026.8.1 on): the only line about that client. */
export const workerRejected: Shape = {
  name: "worker-rejected",
  hints: [WORKER],
  read(line) {
    const reason = /worker admission rejected reason=([a-z][a-z-]{2,60})(?= |$)/.exec(line.text)?.[1];
    if (reason === undefined) return undefined;
    return { type: "refused", ...line.base, cause: reason, mode: "worker" };
  },
};
