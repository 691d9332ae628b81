import { nearestMeasured } from "../admission/releases.ts";
import type { Admission, AdmissionInput } from "../core/connection.ts";
import type { Remedy } from "../core/finding.ts";
import { createScrubber, safeQuote } from "../core/scrub.ts";
import { safeText } from "../core/text.ts";
import { catalogueOf, entryOf, fill, type Lang, wordsOf } from "./messages/index.ts";

/** The document of `what-if --json`. */
export interface Answer {
  readonly admission: Admission;
  /** Remedies after which the model admits this connection, in the order in which they are advised. */
  readonly remedies: readonly Pick<Remedy, "id" | "risk">[];
  /** Gates behind the first refusal. */
  readonly ahead?: readonly Admission[];
}

const scrub = createScrubber();

/** The answer in a few lines: who asks, what the gateway does, what would change it. */
export function renderAnswer(
  input: AdmissionInput,
  { admission, remedies, ahead = [] }: Answer,
  lang: Lang,
): string {
  const words = catalogueOf(lang);
  const { connection, release } = input;
  const from = [connection.client.id, connection.remoteAddress, connection.headers.origin ?? "-"].map(
    (part) => safeQuote(part, scrub, 120),
  );
  const lines = [`${release}: ${from.join(" · ")}`];
  if (admission.outcome === "admitted") {
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
