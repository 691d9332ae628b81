import { type MessageArgs, type Saying, sentence } from "../../core/saying.ts";
import { fill as fillPlain } from "../../core/template.ts";
import { safeText } from "../../core/text.ts";
import type { ReportNote } from "../result.ts";
import { en } from "./en.ts";
import type { Catalogue, CauseText, Lang } from "./types.ts";
import { zh } from "./zh.ts";

export type { Catalogue, CauseText, Lang } from "./types.ts";

const catalogues: Readonly<Record<Lang, Catalogue>> = { en, zh };

export function catalogueOf(lang: Lang): Catalogue {
  return catalogues[lang];
}

/** Looks a key up among a table's own entries, so that ids from outside never reach the prototype. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * Fills a template as core does (`{name}`, `{name|words}`, `{(name)}`); in a Chinese one with a space between Chinese
 * and Latin.
 */
export function fill(template: string, args: MessageArgs = {}): string {
  const filled = fillPlain(template, args);
  return HAN.test(template) ? spaceHan(filled) : filled;
}

/** A sentence in the language of the catalogue; `undefined` for one that it does not have (of another release). */
export function sentenceOf(catalogue: Catalogue, saying: Saying): string | undefined {
  return sentence(saying, catalogue.sayings, (template, args) =>
    fill(
      template,
      typeof args.gate === "string" ? { ...args, gate: wordsOf(catalogue.gates, args.gate) } : args,
    ),
  );
}

const HAN = /\p{Script=Han}/u;

/**
 * Chinese convention: a space between Chinese and Latin, none within Chinese. Code spans are left alone. Without looking
 * behind where it can be avoided: that is tried at every character, and takes several times as long.
 */
function spaceHan(text: string): string {
  return text
    .split("`")
    .map((part, index, parts) => {
      if (index % 2 === 1) return part;
      return part
        .replace(/([\p{Script=Han}，。：；！？、（）“”]) (?=[\p{Script=Han}，。：；！？、（）“”])/gu, "$1")
        .replace(/(\p{Script=Han})(?=[A-Za-z0-9])/gu, "$1 ")
        .replace(/([A-Za-z0-9])(?=\p{Script=Han})/gu, "$1 ")
        .replace(index > 0 ? /^(?=\p{Script=Han})/u : /(?!)/, " ")
        .replace(index < parts.length - 1 ? /(?<=\p{Script=Han})$/u : /(?!)/, " ");
    })
    .join("`");
}

/** The filled text of a cause; undefined when the catalogue does not know it (a third-party check). */
export function causeText(
  catalogue: Catalogue,
  id: string,
  variant?: string,
  given?: MessageArgs,
  detail?: Saying,
): CauseText | undefined {
  const message = entryOf(catalogue.causes, id);
  if (!message) return undefined;
  const { variants = {}, ...plain } = message;
  const own = detail && sentenceOf(catalogue, detail);
  const args = inWords(catalogue, own === undefined ? given : { ...given, detail: own });
  const text = { ...plain, ...(variant === undefined ? {} : entryOf(variants, variant)) };
  const { caveats } = text;
  // Filled when it is read: most who ask read the title alone.
  return {
    get title() {
      return fill(text.title, args);
    },
    get healthy() {
      return fill(text.healthy, args);
    },
    get what() {
      return fill(text.what, args);
    },
    get why() {
      return fill(text.why, args);
    },
    get fix() {
      return fill(text.fix, args);
    },
    get verify() {
      return fill(text.verify, args);
    },
    ...(caveats === undefined ? {} : { caveats: fill(caveats, args) }),
  };
}

/** A reason code of the gateway as the reader's language has it; other words stay the gateway's. */
function inWords(catalogue: Catalogue, args: MessageArgs = {}): MessageArgs {
  const reason = typeof args.reason === "string" ? entryOf(catalogue.reasons, args.reason) : undefined;
  return reason === undefined ? args : { ...args, reason };
}

/** Words for a key, or the key itself, spelled out, where the catalogue has none. */
export function wordsOf(table: Readonly<Record<string, string>>, key: string, args?: MessageArgs): string {
  const words = entryOf(table, key);
  return words === undefined ? safeText(key, 200) : fill(words, args);
}

/** A note of a report; what it tells in the tool's own words is in the same language. */
export function noteText(
  catalogue: Catalogue,
  {
    message,
    args,
    detail,
    finding,
  }: {
    readonly message: string;
    readonly args?: MessageArgs | undefined;
    readonly detail?: Saying | undefined;
    readonly finding?: ReportNote["finding"] | undefined;
  },
): string {
  const said = detail && sentenceOf(catalogue, detail);
  const title =
    finding && causeText(catalogue, finding.id, finding.variant, finding.args, finding.detail)?.title;
  return wordsOf(catalogue.notes, message, {
    ...args,
    ...(typeof args?.gate === "string" ? { gate: wordsOf(catalogue.gates, args.gate) } : {}),
    ...(said === undefined ? {} : { detail: said }),
    ...(title === undefined ? {} : { finding: title }),
  });
}
