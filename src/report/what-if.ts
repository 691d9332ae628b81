import { nearestMeasured } from "../admission/releases.ts";
import type { StartupProblem } from "../admission/startup.ts";
import type { Admission, AdmissionInput } from "../core/connection.ts";
import type { Remedy } from "../core/finding.ts";
import type { MessageArgs } from "../core/saying.ts";
import { createScrubber, safeQuote } from "../core/scrub.ts";
import { safeText } from "../core/text.ts";
import { catalogueOf, entryOf, fill, type Lang, wordsOf } from "./messages/index.ts";

/** The document of `what-if --json`. */
export interface Answer {
  /** The gateway does not start with this config, whoever knocks; `admission` then says so, too. */
  readonly startup?: StartupProblem;
  readonly admission: Admission;
  /** Remedies after which the model admits this connection, in the order in which they are advised. */
  readonly remedies: readonly Pick<Remedy, "id" | "risk">[];
  /** Gates behind the first refusal. */
  readonly ahead?: readonly Admission[];
  /** What is other in the release that is asked about than in the one that the input names. */
  readonly upgrade?: readonly UpgradeChange[];
}

/** What an upgrade (or a way back) changes in one setup. */
export interface UpgradeChange {
  /** Key of the words for it (`Catalogue.upgrade`), filled with `args`. */
  readonly id: UpgradeId;
  /**
   * `stops`: the gateway does not start. `refuses`: somebody who is let in now is not any more. `asks`: somebody has to
   * be approved. `opens`: somebody gets in who did not. `note`: good to know.
   */
  readonly weight: "stops" | "refuses" | "asks" | "opens" | "note";
  readonly args: MessageArgs;
  /** The start-up problem, with `does-not-start` and `starts-again`. */
  readonly problem?: StartupProblem;
  /** First final release on the way that does so. */
  readonly since: string;
  /** Where that is known from. */
  readonly source: string;
}

export type UpgradeId =
  | "does-not-start"
  | "starts-again"
  | "key-unknown"
  | "key-ignored"
  | "key-no-effect"
  | "key-works"
  | "refused"
  | "has-to-pair"
  | "let-in"
  | "approved-by-itself"
  | "other-gate"
  | BesideId;

/** What a release changes beside the rules of admission. */
export type BesideId =
  | "node-version"
  | "protocol-4"
  | "page-reload"
  | "state-moves"
  | "state-comes-back"
  | "lan-page-signs";

const scrub = createScrubber();

/** The answer in a few lines: who asks, what the gateway does, what would change it. */
export function renderAnswer(
  input: AdmissionInput,
  { startup, admission, remedies, ahead = [] }: Answer,
  lang: Lang,
): string {
  const words = catalogueOf(lang);
  const { connection, release } = input;
  const from = [connection.client.id, connection.remoteAddress, connection.headers.origin ?? "-"].map(
    (part) => safeQuote(part, scrub, 120),
  );
  const lines = [`${release}: ${from.join(" · ")}`];
  if (startup !== undefined) {
    const problem = wordsOf(words.startup, startup.id, startup.args);
    lines.push(`  ${fill(words.words.doesNotStart, { problem })}`);
  } else if (admission.outcome === "admitted") {
    lines.push(`  ${admission.autoApproved ? words.words.autoApproved : words.words.admitted}`);
  } else {
    const gate = wordsOf(words.gates, admission.gate ?? "unknown");
    const close =
      admission.closeCode === undefined || admission.httpStatus !== 101
        ? `HTTP ${admission.httpStatus}`
        : `${admission.closeCode} ${safeText(admission.closeReason ?? "", 200)}`;
    lines.push(`  ${fill(words.words.refused, { gate })}${words.words.colon}${close}`);
    for (const { gate: next } of ahead) if (next) lines.push(`  + ${wordsOf(words.gates, next)}`);
    for (const { id, risk } of remedies) {
      const title = fill(entryOf(words.remedies, id)?.title ?? id);
      lines.push(`  → ${title} [${words.risks[risk]}]`);
    }
  }
  if (admission.assumed !== undefined) {
    const nearest = nearestMeasured(release);
    lines.push(`  ${fill(words.notes["release-assumed"] ?? "", { release, nearest })}`);
  }
  return lines.join("\n");
}

/** What another release changes, one line each, the worst first. */
export function renderUpgrade(
  changes: readonly UpgradeChange[],
  from: string,
  to: string,
  lang: Lang,
): string {
  const words = catalogueOf(lang);
  const lines = [fill(words.words.upgradeIntro, { from, to })];
  if (changes.length === 0) lines.push(`  ${words.words.upgradeNothing}`);
  const order = Object.keys(words.upgradeWeights);
  const sorted = changes.toSorted((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight));
  for (const change of sorted) {
    const text = wordsOf(words.upgrade, change.id, argsOf(change, lang));
    const since = fill(words.words.since, { since: change.since });
    lines.push(`  [${words.upgradeWeights[change.weight]}] ${text} (${since})`);
  }
  return lines.join("\n");
}

/** What the reader's language calls them. */
function argsOf({ args, problem }: UpgradeChange, lang: Lang): MessageArgs {
  const words = catalogueOf(lang);
  const said = (table: Readonly<Record<string, string>>, key: unknown) =>
    typeof key === "string" && key !== "" ? wordsOf(table, key) : "";
  return {
    ...args,
    who: said(words.visitors, args.who),
    way: said(words.ways, args.via),
    gate: said(words.gates, args.gate),
    reason: said(words.reasons, args.reason),
    problem: problem === undefined ? "" : wordsOf(words.startup, problem.id, problem.args),
  };
}
