import type { PendingDevice } from "../core/facts.ts";
import { type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { answerOf, type ToldFinding } from "./answer.ts";
import { type JsonFinding, toJsonReport } from "./json.ts";
import { catalogueOf, type Lang, sentenceOf, wordsOf } from "./messages/index.ts";
import type { Report } from "./result.ts";

/** Something that a watcher tells, as it happens. `at`: as the line has it. */
export type WatchEvent =
  /** It looks now. `earlier`: refusals that the log had before, which are not told. */
  | {
      readonly event: "watching";
      readonly name: string;
      readonly release: string | null;
      readonly earlier: number;
    }
  /** A refusal that was not told yet: the finding of this report with this id. */
  | {
      readonly event: "refused";
      readonly at?: string;
      readonly count: number;
      readonly id: string;
      readonly report: Report;
    }
  /** One that was told: `count` times by now. */
  | { readonly event: "again"; readonly at?: string; readonly count: number; readonly id: string }
  /** A refusal that nothing explains. */
  | { readonly event: "unexplained"; readonly at?: string; readonly count: number; readonly quote: string }
  /** A device waits for approval, or waits on under a new id. */
  | {
      readonly event: "waiting";
      readonly request: PendingDevice;
      readonly command: string;
      /** The id that it had when it was told before. */
      readonly instead?: string;
    }
  | { readonly event: "approved"; readonly at?: string; readonly deviceId?: string }
  /** A browser got in. `refused`: it was told before that one is refused. */
  | {
      readonly event: "connected";
      readonly at?: string;
      readonly client: string;
      readonly remote?: string;
      readonly refused: boolean;
    }
  | { readonly event: "started"; readonly at?: string; readonly release?: string }
  | { readonly event: "failed"; readonly at?: string; readonly quote: string }
  /** The log cannot be read any more, and can again. */
  | { readonly event: "lost"; readonly why: Saying }
  /** More was written to this log between two looks than is read. */
  | { readonly event: "missed"; readonly name: string }
  | { readonly event: "back" };

/** One line of `watch --json` (schema/watch.schema.json): what it is, and for a refusal the finding as in the document of a report. */
export function watchDocument(event: WatchEvent, lang: Lang): Readonly<Record<string, unknown>> {
  if (event.event === "refused") {
    const { report, id, ...rest } = event;
    const finding: JsonFinding | undefined = toJsonReport(report, lang).findings.find((one) => one.id === id);
    return { ...rest, id, finding };
  }
  if (event.event === "lost") {
    const why = sentenceOf(catalogueOf(lang), event.why) ?? event.why.message;
    return { event: event.event, why };
  }
  return { ...event };
}

/** The same for people: a line, and what belongs to it below. */
export function watchText(event: WatchEvent, lang: Lang): string {
  const catalogue = catalogueOf(lang);
  const told = (one: Saying): string => sentenceOf(catalogue, one) ?? one.message;
  const time = "at" in event && event.at !== undefined ? `${clockOf(event.at)} ` : "";
  const line = (one: Saying, ...below: readonly string[]): string =>
    [time + told(one), ...below.map((text) => `  ${text}`)].join("\n");
  switch (event.event) {
    case "watching": {
      const { name, release, earlier } = event;
      const where = { name, ...(release === null ? {} : { release }) };
      return line(
        say("watch-watching", where),
        ...(earlier > 0 ? [told(say("watch-earlier", { count: earlier }))] : []),
      );
    }
    case "refused": {
      const finding = findingOf(event.report, event.id, lang);
      const title = finding?.title ?? event.id;
      return line(say("watch-refused", { title, id: event.id }), ...(finding ? toldBelow(finding) : []));
    }
    case "again":
      return line(say("watch-again", { id: event.id, count: event.count }));
    case "unexplained":
      return line(say("watch-unexplained"), event.quote);
    case "waiting": {
      const { request, command, instead } = event;
      if (instead !== undefined) return line(say("watch-new-id", { device: shortId(request) }), command);
      const client = wordsOf(catalogue.answer.clients, request.client ?? "other");
      const args = {
        client,
        device: shortId(request),
        ...(request.remoteIp === undefined ? {} : { address: request.remoteIp }),
      };
      return line(say("watch-waiting", args), told(say("watch-compare")), command);
    }
    case "approved":
      return line(say("watch-approved", event.deviceId === undefined ? {} : { device: shortId(event) }));
    case "connected":
      return line(
        say(
          event.refused ? "watch-got-in" : "watch-connected",
          event.remote === undefined ? {} : { address: event.remote },
        ),
      );
    case "started":
      return line(say("watch-started", event.release === undefined ? {} : { release: event.release }));
    case "failed":
      return line(say("watch-failed"), event.quote);
    case "lost":
      return line(say("watch-lost", { why: event.why }));
    case "missed":
      return line(say("watch-missed", { name: safeText(event.name, 200) }));
    case "back":
      return line(say("watch-back"));
  }
}

function findingOf(report: Report, id: string, lang: Lang): ToldFinding | undefined {
  const { main, others } = answerOf(report, lang);
  return [...(main === undefined ? [] : [main]), ...others].find((one) => one.id === id);
}

function toldBelow({ what, remedies: [remedy] }: ToldFinding): readonly string[] {
  const plain = what === "" ? [] : [what];
  if (remedy === undefined) return plain;
  const steps = remedy.steps.map((step) => (step.kind === "human" ? step.text : step.command));
  return [...plain, `→ ${remedy.title} [${remedy.riskText}]`, ...steps.map((step) => `  ${step}`)];
}

/** Enough of a device's id to know it again. */
function shortId({ deviceId = "" }: { readonly deviceId?: string | undefined }): string {
  return safeText(deviceId.slice(0, 12), 12);
}

/** `2026-11-22T12:25:55.812Z`: what a person at a terminal wants of it. */
function clockOf(at: string): string {
  return safeText(/T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at, 40);
}
