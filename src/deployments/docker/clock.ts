import type Docker from "dockerode";
import type { ContainerReading } from "../../core/facts.ts";

export interface EngineSays {
  readonly clock?: NonNullable<ContainerReading["clock"]>;
  /** Uids in its containers are others on the host. */
  readonly mapsUsers: boolean;
}

/**
 * The engine's clock against ours, and whether it maps users: both of `GET /info`. The clock was read somewhere
 * between the question and the answer, so it is known to half of that.
 */
export async function askEngine(api: Docker, now: () => number = Date.now): Promise<EngineSays> {
  try {
    const asked = now();
    const info: unknown = await api.info();
    const answered = now();
    if (typeof info !== "object" || info === null) return { mapsUsers: false };
    const { SystemTime: time, SecurityOptions: options } = info as Readonly<Record<string, unknown>>;
    const mapsUsers =
      Array.isArray(options) && options.some((option) => /\bname=(?:rootless|userns)\b/.test(String(option)));
    const read = typeof time === "string" ? Date.parse(time) : Number.NaN;
    if (Number.isNaN(read)) return { mapsUsers };
    const clock = {
      aheadMs: Math.round(read - (asked + answered) / 2),
      withinMs: Math.ceil((answered - asked) / 2),
    };
    return { clock, mapsUsers };
  } catch {
    return { mapsUsers: false };
  }
}
