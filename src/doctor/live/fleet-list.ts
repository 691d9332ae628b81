import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { bad, type Parsed, parsed, shownWord } from "../../core/bad-input.ts";
import type { Fact } from "../../core/fact.ts";
import type { Release } from "../../core/facts.ts";
import { say } from "../../core/saying.ts";
import { hasCredential } from "../../core/url-credentials.ts";
import { type ChosenTarget, parseTarget } from "../../deployments/target.ts";
import type { AskedFleet } from "../pure/fleet-lines.ts";
import { originSaid, releaseSaid } from "../pure/parse-arguments.ts";

/** One line of a list: a target, and what is said of it. */
export interface FleetEntry {
  /** Place in the list, from 0. */
  readonly entry: number;
  /** As it is written: the target alone. */
  readonly written: string;
  readonly target: ChosenTarget;
  readonly name?: string;
  /** Where the browser opens the page. */
  readonly origin?: string;
  readonly release: Fact<Release>;
  /** File of the token of this gateway, as it is written. */
  readonly tokenFile?: string;
}

export interface FleetList {
  /** Twelve hexadecimal digits of what it says. */
  readonly id: string;
  readonly entries: readonly FleetEntry[];
}

/** Bytes of a list, and its gateways. */
export const MAX_LIST = 4 * 1024 * 1024;
const MAX_ENTRIES = 20_000;
const NAME = /^[\p{L}\p{N}_.@:/-]{1,100}$/u;

/** The lines that name a gateway, without comments and blanks around them. `at`: 0-based, of the text. */
export function entryLines(text: string): readonly { readonly at: number; readonly line: string }[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line, at) => ({ at, line: line.trim() }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"));
}

/**
 * `TARGET [name=NAME] [origin=URL] [release=RELEASE] [token-file=FILE]`, one a line; what begins with `#` is a comment.
 * A token itself has no place in it: a list is passed around, and stands in a ConfigMap. `path`: for what is said of it.
 */
export function parseFleetList(text: string, path: string): Parsed<FleetList> {
  const entries: FleetEntry[] = [];
  for (const { at, line } of entryLines(text)) {
    const words = line.split(/\s+/);
    if (entries.length === MAX_ENTRIES)
      return bad(path, say("fleet-too-many", { count: MAX_ENTRIES }), say("ask-fewer"));
    const entry = entryOf(words, entries.length);
    // Which line it is says more than which option a target would have been of.
    if (!entry.ok) return bad(say("fleet-line", { path, count: at + 1 }), entry.bad.why, entry.bad.todo);
    entries.push(entry.value);
  }
  if (entries.length === 0) return bad(path, say("fleet-empty"), say("fleet-words"));
  return parsed({ id: identityOf(entries), entries });
}

function entryOf([written = "", ...words]: readonly string[], entry: number): Parsed<FleetEntry> {
  if (hasCredential(written)) return bad("", say("url-not-taken"), say("fleet-words"));
  const target = parseTarget(written);
  if (!target.ok) return target;
  let made: FleetEntry = {
    entry,
    written,
    target: target.value,
    release: { known: false, reason: "not-asked", detail: "", say: say("nobody-said") },
  };
  for (const word of words) {
    const [, key = "", value = ""] = /^([a-z-]{1,20})=(.+)$/s.exec(word) ?? [];
    if (key === "name" && NAME.test(value)) made = { ...made, name: value };
    else if (key === "token-file") made = { ...made, tokenFile: value };
    else if (key === "origin") {
      if (hasCredential(value)) return bad("", say("url-not-taken"), say("fleet-words"));
      const origin = originSaid(value);
      if (!origin.ok) return origin;
      made = { ...made, origin: origin.value };
    } else if (key === "release") {
      const release = releaseSaid(value);
      if (!release.ok) return release;
      made = { ...made, release: release.value };
    } else {
      // A value may be a token that has gone astray.
      const shown = /^[a-z-]{1,20}$/.test(key) ? `${key}=…` : "…";
      return bad("", say("fleet-odd-word", { word: shownWord(shown) }), say("fleet-words"));
    }
  }
  return parsed(made);
}

function identityOf(entries: readonly FleetEntry[]): string {
  const said = entries.map(({ written, name, origin, tokenFile, release }) => [
    written,
    name ?? "",
    origin ?? "",
    tokenFile ?? "",
    release.known ? release.value.version : "",
  ]);
  return shortHash(JSON.stringify(said));
}

export function shortHash(text: string): string {
  return bytesToHex(sha256(new TextEncoder().encode(text))).slice(0, 12);
}

export const MAX_SHARES = 1000;

/** Which lines of a list one of several runs takes. */
export interface Share {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** `INDEX/COUNT`; `COUNT` alone where an Indexed Job says which (`JOB_COMPLETION_INDEX`). */
export function shareSaid(text: string, env: Readonly<Record<string, string | undefined>>): Parsed<Share> {
  const example = say("for-example", { example: "--share 0/4" });
  const [, said, count = ""] = /^(?:(\d{1,4})\/)?(\d{1,4})$/.exec(text) ?? [];
  if (count === "" || Number(count) < 1)
    return bad(`--share ${shownWord(text)}`, say("fleet-no-share"), example);
  const index = said ?? env.JOB_COMPLETION_INDEX ?? "";
  if (!/^\d{1,4}$/.test(index)) return bad("--share", say("fleet-no-index"), example);
  if (Number(index) >= Number(count))
    return bad(`--share ${shownWord(text)}`, say("fleet-no-share"), example);
  return parsed({ index: Number(index), count: Number(count) });
}

/** In turn, so that neighbours in the list, which are often alike, are looked at by different runs. */
export function inShare({ entry }: Pick<FleetEntry, "entry">, { index, count }: Share): boolean {
  return entry % count === index;
}

/** What kubectl takes as a selector; the API server judges it. */
const SELECTOR = /^[\w./,=!() -]{1,500}$/;

/** A selection instead of a list: one entry, which stands for every gateway that it finds. */
export function listOfSelection({
  selector,
  namespace,
}: {
  readonly selector: string | undefined;
  readonly namespace: string | undefined;
}): Parsed<FleetList> {
  const todo = say("for-example", { example: "--selector app.kubernetes.io/name=openclaw" });
  if (selector !== undefined && !SELECTOR.test(selector))
    return bad(`--selector ${shownWord(selector)}`, say("fleet-no-selector"), todo);
  const list = parseFleetList(`k8s:${namespace ?? ""}`, "--namespace");
  if (!list.ok || namespace?.includes("/")) return bad("--namespace", say("fleet-no-name"), todo);
  return parsed({ ...list.value, id: shortHash(JSON.stringify([selector ?? "", namespace ?? ""])) });
}

/** Workloads whose line names no context are of this one. */
export function withContext(list: FleetList, context: string | undefined): FleetList {
  if (context === undefined) return list;
  return {
    id: shortHash(`${list.id} ${context}`),
    entries: list.entries.map((entry) =>
      entry.target.kind === "kubernetes" ? { ...entry, target: { context, ...entry.target } } : entry,
    ),
  };
}

/** What a look at the list makes lines of, for whoever reads such lines in a log. */
export function askedOf({ id, entries }: FleetList, tool: AskedFleet["tool"]): AskedFleet {
  return {
    list: id,
    entries: entries.length,
    tool,
    asks({ entry, target, name }) {
      const asked = entries[entry];
      if (asked === undefined) return false;
      if (asked.written === target) return asked.name === name;
      // What a namespace of the list stands for.
      if (asked.target.kind !== "kubernetes" || asked.target.workload !== undefined) return false;
      const found = parseTarget(target);
      if (!found.ok || found.value.kind !== "kubernetes" || found.value.workload === undefined) return false;
      return asked.target.namespace === undefined || asked.target.namespace === found.value.namespace;
    },
  };
}
