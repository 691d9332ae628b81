import type { ComposeYaml } from "../../compose/yaml.ts";
import type { ProxyFront } from "../../core/proxies.ts";

/** The text of a configuration with all that it includes. */
export interface FrontText {
  /** The file that was named. */
  readonly main: string;
  /** By absolute path; of what could not be read there is none. */
  readonly files: ReadonlyMap<string, string>;
  /** Those that are YAML mappings, of a program whose configuration is YAML. */
  readonly yaml?: ReadonlyMap<string, ComposeYaml>;
  /** Files that an `include` with a pattern means, of those that are there. */
  readonly matching: (pattern: string) => readonly string[];
}

/**
 * Files that one file names and that belong in its place. A file that names itself ends there, and what files of others
 * make of each other has an end: so many names, and so many directives or lines after all is in its place.
 */
export class Includes {
  readonly #wants = new Set<string>();
  readonly #text: FrontText;
  readonly #open: string[] = [];
  #named = 0;
  #read = 0;
  #parts = 0;

  constructor(text: FrontText) {
    this.#text = text;
  }

  /** Paths and patterns that were named. */
  get wants(): readonly string[] {
    return [...this.#wants];
  }

  /** Counts a directive or a line; false: there are too many for a configuration, and it ends here. */
  counts(): boolean {
    this.#parts += 1;
    return this.#parts <= MAX_PARTS;
  }

  /**
   * What `read` makes of each file that `name` means, beside the file `beside`; of one that includes itself, and of more
   * than a configuration has, nothing.
   */
  of<T>(beside: string, name: string, read: (file: string, content: string) => readonly T[]): readonly T[] {
    this.#named += 1;
    if (this.#named > MAX_NAMED) return [];
    const path = absoluteIn(directoryOf(beside), name);
    if (this.#wants.size < MAX_WANTS) this.#wants.add(path);
    return (path.includes("*") ? this.#text.matching(path) : [path]).flatMap((file) => this.in(file, read));
  }

  in<T>(file: string, read: (file: string, content: string) => readonly T[]): readonly T[] {
    const content = this.#text.files.get(file);
    if (content === undefined || this.#open.includes(file)) return [];
    if (this.#open.length >= MAX_DEPTH || this.#read >= MAX_READ) return [];
    this.#read += 1;
    this.#open.push(file);
    const found = read(file, content);
    this.#open.pop();
    return found;
  }
}

/** Files within files. */
const MAX_DEPTH = 8;
/** Of all together: names of files in the text, different ones of them, files put in their place, directives or lines. */
const MAX_NAMED = 4000;
export const MAX_WANTS = 500;
const MAX_READ = 4000;
const MAX_PARTS = 200_000;

/** Of one configuration. */
export const MAX_FRONTS = 50;

/** What a configuration says of the way to a gateway. */
export interface FrontParts {
  readonly fronts: readonly ProxyFront[];
  /** Paths and patterns that it includes. */
  readonly wants: readonly string[];
  /** Absolute paths of code that it loads into the program, also when it is only checked. */
  readonly loads?: readonly string[];
  /** A file that it would read if it were there. */
  readonly siteFile?: string;
}

/** Longer ones are not read. */
export const MAX_CONFIG = 1_000_000;

/** The name of a site file that is ours. */
export const OWN_SITE = "openclaw-control-ui";

/** Whether an upstream of a proxy on the gateway's host is the gateway. `own`: further addresses of the host. */
export function leadsToGateway(
  host: string,
  port: number,
  gateway: number,
  own: ReadonlySet<string>,
): boolean {
  if (port !== gateway) return false;
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return (
    bare === "" ||
    bare === "localhost" ||
    bare === "::1" ||
    /^127\.\d+\.\d+\.\d+$/.test(bare) ||
    own.has(bare)
  );
}

/** `host:port`, IPv6 in brackets. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host = "", port = ""] = /^(\[[0-9a-f:.]{2,60}\]|[\w.-]{0,255}):(\d{1,5})$/i.exec(text) ?? [];
  return port === "" ? undefined : { host, port: Number(port) };
}

/** The path that a name means in a file of this directory. */
export function absoluteIn(directory: string, name: string): string {
  return name.startsWith("/") ? name : `${directory.replace(/\/$/, "")}/${name}`;
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

/** A pattern of `include` and `import`, where only the last part has a `*`. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  const [first = "", ...rest] = parts;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const found = index === rest.length - 1 ? name.length - part.length : name.indexOf(part, at);
    if (found < at || !name.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return rest.length > 0 || name === pattern;
}

/** Where a site file of our own goes, for a pattern that includes such files. */
export function siteFileFor(pattern: string, usual: string): string | undefined {
  const name = pattern.slice(pattern.lastIndexOf("/") + 1);
  if (!name.includes("*") || pattern.slice(0, -name.length).includes("*")) return undefined;
  const own = name === "*" ? `${OWN_SITE}${usual}` : name.replace("*", OWN_SITE).replaceAll("*", "");
  return matches(name, own) ? pattern.slice(0, -name.length) + own : undefined;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
