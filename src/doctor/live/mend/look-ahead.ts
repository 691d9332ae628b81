import type { Changer, Foreseen, Note } from "../../../core/change.ts";
import { type Fact, known, unknown, whyUnknown } from "../../../core/fact.ts";
import type { Step } from "../../../core/finding.ts";
import { type Saying, say } from "../../../core/saying.ts";
import { proxySite } from "../../../kinds/proxy-site.ts";
import { changeLines } from "../../../report/fix.ts";
import type { FixFile } from "../../../report/fix-report.ts";
import type { RemedyAction } from "../../../report/result.ts";

/** What the steps need and change beside openclaw.json. */
export interface Ahead {
  readonly files: readonly FixFile[];
  readonly notes: readonly Note[];
  /** Files that are written, those of `files` too. */
  readonly writes: readonly string[];
  /** Why a step cannot be done as things are, and what a person does first. */
  readonly problem?: { readonly detail: Saying; readonly first: readonly RemedyAction[] };
}

/** Looks, and changes nothing. */
export async function lookAhead(
  steps: readonly Step[],
  changer: Changer,
  signal: AbortSignal,
): Promise<Ahead> {
  const files: FixFile[] = [];
  const notes: Note[] = [];
  const writes: string[] = [];
  for (const step of steps) {
    const foreseen = (await changer.foresee?.(step, signal)) ?? known<Foreseen>({}, "");
    if (!foreseen.known) {
      return {
        files,
        writes,
        notes: distinctNotes(notes),
        problem: { detail: whyUnknown(foreseen), first: firstOf(step, foreseen.reason) },
      };
    }
    const { file, undo, writes: unshown } = foreseen.value;
    if (file !== undefined) files.push(fixFile(file, step, undo?.undo === "file.restore"));
    for (const path of [file?.path, unshown]) if (path !== undefined) writes.push(path);
    notes.push(...(foreseen.value.notes ?? []));
  }
  return { files, writes, notes: distinctNotes(notes) };
}

/** One file is written by several steps. */
export function distinctNotes(notes: readonly Note[]): readonly Note[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

/** `isThere`: what is written whole takes the place of something else. */
export function fixFile(
  { path, diff }: NonNullable<Foreseen["file"]>,
  step: Step,
  isThere: boolean,
): FixFile {
  const changes = diff.filter((entry) => typeof entry !== "string");
  const lines = changeLines(diff, step.do === "token.copy" ? "=" : ": ");
  return {
    path,
    lines: isThere && changes.length === 0 ? ["-…", ...lines] : lines,
    ...(changes.length === 0 ? {} : { changes }),
  };
}

/** The name that Tailscale gives this machine; unknown where the gateway could not set Serve up. */
export async function tailnetOf(changer: Changer, signal: AbortSignal): Promise<Fact<string>> {
  const foreseen = await changer.foresee?.({ do: "tailscale.status" }, signal);
  if (foreseen === undefined) return unknown("not-asked", say("host-not-asked"));
  if (!foreseen.known) return foreseen;
  const { url } = foreseen.value;
  return url === undefined
    ? unknown("absent", say("no-tailnet-name"))
    : known(new URL(url).hostname, foreseen.source);
}

/** Site files that are only printed. */
export function printedFiles(steps: readonly Step[]): readonly FixFile[] {
  return steps.flatMap((step) =>
    step.do === "proxy.write" && step.site !== undefined && step.path === undefined
      ? [{ lines: proxySite(step.site).trimEnd().split("\n") }]
      : [],
  );
}

function firstOf(step: Step, reason: string): readonly RemedyAction[] {
  if (step.do !== "tailscale.status") return [];
  const message = reason === "absent" ? "install-tailscale" : "log-in-tailscale";
  return [{ kind: "human", message }];
}
