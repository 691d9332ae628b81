// A row as a question to the model.
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionInput, Connection, ConnectionDevice } from "../../src/core/connection.ts";
import { foretold } from "./answer.ts";
import type { Case } from "./case.ts";
import { platformOf } from "./driver.ts";
import { isNoAnswer, type Line, type Row, type StartRow } from "./rows.ts";
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

export function answerOf({ input }: Asked): string {
  return foretold(admit(input));
}
