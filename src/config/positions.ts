import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";

/** Keys beyond which no real openclaw.json goes. */
const MAX_KEYS = 20_000;
/** A path longer than this is of no key that anybody asks for. */
const MAX_PATH = 500;
/** Characters beyond which lines are not looked for: the tree of a megabyte takes 200 MB (momoa 3.3.13, measured). */
const MAX_TEXT = 131_072;

/**
 * The line (1-based) of each key of a JSON5 text, by dotted path; array items have their index as a part.
 * A duplicate key has its last line, as its last value wins. Empty for what is no JSON5, or longer than any config.
 */
export function keyLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const tree = text.length > MAX_TEXT ? undefined : treeOf(text);
  if (tree !== undefined) addLines(tree, "", lines);
  return lines;
}

function treeOf(text: string): ValueNode | undefined {
  try {
    return parse(text, { mode: "json5" }).body;
  } catch {
    // No JSON5; or a thousand comments in a row, each of which is a call within a call.
    return undefined;
  }
}

function addLines(node: ValueNode, path: string, lines: Map<string, number>): void {
  if (node.type === "Object")
    for (const member of node.members) {
      const key = join(path, memberName(member));
      if (key === undefined || lines.size >= MAX_KEYS) continue;
      lines.set(key, member.loc.start.line);
      addLines(member.value, key, lines);
    }
  else if (node.type === "Array")
    for (const [index, { value }] of node.elements.entries()) {
      const key = join(path, `${index}`);
      if (key !== undefined) addLines(value, key, lines);
    }
}

/** The key of a member, however it is written. */
export function memberName({ name }: MemberNode): string {
  return name.type === "Identifier" ? name.name : name.value;
}

function join(parent: string, name: string): string | undefined {
  if (parent.length + name.length > MAX_PATH) return undefined;
  return parent === "" ? name : `${parent}.${name}`;
}
