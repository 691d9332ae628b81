import type { FrontLack, ProxyFront } from "../../core/proxies.ts";
import {
  absoluteIn,
  directoryOf,
  type FrontParts,
  type FrontText,
  hostAndPort,
  Includes,
  leadsToGateway,
  lineAt,
  MAX_FRONTS,
  siteFileFor,
} from "./front-text.ts";

interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** Of its own text in its file, the `;` or `{` included. */
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly block?: readonly Directive[];
}

const MAX_DEPTH = 30;

/** Sites of nginx that hand requests over to the gateway's port on this host. */
export function nginxFronts(text: FrontText, port: number, own: ReadonlySet<string>): FrontParts {
  const includes = new Includes(text);
  const whole = includes.in(text.main, (file, content) => expanded(content, file, text, includes));
  const http = whole.filter(({ name }) => name === "http").flatMap(({ block = [] }) => block);
  const upstreams = leadingUpstreams(http, port, own);
  const fronts: ProxyFront[] = [];
  for (const server of http.filter(({ name }) => name === "server"))
    for (const found of handOvers([http, server.block ?? []], server.block ?? [], 0)) {
      if (fronts.length >= MAX_FRONTS) break;
      if (!isGateway(found.pass.args[0] ?? "", upstreams, port, own)) continue;
      fronts.push(frontOf(found, server.block ?? [], text));
    }
  const site = http
    .filter(({ name }) => name === "include")
    .flatMap(
      ({ args: [pattern = ""] }) => siteFileFor(absoluteIn(directoryOf(text.main), pattern), ".conf") ?? [],
    )
    // Where distributions have sites of one's own.
    .toSorted((a, b) => Number(b.includes("/sites-enabled/")) - Number(a.includes("/sites-enabled/")))[0];
  const loads = [...text.files].flatMap(([file, content]) => loadsIn(parsed(text, file, content)));
  return { fronts, wants: includes.wants, loads, ...(site === undefined ? {} : { siteFile: site }) };
}

interface HandOver {
  readonly pass: Directive;
  /** Blocks around it, the outermost first. */
  readonly levels: readonly (readonly Directive[])[];
}

function* handOvers(
  levels: readonly (readonly Directive[])[],
  block: readonly Directive[],
  depth: number,
): Iterable<HandOver> {
  if (depth > MAX_DEPTH) return;
  for (const each of block) {
    if (each.name === "proxy_pass") yield { pass: each, levels };
    if ((each.name === "location" || each.name === "if") && each.block !== undefined)
      yield* handOvers([...levels, each.block], each.block, depth + 1);
  }
}

/** Names of `upstream` blocks with the gateway as a server. */
function leadingUpstreams(
  directives: readonly Directive[],
  port: number,
  own: ReadonlySet<string>,
): ReadonlySet<string> {
  const leads = ({ name, args: [server = ""] }: Directive): boolean => {
    const at = name === "server" ? hostAndPort(server) : undefined;
    return at !== undefined && leadsToGateway(at.host, at.port, port, own);
  };
  return new Set(
    directives.flatMap(({ name, args: [first = ""], block = [] }) =>
      name === "upstream" && block.some(leads) ? [first] : [],
    ),
  );
}

/** Directives of nginx and of its common modules that load code: modules, Perl, njs, Lua. */
const LOADS =
  /^(?:load_module|ssl_engine|perl_(?:modules|require)|js_(?:import|include|path)|lua_package_c?path|\w{1,60}_by_lua_file)$/;

/** Absolute paths; a relative one is below what was compiled in, or below the `-p` of whoever started it. */
function loadsIn(directives: readonly Directive[]): readonly string[] {
  return directives.flatMap(({ name, args, block = [] }) => [
    ...(LOADS.test(name)
      ? args
          .flatMap((arg) => arg.split(";"))
          .flatMap((arg) => (arg.startsWith("/") ? [arg.replace(/\/?\?.*$/, "")] : []))
      : []),
    ...loadsIn(block),
  ]);
}

function isGateway(
  to: string,
  upstreams: ReadonlySet<string>,
  port: number,
  own: ReadonlySet<string>,
): boolean {
  const [, authority = ""] = /^https?:\/\/([^/\s$]{1,260})/.exec(to) ?? [];
  const direct = hostAndPort(authority);
  if (direct !== undefined) return leadsToGateway(direct.host, direct.port, port, own);
  return upstreams.has(authority);
}

function frontOf({ pass, levels }: HandOver, server: readonly Directive[], text: FrontText): ProxyFront {
  const listens = server.filter(({ name }) => name === "listen");
  const ports = listens.map(({ args: [at = ""] }) => Number(/(?:^|:)(\d{1,5})$/.exec(at)?.[1] ?? 80));
  const names = server
    .filter(({ name }) => name === "server_name")
    .flatMap(({ args }) => args)
    .filter((name) => /^[a-z0-9.-]{1,253}$/i.test(name) && name !== "_");
  return {
    proxy: "nginx",
    file: pass.file,
    line: lineAt(text.files.get(pass.file) ?? "", pass.start),
    names: names.map((name) => name.toLowerCase()),
    tls: listens.some(({ args }) => args.includes("ssl")),
    ports: ports.length === 0 ? [80] : [...new Set(ports)],
    lacks: lacksOf(levels),
  };
}

/** Of the innermost block that has any: `proxy_set_header` is inherited only where the block has none (nginx's documentation). */
function headersOf(levels: readonly (readonly Directive[])[]): readonly Directive[] {
  const inner = levels.findLast((block) => block.some(({ name }) => name === "proxy_set_header"));
  return inner?.filter(({ name }) => name === "proxy_set_header") ?? [];
}

function lacksOf(levels: readonly (readonly Directive[])[]): readonly FrontLack[] {
  const headers = new Map(
    headersOf(levels).map(({ args: [name = "", value = ""] }) => [name.toLowerCase(), value]),
  );
  const version = levels.findLast((block) => block.some(({ name }) => name === "proxy_http_version"));
  const http = version?.findLast(({ name }) => name === "proxy_http_version")?.args[0] ?? "1.0";
  const timeout = levels.findLast((block) => block.some(({ name }) => name === "proxy_read_timeout"));
  const upgrades =
    http !== "1.0" && (headers.get("upgrade") ?? "") !== "" && (headers.get("connection") ?? "") !== "";
  const host = headers.get("host") ?? "$proxy_host";
  const lacks: readonly (readonly [FrontLack, boolean])[] = [
    ["upgrade", !upgrades],
    [
      "host",
      host === "" ||
        host.startsWith("$proxy_host") ||
        host.startsWith("127.") ||
        host.startsWith("localhost"),
    ],
    ["forwarded-for", (headers.get("x-forwarded-for") ?? "") === ""],
    ["forwarded-proto", (headers.get("x-forwarded-proto") ?? "") === ""],
    ["idle-timeout", timeout === undefined],
  ];
  return lacks.flatMap(([lack, is]) => (is ? [lack] : []));
}

/** What each lack is mended by: name and value as nginx has them. */
const MENDS: Readonly<Record<FrontLack, readonly (readonly [string, string, string?])[]>> = {
  upgrade: [
    ["proxy_http_version", "1.1"],
    ["proxy_set_header", "Upgrade", "$http_upgrade"],
    ["proxy_set_header", "Connection", '"upgrade"'],
  ],
  host: [["proxy_set_header", "Host", "$http_host"]],
  // Overwritten, never appended to: the gateway believes this proxy.
  "forwarded-for": [["proxy_set_header", "X-Forwarded-For", "$remote_addr"]],
  "forwarded-proto": [["proxy_set_header", "X-Forwarded-Proto", "$scheme"]],
  "idle-timeout": [["proxy_read_timeout", "3600s"]],
};

/**
 * One file of nginx's with what its hand-overs to the gateway's port lack, everything else kept; `undefined` where
 * nothing of it leads there, or it is not understood.
 */
export function mendNginx(
  content: string,
  port: number,
  adds: readonly FrontLack[],
  own: ReadonlySet<string> = new Set(),
): string | undefined {
  const file = "/site";
  const top = parse(content, file);
  if (top === undefined) return undefined;
  const changes: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const upstreams = leadingUpstreams([...top, ...top.flatMap(({ block = [] }) => block)], port, own);
  const walk = (
    levels: readonly (readonly Directive[])[],
    block: readonly Directive[],
    depth: number,
  ): void => {
    if (depth > MAX_DEPTH) return;
    for (const each of block) {
      if (each.name === "proxy_pass" && isGateway(each.args[0] ?? "", upstreams, port, own))
        changes.push(...changesAt(content, { pass: each, levels }, adds));
      if (each.block !== undefined) walk([...levels, each.block], each.block, depth + 1);
    }
  };
  walk([top], top, 0);
  if (changes.length === 0) return undefined;
  let next = content;
  for (const { start, end, text } of changes.toSorted((a, b) => b.start - a.start))
    next = next.slice(0, start) + text + next.slice(end);
  return next;
}

function changesAt(content: string, { pass, levels }: HandOver, adds: readonly FrontLack[]) {
  const own = levels.at(-1) ?? [];
  const mends = adds.flatMap((lack) => MENDS[lack]);
  const isHeader = ([name]: readonly [string, string, string?]): boolean => name === "proxy_set_header";
  const hasOwn = own.some(({ name }) => name === "proxy_set_header");
  // A block with a header of its own inherits none any more, so those of the blocks around come along.
  const inherited = hasOwn || !mends.some(isHeader) ? [] : headersOf(levels);
  const added: string[] = [];
  const changes: { start: number; end: number; text: string }[] = [];
  for (const { args } of inherited) {
    const [name = "", value = ""] = args;
    if (!mends.some((mend) => isHeader(mend) && mend[1].toLowerCase() === name.toLowerCase()))
      added.push(`proxy_set_header ${name} ${quotedArg(value)};`);
  }
  for (const mend of mends) {
    const [name, first, second] = mend;
    const text = `${name} ${first}${second === undefined ? "" : ` ${second}`};`;
    const there = own.find((one) =>
      isHeader(mend)
        ? one.name === name && one.args[0]?.toLowerCase() === first.toLowerCase()
        : one.name === name,
    );
    if (there === undefined) added.push(text);
    else changes.push({ start: there.start, end: there.end, text });
  }
  const lineStart = content.lastIndexOf("\n", pass.start) + 1;
  const before = content.slice(lineStart, pass.start);
  const indent = /^\s*$/.test(before) ? `\n${before}` : " ";
  if (added.length > 0)
    changes.push({ start: pass.end, end: pass.end, text: added.map((line) => indent + line).join("") });
  return changes;
}

function quotedArg(value: string): string {
  return /^[\w$./:-]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

// ---- the text

/** With what it includes in its place; an `include` itself stays, too. nginx takes its path from the main file's directory. */
function expanded(content: string, file: string, text: FrontText, includes: Includes): readonly Directive[] {
  const read = (path: string, inner: string) => expanded(inner, path, text, includes);
  const inside = (directives: readonly Directive[]): readonly Directive[] =>
    directives.flatMap((each): readonly Directive[] => {
      if (!includes.counts()) return [];
      if (each.name === "include") return [each, ...includes.of(text.main, each.args[0] ?? "", read)];
      return [each.block === undefined ? each : { ...each, block: inside(each.block) }];
    });
  return inside(parsed(text, file, content));
}

/** Each file's directives: a text is read round by round, and a file may be included any number of times. */
const read = new WeakMap<FrontText, Map<string, readonly Directive[]>>();

function parsed(text: FrontText, file: string, content: string): readonly Directive[] {
  const files = read.get(text) ?? new Map<string, readonly Directive[]>();
  read.set(text, files);
  const known = files.get(file) ?? parse(content, file) ?? [];
  files.set(file, known);
  return known;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** `;`, `{` or `}` outside of quotes. */
  readonly mark: boolean;
}

function parse(content: string, file: string): readonly Directive[] | undefined {
  const tokens = tokensOf(content);
  let at = 0;
  const block = (depth: number): readonly Directive[] | undefined => {
    const found: Directive[] = [];
    let words: Token[] = [];
    while (at < tokens.length) {
      const token = tokens[at];
      at += 1;
      if (token === undefined) break;
      if (!token.mark) {
        words.push(token);
        continue;
      }
      const [name, ...args] = words.map(({ text }) => text);
      const start = words[0]?.start ?? token.start;
      words = [];
      if (token.text === "}") return depth === 0 ? undefined : found;
      if (name === undefined) {
        if (token.text === "{") return undefined;
        continue;
      }
      const base = { name, args, start, end: token.end, file };
      if (token.text === ";") found.push(base);
      else {
        if (depth > MAX_DEPTH) return undefined;
        const inner = block(depth + 1);
        if (inner === undefined) return undefined;
        found.push({ ...base, block: inner });
      }
    }
    return depth === 0 && words.length === 0 ? found : undefined;
  };
  return block(0);
}

function tokensOf(content: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < content.length; ) {
    const char = content[at] ?? "";
    if (/\s/.test(char)) at += 1;
    else if (char === "#") {
      const end = content.indexOf("\n", at);
      at = end === -1 ? content.length : end;
    } else if (char === ";" || char === "{" || char === "}") {
      tokens.push({ text: char, start: at, end: at + 1, mark: true });
      at += 1;
    } else {
      const end = wordEnd(content, at);
      const raw = content.slice(at, end);
      const text = char === '"' || char === "'" ? raw.slice(1, -1).replaceAll(/\\(["'\\])/g, "$1") : raw;
      tokens.push({ text, start: at, end, mark: false });
      at = end;
    }
  }
  return tokens;
}

function wordEnd(content: string, start: number): number {
  const quote = content[start];
  if (quote === '"' || quote === "'") {
    for (let at = start + 1; at < content.length; at += 1) {
      if (content[at] === "\\") at += 1;
      else if (content[at] === quote) return at + 1;
    }
    return content.length;
  }
  for (let at = start; at < content.length; at += 1) {
    // `${name}` is one word.
    if (content[at] === "$" && content[at + 1] === "{") {
      const end = content.indexOf("}", at);
      if (end === -1) return content.length;
      at = end;
    } else if (/[\s;{}]/.test(content[at] ?? "")) return at;
  }
  return content.length;
}
