import { changesBetween, type ShownOptions } from "../../../config/changes.ts";
import { editConfig } from "../../../config/edit.ts";
import { parseJson5 } from "../../../config/json5.ts";
import type { ConfigFile, KeyChange } from "../../../core/change.ts";
import type { Step } from "../../../core/finding.ts";
import { TOKEN_KEY } from "../../../core/journal.ts";

/** What the steps change in openclaw.json, whoever writes it. */
export function configDiff(
  config: ConfigFile | undefined,
  steps: readonly Step[],
  options: ShownOptions,
): readonly KeyChange[] {
  const before = config === undefined ? "{}\n" : Buffer.from(config.content, "base64").toString("utf8");
  let after = before;
  for (const step of steps) {
    const change = changeOf(step);
    if (change === undefined) continue;
    const outcome = editConfig(after, change);
    if (outcome.ok) after = outcome.text;
  }
  return textDiff(before, after, options);
}

function changeOf(step: Step): Parameters<typeof editConfig>[1] | undefined {
  if (step.do === "config.set") return { set: { key: step.key, value: step.value } };
  if (step.do === "config.unset") return { unset: { key: step.key } };
  return step.do === "token.generate" ? { set: { key: TOKEN_KEY, value: "<new token>" } } : undefined;
}

/** The same for two whole texts. Of one that cannot be read nothing is shown, as nobody could say what is a secret. */
export function textDiff(before: string, after: string, options: ShownOptions): readonly KeyChange[] {
  if (before === after) return [];
  const [old, now] = [valuesIn(before), valuesIn(after)];
  // OpenClaw's own note of its release and the time is nobody's change.
  return old === undefined || now === undefined
    ? []
    : changesBetween(old, now, options).filter(({ key }) => !key.startsWith("meta."));
}

function valuesIn(text: string): unknown {
  const plain = text.replace(/^\ufeff/, "");
  if (plain.trim() === "") return {};
  try {
    return parseJson5(plain);
  } catch {
    return undefined;
  }
}
