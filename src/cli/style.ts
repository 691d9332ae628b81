import { LANGS, type Lang, langOfLocale } from "../core/languages.ts";
import type { Io } from "./io.ts";

export type ColorOption = "auto" | "always" | "never";

export interface Look {
  readonly color: boolean;
  readonly box: boolean;
  readonly width: number;
  readonly unicode: boolean;
}

/**
 * How the human report looks. `--color` wins, then NO_COLOR, then FORCE_COLOR, then whether stdout is a
 * terminal. A box only on a terminal that is not CI.
 */
export function lookOf(option: ColorOption, io: Pick<Io, "env" | "stdout">): Look {
  const { env, stdout } = io;
  const tty = stdout.isTTY === true;
  return {
    color: colorOf(option, env, tty),
    box: tty && !isSet(env.CI) && env.TERM !== "dumb",
    width: Math.min(Math.max(tty ? (stdout.columns ?? 80) : 80, 40), 120),
    unicode: isUnicode(env),
  };
}

function colorOf(option: ColorOption, env: Io["env"], tty: boolean): boolean {
  if (option !== "auto") return option === "always";
  if (isSet(env.NO_COLOR)) return false;
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return tty && !isSet(env.CI) && env.TERM !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

/** Windows' old console code pages and the C locale have no box or arrow characters. */
function isUnicode(env: Io["env"]): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  if (/utf-?8/i.test(locale)) return true;
  if (env.WT_SESSION || env.TERM_PROGRAM) return true;
  return locale === "" && process.platform !== "win32" ? true : /^[a-z]{2}_[A-Z]{2}$/.test(locale);
}

/** What was asked for, else the language of the locale. */
export function langOf(option: string | undefined, env: Io["env"]): Lang {
  return (
    LANGS.find((lang) => lang === option) ?? langOfLocale(env.LC_ALL || env.LC_MESSAGES || env.LANG || "")
  );
}
