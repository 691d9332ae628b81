import type { AdmissionInput } from "../../core/connection.ts";
import { type Saying, say } from "../../core/saying.ts";
import type { HereInput } from "../../doctor/live/collected-input.ts";
import { answer } from "../../doctor/pure/what-if/answer.ts";
import { type Change, changed, idleKeys, parseSetting } from "../../doctor/pure/what-if/change.ts";
import { askable } from "../../doctor/pure/what-if/config-shape.ts";
import { newBrowserHere, parseInputs } from "../../doctor/pure/what-if/input.ts";
import type { Via } from "../../doctor/pure/what-if/vias.ts";
import { catalogueOf, sentenceOf } from "../../report/messages/index.ts";
import { renderAnswer, renderUpgrade } from "../../report/what-if.ts";
import type { WhatIfArguments } from "../commands/what-if.ts";
import { handedCredentials, readAll } from "../credentials.ts";
import { readNamed } from "../named-input.ts";
import { saidRelease } from "../parsed-options.ts";
import type { Session } from "../session.ts";
import { langOf } from "../style.ts";
import { mustParse, UsageError } from "../usage-error.ts";

/** Largest input, bytes; the 1,730 connections that were measured have 2 MB. */
export const MAX_INPUT = 16 * 1024 * 1024;

export async function whatIf(args: WhatIfArguments, session: Session): Promise<number> {
  const { io, out } = session;
  const change: Change = {
    set: (args.set ?? []).map((text) => mustParse(parseSetting(text))),
    unset: args.unset ?? [],
    ...releaseChange(args.release),
    ...viaChange(args.via),
  };
  const lang = langOf(args.lang, io.env);
  const words = (saying: Saying) => sentenceOf(catalogueOf(lang), saying) ?? saying.message;
  const notes = new Set<string>();
  let inputs: readonly AdmissionInput[];
  if (args.input === undefined) {
    const here = await foundHere(session, change.release);
    if ("missing" in here) {
      out.say(`pairing-doctor: what-if: ${words(here.missing)}\n  ${words(here.todo)}\n`);
      return 3;
    }
    if (here.supposed !== undefined) notes.add(words(here.supposed));
    inputs = [here.input];
  } else inputs = mustParse(parseInputs(await readInput(args.input, session), args.input, change.release));
  // All of them before the first answer: a slip is one error and no half of a page.
  mustParse(askable(inputs, change));
  for (const input of inputs) {
    const next = changed(input, change);
    for (const note of idleKeys(next, change)) notes.add(words(note));
    const result = answer(next, input.release);
    if (args.json) {
      out.put(`${out.json(result)}\n`);
      continue;
    }
    out.print(`${renderAnswer(next, result, lang)}\n`);
    const { upgrade } = result;
    if (upgrade !== undefined) out.print(`${renderUpgrade(upgrade, input.release, next.release, lang)}\n`);
  }
  for (const note of notes) out.say(`pairing-doctor: ${note}\n`);
  return 0;
}

function releaseChange(release: string | undefined): { release?: string } {
  const fact = saidRelease(release);
  return fact.known ? { release: fact.value.version } : {};
}

function viaChange(via: Via | undefined): { via?: Via } {
  return via === undefined ? {} : { via };
}

async function readInput(path: string, { io }: Session): Promise<string> {
  if (path === "-") {
    const text = await readAll(io.stdin, MAX_INPUT + 1);
    if (text.length <= MAX_INPUT) return text;
    throw new UsageError(
      "--input -",
      say("longer-than", { size: `${MAX_INPUT / 1_048_576} MiB` }),
      say("ask-fewer"),
    );
  }
  const todo = say("name-input");
  return readNamed({ path, what: `--input ${path}`, todo }, { maxBytes: MAX_INPUT }, io);
}

/** Loaded only here: with an input there is nothing to connect to. */
async function foundHere({ io, out, salt }: Session, asked: string | undefined): Promise<HereInput> {
  const { collectedInput } = await import("../../doctor/live/collected-input.ts");
  const credentials = await handedCredentials({}, io, salt);
  const given = credentials === undefined ? {} : { credentials };
  const learn = (secrets: readonly string[]) => out.learn(secrets);
  const about = asked === undefined ? {} : { asked: { release: asked, connection: newBrowserHere() } };
  return collectedInput({ ...given, ...about, env: io.env, salt, signal: io.signal, learn });
}
