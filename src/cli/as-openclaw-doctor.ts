import type { Severity } from "../core/finding.ts";
import { say } from "../core/saying.ts";
import { describeError } from "../doctor/pure/describe-error.ts";
import type { Format } from "../report/formats.ts";
import { openclawDoctorDocument, openclawDoctorFailure } from "../report/openclaw-doctor.ts";
import type { Report } from "../report/result.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage-error.ts";
import { usageLines } from "./usage-lines.ts";

interface Asked {
  readonly asOpenclawDoctor: boolean;
  readonly severityMin: Severity | undefined;
  readonly format: Format;
}

/**
 * What `emit` is told; nothing where it was not asked for.
 *
 * @throws {UsageError} another format beside it, or its threshold without it.
 */
export function openclawDoctorShape({ asOpenclawDoctor, severityMin, format }: Asked) {
  if (!asOpenclawDoctor) {
    if (severityMin === undefined) return {};
    throw new UsageError("--severity-min", say("only-as-doctor"), say("leave-out"));
  }
  if (format !== "human" && format !== "json")
    throw new UsageError(`--format ${format}`, say("format-of-doctor"), say("leave-out"));
  return { asOpenclawDoctor: severityMin ?? "warning", format: "json" } as const;
}

/** 0 without findings at the threshold, 1 with; `undefined` where it was not asked for. */
export function openclawDoctorExit(report: Report, asked: Asked): 0 | 1 | undefined {
  const { asOpenclawDoctor: least } = openclawDoctorShape(asked);
  if (least === undefined) return undefined;
  return openclawDoctorDocument(report, "en", least).ok ? 0 : 1;
}

/** Work that ends as that command does: a failure is a document, too, and exit code 2. */
export async function asOpenclawDoctor(
  { asOpenclawDoctor }: Pick<Asked, "asOpenclawDoctor">,
  { io, out, lang }: Session,
  work: () => Promise<number>,
): Promise<number> {
  if (!asOpenclawDoctor) return work();
  try {
    return await work();
  } catch (error) {
    if (io.signal.aborted) throw error;
    const message = error instanceof UsageError ? usageLines(error, lang).join("\n") : describeError(error);
    out.put(out.made({ document: openclawDoctorFailure(message) }));
    return 2;
  }
}
