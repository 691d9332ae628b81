/** A host as `ssh` is asked for it. */
export interface SshHost {
  /** Name, address, or alias of the user's ssh_config. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** Names, addresses and aliases of ssh_config; nothing that a shell or ssh's own tokens would read otherwise. */
const HOST = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:][0-9A-Fa-f:.]{1,59})$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$/;
const AUTHORITY = /^(?:([^@/?#\s]{1,64})@)?(\[[0-9A-Fa-f:.]{2,60}\]|[^:@/?#[\]\s]{1,253})(?::(\d{1,5}))?$/;
/** Ssh's own limit, before its failure is told; below the limit of one call. */
export const CONNECT_SECONDS = 8;

/** `[USER@]HOST[:PORT]`, IPv6 in brackets; undefined for anything else, a password or an option among it. */
export function parseSshHost(text: string): SshHost | undefined {
  const parts = AUTHORITY.exec(text);
  if (parts === null) return undefined;
  const host = parts[2]?.replace(/^\[|\]$/g, "") ?? "";
  const user = parts[1] === undefined ? undefined : decoded(parts[1]);
  const port = parts[3] === undefined ? undefined : Number(parts[3]);
  if (!HOST.test(host) || (user !== undefined && !USER.test(user))) return undefined;
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

/** The last words of an `ssh` line before the command: whom to ask. */
export function destinationWords({ host, user, port }: SshHost): readonly string[] {
  return [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...["--", host],
  ];
}

/** What is typed after `ssh`, without the port. */
export function shownHost({ host, user }: SshHost): string {
  return user === undefined ? host : `${user}@${host}`;
}

/** As `--target` takes it. */
export function writtenHost({ host, user, port }: SshHost): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${user === undefined ? "" : `${user}@`}${name}${port === undefined ? "" : `:${port}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
