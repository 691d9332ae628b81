import { randomBytes } from "node:crypto";
import { checks } from "../../../checks/index.ts";
import { admit } from "../../admission/admit.ts";
import { pageBehaviour } from "../../admission/page.ts";
import { editConfig } from "../../config/edit.ts";
import { ChangeError, type Changer, type Taken } from "../../core/change.ts";
import { collect, type Facts } from "../../core/collect.ts";
import { type Fact, knownValue, unknown } from "../../core/fact.ts";
import type { Finding, Risk } from "../../core/finding.ts";
import { type Journal, type JournalStore, keysOf } from "../../core/journal.ts";
import { riskOf } from "../../core/plan.ts";
import { execute, finish, type Outcome, type Progress, undo, type Workshop } from "../../core/transaction.ts";
import { isSharedHost } from "../../deployments/accounts.ts";
import { journalStore } from "../../deployments/journal-store.ts";
import type { FixOutcome, FixReport } from "../../report/fix.ts";
import { catalogueOf } from "../../report/messages/index.ts";
import type { FixWords } from "../../report/messages/types.ts";
import { type PrintSteps, toReportRemedy } from "../../report/result.ts";
import { diagnosed, printerOf } from "../case.ts";
import type { FixArguments } from "../commands/fix.ts";
import { collectOptions } from "../derived.ts";
import { configEditor } from "../fix/config-editor.ts";
import { ask, consentTo, isInteractive } from "../fix/consent.ts";
import { configDiff, textDiff } from "../fix/diff.ts";
import { emitFix } from "../fix/emit.ts";
import { type Prepared, prepare } from "../fix/prepare.ts";
import { verifyFix } from "../fix/verify.ts";
import type { Live } from "../live.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import type { Session } from "../main.ts";
import { type OpenedLive, openLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import { startSpinner } from "../spinner.ts";
import { langOf } from "../style.ts";
import { UsageError } from "../usage-error.ts";
import { VERSION } from "../version.ts";

/** From a diagnosis to a connection that is let in: plan, preview, consent, change, proof; or the way back. */
export async function runFix(args: FixArguments, session: Session): Promise<number> {
  const only = (args.ids ?? []).map(checkId);
  const opened = await openLive(args, session);
  const run = new Fix(args, session, opened);
  return run.start(only);
}

/** @throws {UsageError} no check has this id or code. */
function checkId(name: string): string {
  const found = checks.find(({ id, code }) => id === name || code === name.toUpperCase());
  if (found !== undefined) return found.id;
  throw new UsageError(
    `fix ${JSON.stringify(name.slice(0, 60))}`,
    "there is no such finding",
    "see `pairing-doctor checks`",
  );
}

class Fix {
  readonly #args: FixArguments;
  readonly #session: Session;
  readonly #opened: OpenedLive;
  readonly #words: FixWords;
  readonly #store: JournalStore;
  readonly #live: Live;

  constructor(args: FixArguments, session: Session, opened: OpenedLive) {
    this.#args = args;
    this.#session = session;
    this.#opened = opened;
    this.#words = catalogueOf(langOf(args.lang, session.io.env)).fix;
    this.#store = journalStore(opened.world);
    this.#live = opened.look({ asBrowser: false });
  }

  async start(only: readonly string[]): Promise<number> {
    const facts = await this.#spin("Looking at the gateway", () =>
      collect(LIVE_FACTS, this.#live.collectors(), collectOptions(this.#session.io.signal)),
    );
    const config = knownValue(facts.config);
    const left = config === undefined ? [] : await this.#store.list(config.path);
    const open = left.findLast(({ state }) => state === "open" || state === "undoing");
    if (open !== undefined && isAlive(open.pid)) {
      throw new UsageError(
        "fix",
        `another pairing-doctor (process ${open.pid}) works on this gateway`,
        "wait for it",
      );
    }
    if (this.#args.undo) return this.#undo(facts, open ?? left.findLast(({ state }) => state === "kept"));
    if (open !== undefined) return this.#resume(facts, open);
    return this.#fix(facts, only);
  }

  // ---- forwards

  async #fix(facts: Facts, only: readonly string[]): Promise<number> {
    const found = diagnosed(facts, { only });
    const shared = await isSharedHost(this.#opened.world);
    const { remedy, request } = this.#args;
    const waiting = knownValue(facts.devices)?.pending ?? [];
    if (request !== undefined && !waiting.some(({ requestId }) => requestId === request)) {
      throw new UsageError("--request", "no such request waits", "see `openclaw devices list`");
    }
    const prepared = prepare(facts, found, {
      // What cannot be seen counts as shared.
      sharedHost: shared ?? true,
      ...(remedy === undefined ? {} : { only: remedy }),
      ...(request === undefined ? {} : { request }),
    });
    if (prepared === undefined) {
      const open = found.verdict === "undetermined";
      const why = found.checks.find(({ verdict }) => verdict === "undetermined")?.why;
      return this.#end(
        facts,
        open ? "undetermined" : "healthy",
        open && why !== undefined ? { detail: why } : {},
      );
    }
    if (remedy !== undefined && prepared.remedies.length === 0) throw this.#noSuchRemedy(prepared, remedy);
    const changer = await this.#changer();
    const about = await this.#about(facts, prepared, changer);
    if (prepared.remedies.length === 0) return this.#end(facts, "no-plan", about);
    if (prepared.steps.length === 0) return this.#end(facts, "by-hand", about);
    if (!changer.known) return this.#end(facts, "not-begun", { ...about, detail: changer.detail });

    const human = this.#human(facts, "planned", about);
    if (this.#args.dryRun) return this.#end(facts, "planned", about);
    const risk = about.risk ?? "none";
    if (isInteractive(this.#session.io)) await emitFix(human, this.#emit(), this.#session.io, "stderr");
    const consent = await consentTo(risk, this.#consent(), this.#words, this.#session.io);
    if (!consent.given) return this.#end(facts, "declined", { ...about, detail: consent.why });
    return this.#apply(facts, prepared, changer.value, about);
  }

  async #apply(
    facts: Facts,
    prepared: Prepared,
    changer: Changer,
    about: Partial<FixReport>,
  ): Promise<number> {
    const config = knownValue(facts.config);
    if (config === undefined) return this.#end(facts, "not-begun", about);
    const release = knownValue(facts.release)?.version;
    const startedAt = new Date().toISOString();
    const steps = prepared.steps;
    const done = prepared.remedies.filter((remedy) => !prepared.rest.includes(remedy));
    const outcome = await this.#work(
      (workshop) =>
        execute(
          {
            id: `${startedAt.replaceAll(/[:.]/g, "-")}-${randomBytes(3).toString("hex")}`,
            pid: process.pid,
            startedAt,
            configPath: config.path,
            ...(release === undefined ? {} : { release }),
            remedies: done.map(({ id, risk }) => ({ id, risk })),
            steps,
          },
          workshop,
        ),
      changer,
      (signal) => verifyFix(prepared, this.#opened, signal),
    );
    const see = outcome.outcome === "kept" ? seeOf(prepared, outcome.taken) : [];
    return this.#ended(facts, outcome, { ...about, see });
  }

  // ---- backwards

  async #undo(facts: Facts, journal: Journal | undefined): Promise<number> {
    if (journal === undefined) return this.#end(facts, "nothing-to-undo");
    const changer = await this.#changer();
    if (!changer.known) return this.#end(facts, "not-begun", { detail: changer.detail });
    const about = await this.#aboutJournal(facts, journal, changer.value);
    if (this.#args.dryRun) return this.#end(facts, "planned", about);
    if (!this.#args.yes) {
      if (!isInteractive(this.#session.io)) {
        const why = this.#words.consent["no-terminal"].replace("{option}", "--yes");
        return this.#end(facts, "declined", { ...about, detail: why });
      }
      await emitFix(this.#human(facts, "planned", about), this.#emit(), this.#session.io, "stderr");
      if (!(await ask(this.#words.ask.undo, this.#session.io))) return this.#end(facts, "declined", about);
    }
    const outcome = await this.#work((workshop) => undo(journal, workshop), changer.value);
    if (outcome.outcome === "rolled-back") return this.#end(facts, "undone", { ...about, how: [] });
    return this.#ended(facts, outcome, about);
  }

  /** A run that was killed left its journal: it is finished or taken back before anything else. */
  async #resume(facts: Facts, journal: Journal): Promise<number> {
    const changer = await this.#changer();
    if (!changer.known) return this.#end(facts, "not-begun", { detail: changer.detail });
    const about = await this.#aboutJournal(facts, journal, changer.value);
    if (!isInteractive(this.#session.io)) {
      // Nobody to choose: what was begun goes back, which needs no new consent but the word to act.
      if (!this.#args.yes || this.#args.dryRun) {
        const why = this.#words.consent["no-terminal"].replace("{option}", "--undo --yes");
        return this.#end(facts, "declined", { ...about, detail: why });
      }
      const outcome = await this.#work((workshop) => undo(journal, workshop), changer.value);
      if (outcome.outcome === "rolled-back") return this.#end(facts, "undone", about);
      return this.#ended(facts, outcome, about);
    }
    await emitFix(this.#human(facts, "planned", about), this.#emit(), this.#session.io, "stderr");
    const onward = journal.state === "open" && (await ask(this.#words.ask.finish, this.#session.io));
    const outcome = await this.#work(
      (workshop) => (onward ? finish(journal, workshop) : undo(journal, workshop)),
      changer.value,
    );
    if (!onward && outcome.outcome === "rolled-back") return this.#end(facts, "undone", about);
    return this.#ended(facts, outcome, about);
  }

  // ---- parts

  async #changer(): Promise<Fact<Changer>> {
    const access = await this.#live.access();
    if (access.changer === undefined) {
      return unknown(
        "not-asked",
        "this gateway cannot be changed from here",
        "run pairing-doctor where it runs",
      );
    }
    return access.changer({ edit: editConfig });
  }

  async #work(
    work: (workshop: Workshop) => Promise<Outcome>,
    changer: Changer,
    verify: Workshop["verify"] = async () => ({ helped: true, detail: "finished" }),
  ): Promise<Outcome> {
    const { io } = this.#session;
    const spinner = await startSpinner(this.#words.doing.step, io, this.#args.quiet);
    const onProgress = ({ doing }: Progress) => spinner.say(this.#words.doing[doing]);
    try {
      return await work({
        changer,
        store: this.#store,
        config: configEditor,
        signal: io.signal,
        verify,
        onProgress,
      });
    } catch (error) {
      if (error instanceof ChangeError) return { outcome: "stuck", detail: error.message };
      throw error;
    } finally {
      spinner.stop();
    }
  }

  async #spin<T>(text: string, work: () => Promise<T>): Promise<T> {
    const spinner = await startSpinner(text, this.#session.io, this.#args.quiet);
    try {
      return await work();
    } finally {
      spinner.stop();
    }
  }

  async #about(facts: Facts, prepared: Prepared, changer: Fact<Changer>): Promise<Partial<FixReport>> {
    const print = printerOf(facts, this.#opened.context);
    const { finding, remedies, rest, requests, alternatives, deadEnds, popular, steps } = prepared;
    const config = changer.known ? await changer.value.readConfig() : undefined;
    const done = remedies.filter((remedy) => !rest.includes(remedy));
    return {
      finding: findingOf(finding),
      remedies: done.map((remedy) => toReportRemedy(withRequests(remedy, requests), print)),
      risk: riskOf(done),
      diff: configDiff(knownValue(config ?? unknown("absent", "")), steps, await this.#secrets()),
      requests: requests.map(({ at, remoteIp, isRepair: _repair, ...request }) => ({
        ...request,
        ...(remoteIp === undefined ? {} : { address: remoteIp }),
        ...ageOf(at),
      })),
      byHand: rest.flatMap((remedy) => toReportRemedy(remedy, print).actions),
      alternatives: [
        ...alternatives.map(({ remedies: set, whyNot = "" }) => ({
          remedies: set.map(({ id }) => id),
          whyNot,
        })),
        ...deadEnds
          .filter(({ remedy }) => !remedies.some(({ id }) => id === remedy.id))
          .map(({ remedy, refusedAt }) => ({
            remedies: [remedy.id],
            ...(remedy.args === undefined ? {} : { args: remedy.args }),
            whyNot: "refused-at",
            gate: refusedAt,
          })),
      ],
      popular: popular.map(({ id, verdict, refusedAt }) => ({
        id,
        verdict,
        ...(refusedAt === undefined ? {} : { gate: refusedAt }),
      })),
    };
  }

  async #aboutJournal(facts: Facts, journal: Journal, changer: Changer): Promise<Partial<FixReport>> {
    const now = await changer.readConfig();
    const print: PrintSteps = printerOf(facts, this.#opened.context);
    const content = now.known ? (now.value?.content ?? "") : "";
    const before = journal.before.config?.content ?? "";
    const back = configEditor.sameBut(content, before, keysOf(journal))
      ? before
      : (configEditor.takeBack(content, before, keysOf(journal)) ?? content);
    const text = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
    return {
      remedies: journal.remedies.map((remedy) => toReportRemedy({ ...remedy, steps: [] }, print)),
      diff: keysOf(journal).length === 0 ? [] : textDiff(text(content), text(back), await this.#secrets()),
      how: journal.steps.flatMap(({ how }) => (how === undefined ? [] : [how])),
    };
  }

  async #secrets(): Promise<readonly string[]> {
    return (await this.#live.secrets()).map((secret) => secret.reveal());
  }

  #consent() {
    return { yes: this.#args.yes, allowRisk: (this.#args.allowRisk ?? []) as readonly Risk[] };
  }

  #emit() {
    return emitOptions(this.#args, this.#session.io);
  }

  #noSuchRemedy({ finding }: Prepared, remedy: string): UsageError {
    const ids = [...new Set(finding.remedies.map(({ id }) => id))];
    return new UsageError(
      `--remedy ${remedy.slice(0, 60)}`,
      "it does not let this connection in, or is not offered for this gateway",
      ids.length === 0 ? "leave it out" : `there are ${ids.join(", ")}`,
    );
  }

  #human(facts: Facts, outcome: FixOutcome, about: Partial<FixReport>): FixReport {
    const target = knownValue(facts.target) ?? { kind: "local", name: "", exposure: "unknown" };
    return {
      schemaVersion: 1,
      tool: { name: "openclaw-pairing-doctor", version: VERSION },
      outcome,
      target,
      gateway: { version: knownValue(facts.release)?.version ?? null },
      remedies: [],
      risk: "none",
      diff: [],
      requests: [],
      alternatives: [],
      popular: [],
      how: [],
      byHand: [],
      see: [],
      ...about,
    };
  }

  async #ended(facts: Facts, outcome: Outcome, about: Partial<FixReport>): Promise<number> {
    const how = "how" in outcome ? outcome.how : [];
    return this.#end(facts, outcome.outcome, { ...about, how, detail: outcome.detail });
  }

  async #end(facts: Facts, outcome: FixOutcome, about: Partial<FixReport> = {}): Promise<number> {
    await emitFix(this.#human(facts, outcome, about), this.#emit(), this.#session.io);
    return EXIT[outcome](about);
  }
}

/** As in the contract: 1 while something is still wrong, 3 when nobody could look, 4 when it went back. */
const EXIT: Readonly<Record<FixOutcome, (about: Partial<FixReport>) => number>> = {
  planned: () => 1,
  declined: () => 1,
  "by-hand": () => 1,
  "no-plan": () => 1,
  // What is left for a person still keeps the connection out.
  kept: ({ byHand = [] }) => (byHand.length > 0 ? 1 : 0),
  "rolled-back": () => 4,
  stuck: () => 4,
  "not-begun": () => 3,
  undetermined: () => 3,
  healthy: () => 0,
  undone: () => 0,
  "nothing-to-undo": () => 0,
};

function findingOf({ id, code, variant, args }: Finding): NonNullable<FixReport["finding"]> {
  return { id, code, ...(variant === undefined ? {} : { variant }), ...(args === undefined ? {} : { args }) };
}

/** The commands of the preview name the very request that is approved. */
function withRequests(remedy: Finding["remedies"][number], requests: Prepared["requests"]) {
  const [request] = requests;
  if (request === undefined) return remedy;
  const steps = remedy.steps.map((step) =>
    step.do === "device.approve" ? { ...step, requestId: request.requestId } : step,
  );
  return { ...remedy, steps };
}

function ageOf(at: string | undefined): { age?: number } {
  const since = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(since) ? {} : { age: Math.max(0, Math.round((Date.now() - since) / 1000)) };
}

/** How to see that it holds. */
function seeOf(prepared: Prepared, taken: Taken | undefined): FixReport["see"] {
  const { steps, requests, model } = prepared;
  const settings = steps.flatMap((step) =>
    step.do === "config.set"
      ? [{ message: "setting", args: { key: step.key } }]
      : step.do === "config.unset"
        ? [{ message: "unset", args: { key: step.key } }]
        : [],
  );
  const devices = requests.map(({ deviceId }) => ({
    message: "device",
    args: { device: deviceId.slice(0, 12) },
  }));
  const start = taken === "restarted" || taken === "reloaded" ? [{ message: taken }] : [];
  const { start: input } = model ?? {};
  const page =
    input === undefined
      ? []
      : [
          {
            message: pageBehaviour(input.release, admit(input)).connectsByItself
              ? "page-connects"
              : "page-reload",
          },
          { message: "connected" },
          { message: "private-window" },
        ];
  return [...settings, ...devices, ...start, ...page, { message: "undo-later" }];
}

/** Signal 0 asks without doing anything; a process of another user is alive, too. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
