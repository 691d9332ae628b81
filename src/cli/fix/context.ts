import type { ShownOptions } from "../../config/changes.ts";
import { editConfig } from "../../config/edit.ts";
import { ChangeError, type Changer } from "../../core/change.ts";
import type { Facts } from "../../core/collect.ts";
import { type Fact, knownValue, unknown } from "../../core/fact.ts";
import type { Target } from "../../core/facts.ts";
import type { JournalStore } from "../../core/journal.ts";
import type { Outcome, Progress, Workshop } from "../../core/transaction.ts";
import { journalStore } from "../../deployments/journal-store.ts";
import { EMPTY_FIX, type FixOutcome, type FixReport } from "../../report/fix.ts";
import { catalogueOf } from "../../report/messages/index.ts";
import type { FixWords } from "../../report/messages/types.ts";
import type { FixArguments } from "../commands/fix.ts";
import type { EmitOptions } from "../emit.ts";
import type { Live } from "../live.ts";
import type { Session } from "../main.ts";
import type { OpenedLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import { startSpinner } from "../spinner.ts";
import { langOf } from "../style.ts";
import { VERSION } from "../version.ts";
import { configEditor } from "./config-editor.ts";
import { emitFix } from "./emit.ts";

/** What a run of `fix` has at hand, forwards and backwards. */
export class FixContext {
  readonly args: FixArguments;
  readonly session: Session;
  readonly opened: OpenedLive;
  readonly words: FixWords;
  readonly store: JournalStore;
  readonly live: Live;
  /** The plan stands on stderr. */
  #isShown = false;

  constructor(args: FixArguments, session: Session, opened: OpenedLive) {
    this.args = args;
    this.session = session;
    this.opened = opened;
    this.words = catalogueOf(langOf(args.lang, session.io.env)).fix;
    this.store = journalStore(opened.world);
    this.live = opened.look({ asBrowser: false });
  }

  async changer({ release }: Facts): Promise<Fact<Changer>> {
    const access = await this.live.access();
    if (access.changer === undefined) {
      return unknown(
        "not-asked",
        "this gateway cannot be changed from here",
        "run pairing-doctor where it runs",
      );
    }
    const told = knownValue(release);
    return access.changer({ edit: editConfig, ...(told === undefined ? {} : { release: told }) });
  }

  /** Tells this gateway from all others; `undefined` while its config is not known. */
  async gatewayKey({ config }: Facts): Promise<string | undefined> {
    const path = knownValue(config)?.path;
    if (path === undefined) return undefined;
    const place = await (await this.live.access()).place?.();
    return place === undefined ? path : `${place}:${path}`;
  }

  /**
   * The facts with the device list from the gateway itself, where its store cannot be read or is not understood:
   * it takes a command of seconds, so only what approves a device asks for it.
   */
  async withDevices(facts: Facts): Promise<Facts> {
    if (facts.devices.known || facts.devices.reason === "absent") return facts;
    const changer = await this.changer(facts);
    const devices = changer.known ? await changer.value.devices() : facts.devices;
    return devices.known ? { ...facts, devices } : facts;
  }

  /** How values of a file may be shown. */
  async shown(): Promise<ShownOptions> {
    const secrets = (await this.live.secrets()).map((secret) => secret.reveal());
    return { salt: this.session.salt, secrets };
  }

  /** Runs a transaction, or the way back, with a spinner. */
  async work(
    work: (workshop: Workshop) => Promise<Outcome>,
    changer: Changer,
    verify: Workshop["verify"],
  ): Promise<Outcome> {
    const { io } = this.session;
    const spinner = await startSpinner(this.words.doing.step, io, this.args.quiet);
    const onProgress = ({ doing }: Progress) => spinner.say(this.words.doing[doing]);
    const { signal } = io;
    const workshop: Workshop = {
      changer,
      store: this.store,
      config: configEditor,
      signal,
      verify,
      onProgress,
    };
    const { careful = (run) => run() } = io;
    try {
      return await careful(() => work(workshop));
    } catch (error) {
      if (error instanceof ChangeError) return { outcome: "stuck", detail: error.message };
      throw error;
    } finally {
      spinner.stop();
    }
  }

  report(facts: Facts, outcome: FixOutcome, about: Partial<FixReport>): FixReport {
    const known = knownValue(facts.target) ?? NO_TARGET;
    const { own: _own, ...target } = known;
    return {
      schemaVersion: 1,
      tool: { name: "openclaw-pairing-doctor", version: VERSION },
      outcome,
      target,
      gateway: { version: knownValue(facts.release)?.version ?? null },
      ...EMPTY_FIX,
      ...about,
    };
  }

  /** The plan, beside the question that follows it; or what was done, beside the next one. */
  preview(facts: Facts, about: Partial<FixReport>, outcome: FixOutcome = "planned"): Promise<void> {
    this.#isShown = true;
    return emitFix(this.report(facts, outcome, about), this.#emit(), this.session, "stderr");
  }

  /** The same run with a new look at the gateway and other arguments. */
  again(args: Partial<FixArguments>): FixContext {
    return new FixContext({ ...this.args, ...args }, this.session, this.opened);
  }

  /** Writes how it ended; the exit code. */
  async end(facts: Facts, outcome: FixOutcome, about: Partial<FixReport> = {}): Promise<number> {
    await emitFix(this.report(facts, outcome, about), this.#emit(), this.session, "stdout", this.#isShown);
    return EXIT[outcome];
  }

  /** The same of a transaction. */
  ended(facts: Facts, outcome: Outcome, about: Partial<FixReport>): Promise<number> {
    const how = "how" in outcome ? outcome.how : [];
    return this.end(facts, outcome.outcome, { ...about, how, detail: outcome.detail });
  }

  #emit(): EmitOptions {
    return emitOptions(this.args, this.session.io);
  }
}

const NO_TARGET: Target = { kind: "local", name: "", exposure: "unknown" };

/** As in the contract: 1 while something is still wrong, 3 when nobody could look, 4 when it went back. */
const EXIT: Readonly<Record<FixOutcome, number>> = {
  planned: 1,
  declined: 1,
  "by-hand": 1,
  "no-plan": 1,
  kept: 0,
  unproven: 3,
  "would-refuse": 1,
  "undone-in-part": 1,
  partly: 1,
  "rolled-back": 4,
  stuck: 4,
  "not-begun": 3,
  undetermined: 3,
  healthy: 0,
  undone: 0,
  "nothing-to-undo": 0,
};
