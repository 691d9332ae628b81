import { checks } from "../../../checks/index.ts";
import { withHearsay } from "../../../checks/lib/hearsay.ts";
import { withRewrites } from "../../../checks/lib/rewritten-config.ts";
import { tellPairsApart } from "../../../checks/lib/tell-apart.ts";
import { isTrouble, linesOfLeft } from "../../../checks/lib/unexplained.ts";
import { SUPPOSED } from "../../admission/assess.ts";
import { erasBetween } from "../../admission/eras.ts";
import { nearestMeasured } from "../../admission/releases.ts";
import type { Check } from "../../core/check.ts";
import type { Facts } from "../../core/collect.ts";
import { type Diagnosed, diagnose } from "../../core/diagnose.ts";
import { knownValue } from "../../core/fact.ts";
import type { FactName, ProbeReading, Refusal, Target } from "../../core/facts.ts";
import type { Saying } from "../../core/saying.ts";
import type { Step } from "../../core/step.ts";
import { commandsFor, openclawLine } from "../../kinds/commands.ts";
import { deploymentOf } from "../../kinds/index.ts";
import type { CommandContext } from "../../kinds/kind.ts";
import { connectionPath } from "../../report/path.ts";
import {
  type MissingFact,
  type PrintSteps,
  printed,
  type Report,
  type ReportNote,
  toReportFinding,
} from "../../report/result.ts";
import { describeError } from "./describe-error.ts";
import { erasOf, rangeOf } from "./eras.ts";
import { timelineOf } from "./timeline.ts";
import { unrecognisedRefusals } from "./unrecognised.ts";
import { VERSION } from "./version.ts";

export interface CaseOptions {
  /** Checks to run; all when absent. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly context?: CommandContext;
  readonly notes?: readonly ReportNote[];
  /** What was handed in. */
  readonly inputs?: Report["inputs"];
  /** Where the user's browser opens the page, as said: needed to ask the model again for other releases. */
  readonly origin?: string;
  /** What to type next, instead of the first command of the first remedy. */
  readonly next?: string;
}

/** The findings and what the checks said, before they are put into words. */
export function diagnosed(facts: Facts, options: Pick<CaseOptions, "only" | "skip"> = {}): Diagnosed {
  const selected = selectedChecks(options);
  const raw = diagnose(selected, facts, { describeError });
  const judged = withNobodyThere(withUnexplained(raw, facts, selected), facts);
  const findings = withHearsay(withRewrites(judged.findings, knownValue(facts.deployment)), facts);
  return { ...judged, findings: tellPairsApart(findings) };
}

function selectedChecks({ only, skip }: Pick<CaseOptions, "only" | "skip">): readonly Check[] {
  return checks.filter(({ id }) => (only?.length ? only.includes(id) : true) && !skip?.includes(id));
}

/** Facts in, report out: runs the checks and puts their findings into the words of the deployment. */
export function reportOf(facts: Facts, options: CaseOptions = {}): Report {
  const found = diagnosed(facts, options);
  const { own: _own, ...target } = knownValue(facts.target) ?? OFFLINE;
  const deployment = knownValue(facts.deployment);
  const release = knownValue(facts.release);
  const assessment = knownValue(facts.assessment);
  const print = printerOf(facts, options.context);
  const findings = found.findings.map((finding) => toReportFinding(finding, print));
  const eras = erasOf(facts, selectedChecks(options), options.origin, print);
  const shown = shownRefusal(facts);
  // A refusal that somebody met outweighs a model that was asked about the usual way and admits.
  const outweighed = shown !== undefined && shown.from !== "model" && assessment?.now.outcome === "admitted";
  const model = outweighed ? undefined : assessment;
  const command = findings[0]?.remedies
    .flatMap((remedy) => remedy.actions)
    .flatMap((action) => (action.kind === "command" ? [action.command] : []))[0];
  const explain = findings[0] === undefined ? "" : `pairing-doctor explain ${findings[0].id}`;
  return {
    schemaVersion: 1,
    tool: { name: "openclaw-pairing-doctor", version: VERSION },
    verdict: found.verdict,
    target,
    ...(deployment === undefined ? {} : { deployment }),
    gateway: {
      version: release === undefined || release.range !== undefined ? null : release.version,
      ...(release === undefined ? {} : { versionFrom: release.from, versionConfidence: release.confidence }),
      ...versionRange(facts),
      url: target.url ?? null,
      admission: model?.now ?? null,
    },
    path: withoutSupposed(shown, {
      target,
      ...(deployment === undefined ? {} : { deployment }),
      ...(pathConnection(shown, model?.connection) ?? {}),
      admission: model?.now ?? null,
      ...(shown === undefined ? {} : { refusal: shown }),
    }),
    findings,
    ...eras,
    ahead: found.findings[0]?.severity === "error" ? (model?.ahead ?? []) : [],
    checks: found.checks,
    suppressed: found.suppressed,
    missing: missingFacts(facts),
    ...(model === undefined || model.now.outcome === "admitted" ? {} : { page: model.page }),
    ...(found.verdict === "healthy" ? {} : { send: printed(WHAT_TO_SEND, print) }),
    ...timelineOf(facts),
    ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
    next: options.next ?? command ?? explain,
    notes: [...notesOf(facts, found), ...(options.notes ?? [])],
  };
}

/** How steps are printed for the deployment that the facts show. */
export function printerOf(facts: Facts, context: CommandContext = {}): PrintSteps {
  const place = knownValue(facts.deployment) ?? UNKNOWN_PLACE;
  const whole = contextOf(facts, context);
  return (steps) => commandsFor(steps, place, whole);
}

/** The line of OpenClaw's own command with these words, for the deployment that the facts show. */
export function openclawPrinterOf(
  facts: Facts,
  context: CommandContext = {},
): (words: readonly string[]) => string {
  const place = knownValue(facts.deployment) ?? UNKNOWN_PLACE;
  const whole = contextOf(facts, context);
  return (words) => openclawLine(words, place, whole);
}

/** The releases it can be, as far as anything narrows them: from the wire, else from what the log's lines look like. */
function versionRange(
  facts: Facts,
): Pick<Report["gateway"], "versionFrom" | "versionConfidence" | "versionRange"> {
  const range = rangeOf(facts);
  if (range === undefined || (range.from === undefined && range.to === undefined)) return {};
  const all = erasBetween(range.from, range.to);
  const [first, last] = [all[0]?.from, all.at(-1)?.to];
  if (first === undefined || last === undefined) return {};
  return { versionFrom: range.shownBy, versionConfidence: "possible", versionRange: [first, last] };
}

/** What tells more to whoever reads the answer; each only looks. */
const WHAT_TO_SEND: readonly Step[] = [
  { do: "version.show" },
  { do: "logs.show" },
  { do: "device.list" },
  { do: "gateway.status" },
];

const OFFLINE: Target = { kind: "offline", name: "", exposure: "unknown" };

/** Commands are printed as for a gateway on this machine while nothing says otherwise. */
const UNKNOWN_PLACE = deploymentOf({
  kind: "local",
  confidence: "possible",
  evidence: [],
  alternatives: [],
  names: {},
});

function contextOf(facts: Facts, context: CommandContext = {}): CommandContext {
  const config = knownValue(facts.config);
  const release = knownValue(facts.release)?.version;
  const port = config?.effective.gateway?.port;
  const host = knownValue(facts.host);
  const { workload, traits } = knownValue(facts.deployment) ?? {};
  const contained =
    host !== undefined && !["none", "unknown"].includes(host.container) && host.openclaw !== false;
  // Through an engine it is another container than ours, or we would read its files.
  const inside = contained && workload === undefined && traits?.contained === true;
  const target = knownValue(facts.target) ?? OFFLINE;
  // Lines for a server are typed on it only by somebody who is there; from elsewhere they go through ssh.
  const there = host !== undefined && (host.sshSession || target.kind !== "url");
  return {
    inside,
    elsewhere: !there,
    ...(workload === undefined || workload.state === "running" ? {} : { running: false }),
    ...(release === undefined ? {} : { release }),
    ...(port === undefined ? {} : { port }),
    ...(config === undefined ? {} : { configPath: config.path }),
    ...(config?.profile === undefined ? {} : { profile: config.profile }),
    ...context,
  };
}

/** The refusal that the report's picture is about: the first that is not over and no client of ours. */
function shownRefusal(facts: Facts): Refusal | undefined {
  const current = (knownValue(facts.refusals) ?? []).filter(({ over, gate }) => !over && gate !== "left");
  return current.find(({ client }) => client === "control-ui") ?? current[0];
}

/** The path without addresses that only stand for somebody whom the model was asked about. */
function withoutSupposed(
  shown: Refusal | undefined,
  input: Parameters<typeof connectionPath>[0],
): Report["path"] {
  const { remoteAddress, headers = {} } = shown?.from === "model" ? {} : (shown?.connection ?? {});
  const seen = `${remoteAddress ?? ""} ${headers["x-forwarded-for"] ?? ""}`;
  return connectionPath(input).map(({ address, ...hop }) =>
    address === undefined || (SUPPOSED.has(address) && !seen.includes(address)) ? hop : { ...hop, address },
  );
}

function pathConnection(
  refusal: Refusal | undefined,
  assessed: Parameters<typeof connectionPath>[0]["connection"],
) {
  const seen = refusal?.connection;
  if (seen === undefined && assessed === undefined) return undefined;
  const headers = { ...assessed?.headers, ...seen?.headers };
  return { connection: { ...assessed, ...seen, headers } };
}

/** Trouble that no check explains is neither health nor a finding: the verdict stays open. */
function withUnexplained(diagnosed: Diagnosed, facts: Facts, selected: readonly Check[]): Diagnosed {
  if (diagnosed.verdict !== "healthy" || selected.length < checks.length) return diagnosed;
  const refused = (knownValue(facts.refusals) ?? []).some(isTrouble);
  const events = knownValue(facts.logs)?.events ?? [];
  const up = events.findLastIndex(({ type }) => type === "startup");
  const failed = events.some(
    (event, index) =>
      (event.type === "startup-failed" && index > up) ||
      (event.type === "client-error" && event.gate === undefined),
  );
  return refused || failed ? { ...diagnosed, verdict: "undetermined" } : diagnosed;
}

/**
 * A gateway that our own probe could not reach is shown as a finding, but whether it would let the browser in
 * could not be looked at: the verdict stays open (exit code 3), so that a script tells "down" from "refuses".
 * A log that names the same refusal is different: there somebody was turned away, and that is a finding.
 */
function withNobodyThere(diagnosed: Diagnosed, facts: Facts): Diagnosed {
  const reach = knownValue(facts.probe)?.reach.state;
  if (reach === undefined || !NOBODY_THERE.has(reach) || diagnosed.verdict !== "found") return diagnosed;
  const others = diagnosed.findings.some(
    ({ id, severity }) => severity === "error" && id !== "gateway-down-or-starting",
  );
  return others ? diagnosed : { ...diagnosed, verdict: "undetermined" };
}

/**
 * Nothing answered at all, or a gateway that says "come back" (`starting`), so that a script knows to try
 * again; what answers wrongly (`tls`, `reset`, `not-openclaw`) was looked at.
 */
const NOBODY_THERE: ReadonlySet<ProbeReading["reach"]["state"]> = new Set([
  "refused",
  "timeout",
  "dns",
  "starting",
]);

/** Facts of which the absence narrows the verdict, and how to provide them. */
const EXPECTED: readonly FactName[] = ["probe", "release", "config", "logs", "devices", "assessment"];

function missingFacts(facts: Facts): MissingFact[] {
  return EXPECTED.flatMap((name) => {
    const fact = facts[name];
    if (fact.known || (fact.reason === "not-asked" && fact.provide === undefined)) return [];
    const { known: _known, ...rest } = fact;
    return [{ fact: name, ...rest }];
  });
}

function notesOf(facts: Facts, diagnosed: Diagnosed): ReportNote[] {
  const notes: ReportNote[] = [];
  const assessment = knownValue(facts.assessment);
  const deployment = knownValue(facts.deployment);
  for (const evidence of assessment?.contradictions ?? []) {
    notes.push({ message: "model-contradicted", args: { detail: evidence.quote }, evidence: [evidence] });
  }
  const assumed = assessment?.now.assumed;
  const release = knownValue(facts.release)?.version;
  if (assumed !== undefined && release !== undefined) {
    const nearest = nearestMeasured(release);
    notes.push({ message: "release-assumed", args: { detail: assumed, release, nearest } });
  }
  for (const evidence of unrecognisedRefusals(knownValue(facts.refusals) ?? []))
    notes.push({ message: "unrecognised-refusal", args: { line: evidence.quote }, evidence: [evidence] });
  if (facts.release.known && facts.release.said) notes.push({ message: "release-said" });
  if (deployment !== undefined && deployment.confidence !== "certain" && deployment.alternatives.length > 0) {
    notes.push({
      message: "deployment-uncertain",
      args: { kind: deployment.kind, alternatives: deployment.alternatives.join(", ") },
    });
  }
  const left = diagnosed.verdict === "undetermined" ? linesOfLeft(knownValue(facts.refusals) ?? []) : [];
  if (left.length > 0) notes.push({ message: "client-left", evidence: left });
  const ids = Object.keys(diagnosed.suppressed);
  if (ids.length > 0) notes.push({ message: "symptoms-hidden", args: { ids: ids.join(", ") } });
  const withheldFrom = knownValue(facts.probe)?.withheldFrom;
  if (withheldFrom !== undefined)
    notes.push({ message: "credentials-withheld", args: { user: withheldFrom } });
  for (const { cleanup } of knownValue(facts.probe)?.attempts ?? []) {
    if (cleanup === undefined) continue;
    const message =
      cleanup.left === "nothing"
        ? "probe-left-nothing"
        : cleanup.removed
          ? "probe-cleaned-up"
          : "probe-left-something";
    notes.push({ message, args: { detail: cleanup.detail }, ...detailSaid(cleanup) });
  }
  return notes;
}

function detailSaid({ say: detail }: { readonly say?: Saying }): Pick<ReportNote, "detail"> {
  return detail === undefined ? {} : { detail };
}
