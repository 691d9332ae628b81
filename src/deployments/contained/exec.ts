import type { Fact } from "../../core/fact.ts";
import type { CommandOutcome } from "../command.ts";

export interface ContainerExecution {
  /** `node`, `1000:1000`; empty for the container's own. Not every engine lets it be chosen. */
  readonly user: string;
  /** Beside the container's own environment; of a program that is kept. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What the program reads; its length is told to it by its words, as an end of input is not passed on everywhere. */
  readonly input?: Uint8Array;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** Programs in a container that runs, through whatever runs it: an engine, a cluster. */
export interface ContainerExec {
  /**
   * Runs a program without a shell. Unknown: `absent` (there is no such program, or the container is not running),
   * `denied`, `timeout`, `failed`.
   */
  run(argv: readonly string[], execution: ContainerExecution): Promise<Fact<CommandOutcome>>;
  /**
   * The same of a program that may take long: it ends with the doctor, whatever becomes of that. Node has to be in
   * the container, as the gateway's own is.
   */
  keep(argv: readonly string[], execution: Omit<ContainerExecution, "input">): Promise<Fact<CommandOutcome>>;
}
