import type { LogDigest } from "../core/log-event.ts";

/**
 * The digest without the refusals of another gateway: gateways of one machine share the default log file, and
 * from 2026.4.10 (in the JSON meta earlier) a line names the address that the client had dialled.
 */
export function ofPort(digest: LogDigest, port: number): LogDigest {
  const refusals = digest.refusals.filter(({ latest }) => {
    const dialled = /->.*:(\d{1,5})$/.exec(latest.peer ?? "")?.[1];
    return dialled === undefined || Number(dialled) === port;
  });
  return refusals.length === digest.refusals.length ? digest : { ...digest, refusals };
}
