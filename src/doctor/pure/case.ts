import { checks } from "../../../checks/index.ts";
import { withHearsay } from "../../../checks/lib/hearsay.ts";
import { withRewrites } from "../../../checks/lib/rewritten-config.ts";
import { isForNextBrowser } from "../../../checks/lib/somebody-came.ts";
import { tellPairsApart } from "../../../checks/lib/tell-apart.ts";
import { isTrouble, linesOfLeft } from "../../../checks/lib/unexplained.ts";
import { SUPPOSED } from "../../admission/assess.ts";
import { nearestMeasured } from "../../admission/releases.ts";
import { isOfCertificate } from "../../core/certificate-fault.ts";
import type { Check } from "../../core/check.ts";
import type { Facts } from "../../core/collect.ts";
import { type Diagnosed, diagnose } from "../../core/diagnose.ts";
import { knownValue } from "../../core/fact.ts";
import type { Deployment, FactName, ProbeReading, Reach, Refusal, Target } from "../../core/facts.ts";
import { ASKS_FIRST, reachWords } from "../../core/refusals.ts";
import { type Saying, say } from "../../core/saying.ts";
import type { Step } from "../../core/step.ts";
import { commandsFor, openclawLine } from "../../kinds/commands.ts";
import { deploymentOf } from "../../kinds/index.ts";
import type { CommandContext } from "../../kinds/kind.ts";
import { dialsOwnLan } from "../../kinds/own-lan-dial.ts";
import { leadsOf, typedFirst } from "../../report/effect.ts";
import { connectionPath } from "../../report/path.ts";
import {
  type MissingFact,
  type PrintSteps,
  printed,
  type Report,
  type ReportNote,
  toReportFinding,
} from "../../report/result.ts";
import { isUnread } from "./derived.ts";
import { describeError } from "./describe-error.ts";
import { erasOf } from "./eras.ts";
import { overNotes } from "./over-notes.ts";
import { withPlanFirst } from "./plan-of.ts";
import { shownRelease } from "./shown-release.ts";
import { storyOf } from "./story.ts";
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
  return withPlanFirst({ ...judged, findings: tellPairsApart(findings) }, facts);
}

function selectedChecks({ only, skip }: Pick<CaseOptions, "only" | "skip">): readonly Check[] {
  return checks.filter(({ id }) => (only?.length ? only.includes(id) : true) && !skip?.includes(id));
}

/** Ids of the checks that were not to run. */
function leftOutOf(options: Pick<CaseOptions, "only" | "skip">): readonly string[] {
  const selected = selectedChecks(options);
  return checks.filter((check) => !selected.includes(check)).map(({ id }) => id);
}

/** Facts in, report out: runs the checks and puts their findings into the words of the deployment. */
export function reportOf(facts: Facts, options: CaseOptions = {}): Report {
  const found = diagnosed(facts, options);
  const { own: _own, ...target } = knownValue(facts.target) ?? OFFLINE;
  const deployment = knownValue(facts.deployment);
  const assessment = knownValue(facts.assessment);
  const print = printerOf(facts, options.context);
  const findings = found.findings.map((finding) => toReportFinding(finding, print));
  const eras = erasOf(facts, (supposed) => diagnosed(supposed, options), options.origin, print);
  const leftOut = leftOutOf(options);
  const { shown, admission, model, ahead } = storyOf(facts, found.findings);
  const [first] = findings;
  const leads = first === undefined ? [] : leadsOf(first, admission);
  // What stands beside a first remedy of a person's alone fixes nothing without it.
  const [lead] = leads;
  const command = lead === undefined ? undefined : typedFirst(lead)?.command;
  const explain = first === undefined ? "" : `npx openclaw-pairing-doctor explain ${first.id}`;
  const isGuessed =
    target.kind === "offline" && (assessment?.basis.some(({ fact }) => fact === "deployment") ?? false);
  const path = withoutSupposed(shown, isGuessed, {
    target,
    ...(deployment === undefined ? {} : { deployment }),
    ...(pathConnection(
      shown,
      isPastUsualWay(shown, deployment) ? undefined : (model ?? assessment)?.connection,
    ) ?? {}),
    admission,
    ...(shown === undefined ? {} : { refusal: shown }),
  });
  return {
    schemaVersion: 1,
    tool: { name: "openclaw-pairing-doctor", version: VERSION },
    verdict: found.verdict,
    target,
    ...(deployment === undefined ? {} : { deployment }),
    gateway: {
      ...shownRelease(facts),
      url: target.url ?? null,
      admission,
    },
    path: found.verdict === "healthy" ? unbroken(path) : path,
    findings,
    ...eras,
    ahead,
    ...(ahead.some(({ gate }) => gate === "pairing") ? { aheadActions: printed(APPROVAL, print) } : {}),
    checks: found.checks,
    ...(leftOut.length === 0 ? {} : { leftOut }),
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

/** The gate that waits behind most others. */
const APPROVAL: readonly Step[] = [{ do: "device.list" }, { do: "device.approve" }];

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
  const { workload, traits, names = {} } = knownValue(facts.deployment) ?? {};
  const port = config?.effective.gateway?.port ?? names.port;
  const host = knownValue(facts.host);
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
    ...(dialsOwnLan(release, config?.effective.gateway?.bind)
      ? { viaLoopback: config?.effective.gateway?.auth?.mode === "password" ? "password" : "token" }
      : {}),
    ...(config?.profile === undefined ? {} : { profile: config.profile }),
    ...context,
  };
}

/**
 * The path without addresses that only stand for somebody whom the model was asked about. `isGuessed`: nobody named the
 * page or saw the browser, so that each address which no line has is the usual one of such a deployment.
 */
function withoutSupposed(
  shown: Refusal | undefined,
  isGuessed: boolean,
  input: Parameters<typeof connectionPath>[0],
): Report["path"] {
  const { remoteAddress, headers = {} } = shown?.from === "model" ? {} : (shown?.connection ?? {});
  const seen = `${remoteAddress ?? ""} ${headers["x-forwarded-for"] ?? ""} ${headers.host ?? ""}`;
  const isOpen = (address: string) => (isGuessed || SUPPOSED.has(address)) && !seen.includes(address);
  return connectionPath(input).map(({ address, ...hop }) =>
    address === undefined || isOpen(address) ? hop : { ...hop, address },
  );
}

/** Where nobody was stopped: what is foretold of the next browser is told as information. */
function unbroken(path: Report["path"]): Report["path"] {
  return path.map(({ breaks: _breaks, ...hop }) => hop);
}

/**
 * Refused because of what it claims to forward, with no word of the peer: it did not come by the way that a browser usually
 * takes there. On a published port Docker's own address in `trustedProxies` is refused in the same words.
 */
function isPastUsualWay(refusal: Refusal | undefined, deployment: Deployment | undefined): boolean {
  return (
    refusal?.gate === "proxy-attribution" &&
    refusal.from !== "model" &&
    refusal.connection.remoteAddress === undefined &&
    deployment?.traits.translates !== true
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
  const refusals = knownValue(facts.refusals) ?? [];
  const refused = refusals.some(
    (refusal) => isTrouble(refusal) && !isForNextBrowser(refusal, refusals, facts.devices),
  );
  const events = knownValue(facts.logs)?.events ?? [];
  const up = events.findLastIndex(({ type }) => type === "startup");
  const failed = events.some(
    (event, index) =>
      (event.type === "startup-failed" && index > up) ||
      (event.type === "client-error" && event.gate === undefined),
  );
  const unread = !facts.logs.known && isUnread(facts.logs);
  return refused || failed || unread ? { ...diagnosed, verdict: "undetermined" } : diagnosed;
}

/**
 * What did not answer as a gateway could not be looked at: whatever its history tells, the verdict stays open (exit
 * code 3), so that a script tells "not there" from "refuses". Only where the first finding is why it does not start is
 * that found.
 */
function withNobodyThere(diagnosed: Diagnosed, facts: Facts): Diagnosed {
  const probe = knownValue(facts.probe);
  if (probe === undefined || !isElsewise(probe)) return diagnosed;
  const first = diagnosed.findings.find(({ severity, id }) => severity === "error" && id !== DOWN);
  // A page that fails beside a living socket takes nothing away from what is wrong with the connection.
  const isFound = probe.reach.state === "open" ? first !== undefined : WHY_DOWN.has(first?.id ?? "");
  return isFound && diagnosed.verdict === "found" ? diagnosed : { ...diagnosed, verdict: "undetermined" };
}

const DOWN = "gateway-down-or-starting";
/** What keeps a gateway from starting, or from being reached at all. */
const WHY_DOWN: ReadonlySet<string> = new Set(checks.find(({ id }) => id === DOWN)?.causedBy);

/** Nobody answered, or not as a gateway does: what a gateway would say was not heard. A program that is named is. */
function isElsewise({ reach: { state, holder }, http: { status = 0 } }: ProbeReading): boolean {
  if (state === "open") return status >= 400 && !ASKS_FIRST.has(status);
  if (state === "stranger") return false;
  return state !== "not-openclaw" || holder === undefined || status >= 500;
}

/** Facts of which the absence narrows the verdict, and how to provide them. */
const EXPECTED: readonly FactName[] = ["probe", "release", "config", "logs", "devices", "assessment"];

/** A gateway that was asked and did not answer as one is missing, too: with the status, the reason and the way past it. */
function notMet({ probe }: Facts): MissingFact[] {
  const reach = knownValue(probe)?.reach;
  if (reach === undefined || reach.state === "open") return [];
  const { state, detail } = reach;
  const said = reachWords(reach).say ?? say(NOT_MET[state] ?? "reach-other", { detail });
  const byOption = state === "tls" && isOfCertificate(said) ? "--insecure-tls" : undefined;
  const past = state === "not-openclaw" ? "--target URL" : byOption;
  const provide = past === undefined ? {} : { provide: past };
  const reason = state === "timeout" ? "timeout" : "failed";
  return [{ fact: "probe", reason, detail, say: said, ...provide }];
}

type NotMet = "reach-refused" | "reach-reset" | "reach-timeout" | "reach-dns";

const NOT_MET: Partial<Record<Reach["state"], NotMet>> = {
  refused: "reach-refused",
  reset: "reach-reset",
  timeout: "reach-timeout",
  dns: "reach-dns",
};

function missingFacts(facts: Facts): MissingFact[] {
  const expected = EXPECTED.flatMap((name) => {
    const fact = facts[name];
    if (fact.known || (fact.reason === "not-asked" && fact.provide === undefined)) return [];
    const { known: _known, ...rest } = fact;
    return [{ fact: name, ...rest }];
  });
  return [...notMet(facts), ...expected];
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
  notes.push(...overNotes(knownValue(facts.refusals) ?? []));
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
