/** An engine behind SSH: whom to ask for a connection to it, and the socket there if it is not the usual one. */
export interface SshAddress {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Absolute path there. */
  readonly socket?: string;
  /** What connects to the engine there; `docker` unless given. */
  readonly program?: "docker" | "podman";
  /** A private key's file, where one was named. */
  readonly identity?: string;
}

/** Names, addresses and aliases of ssh_config; nothing that a shell or ssh's own tokens would read otherwise. */
const HOST = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:.]{2,60})$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$/;
/** It goes through the shell of the other host. */
const SOCKET = /^(?:\/[A-Za-z0-9_@.-]{1,100}){1,20}$/;
/** Ssh's own limit, before its failure is told; below the limit of one call. */
const CONNECT_SECONDS = 8;

/** `ssh://[USER@]HOST[:PORT][/SOCKET]`; undefined for anything else, a password among it. */
export function parseSshUrl(text: string): SshAddress | undefined {
  const parts =
    /^ssh:\/\/(?:([^@/?#\s]{1,64})@)?(\[[0-9A-Fa-f:.]{2,60}\]|[^:@/?#[\]\s]{1,253})(?::(\d{1,5}))?(\/[^?#\s]{0,1000})?$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const host = parts[2]?.replace(/^\[|\]$/g, "") ?? "";
  const user = parts[1] === undefined ? undefined : decoded(parts[1]);
  const port = parts[3] === undefined ? undefined : Number(parts[3]);
  const path = (parts[4] ?? "").replace(/^\/{2,}/, "/");
  const socket = path === "" || path === "/" ? undefined : path;
  if (!HOST.test(host) || (user !== undefined && !USER.test(user))) return undefined;
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  if (socket !== undefined && (!SOCKET.test(socket) || socket.includes("/../"))) return undefined;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(socket === undefined ? {} : { socket }),
  };
}

/**
 * The words after `ssh` that connect our standard input and output to the engine there, as `docker` itself does it;
 * it never asks for a password or whether a host's key is right, since nobody is there to answer.
 */
export function sshWords(address: SshAddress): readonly string[] {
  const { socket, program = "docker" } = address;
  const where =
    socket === undefined
      ? []
      : program === "docker"
        ? [`--host=unix://${socket}`]
        : ["--url", `unix://${socket}`];
  return [
    "-T",
    ...["-o", "BatchMode=yes", "-o", `ConnectTimeout=${CONNECT_SECONDS}`],
    ...destination(address),
    ...[program, ...where, "system", "dial-stdio"],
  ];
}

/** The words after `ssh` that print what its configuration makes of the host, without a connection. */
export function settingsWords(address: SshAddress): readonly string[] {
  return ["-G", ...destination(address)];
}

function destination({ host, user, port, identity }: SshAddress): readonly string[] {
  return [
    ...(identity === undefined ? [] : ["-i", identity]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...["--", host],
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
