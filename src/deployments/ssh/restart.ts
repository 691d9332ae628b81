import { type Fact, known, unknown } from "../../core/fact.ts";
import type { DeploymentNames } from "../../core/facts.ts";
import { atLeast } from "../../core/release.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { shellLine } from "../../kinds/quote.ts";
import { tellingLine } from "../command.ts";
import { type OwnRestart, ownRestart, systemdRestart } from "../manager-restart.ts";
import type { OpenclawCli } from "../openclaw-cli.ts";
import { userName } from "../path-trust.ts";
import type { GatewayProcess } from "../processes.ts";
import type { World } from "../world.ts";
import type { Asks } from "./asks.ts";
import { sshFailure } from "./problem.ts";

export interface SshRestartOptions {
  readonly host: Asks;
  readonly name: string;
  readonly world: World;
  readonly cli: OpenclawCli;
  readonly gateway: GatewayProcess | undefined;
  readonly unit?: DeploymentNames["unit"];
  /** The files of its unit were changed since systemd read them. */
  readonly stale?: boolean;
  /** The one that runs, where that is certain. */
  readonly release?: string;
}

const TIMEOUT_MS = 60_000;

/**
 * Starts the gateway of a host anew by whatever runs it there, as `restartGateway` does it here: by its service manager;
 * else by its own command or its signal, where its release takes that.
 */
export async function restartOver(options: SshRestartOptions, signal: AbortSignal): Promise<Fact<Saying>> {
  const { host, name, world, cli, gateway, release } = options;
  const line = async (words: readonly string[], refusal?: RegExp): Promise<Fact<Saying>> => {
    const script = `${world.uid === undefined ? "" : `XDG_RUNTIME_DIR=$\{XDG_RUNTIME_DIR:-/run/user/${world.uid}}; export XDG_RUNTIME_DIR\n`}${shellLine(words)} 2>&1; printf '\\n%s exit %s\\n' "$M" $?`;
    try {
      const limits = { timeoutMs: TIMEOUT_MS, maxBytes: 65_536, signal };
      const { answer, mark } = await host.ask(script, limits);
      const [text = "", code] = answer.toString("utf8").split(`\n${mark} exit `);
      if (code?.trim() === "0" && refusal?.test(text) !== true) return known(quoted(words.join(" ")), name);
      const why = tellingLine({ stdout: text, stderr: "", exitCode: Number(code) });
      return unknown("failed", quoted(safeText(`${words.join(" ")}: ${why}`, 300)));
    } catch (error) {
      return sshFailure(error, name);
    }
  };
  const byManager = async ({ lines, env, as, refusal }: OwnRestart): Promise<Fact<Saying>> => {
    const variables = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
    const before = [
      ...(as === undefined ? [] : ["runuser", "-u", await userName(world, as), "--"]),
      ...(variables.length === 0 ? [] : ["env", ...variables]),
    ];
    let last: Fact<Saying> = unknown("not-asked", say("no-restart"));
    for (const words of lines) {
      last = await line([...before, ...words], refusal);
      if (!last.known) break;
    }
    return last;
  };
  const own = gateway === undefined ? undefined : await ownRestart(world, gateway, options.stale);
  if (own !== undefined) return own.known ? byManager(own.value) : own;
  if (gateway === undefined) {
    const { unit, stale = false } = options;
    if (unit === undefined || !/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,252}$/.test(unit.name))
      return unknown("not-asked", say("no-restart"));
    return byManager(systemdRestart({ ...unit, stale }));
  }
  if (atLeast(release, "2026.7.1") === true) {
    const outcome = await cli.run(["gateway", "restart"], { signal });
    if (!outcome.known) return outcome;
    return outcome.value.exitCode === 0
      ? known(quoted("openclaw gateway restart"), outcome.source)
      : unknown("failed", quoted(safeText(tellingLine(outcome.value), 300)));
  }
  if (atLeast(release, "2026.3.13") === true) {
    const sent = await line(["kill", "-USR1", String(gateway.pid)]);
    return sent.known ? known(say("signalled", { pid: gateway.pid }), sent.source) : sent;
  }
  return unknown("not-asked", say("restart-by-hand"));
}
