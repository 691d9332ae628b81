import type { Deployment, DeploymentNames } from "../core/facts.ts";
import type { JsonValue, Step } from "../core/finding.ts";
import { atLeast } from "../core/release.ts";
import { safeText } from "../core/text.ts";
import { shellLine, shellWord, windowsWord } from "./quote.ts";

/** What the lines depend on besides the deployment. */
export interface CommandContext {
  readonly release?: string;
  /** The gateway's own port; 18789 when absent. */
  readonly port?: number;
  /** Config of the gateway; a place that is not the default becomes part of the lines, when `home` is known. */
  readonly configPath?: string;
  /** Home directory of whoever types the lines. */
  readonly home?: string;
  /** `process.platform` of the machine on which the user types. */
  readonly platform?: string;
  readonly profile?: string;
  /** The log file the gateway writes, when known. */
  readonly logFile?: string;
  /** The doctor runs where the gateway does: inside its container or pod, or on the VPS itself. */
  readonly inside?: boolean;
  /** `false`: the container is down or restarting, so that nothing can be run inside it. */
  readonly running?: boolean;
  /** Kubernetes: the config is mounted from this ConfigMap, so `config set` cannot write it. */
  readonly configMap?: string;
}

export interface PrintedStep {
  readonly step: Step;
  /** The exact shell line; absent when a person has to do the step. */
  readonly command?: string;
  /** Words of `command` that the user still has to fill in, as they stand there: `<container>`. */
  readonly placeholders?: readonly string[];
}

/** Every step as the exact line for this deployment and release. No secret is ever in a line. */
export function commandsFor(
  steps: readonly Step[],
  deployment: Deployment,
  context: CommandContext = {},
): PrintedStep[] {
  return steps.map((step) => {
    const command = commandFor(step, deployment, context);
    if (command === undefined) return { step };
    const placeholders = PLACEHOLDERS.filter((placeholder) => command.includes(placeholder));
    return placeholders.length === 0 ? { step, command } : { step, command, placeholders };
  });
}

/** The line that runs OpenClaw's own command with these words there. */
export function openclawLine(
  words: readonly string[],
  deployment: Deployment,
  context: CommandContext = {},
): string {
  return placeOf(deployment, context).cli(words.map(word));
}

const PLACEHOLDERS = [
  "<requestId>",
  "<deviceId>",
  "<container>",
  "<namespace>",
  "<pod>",
  "<user>@<host>",
  "<domain>",
] as const;

function commandFor(step: Step, deployment: Deployment, context: CommandContext): string | undefined {
  if (isHeld(step, deployment)) return undefined;
  const place = placeOf(deployment, context);
  switch (step.do) {
    case "config.set":
    case "config.unset":
      // What the release does not start with, its `config unset` refuses too; its own doctor takes it out.
      if (step.do === "config.unset" && step.refused === true)
        return place.editConfig ?? place.cli([word("doctor"), word("--fix")], { config: true });
      return place.editConfig ?? place.cli(configWords(step, place.dialect, context), { config: true });
    case "device.list":
      return place.cli([word("devices"), word("list")]);
    case "device.approve":
      return place.cli([word("devices"), word("approve"), requestWord(step.requestId)]);
    case "device.reject":
      return place.cli([word("devices"), word("reject"), requestWord(step.requestId)]);
    case "device.remove":
      // Not in 2026.2.17, there in 2026.2.19 (shipped code; run 2026.2.1 and 2026.3.13).
      return atLeast(context.release, "2026.2.19") === false
        ? undefined
        : place.cli([word("devices"), word("remove"), deviceWord(step.deviceId)]);
    case "dashboard.link": {
      // `--json` is what prints the one-time link without a desktop (2026.8.1, 2026.9.6; unknown option before).
      const json = step.json && atLeast(context.release, "2026.8.1") === true;
      return place.cli([word("dashboard"), ...(json ? [word("--json")] : []), word("--no-open")]);
    }
    case "token.show":
      // Before 2026.8.1 the dashboard link carries the token; since then only `auth-token` shows it, on a terminal.
      return atLeast(context.release, "2026.8.1") === true
        ? place.cli([word("gateway"), word("auth-token"), word("--show")], { terminal: true })
        : place.cli([word("dashboard"), word("--no-open")]);
    case "doctor.fix":
      return place.cli([word("doctor"), word("--fix")], { config: true });
    case "gateway.start":
      return place.start;
    case "gateway.restart":
      return place.restart;
    case "gateway.status":
      return place.status;
    case "version.show":
      // Prints `2026.2.1` or `OpenClaw 2026.9.6 (commit)`; every release has it.
      return place.cli([word("--version")]);
    case "logs.show":
      return place.logs;
    case "device.rotate":
      return place.cli([
        ...["devices", "rotate", "--device"].map(word),
        deviceWord(step.deviceId),
        word("--role"),
        word(/^[a-z]{1,40}$/.test(step.role) ? step.role : "operator"),
      ]);
    case "token.generate":
      // Writes it into the config, and sets the mode to `token` (2026.2.1 to 2026.9.6).
      return place.cli([word("doctor"), word("--generate-gateway-token")], { config: true });
    case "tailscale.serve":
      return place.tailscale;
    case "tailscale.status":
      return place.tailnet;
    case "proxy.write":
      return proxyLine(step);
    case "ssh.tunnel":
      return place.tunnel(step.port);
    case "compose.up":
      return place.recreate?.(step.service);
    // A secret goes from one file into another; no line may show it.
    case "token.copy":
    case "compose.edit":
    case "page.open":
    case "human":
      return undefined;
  }
}

/** What writes a config that its mount keeps from being replaced fails there (EBUSY, EROFS; run 2026.3.13). */
function isHeld({ do: what }: Step, { workload }: Deployment): boolean {
  const { configAlone, configReadOnly } = workload?.stateDir ?? {};
  if (configAlone !== true && configReadOnly !== true) return false;
  return what === "config.set" || what === "config.unset" || what === "token.generate";
}

/** The proxy's file is this program's to write or to print, wherever the gateway runs. */
function proxyLine({ site, path }: Extract<Step, { do: "proxy.write" }>): string {
  const words: Word[] = ["pairing-doctor", "fix", "--remedy", "https-proxy", "--domain"].map(word);
  words.push(site === undefined ? { placeholder: "<domain>" } : word(clean(site.domain)));
  if (site?.proxy === "nginx") words.push(word("--proxy"), word("nginx"));
  if (path !== undefined) words.push(word("--proxy-file"), word(clean(path)));
  return render(words, "posix");
}

/** A word of a line: data, which gets quoted, or a placeholder, which stands as it is. */
type Word = { readonly text: string } | { readonly placeholder: string };

function word(text: string): Word {
  return { text };
}

function render(words: readonly Word[], dialect: Dialect): string {
  return words
    .map((each) =>
      "placeholder" in each
        ? each.placeholder
        : dialect === "windows"
          ? windowsWord(each.text)
          : shellWord(each.text),
    )
    .join(" ");
}

type Dialect = "posix" | "windows";

interface CliOptions {
  /** Only reads or writes openclaw.json, so it may run while the gateway does not. */
  readonly config?: boolean;
  /** Needs a terminal on the other side. */
  readonly terminal?: boolean;
}

const TAILNET = "tailscale status";

/** One deployment, as lines. */
interface Place {
  readonly dialect: Dialect;
  cli(args: readonly Word[], options?: CliOptions): string;
  readonly editConfig?: string;
  readonly start: string | undefined;
  readonly restart: string | undefined;
  /** Compose: the line that makes a service's container anew when its files changed. */
  recreate?(service: string): string | undefined;
  readonly status: string;
  readonly logs: string;
  readonly tailscale: string;
  /** Shows whether the gateway's host is on a tailnet. */
  readonly tailnet: string;
  tunnel(port: number): string;
}

function placeOf(deployment: Deployment, context: CommandContext): Place {
  const { names, kind } = deployment;
  if (kind === "kubernetes") return kubernetes(names, context);
  if (kind === "docker") return docker(names, context);
  if (kind === "vps") return vps(names, context);
  return local(names, context);
}

// --- on the machine itself -------------------------------------------------------------------------------------

function local(names: DeploymentNames, context: CommandContext): Place {
  const windows = context.platform === "win32";
  const dialect: Dialect = windows ? "windows" : "posix";
  const profile = profileOf(context);
  const program: readonly Word[] = [
    ...programWords(names, "openclaw"),
    ...(profile ? [word("--profile"), word(profile)] : []),
  ];
  const prefix = windows ? "" : configPrefix(context);
  const cli = (args: readonly Word[]): string => prefix + render([...program, ...args], dialect);
  const service = serviceLines(names, context, cli);
  return {
    dialect,
    cli,
    ...service,
    status: cli([word("gateway"), word("status")]),
    // The gateway runs `tailscale serve` itself in this mode; `openclaw configure gateway.tailscale.serve`, which
    // a much copied article names, does not exist (run 2026.2.1, 2026.3.13, 2026.9.6).
    tailscale: cli([word("config"), word("set"), word("gateway.tailscale.mode"), word("serve")]),
    tailnet: TAILNET,
    tunnel: (port) => sshTunnel(port, port, undefined),
  };
}

function serviceLines(
  names: DeploymentNames,
  context: CommandContext,
  cli: (args: readonly Word[]) => string,
): Pick<Place, "start" | "restart" | "logs"> {
  const unit = names.unit && safeName(names.unit.name);
  const logs = logFileLine(context);
  if (context.platform === "darwin") {
    const profile = profileOf(context);
    const label = unit ?? (profile ? `ai.openclaw.${profile}` : "ai.openclaw.gateway");
    return {
      start: cli([word("gateway"), word("start")]),
      // $(id -u) is for the user's shell, so this line is not made of quoted words.
      restart:
        names.unit?.user === false
          ? `sudo launchctl kickstart -k system/${label}`
          : `launchctl kickstart -k gui/$(id -u)/${label}`,
      logs,
    };
  }
  if (context.platform === "win32") {
    return {
      start: cli([word("gateway"), word("start")]),
      restart: cli([word("gateway"), word("restart")]),
      logs: cli([word("logs"), word("--limit"), word("200"), word("--plain")]),
    };
  }
  if (unit && names.unit) {
    const systemctl = names.unit.user ? "systemctl --user" : "sudo systemctl";
    const journal = names.unit.user ? "journalctl --user" : "sudo journalctl";
    return {
      start: `${systemctl} start ${unit}`,
      restart: `${systemctl} restart ${unit}`,
      logs: context.logFile ? logs : `${journal} -u ${unit} -n 200 --no-pager`,
    };
  }
  return {
    start: cli([word("gateway")]),
    // Without a service manager `gateway restart` fails (2026.2.1) or does nothing (2026.3.13); 2026.9.6 signals
    // the process in the foreground. `gateway --force` frees the port and starts again in every release.
    restart:
      atLeast(context.release, "2026.9.6") === true
        ? cli([word("gateway"), word("restart")])
        : cli([word("gateway"), word("--force")]),
    logs,
  };
}

/** A config outside `~/.openclaw` is the gateway's by its environment, which the user's shell does not have. */
function configPrefix({ configPath, home }: CommandContext): string {
  // Without the home directory nobody can say what is usual; a copy that was handed in is no place at all.
  if (home === undefined || configPath === undefined || !/^\/[\w@%+:,./ -]{1,400}$/.test(configPath))
    return "";
  const [directory, name] = [configPath.slice(0, configPath.lastIndexOf("/")), configPath.split("/").at(-1)];
  const usual = /^(.{0,300})\/\.openclaw(?:-[\w-]{1,64})?$/.exec(directory);
  if (usual?.[1] === home.replace(/\/$/, "") && name === "openclaw.json") return "";
  const state =
    name === "openclaw.json" && directory !== "" ? `OPENCLAW_STATE_DIR=${shellWord(directory)} ` : "";
  return `${state}OPENCLAW_CONFIG_PATH=${shellWord(configPath)} `;
}

function logFileLine(context: CommandContext): string {
  if (context.logFile) return shellLine(["tail", "-n", "200", clean(context.logFile)]);
  if (context.platform === "win32") return "openclaw logs --limit 200 --plain";
  return "tail -n 200 /tmp/openclaw/openclaw-$(date +%F).log";
}

// --- Docker ----------------------------------------------------------------------------------------------------

/** `remote`: typed into `ssh`, so without a terminal, and not in the directory of the Compose file. */
function docker(names: DeploymentNames, context: CommandContext, remote = false): Place {
  const container = names.container && safeName(names.container);
  // Nothing known at all: upstream's Compose file and its two services are what most people have.
  const standard = !container && !names.composeService;
  const service = standard ? "openclaw-gateway" : names.composeService && safeName(names.composeService);
  const cliService = standard ? "openclaw-cli" : names.composeCliService && safeName(names.composeCliService);
  const files = (names.composeFiles ?? []).flatMap((file) => ["-f", clean(file)]);
  const fileless = remote && files.length === 0;
  const project = names.composeProject && safeName(names.composeProject);
  const compose = [
    "docker",
    "compose",
    ...(fileless ? ["-p", projectOf(names)] : [...(project ? ["-p", project] : []), ...files]),
  ];
  // Upstream's image has no `openclaw` on the PATH; its working directory is /app.
  const program = programWords(names, "node dist/index.js");
  const running = context.running !== false;
  const outer = (words: readonly string[]): Word[] => words.map(word);
  const target: Word = container ? word(container) : { placeholder: "<container>" };

  const cli = (args: readonly Word[], options: CliOptions = {}): string => {
    if (context.inside) return render([...programWords(names, "node /app/dist/index.js"), ...args], "posix");
    if (service) {
      // The CLI service reaches the gateway over the bridge in older Compose files and then needs pairing itself,
      // so whatever talks to the gateway runs inside the gateway's container, where it counts as local.
      const quiet = remote && options.terminal !== true ? ["-T"] : [];
      if (options.config && cliService && running && !fileless)
        return render([...outer([...compose, "run", "--rm", ...quiet, cliService]), ...args], "posix");
      if (options.config && !running && !fileless)
        return render(
          [...outer([...compose, "run", "--rm", ...quiet, "--no-deps", service]), ...program, ...args],
          "posix",
        );
      return render([...outer([...compose, "exec", ...quiet, service]), ...program, ...args], "posix");
    }
    if (options.config && !running) {
      const image = container ? `"$(docker inspect -f '{{.Config.Image}}' ${container})"` : "<container>";
      return [
        render([word("docker"), word("run"), word("--rm"), word("--volumes-from"), target], "posix"),
        image,
        render([...program, ...args], "posix"),
      ].join(" ");
    }
    const user = names.execUser ?? "node";
    const as = user === "" ? [] : ["-u", clean(user)];
    const exec = ["docker", "exec", ...(options.terminal ? ["-it"] : []), ...as];
    return render([...outer(exec), target, ...program, ...args], "posix");
  };

  const on = (verb: readonly string[], plain: readonly string[]): string =>
    service
      ? shellLine([...compose, ...verb, service])
      : render([word("docker"), ...outer(plain), target], "posix");
  return {
    dialect: "posix",
    cli,
    start: on(fileless ? ["start"] : ["up", "-d"], ["start"]),
    restart: on(["restart"], ["restart"]),
    recreate: (name) => (fileless || !safeName(name) ? undefined : shellLine([...compose, "up", "-d", name])),
    status: service
      ? shellLine([...compose, "ps", "--all", service])
      : container
        ? shellLine(["docker", "ps", "--all", "--filter", `name=${container}`])
        : "docker ps --all",
    logs: on(["logs", "--tail", "200"], ["logs", "--tail", "200"]),
    tailscale: `tailscale serve --bg ${portOf(context.port)}`,
    tailnet: TAILNET,
    tunnel: (port) => sshTunnel(port, port, names.sshHost),
  };
}

/** The Compose project: what stands before the service in the container's name, else upstream's directory. */
function projectOf(names: DeploymentNames): string {
  const project = /^([a-z0-9][a-z0-9_-]{0,100})[-_](?:openclaw|clawdbot|moltbot)-gateway[-_]\d{1,3}$/.exec(
    names.container ?? "",
  );
  return project?.[1] ?? "openclaw";
}

// --- Kubernetes ------------------------------------------------------------------------------------------------

function kubernetes(names: DeploymentNames, context: CommandContext): Place {
  // The names of upstream's manifests (docs/install/kubernetes.md of 2026.9.6), where the real ones are not known.
  const namespace = (names.namespace && safeName(names.namespace)) || "openclaw";
  const workload = (names.workload && safeWorkload(names.workload)) || "deploy/openclaw";
  const container = (names.container && safeName(names.container)) || "gateway";
  const kubectl = ["kubectl", "-n", namespace];
  const program = programWords(names, "node /app/dist/index.js");
  const cli = (args: readonly Word[], options: CliOptions = {}): string => {
    if (context.inside) return render([...program, ...args], "posix");
    const exec = [...kubectl, "exec", ...(options.terminal ? ["-it"] : []), workload, "-c", container, "--"];
    return render([...exec.map(word), ...program, ...args], "posix");
  };
  const pod = workload.startsWith("pod/");
  const configMap = context.configMap && safeName(context.configMap);
  return {
    dialect: "posix",
    cli,
    ...(configMap ? { editConfig: shellLine([...kubectl, "edit", "configmap", configMap]) } : {}),
    start: pod ? undefined : shellLine([...kubectl, "scale", workload, "--replicas=1"]),
    // A bare pod that is deleted is gone; ending its first process restarts the container.
    restart: pod
      ? shellLine([...kubectl, "exec", workload, "-c", container, "--", "sh", "-c", "kill -TERM 1"])
      : shellLine([...kubectl, "rollout", "restart", workload]),
    status: shellLine([...kubectl, "get", "pods"]),
    logs: shellLine([...kubectl, "logs", workload, "-c", container, "--tail=200"]),
    tailscale: `tailscale serve --bg ${portOf(context.port)}`,
    tailnet: TAILNET,
    tunnel: (port) =>
      shellLine([...kubectl, "port-forward", workload, `${portOf(port)}:${portOf(context.port)}`]),
  };
}

// --- a server reached over SSH ---------------------------------------------------------------------------------

function vps(names: DeploymentNames, context: CommandContext): Place {
  const onServer: CommandContext = { ...context, platform: "linux" };
  const { inside, ...withoutInside } = onServer;
  const contained = names.composeService !== undefined || names.container !== undefined;
  const here = inside === true || names.sshHost === undefined;
  const inner = contained ? docker(names, withoutInside, !here) : local(names, onServer);
  const host = names.sshHost === undefined ? undefined : safeHost(names.sshHost);
  const tunnel = (port: number): string => sshTunnel(port, portOf(context.port), names.sshHost);
  // On the server itself, as in the usual SSH session, the plain line is right.
  if (here) return { ...inner, tunnel };
  const remote = (line: string, terminal = false): string =>
    `ssh ${terminal ? "-t " : ""}${host === undefined ? "<user>@<host>" : shellWord(host)} ${shellWord(line)}`;
  const maybe = (line: string | undefined): string | undefined =>
    line === undefined ? undefined : remote(line);
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

function sshTunnel(localPort: number, remotePort: number, sshHost: string | undefined): string {
  const host = sshHost === undefined ? undefined : safeHost(sshHost);
  return `ssh -N -L ${portOf(localPort)}:127.0.0.1:${portOf(remotePort)} ${host === undefined ? "<user>@<host>" : shellWord(host)}`;
}

// --- words -----------------------------------------------------------------------------------------------------

function configWords(
  step: Extract<Step, { do: "config.set" | "config.unset" }>,
  dialect: Dialect,
  context: CommandContext,
): Word[] {
  const key = clean(step.key);
  if (step.do === "config.unset") return [word("config"), word("unset"), word(key)];
  const { text, parsed } = valueText(step.value, dialect);
  // Every release tries JSON5 first and falls back to the raw string; the flag turns a typo into an error.
  // 2026.2.1 knows `--json` only, 2026.3.13 to 2026.9.6 call it an alias of `--strict-json`.
  const flag =
    !parsed || dialect === "windows"
      ? []
      : [word(atLeast(context.release, "2026.3.13") === true ? "--strict-json" : "--json")];
  return [word("config"), word("set"), word(key), word(text), ...flag];
}

/** `parsed`: the text has to be read as JSON to mean the value. */
function valueText(value: JsonValue, dialect: Dialect): { text: string; parsed: boolean } {
  if (typeof value === "boolean" || typeof value === "number" || value === null)
    return { text: JSON.stringify(value), parsed: false };
  if (
    typeof value === "string" &&
    BARE_STRING.test(value) &&
    !/^(?:true|false|null|NaN|Infinity)$/.test(value)
  )
    return { text: value, parsed: false };
  // JSON5's single quotes survive cmd.exe and PowerShell; escapes beyond that do not occur in what we set.
  if (dialect === "windows")
    return { text: cleanJson(value).replaceAll("'", "\\'").replaceAll('"', "'"), parsed: true };
  return { text: cleanJson(value), parsed: true };
}

const BARE_STRING = /^[A-Za-z/][A-Za-z0-9._:/@-]{0,200}$/;

/** Values can hold text from a log (an origin), so control characters must not reach the user's terminal. */
function cleanJson(value: JsonValue): string {
  return safeText(JSON.stringify(value), 4000);
}

function clean(text: string): string {
  return safeText(text, 1000);
}

function requestWord(requestId: string | undefined): Word {
  // Ids come from logs: an odd one could be an option or worse.
  return requestId !== undefined && /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(requestId)
    ? word(requestId)
    : { placeholder: "<requestId>" };
}

function deviceWord(deviceId: string): Word {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(deviceId) ? word(deviceId) : { placeholder: "<deviceId>" };
}

function programWords(names: DeploymentNames, otherwise: string): Word[] {
  const program = names.cli !== undefined && PROGRAM.test(names.cli) ? names.cli : otherwise;
  return program
    .split(" ")
    .filter((part) => part !== "")
    .map(word);
}

/** `openclaw` or a script that node runs, each perhaps with its directory. */
const PROGRAM =
  /^(?:(?:\/[\w@%+:,./-]{0,200}\/)?(?:openclaw|clawdbot|moltbot)|(?:\/[\w@%+:,./-]{0,200}\/)?node \/?[\w@%+:,-][\w@%+:,./-]{0,200}\.m?js)$/;

function safeName(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,252}$/.test(name) ? name : undefined;
}

function safeWorkload(name: string): string | undefined {
  return /^[a-z]{1,40}\/[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(name) ? name : undefined;
}

function safeHost(host: string): string | undefined {
  return /^[A-Za-z0-9_[][A-Za-z0-9_.@:[\]%-]{0,252}$/.test(host) ? host : undefined;
}

function profileOf(context: CommandContext): string | undefined {
  const profile = context.profile;
  if (profile === undefined || profile.toLowerCase() === "default") return undefined;
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(profile) ? profile : undefined;
}

function portOf(port: number | undefined): number {
  return port !== undefined && Number.isInteger(port) && port > 0 && port < 65536 ? port : 18789;
}
