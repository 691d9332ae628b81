import type { PendingDevice } from "./facts.ts";
import type { Finding } from "./finding.ts";

export interface RequestQuestion {
  /** As the refusal or the user named it. */
  readonly requestId: string | undefined;
  readonly finding: Pick<Finding, "args">;
  readonly waiting: readonly PendingDevice[];
}

/**
 * The one request that is meant: by its id (a cut one by its beginning), else by the refused peer's address when a
 * single request came from there, else the only one that waits, unless it is known to come from somewhere else.
 * Never the newest of several.
 */
export function requestFor({ requestId, finding, waiting }: RequestQuestion): PendingDevice | undefined {
  if (requestId !== undefined) {
    const exact = waiting.find((one) => one.requestId === requestId);
    if (exact !== undefined) return exact;
    // The gateway cuts a close reason at 120 bytes (2026.4.20 on), within the id.
    const begun = requestId.length >= 8 ? waiting.filter((one) => one.requestId.startsWith(requestId)) : [];
    if (begun.length === 1) return begun[0];
  }
  const remote = finding.args?.remote;
  const pages = waiting.filter(({ role }) => role === undefined || role === "operator");
  const near = typeof remote === "string" ? pages.filter(({ remoteIp }) => remoteIp === remote) : [];
  if (near.length === 1) return near[0];
  const [only] = pages;
  if (near.length > 0 || pages.length !== 1 || only === undefined) return undefined;
  const isElsewhere = typeof remote === "string" && only.remoteIp !== undefined;
  return isElsewhere ? undefined : only;
}
