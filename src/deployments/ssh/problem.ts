import { type Unknown, type UnknownReason, unknown } from "../../core/fact.ts";
import { type SentenceKey, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";

/** Why there is no connection to a host. */
export type ConnectionProblem =
  /** No `ssh` program here. */
  | "missing"
  /** Nobody knows the name of the host. */
  | "host"
  /** Nobody has said yet that the key of the host is right. */
  | "host-key-unknown"
  /** The host has another key than it had. */
  | "host-key-changed"
  /** None of our keys is taken. */
  | "denied"
  /** The host takes a password, which nobody is there to type. */
  | "password"
  /** Nobody listens there, or the network does not lead there. */
  | "unreachable"
  /** It is not there in time. */
  | "silent"
  /** What listens there does not speak SSH as it should. */
  | "no-ssh"
  /** It was there, and broke off. */
  | "cut";

/** Why something was not done on a host that lets us in. */
export type CommandProblem =
  /** The account has no shell for us (`nologin`). */
  | "no-shell"
  /** The shell says that it did it, and did nothing: a forced command, a start script that ends the shell. */
  | "not-run"
  /** What came back is none of what was asked for. */
  | "garbage"
  /** It wrote without end. */
  | "endless"
  /** It did not end in time. */
  | "late"
  | "failed";

export type SshProblem = ConnectionProblem | CommandProblem;

/** Of `ssh`, whoever runs it: each has problems of its own. `detail`: the last line that was said, safe to print. */
export class SshFailure<Problem extends string> extends Error {
  readonly problem: Problem;
  readonly detail: string;

  constructor(problem: Problem, detail: string) {
    super(`ssh: ${problem}`);
    this.problem = problem;
    this.detail = detail;
  }
}

/** Of a host that is looked at. */
export class SshError extends SshFailure<SshProblem> {}

/** OpenSSH is not translated, so its words tell (9.2, run; 8.9 and 10.0 have the same). The first that fits. */
const SAYINGS: readonly (readonly [ConnectionProblem, RegExp])[] = [
  ["host-key-changed", /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for \S{1,255} has changed/i],
  ["host-key-unknown", /Host key verification failed|host key is known for/],
  ["host", /Could not resolve hostname/],
  ["silent", /(?:Connection|Operation) timed out|timed out during banner|port \d{1,5} timed out/],
  ["unreachable", /connect to host \S{1,255} port/],
  [
    "no-ssh",
    /banner exchange|kex_exchange|exchange_identification|No banner received|Bad packet length|Protocol major versions differ|invalid format|no matching (?:host key|key exchange|cipher|MAC)/i,
  ],
  ["password", /Permission denied \([^)]{0,200}(?:password|keyboard-interactive)/],
  ["denied", /Permission denied \(|Too many authentication failures|No more authentication methods/],
  [
    "cut",
    /Connection (?:to \S{1,255} )?(?:closed|reset)|Broken pipe|not responding|mux_client|Control socket|Received disconnect/,
  ],
];

/** What the words of `ssh` say of the connection; `undefined`: nothing. */
export function connectionProblem(said: string): ConnectionProblem | undefined {
  return SAYINGS.find(([, words]) => words.test(said))?.[0];
}

/** The last line that was said, safe to print. */
export function lastWords(said: string, otherwise: string): string {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
  return safeText(lines.at(-1) ?? otherwise, 160);
}

const WHY = {
  missing: ["absent", "ssh-missing"],
  host: ["absent", "ssh-host"],
  "host-key-unknown": ["denied", "ssh-host-key-unknown"],
  "host-key-changed": ["denied", "ssh-host-key-changed"],
  denied: ["denied", "ssh-denied"],
  password: ["denied", "ssh-password"],
  unreachable: ["absent", "ssh-unreachable"],
  silent: ["timeout", "ssh-silent"],
  "no-ssh": ["failed", "ssh-no-ssh"],
  cut: ["failed", "ssh-cut"],
  "no-shell": ["denied", "ssh-no-shell"],
  "not-run": ["failed", "ssh-not-run"],
  garbage: ["failed", "ssh-garbage"],
  endless: ["failed", "ssh-endless"],
  late: ["timeout", "ssh-late"],
  failed: ["failed", "ssh-failed"],
} as const satisfies Readonly<Record<SshProblem, readonly [UnknownReason, SentenceKey]>>;

/** Each cause in its own words. `host`: as it was named. */
export function sshFailure(error: unknown, host: string): Unknown {
  const { problem, detail } =
    error instanceof SshError ? error : { problem: "failed" as const, detail: safeText(String(error), 160) };
  const [reason, message] = WHY[problem];
  return unknown(
    reason,
    say(message, { host: safeText(host, 200), detail }),
    "--target ssh:[USER@]HOST[:PORT]",
  );
}
