import type { ChildProcess } from "node:child_process";

/** Between the request to end and the end by force, milliseconds. */
const GRACE_MS = 2000;

/** Leaders of process groups that we started and that end with us, by their pid. */
const groups = new Set<number>();
let tell: (pid: number, lives: boolean) => void = () => undefined;

/**
 * Ends the group of a process, whatever is left of it then, when the doctor ends by itself. Gives what forgets it.
 */
export function endsWithUs(pid: number): () => void {
  if (groups.size === 0) process.once("exit", endAll);
  groups.add(pid);
  tell(pid, true);
  return () => {
    if (!groups.delete(pid)) return;
    if (groups.size === 0) process.off("exit", endAll);
    tell(pid, false);
  };
}

/** Who ends us by force, without our `exit` event, ends them for us; `listener` is told of each. */
export function tellOfGroups(listener: (pid: number, lives: boolean) => void): void {
  tell = listener;
}

/** Sends a signal to a process and its group; on Windows, which has none, to the process. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // Nobody of it is left.
  }
}

/** Asks it to end, and what it started (a jump host's process), then ends it. */
export function endGroup(child: ChildProcess): void {
  const { pid, exitCode, signalCode } = child;
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  signalGroup(pid, "SIGTERM");
  const force = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS);
  force.unref();
  child.once("close", () => clearTimeout(force));
}

function endAll(): void {
  for (const pid of groups) signalGroup(pid, "SIGKILL");
}
