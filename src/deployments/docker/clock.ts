import type Docker from "dockerode";
import type { Workload } from "../../core/workload.ts";

export interface EngineSays {
  readonly clock?: NonNullable<Workload["clock"]>;
  /** Uids in its containers are others on the host. */
  readonly mapsUsers: boolean;
  /** It runs in a virtual machine of a desktop, into which directories of the host are shared. */
  readonly sharesFiles: boolean;
}

const NOTHING: EngineSays = { mapsUsers: false, sharesFiles: false };
/** Docker Desktop, OrbStack, Colima and Lima, Rancher Desktop, a machine of Podman: by system and host name. */
const DESKTOP = /docker[ -]?desktop|orbstack|colima|^lima-|rancher[ -]desktop|^podman-machine/i;

/**
 * The engine's clock against ours, whether it maps users and shares files: all of `GET /info`. The clock was read somewhere
 * between the question and the answer, so it is known to half of that.
 */
export async function askEngine(api: Docker, now: () => number = Date.now): Promise<EngineSays> {
  try {
    const asked = now();
    const info: unknown = await api.info();
    const answered = now();
    if (typeof info !== "object" || info === null) return NOTHING;
    const said = info as Readonly<Record<string, unknown>>;
    const { SystemTime: time, SecurityOptions: options } = said;
    const sharesFiles = [said.OperatingSystem, said.Name].some(
      (name) => typeof name === "string" && DESKTOP.test(name),
    );
    const mapsUsers =
      Array.isArray(options) && options.some((option) => /\bname=(?:rootless|userns)\b/.test(String(option)));
    const read = typeof time === "string" ? Date.parse(time) : Number.NaN;
    if (Number.isNaN(read)) return { mapsUsers, sharesFiles };
    const clock = {
      aheadMs: Math.round(read - (asked + answered) / 2),
      withinMs: Math.ceil((answered - asked) / 2),
    };
    return { clock, mapsUsers, sharesFiles };
  } catch {
    return NOTHING;
  }
}
