import type { ClientErrorEvent, LogDigest } from "../../core/log-event.ts";
import { stanceOf } from "../../logs/stance.ts";
import { type OwnLine, ownLines } from "./clauses.ts";
import type { OwnText } from "./read.ts";

type Speaker = "app" | "node" | "page" | "cli";

const SYSTEM = "(?:ios|ipados|android|iphone|ipad|安卓|苹果|鸿蒙)";
/**
 * Who may have been refused, as people call them. A browser on a phone is a browser, and the app of a platform (TrueNAS,
 * Umbrel) is the gateway itself, so "the app" is one only where a phone's was spoken of.
 */
const ACTORS: readonly (readonly [Speaker, RegExp])[] = [
  [
    "app",
    new RegExp(
      `\\b(?:ios|ipados|android|iphone|ipad|apple watch|mobile|phone|companion)(?:['’]s)? (?:openclaw |companion |native )?(?:app|client|companion)\\b|\\b(?:openclaw|clawdbot) app (?:on|for|from) (?:my |the |an? )?(?:\\w{1,12} )?(?:iphone|ipad|android|phone|tablet|pixel|galaxy|app store|play store|google play|f-droid|testflight)\\b|\\btestflight\\b|\\bapk\\b|\\bapp on (?:my |the )?(?:iphone|ipad|android|phone|tablet|pixel)\\b|${SYSTEM}\\s?(?:手机)?(?:端|版|上)?的?\\s?(?:openclaw\\s?)?(?:app|应用|客户端)|手机(?:端|上)?的?\\s?(?:openclaw\\s?)?(?:app|应用|客户端)`,
      "giu",
    ),
  ],
  [
    "node",
    /\bnode[- ]hosts?\b|\b(?:headless|remote|companion|second|other|my|new) nodes?\b(?!\.?js| ?v?\d| (?:process|version))|\bopenclaw node (?:run|start|install)\b|\bnode (?:service|daemon) (?:on|of) (?:my|the)\b|(?:远程|无头|从|子)节点|节点主机/giu,
  ],
  [
    "page",
    /\b(?:browsers?|dashboard|control ui|web ?ui|web ?page|web ?chat|chrome|safari|firefox|edge|brave|incognito|the (?:page|tab|ui)|pwa|localhost|https?:\/\/[\w.-])\b|浏览器|控制台|网页|页面|面板|后台/giu,
  ],
  [
    "cli",
    /\b(?:the|my|openclaw|our|a) cli\b|\bcli\b(?= (?:says|gets|is|also|too))|\bterminal\b|\bopenclaw (?:devices|status|cron|agent|message|channels|health|logs|doctor|gateway|nodes|pairing|sessions|config)\b|命令行|终端/giu,
  ],
];
const THE_APP =
  /\b(?:the|this|its|that) app\b|(?:该|这个|那个)?\s?(?:app|应用)(?:里|上|端|内)?(?:提示|显示|报|说|一直)/giu;

/** What somebody does not use was not refused; what they cannot open was. */
const UNUSED =
  /\b(?:never|don['’]t|do not|didn['’]t) (?:even |ever )?(?:open(?:ed)?|use[ds]?|touch(?:ed)?|need)\b[^.,;]{0,12}$|(?:从来?|都|并|根本)?没(?:有)?用过?$|不用$/iu;

/** Lines that a sentence may be away from the one that says of whom it is. */
const MOST_APART = 8;
/** Characters behind an error in which its client may be named: `"pairing required" in the iOS app`. */
const BEHIND = 100;

interface Mentioned {
  readonly speaker: Speaker;
  readonly at: number;
}

/**
 * The digest with the apps and node hosts that a text tells of: what is quoted without a name ("It says pairing required")
 * was said to whoever was spoken of last.
 */
export function withSpeakers(digest: LogDigest, texts: readonly OwnText[]): LogDigest {
  const told = texts.map(({ name, text }) => ({ name, lines: ownLines(text) }));
  if (told.length === 0 || !digest.events.some(isOpen)) return digest;
  return {
    ...digest,
    events: digest.events.map((event) => {
      if (!isOpen(event)) return event;
      const lines = told.find(({ name }) => name === event.source)?.lines ?? [];
      const speaker = speakerOf(event, lines);
      return speaker === undefined || !mayBe(speaker, event, lines) ? event : { ...event, from: speaker };
    }),
  };
}

/** Quoted words of a refusal; what has a close code has the shape in which only its client prints it. */
function isOpen(event: LogDigest["events"][number]): event is ClientErrorEvent {
  if (event.type !== "client-error" || event.gate === undefined || event.code !== undefined) return false;
  return event.from === "unknown" || event.from === "app" || event.from === "page";
}

function mayBe(speaker: Speaker, { from }: ClientErrorEvent, lines: readonly OwnLine[]): boolean {
  if (speaker === "page") return from === "app";
  if (speaker === "cli") return false;
  // The page's own words are an app's only where nobody speaks of a page.
  return from !== "page" || !lines.some(({ text }) => mentions(text, false).some(isPage));
}

const isPage = ({ speaker }: Mentioned) => speaker === "page";

function speakerOf({ line, message }: ClientErrorEvent, lines: readonly OwnLine[]): Speaker | undefined {
  const own = lines.find((one) => one.line === line);
  if (own === undefined) return undefined;
  const hasApp = lines.some(({ text }) => mentions(text, false).some(({ speaker }) => speaker === "app"));
  const found = own.text.toLowerCase().indexOf(message.toLowerCase().slice(0, 16));
  const at = found < 0 ? own.text.length : found;
  const here = mentions(own.text, hasApp);
  const before = here.filter((one) => one.at < at).at(-1);
  if (before !== undefined) return before.speaker;
  const behind = here.find((one) => one.at >= at && one.at - at < BEHIND);
  if (behind !== undefined) return behind.speaker;
  const above = lines.filter((one) => one.line < line).slice(-MOST_APART);
  for (const { text } of above.reverse()) {
    const last = mentions(text, hasApp).at(-1);
    if (last !== undefined) return last.speaker;
  }
  return undefined;
}

/** In the order in which they stand; what somebody denies using is none. */
function mentions(text: string, hasApp: boolean): readonly Mentioned[] {
  const actors = hasApp ? [...ACTORS, ["app", THE_APP] as const] : ACTORS;
  return actors
    .flatMap(([speaker, pattern]) =>
      [...text.matchAll(pattern)].flatMap(({ 0: match, index }) =>
        stanceOf(text, index, match.length) === "own" &&
        !UNUSED.test(text.slice(Math.max(0, index - 40), index))
          ? [{ speaker, at: index }]
          : [],
      ),
    )
    .sort((a, b) => a.at - b.at);
}
