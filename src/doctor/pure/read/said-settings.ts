import { parseBoundedJson } from "../../../core/json.ts";
import { ownLines } from "../../../kinds/words/clauses.ts";
import { stanceOf } from "../../../logs/stance.ts";
import type { InputDocument } from "./documents.ts";

/**
 * Settings of the gateway that somebody names in a sentence or sets by a command, as a part of its openclaw.json:
 * "I added `trustedProxies: [\"127.0.0.1\"]`", `openclaw config set gateway.bind lan`. What
 * they deny, remove, or only ask about is none.
 */
export function saidSettings(text: string, name: string): InputDocument | undefined {
  const said: Record<Holder, Record<string, unknown>> = { gateway: {}, page: {}, auth: {} };
  let line: number | undefined;
  for (const own of ownLines(text)) {
    for (const [key, holder, pattern] of SETTINGS) {
      const match = pattern.exec(own.text);
      const value = settingOf(match?.[1]);
      if (match === null || value === undefined || !isInForce(own.text, match.index, match[0].length))
        continue;
      said[holder][key] = value;
      line ??= own.line;
    }
  }
  if (line === undefined) return undefined;
  const { gateway, page, auth } = said;
  const whole = {
    ...gateway,
    ...(Object.keys(page).length === 0 ? {} : { controlUi: page }),
    ...(Object.keys(auth).length === 0 ? {} : { auth }),
  };
  return { as: "config", name, text: JSON.stringify({ gateway: whole }), line };
}

/** Between a key and its value, as files, commands and people write it. */
const IS = "[\"'`]{0,2}(?:\\s?[:=]\\s?|\\s(?:is |to |set to |holds |has |with )?)[\"'`]{0,2}";
const LIST = "(\\[[^\\]\\n]{0,400}\\])";

type Holder = "gateway" | "page" | "auth";

const SETTINGS: readonly (readonly [key: string, holder: Holder, pattern: RegExp])[] = [
  ["trustedProxies", "gateway", new RegExp(`\\btrustedProxies${IS}${LIST}`)],
  ["allowedOrigins", "page", new RegExp(`\\ballowedOrigins${IS}${LIST}`)],
  ["bind", "gateway", new RegExp(`\\bgateway\\.bind${IS}(lan|loopback|auto|tailnet|custom)\\b`)],
  // What weakens the gateway, however it came to be on.
  ...["allowInsecureAuth", "dangerouslyDisableDeviceAuth", "dangerouslyAllowHostHeaderOriginFallback"].map(
    (key) => [key, "page", new RegExp(`\\b${key}${IS}(true)\\b`)] as const,
  ),
  ["mode", "auth", new RegExp(`\\bgateway\\.auth\\.mode${IS}(none)\\b`)],
];

/** Taken out again, what one could do, or what an error offers. */
const NOT_NOW =
  /\b(?:remov\w{1,3}|delet\w{1,3}|unset|revert\w{0,3}|took out|without|should|could|would|must|if (?:I|we|you)|want to|recommend\w{0,3}|expected?|default\w{0,3}|requires?|needs?)\b|(?:[,;(]\s?|\bor\s)set\s|删除|去掉|移除|要不要|应该|是否|网上/iu;

/** The rest of a sentence that asks. */
const ASKED = /^(?:[^.!?。！？]|[.!?](?=\S)){0,400}[?？](?:\s|$|(?<=？))/u;

function isInForce(text: string, at: number, length: number): boolean {
  if (stanceOf(text, at, length) !== "own") return false;
  return !NOT_NOW.test(text.slice(Math.max(0, at - 60), at)) && !ASKED.test(text.slice(at + length));
}

function settingOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text === "true") return true;
  if (!text.startsWith("[")) return text;
  const list = parseBoundedJson(text.replaceAll("'", '"').replaceAll('\\"', '"'));
  return Array.isArray(list) && list.every((one) => typeof one === "string") ? list : undefined;
}
