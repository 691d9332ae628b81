import { readFile } from "node:fs/promises";
import type { AdmissionInput } from "../../core/connection.ts";
import type { WhatIfArguments } from "../commands/what-if.ts";
import { readAll } from "../credentials.ts";
import type { Session } from "../main.ts";
import { saidRelease } from "../said.ts";
import { langOf } from "../style.ts";
import { UsageError } from "../usage-error.ts";
import { answer } from "../what-if/answer.ts";
import { type Change, changed, idleKeys } from "../what-if/change.ts";
import { parseInputs } from "../what-if/input.ts";
import { renderAnswer, renderUpgrade } from "../what-if/render.ts";
import { type UpgradeChange, upgradeChanges } from "../what-if/upgrade.ts";
import type { Via } from "../what-if/vias.ts";

/** Largest input, bytes. */
const MAX_INPUT = 64 * 1024 * 1024;

export async function whatIf(args: WhatIfArguments, session: Session): Promise<number> {
  const { io } = session;
  const change: Change = {
    set: args.set ?? [],
    unset: args.unset ?? [],
    ...releaseChange(args.release),
    ...viaChange(args.via),
  };
  const inputs: readonly AdmissionInput[] =
    args.input === undefined
      ? [await foundHere(session)]
      : parseInputs(await readInput(args.input, session), args.input, change.release);
  const lang = langOf(args.lang, io.env);
  const notes = new Set<string>();
  for (const input of inputs) {
    const next = changed(input, change);
    for (const note of idleKeys(next, change)) notes.add(note);
    const upgrade = upgradeOf(input, next);
    const result = { ...answer(next), ...(upgrade === undefined ? {} : { upgrade }) };
    io.stdout.write(args.json ? `${JSON.stringify(result)}\n` : `${renderAnswer(next, result, lang)}\n`);
    if (!args.json && upgrade !== undefined)
      io.stdout.write(`${renderUpgrade(upgrade, input.release, next.release, lang)}\n`);
  }
  for (const note of notes) io.stderr.write(`pairing-doctor: ${note}\n`);
  return 0;
}

/** Only where another release is asked about than the one that the input names. */
function upgradeOf(input: AdmissionInput, next: AdmissionInput): readonly UpgradeChange[] | undefined {
  if (input.release === next.release) return undefined;
  return upgradeChanges({ ...next, release: input.release }, next.release);
}

function releaseChange(release: string | undefined): { release?: string } {
  const fact = saidRelease(release);
  return fact.known ? { release: fact.value.version } : {};
}

function viaChange(via: Via | undefined): { via?: Via } {
  return via === undefined ? {} : { via };
}

async function readInput(path: string, { io }: Session): Promise<string> {
  if (path === "-") return readAll(io.stdin, MAX_INPUT);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(
      `--input ${path}`,
      `it cannot be read (${code})`,
      "name a readable file, or - for standard input",
    );
  }
}

/** Loaded only here: with an input there is nothing to connect to. */
async function foundHere(session: Session): Promise<AdmissionInput> {
  const { collectedInput } = await import("../what-if/collected.ts");
  return collectedInput(session);
}
