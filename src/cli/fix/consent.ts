import type { Risk, Unproven } from "../../core/finding.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { Consent } from "../../doctor/live/mend/asker.ts";
import { fill } from "../../report/messages/index.ts";
import type { FixWords } from "../../report/messages/types.ts";
import { askHere } from "../ask.ts";
import type { Io } from "../io.ts";

export interface ConsentOptions {
  readonly yes: boolean;
  readonly allowRisk: readonly Risk[];
  /** What would be trusted on the word of a log. */
  readonly unproven?: readonly Unproven[];
}

/**
 * Whether what has this risk may be done. `--yes` covers `none` and `restart`; the two others need their own
 * word on the command line, or a yes at the prompt, where no is the default. What only a log names is asked about in
 * any case: no option agrees to what nobody has looked at.
 */
export async function consentTo(
  risk: Risk,
  { yes, allowRisk, unproven = [] }: ConsentOptions,
  words: FixWords,
  io: Io,
): Promise<Consent> {
  for (const { kind, value } of unproven) {
    if (!isInteractive(io))
      return { given: false, why: say("only-a-log-names", { value, option: `--${kind} ${value}` }) };
    if (!(await ask(fill(words.ask.unproven, { value }), io)))
      return { given: false, why: say("not-agreed") };
  }
  // Who says that it is their own has agreed to let it in.
  if (unproven.length > 0 && risk === "grants-access") return { given: true };
  const guarded = risk === "grants-access" || risk === "weakens-security";
  const option = guarded ? `--allow-risk ${risk}` : "--yes";
  if (guarded ? allowRisk.includes(risk) : yes) {
    // The word for the risk says what may be done, `--yes` that it is to be done without a question.
    if (yes || !isInteractive(io)) return { given: true };
  }
  if (!isInteractive(io)) {
    if (yes) return { given: false, why: say("risk-not-covered", { option }) };
    return { given: false, why: guarded ? say("no-terminal", { option }) : say("no-terminal-yes") };
  }
  const question = guarded ? words.ask[risk] : words.ask.apply;
  return (await ask(question, io)) ? { given: true } : { given: false, why: say("not-agreed") };
}

/** Prompts only where somebody sees them and can answer. */
export function isInteractive({ stdin, stderr }: Pick<Io, "stdin" | "stderr">): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** A question on stderr; anything but a clear yes is a no. */
export async function ask(question: string, io: Io): Promise<boolean> {
  return /^(?:y|yes|是|好)$/i.test(await askText(`${safeText(question)} [y/N]`, io));
}

/** What is typed; nothing when it was interrupted. */
export function askText(question: string, io: Io): Promise<string> {
  return io.ask === undefined ? askHere(question, io) : io.ask(question);
}
