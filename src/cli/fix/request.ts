import type { Fact } from "../../core/fact.ts";
import type { DeviceList, PendingDevice } from "../../core/facts.ts";
import { requestFor } from "../../core/requests.ts";
import type { Prepared } from "./prepare.ts";
import { pause } from "./verify.ts";

export interface RequestWait {
  readonly devices: () => Promise<Fact<DeviceList>>;
  /** Requests that waited before: they are not this page's. */
  readonly before: readonly PendingDevice[];
  /** The refused page's address, as the gateway sees it. */
  readonly remote: string | undefined;
  /** Milliseconds; two minutes and two seconds when absent. */
  readonly limit?: number;
  readonly every?: number;
}

/** Nothing but an approval is left, and only the page can ask for it. */
export function waitsForDevice({ rest, model }: Prepared): boolean {
  const [next, ...more] = rest;
  return (
    more.length === 0 &&
    next !== undefined &&
    next.steps.some((step) => step.do === "device.approve") &&
    model?.expected.outcome === "refused" &&
    model.expected.gate === "pairing"
  );
}

/** The one new request that is the page's; `undefined` when none came in time, or several that cannot be told apart. */
export async function awaitRequest(
  wait: RequestWait,
  signal: AbortSignal,
): Promise<PendingDevice | undefined> {
  const { devices, before, remote, limit = 120_000, every = 2000 } = wait;
  const known = new Set(before.map(({ requestId }) => requestId));
  const finding = remote === undefined ? {} : { args: { remote } };
  const until = Date.now() + limit;
  while (Date.now() <= until && !signal.aborted) {
    const list = await devices();
    const waiting = list.known ? list.value.pending.filter(({ requestId }) => !known.has(requestId)) : [];
    const request = requestFor({ requestId: undefined, finding, waiting });
    if (request !== undefined) return request;
    await pause(every, signal);
  }
  return undefined;
}
