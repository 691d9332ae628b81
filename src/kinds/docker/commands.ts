import type { DeploymentNames } from "../../core/facts.ts";
import type { CliOptions, CommandContext, CommandLines } from "../kind.ts";
import { joined, type Line, lineOf, type Word, words, written } from "../line.ts";
import { programWords, safeLine, safeName } from "../safe-names.ts";
import { sshTunnel, TAILNET, tailscaleServe } from "../shared-lines.ts";
import { hostedLines } from "./hosted.ts";

/** `remote`: typed into `ssh`, so without a terminal, and not in the directory of the Compose file. */
export function dockerLines(names: DeploymentNames, context: CommandContext, remote = false): CommandLines {
  const { hosting } = names;
  if (hosting !== undefined && context.inside !== true) return hostedLines(hosting, names, context);
  const engine = names.engine ?? "docker";
  const container = safeName(names.container);
  const { service, cliService } = servicesOf(names, container);
  const files = (names.composeFiles ?? []).flatMap((file) => ["-f", safeLine(file)]);
  const fileless = remote && files.length === 0;
  const project = safeName(names.composeProject);
  const compose = [
    engine,
    "compose",
    ...(fileless ? ["-p", projectOf(names)] : [...(project ? ["-p", project] : []), ...files]),
  ];
  // Upstream's image has no `openclaw` on the PATH; its working directory is /app.
  const program = programWords(names, "node dist/index.js");
  const running = context.running !== false;
  const target: Word = container ? { text: container } : { placeholder: "<container>" };

  /** The CLI service reaches the gateway over the bridge in older Compose files and then needs pairing itself,
   * so whatever talks to the gateway runs inside the gateway's container, where it counts as local. */
  const inService = (name: string, args: readonly Word[], { config, terminal }: CliOptions): Line => {
    const quiet = remote && terminal !== true ? ["-T"] : [];
    if (config && cliService && running && !fileless)
      return lineOf([...words(...compose, "run", "--rm", ...quiet, cliService), ...args]);
    const how = config && !running && !fileless ? ["run", "--rm", ...quiet, "--no-deps"] : ["exec", ...quiet];
    return lineOf([...words(...compose, ...how, name), ...program, ...args]);
  };
  const inContainer = (args: readonly Word[], { config, terminal }: CliOptions): Line => {
    if (config && !running)
      return joined(
        lineOf([...words(engine, "run", "--rm", "--volumes-from"), target]),
        // Its image is for the user's shell to ask.
        container
          ? written(`"$(${engine} inspect -f '{{.Config.Image}}' ${container})"`)
          : lineOf([{ placeholder: "<container>" }]),
        lineOf([...program, ...args]),
      );
    const user = names.execUser ?? "node";
    const as = user === "" ? [] : ["-u", safeLine(user)];
    const exec = words(engine, "exec", ...(terminal ? ["-it"] : []), ...as);
    return lineOf([...exec, target, ...program, ...args]);
  };
  const cli = (args: readonly Word[], options: CliOptions = {}): Line => {
    if (context.inside) return lineOf([...programWords(names, "node /app/dist/index.js"), ...args]);
    return service ? inService(service, args, options) : inContainer(args, options);
  };
  const on = (verb: readonly string[], plain: readonly string[]): Line =>
    service ? lineOf(words(...compose, ...verb, service)) : lineOf([...words(engine, ...plain), target]);
  return {
    dialect: "posix",
    cli,
    start: on(fileless ? ["start"] : ["up", "-d"], ["start"]),
    restart: on(["restart"], ["restart"]),
    // `restart` reads neither `.env` nor the Compose file again; `up -d` makes anew what they changed.
    ...(service && !fileless ? { afresh: on(["up", "-d"], ["restart"]) } : {}),
    recreate: (name) =>
      fileless || safeName(name) === undefined ? undefined : lineOf(words(...compose, "up", "-d", name)),
    status: service
      ? lineOf(words(...compose, "ps", "--all", service))
      : lineOf(words(engine, "ps", "--all", ...(container ? ["--filter", `name=${container}`] : []))),
    logs: on(["logs", "--tail", "200"], ["logs", "--tail", "200"]),
    tailscale: tailscaleServe(context.port),
    tailnet: TAILNET,
    tunnel: (port) => sshTunnel(port, port, names),
  };
}

/** Nothing known at all: upstream's Compose file and its two services are what most people have. */
function servicesOf(names: DeploymentNames, container: string | undefined) {
  const isPlain = names.plainContainer === true && names.composeService === undefined;
  if (!container && !names.composeService && !isPlain)
    return { service: "openclaw-gateway", cliService: "openclaw-cli" };
  return { service: safeName(names.composeService), cliService: safeName(names.composeCliService) };
}

/** The Compose project: what stands before the service in the container's name, else upstream's directory. */
function projectOf(names: DeploymentNames): string {
  const project = /^([a-z0-9][a-z0-9_-]{0,100})[-_](?:openclaw|clawdbot|moltbot)-gateway[-_]\d{1,3}$/.exec(
    names.container ?? "",
  );
  return project?.[1] ?? "openclaw";
}
