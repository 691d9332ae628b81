import type { Changer } from "../../core/change.ts";
import type { Facts } from "../../core/collect.ts";
import { type Fact, knownValue, unknown } from "../../core/fact.ts";
import type { Finding, Remedy } from "../../core/finding.ts";
import { type Journal, keysOf } from "../../core/journal.ts";
import { riskOf } from "../../core/plan.ts";
import { changeLines, type FixFinding, type FixReport } from "../../report/fix.ts";
import { toReportRemedy } from "../../report/result.ts";
import { printerOf } from "../case.ts";
import { printedFiles } from "./ahead.ts";
import { configEditor } from "./config-editor.ts";
import type { FixContext } from "./context.ts";
import { configDiff, textDiff } from "./diff.ts";
import type { Prepared } from "./prepare.ts";

/** What a plan says of itself: its steps here, what they change, whom they let in, and why not another way. */
export async function aboutPlan(
  context: FixContext,
  facts: Facts,
  prepared: Prepared,
  changer: Fact<Changer>,
): Promise<Partial<FixReport>> {
  const print = printerOf(facts, context.opened.context);
  const { finding, rest, requests, steps } = prepared;
  const config = changer.known ? await changer.value.readConfig() : unknown("absent", "");
  const done = doneBy(prepared);
  const changes = configDiff(knownValue(config), steps, await context.shown());
  return {
    finding: findingOf(finding),
    remedies: done.map((remedy) => toReportRemedy(withRequest(remedy, requests), print)),
    risk: riskOf(done),
    changes,
    diff: changeLines(changes),
    files: printedFiles(done.flatMap((remedy) => remedy.steps)),
    requests: requests.map(({ at, remoteIp, isRepair: _repair, ...request }) => ({
      ...request,
      ...(remoteIp === undefined ? {} : { address: remoteIp }),
      ...ageOf(at),
    })),
    byHand: rest.flatMap((remedy) => toReportRemedy(remedy, print).actions),
    ...gateBehind(prepared),
    ...otherWays(prepared),
  };
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

/** What is taken back, and how the config then differs from now. */
export async function aboutJournal(
  context: FixContext,
  facts: Facts,
  journal: Journal,
  changer: Changer,
): Promise<Partial<FixReport>> {
  const now = await changer.readConfig();
  const print = printerOf(facts, context.opened.context);
  const keys = keysOf(journal);
  const content = now.known ? (now.value?.content ?? "") : "";
  const before = journal.before.config?.content ?? "";
  const back = configEditor.sameBut(content, before, keys)
    ? before
    : (configEditor.takeBack(content, before, keys) ?? content);
  const changes = keys.length === 0 ? [] : textDiff(textOf(content), textOf(back), await context.shown());
  return {
    remedies: journal.remedies.map((remedy) => toReportRemedy({ ...remedy, steps: [] }, print)),
    changes,
    diff: changeLines(changes),
    how: journal.steps.flatMap(({ how }) => (how === undefined ? [] : [how])),
  };
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
