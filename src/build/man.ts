import { execFileSync } from "node:child_process";

/**
 * The manual page, from the help of the built command: section 1, in roff. The help of each command stands as it is.
 *
 * @throws {Error} the command does not run.
 */
export function manualPage(bin: string, version: string): string {
  const help = (args: readonly string[]) =>
    execFileSync(process.execPath, [bin, ...args, "--help"], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LANG: "en_US.UTF-8", NO_COLOR: "1" },
    }).trim();
  const whole = help([]);
  const commands = [
    ...new Set([...whole.matchAll(/^ {2}pairing-doctor ([a-z-]+)/gm)].map(([, name = ""]) => name)),
  ];
  const [about = ""] = /^Says why .*$/m.exec(whole) ?? [];
  return [
    `.TH PAIRING-DOCTOR 1 "" "openclaw-pairing-doctor ${version}"`,
    ".SH NAME",
    "pairing-doctor \\- why the OpenClaw Control UI is refused, and what fixes it",
    ".SH SYNOPSIS",
    ".B pairing-doctor",
    "[\\fIcommand\\fR] [\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    roff(about),
    ".SH COMMANDS",
    ...commands.flatMap((name) => [`.SS ${name}`, ".nf", roff(help([name])), ".fi"]),
    ".SH EXIT STATUS",
    roff(/^Exit codes: [\s\S]*$/m.exec(whole)?.[0].replace(/\s+/g, " ") ?? ""),
    "",
  ].join("\n");
}

/** Text in which nothing is a request or an escape. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
