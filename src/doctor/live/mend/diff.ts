import { structuredPatch } from "diff";
import { editConfig } from "../../../config/edit.ts";
import type { ConfigFile } from "../../../core/change.ts";
import type { Step } from "../../../core/finding.ts";
import { TOKEN_KEY } from "../../../core/journal.ts";
import { createScrubber } from "../../../core/scrub.ts";
import { safeText } from "../../../core/text.ts";

/** Lines of the config around a change. */
const CONTEXT = 2;
const MAX_LINES = 120;

/**
 * What the steps change in openclaw.json, as lines that begin with ` `, `-` or `+`; secrets are taken out. The
 * gateway's own `config set` may write other lines for the same values, which is why these are not a patch.
 */
export function configDiff(
  config: ConfigFile | undefined,
  steps: readonly Step[],
  secrets: readonly string[],
): readonly string[] {
  const before = config === undefined ? "{}\n" : Buffer.from(config.content, "base64").toString("utf8");
  let after = before;
  for (const step of steps) {
    const change = changeOf(step);
    if (change === undefined) continue;
    const outcome = editConfig(after, change);
    if (outcome.ok) after = outcome.text;
  }
  return textDiff(before, after, secrets);
}

function changeOf(step: Step): Parameters<typeof editConfig>[1] | undefined {
  if (step.do === "config.set") return { set: { key: step.key, value: step.value } };
  if (step.do === "config.unset") return { unset: { key: step.key } };
  return step.do === "token.generate" ? { set: { key: TOKEN_KEY, value: "<new token>" } } : undefined;
}

/** The same for two whole texts. */
export function textDiff(before: string, after: string, secrets: readonly string[]): readonly string[] {
  if (before === after) return [];
  const scrub = createScrubber(secrets);
  const clean = (line: string) => scrub(safeText(line, 300)).text;
  const { hunks } = structuredPatch("", "", before, after, "", "", {
    context: CONTEXT,
    maxEditLength: 2000,
  }) ?? {
    hunks: [],
  };
  return hunks
    .flatMap(({ lines }, index) => (index === 0 ? lines : [" …", ...lines]))
    .filter((line) => !line.startsWith("\\"))
    .slice(0, MAX_LINES)
    .map(clean);
}
