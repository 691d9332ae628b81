// Where the user sits: another machine than the gateway's, which knows some names and signs in there with the real ssh.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { TOKEN } from "../rig/gateway.ts";
import { createNetwork, type Namespace, type Network } from "../rig/namespace.ts";
import { type SshHost, type SshHostOptions, startSshHost } from "../rig/ssh-host.ts";
import { type Fixed, type Said, type SshUser, sshUser } from "./user.ts";

/** Of the gateway's host; it looks public (RFC 5737). */
export const ADDRESS = "203.0.113.10";

export interface Seat {
  readonly network: Network;
  readonly host: SshHost;
  /** All that may not be seen is asserted; each run of these has one connection. */
  readonly user: SshUser;
  /** Questions of the last run that were asked over its one connection. */
  questions(): number;
  diagnose(args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said>;
  fix(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Fixed>;
  leave(): Promise<void>;
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
  const { bin, alias, started } = host;
  const user = sshUser({ at: seat, home: folder, bin, alias, secrets: [TOKEN], started });
  const overOne = async <T>(ran: Promise<T>): Promise<T> => {
    const document = await ran;
    assert.equal(user.connections(), 1);
    return document;
  };
  return {
    network,
    host,
    user,
    questions: () => user.questions(),
    diagnose: (args = [], env = {}) => overOne(user.diagnose(args, { env })),
    fix: (args, env = {}) => overOne(user.fix(args, { env })),
    leave: async () => {
      await host.stop();
      await network.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
