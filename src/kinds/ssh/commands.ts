import type { DeploymentNames } from "../../core/facts.ts";
import { dockerLines } from "../docker/commands.ts";
import type { CommandContext, CommandLines } from "../kind.ts";
import { joined, type Line, lineOf, words } from "../line.ts";
import { localLines } from "../local/commands.ts";
import { safePort } from "../safe-names.ts";
import { hostWord, sshTunnel } from "../shared-lines.ts";
import { isInContainer } from "./names.ts";

/** A server: the lines of what is there, typed on it or through `ssh`. */
export function sshLines(names: DeploymentNames, context: CommandContext): CommandLines {
  const onServer: CommandContext = { ...context, platform: "linux" };
  const { inside, elsewhere, ...outside } = onServer;
  // On the server itself, as in the usual SSH session, the plain line is right.
  const here = inside === true || (names.sshHost === undefined && elsewhere !== true);
  const inner = isInContainer(names) ? dockerLines(names, outside, !here) : localLines(names, onServer);
  const tunnel = (port: number): Line => sshTunnel(port, safePort(context.port), names.sshHost);
  if (here) return { ...inner, tunnel };
  const remote = (line: Line, terminal = false): Line =>
    joined(lineOf([...words("ssh", ...(terminal ? ["-t"] : [])), hostWord(names.sshHost)]), quoted(line));
  const maybe = (line: Line | undefined): Line | undefined => (line === undefined ? undefined : remote(line));
  return {
    dialect: "posix",
    cli: (args, options) => remote(inner.cli(args, options), options?.terminal),
    start: maybe(inner.start),
    restart: maybe(inner.restart),
    status: remote(inner.status),
    logs: remote(inner.logs),
    tailscale: remote(inner.tailscale),
    tailnet: remote(inner.tailnet),
    tunnel,
  };
}

/** A whole line as one word of another. */
function quoted(line: Line): Line {
  return { ...lineOf(words(line.text)), placeholders: line.placeholders };
}
