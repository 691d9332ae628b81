import type { Lang } from "../../report/messages/index.ts";
import type { Work } from "../session.ts";

/** What the thread of a command is started with. */
export interface ThreadStart {
  readonly work: Work;
  readonly args: unknown;
  readonly salt: string;
  readonly lang: Lang;
  /** As the shell gave it: the process itself may have forgotten some of it. */
  readonly env: NodeJS.ProcessEnv;
  /** Which of the streams are a terminal, and how wide. */
  readonly stdin: { readonly isTTY: boolean };
  readonly stdout: { readonly isTTY: boolean; readonly columns: number };
  readonly stderr: { readonly isTTY: boolean; readonly columns: number };
  /** Shared: see {@link PULSE} and {@link CAREFUL}. */
  readonly signs: SharedArrayBuffer;
}

/** Places in the shared signs: a number that grows while the thread is alive; how much careful work it does. */
export const PULSE = 0;
export const CAREFUL = 1;

/** From the thread. */
export type Said =
  | { readonly say: "write"; readonly to: "stdout" | "stderr"; readonly text: string }
  /** Without a text: it stops. */
  | { readonly say: "spin"; readonly text?: string }
  | { readonly say: "ask"; readonly question: string }
  /** It wants more of standard input. */
  | { readonly say: "read" }
  | { readonly say: "group"; readonly pid: number; readonly lives: boolean }
  | { readonly say: "end"; readonly code: number };

/** To the thread. */
export type Told =
  | { readonly tell: "stop" }
  | { readonly tell: "answer"; readonly text: string }
  /** Without bytes: it ended. */
  | { readonly tell: "input"; readonly bytes?: Uint8Array };
