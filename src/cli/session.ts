import { randomBytes } from "node:crypto";
import type { Lang } from "../report/messages/index.ts";
import type { CollectArguments } from "./commands/collect.ts";
import type { DemoArguments } from "./commands/demo.ts";
import type { DiagnoseArguments } from "./commands/diagnose.ts";
import type { FixArguments } from "./commands/fix.ts";
import type { FleetArguments } from "./commands/fleet.ts";
import type { SmokeArguments } from "./commands/smoke.ts";
import type { TriageArguments } from "./commands/triage.ts";
import type { WatchArguments } from "./commands/watch.ts";
import type { WhatIfArguments } from "./commands/what-if.ts";
import type { Io } from "./io.ts";
import { Out } from "./out.ts";

/** The commands that read what others wrote. */
export interface WorkArguments {
  readonly diagnose: DiagnoseArguments;
  readonly fix: FixArguments;
  readonly smoke: SmokeArguments;
  readonly fleet: FleetArguments;
  readonly triage: TriageArguments;
  readonly collect: CollectArguments;
  readonly "what-if": WhatIfArguments;
  readonly demo: DemoArguments;
  readonly watch: WatchArguments;
}

export type Work = keyof WorkArguments;

/** Does a command's work, here or in a thread of its own; its exit code. */
export type DoWork = <W extends Work>(work: W, args: WorkArguments[W], session: Session) => Promise<number>;

/** What every command gets besides its own options. */
export interface Session {
  readonly io: Io;
  /** Everything that is written goes through it. */
  readonly out: Out;
  /** Of the person at the terminal. */
  readonly lang: Lang;
  /** For fingerprints of secrets; new in each run. */
  readonly salt: string;
  /** Where the work of the commands is done that read what others wrote. */
  readonly work: DoWork;
}

export function sessionOf(
  io: Io,
  work: DoWork,
  { lang, salt = randomBytes(16).toString("hex") }: Pick<Session, "lang"> & Partial<Pick<Session, "salt">>,
): Session {
  const out = new Out(io);
  out.learn(SECRET_VARIABLES.map((name) => io.env[name]));
  return { io, out, work, lang, salt };
}

/** What a shell has of the gateway's secrets, also where the command at hand does not use it. */
const SECRET_VARIABLES = [
  "OPENCLAW_GATEWAY_TOKEN",
  "OPENCLAW_GATEWAY_PASSWORD",
  "CLAWDBOT_GATEWAY_TOKEN",
  "CLAWDBOT_GATEWAY_PASSWORD",
] as const;
