import type { AskOptions } from "./connection.ts";

/** Asks a host for what a script prints. */
export interface Asks {
  ask(script: string, options: AskOptions): Promise<{ readonly answer: Buffer; readonly mark: string }>;
}
