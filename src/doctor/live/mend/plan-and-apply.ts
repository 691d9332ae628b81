import { randomBytes } from "node:crypto";
import { pageScopes } from "../../../admission/page.ts";
import { askedFrom } from "../../../admission/reported-address.ts";
import type { BadInput } from "../../../core/bad-input.ts";
import type { Changer } from "../../../core/change.ts";
import { collect, type Facts } from "../../../core/collect.ts";
import type { CheckResult, Diagnosed } from "../../../core/diagnose.ts";
import { type Fact, knownValue, whyUnknown } from "../../../core/fact.ts";
import type { PendingDevice } from "../../../core/facts.ts";
import { quoted, type Saying, say } from "../../../core/saying.ts";
import { isSetting } from "../../../core/step.ts";
import { execute, type Order } from "../../../core/transaction.ts";
import { isSharedHost } from "../../../deployments/accounts.ts";
import type { FixOutcome, FixReport } from "../../../report/fix-report.ts";
import { diagnosed, openclawPrinterOf } from "../../pure/case.ts";
import { collectOptions } from "../../pure/derived.ts";
import { withWays } from "../../pure/mend/https-remedies.ts";
import { prepare } from "../../pure/mend/prepare.ts";
import type { Prepared } from "../../pure/mend/prepared.ts";
import { seeOf } from "../../pure/mend/visible-proof.ts";
import { modelOf } from "../../pure/plan-of.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import type { Asker } from "./asker.ts";
import { aboutPlan, doneBy, fixRequestOf, writesOf } from "./describe-plan.ts";
import type { Wish } from "./fix-options.ts";
import { type Ended, ended, endedAs, reportOf, whyNot } from "./fix-outcome.ts";
import { lookAhead, tailnetOf } from "./look-ahead.ts";
import type { Patient } from "./patient.ts";
import { whatRemains } from "./remaining-errors.ts";
import { awaitRequest, waitsForDevice } from "./request.ts";
import { work } from "./run-transaction.ts";
import { verifyFix } from "./verify.ts";

/** A fix on its way forwards. */
export interface Forward {
  readonly patient: Patient;
  readonly asker: Asker;
  readonly wish: Wish;
  /** What was agreed to before does not cover it. */
  readonly anew?: boolean;
}

/** Plan, preview, consent, change, proof. */
export async function mend(way: Forward, first: Facts): Promise<Ended> {
  const { patient, asker, wish } = way;
  const { only } = wish;
  const facts = approves(diagnosed(first, { only })) ? await patient.withDevices(first) : first;
  const notWaiting = unknownRequest(wish, facts);
  if (notWaiting !== undefined) return { refused: notWaiting };
  const found = await withSaid(way, facts, diagnosed(facts, { only }));
  const prepared = prepare(facts, found, await optionsOf(way));
  if (prepared === undefined) {
    if (found.verdict !== "undetermined") return ended(facts, "healthy");
    const blind = found.checks.find(({ verdict }) => verdict === "undetermined");
    return ended(facts, "undetermined", blind === undefined ? {} : { detail: whyBlind(blind, facts) });
  }
  if (wish.remedy !== undefined && prepared.remedies.length === 0)
    return { refused: noSuchRemedy(prepared, wish.remedy) };
  const changer = await patient.changer(facts);
  const about = await withFiles(
    await aboutPlan(patient, facts, prepared, changer),
    prepared,
    changer,
    patient,
  );
  if (prepared.remedies.length === 0) return ended(facts, "no-plan", about);
  if (prepared.wouldRefuse !== undefined) {
    const detail = quoted(`--remedy ${prepared.remedies[0]?.id}`);
    return ended(facts, "would-refuse", { ...about, gate: prepared.wouldRefuse, detail });
  }
  if (prepared.steps.length === 0 && prepared.candidates.length > 0 && about.detail === undefined)
    return mendChosen(way, facts, prepared, about);
  if (prepared.steps.length === 0 || about.detail !== undefined) return ended(facts, "by-hand", about);
  if (!changer.known) return ended(facts, "not-begun", { ...about, detail: whyUnknown(changer) });
  // Without a journal there is no way back, so this comes before any question.
  const unkept = await patient.store.obstacle();
  if (unkept !== undefined) return ended(facts, "not-begun", { ...about, detail: unkept });
  if (wish.dryRun) return ended(facts, "planned", about);

  const consent = await asker.consents(reportOf(facts, "planned", about), {
    risk: about.risk ?? "none",
    unproven: doneBy(prepared).flatMap((remedy) => remedy.unproven ?? []),
    anew: way.anew === true,
  });
  if (!consent.given) return ended(facts, "declined", { ...about, ...whyNot(consent) });
  return apply(way, facts, prepared, changer.value, about);
}

/** More than one request fits, or one that has to be looked at: a person says which, and the fix goes on with it. */
async function mendChosen(
  way: Forward,
  facts: Facts,
  { candidates }: Prepared,
  about: Partial<FixReport>,
): Promise<Ended> {
  if (way.wish.dryRun || !way.asker.isThere) return ended(facts, "by-hand", about);
  const chosen = await choose(way, facts, about, candidates);
  if (chosen === undefined) return ended(facts, "by-hand", about);
  // That it is the page's own is one question, that it is let in another.
  return mend({ ...way, anew: true, wish: { ...way.wish, request: chosen.requestId } }, facts);
}

/** The request that a person points at; `undefined` for none of them. */
async function choose(
  { asker }: Forward,
  facts: Facts,
  about: Partial<FixReport>,
  candidates: readonly PendingDevice[],
): Promise<PendingDevice | undefined> {
  // Of a single one the next question is enough: it shows it and asks whether it is to be let in.
  if (candidates.length === 1) return candidates[0];
  const shown = { ...about, candidates: candidates.map(fixRequestOf) };
  const chosen = await asker.chooses(reportOf(facts, "by-hand", shown));
  return chosen === undefined ? undefined : candidates[chosen];
}

/** Why a check could not look: of what is derived from the gateway's own answer, why there is no such answer. */
function whyBlind({ say: said, lacks, why = "" }: CheckResult, { probe }: Facts): Saying {
  if (lacks === "refusals" && !probe.known) return say("lacks", { fact: "probe", why: whyUnknown(probe) });
  if (said === undefined) return quoted(why);
  return lacks === undefined ? said : say("lacks", { fact: lacks, why: said });
}

function approves({ findings }: Diagnosed): boolean {
  return findings.some(({ remedies }) =>
    remedies.some(({ steps }) => steps.some((step) => step.do === "device.approve")),
  );
}

async function withSaid({ patient, wish }: Forward, facts: Facts, found: Diagnosed): Promise<Diagnosed> {
  const { site: said, remedy } = wish;
  const asksTailscale =
    remedy === "tailscale-serve" ||
    found.findings.some(({ remedies }) =>
      remedies.some(({ steps }) => steps.some((step) => step.do === "tailscale.status")),
    );
  const changer = asksTailscale ? await patient.changer(facts) : undefined;
  const tailnet = changer?.known ? await tailnetOf(changer.value, patient.signal) : undefined;
  if (said === undefined && tailnet === undefined) return found;
  const ways = { said, tailnet, only: remedy, model: modelOf(facts, found.findings) };
  return { ...found, findings: withWays(found.findings, facts, ways) };
}

/** The files beside the config in the plan; `detail` where something that the steps need is not there. */
async function withFiles(
  about: Partial<FixReport>,
  { steps }: Prepared,
  changer: Fact<Changer>,
  patient: Patient,
): Promise<Partial<FixReport>> {
  if (!changer.known) return about;
  const { files, notes, writes: others, problem } = await lookAhead(steps, changer.value, patient.signal);
  const config = await changer.value.readConfig();
  const writes =
    steps.length === 0 ? [] : writesOf(patient, undefined, config, steps.some(isSetting), others);
  const whole = { ...about, files: [...(about.files ?? []), ...files], notes, writes };
  if (problem === undefined) return whole;
  return { ...whole, detail: problem.detail, byHand: [...problem.first, ...(about.byHand ?? [])] };
}

function unknownRequest({ request }: Wish, { devices }: Facts): BadInput | undefined {
  const waiting = knownValue(devices)?.pending ?? [];
  if (request === undefined || waiting.some(({ requestId }) => requestId === request)) return undefined;
  return { what: "--request", why: say("no-such-request-waits"), todo: say("see-devices") };
}

async function optionsOf({ patient, wish: { remedy, request, editCompose } }: Forward) {
  return {
    // What cannot be seen counts as shared.
    sharedHost: (await isSharedHost(await patient.live.machine())) ?? true,
    ...(remedy === undefined ? {} : { only: remedy }),
    editCompose,
    ...(request === undefined ? {} : { request }),
  };
}

async function apply(
  way: Forward,
  facts: Facts,
  prepared: Prepared,
  changer: Changer,
  about: Partial<FixReport>,
): Promise<Ended> {
  const { patient, asker } = way;
  const order = orderOf(facts, prepared, await patient.key(facts));
  if (order === undefined) return ended(facts, "not-begun", about);
  const workload = knownValue(facts.deployment)?.workload;
  if (workload !== undefined) patient.opened.byName(workload.name);
  const outcome = await work((workshop) => execute(order, workshop), patient, asker, {
    changer,
    verify: (signal) => verifyFix(prepared, patient, signal),
  });
  if (outcome.outcome !== "kept") return endedAs(facts, outcome, about);
  const { how, taken } = outcome;
  const line = openclawPrinterOf(facts, patient.opened.context);
  const whole = { ...about, how, see: seeOf(prepared, taken, line) };
  const wasSilent = knownValue(facts.probe)?.reach.state !== "open";
  const end = endOf(prepared, wasSilent);
  if (end === "partly") return followUp(way, facts, prepared, changer, whole);
  if (end !== "kept") return ended(facts, end, whole);
  const { findings: remains, gate } = await whatRemains(patient, prepared, wasSilent);
  if (remains.length === 0) return ended(facts, end, whole);
  // Nobody could come so far: that the next page is refused elsewhere is no connection that is let in.
  if (wasSilent && gate !== undefined) return ended(facts, "partly", { ...whole, remains, gate });
  return ended(facts, end, { ...whole, remains });
}

/** The page asks for its device once what was before it is mended: its request is waited for, and asked about. */
async function followUp(
  way: Forward,
  facts: Facts,
  prepared: Prepared,
  changer: Changer,
  about: Partial<FixReport>,
): Promise<Ended> {
  const { patient, asker } = way;
  if (!asker.isThere || !waitsForDevice(prepared)) return ended(facts, "partly", about);
  await asker.shows(reportOf(facts, "partly", about));
  const busy = await asker.busy("wait-for-request");
  const after = prepared.model?.after;
  const found = await awaitRequest(
    {
      devices: () => changer.devices(),
      before: knownValue(facts.devices)?.pending ?? [],
      askedFrom: (address) => (after === undefined ? "unknown" : askedFrom(after, address)),
      usual: pageScopes(after?.release),
    },
    patient.signal,
  ).finally(() => busy.stop());
  if (found.choice === "none") return ended(facts, "partly", about);
  const request = found.choice === "one" ? found.request : await choose(way, facts, about, found.requests);
  if (request === undefined) return ended(facts, "partly", about);
  // Nobody has agreed to this request yet: what was agreed to before does not cover it.
  const wish = { ...way.wish, only: [], remedy: "approve-device", request: request.requestId };
  const next = patient.again();
  const fresh = await collect(LIVE_FACTS, next.live.collectors(), collectOptions(patient.signal));
  const end = await mend({ ...way, patient: next, anew: true, wish }, fresh);
  // It was replaced while we looked.
  return "refused" in end ? ended(facts, "partly", about) : end;
}

/** A change for a refusal of which the model knows nothing may have let the connection in, or not. */
function endOf({ finding, rest, requests, model }: Prepared, wasSilent: boolean): FixOutcome {
  if (rest.length > 0) return "partly";
  // Where nothing answered, the answer that was met is the proof; what is said behind it comes with what remains.
  const isProven = model !== undefined || requests.length > 0 || finding.severity !== "error" || wasSilent;
  return isProven ? "kept" : "unproven";
}

function orderOf(facts: Facts, prepared: Prepared, configPath: string | undefined): Order | undefined {
  if (configPath === undefined) return undefined;
  const release = knownValue(facts.release)?.version;
  const startedAt = new Date().toISOString();
  return {
    id: `${startedAt.replaceAll(/[:.]/g, "-")}-${randomBytes(3).toString("hex")}`,
    pid: process.pid,
    startedAt,
    configPath,
    ...(release === undefined ? {} : { release }),
    remedies: doneBy(prepared).map(({ id, risk, args }) => ({
      id,
      risk,
      ...(args === undefined ? {} : { args }),
    })),
    steps: prepared.steps,
    requests: prepared.requests,
  };
}

function noSuchRemedy({ finding }: Prepared, remedy: string): BadInput {
  const ids = [...new Set(finding.remedies.map(({ id }) => id))];
  return {
    what: `--remedy ${remedy.slice(0, 60)}`,
    why: say("remedy-not-offered"),
    todo: ids.length === 0 ? say("leave-out") : say("there-are", { ids: ids.join(", ") }),
  };
}
