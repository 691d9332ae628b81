import type { Fact } from "../../core/fact.ts";
import { probe } from "../../gateway/probe.ts";
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
/** Titles and command lines of gateways; the brackets keep it from finding itself. */
const ALIVE = `grep -lE '^([o]penclaw|[c]lawdbot|[m]oltbot)-gateway|([o]penclaw|[c]lawdbot|[m]oltbot|dist/[i]ndex|dist/[e]ntry).*gateway' /proc/[0-9]*/cmdline 2>/dev/null | head -n 1`;

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
        const { answer } = await host.ask(ALIVE, { timeoutMs: LOOK_MS, maxBytes: 65_536 });
        return answer.length > 0;
      } catch {
        return undefined;
      }
    },
  };
}
