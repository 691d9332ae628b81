import { say } from "../../core/saying.ts";
import type { Asker, Busy, Consent, ConsentQuestion, Doing } from "../../doctor/live/mend/asker.ts";
import type { FixReport } from "../../report/fix-report.ts";
import { catalogueOf } from "../../report/messages/index.ts";
import type { FixWords } from "../../report/messages/types.ts";
import type { FixArguments } from "../commands/fix.ts";
import type { Io } from "../io.ts";
import { emitOptions } from "../options.ts";
import type { Written } from "../out.ts";
import { startSpinner } from "../spinner.ts";
import { langOf } from "../style.ts";
import { ask, askText, consentTo, isInteractive } from "./consent.ts";
import { emitFix } from "./emit.ts";

/** The person at the terminal, or whoever wrote the options of a script. Questions and plans stand on stderr. */
export class TerminalAsker implements Asker {
  readonly #args: FixArguments;
  readonly #session: Written;
  readonly #io: Io;
  readonly #words: FixWords;
  /** The plan stands on stderr. */
  hasShown = false;

  constructor(args: FixArguments, session: Written) {
    const { io } = session;
    this.#args = args;
    this.#session = session;
    this.#io = io;
    this.#words = catalogueOf(langOf(args.lang, io.env)).fix;
  }

  get isThere(): boolean {
    return isInteractive(this.#io);
  }

  async consents(plan: FixReport, { risk, unproven, anew }: ConsentQuestion): Promise<Consent> {
    if (this.isThere) await this.shows(plan);
    const { yes, allowRisk = [] } = this.#args;
    const allowed = anew ? { yes: false, allowRisk: [] } : { yes, allowRisk: allowRisk ?? [] };
    return consentTo(risk, { ...allowed, unproven }, this.#words, this.#io);
  }

  async agrees(to: "undo" | "finish", plan: FixReport): Promise<Consent> {
    if (to === "undo" && this.#args.yes) return { given: true };
    if (!this.isThere) return { given: false, why: say("no-terminal-yes") };
    await this.shows(plan);
    return (await ask(this.#words.ask[to], this.#io)) ? { given: true } : { given: false };
  }

  async chooses(shown: FixReport): Promise<number | undefined> {
    await this.shows(shown);
    const answer = await askText(this.#words.ask.choose, this.#io);
    return /^\d{1,3}$/.test(answer) ? Number(answer) - 1 : undefined;
  }

  shows(report: FixReport): Promise<void> {
    this.hasShown = true;
    return emitFix(report, emitOptions(this.#args, this.#io), this.#session, "stderr");
  }

  async busy(doing: Doing): Promise<Busy> {
    const spinner = await startSpinner(this.#words.doing[doing], this.#io, this.#args.quiet);
    return { say: (next) => spinner.say(this.#words.doing[next]), stop: () => spinner.stop() };
  }

  careful<T>(work: () => Promise<T>): Promise<T> {
    return this.#io.careful === undefined ? work() : this.#io.careful(work);
  }
}
