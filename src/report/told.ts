import { type Catalogue, causeText, fill, wordsOf } from "./messages/index.ts";
import { releaseText } from "./release-text.ts";
import type { AheadGate, Report, ReportFinding } from "./result.ts";
import type { Symbols } from "./style.ts";

/** Parts of a report in words, which every format for people has. */

export function titleOf(catalogue: Catalogue, { id, variant, args, detail }: ReportFinding): string {
  return causeText(catalogue, id, variant, args, detail)?.title ?? id;
}

/** What a report is about in a line; of a finding that weighs something its title. */
export function headlineOf(catalogue: Catalogue, report: Report): string {
  const { verdict, findings, leftOut = [] } = report;
  const [first] = findings;
  if (isHealthyInPart(report)) return fill(catalogue.words.healthyOfSome, { count: leftOut.length });
  return verdict !== "healthy" && first !== undefined && first.severity !== "info"
    ? titleOf(catalogue, first)
    : catalogue.verdicts[verdict];
}

/** Nothing was found, by some of the checks: somebody left the others out. */
export function isHealthyInPart({ verdict, leftOut = [] }: Report): boolean {
  return verdict === "healthy" && leftOut.length > 0;
}

/** Release, deployment and exposure, as far as they are known. */
export function gatewayText(
  catalogue: Catalogue,
  { gateway, target, deployment }: Report,
  { bullet }: Pick<Symbols, "bullet">,
): string {
  const { words, confidences, exposures, releaseSources } = catalogue;
  const { version, versionRange, versionFrom, versionConfidence } = gateway;
  const doubt = versionConfidence && versionConfidence !== "certain" ? [confidences[versionConfidence]] : [];
  const basis = [...(versionFrom ? [wordsOf(releaseSources, versionFrom)] : []), ...doubt];
  const isKnown = version !== null || versionRange !== undefined;
  const release =
    releaseText(catalogue, gateway) + (isKnown ? insetOf(catalogue, basis.join(words.clause)) : "");
  const where = deployment?.kind ?? target.kind;
  const name = target.name === where || target.name === "" ? [] : [target.name];
  const exposed = target.exposure === "unknown" ? [] : [exposures[target.exposure]];
  return [release, where, ...name, ...exposed].join(` ${bullet} `);
}

/** What the model says of the user's browser now; empty while it cannot be asked. */
export function admissionText(catalogue: Catalogue, { verdict, gateway: { admission } }: Report): string {
  // What awaits a browser that nobody has seen is told by the finding that foretells it.
  if (!admission || (verdict === "healthy" && admission.outcome === "refused")) return "";
  // Nobody was seen to be let in: an open verdict does not say that somebody was, or would be.
  if (verdict === "undetermined" && admission.outcome === "admitted") return "";
  const { words, gates, reasons } = catalogue;
  const { outcome, gate, reason, closeCode, closeReason, httpStatus, autoApproved, assumed } = admission;
  const doubt = assumed === undefined ? "" : insetOf(catalogue, words.assumed);
  if (outcome === "admitted") return (autoApproved ? words.autoApproved : words.admitted) + doubt;
  const where = fill(words.refused, { gate: wordsOf(gates, gate ?? "unknown") });
  const because = reason === undefined ? "" : words.colon + wordsOf(reasons, reason);
  const code = httpStatus === 101 ? (closeCode ?? "") : `HTTP ${httpStatus}`;
  const answer = [code, closeReason ?? ""].filter((part) => part !== "").join(" ");
  return where + because + insetOf(catalogue, answer) + doubt;
}

/** A gate that waits behind the first refusal. */
export function aheadText(
  catalogue: Catalogue,
  { gate, reason, closeReason, httpStatus, closeCode, cause }: AheadGate,
  { arrow }: Pick<Symbols, "arrow">,
): string {
  const { gates, reasons, words } = catalogue;
  const because = reason === undefined ? "" : words.colon + wordsOf(reasons, reason);
  const refusedUpgrade = httpStatus !== undefined && httpStatus !== 101;
  const code = refusedUpgrade ? `HTTP ${httpStatus}` : (closeCode ?? "");
  const answer = [code, closeReason ?? ""].filter((part) => part !== "").join(" ");
  const told = cause === undefined ? "" : ` ${arrow} ${cause}`;
  return `${wordsOf(gates, gate ?? "unknown")}${because}${insetOf(catalogue, answer)}${told}`;
}

/** Sentences of one paragraph: Chinese has no space between them. */
export function joinedSentences({ lang }: Catalogue, parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(lang === "zh" ? "" : " ");
}

/** A remark in the brackets of the language; nothing for nothing. */
export function insetOf({ words }: Catalogue, text: string): string {
  return text === "" ? "" : fill(words.inset, { text });
}
