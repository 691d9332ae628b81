import type { Readable } from "node:stream";
import type { Container } from "dockerode";
import { type Fact, known, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { type CommandOutcome, Output } from "../command.ts";
import type { ContainerExec, ContainerExecution } from "../contained/exec.ts";
import { KEEPER } from "../contained/scripts.ts";
import { engineFailure, fieldsOf } from "./engine.ts";
import { FrameSplitter } from "./frames.ts";

/** For the end of a program that was asked to end, milliseconds. */
const GRACE_MS = 5000;
/** Between the end of the output and the exit code. */
const EVERY_MS = 50;

export function containerExec(container: Container): ContainerExec {
  const run: ContainerExec["run"] = (argv, execution) => runIn(container, argv, execution);
  return {
    run,
    keep: (argv, execution) =>
      run(["node", "-e", KEEPER, "--", String(Math.round(execution.timeoutMs)), ...argv], {
        ...execution,
        // The keeper ends it first, and tells.
        timeoutMs: execution.timeoutMs + GRACE_MS,
      }),
  };
}

async function runIn(
  container: Container,
  argv: readonly string[],
  { user, env = {}, cwd, input, signal, timeoutMs }: ContainerExecution,
): Promise<Fact<CommandOutcome>> {
  if (signal.aborted) return unknown("failed", say("interrupted"));
  const what = `docker exec ${container.id.slice(0, 12)}`;
  let stream: (Readable & { end(data?: Uint8Array): void; write(data: Uint8Array): void }) | undefined;
  try {
    const exec = await container.exec({
      Cmd: [...argv],
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(user === "" ? {} : { User: user }),
      ...(cwd === undefined ? {} : { WorkingDir: cwd }),
    });
    stream = await exec.start({ hijack: true, stdin: true });
    if (input !== undefined) stream.write(input);
    const much = new AbortController();
    const out = new Output(() => much.abort());
    const err = new Output(() => much.abort());
    const splitter = new FrameSplitter((number, bytes) => (number === 2 ? err : out).add(bytes));
    stream.on("data", (chunk: Buffer) => splitter.push(chunk));
    const why = await endOf(stream, { signal, much: much.signal, timeoutMs });
    splitter.end();
    if (why !== undefined) return why;
    const exitCode = await exitCodeOf(() => exec.inspect());
    if (exitCode === undefined) return unknown("failed", say("exit-untold"));
    const outcome = { exitCode, stdout: out.text(), stderr: err.text() };
    // No such program: dockerd says so on stdout with 126 or 127, Podman with 127 on either.
    if (
      (exitCode === 126 || exitCode === 127) &&
      /executable file|no such file/i.test(outcome.stdout + outcome.stderr)
    )
      return unknown("absent", say("program-absent", { program: safeText(argv[0] ?? "", 200) }));
    return known(outcome, what);
  } catch (error) {
    const { statusCode } = fieldsOf(error);
    // 409: it is not running, is restarting or paused.
    if (statusCode === 409) return unknown("absent", say("container-down"));
    return engineFailure(error, what);
  } finally {
    stream?.destroy();
  }
}

/** Until its output ends; `Unknown` when the time was over or somebody interrupted. */
function endOf(
  stream: Readable & { end(): void },
  {
    signal,
    much,
    timeoutMs,
  }: {
    readonly signal: AbortSignal;
    /** It writes without end. */
    readonly much: AbortSignal;
    readonly timeoutMs: number;
  },
): Promise<ReturnType<typeof unknown> | undefined> {
  return new Promise((resolve) => {
    let why: ReturnType<typeof unknown> | undefined;
    let grace: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener("abort", onAbort);
      resolve(why);
    };
    const end = (reason: ReturnType<typeof unknown>): void => {
      if (why !== undefined) return;
      why = reason;
      // The end of its input is what the keeper takes for the doctor's end.
      stream.end();
      grace = setTimeout(finish, GRACE_MS);
    };
    const onAbort = (): void => end(unknown("failed", say("interrupted")));
    const timer = setTimeout(
      () => end(unknown("timeout", say("took-longer", { seconds: Math.round(timeoutMs / 1000) }))),
      timeoutMs,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    much.addEventListener("abort", () => {
      why ??= unknown("failed", say("endless"));
      // The end of its connection is the end of its input, too.
      finish();
    });
    stream.once("end", finish);
    stream.once("close", finish);
    stream.once("error", finish);
  });
}

async function exitCodeOf(
  inspect: () => Promise<{ readonly Running: boolean; readonly ExitCode: number | null }>,
): Promise<number | undefined> {
  // The output ends a moment before the engine notes the end.
  for (let tries = 0; tries < 40; tries += 1) {
    const { Running, ExitCode } = await inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return undefined;
}
