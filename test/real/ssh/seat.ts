// Where the user sits: another machine than the gateway's, which knows some names and signs in there with the real ssh.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FixDocument } from "../fix/site.ts";
import { type DoctorDocument, runDoctor } from "../rig/doctor.ts";
import { TOKEN } from "../rig/gateway.ts";
import { createNetwork, type Namespace, type Network } from "../rig/namespace.ts";
import { progress } from "../rig/processes.ts";
import { type SshHost, type SshHostOptions, startSshHost } from "../rig/ssh-host.ts";

/** Of the gateway's host; it looks public (RFC 5737). */
export const ADDRESS = "203.0.113.10";

export interface Said extends DoctorDocument {
  readonly target: { readonly exposure: string; readonly exposureBecause?: string };
  readonly missing?: readonly { readonly fact: string; readonly reason: string; readonly detail?: string }[];
}

export interface Seat {
  readonly network: Network;
  readonly host: SshHost;
  /** Questions of the last run that were asked over its one connection. */
  questions(): number;
  diagnose(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said>;
  fix(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<FixDocument & WithFiles>;
  leave(): Promise<void>;
}

export interface WithFiles {
  readonly files?: readonly { readonly path?: string; readonly lines: readonly string[] }[];
  readonly writes?: readonly string[];
}

/** `names`: what the user's machine takes for names of the gateway's host. */
export async function takeSeat(
  names: readonly string[] = [],
  options: Pick<SshHostOptions, "server" | "delayMs"> = {},
): Promise<Seat> {
  const network = await createNetwork({ gateway: [`${ADDRESS}/24`], client: ["203.0.113.51/24"] });
  const folder = mkdtempSync(path.join(tmpdir(), "opd-rig-seat-"));
  const hosts = path.join(folder, "hosts");
  writeFileSync(hosts, `127.0.0.1 localhost\n${names.map((name) => `${ADDRESS} ${name}\n`).join("")}`);
  const script = 'mount --bind "$0" /etc/hosts && exec "$@"';
  const seat: Namespace = {
    name: network.client.name,
    inside: (argv) => network.client.inside(["unshare", "--mount", "sh", "-c", script, hosts, ...argv]),
  };
  const place = { network: network.gateway, from: network.client, address: ADDRESS };
  const host = await startSshHost({ ...place, ...options });
  let asked = 0;
  const run = async (args: readonly string[], env: NodeJS.ProcessEnv) => {
    host.started();
    const result = await runDoctor({
      args: [...args, "--json", "--target", `ssh:${host.alias}`],
      host: seat,
      home: folder,
      path: [host.bin],
      timeoutMs: 600_000,
      env,
    });
    assert.doesNotMatch(result.stdout + result.stderr, new RegExp(TOKEN));
    const started = host.started();
    assert.equal(started.filter((words) => /(?:^| )-M /.test(words)).length, 1, started.join("\n"));
    asked = started.filter((words) => words.includes("dd bs=1")).length;
    progress(`${args.join(" ").slice(0, 100)}: exit ${result.exitCode}, ${asked} questions`);
    assert.notEqual(result.stdout, "", result.stderr);
    return result.stdout;
  };
  return {
    network,
    host,
    questions: () => asked,
    diagnose: async (args, env = {}) => JSON.parse(await run(["diagnose", ...args], env)) as Said,
    fix: async (args, env = {}) => JSON.parse(await run(["fix", ...args], env)) as FixDocument & WithFiles,
    leave: async () => {
      await host.stop();
      await network.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
