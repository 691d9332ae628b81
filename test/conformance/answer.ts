// What a gateway did and what the model foretells, in the same words.
import type { Admission } from "../../src/core/connection.ts";
import type { ConformanceOutcome } from "./rows.ts";

/** Request ids differ from run to run, and the gateway cuts the reason at 120 bytes, sometimes within the id. */
function withoutRequestId(reason: string | undefined): string {
  return (reason ?? "").replace(/ \(requestId: .*$/, "");
}

export function observed(outcome: ConformanceOutcome): string {
  if (outcome.admitted) return `admitted autoApproved=${outcome.autoApproved === true}`;
  // Before there is a WebSocket there is nothing to close.
  if (outcome.httpStatus !== 101) return String(outcome.httpStatus ?? outcome.transport);
  const { httpStatus, closeCode, closeReason, detailCode = "-" } = outcome;
  return `${httpStatus} ${closeCode} ${detailCode} ${withoutRequestId(closeReason)}`;
}

export function foretold(admission: Admission): string {
  if (admission.outcome === "admitted") return `admitted autoApproved=${admission.autoApproved}`;
  if (admission.httpStatus !== 101) return String(admission.httpStatus);
  const { httpStatus, closeCode, closeReason, detailCode = "-" } = admission;
  return `${httpStatus} ${closeCode} ${detailCode} ${closeReason}`;
}
