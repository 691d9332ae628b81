import type { Facts } from "../../core/collect.ts";
import type { Admission, Connection } from "../../core/connection.ts";
import { knownValue } from "../../core/fact.ts";
import type { Assessment, Evidence, Refusal } from "../../core/facts.ts";
import type { Finding } from "../../core/finding.ts";
import { isBefore, isGate } from "../../report/gate-order.ts";

/** What a report is about, so that its header, its path, its first finding and its plan speak of one connection. */
export interface Story {
  /** The refusal that the first finding explains, or the first that is met. */
  readonly shown?: Refusal;
  /** What the gateway says of that connection: as it was seen, else as the model says; null where neither is known. */
  readonly admission: Admission | null;
  /** The model, where its answer is that very one. */
  readonly model?: Assessment;
  /** Refusals that wait behind it. */
  readonly ahead: readonly Admission[];
}

/** `findings`: all, the first to be mended first. */
export function storyOf(
  facts: Pick<Facts, "refusals" | "assessment" | "probe">,
  findings: readonly Finding[],
): Story {
  const assessment = knownValue(facts.assessment);
  const first = firstError(findings);
  const shown = shownRefusal(facts, first);
  const given = shown === undefined ? {} : { shown };
  // What was seen of another connection than the model's outweighs a model that was asked about the usual way.
  const seen = shown !== undefined && shown.from !== "model";
  const now = assessment?.now;
  const isModels =
    assessment !== undefined &&
    now !== undefined &&
    isAnswering(facts) &&
    (seen
      ? isSame(now, shown) && isOf(assessment.connection, shown)
      : isExplained(now, findings) || (shown !== undefined && now.outcome === "refused"));
  const ahead = first === undefined || assessment === undefined ? [] : assessment.ahead;
  if (isModels) return { ...given, admission: now, model: assessment, ahead };
  const admission = seen && isAnswering(facts) ? observed(shown) : null;
  const behind = first === undefined || now?.outcome !== "refused" ? [] : [now, ...ahead];
  const gate = shown?.gate;
  return {
    ...given,
    admission,
    ahead: behind.filter((one) => gate === undefined || !isGate(gate) || isBefore(gate, one.gate ?? "")),
  };
}

/**
 * The model's answer where it may be asked what mends the first finding: not where the gateway was seen to refuse at
 * another gate than the model says. What ends before any gate (nothing listens) leaves the model its say on what follows.
 */
export function modelOfStory(
  facts: Pick<Facts, "refusals" | "assessment" | "probe">,
  findings: readonly Finding[],
): Assessment | undefined {
  const assessment = knownValue(facts.assessment);
  const shown = shownRefusal(facts, firstError(findings));
  if (assessment === undefined || shown === undefined || shown.from === "model" || !isGate(shown.gate))
    return assessment;
  return shown.gate === assessment.now.gate && isOf(assessment.connection, shown) ? assessment : undefined;
}

/** Whether what the first finding explains ended before any gate: at a proxy, or nobody was met. */
export function isStoppedBefore(facts: Pick<Facts, "refusals">, findings: readonly Finding[]): boolean {
  const shown = shownRefusal(facts, firstError(findings));
  return shown !== undefined && shown.from !== "model" && !isGate(shown.gate);
}

/** Without an error a browser is let in, or a finding of less weight says at which gate it is not. */
function isExplained({ outcome, gate }: Admission, findings: readonly Finding[]): boolean {
  if (firstError(findings) !== undefined) return false;
  return outcome === "admitted" || findings.some((finding) => finding.gate === gate);
}

/** The forwarded addresses of the refusal that the first finding explains, as its line has them. */
export function forwardedOf(
  facts: Pick<Facts, "refusals">,
  findings: readonly Finding[],
): string | undefined {
  return shownRefusal(facts, firstError(findings))?.connection.headers?.["x-forwarded-for"];
}

function firstError([first]: readonly Finding[]): Finding | undefined {
  return first?.severity === "error" ? first : undefined;
}

/** Of the refusals that are not over: the one that the finding quotes, the user's page before others. */
function shownRefusal(
  { refusals }: Pick<Facts, "refusals">,
  first: Finding | undefined,
): Refusal | undefined {
  const current = (knownValue(refusals) ?? []).filter(({ over, gate }) => !over && gate !== "left");
  const pageFirst = (some: readonly Refusal[]) =>
    // What we met at the address ourselves is of now; whoever was refused before was refused by a gateway.
    some[0]?.from === "probe" && some[0].gate === "transport"
      ? some[0]
      : (some.find(({ client }) => client === "control-ui") ?? some[0]);
  if (first === undefined) return pageFirst(current);
  const quoted = current.filter(({ evidence }) => evidence.some((one) => isAmong(first.evidence, one)));
  // The model foretells of a browser; a finding that does not quote it is about something else.
  return pageFirst(quoted) ?? pageFirst(current.filter(({ from }) => from !== "model"));
}

function isAmong(evidence: readonly Evidence[], { source, quote }: Evidence): boolean {
  return evidence.some((one) => one.source === source && one.quote === quote);
}

/** A gateway that nobody meets refuses nobody. */
function isAnswering({ probe }: Pick<Facts, "probe">): boolean {
  const state = knownValue(probe)?.reach.state;
  return state === undefined || state === "open";
}

function isSame({ outcome, gate, reason }: Admission, shown: Refusal): boolean {
  if (outcome !== "refused" || gate !== shown.gate) return false;
  return shown.reason === undefined || reason === undefined || reason === shown.reason;
}

/** Whether what was refused can be the connection that the model was asked about. */
function isOf(asked: Connection, { connection: { remoteAddress, client }, client: kind }: Refusal): boolean {
  if (remoteAddress !== undefined && remoteAddress !== asked.remoteAddress) return false;
  if (client !== undefined) return client.id === asked.client.id;
  return kind === "unknown" || kind === "other" || (kind === "control-ui") === isPage(asked);
}

function isPage({ client }: Connection): boolean {
  return client.id === "openclaw-control-ui";
}

/**
 * What was seen, as far as a gate of the gateway ended it. Without its own words: they are cut where a line or a frame
 * was cut, so that a part of what must not be told may be left in them.
 */
function observed({ gate, reason, httpStatus = 101, closeCode }: Refusal): Admission | null {
  if (!isGate(gate)) return null;
  return {
    outcome: "refused",
    gate,
    httpStatus,
    autoApproved: false,
    ...(reason === undefined ? {} : { reason }),
    ...(closeCode === undefined ? {} : { closeCode }),
  };
}
