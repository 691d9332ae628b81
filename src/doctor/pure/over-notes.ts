import type { Refusal } from "../../core/facts.ts";
import type { ReportNote } from "../../report/result.ts";

/** Of one client that tried again and again there is a story to tell. */
const MANY = 2;
const MOST = 10;

/** What is over, as a story: how often and when somebody was refused, when the device was approved, and that it is in. */
export function overNotes(refusals: readonly Refusal[]): readonly ReportNote[] {
  return refusals
    .flatMap((refusal): ReportNote[] => {
      const { over, count, firstAt, lastAt, connectedAt, approvedAt, gate, connection, evidence } = refusal;
      if (!over || count < MANY || firstAt === undefined || lastAt === undefined) return [];
      if (connectedAt === undefined) return [];
      const args = { count, gate, address: connection.remoteAddress ?? "", firstAt, lastAt, connectedAt };
      return [
        approvedAt === undefined
          ? { message: "refused-before", args, evidence }
          : { message: "refused-until-approved", args: { ...args, approvedAt }, evidence },
      ];
    })
    .slice(0, MOST);
}
