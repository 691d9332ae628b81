import { type SshHost, writtenHost } from "./address.ts";
import { SshConnection } from "./connection.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const connections = new WeakMap<Environment, Map<string, Promise<SshConnection>>>();
const holders = new WeakMap<Environment, Map<string, number>>();

/** The connection of an earlier look, while it lasts: a fix looks several times. */
export async function connectionTo(host: SshHost, env: Environment): Promise<SshConnection> {
  const known = mapOf(connections, env);
  const name = writtenHost(host);
  const before = await known.get(name)?.catch(() => undefined);
  if (before?.isOpen === true) return before;
  const next = SshConnection.open(host, env);
  known.set(name, next);
  return next;
}

/**
 * Says that a place needs the host's connection, from before it is opened; the answer says that it no longer does. With the
 * last place of a host its connection ends, and a later look signs in anew: a fleet has many hosts, and each would stay
 * connected to the end of the run.
 */
export function holdConnection(host: SshHost, env: Environment): () => void {
  const name = writtenHost(host);
  const counts = mapOf(holders, env);
  counts.set(name, (counts.get(name) ?? 0) + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const left = (counts.get(name) ?? 1) - 1;
    counts.set(name, left);
    if (left > 0) return;
    const known = mapOf(connections, env);
    known
      .get(name)
      ?.then((connection) => connection.close())
      .catch(() => undefined);
    known.delete(name);
  };
}

function mapOf<T>(maps: WeakMap<Environment, Map<string, T>>, env: Environment): Map<string, T> {
  const known = maps.get(env) ?? new Map<string, T>();
  maps.set(env, known);
  return known;
}
