import type { ReportNote } from "../report/result.ts";
import type { Io } from "./io.ts";

/** With `0` in it Node trusts every certificate of every connection. */
const SWITCH = "NODE_TLS_REJECT_UNAUTHORIZED";

/**
 * The environment as it was, while this process forgets the switch: only `--insecure-tls` leaves a certificate
 * unverified, and no program that is started here inherits anything else.
 */
export function keepVerifying(env: NodeJS.ProcessEnv): Io["env"] {
  if (env[SWITCH] === undefined) return env;
  const before = { ...env };
  delete env[SWITCH];
  return before;
}

/** What is said to somebody who believes that it is switched off. */
export function tlsNotes({ env }: Pick<Io, "env">): readonly ReportNote[] {
  return env[SWITCH] === "0" ? [{ message: "tls-verified-anyway" }] : [];
}
