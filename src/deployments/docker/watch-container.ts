import type Docker from "dockerode";
import type { Container } from "dockerode";
import { say } from "../../core/saying.ts";
import { probe } from "../../gateway/probe.ts";
import type { ContainerExec } from "../contained/exec.ts";
import { type Listening, listeningInside } from "../contained/listening.ts";
import type { GatewayEyes } from "../reload.ts";
import { containerLog } from "./logs.ts";

export interface ContainerEyesOptions {
  readonly api: Docker;
  readonly container: Container;
  readonly exec: ContainerExec;
  readonly tty: boolean;
  /** The gateway's own port. */
  readonly port: number;
  /** Where that port is reached from here, as far as it is. */
  readonly url: string;
}

const PROBE_MS = 5000;

/** A gateway in a container: the engine's word for it, its sockets from inside, the container's log. */
export function containerEyes(options: ContainerEyesOptions): GatewayEyes {
  const { api, container, exec, tty, port, url } = options;
  let restarts = 0;
  const look = (): Promise<Listening | undefined> => listeningInside(exec, port);
  // An engine that does not answer for a moment, or a container that is just made anew, is looked at again.
  const inspected = () => container.inspect().catch(() => undefined);
  return {
    sockets: async () => {
      const info = await inspected();
      if (info === undefined) return undefined;
      const { State } = info;
      if (!State.Running || State.Restarting) return "";
      const found = await look();
      if (found === undefined) return undefined;
      // The sockets of a container that started anew may have the numbers of earlier ones.
      return found.sockets === "" ? "" : `${State.StartedAt} ${found.sockets}`;
    },
    logFromNow: async () => {
      restarts = (await inspected())?.RestartCount ?? restarts;
      const since = await engineTime(api);
      const said = async () =>
        Buffer.concat(await containerLog(api, container, tty, { since })).toString("utf8");
      const before = await said().catch(() => "");
      return () =>
        said()
          .then((text) => text.slice(before.length))
          .catch(() => "");
    },
    // From outside as a client meets it; a gateway on the container's loopback answers inside alone.
    reach: async (signal) => {
      const { reach } = await probe({ url, timeoutMs: PROBE_MS, signal });
      if (reach.state === "open" || reach.state === "starting" || signal.aborted) return reach.state;
      return (await look())?.answers === true ? "open" : reach.state;
    },
    comesBack: async () => {
      const state = (await inspected())?.State;
      return state !== undefined && (state.Running || state.Restarting);
    },
    fails: async () => {
      const info = await inspected();
      if (info === undefined) return undefined;
      const { State, RestartCount } = info;
      if (RestartCount > restarts + 1) return say("container-loops");
      const isOver = !State.Running && !State.Restarting && State.Status !== "created";
      return isOver ? say("container-ended", { code: State.ExitCode }) : undefined;
    },
    // A gateway that starts anew as another process (2026.3.13) takes its container with it, being its first one.
    revive: async () => {
      const info = await inspected();
      if (info === undefined) return false;
      const { State, HostConfig } = info;
      if (State.Status !== "exited" || State.ExitCode !== 0) return false;
      if (!/^(?:no|on-failure)?$/.test(HostConfig.RestartPolicy?.Name ?? "")) return false;
      return container.start().then(
        () => true,
        () => false,
      );
    },
  };
}

/** By the engine's clock, two seconds ago: the log's times are its own. ISO 8601. */
async function engineTime(api: Docker): Promise<string> {
  const info: unknown = await api.info().catch(() => undefined);
  const time =
    typeof info === "object" && info !== null && "SystemTime" in info && typeof info.SystemTime === "string"
      ? Date.parse(info.SystemTime)
      : Number.NaN;
  return new Date((Number.isNaN(time) ? Date.now() : time) - 2000).toISOString();
}
