import type { Reach } from "../core/facts.ts";
import { listening, processIds } from "./listeners.ts";
import { gatewayProcesses } from "./processes.ts";
import type { GatewayEyes } from "./reload.ts";
import type { World } from "./world.ts";

export interface MachineEyesOptions {
  readonly world: World;
  readonly port: number;
  /** The log file that the gateway writes now. */
  readonly newestLog: () => Promise<string | undefined>;
  /** One connection without credentials: what became of it. */
  readonly reach: (signal: AbortSignal) => Promise<Reach["state"]>;
}

const MAX_NEW_LOG = 1_000_000;

interface LogPlace {
  readonly path: string;
  readonly size: number;
}

/** A gateway of this machine: its sockets from /proc, its log file. */
export function machineEyes({ world, port, newestLog, reach }: MachineEyesOptions): GatewayEyes {
  const placeOf = async (): Promise<LogPlace | undefined> => {
    const path = await newestLog();
    const info = path === undefined ? undefined : await world.info(path);
    return path === undefined || info === undefined ? undefined : { path, size: info.size };
  };
  const newLines = async (since: LogPlace | undefined): Promise<string> => {
    const now = await placeOf();
    if (now === undefined) return "";
    // Another file, or one that was cut: all of it is new.
    const start = since?.path === now.path && since.size <= now.size ? since.size : 0;
    const parts: Uint8Array[] = [];
    const from = Math.max(start, now.size - MAX_NEW_LOG);
    try {
      for await (const chunk of world.stream(now.path, from, now.size)) parts.push(new Uint8Array(chunk));
    } catch {
      // Rotated away between the look and the reading.
    }
    return Buffer.concat(parts).toString("utf8");
  };
  return {
    sockets: async () => {
      const tables = await Promise.all(
        ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => world.readText(path, 4_000_000)),
      );
      if (!tables.some((table) => table.ok)) return undefined;
      return tables
        .flatMap((table) => (table.ok ? listening(table.text, port) : []))
        .map(({ inode }) => inode)
        .sort()
        .join(" ");
    },
    logFromNow: async () => {
      const since = await placeOf();
      return () => newLines(since);
    },
    isAlive: async () => {
      const pids = await processIds(world);
      if (pids.length === 0) return undefined;
      // One that starts has its title before its socket, so the title alone counts.
      return (await gatewayProcesses(world, pids, new Set(pids), "")).length > 0;
    },
    reach,
  };
}
