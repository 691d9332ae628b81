import { runToEnd } from "./command.ts";
import type { ServiceUnit } from "./world.ts";

/** Lines from the end; a gateway writes some hundred in a day. */
const LINES = 3000;
const TIMEOUT_MS = 8000;
const UNIT = /^[A-Za-z0-9][A-Za-z0-9_.@:-]{0,252}$/;

/** The words that print a service's journal, each line with its time; `undefined` for a name that no unit has. */
export function journalWords({ name, user, uid }: ServiceUnit): readonly string[] | undefined {
  if (!UNIT.test(name)) return undefined;
  const which =
    user && uid !== undefined
      ? [`_SYSTEMD_USER_UNIT=${name}.service`, `_UID=${uid}`]
      : [...(user ? ["--user"] : []), "-u", `${name}.service`];
  return ["journalctl", ...which, "-n", String(LINES), "--no-pager", "--quiet", "-o", "short-iso"];
}

/** Of this machine. Where it may not be read, `journalctl` prints nothing. */
export async function journalHere(
  unit: ServiceUnit,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array | undefined> {
  const words = journalWords(unit);
  if (words === undefined) return undefined;
  const outcome = await runToEnd(words, {
    env: Object.fromEntries(
      Object.entries({ ...env, LC_ALL: "C" }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      ),
    ),
    cwd: "/",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    timeoutMs: TIMEOUT_MS,
  });
  if (!outcome.known || outcome.value.exitCode !== 0 || outcome.value.stdout === "") return undefined;
  return Buffer.from(outcome.value.stdout, "utf8");
}
