import type { ProxyFront } from "../../core/proxies.ts";
import {
  type FrontParts,
  type FrontText,
  hostAndPort,
  Includes,
  leadsToGateway,
  lineAt,
  MAX_FRONTS,
  siteFileFor,
} from "./front-text.ts";

interface Line {
  readonly words: readonly string[];
  readonly start: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

/** Sites of a Caddyfile with a `reverse_proxy` to the gateway. Caddy passes on all that the gateway needs by itself. */
export function caddyFronts(text: FrontText, port: number, own: ReadonlySet<string>): FrontParts {
  const includes = new Includes(text);
  const sitesIn = (file: string, content: string): readonly ProxyFront[] => {
    const fronts: ProxyFront[] = [];
    let depth = 0;
    let site: Line | undefined;
    for (const line of linesOf(content)) {
      if (fronts.length >= MAX_FRONTS || !includes.counts()) break;
      if (depth === 0 && line.words[0] === "import")
        fronts.push(...includes.of(file, line.words[1] ?? "", sitesIn));
      if (depth === 0 && line.opens) site = line;
      const upstream = line.words.slice(1).some((word) => {
        const at = hostAndPort(word.replace(/^https?:\/\//, ""));
        return at !== undefined && leadsToGateway(at.host, at.port, port, own);
      });
      if (depth > 0 && line.words[0] === "reverse_proxy" && upstream && site !== undefined)
        fronts.push(frontOf(site, file, lineAt(content, line.start)));
      depth = Math.max(0, depth + Number(line.opens) - Number(line.closes));
    }
    return fronts;
  };
  const fronts = includes.in(text.main, sitesIn).slice(0, MAX_FRONTS);
  const { wants } = includes;
  const siteFile = wants.map((pattern) => siteFileFor(pattern, ".caddy")).find((path) => path !== undefined);
  return { fronts, wants, ...(siteFile === undefined ? {} : { siteFile }) };
}

function frontOf({ words }: Line, file: string, line: number): ProxyFront {
  const addresses = words.flatMap((word) => word.split(",")).filter((word) => word !== "");
  const parts = addresses.map((address) => {
    const [, scheme = "", name = "", at = ""] =
      /^(https?:\/\/)?([^:/\s]{0,253})(?::(\d{1,5}))?/i.exec(address) ?? [];
    const plain = scheme === "http://" || (scheme === "" && (at === "80" || name === ""));
    return { name: name.toLowerCase(), plain, port: at === "" ? (plain ? 80 : 443) : Number(at) };
  });
  return {
    proxy: "caddy",
    file,
    line,
    names: parts.flatMap(({ name }) => (/^[a-z0-9.-]+$/.test(name) ? [name] : [])),
    tls: parts.some(({ plain }) => !plain),
    ports: [...new Set(parts.map((part) => part.port))],
    lacks: [],
  };
}

function* linesOf(content: string): Iterable<Line> {
  let start = 0;
  for (const raw of content.split("\n")) {
    const words = raw
      .replace(/(?:^|\s)#.*$/, "")
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "");
    const opens = words.at(-1) === "{";
    yield {
      words: opens ? words.slice(0, -1) : words,
      start,
      opens,
      closes: words.length === 1 && words[0] === "}",
    };
    start += raw.length + 1;
  }
}
