// The doctor as somebody runs it who signs in to the gateway's host: over ssh, with nothing of a secret in what is seen.
import assert from "node:assert/strict";
import type { FixDocument } from "../fix/site.ts";
import { type DoctorDocument, type DoctorRun, runDoctor } from "../rig/doctor.ts";
import type { Namespace } from "../rig/namespace.ts";
import { progress } from "../rig/processes.ts";

/** What starts the gateway, as the report has it. */
export interface Service {
  readonly by: string;
  readonly name: string;
  readonly user?: boolean;
  readonly runsAs?: string;
  readonly startedAt?: string;
  readonly privateTmp?: boolean;
  readonly lingers?: boolean;
  readonly outdated?: readonly { readonly path: string; readonly what: readonly string[] }[];
}

export interface Said extends DoctorDocument {
  readonly target: { readonly exposure: string; readonly exposureBecause?: string };
  readonly deployment?: {
    readonly kind: string;
    readonly names: Readonly<Record<string, unknown>>;
    readonly service?: Service;
  };
  readonly path: readonly { readonly hop: string; readonly address?: string; readonly breaks?: object }[];
  readonly missing?: readonly { readonly fact: string; readonly reason: string; readonly detail?: string }[];
}

export interface Fixed extends FixDocument {
  readonly files?: readonly { readonly path?: string; readonly lines: readonly string[] }[];
  readonly writes?: readonly string[];
}

export interface UserOptions {
  /** Where the user sits. */
  readonly at: Namespace;
  readonly home: string;
  /** Folder with the `ssh` that knows the host. */
  readonly bin: string;
  readonly alias: string;
  /** Are in no output and no argument. */
  readonly secrets: readonly string[];
  /** Every `ssh` that was started since the last time: its arguments. */
  readonly started?: () => readonly string[];
}

export interface RunOptions {
  readonly alias?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface SshUser {
  /** A command, run where the user sits. */
  inside(argv: readonly string[]): readonly string[];
  run(args: readonly string[], options?: RunOptions): Promise<DoctorRun>;
  diagnose(args?: readonly string[], options?: RunOptions): Promise<Said>;
  fix(args: readonly string[], options?: RunOptions): Promise<Fixed>;
  /** Connections of the last run, and questions that were asked over them. */
  connections(): number;
  questions(): number;
}

export function sshUser(options: UserOptions): SshUser {
  const { at, home, bin, secrets, started = () => [] } = options;
  let words: readonly string[] = [];
  const run: SshUser["run"] = async (args, { alias = options.alias, env = {} } = {}) => {
    started();
    const result = await runDoctor({
      args: [...args, "--target", `ssh:${alias}`],
      host: at,
      home,
      path: [bin],
      timeoutMs: 600_000,
      env,
    });
    words = started();
    const seen = [result.stdout, result.stderr, ...words].join("\n");
    for (const secret of secrets) assert.equal(seen.includes(secret), false, "a secret is seen");
    assert.deepEqual(result.leftInTemp, []);
    progress(`${args.join(" ").slice(0, 100)}: exit ${result.exitCode}, ${asked()} questions`);
    return result;
  };
  const asked = (): number => words.filter((line) => line.includes("dd bs=1")).length;
  const printed = async (args: readonly string[], more?: RunOptions): Promise<string> => {
    const { stdout, stderr } = await run([...args, "--json"], more);
    assert.notEqual(stdout, "", stderr);
    return stdout;
  };
  return {
    inside: (argv) => at.inside(argv),
    run,
    diagnose: async (args = [], more) =>
      JSON.parse(await printed(["diagnose", "--verbose", ...args], more)) as Said,
    fix: async (args, more) => JSON.parse(await printed(["fix", ...args], more)) as Fixed,
    connections: () => words.filter((line) => /(?:^| )-M /.test(line)).length,
    questions: asked,
  };
}

/** The lines that a finding prints. */
export function commandsOf(said: Said, id: string): readonly string[] {
  const found = said.findings.find((one) => one.id === id);
  assert.ok(found, `${id}: ${JSON.stringify(said.findings.map((one) => one.id))}`);
  return found.remedies.flatMap(({ commands = [] }) => commands);
}
