import { isGatewayCommand } from "../../config/flags.ts";
import type { Fact } from "../../core/fact.ts";
import { probe } from "../../gateway/probe.ts";
import { isOpenClawTitle } from "../processes.ts";
import type { GatewayEyes } from "../reload.ts";
import { machineEyes } from "../watch-machine.ts";
import type { World } from "../world.ts";
import type { Asks } from "./asks.ts";

export interface SshEyesOptions {
  readonly host: Asks;
  /** The host, asked anew for everything. */
  readonly world: World;
  readonly port: number;
  readonly newestLog: () => Promise<string | undefined>;
  /** Where the gateway is reached from here, as far as it is. */
  readonly reach: () => Promise<Fact<string>>;
}

const PROBE_MS = 5000;
const LOOK_MS = 20_000;
const MAX_COMMANDS = 1_048_576;
/** Command lines with OpenClaw in them, one a line with its words as the kernel has them; the brackets keep it from finding itself. */
export const COMMANDS = `grep -lE '[o]penclaw|[c]lawdbot|[m]oltbot|dist/[i]ndex|dist/[e]ntry' /proc/[0-9]*/cmdline 2>/dev/null | head -n 200 | while read -r f; do head -c 4096 "$f" 2>/dev/null; echo; done`;

/** Whether one of these is a gateway's, or of one that is on its way up. */
export function hasGateway(lines: string): boolean {
  return lines
    .split("\n")
    .map((line) => line.split("\0").filter((word) => word !== ""))
    .some((words) => isGatewayCommand(words) || isOpenClawTitle(words));
}

/** A gateway of a host behind SSH: its sockets from that host's /proc, its log file there. */
export function sshEyes({ host, world, port, newestLog, reach }: SshEyesOptions): GatewayEyes {
  const eyes = machineEyes({
    world,
    port,
    newestLog,
    reach: async (signal) => {
      const url = await reach();
      if (!url.known) return "refused";
      return (await probe({ url: url.value, timeoutMs: PROBE_MS, signal })).reach.state;
    },
  });
  return {
    ...eyes,
    isAlive: async () => {
      try {
        const { answer } = await host.ask(COMMANDS, { timeoutMs: LOOK_MS, maxBytes: MAX_COMMANDS });
        return hasGateway(answer.toString("utf8"));
      } catch {
        return undefined;
      }
    },
  };
}
