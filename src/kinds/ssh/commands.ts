import type { DeploymentNames } from "../../core/facts.ts";
import { dockerLines } from "../docker/commands.ts";
import type { CommandContext, CommandLines } from "../kind.ts";
import { joined, type Line, lineOf, outputBehind, words } from "../line.ts";
import { localLines } from "../local/commands.ts";
import { safePort } from "../safe-names.ts";
import { hostWords, sshTunnel } from "../shared-lines.ts";
import { isInContainer } from "./names.ts";

/** A server: the lines of what is there, typed on it or through `ssh`. */
export function sshLines(names: DeploymentNames, context: CommandContext): CommandLines {
  const { home: _ownHome, ...rest } = context;
  // On the server itself, as in the usual SSH session, the plain line is right.
  const here = context.inside === true || (names.sshHost === undefined && context.elsewhere !== true);
  // A home directory of this machine says nothing of what is usual there.
  const onServer: CommandContext = {
    ...(here ? context : { ...rest, ...(names.sshHome === undefined ? {} : { home: names.sshHome }) }),
    platform: "linux",
  };
  const { inside: _inside, elsewhere: _elsewhere, ...outside } = onServer;
  const inner = isInContainer(names) ? dockerLines(names, outside, !here) : localLines(names, onServer);
  const tunnel = (port: number): Line => sshTunnel(port, safePort(context.port), names);
  if (here) return { ...inner, tunnel };
  const remote = (line: Line, terminal = false): Line =>
    joined(lineOf([...words("ssh", ...(terminal ? ["-t"] : [])), ...hostWords(names)]), quoted(line));
  const maybe = (line: Line | undefined): Line | undefined => (line === undefined ? undefined : remote(line));
  return {
    dialect: "posix",
    cli: (args, options) => remote(inner.cli(args, options), options?.terminal),
    // The shell over there takes a secret from the config: it does not come here, nor into the words of an ssh.
    cliWithOutput: (args, output) =>
      remote(outputBehind(inner.cli(args), inner.cli(output, { config: true }))),
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
