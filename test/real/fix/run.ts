// A fix as a process of its own, to be killed or disturbed while it works.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BIN, openclawOnPath } from "../rig/doctor.ts";
import type { Namespace } from "../rig/namespace.ts";
import type { FixDocument, FixSite } from "./site.ts";

export interface RunningFix {
  readonly child: ChildProcess;
  /** Milliseconds since its start. */
  age(): number;
  /** Exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
  document(): FixDocument;
}

export function startFix(site: FixSite, args: readonly string[]): RunningFix {
  const { gateway } = site;
  return startDoctor({
    ...site.fixCommand(args),
    host: gateway.host,
    path: [openclawOnPath(gateway)],
    env: { TMPDIR: gateway.installed.tempDir },
  });
}

export interface DoctorProcess {
  readonly args: readonly string[];
  readonly home: string;
  readonly host: Namespace;
  readonly path?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export function startDoctor({ args, home, host, path: first = [], env = {} }: DoctorProcess): RunningFix {
  const [program = "", ...words] = host.inside([process.execPath, BIN, ...args]);
  const started = Date.now();
  const child = spawn(program, words, {
    cwd: home,
    env: {
      PATH: [...first, path.dirname(process.execPath), "/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
      HOME: home,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const end = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
  return {
    child,
    age: () => Date.now() - started,
    ended: () => end,
    document: () => JSON.parse(stdout) as FixDocument,
  };
}

/** What the journals of a home say, newest last. */
export function journals(home: string): readonly { readonly state: string; readonly text: string }[] {
  const directory = path.join(home, ".local", "state", "openclaw-pairing-doctor", "fixes");
  let names: string[] = [];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith(".json"));
  } catch {
    // No fix was made yet.
  }
  return names.sort().flatMap((name) => {
    try {
      const text = readFileSync(path.join(directory, name), "utf8");
      return [{ state: (JSON.parse(text) as { state: string }).state, text }];
    } catch {
      // Replaced between the list and the look.
      return [];
    }
  });
}

/** Ages of a running fix at which its journal was seen to change. */
export async function journalTimes(home: string, fix: RunningFix): Promise<readonly number[]> {
  const times: number[] = [];
  let last = journals(home).at(-1)?.text;
  let over = false;
  fix.ended().then(() => {
    over = true;
  });
  while (!over) {
    const now = journals(home).at(-1)?.text;
    if (now !== last) times.push(fix.age());
    last = now;
    await delay(10);
  }
  return times;
}
