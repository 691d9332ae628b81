import { randomBytes } from "node:crypto";
import type { Changer } from "../../core/change.ts";
import type { Facts } from "../../core/collect.ts";
import { knownValue } from "../../core/fact.ts";
import { execute, type Order } from "../../core/transaction.ts";
import { isSharedHost } from "../../deployments/accounts.ts";
import type { FixReport } from "../../report/fix.ts";
import { diagnosed } from "../case.ts";
import { UsageError } from "../usage-error.ts";
import { aboutPlan, doneBy } from "./about.ts";
import { consentTo, isInteractive } from "./consent.ts";
import type { FixContext } from "./context.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { seeOf } from "./see.ts";
import { verifyFix } from "./verify.ts";

/** Plan, preview, consent, change, proof. */
export async function mend(context: FixContext, facts: Facts, only: readonly string[]): Promise<number> {
  const { args, session, words } = context;
  const found = diagnosed(facts, { only });
  const prepared = prepare(facts, found, await optionsOf(context, facts));
  if (prepared === undefined) {
    if (found.verdict !== "undetermined") return context.end(facts, "healthy");
    const why = found.checks.find(({ verdict }) => verdict === "undetermined")?.why;
    return context.end(facts, "undetermined", why === undefined ? {} : { detail: why });
  }
  if (args.remedy !== undefined && prepared.remedies.length === 0) throw noSuchRemedy(prepared, args.remedy);
  const changer = await context.changer(facts);
  const about = await aboutPlan(context, facts, prepared, changer);
  if (prepared.remedies.length === 0) return context.end(facts, "no-plan", about);
  if (prepared.steps.length === 0) return context.end(facts, "by-hand", about);
  if (!changer.known) return context.end(facts, "not-begun", { ...about, detail: changer.detail });
  if (args.dryRun) return context.end(facts, "planned", about);

  if (isInteractive(session.io)) await context.preview(facts, about);
  const allowed = { yes: args.yes, allowRisk: args.allowRisk ?? [] };
  const consent = await consentTo(about.risk ?? "none", allowed, words, session.io);
  if (!consent.given) return context.end(facts, "declined", { ...about, detail: consent.why });
  return apply(context, facts, prepared, changer.value, about);
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
  const order = orderOf(facts, prepared);
  if (order === undefined) return context.end(facts, "not-begun", about);
  const outcome = await context.work(
    (workshop) => execute(order, workshop),
    changer,
    (signal) => verifyFix(prepared, context.opened, signal),
  );
  if (outcome.outcome !== "kept") return context.ended(facts, outcome, about);
  const { how, taken } = outcome;
  const whole = { ...about, how, see: seeOf(prepared, taken) };
  const expected = prepared.model?.expected;
  if (prepared.rest.length === 0) return context.end(facts, "kept", whole);
  const gate = expected?.outcome === "refused" ? { gate: expected.gate } : {};
  return context.end(facts, "partly", { ...whole, ...gate });
}

function orderOf(facts: Facts, prepared: Prepared): Order | undefined {
  const config = knownValue(facts.config);
  if (config === undefined) return undefined;
  const release = knownValue(facts.release)?.version;
  const startedAt = new Date().toISOString();
  return {
    id: `${startedAt.replaceAll(/[:.]/g, "-")}-${randomBytes(3).toString("hex")}`,
    pid: process.pid,
    startedAt,
    configPath: config.path,
    ...(release === undefined ? {} : { release }),
    remedies: doneBy(prepared).map(({ id, risk, args }) => ({
      id,
      risk,
      ...(args === undefined ? {} : { args }),
    })),
    steps: prepared.steps,
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
