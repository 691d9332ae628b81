import type { Fact } from "../../../core/fact.ts";
import type { DeviceList, PendingDevice } from "../../../core/facts.ts";
import { type RequestChoice, type RequestQuestion, requestFor } from "../../../core/requests.ts";
import type { Prepared } from "../../pure/mend/prepared.ts";
import { pause } from "./verify.ts";

export interface RequestWait extends Pick<RequestQuestion, "askedFrom" | "usual"> {
  readonly devices: () => Promise<Fact<DeviceList>>;
  /** Requests that waited before: they are not this page's. */
  readonly before: readonly PendingDevice[];
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

/** The new request that is the page's, or those that may be; `none` when none came in time. */
export async function awaitRequest(wait: RequestWait, signal: AbortSignal): Promise<RequestChoice> {
  const { devices, before, askedFrom, usual, limit = 120_000, every = 2000 } = wait;
  const known = new Set(before.map(({ requestId }) => requestId));
  const until = Date.now() + limit;
  while (Date.now() <= until && !signal.aborted) {
    const list = await devices();
    const waiting = list.known ? list.value.pending.filter(({ requestId }) => !known.has(requestId)) : [];
    const found = requestFor({ requestId: undefined, askedFrom, usual, waiting });
    if (found.choice !== "none") return found;
    await pause(every, signal);
  }
  return { choice: "none" };
}
