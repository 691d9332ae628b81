import { safeText } from "../core/text.ts";
import type { Io, Spinner } from "./io.ts";

const silent: Spinner = { say: () => {}, stop: () => {} };

/** A spinner on stderr while something takes long: only on a terminal, never in CI, never with `--quiet`. */
export async function startSpinner(
  text: string,
  io: Pick<Io, "stderr" | "env" | "spin">,
  quiet: boolean,
): Promise<Spinner> {
  if (quiet || io.stderr.isTTY !== true || io.env.CI || io.env.TERM === "dumb") return silent;
  if (io.spin !== undefined) return io.spin(text);
  const { default: ora } = await import("ora");
  const spinner = ora({
    text: safeText(text),
    stream: process.stderr,
    discardStdin: false,
  }).start();
  return {
    say: (next) => {
      spinner.text = safeText(next);
    },
    stop: () => {
      spinner.stop();
    },
  };
}
