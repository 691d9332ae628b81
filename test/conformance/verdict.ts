// A row as a question to the model, and both answers in the same words.
import { admit } from "../../src/admission/admit.ts";
import type { Admission, AdmissionInput, Connection, ConnectionDevice } from "../../src/core/connection.ts";
import type { Case } from "./case.ts";
import { platformOf } from "./driver.ts";
import { type ConformanceOutcome, isNoAnswer, type Line, type Row, type StartRow } from "./rows.ts";
import { SITUATIONS } from "./situations.ts";

const CASES = new Map<string, Case>(SITUATIONS.flatMap(({ cases }) => cases.map((one) => [one.name, one])));

export interface Asked {
  readonly row: Row;
  readonly input: AdmissionInput;
}

/** What was asked, as the gateway met it. Rows of cases that there are no more are left out. */
export function askedOf(release: string, lines: readonly Line[]): Asked[] {
  const starts = new Map<string, StartRow>();
  const asked = new Map<string, Asked>();
  for (const line of lines) {
    if (line.kind === "start") starts.set(`${line.situation} ${line.start}`, line);
    if (line.kind !== "row" || isNoAnswer(line.outcome)) continue;
    const one = CASES.get(line.case);
    const begun = starts.get(`${line.situation} ${line.start}`);
    if (one === undefined || begun === undefined) continue;
    const connection = asMet(one.connection, line.met);
    const input: AdmissionInput = { release, config: begun.config, connection, start: line.start };
    // The last answer counts, where a situation was asked again.
    asked.set(`${line.situation} ${line.start} ${line.case}`, { row: line, input });
  }
  return [...asked.values()];
}

function asMet(connection: Connection, met: ConnectionDevice | undefined): Connection {
  if (met === undefined) return connection;
  const { client } = connection;
  // What is pinned is compared with what was said.
  const said = met.pinned === undefined ? client : { ...client, platform: platformOf(client) };
  return { ...connection, client: said, device: met };
}

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

export function answerOf({ input }: Asked): string {
  return foretold(admit(input));
}
