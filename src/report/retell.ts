import { fill } from "./messages/index.ts";

type Templates = Readonly<Record<string, string>>;

/** Longest sentence that is looked for; what is longer is another program's. */
const MAX_LENGTH = 600;

/**
 * A sentence of the engine in the reader's language: the template that it was made from is found among the English
 * ones, and the same key is filled in the other language. What fits none is said as it stands. `part` translates
 * what was filled in, by its name.
 */
export function retell(
  text: string,
  english: Templates,
  other: Templates,
  part: (name: string, value: string) => string = (_name, value) => value,
): string {
  if (text.length > MAX_LENGTH) return text;
  for (const [key, template] of Object.entries(english)) {
    const args = argsOf(text, template);
    const words = other[key];
    if (args === undefined || words === undefined) continue;
    return fill(words, Object.fromEntries(args.map(([name, value]) => [name, part(name, value)])));
  }
  return text;
}

/** What stands in the places of a template; each reaches to where the text between it and the next is found first. */
function argsOf(text: string, template: string): readonly (readonly [string, string])[] | undefined {
  const [first = "", ...rest] = template.split(/\{(\w+)\}/);
  if (!text.startsWith(first)) return undefined;
  const args: (readonly [string, string])[] = [];
  let at = first.length;
  for (let index = 0; index < rest.length; index += 2) {
    const [name = "", between = ""] = rest.slice(index, index + 2);
    const isLast = index + 2 >= rest.length;
    const end = isLast ? text.length - between.length : text.indexOf(between, at + 1);
    if (end <= at || !text.startsWith(between, end)) return undefined;
    args.push([name, text.slice(at, end)]);
    at = end + between.length;
  }
  return at === text.length ? args : undefined;
}
