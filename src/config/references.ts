/** A secret that is kept elsewhere: `{ source, provider, id }` (2026.3.13 and later). */
export interface SecretRef {
  readonly source: "env" | "file" | "exec" | "store";
  readonly provider?: string;
  readonly id: string;
}

/** The reference in a config value, or `undefined` when it is none. */
export function secretRefOf(value: unknown): SecretRef | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { source, provider, id } = value as Readonly<Record<string, unknown>>;
  if (source !== "env" && source !== "file" && source !== "exec" && source !== "store") return undefined;
  if (typeof id !== "string" || id.trim() === "") return undefined;
  return typeof provider === "string" ? { source, provider, id } : { source, id };
}

export type Substituted =
  | { readonly text: string; readonly from: readonly string[] }
  | { readonly missing: string }
  | { readonly tooLong: true };

/** Longer than anything that is set for one key. */
const MAX_FILLED = 262_144;
const NAME = /\{([A-Z_][A-Z0-9_]{0,127})\}/y;

/**
 * `${NAME}` in a config string: upper-case names only, `$${NAME}` stands for the text itself, a name that is not
 * set or empty makes the value unusable (shipped code of 2026.2.1 to 2026.9.6).
 */
export function substitute(text: string, lookup: (name: string) => string | undefined): Substituted {
  let out = "";
  const from: string[] = [];
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1) break;
    out += text.slice(at, dollar);
    const escaped = text[dollar + 1] === "$" && text[dollar + 2] === "{";
    NAME.lastIndex = escaped ? dollar + 2 : dollar + 1;
    const name = NAME.exec(text)?.[1];
    if (name === undefined) {
      out += "$";
      at = dollar + 1;
      continue;
    }
    const end = (escaped ? dollar + 2 : dollar + 1) + name.length + 2;
    if (escaped) {
      out += `\${${name}}`;
    } else {
      const value = lookup(name);
      if (value === undefined || value === "") return { missing: name };
      out += value;
      from.push(name);
      if (out.length > MAX_FILLED) return { tooLong: true };
    }
    at = end;
  }
  return { text: out + text.slice(at), from };
}
