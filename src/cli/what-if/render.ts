import type { AdmissionInput } from "../../core/connection.ts";
import { safeText } from "../../core/text.ts";
import { catalogueOf, type Lang, wordsOf } from "../../report/messages/index.ts";
import type { Answer } from "./answer.ts";

/** The answer in a few lines: who asks, what the gateway does, what would change it. */
export function renderAnswer(
  input: AdmissionInput,
  { admission, remedies, ahead = [] }: Answer,
  lang: Lang,
): string {
  const words = catalogueOf(lang);
  const { connection, release } = input;
  const from = [connection.client.id, connection.remoteAddress, connection.headers.origin ?? "-"].map(
    (part) => safeText(part, 120),
  );
  const lines = [`${release}: ${from.join(" · ")}`];
  if (admission.outcome === "admitted") {
    lines.push(`  ${words.words.admitted}${admission.autoApproved ? ` (${words.words.autoApproved})` : ""}`);
  } else {
    const gate = wordsOf(words.gates, admission.gate ?? "unknown");
    const close =
      admission.closeCode === undefined || admission.httpStatus !== 101
        ? `HTTP ${admission.httpStatus}`
        : `${admission.closeCode} ${safeText(admission.closeReason ?? "", 200)}`;
    lines.push(`  ${words.words.refused.replace("{gate}", gate)}: ${close}`);
    for (const { gate: next } of ahead) if (next) lines.push(`  + ${wordsOf(words.gates, next)}`);
    for (const { id, risk } of remedies) {
      const title = words.remedies[id]?.title.replace(/\{\w+\|([^}]*)\}/g, "$1") ?? id;
      lines.push(`  → ${title} [${words.risks[risk]}]`);
    }
  }
  if (admission.assumed !== undefined) lines.push(`  ${safeText(admission.assumed, 200)}`);
  return lines.join("\n");
}
