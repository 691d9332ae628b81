import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { ComposeChange } from "../core/finding.ts";
import { isObject } from "../core/json.ts";
import { interpolate } from "./variables.ts";
import { type ComposeYaml, composeYaml, loadYaml } from "./yaml.ts";

export type ComposeEdit =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: ComposeEditFailure };

/**
 * `syntax`: no Compose file. `no-service`: none of that name, or an empty one. `inherited`: what is to be changed
 * comes from an anchor, or by `!override`, and belongs to others, too. `published`: the port is published already.
 * `conflict`: `networks` or `ports` do not go with the network of another service. `absent`: there is nothing to
 * change. `unsupported`: it is written in a way in which a change would touch more than itself.
 */
export type ComposeEditFailure =
  | "syntax"
  | "no-service"
  | "inherited"
  | "published"
  | "conflict"
  | "absent"
  | "unsupported";

/**
 * The text of a Compose file with one thing of one service changed: every byte outside of it stays, comments, quotes
 * and line ends too. What comes out is read again, and is handed on only when it says what it was to say and
 * nothing else. Nothing is thrown.
 */
export async function editCompose(
  text: string,
  service: string,
  change: ComposeChange,
): Promise<ComposeEdit> {
  const yaml = await composeYaml(text);
  if (yaml === undefined) return failed("syntax");
  const expected = changed(yaml.value, service, change);
  if (typeof expected === "string") return failed(expected);
  const tools = await loadYaml();
  const splices = new Editor(text, yaml, tools).splices(service, change);
  if (typeof splices === "string") return failed(splices);
  const edited = spliced(text, splices);
  const after = await composeYaml(edited);
  return after !== undefined && isSame(after.value, expected)
    ? { ok: true, text: edited }
    : failed("unsupported");
}

function failed(why: ComposeEditFailure): ComposeEdit {
  return { ok: false, why };
}

// ---- as values: what the file is to say afterwards

type Value = Readonly<Record<string, unknown>>;

/** The value of a Compose file with the change made; the reason when it cannot be. */
export function changed(value: Value, service: string, change: ComposeChange): Value | ComposeEditFailure {
  const { services } = value;
  const own = isObject(services) && Object.hasOwn(services, service) ? services[service] : undefined;
  if (!isObject(services) || !isObject(own)) return "no-service";
  const next = changedService(own, change);
  return typeof next === "string" ? next : { ...value, services: { ...services, [service]: next } };
}

function changedService(own: Value, change: ComposeChange): Value | ComposeEditFailure {
  switch (change.kind) {
    case "publish": {
      const ports = own.ports ?? [];
      if (!Array.isArray(ports)) return "unsupported";
      if (ports.some((port) => targets(port, change.to))) return "published";
      return { ...own, ports: [publishedText(change), ...ports] };
    }
    case "on-loopback": {
      const { ports } = own;
      if (!Array.isArray(ports) || !ports.some((port) => targets(port, change.to))) return "absent";
      return { ...own, ports: ports.map((port) => (targets(port, change.to) ? onLoopback(port) : port)) };
    }
    case "reference":
      return withReference(own, change.variable);
    case "bind":
      return withBind(own, change.value);
    case "network":
      if (own.networks !== undefined || own.ports !== undefined) return "conflict";
      return { ...own, network_mode: `service:${change.of}` };
  }
}

function publishedText({ port, to }: { readonly port: number; readonly to: number }): string {
  return `127.0.0.1:${port}:${to}`;
}

/** Parts of a short port, colons of `${NAME:-default}` and of `[::1]` left alone. */
function portParts(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const char of text) {
    if (char === "{" || char === "[") depth += 1;
    if (char === "}" || char === "]") depth -= 1;
    if (char === ":" && depth === 0) {
      parts.push(part);
      part = "";
    } else part += char;
  }
  return [...parts, part];
}

/** Defaults count where a port is a variable. */
function targets(port: unknown, to: number): boolean {
  const written = isObject(port) ? port.target : port;
  if (typeof written !== "string" && typeof written !== "number") return false;
  const last = portParts(String(written)).at(-1) ?? "";
  const [, from, until = from] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/[a-z]{1,10})?$/.exec(interpolate(last, () => undefined).text.trim()) ?? [];
  return Number(from) <= to && to <= Number(until);
}

function onLoopback(port: unknown): unknown {
  if (isObject(port)) return { ...port, host_ip: "127.0.0.1" };
  const parts = portParts(String(port));
  const target = parts.at(-1) ?? "";
  const host = parts.length > 1 ? (parts.at(-2) ?? "") : "";
  return `127.0.0.1:${host}:${target}`;
}

function withReference(own: Value, variable: string): Value | ComposeEditFailure {
  if (!/^[A-Za-z_]\w{0,127}$/.test(variable)) return "unsupported";
  const environment = own.environment ?? {};
  const reference = `\${${variable}}`;
  if (isObject(environment)) return { ...own, environment: { ...environment, [variable]: reference } };
  if (!Array.isArray(environment)) return "unsupported";
  const isIt = (item: unknown): boolean =>
    typeof item === "string" && (item === variable || item.startsWith(`${variable}=`));
  const text = `${variable}=${reference}`;
  return {
    ...own,
    environment: environment.some(isIt)
      ? environment.map((item: unknown) => (isIt(item) ? text : item))
      : [text, ...environment],
  };
}

const BIND = /(--bind(?:=|\s{1,20}))(["']?)([^\s"']{1,100})\2/;

function withBind(own: Value, value: string): Value | ComposeEditFailure {
  const { command } = own;
  if (typeof command === "string") {
    const only = command.split("--bind").length === 2 && BIND.test(command);
    return only ? { ...own, command: command.replace(BIND, `$1$2${value}$2`) } : "absent";
  }
  if (!Array.isArray(command)) return "absent";
  const at = bindAt(command);
  if (at === undefined) return "absent";
  const next = command.map((word: unknown, index) =>
    index !== at ? word : String(word).startsWith("--bind=") ? `--bind=${value}` : value,
  );
  return { ...own, command: next };
}

/** The word that names the bind; the last one counts. */
function bindAt(words: readonly unknown[]): number | undefined {
  const flag = words.findLastIndex(
    (word) => typeof word === "string" && (word === "--bind" || word.startsWith("--bind=")),
  );
  if (flag === -1) return undefined;
  const at = words[flag] === "--bind" ? flag + 1 : flag;
  return at < words.length ? at : undefined;
}

// ---- as text: the bytes that are put in

/** A value that is put in: a text, a list of texts, or a mapping to texts. */
type Put = string | readonly string[] | { readonly [key: string]: string };

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

type Failure = ComposeEditFailure;

class Editor {
  readonly #source: string;
  readonly #yaml: ComposeYaml;
  readonly #tools: typeof import("yaml");
  readonly #newline: string;

  constructor(source: string, yaml: ComposeYaml, tools: typeof import("yaml")) {
    this.#source = source;
    this.#yaml = yaml;
    this.#tools = tools;
    this.#newline = source.includes("\r\n") ? "\r\n" : "\n";
  }

  splices(name: string, change: ComposeChange): readonly Splice[] | Failure {
    const { isMap, isScalar, isSeq } = this.#tools;
    const services: unknown = this.#yaml.document.get("services", true);
    const service = isMap(services) ? this.#own(services, name)?.value : undefined;
    if (!isMap(service)) return isScalar(service) || service === undefined ? "no-service" : "inherited";
    switch (change.kind) {
      case "publish":
        return this.#addItem(service, "ports", publishedText(change));
      case "on-loopback": {
        const ports = this.#own(service, "ports")?.value;
        return isSeq(ports) ? this.#loopback(ports, change.to) : "inherited";
      }
      case "reference":
        return this.#reference(service, change.variable);
      case "bind":
        return this.#bind(service, change.value);
      case "network":
        return this.#set(service, "network_mode", `service:${change.of}`);
    }
  }

  /** The last pair of a key, as it is the one that counts; not one that an anchor brought in. */
  #own(map: YAMLMap, key: string): Pair<unknown, unknown> | undefined {
    const { isScalar } = this.#tools;
    return map.items.findLast((pair) => isScalar(pair.key) && pair.key.value === key);
  }

  #addItem(service: YAMLMap, key: string, text: string): readonly Splice[] | Failure {
    const { isScalar, isSeq } = this.#tools;
    const pair = this.#own(service, key);
    if (pair === undefined) {
      // An own list would take the place of the one that is merged in.
      return this.#inherits(service, key) ? "inherited" : this.#addPair(service, key, [text]);
    }
    const { value } = pair;
    if (isSeq(value)) return this.#prepend(value, quoted(text));
    if ((isScalar(value) && value.value === null) || value === null)
      return this.#behindKey(service, pair, [text]);
    return "inherited";
  }

  #inherits(service: YAMLMap, key: string): boolean {
    const plain: unknown = service.toJS(this.#yaml.document, { maxAliasCount: 200 });
    return isObject(plain) && plain[key] !== undefined;
  }

  /** Before the first item, which stands where all of them do. */
  #prepend(seq: YAMLSeq, item: string): readonly Splice[] | Failure {
    const at = startOf(seq);
    if (at === undefined) return "unsupported";
    if (seq.flow === true) return [insertion(at + 1, seq.items.length > 0 ? `${item}, ` : item)];
    return [insertion(at, `- ${item}${this.#newline}${this.#indentAt(at)}`)];
  }

  #addPair(map: YAMLMap, key: string, value: Put): readonly Splice[] | Failure {
    if (map.flow === true) {
      const at = startOf(map);
      if (at === undefined) return "unsupported";
      const text = `${quoted(key)}: ${inFlow(value)}`;
      return [insertion(at + 1, map.items.length > 0 ? `${text}, ` : text)];
    }
    const first = map.items[0]?.key;
    const at = this.#tools.isNode(first) ? startOf(first) : undefined;
    if (at === undefined) return "unsupported";
    const line = `${this.#newline}${this.#indentAt(at)}`;
    const text =
      typeof value === "string"
        ? `${key}: ${quoted(value)}`
        : [`${key}:`, ...inBlock(value).map((one) => this.#step(map) + one)].join(line);
    return [insertion(at, text + line)];
  }

  /** Behind a key that has no value; comments below it stay below it. */
  #behindKey(
    map: YAMLMap,
    pair: Pair<unknown, unknown>,
    value: Exclude<Put, string>,
  ): readonly Splice[] | Failure {
    const { key } = pair;
    const end = this.#tools.isNode(key) ? key.range?.[1] : undefined;
    const start = this.#tools.isNode(key) ? startOf(key) : undefined;
    if (end === undefined || start === undefined || map.flow === true) return "unsupported";
    const colon = /^\s{0,20}:/.exec(this.#source.slice(end, end + 30))?.[0].length;
    if (colon === undefined) return "unsupported";
    const line = `${this.#newline}${this.#indentAt(start)}${this.#step(map)}`;
    return [
      insertion(
        end + colon,
        inBlock(value)
          .map((one) => line + one)
          .join(""),
      ),
    ];
  }

  #set(service: YAMLMap, key: string, value: string): readonly Splice[] | Failure {
    const pair = this.#own(service, key);
    if (pair === undefined)
      return this.#inherits(service, key) ? "inherited" : this.#addPair(service, key, value);
    return this.#replace(pair.value, value);
  }

  #replace(node: unknown, value: string): readonly Splice[] | Failure {
    const { isScalar } = this.#tools;
    if (!isScalar(node)) return "inherited";
    // Whoever else refers to it would get the change, too.
    if (node.anchor !== undefined || node.tag !== undefined) return "inherited";
    if (node.value === value) return [];
    const range = node.range ?? undefined;
    if (range === undefined || range[1] <= range[0]) return "unsupported";
    return [{ from: range[0], to: range[1], text: this.#like(node, value) }];
  }

  /** In the quotes that were there. */
  #like(node: Scalar, value: string): string {
    const { Scalar: styles } = this.#tools;
    if (node.type === styles.QUOTE_SINGLE && !value.includes("'")) return `'${value}'`;
    return quoted(value);
  }

  #loopback(ports: YAMLSeq, to: number): readonly Splice[] | Failure {
    const { isMap, isScalar } = this.#tools;
    const all: Splice[] = [];
    for (const item of ports.items) {
      const plain = this.#plain(item);
      if (!targets(plain, to)) continue;
      const next = onLoopback(plain);
      const found = isMap(item)
        ? this.#set(item, "host_ip", "127.0.0.1")
        : !isScalar(item) || typeof next !== "string"
          ? "inherited"
          : next === plain
            ? []
            : this.#replace(item, next);
      if (typeof found === "string") return found;
      all.push(...found);
    }
    return all;
  }

  #plain(node: unknown): unknown {
    const { isNode } = this.#tools;
    return isNode(node) ? (node as Node).toJS(this.#yaml.document, { maxAliasCount: 200 }) : node;
  }

  #reference(service: YAMLMap, variable: string): readonly Splice[] | Failure {
    const { isMap, isScalar, isSeq } = this.#tools;
    const reference = `\${${variable}}`;
    const pair = this.#own(service, "environment");
    if (pair === undefined) {
      if (this.#inherits(service, "environment")) return "inherited";
      return this.#addPair(service, "environment", { [variable]: reference });
    }
    const { value } = pair;
    if ((isScalar(value) && value.value === null) || value === null)
      return this.#behindKey(service, pair, { [variable]: reference });
    if (isMap(value)) return this.#set(value, variable, reference);
    if (!isSeq(value)) return "inherited";
    const at = value.items.findIndex((item) => {
      const text = this.#plain(item);
      return typeof text === "string" && (text === variable || text.startsWith(`${variable}=`));
    });
    const text = `${variable}=${reference}`;
    return at === -1 ? this.#prepend(value, quoted(text)) : this.#replace(value.items[at], text);
  }

  #bind(service: YAMLMap, value: string): readonly Splice[] | Failure {
    const { isScalar, isSeq } = this.#tools;
    const command = this.#own(service, "command")?.value;
    if (isSeq(command)) {
      const words = command.items.map((item) => this.#plain(item));
      const at = bindAt(words);
      if (at === undefined) return "absent";
      return this.#replace(
        command.items[at],
        String(words[at]).startsWith("--bind=") ? `--bind=${value}` : value,
      );
    }
    if (!isScalar(command)) return command === undefined ? "inherited" : "unsupported";
    if (command.anchor !== undefined || command.tag !== undefined) return "inherited";
    const [from, to] = command.range ?? [];
    if (from === undefined || to === undefined) return "unsupported";
    const raw = this.#source.slice(from, to);
    const found = BIND.exec(raw);
    if (found === null) return "absent";
    const [whole, before = "", quote = ""] = found;
    const start = from + found.index;
    return [{ from: start, to: start + whole.length, text: `${before}${quote}${value}${quote}` }];
  }

  /** What stands before a position in its line, when that is blanks only. */
  #indentAt(at: number): string {
    const start = this.#source.lastIndexOf("\n", at - 1) + 1;
    const before = this.#source.slice(start, at);
    return /^ *$/.test(before) ? before : " ".repeat(before.length);
  }

  /** One level of the file. */
  #step(map: YAMLMap): string {
    const { isNode } = this.#tools;
    const first = map.items[0]?.key;
    const at = isNode(first) ? (startOf(first) ?? 0) : 0;
    const own = this.#indentAt(at).length;
    // `services:` and the service's name are the two levels above.
    return " ".repeat(own >= 2 && own % 2 === 0 ? Math.max(1, own / 2) : 2);
  }
}

function inFlow(value: Put): string {
  if (typeof value === "string") return quoted(value);
  if (isList(value)) return `[${value.map(quoted).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, text]) => `${quoted(key)}: ${quoted(text)}`)
    .join(", ")}}`;
}

function inBlock(value: Exclude<Put, string>): readonly string[] {
  return isList(value)
    ? value.map((item) => `- ${quoted(item)}`)
    : Object.entries(value).map(([key, text]) => `${key}: ${quoted(text)}`);
}

function isList(value: Put): value is readonly string[] {
  return Array.isArray(value);
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  return typeof start === "number" ? start : undefined;
}

function insertion(at: number, text: string): Splice {
  return { from: at, to: at, text };
}

/** Quoted wherever it is: `${` begins a mapping in flow style, and a number stays a text. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function spliced(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .sort((a, b) => b.from - a.from)
    .reduce((whole, { from, to, text: put }) => whole.slice(0, from) + put + whole.slice(to), text);
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  if (!isObject(a)) return Object.is(a, b);
  if (!isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}
