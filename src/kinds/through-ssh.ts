import type { DeploymentNames } from "../core/facts.ts";
import type { CommandLines } from "./kind.ts";
import { joined, type Line, lineOf, outputBehind, words } from "./line.ts";
import { hostWords } from "./shared-lines.ts";

/** What is typed on a server, typed on another machine. */
export function throughSsh(
  inner: CommandLines,
  host: Pick<DeploymentNames, "sshHost" | "sshPort">,
): Omit<CommandLines, "tunnel"> {
  const remote = (line: Line, terminal = false): Line =>
    joined(
      // sudo may ask for a password.
      lineOf([
        ...words("ssh", ...(terminal || line.text.startsWith("sudo ") ? ["-t"] : [])),
        ...hostWords(host),
      ]),
      quoted(line),
    );
  const maybe = (line: Line | undefined): Line | undefined => (line === undefined ? undefined : remote(line));
  return {
    dialect: "posix",
    cli: (args, options) => remote(inner.cli(args, options), options?.terminal),
    // The shell over there takes a secret from the config: it does not come here, nor into the words of an ssh.
    cliWithOutput: (args, output) =>
      remote(outputBehind(inner.cli(args), inner.cli(output, { config: true }))),
    start: maybe(inner.start),
    restart: maybe(inner.restart),
    ...(inner.afresh === undefined ? {} : { afresh: remote(inner.afresh) }),
    status: remote(inner.status),
    logs: remote(inner.logs),
    tailscale: remote(inner.tailscale),
    tailnet: remote(inner.tailnet),
  };
}

/** A whole line as one word of another. */
function quoted(line: Line): Line {
  return { ...lineOf(words(line.text)), placeholders: line.placeholders };
}
