import { isLoopbackHost } from "../../core/address.ts";
import type { LogDigest, SettingEvent } from "../../core/log-event.ts";
import { safeText } from "../../core/text.ts";
import { stanceOf } from "../../logs/stance.ts";
import { ownLines } from "./clauses.ts";
import type { OwnText } from "./read.ts";

const URLS = /\bhttps?:\/\/[\w.-]{1,253}(?::\d{1,5})?/giu;
/** Where people read, ask and fetch. */
const ELSEWHERE =
  /(?:^|\.)(?:github\.com|githubusercontent\.com|gitlab\.com|gitee\.com|openclaw\.ai|reddit\.com|stackoverflow\.com|stackexchange\.com|npmjs\.(?:com|org)|docker\.(?:com|io)|ghcr\.io|youtube\.com|bilibili\.com|zhihu\.com|csdn\.net|medium\.com|x\.com|discord\.com|discord\.gg|t\.me|telegram\.org|google\.com|openai\.com|anthropic\.com|openrouter\.ai|cloudflare\.com|tailscale\.com|letsencrypt\.org|microsoft\.com|apple\.com)$|^(?:docs?|blog|wiki|help|api|registry|hub)\./i;
/** Of a proxy's file, a setting, a request by hand, another program. */
const NO_PAGE =
  /\b(?:proxy_pass|reverse_proxy|upstream|backend|loadbalancer|server:|allowedOrigins|ALLOWED_ORIGINS|trustedProxies|baseUrl|base_url|curl|wget|git clone|image:|registry|webhook|endpoint|provider|ollama|callback|redirect_uri)\b|镜像|下载|教程|文档/iu;
/** The one that works is not the one that is asked about. */
const WORKS =
  /^[^.!?;。！？；]{0,80}\b(?:works?|is fine|all is fine|fine|ok|okay|good|connects)\b|^[^。！？；]{0,30}(?:正常|没问题|可以(?:用|打开)?|能(?:用|打开))/iu;

/**
 * The page's address, where people name it in no sentence that a shape knows (`Address: https://…`, `origin not allowed on
 * https://…`): the only address in their own words that is nobody else's. Nothing is added where one is told already.
 */
export function withToldPage(digest: LogDigest, texts: readonly OwnText[]): LogDigest {
  if (digest.events.some((event) => event.type === "setting" && event.key === "page")) return digest;
  const told = texts.flatMap(({ name, text }) =>
    ownLines(text).flatMap((line): SettingEvent[] =>
      pagesIn(line.text).map((value) => ({
        type: "setting",
        source: name,
        line: line.line,
        quote: safeText(line.text, 300),
        form: "client",
        key: "page",
        value,
      })),
    ),
  );
  const [first] = told;
  if (first === undefined || new Set(told.map(({ value }) => value)).size !== 1) return digest;
  return { ...digest, events: [...digest.events, first] };
}

/** Origins of pages; those on the reader's own machine are the ones that mostly work beside. */
function pagesIn(text: string): readonly string[] {
  if (NO_PAGE.test(text)) return [];
  return [...text.matchAll(URLS)].flatMap(({ 0: url, index }) => {
    const plain = url.replace(/[.-]+$/, "");
    if (!URL.canParse(plain)) return [];
    const { origin, hostname } = new URL(plain);
    if (ELSEWHERE.test(hostname) || isLoopbackHost(hostname)) return [];
    if (WORKS.test(text.slice(index + url.length))) return [];
    return stanceOf(text, index, url.length) === "own" ? [origin] : [];
  });
}
