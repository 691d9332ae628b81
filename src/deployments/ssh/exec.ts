import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { shellLine, shellWord } from "../../kinds/quote.ts";
import type { CommandOutcome } from "../command.ts";
import type { ContainerExec, ContainerExecution } from "../contained/exec.ts";
import { KEEPER_OF_INPUT } from "../contained/scripts.ts";
import type { SshConnection } from "./connection.ts";
import { SshError, sshFailure } from "./problem.ts";

export interface SshExecOptions {
  /** The connection as it is now: another one where the earlier was cut. */
  readonly connect: () => Promise<SshConnection>;
  /** For people. */
  readonly name: string;
  /** The Node that the gateway runs on, by its path there. */
  readonly node: string;
  /** Who we are there. */
  readonly uid: number;
  /** Whose files they are: root becomes that user, so that a program has that user's rights and no more. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The gateway's own environment, for the programs that are kept. */
  readonly env: Readonly<Record<string, string>>;
}

/** A list of 500 devices is about 500 kB. */
const MAX_OUTPUT = 2 * 1024 * 1024;
/** For the end of a program that was asked to end, milliseconds. */
const GRACE_MS = 5000;

/**
 * Programs on a host, as the user that owns the gateway's files. They end with the connection. Nothing of their
 * environment or input is among their words, which every user there may list.
 */
export function sshExec(options: SshExecOptions): ContainerExec {
  const { connect, name, node, owner, uid } = options;
  const becomes = uid === 0 && owner.uid !== 0;
  const run = async (
    script: string,
    execution: Pick<ContainerExecution, "input" | "signal" | "timeoutMs"> & { readonly holds?: true },
  ): Promise<Fact<CommandOutcome>> => {
    try {
      const connection = await connect();
      const { answer, mark, said } = await connection.ask(`${script}\nprintf '\\n%s exit %s\\n' "$M" $?`, {
        timeoutMs: execution.timeoutMs,
        maxBytes: MAX_OUTPUT,
        signal: execution.signal,
        hears: true,
        ...(execution.input === undefined ? {} : { input: execution.input }),
        ...(execution.holds === undefined ? {} : { holds: execution.holds }),
      });
      const end = answer.lastIndexOf(`\n${mark} exit `);
      const code = /exit (\d{1,3})\n$/.exec(answer.subarray(Math.max(0, end)).toString("latin1"))?.[1];
      if (end === -1 || code === undefined) return sshFailure(new SshError("garbage", "…"), name);
      const stdout = answer.subarray(0, end).toString("utf8");
      const exitCode = Number(code);
      if (exitCode === 126 || exitCode === 127)
        return unknown(
          "absent",
          say("program-absent", { program: safeText(script.split(" ")[0] ?? "", 200) }),
        );
      return known({ exitCode, stdout, stderr: said }, name);
    } catch (error) {
      return sshFailure(error, name);
    }
  };
  /** Asked for as another user than the owner: only where that is who we are. */
  const refused = (user: string): Unknown | undefined => {
    const wanted = user === "" ? owner.uid : Number(user.split(":")[0]);
    return wanted === owner.uid && (uid === 0 || uid === owner.uid)
      ? undefined
      : unknown("denied", say("other-owner", { owner: owner.uid, user: uid }));
  };
  return {
    run: async (argv, { user, input, signal, timeoutMs }) => {
      const no = refused(user);
      if (no !== undefined) return no;
      const words = argv[0] === "node" ? [node, ...argv.slice(1)] : argv;
      return run(shellLine(becomes ? asOwner(words, owner, node) : words), {
        signal,
        timeoutMs,
        ...(input === undefined ? {} : { input }),
      });
    },
    keep: async (argv, { user, env = {}, cwd, signal, timeoutMs }) => {
      const no = refused(user);
      if (no !== undefined) return no;
      const words = argv[0] === "node" ? [node, ...argv.slice(1)] : argv;
      const ids = becomes ? owner : {};
      const told = JSON.stringify({ env: { ...options.env, ...env }, cwd, ...ids, only: true });
      const ms = String(Math.round(timeoutMs));
      return run(`${shellWord(node)} -e ${shellWord(KEEPER_OF_INPUT)} -- ${shellLine([ms, ...words])}`, {
        signal,
        input: Buffer.from(`${told}\n`, "utf8"),
        holds: true,
        // The keeper ends it first, and tells.
        timeoutMs: timeoutMs + GRACE_MS,
      });
    },
  };
}

/** Root gives its rights away before anything of the script is done. */
function asOwner(
  words: readonly string[],
  { uid, gid }: SshExecOptions["owner"],
  node: string,
): readonly string[] {
  const become = `process.setgroups([${gid}]);process.setgid(${gid});process.setuid(${uid});\n`;
  if (words[0] === node && words[1] === "-e")
    return [node, "-e", become + (words[2] ?? ""), ...words.slice(3)];
  const start = `${become}const{spawnSync}=require("node:child_process");const[c,...w]=process.argv.slice(1);const{status,error}=spawnSync(c,w,{stdio:"inherit"});process.exit(error?127:status===null?1:status);`;
  return [node, "-e", start, "--", ...words];
}
