import type { DeploymentNames } from "../../core/facts.ts";
import { atLeast } from "../../core/release.ts";
import type { CommandContext, CommandLines } from "../kind.ts";
import { both, type Dialect, type Line, lineOf, type Word, words, written } from "../line.ts";
import { shellWord } from "../quote.ts";
import { programWords, safeLine, safeName, safeProfile } from "../safe-names.ts";
import { sshTunnel, TAILNET } from "../shared-lines.ts";

/** On the machine itself. */
export function localLines(names: DeploymentNames, asked: CommandContext): CommandLines {
  const platform = asked.platform ?? names.platform;
  const context = platform === undefined ? asked : { ...asked, platform };
  const windows = context.platform === "win32";
  const dialect: Dialect = windows ? "windows" : "posix";
  const profile = safeProfile(context.profile);
  const program = [...programWords(names, "openclaw"), ...(profile ? words("--profile", profile) : [])];
  const prefix = windows ? "" : configPrefix(context);
  const owner = windows ? undefined : safeName(names.runAs);
  const cli = (args: readonly Word[]): Line => {
    const line = lineOf([...program, ...args], dialect);
    // As another user it would leave files that the gateway cannot use.
    const as = owner === undefined ? prefix : `sudo -u ${owner} -H ${prefix === "" ? "" : `env ${prefix}`}`;
    return { ...line, text: as + line.text };
  };
  return {
    dialect,
    cli,
    ...serviceLines(names, context, cli),
    status: cli(words("gateway", "status")),
    // The gateway runs `tailscale serve` itself in this mode; `openclaw configure gateway.tailscale.serve`, which
    // a much copied article names, does not exist (run 2026.2.1, 2026.3.13, 2026.9.6).
    tailscale: cli(words("config", "set", "gateway.tailscale.mode", "serve")),
    tailnet: TAILNET,
    tunnel: (port) => sshTunnel(port, port),
  };
}

function serviceLines(
  names: DeploymentNames,
  context: CommandContext,
  cli: (args: readonly Word[]) => Line,
): Pick<CommandLines, "start" | "restart" | "afresh" | "logs"> {
  const unit = safeName(names.unit?.name);
  const logs = logFileLine(context);
  if (context.platform === "darwin") {
    const profile = safeProfile(context.profile);
    const label = unit ?? (profile ? `ai.openclaw.${profile}` : "ai.openclaw.gateway");
    return {
      start: cli(words("gateway", "start")),
      // $(id -u) is for the user's shell, so this line is not made of quoted words.
      restart: written(
        names.unit?.user === false
          ? `sudo launchctl kickstart -k system/${label}`
          : `launchctl kickstart -k gui/$(id -u)/${label}`,
      ),
      logs,
    };
  }
  if (context.platform === "win32") {
    return {
      start: cli(words("gateway", "start")),
      restart: cli(words("gateway", "restart")),
      logs: cli(words("logs", "--limit", "200", "--plain")),
    };
  }
  if (unit && names.unit) {
    const owner = safeName(names.runAs);
    const own = owner === undefined ? [] : ["sudo"];
    const of = owner === undefined ? [] : ["--machine", `${owner}@`];
    const systemctl = names.unit.user ? [...own, "systemctl", "--user", ...of] : ["sudo", "systemctl"];
    const journal = names.unit.user
      ? owner === undefined
        ? ["journalctl", "--user"]
        : ["sudo", "-u", owner, "journalctl", "--user"]
      : ["sudo", "journalctl"];
    const restart = lineOf(words(...systemctl, "restart", unit));
    return {
      start: lineOf(words(...systemctl, "start", unit)),
      restart,
      // What was changed in its files counts for systemd only then.
      afresh: both(lineOf(words(...systemctl, "daemon-reload")), restart),
      logs: context.logFile ? logs : lineOf(words(...journal, "-u", unit, "-n", "200", "--no-pager")),
    };
  }
  const { service } = names;
  const called = safeName(service?.name.replace(":", "."));
  if (service !== undefined && called !== undefined) {
    const [program, tail] =
      service.by === "pm2"
        ? ["pm2", ["logs", "--nostream", "--lines", "200"]]
        : ["supervisorctl", ["tail", "-20000"]];
    const ask = (...verb: readonly string[]): Line => lineOf(words(program, ...verb, service.name));
    return { start: ask("start"), restart: ask("restart"), logs: context.logFile ? logs : ask(...tail) };
  }
  if (names.managed === true)
    return { start: cli(words("gateway", "start")), restart: cli(words("gateway", "restart")), logs };
  return {
    start: cli(words("gateway")),
    // Without a service manager `gateway restart` fails (2026.2.1) or does nothing (2026.3.13); 2026.9.6 signals
    // the process in the foreground. `gateway --force` frees the port and starts again in every release.
    restart: cli(
      atLeast(context.release, "2026.9.6") === true
        ? words("gateway", "restart")
        : words("gateway", "--force"),
    ),
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

function logFileLine(context: CommandContext): Line {
  if (context.logFile) return lineOf(words("tail", "-n", "200", safeLine(context.logFile)));
  if (context.platform === "win32") return written("openclaw logs --limit 200 --plain");
  return written("tail -n 200 /tmp/openclaw/openclaw-$(date +%F).log");
}
