import type { DeploymentNames } from "../../core/facts.ts";
import { dockerLines } from "../docker/commands.ts";
import type { CommandContext, CommandLines } from "../kind.ts";
import type { Line } from "../line.ts";
import { localLines } from "../local/commands.ts";
import { safePort } from "../safe-names.ts";
import { sshTunnel } from "../shared-lines.ts";
import { throughSsh } from "../through-ssh.ts";
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
  return { ...throughSsh(inner, names), tunnel };
}
