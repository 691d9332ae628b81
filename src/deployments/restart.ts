import { type Fact, known, unknown } from "../core/fact.ts";
import type { DeploymentNames } from "../core/facts.ts";
import { atLeast } from "../core/release.ts";
import { quoted, type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { readAccounts } from "./accounts.ts";
import { runToEnd, tellingLine, triedWith } from "./command.ts";
import { readListeners } from "./listeners.ts";
import { type OwnRestart, ownRestart, systemdRestart } from "./manager-restart.ts";
import type { OpenclawCli } from "./openclaw-cli.ts";
import type { World } from "./world.ts";

export interface RestartOptions {
  readonly world: World;
  readonly salt: string;
  readonly port: number;
  /** Whose the gateway's configuration is: no other user's process is taken for the gateway. */
  readonly configOwner?: number;
  readonly unit?: DeploymentNames["unit"];
  /** The files of its unit were changed since systemd read them. */
  readonly stale?: boolean;
  readonly release?: string;
  readonly cli: OpenclawCli;
}

const TIMEOUT_MS = 60_000;

/**
 * Starts the gateway on this port anew, by whatever runs it; no other process is touched. The value says how.
 * A service by its manager. In the foreground (run, `gateway.reload.mode` off): `openclaw gateway restart` signals
 * the process in 2026.7.1 and 2026.9.6, does nothing and exits 0 in 2026.3.13 and 2026.4.15, exits 1 in 2026.1.29
 * and 2026.2.1. SIGUSR1 to the process that listens restarts 2026.3.13, 2026.4.15 and 2026.7.1. 2026.1.29 and
 * 2026.2.1 log that it is not authorized. In 2026.9.6, and in the launcher of every release, it opens Node's debugger.
 * So it is sent to the first three only, and to that process only.
 */
export async function restartGateway(options: RestartOptions, signal: AbortSignal): Promise<Fact<Saying>> {
  const { world, port, salt, unit, release, cli, configOwner } = options;
  const listeners = await readListeners(world, port, salt, configOwner);
  const pids = new Set(listeners.known ? listeners.value.sockets.map(({ pid }) => pid) : []);
  const gateway = listeners.known
    ? listeners.value.gateways.find(({ pid, container }) => pids.has(pid) && container === undefined)
    : undefined;
  const own = gateway === undefined ? undefined : await ownRestart(world, gateway, options.stale);
  if (own !== undefined) return own.known ? byManager(options, own.value, signal) : own;
  if (unit !== undefined && (gateway === undefined || world.platform !== "linux"))
    return byUnit(options, unit, signal);
  if (gateway === undefined) return unknown("absent", say("no-gateway-here", { port }));
  if (atLeast(release, "2026.7.1") === true) {
    const outcome = await cli.run(["gateway", "restart"], { signal });
    if (!outcome.known) return outcome;
    return outcome.value.exitCode === 0
      ? known(quoted("openclaw gateway restart"), outcome.source)
      : unknown("failed", triedWith(quoted(safeText(tellingLine(outcome.value), 300)), outcome.source));
  }
  if (atLeast(release, "2026.3.13") === true) {
    try {
      process.kill(gateway.pid, "SIGUSR1");
      return known(say("signalled", { pid: gateway.pid }), `process ${gateway.pid}`);
    } catch {
      return unknown("denied", say("no-signal", { pid: gateway.pid }));
    }
  }
  return unknown("not-asked", say("restart-by-hand"));
}

/** Of a gateway that is not to be seen: it is down, or the platform does not show it. */
async function byUnit(
  options: RestartOptions,
  unit: NonNullable<DeploymentNames["unit"]>,
  signal: AbortSignal,
): Promise<Fact<Saying>> {
  const { world, stale = false } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,252}$/.test(unit.name))
    return unknown("not-asked", say("service-name-odd"));
  if (world.platform === "linux") return byManager(options, systemdRestart({ ...unit, stale }), signal);
  if (world.platform !== "darwin") return unknown("not-asked", say("services-by-person"));
  const domain = unit.user ? `gui/${world.uid ?? 0}` : "system";
  return byManager(
    options,
    { lines: [["launchctl", "kickstart", "-k", `${domain}/${unit.name}`]], env: {} },
    signal,
  );
}

async function byManager(
  { world }: RestartOptions,
  { lines, env: more, as, refusal }: OwnRestart,
  signal: AbortSignal,
): Promise<Fact<Saying>> {
  const env = { ...Object.fromEntries(Object.entries(world.env).filter(isSet)), ...more };
  const gid = as === undefined ? undefined : (await readAccounts(world)).users.get(as)?.gid;
  const user = as === undefined || gid === undefined ? {} : { user: { uid: as, gid } };
  let last: Fact<Saying> = unknown("not-asked", say("no-restart"));
  for (const argv of lines) {
    const outcome = await runToEnd(argv, { env, ...user, cwd: "/", signal, timeoutMs: TIMEOUT_MS });
    if (!outcome.known) return outcome;
    const { exitCode, stdout, stderr } = outcome.value;
    if (exitCode !== 0 || refusal?.test(stdout) === true)
      return unknown("failed", quoted(safeText(`${argv.join(" ")}: ${stderr || stdout}`, 300)));
    last = known(quoted(argv.join(" ")), argv[0] ?? "");
  }
  return last;
}

function isSet(entry: readonly [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}
