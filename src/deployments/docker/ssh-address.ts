import { CONNECT_SECONDS, destinationWords, parseSshHost, type SshHost } from "../ssh/address.ts";

/** An engine behind SSH: whom to ask for a connection to it, and the socket there if it is not the usual one. */
export interface SshAddress extends SshHost {
  /** Absolute path there. */
  readonly socket?: string;
  /** What connects to the engine there; `docker` unless given. */
  readonly program?: "docker" | "podman";
  /** A private key's file, where one was named. */
  readonly identity?: string;
}

/** It goes through the shell of the other host. */
const SOCKET = /^(?:\/[A-Za-z0-9_@.-]{1,100}){1,20}$/;

/** `ssh://[USER@]HOST[:PORT][/SOCKET]`; undefined for anything else, a password among it. */
export function parseSshUrl(text: string): SshAddress | undefined {
  const [, authority = "", rest = ""] = /^ssh:\/\/([^/?#\s]{1,400})(\/[^?#\s]{0,1000})?$/.exec(text) ?? [];
  const host = parseSshHost(authority);
  if (host === undefined) return undefined;
  const path = rest.replace(/^\/{2,}/, "/");
  const socket = path === "" || path === "/" ? undefined : path;
  if (socket !== undefined && (!SOCKET.test(socket) || socket.includes("/../"))) return undefined;
  return { ...host, ...(socket === undefined ? {} : { socket }) };
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

function destination(address: SshAddress): readonly string[] {
  const { identity } = address;
  return [...(identity === undefined ? [] : ["-i", identity]), ...destinationWords(address)];
}
