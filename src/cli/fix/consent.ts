import { createInterface } from "node:readline/promises";
import type { Risk } from "../../core/finding.ts";
import { safeText } from "../../core/text.ts";
import { catalogueOf } from "../../report/messages/index.ts";
import type { FixWords } from "../../report/messages/types.ts";
import type { Io } from "../io.ts";

export interface ConsentOptions {
  readonly yes: boolean;
  readonly allowRisk: readonly Risk[];
}

export type Consent = { readonly given: true } | { readonly given: false; readonly why: string };

/**
 * Whether what has this risk may be done. `--yes` covers `none` and `restart`; the two others need their own
 * word on the command line, or a yes at the prompt, where no is the default.
 */
export async function consentTo(
  risk: Risk,
  { yes, allowRisk }: ConsentOptions,
  words: FixWords,
  io: Io,
): Promise<Consent> {
  // English, as all of a report's own sentences; whoever renders it knows the reader's language.
  const { consent } = catalogueOf("en").fix;
  const guarded = risk === "grants-access" || risk === "weakens-security";
  const option = guarded ? `--allow-risk ${risk}` : "--yes";
  if (guarded ? allowRisk.includes(risk) : yes) {
    // The word for the risk says what may be done, `--yes` that it is to be done without a question.
    if (yes || !isInteractive(io)) return { given: true };
  }
  if (!isInteractive(io)) {
    const template = yes ? consent.risk : consent[guarded ? "no-terminal" : "no-terminal-yes"];
    return { given: false, why: template.replace("{option}", option) };
  }
  const question = guarded ? words.ask[risk] : words.ask.apply;
  return (await ask(question, io)) ? { given: true } : { given: false, why: consent.declined };
}

/** Prompts only where somebody sees them and can answer. */
export function isInteractive({ stdin, stderr }: Pick<Io, "stdin" | "stderr">): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** A question on stderr; anything but a clear yes is a no. */
export async function ask(question: string, io: Io): Promise<boolean> {
  const terminal = createInterface({ input: io.stdin, output: io.stderr as NodeJS.WritableStream });
  // While it reads keys, Ctrl-C is one of them and no signal.
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await terminal.question(`${safeText(question)} [y/N] `, { signal: io.signal });
    return /^(?:y|yes|是|好)$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
