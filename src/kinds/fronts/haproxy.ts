import type { FrontLack, ProxyFront } from "../../core/proxies.ts";
import { type FrontParts, type FrontText, hostAndPort, leadsToGateway, MAX_FRONTS } from "./front-text.ts";

interface Section {
  readonly kind: string;
  readonly name: string;
  /** Line of its head, from 0. */
  readonly at: number;
  readonly lines: readonly (readonly string[])[];
}

/** Backends of HAProxy with the gateway as their server, and the frontends that lead to them. */
export function haproxyFronts(
  { main, files }: FrontText,
  port: number,
  own: ReadonlySet<string>,
): FrontParts {
  const sections = sectionsOf(files.get(main) ?? "");
  const defaults = sections.filter(({ kind }) => kind === "defaults").flatMap(({ lines }) => lines);
  const fronts = sections
    .filter((section) => serves(section, port, own))
    .slice(0, MAX_FRONTS)
    .map((backend): ProxyFront => {
      const leading =
        backend.kind === "listen" ? [backend] : sections.filter((one) => leadsTo(one, backend.name));
      const binds = leading.flatMap(({ lines }) => lines.filter(([word]) => word === "bind"));
      const ports = binds.flatMap(([, at = ""]) =>
        at.split(",").flatMap((one) => Number(/:(\d{1,5})$/.exec(one)?.[1] ?? Number.NaN) || []),
      );
      const lines = [...defaults, ...leading.flatMap((one) => one.lines), ...backend.lines];
      return {
        proxy: "haproxy",
        file: main,
        line: backend.at + 1,
        names: [],
        tls: binds.some((words) => words.includes("ssl")),
        ports: [...new Set(ports)],
        lacks: lacksOf(lines),
      };
    });
  return { fronts, wants: [], loads: loadsOf(sections) };
}

/** `haproxy -c` executes what it loads (its configuration manual; run 2.6). */
function loadsOf(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ lines }) =>
    lines.flatMap(([word = "", first = ""]) =>
      /^lua-(?:load(?:-per-thread)?|prepend-path)$/.test(word)
        ? // Of a path with patterns (`/x/?.lua`), the directory.
          [first.includes("?") ? first.slice(0, Math.max(1, first.indexOf("?") - 1)) : first]
        : [],
    ),
  );
}

function serves({ kind, lines }: Section, port: number, own: ReadonlySet<string>): boolean {
  if (kind !== "backend" && kind !== "listen") return false;
  return lines.some(([word, , to = ""]) => {
    const at = word === "server" ? hostAndPort(to) : undefined;
    return at !== undefined && leadsToGateway(at.host, at.port, port, own);
  });
}

function leadsTo({ kind, lines }: Section, backend: string): boolean {
  return (
    kind === "frontend" &&
    lines.some(([word, name]) => (word === "default_backend" || word === "use_backend") && name === backend)
  );
}

/** HAProxy passes upgrades and the Host header on by itself (its configuration manual; run 2.6). */
function lacksOf(lines: readonly (readonly string[])[]): readonly FrontLack[] {
  const sets = (name: string): boolean =>
    lines.some(
      ([word, action, header = ""]) =>
        word === "http-request" &&
        (action === "set-header" || action === "add-header") &&
        header.toLowerCase() === name,
    );
  const has = (first: string, second: string): boolean =>
    lines.some(([word, next]) => word === first && next === second);
  const lacks: readonly (readonly [FrontLack, boolean])[] = [
    ["forwarded-for", !has("option", "forwardfor") && !sets("x-forwarded-for")],
    ["forwarded-proto", !sets("x-forwarded-proto")],
    ["idle-timeout", !has("timeout", "tunnel")],
  ];
  return lacks.flatMap(([lack, is]) => (is ? [lack] : []));
}

const MENDS: Readonly<Record<FrontLack, readonly string[]>> = {
  upgrade: [],
  host: [],
  // Overwritten, never appended to: the gateway believes this proxy.
  "forwarded-for": ["http-request set-header X-Forwarded-For %[src]"],
  "forwarded-proto": [
    "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
    "http-request set-header X-Forwarded-Proto http if !{ ssl_fc }",
  ],
  "idle-timeout": ["timeout tunnel 1h"],
};

/** The configuration with what its backends of the gateway lack, everything else kept. */
export function mendHaproxy(
  content: string,
  port: number,
  adds: readonly FrontLack[],
  own: ReadonlySet<string> = new Set(),
): string | undefined {
  const added = adds.flatMap((lack) => MENDS[lack]).map((line) => `    ${line}`);
  const heads = new Set(
    sectionsOf(content)
      .filter((section) => serves(section, port, own))
      .map(({ at }) => at),
  );
  if (heads.size === 0 || added.length === 0) return undefined;
  return content
    .split("\n")
    .flatMap((line, at) => (heads.has(at) ? [line, ...added] : [line]))
    .join("\n");
}

const KINDS = new Set([
  "global",
  "defaults",
  "frontend",
  "backend",
  "listen",
  "peers",
  "resolvers",
  "userlist",
]);

function sectionsOf(content: string): readonly Section[] {
  const sections: { kind: string; name: string; at: number; lines: (readonly string[])[] }[] = [];
  for (const [at, line] of content.split("\n").entries()) {
    const words = line
      .replace(/(?:^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    const [kind = "", name = ""] = words;
    if (KINDS.has(kind)) sections.push({ kind, name, at, lines: [] });
    else if (kind !== "") sections.at(-1)?.lines.push(words);
  }
  return sections;
}
