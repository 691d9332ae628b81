import { type SshHost, writtenHost } from "./address.ts";
import { SshConnection } from "./connection.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const connections = new WeakMap<Environment, Map<string, Promise<SshConnection>>>();

/** The connection of an earlier look, while it lasts: a fix looks several times. */
export async function connectionTo(host: SshHost, env: Environment): Promise<SshConnection> {
  const known = connections.get(env) ?? new Map<string, Promise<SshConnection>>();
  connections.set(env, known);
  const name = writtenHost(host);
  const before = await known.get(name)?.catch(() => undefined);
  if (before?.isOpen === true) return before;
  const next = SshConnection.open(host, env);
  known.set(name, next);
  return next;
}
