import { inEnglish, quoted, type Saying } from "./saying.ts";

/** A fact is known, with its source, or unknown, with the reason. Plain JSON, so it survives a bundle. */
export type Fact<T> = Known<T> | Unknown;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  /** Where it was read: a path, a URL, a command, or "said" (the user said so on the command line). */
  readonly source: string;
  readonly said?: true;
}

/** `absent`: it does not exist. `denied`: no permission. `timeout`, `failed`: tried. `not-asked`: nothing to ask. */
export type UnknownReason = "absent" | "denied" | "timeout" | "failed" | "not-asked";

export interface Unknown {
  readonly known: false;
  readonly reason: UnknownReason;
  /** What was tried and what came back, in English, scrubbed. */
  readonly detail: string;
  /** The same for a reader of another language. */
  readonly say?: Saying;
  /** The option or command with which the user can provide it, for example `--log FILE`. */
  readonly provide?: string;
}

export function known<T>(value: T, source: string): Known<T> {
  return { known: true, value, source };
}

export function said<T>(value: T, option: string): Known<T> {
  return { known: true, value, source: option, said: true };
}

/** `say`: why; its English words are the detail. */
export function unknown(reason: UnknownReason, say: Saying, provide?: string): Unknown {
  return {
    known: false,
    reason,
    detail: inEnglish(say),
    ...(provide === undefined ? {} : { provide }),
    say,
  };
}

/** Why it is not known, in words that every language has; of a document of an earlier release as it stands there. */
export function whyUnknown({ say, detail }: Unknown): Saying {
  return say ?? quoted(detail);
}

/** The value of a fact, or `undefined` while it is unknown. */
export function knownValue<T>(fact: Fact<T>): T | undefined {
  return fact.known ? fact.value : undefined;
}
