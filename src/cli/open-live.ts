import { access, constants, stat } from "node:fs/promises";
import type { CommandContext } from "../deployments/commands.ts";
import { nodeWorld, type World } from "../deployments/world.ts";
import type { DiagnoseArguments } from "./commands/diagnose.ts";
import { handedCredentials } from "./credentials.ts";
import { Live, type LiveOptions } from "./live.ts";
import type { Session } from "./main.ts";
import { pageOrigin, saidRelease } from "./said.ts";
import { parseTarget } from "./target.ts";
import { UsageError } from "./usage-error.ts";

/** What the command line says about the gateway to look at. */
export type LiveArguments = Pick<
  DiagnoseArguments,
  | "target"
  | "config"
  | "log"
  | "tokenFile"
  | "tokenStdin"
  | "allowPlaintextToken"
  | "insecureTls"
  | "timeout"
  | "release"
  | "deployment"
  | "origin"
>;

export interface OpenedLive {
  readonly world: World;
  readonly origin?: string;
  readonly context: CommandContext;
  /** A new look at the gateway. `origin`: of the page that is imitated, when the command line names none. */
  look(change: Pick<LiveOptions, "asBrowser" | "origin">): Live;
  /** From now on looks are at the container by its name: one that Compose makes anew has another id than was said. */
  byName(container: string): void;
}

/** @throws {UsageError} a value or a file that the command line names is none. */
export async function openLive(args: LiveArguments, { io, out, salt }: Session): Promise<OpenedLive> {
  const origin = pageOrigin(args.origin);
  const credentials = await handedCredentials(
    {
      tokenStdin: args.tokenStdin,
      ...(args.tokenFile === undefined ? {} : { tokenFile: args.tokenFile }),
    },
    io,
    salt,
  );
  out.learn([credentials?.token?.reveal(), credentials?.password?.reveal()]);
  if (args.config !== undefined) await mustRead("--config", args.config);
  for (const path of args.log ?? []) await mustRead("--log", path);
  const world = nodeWorld({ env: io.env });
  const options: Omit<LiveOptions, "asBrowser"> = {
    target: parseTarget(args.target),
    world,
    salt,
    release: saidRelease(args.release),
    allowPlaintextToken: args.allowPlaintextToken,
    insecureTls: args.insecureTls,
    timeoutMs: seconds(args.timeout) * 1000,
    learn: (secrets) => out.learn(secrets),
    ...(credentials === undefined ? {} : { credentials }),
    ...(args.deployment === undefined ? {} : { deployment: args.deployment }),
    ...(origin === undefined ? {} : { origin }),
    ...(args.config === undefined ? {} : { configPath: args.config }),
    ...(args.log === undefined ? {} : { logFiles: args.log }),
  };
  let { target } = options;
  return {
    world,
    context: { platform: world.platform, home: world.homedir },
    ...(origin === undefined ? {} : { origin }),
    look: (change) => new Live({ ...change, ...options, target }),
    byName: (name) => {
      if (target.kind === "docker" && target.by === "container") target = { ...target, name };
    },
  };
}

async function mustRead(option: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if (!(await stat(path)).isDirectory()) return;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(`${option} ${path}`, `it cannot be read (${code})`, "name a file that you may read");
  }
  throw new UsageError(`${option} ${path}`, "it is a directory", "name a file");
}

/** @throws {UsageError} not a number of seconds between 1 and 600. */
function seconds(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}(?:\.\d)?$/.test(text) && value >= 1 && value <= 600) return value;
  throw new UsageError(
    "--timeout",
    "that is no number of seconds between 1 and 600",
    "for example --timeout 30",
  );
}
