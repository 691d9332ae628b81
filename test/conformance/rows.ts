// What a conformance run writes down: JSON lines, one file a release.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AdmissionConfig, ConnectionDevice } from "../../src/core/connection.ts";
import type { Outcome } from "../real/rig/client.ts";

export type StartName = "first" | "later";

/** One connection to a real gateway. */
export interface Row {
  readonly kind: "row";
  readonly situation: string;
  readonly start: StartName;
  readonly case: string;
  /** The device as the gateway had it, where that is not as the case wants it. */
  readonly met?: ConnectionDevice;
  readonly outcome: ConformanceOutcome;
  /** Console lines about the connection. */
  readonly log: readonly string[];
}

export interface ConformanceOutcome
  extends Pick<
    Outcome,
    | "admitted"
    | "httpStatus"
    | "httpErrorType"
    | "errorCode"
    | "message"
    | "detailCode"
    | "reason"
    | "authReason"
  > {
  readonly closeCode?: number;
  readonly closeReason?: string;
  readonly transport?: string;
  /** The console says that this connection got its device approved. */
  readonly autoApproved?: true;
  /** Scopes that an admitted client was given. */
  readonly scopes?: readonly string[];
}

/** The gateway was not ready, or too busy to hear the client out: nothing about the connection. */
export function isNoAnswer(outcome: ConformanceOutcome): boolean {
  const { admitted, httpStatus, errorCode, transport, closeCode } = outcome;
  if (admitted) return false;
  // Refused, and the socket was gone before its close frame was read.
  if (httpStatus === 101 && closeCode === undefined) return true;
  return errorCode === "UNAVAILABLE" || httpStatus === 503 || transport === "timeout" || closeCode === 1000;
}

export interface SkippedRow {
  readonly kind: "skipped";
  readonly situation: string;
  readonly start: StartName;
  readonly case: string;
  readonly why: string;
}

/** A client that is no client, for the words that its refusal leaves in the log. */
export interface NoiseRow {
  readonly kind: "noise";
  readonly name: string;
  readonly outcome: ConformanceOutcome;
  readonly log: readonly string[];
}

/** A gateway that was started for a situation, or refused to start. */
export interface StartRow {
  readonly kind: "start";
  readonly situation: string;
  readonly start: StartName;
  /** Without secrets: `true` stands for one. */
  readonly config: AdmissionConfig;
  /** Keys that this release does not know, left out so that it starts. */
  readonly leftOut?: readonly string[];
  readonly refused?: string;
  /** Everything that its console said that is about connections, one line of each shape. */
  readonly console?: readonly string[];
  /** The same of its log file. */
  readonly file?: readonly string[];
}

export interface DoneRow {
  readonly kind: "done";
  readonly situation: string;
  /** Of the cases that were asked: with others it has to be asked again. */
  readonly digest: string;
}

/** A config that was only started. */
export interface StartupRow {
  readonly kind: "startup";
  readonly name: string;
  readonly config: AdmissionConfig;
  readonly starts: boolean;
  /** What it said when it refused. */
  readonly said?: string;
}

export type Line = Row | SkippedRow | NoiseRow | StartRow | DoneRow | StartupRow;

export class RowFile {
  readonly #file: string;

  constructor(folder: string, release: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, `${release}.jsonl`);
  }

  read(): readonly Line[] {
    if (!existsSync(this.#file)) return [];
    const lines: Line[] = [];
    for (const text of readFileSync(this.#file, "utf8").split("\n")) {
      try {
        if (text !== "") lines.push(JSON.parse(text) as Line);
      } catch {
        // The run that wrote it was ended within the line.
      }
    }
    return lines;
  }

  /** Whole situations at once: one that was interrupted leaves nothing. */
  append(lines: readonly Line[]): void {
    appendFileSync(this.#file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  }
}
