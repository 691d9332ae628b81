import { type Fact, known, unknown } from "../core/fact.ts";
import { objectOf, parseBoundedJson } from "../core/json.ts";
import { quoted, type Saying, say } from "../core/saying.ts";
import { safeText } from "../core/text.ts";
import { type CommandOutcome, runToEnd } from "./command.ts";
import type { World } from "./world.ts";

export interface Tailnet {
  /** MagicDNS name of this machine, without the dot at its end. */
  readonly name: string;
  /** Whether this machine serves nothing yet, so that whatever is served later is the gateway's. */
  readonly servesNothing: boolean;
}

export interface Tailscale {
  /** Unknown: `absent` (no such program), `denied` (not logged in, or without a name), `timeout`, `failed`. */
  status(signal: AbortSignal): Promise<Fact<Tailnet>>;
  /** MagicDNS name of this machine; nothing but that is asked. */
  name(): Promise<Fact<string>>;
  /** Ends everything that this machine serves. */
  reset(signal: AbortSignal): Promise<Fact<Saying>>;
}

const TIMEOUT_MS = 10_000;
/** Where its packages put it, for a doctor whose PATH does not have it. */
const PLACES = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/sbin"] as const;

/**
 * The `tailscale` command of this machine, run without a shell. `gatewayPath`: where the gateway looks for it, when
 * that is known; 2026.9.6 with Serve does not start without it (run), 2026.3.13 says so in its log and serves on.
 */
export function tailscaleOf(world: World, gatewayPath?: string): Tailscale {
  const directories =
    gatewayPath === undefined ? [...(world.env.PATH ?? "").split(":"), ...PLACES] : gatewayPath.split(":");
  const run = async (args: readonly string[], signal: AbortSignal) => {
    const program = await findProgram(world, directories);
    if (program === undefined) return unknown("absent", say("no-tailscale"));
    const env = { PATH: world.env.PATH ?? "/usr/bin:/bin", HOME: world.homedir };
    return runToEnd([program, ...args], { env, cwd: "/", signal, timeoutMs: TIMEOUT_MS });
  };
  return tailscaleBy(run);
}

/** The same of a command that is run in some way. */
export function tailscaleBy(
  run: (args: readonly string[], signal: AbortSignal) => Promise<Fact<CommandOutcome>>,
): Tailscale {
  const nameBy = async (signal: AbortSignal): Promise<Fact<string>> => {
    const outcome = await run(["status", "--json"], signal);
    return outcome.known ? nameIn(outcome.value.stdout) : outcome;
  };
  return {
    name: () => nameBy(AbortSignal.timeout(TIMEOUT_MS)),
    status: async (signal) => {
      const name = await nameBy(signal);
      if (!name.known) return name;
      const serve = await run(["serve", "status", "--json"], signal);
      const servesNothing =
        serve.known && serve.value.exitCode === 0 && /^\s*(?:\{\s*\}|null)?\s*$/.test(serve.value.stdout);
      return known({ name: name.value, servesNothing }, name.source);
    },
    reset: async (signal) => {
      const outcome = await run(["serve", "reset"], signal);
      if (!outcome.known) return outcome;
      return outcome.value.exitCode === 0
        ? known(quoted("tailscale serve reset"), outcome.source)
        : unknown("failed", quoted(safeText(`tailscale serve reset: ${outcome.value.stderr.trim()}`, 300)));
    },
  };
}

/** `BackendState` and `Self.DNSName` of `tailscale status --json`; logged out it prints them too, and exits with 1. */
export function nameIn(text: string): Fact<string> {
  const status = parseBoundedJson(text);
  if (status === undefined) return unknown("failed", say("tailscale-silent"));
  const { BackendState: state, Self: self } = objectOf(status);
  if (state !== "Running")
    return unknown(
      "denied",
      say("tailscale-down", typeof state === "string" ? { state: safeText(state, 60) } : {}),
    );
  const raw = objectOf(self).DNSName;
  const name = typeof raw === "string" ? raw.replace(/\.$/, "").toLowerCase() : "";
  return /^[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,8}$/.test(name)
    ? known(name, "tailscale status --json")
    : unknown("denied", say("no-magic-name"));
}

async function findProgram(world: World, directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories.slice(0, 60)) {
    const program = `${directory}/tailscale`;
    if (directory.startsWith("/") && (await world.info(program))?.kind === "file") return program;
  }
  return undefined;
}
