import { say } from "../core/saying.ts";
import { hasCredential } from "../core/url-credentials.ts";
import { UsageError } from "./usage-error.ts";

/** Whatever is called a token, password or secret; `--allow-plaintext-token` takes no value. */
const SECRET_OPTIONS =
  /^--?(?!-?(?:no-)?allow-plaintext-token$)[\w-]{0,40}(?:token|password|passwd|secret|api-?key)(?:=|$)/i;

/**
 * Refuses credentials on the command line: every process of the machine can read them there, and shells keep
 * them. Runs before any parsing, so that no error message can repeat one.
 *
 * @throws {UsageError}
 */
export function refuseSecretArguments(argv: readonly string[]): void {
  for (const word of argv) {
    const option = SECRET_OPTIONS.exec(word);
    const url = hasCredential(word.replace(/^--[\w-]{1,40}=/, ""));
    if (!option && !url) continue;
    throw new UsageError(
      option ? say("option-not-taken", { option: word.split("=")[0] ?? "" }) : say("url-not-taken"),
      say("readable-by-all"),
      say("set-token-otherwise"),
    );
  }
}
