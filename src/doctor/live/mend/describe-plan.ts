import type { Changer, ConfigFile, Note } from "../../../core/change.ts";
import type { Facts } from "../../../core/collect.ts";
import { type Fact, knownValue } from "../../../core/fact.ts";
import type { PendingDevice } from "../../../core/facts.ts";
import type { Finding, Remedy } from "../../../core/finding.ts";
import { howSaid, type Journal, keysOf } from "../../../core/journal.ts";
import { riskOf } from "../../../core/plan.ts";
import type { Saying } from "../../../core/saying.ts";
import { configBefore, undosOf } from "../../../core/transaction.ts";
import { changeLines } from "../../../report/fix.ts";
import type { FixFile, FixFinding, FixReport, FixRequest } from "../../../report/fix-report.ts";
import { toReportRemedy } from "../../../report/result.ts";
import { printerOf } from "../../pure/case.ts";
import type { Prepared } from "../../pure/mend/prepared.ts";
import { configEditor } from "./config-editor.ts";
import { configDiff, textDiff } from "./diff.ts";
import { distinctNotes, fixFile, lookAhead, printedFiles } from "./look-ahead.ts";
import type { Patient } from "./patient.ts";

/** What a plan says of itself: its steps here, what they change, whom they let in, and why not another way. */
export async function aboutPlan(
  patient: Pick<Patient, "shown"> & { readonly opened: Pick<Patient["opened"], "context"> },
  facts: Facts,
  prepared: Prepared,
  changer: Fact<Changer>,
): Promise<Partial<FixReport>> {
  const print = printerOf(facts, patient.opened.context);
  const { finding, rest, requests, candidates, steps } = prepared;
  const config = changer.known ? await changer.value.readConfig() : changer;
  const done = doneBy(prepared);
  const changes = configDiff(knownValue(config), steps, await patient.shown());
  return {
    finding: findingOf(finding),
    remedies: done.map((remedy) => toReportRemedy(withRequest(remedy, requests), print)),
    risk: riskOf(done),
    ...linesOf(changes),
    files: printedFiles(done.flatMap((remedy) => remedy.steps)),
    requests: requests.map(fixRequestOf),
    ...(candidates.length === 0 ? {} : { candidates: candidates.map(fixRequestOf) }),
    byHand: rest.flatMap((remedy) => toReportRemedy(remedy, print).actions),
    ...gateBehind(prepared),
    ...otherWays(prepared),
  };
}

export function fixRequestOf({ at, remoteIp, isRepair: _repair, ...request }: PendingDevice): FixRequest {
  return { ...request, ...(remoteIp === undefined ? {} : { address: remoteIp }), ...ageOf(at) };
}

/** What refuses once the steps are done: in the preview it is what they promise. */
function gateBehind({ steps, rest, model }: Prepared): { gate?: string } {
  const expected = model?.expected;
  if (steps.length === 0 || rest.length === 0) return {};
  return expected?.outcome === "refused" ? { gate: expected.gate } : {};
}

/** The remedies that a program does whole. */
export function doneBy({ remedies, rest }: Pick<Prepared, "remedies" | "rest">): readonly Remedy[] {
  return remedies.filter((remedy) => !rest.includes(remedy));
}

function otherWays(prepared: Prepared): Pick<FixReport, "alternatives" | "popular"> {
  const { remedies, alternatives, deadEnds, popular } = prepared;
  const others = alternatives.map(({ remedies: set, whyNot = "" }) => ({
    remedies: set.map(({ id }) => id),
    whyNot,
  }));
  const ends = deadEnds.filter(({ remedy }) => !remedies.some(({ id }) => id === remedy.id));
  return {
    alternatives: [
      ...others,
      ...ends.map(({ remedy: { id, args }, refusedAt }) => ({
        remedies: [id],
        ...(args === undefined ? {} : { args }),
        whyNot: "refused-at",
        gate: refusedAt,
      })),
    ],
    popular: popular.map(({ id, verdict, refusedAt }) => ({
      id,
      verdict,
      ...(refusedAt === undefined ? {} : { gate: refusedAt }),
    })),
  };
}

/** What is taken back, how the config then differs from now, and every file that is written for it. */
export async function aboutJournal(
  patient: Patient,
  facts: Facts,
  journal: Journal,
  changer: Changer,
): Promise<Partial<FixReport>> {
  const now = await changer.readConfig();
  const print = printerOf(facts, patient.opened.context);
  const keys = keysOf(journal);
  const file = knownValue(now);
  const back = configBefore(journal, file, configEditor);
  const [before, after] = [file, back === undefined ? file : back.file].map((one) =>
    textOf(one?.content ?? ""),
  );
  const changes = keys.length === 0 ? [] : textDiff(before ?? "", after ?? "", await patient.shown());
  const files: FixFile[] = [];
  const notes: Note[] = [];
  for (const { step, undo } of undosOf(journal)) {
    const foreseen = await changer.foreseeBack?.(undo, step);
    if (foreseen?.known !== true) continue;
    if (foreseen.value.file !== undefined) files.push(fixFile(foreseen.value.file, step, false));
    notes.push(...(foreseen.value.notes ?? []));
  }
  if (changes.length > 0) notes.push(...(await notesOnConfig(changer, patient)));
  return {
    remedies: journal.remedies.map((remedy) => toReportRemedy({ ...remedy, steps: [] }, print)),
    ...linesOf(changes),
    files,
    writes: writesOf(
      patient,
      journal.id,
      now,
      changes.length > 0,
      files.flatMap(({ path }) => path ?? []),
    ),
    notes: distinctNotes(notes),
    how: howDone(journal),
  };
}

/** How the rest of a fix that was interrupted would go on. */
export async function aboutRest(
  patient: Patient,
  facts: Facts,
  journal: Journal,
  changer: Changer,
): Promise<Partial<FixReport>> {
  const now = await changer.readConfig();
  const print = printerOf(facts, patient.opened.context);
  const steps = journal.steps.flatMap(({ step, state }) => (state === "done" ? [] : step));
  const changes = configDiff(knownValue(now), steps, await patient.shown());
  const { files, notes, writes } = await lookAhead(steps, changer, patient.signal);
  return {
    remedies: journal.remedies.map((remedy) => toReportRemedy({ ...remedy, steps }, print)),
    risk: riskOf(journal.remedies),
    ...linesOf(changes),
    files,
    notes,
    writes: writesOf(patient, journal.id, now, changes.length > 0, writes),
    how: howDone(journal),
  };
}

function linesOf(changes: FixReport["changes"] & object): Pick<FixReport, "changes" | "diff"> {
  return { changes, diff: changeLines(changes) };
}

function howDone({ steps }: Journal): readonly Saying[] {
  return steps.flatMap((entry) => howSaid(entry) ?? []);
}

/** Every path that is written, as it is named where it is. `id`: of the journal; its directory where it has none yet. */
export function writesOf(
  { store }: Pick<Patient, "store">,
  id: string | undefined,
  config: Fact<ConfigFile | undefined>,
  isConfigWritten: boolean,
  others: readonly string[],
): readonly string[] {
  const own = config.known && isConfigWritten ? [config.value?.path ?? config.source] : [];
  return [...new Set([...own, ...others, store.pathOf(id)])];
}

async function notesOnConfig(
  changer: Changer,
  { signal }: Pick<Patient, "signal">,
): Promise<readonly Note[]> {
  const foreseen = await changer.foresee?.({ do: "config.unset", key: "gateway" }, signal);
  return foreseen?.known === true ? (foreseen.value.notes ?? []) : [];
}

function textOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

export function findingOf({ id, code, variant, args }: Finding): FixFinding {
  return {
    id,
    code,
    ...(variant === undefined ? {} : { variant }),
    ...(args === undefined ? {} : { args }),
  };
}

/** The commands of the preview name the very request that is approved. */
function withRequest(remedy: Remedy, [request]: Prepared["requests"]): Remedy {
  if (request === undefined) return remedy;
  const { requestId } = request;
  const steps = remedy.steps.map((step) => (step.do === "device.approve" ? { ...step, requestId } : step));
  return { ...remedy, steps };
}

function ageOf(at: string | undefined): { age?: number } {
  const since = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(since) ? {} : { age: Math.max(0, Math.round((Date.now() - since) / 1000)) };
}
