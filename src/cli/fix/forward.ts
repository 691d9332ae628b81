import { randomBytes } from "node:crypto";
import { pageScopes } from "../../admission/page.ts";
import { askedFrom } from "../../admission/reported.ts";
import type { Changer } from "../../core/change.ts";
import { collect, type Facts } from "../../core/collect.ts";
import type { Diagnosed } from "../../core/diagnose.ts";
import { type Fact, knownValue, unknown } from "../../core/fact.ts";
import type { PendingDevice } from "../../core/facts.ts";
import { keysOf } from "../../core/journal.ts";
import { execute, type Order } from "../../core/transaction.ts";
import { isSharedHost } from "../../deployments/accounts.ts";
import type { FixOutcome, FixReport } from "../../report/fix.ts";
import { diagnosed, openclawPrinterOf } from "../case.ts";
import { collectOptions } from "../derived.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import { startSpinner } from "../spinner.ts";
import { UsageError } from "../usage-error.ts";
import { aboutPlan, doneBy, fixRequestOf, writesOf } from "./about.ts";
import { lookAhead, tailnetOf } from "./ahead.ts";
import { askText, consentTo, isInteractive } from "./consent.ts";
import type { FixContext } from "./context.ts";
import { modelOf, type Prepared, prepare } from "./prepare.ts";
import { whatRemains } from "./remains.ts";
import { awaitRequest, waitsForDevice } from "./request.ts";
import { seeOf } from "./see.ts";
import { verifyFix } from "./verify.ts";
import { saidSite, withWays } from "./ways.ts";

/** Plan, preview, consent, change, proof. */
export async function mend(context: FixContext, first: Facts, only: readonly string[]): Promise<number> {
  const { args, session, words } = context;
  const facts = approves(diagnosed(first, { only })) ? await context.withDevices(first) : first;
  const found = await withSaid(context, facts, diagnosed(facts, { only }));
  const prepared = prepare(facts, found, await optionsOf(context, facts));
  if (prepared === undefined) {
    if (found.verdict !== "undetermined") return context.end(facts, "healthy");
    const why = found.checks.find(({ verdict }) => verdict === "undetermined")?.why;
    return context.end(facts, "undetermined", why === undefined ? {} : { detail: why });
  }
  if (args.remedy !== undefined && prepared.remedies.length === 0) throw noSuchRemedy(prepared, args.remedy);
  const changer = await context.changer(facts);
  const about = await withFiles(
    await aboutPlan(context, facts, prepared, changer),
    prepared,
    changer,
    context,
  );
  if (prepared.remedies.length === 0) return context.end(facts, "no-plan", about);
  if (prepared.wouldRefuse !== undefined) {
    const detail = `--remedy ${prepared.remedies[0]?.id}`;
    return context.end(facts, "would-refuse", { ...about, gate: prepared.wouldRefuse, detail });
  }
  if (prepared.steps.length === 0 && prepared.candidates.length > 0 && about.detail === undefined)
    return mendChosen(context, facts, prepared, about, only);
  if (prepared.steps.length === 0 || about.detail !== undefined) return context.end(facts, "by-hand", about);
  if (!changer.known) return context.end(facts, "not-begun", { ...about, detail: changer.detail });
  // Without a journal there is no way back, so this comes before any question.
  const unkept = await context.store.obstacle();
  if (unkept !== undefined) return context.end(facts, "not-begun", { ...about, detail: unkept });
  if (args.dryRun) return context.end(facts, "planned", about);

  if (isInteractive(session.io)) await context.preview(facts, about);
  const unproven = doneBy(prepared).flatMap((remedy) => remedy.unproven ?? []);
  const allowed = { yes: args.yes, allowRisk: args.allowRisk ?? [], unproven };
  const consent = await consentTo(about.risk ?? "none", allowed, words, session.io);
  if (!consent.given) return context.end(facts, "declined", { ...about, detail: consent.why });
  return apply(context, facts, prepared, changer.value, about);
}

/** More than one request fits, or one that has to be looked at: a person says which, and the fix goes on with it. */
async function mendChosen(
  context: FixContext,
  facts: Facts,
  { candidates }: Prepared,
  about: Partial<FixReport>,
  only: readonly string[],
): Promise<number> {
  const { args, session } = context;
  if (args.dryRun || !isInteractive(session.io)) return context.end(facts, "by-hand", about);
  const chosen = await choose(context, facts, about, candidates);
  if (chosen === undefined) return context.end(facts, "by-hand", about);
  // That it is the page's own is one question, that it is let in another.
  return mend(context.again({ yes: false, allowRisk: [], request: chosen.requestId }), facts, only);
}

/** The request that a person points at; `undefined` for none of them. */
async function choose(
  context: FixContext,
  facts: Facts,
  about: Partial<FixReport>,
  candidates: readonly PendingDevice[],
): Promise<PendingDevice | undefined> {
  const { session, words } = context;
  // Of a single one the next question is enough: it shows it and asks whether it is to be let in.
  if (candidates.length === 1) return candidates[0];
  await context.preview(facts, { ...about, candidates: candidates.map(fixRequestOf) }, "by-hand");
  const answer = await askText(words.ask.choose, session.io);
  return /^\d{1,3}$/.test(answer) ? candidates[Number(answer) - 1] : undefined;
}

function approves({ findings }: Diagnosed): boolean {
  return findings.some(({ remedies }) =>
    remedies.some(({ steps }) => steps.some((step) => step.do === "device.approve")),
  );
}

/** @throws {UsageError} the proxy that the command line describes cannot be. */
async function withSaid(context: FixContext, facts: Facts, found: Diagnosed): Promise<Diagnosed> {
  const { args, session } = context;
  const said = saidSite(args);
  const named = args.remedy === "tailscale-serve";
  const asksTailscale =
    named ||
    found.findings.some(({ remedies }) =>
      remedies.some(({ steps }) => steps.some((step) => step.do === "tailscale.status")),
    );
  const changer = asksTailscale ? await context.changer(facts) : unknown("not-asked", "");
  const tailnet = changer.known ? await tailnetOf(changer.value, session.io.signal) : undefined;
  if (said === undefined && tailnet === undefined) return found;
  const ways = { said, tailnet, only: args.remedy, model: modelOf(facts, found.findings) };
  return { ...found, findings: withWays(found.findings, facts, ways) };
}

/** The files beside the config in the plan; `detail` where something that the steps need is not there. */
async function withFiles(
  about: Partial<FixReport>,
  { steps }: Prepared,
  changer: Fact<Changer>,
  context: FixContext,
): Promise<Partial<FixReport>> {
  if (!changer.known) return about;
  const {
    files,
    notes,
    writes: others,
    problem,
  } = await lookAhead(steps, changer.value, context.session.io.signal);
  const isWritten = keysOf({ steps: steps.map((step) => ({ step, state: "planned" })) }).length > 0;
  const config = await changer.value.readConfig();
  const writes = steps.length === 0 ? [] : writesOf(context, undefined, config, isWritten, others);
  const whole = { ...about, files: [...(about.files ?? []), ...files], notes, writes };
  if (problem === undefined) return whole;
  return { ...whole, detail: problem.detail, byHand: [...problem.first, ...(about.byHand ?? [])] };
}

/** @throws {UsageError} the request that was named does not wait. */
async function optionsOf({ args, opened }: FixContext, facts: Facts) {
  const { remedy, request } = args;
  const waiting = knownValue(facts.devices)?.pending ?? [];
  if (request !== undefined && !waiting.some(({ requestId }) => requestId === request)) {
    throw new UsageError("--request", "no such request waits", "see `openclaw devices list`");
  }
  return {
    // What cannot be seen counts as shared.
    sharedHost: (await isSharedHost(opened.world)) ?? true,
    ...(remedy === undefined ? {} : { only: remedy }),
    editCompose: args.editCompose,
    ...(request === undefined ? {} : { request }),
  };
}

async function apply(
  context: FixContext,
  facts: Facts,
  prepared: Prepared,
  changer: Changer,
  about: Partial<FixReport>,
): Promise<number> {
  const order = orderOf(facts, prepared, await context.gatewayKey(facts));
  if (order === undefined) return context.end(facts, "not-begun", about);
  const workload = knownValue(facts.deployment)?.workload;
  if (workload !== undefined) context.opened.byName(workload.name);
  const outcome = await context.work(
    (workshop) => execute(order, workshop),
    changer,
    (signal) => verifyFix(prepared, context, signal),
  );
  if (outcome.outcome !== "kept") return context.ended(facts, outcome, about);
  const { how, taken } = outcome;
  const line = openclawPrinterOf(facts, context.opened.context);
  const whole = { ...about, how, see: seeOf(prepared, taken, line) };
  const wasSilent = knownValue(facts.probe)?.reach.state !== "open";
  const end = endOf(prepared, wasSilent);
  if (end === "partly") return followUp(context, facts, prepared, changer, whole);
  if (end !== "kept") return context.end(facts, end, whole);
  const { findings: remains, gate } = await whatRemains(context, prepared, wasSilent);
  if (remains.length === 0) return context.end(facts, end, whole);
  // Nobody could come so far: that the next page is refused elsewhere is no connection that is let in.
  if (wasSilent && gate !== undefined) return context.end(facts, "partly", { ...whole, remains, gate });
  return Math.max(await context.end(facts, end, { ...whole, remains }), 1);
}

/** The page asks for its device once what was before it is mended: its request is waited for, and asked about. */
async function followUp(
  context: FixContext,
  facts: Facts,
  prepared: Prepared,
  changer: Changer,
  about: Partial<FixReport>,
): Promise<number> {
  const { io } = context.session;
  if (!isInteractive(io) || !waitsForDevice(prepared)) return context.end(facts, "partly", about);
  await context.preview(facts, about, "partly");
  const spinner = await startSpinner(context.words.doing["wait-for-request"], io, context.args.quiet);
  const after = prepared.model?.after;
  const found = await awaitRequest(
    {
      devices: () => changer.devices(),
      before: knownValue(facts.devices)?.pending ?? [],
      askedFrom: (address) => (after === undefined ? "unknown" : askedFrom(after, address)),
      usual: pageScopes(after?.release),
    },
    io.signal,
  ).finally(() => spinner.stop());
  if (found.choice === "none") return context.end(facts, "partly", about);
  const request =
    found.choice === "one" ? found.request : await choose(context, facts, about, found.requests);
  if (request === undefined) return context.end(facts, "partly", about);
  // Nobody has agreed to this request yet: what was agreed to before does not cover it.
  const asks = { yes: false, allowRisk: [], remedy: "approve-device", request: request.requestId };
  const next = context.again(asks);
  const fresh = await collect(LIVE_FACTS, next.live.collectors(), collectOptions(io.signal));
  try {
    return await mend(next, fresh, []);
  } catch (error) {
    // It was replaced while we looked.
    if (error instanceof UsageError) return context.end(facts, "partly", about);
    throw error;
  }
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

function noSuchRemedy({ finding }: Prepared, remedy: string): UsageError {
  const ids = [...new Set(finding.remedies.map(({ id }) => id))];
  return new UsageError(
    `--remedy ${remedy.slice(0, 60)}`,
    "it does not let this connection in, or is not offered for this gateway",
    ids.length === 0 ? "leave it out" : `there are ${ids.join(", ")}`,
  );
}
