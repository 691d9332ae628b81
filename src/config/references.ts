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
  | { readonly missing: string };

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
    const open = escaped ? dollar + 3 : text[dollar + 1] === "{" ? dollar + 2 : -1;
    const close = open === -1 ? -1 : text.indexOf("}", open);
    const name = close === -1 || close - open > 128 ? "" : text.slice(open, close);
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) {
      out += "$";
      at = dollar + 1;
      continue;
    }
    if (escaped) {
      out += `\${${name}}`;
    } else {
      const value = lookup(name);
      if (value === undefined || value === "") return { missing: name };
      out += value;
      from.push(name);
    }
    at = close + 1;
  }
  return { text: out + text.slice(at), from };
}
