import type { KeyChange, Note } from "../core/change.ts";
import type { Target } from "../core/facts.ts";
import type { Risk } from "../core/finding.ts";
import type { RefusedJournal } from "../core/journal.ts";
import { inEnglish, type MessageArgs, type Saying } from "../core/saying.ts";
import type { RemedyAction, ReportedRelease, ReportRemedy } from "./result.ts";

/**
 * What `fix` plans, did or undid, for a document (`fixDocument`) and for a person. No secret is in it: `changes` are
 * scrubbed by whoever makes them.
 */
export interface FixReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly outcome: FixOutcome;
  readonly target: Target;
  readonly gateway: ReportedRelease;
  /** The finding that is to be mended. */
  readonly finding?: FixFinding;
  /** In the order in which they are done. */
  readonly remedies: readonly ReportRemedy[];
  readonly risk: Risk;
  /** What changes in openclaw.json, key by key. */
  readonly changes: readonly KeyChange[];
  /** The same as lines that begin with `-` or `+`. */
  readonly diff: readonly string[];
  /** Other files: as a diff where they are written (`path`), as they are where they are only printed. */
  readonly files: readonly FixFile[];
  /** Every path that is written, openclaw.json and the journal too; as the changer names them. */
  readonly writes: readonly string[];
  /** What to know before it is agreed to: keys of `Catalogue.fix.notes`. */
  readonly notes: readonly Note[];
  /** Journals of earlier fixes that are not believed. */
  readonly refused: readonly RefusedJournal[];
  /** Devices that would be let in. */
  readonly requests: readonly FixRequest[];
  /** Requests of which a person has to say first which is the page's: more than one fits, or one asks for more. */
  readonly candidates?: readonly FixRequest[];
  readonly alternatives: readonly FixAlternative[];
  /** Popular advice that does not help here. */
  readonly popular: readonly FixPopular[];
  /** How the steps were done. */
  readonly how: readonly Saying[];
  /** The gate that waits behind those that are mended. */
  readonly gate?: string;
  /** What was met, or why it was not done. */
  readonly detail?: Saying;
  /** What was not taken back, of `undone-in-part`. */
  readonly left?: readonly Saying[];
  /** Errors that a diagnosis still finds after a fix that was kept. */
  readonly remains?: readonly FixFinding[];
  /** What a person has to do before or after: keys of `Catalogue.human`. */
  readonly byHand: readonly RemedyAction[];
  /** What to look at afterwards, keys of `Catalogue.fix.see`. */
  readonly see: readonly { readonly message: string; readonly args?: MessageArgs }[];
}

/** The JSON of `fix --json`: sentences are in English. */
export interface FixDocument extends Omit<FixReport, "how" | "detail" | "left" | "refused"> {
  readonly how: readonly string[];
  readonly refused: readonly { readonly path: string; readonly why: string }[];
  readonly detail?: string;
}

export function fixDocument({ how, refused, detail, left, ...report }: FixReport): FixDocument {
  const said = left === undefined ? detail && inEnglish(detail) : left.map(inEnglish).join("; ");
  return {
    ...report,
    how: how.map(inEnglish),
    refused: refused.map(({ path, why }) => ({ path, why: inEnglish(why) })),
    ...(said === undefined ? {} : { detail: said }),
  };
}

/** A report in which nothing was planned or done yet. */
export const EMPTY_FIX = {
  remedies: [],
  risk: "none",
  changes: [],
  diff: [],
  files: [],
  writes: [],
  notes: [],
  refused: [],
  requests: [],
  alternatives: [],
  popular: [],
  how: [],
  byHand: [],
  see: [],
} as const satisfies Partial<FixReport>;

/**
 * `planned`: previewed, nothing was done. `kept`: done and verified. `rolled-back`: done, did not help, and is as
 * before. `unproven`: done, and what the connection meets
 * now cannot be tried from here. `partly`: done and verified, and `gate` refuses next. `by-hand`: only a person can do it. `would-refuse`: nothing was done,
 * as `gate` would keep the user's own page out afterwards. `no-plan`: nothing that we know lets the connection in.
 */
export type FixOutcome =
  | "planned"
  | "declined"
  | "kept"
  | "unproven"
  | "would-refuse"
  | "undone-in-part"
  | "partly"
  | "rolled-back"
  | "by-hand"
  | "no-plan"
  | "healthy"
  | "undetermined"
  | "not-begun"
  | "stuck"
  | "undone"
  | "nothing-to-undo";

export interface FixFinding {
  readonly id: string;
  readonly code: string;
  readonly variant?: string;
  readonly args?: MessageArgs;
}

export interface FixFile {
  readonly path?: string;
  readonly lines: readonly string[];
  /** What `lines` say of single keys. */
  readonly changes?: readonly KeyChange[];
}

export interface FixRequest {
  readonly requestId: string;
  readonly deviceId: string;
  readonly client?: string;
  readonly platform?: string;
  readonly address?: string;
  /** Seconds since it was made. */
  readonly age?: number;
  readonly role?: string;
  readonly scopes: readonly string[];
}

export interface FixAlternative {
  readonly remedies: readonly string[];
  readonly args?: MessageArgs;
  /** `WhyNot` of the plan, or `refused-at`. */
  readonly whyNot: string;
  readonly gate?: string;
}

export interface FixPopular {
  readonly id: string;
  readonly verdict: string;
  readonly gate?: string;
}
