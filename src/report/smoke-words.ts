import { quoted, type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { type Catalogue, causeText, sentenceOf } from "./messages/index.ts";
import type { Report } from "./result.ts";
import { isExpected, type Phase, type PhaseMet, type Smoke } from "./smoke.ts";

const PHASES: Readonly<Record<Phase, Saying>> = {
  absent: say("smoke-phase-absent"),
  stopped: say("smoke-phase-stopped"),
  starting: say("smoke-phase-starting"),
  migrating: say("smoke-phase-migrating"),
  restarting: say("smoke-phase-restarting"),
  up: say("smoke-phase-up"),
};

/** `3.2 s: the gateway is starting: HTTP 503 …` */
export function phaseLine({ phase, why, afterMs }: PhaseMet, words: Catalogue): string {
  return sentenceText(say("smoke-phase", { seconds: secondsOf(afterMs), detail: PHASES[phase], why }), words);
}

/** The verdict and where it was met, in one line: `PASS: the gateway lets the Control UI in (ws://…, 2026.9.6, 3.2 s)`. */
export function smokeLine(report: Report, smoke: Smoke, words: Catalogue): string {
  const { url, version, versionRange } = report.gateway;
  const release = version ?? versionRange?.join("–");
  const where = say("smoke-where", {
    url: url ?? report.target.name,
    ...(release === undefined ? {} : { release }),
    seconds: secondsOf(smoke.waitedMs),
  });
  const [open, close] = words.words.inset.split("{text}");
  return `${sentenceText(verdictOf(report, smoke, words), words)}${open}${sentenceText(where, words)}${close}`;
}

function verdictOf(
  report: Report,
  { outcome, passed, expected, waitedMs, phases }: Smoke,
  words: Catalogue,
): Saying {
  if (passed) return say(expected === "connected" ? "smoke-pass-connected" : "smoke-pass-pairing-required");
  if (outcome === "not-ready") {
    const last = phases.at(-1);
    return say("smoke-not-ready", {
      seconds: secondsOf(waitedMs),
      detail: PHASES[last?.phase ?? "absent"],
      why: startFailure(report, words) ?? last?.why ?? PHASES.absent,
    });
  }
  if (outcome === "undetermined") {
    const missing = report.missing?.[0];
    return missing === undefined
      ? say("smoke-undetermined")
      : say("smoke-undetermined", { why: missing.say ?? quoted(missing.detail) });
  }
  if (outcome === "connected") return say("smoke-fail-connected");
  const finding = report.findings.find((one) => !isExpected(one, expected));
  const text = finding && causeText(words, finding.id, finding.variant, finding.args, finding.detail);
  return say("smoke-fail-finding", {
    title: text?.title ?? words.verdicts.found,
    ...(finding === undefined ? {} : { id: finding.id }),
  });
}

/** What the diagnosis found of a gateway that does not come up says more than that nobody answers. */
function startFailure({ findings }: Report, words: Catalogue): Saying | undefined {
  const [first] = findings;
  if (first === undefined || first.severity === "info") return undefined;
  if (first.variant === undefined && SAYS_NO_MORE.has(first.id)) return undefined;
  const text = causeText(words, first.id, first.variant, first.args, first.detail);
  return text === undefined ? undefined : quoted(text.title);
}

const SAYS_NO_MORE: ReadonlySet<string> = new Set(["gateway-down-or-starting", "gateway-starting-1013"]);

function sentenceText(saying: Saying, words: Catalogue): string {
  return safeText(sentenceOf(words, saying) ?? saying.message, 1000);
}

/** One decimal. */
function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10;
}
