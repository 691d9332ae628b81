import { known, unknown, whyUnknown } from "../../core/fact.ts";
import { createScrubber } from "../../core/scrub.ts";
import { triedWith } from "../command.ts";
import { type OpenclawCli, refusedWords, variablesFor } from "../openclaw-cli.ts";
import type { GatewayProcess } from "../processes.ts";
import type { ContainerExec } from "./exec.ts";

export interface ContainerCliOptions {
  readonly exec: ContainerExec;
  /** `node openclaw.mjs`, seen from the container's working directory. */
  readonly program: readonly string[];
  /** Empty for the container's own. */
  readonly user: string;
  readonly gateway: GatewayProcess;
  readonly configPath: string;
  readonly stateDir: string;
  /** What must not be in the output. */
  readonly secrets: readonly string[];
}

/** A container may compile the command's code at its first run: 60 to 95 s were seen (2026.2.1). */
const TIMEOUT_MS = 150_000;

/** The gateway's own command line, run inside its container, where it counts as local. */
export function containerCli(options: ContainerCliOptions): OpenclawCli {
  const { exec, program, user, secrets } = options;
  const scrub = createScrubber(secrets);
  const env = variablesFor(options);
  return {
    run: async (args, { signal, timeoutMs = TIMEOUT_MS, read }) => {
      const refused = refusedWords(args, secrets);
      if (refused !== undefined) return refused;
      const outcome = await exec.keep([...program, ...args], { user, env, signal, timeoutMs });
      const tried = program.join(" ");
      if (!outcome.known) return unknown(outcome.reason, triedWith(whyUnknown(outcome), tried));
      const { exitCode, stdout, stderr } = outcome.value;
      read?.(stdout);
      return known(
        { exitCode, stdout: scrub(stdout).text, stderr: scrub(stderr).text },
        `${outcome.source} ${tried}`,
      );
    },
  };
}
