import { type Fact, known, unknown } from "../../core/fact.ts";
import type { DeploymentNames } from "../../core/facts.ts";
import { atLeast } from "../../core/release.ts";
import { quoted, type Saying, say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import { shellLine } from "../../kinds/quote.ts";
import { tellingLine } from "../command.ts";
import type { OpenclawCli } from "../openclaw-cli.ts";
import { userName } from "../path-trust.ts";
import type { GatewayProcess } from "../processes.ts";
import { managerOf } from "../service-manager.ts";
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
  const line = async (words: readonly string[]): Promise<Fact<Saying>> => {
    const script = `${world.uid === undefined ? "" : `XDG_RUNTIME_DIR=$\{XDG_RUNTIME_DIR:-/run/user/${world.uid}}; export XDG_RUNTIME_DIR\n`}${shellLine(words)} 2>&1; printf '\\n%s exit %s\\n' "$M" $?`;
    try {
      const limits = { timeoutMs: TIMEOUT_MS, maxBytes: 65_536, signal };
      const { answer, mark } = await host.ask(script, limits);
      const [text = "", code] = answer.toString("utf8").split(`\n${mark} exit `);
      if (code?.trim() === "0") return known(quoted(words.join(" ")), name);
      const why = tellingLine({ stdout: text, stderr: "", exitCode: Number(code) });
      return unknown("failed", quoted(safeText(`${words.join(" ")}: ${why}`, 300)));
    } catch (error) {
      return sshFailure(error, name);
    }
  };
  const manager = gateway === undefined ? undefined : await managerOf(world, gateway.pid);
  if (manager?.by === "systemd" && (!manager.user || manager.uid === world.uid || world.uid === 0)) {
    // Root asks another user's manager for it.
    const of =
      manager.uid === world.uid ? [] : [`--machine=${await userName(world, manager.uid ?? 0)}@.host`];
    const user = manager.user ? ["--user", ...of] : [];
    return line(["systemctl", ...user, "--no-ask-password", "restart", manager.unit]);
  }
  if (manager?.by === "systemd")
    return unknown("denied", say("other-owner", { owner: manager.uid ?? -1, user: world.uid ?? -1 }));
  if (gateway === undefined) {
    const { unit } = options;
    if (unit === undefined || !/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,252}$/.test(unit.name))
      return unknown("not-asked", say("no-restart"));
    return line(["systemctl", ...(unit.user ? ["--user"] : []), "--no-ask-password", "restart", unit.name]);
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
