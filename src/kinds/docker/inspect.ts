import type { ContainerInspectInfo } from "dockerode";
import { type GatewayFlags, gatewayFlags } from "../../config/flags.ts";
import type { Scrubber } from "../../core/scrub.ts";
import { safeQuote } from "../../core/scrub.ts";
import { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import type { DockerEngine, Workload, WorkloadMount } from "../../core/workload.ts";
import { installDirOf, programIn } from "../contained/program.ts";
import { PROJECT_LABEL } from "./labels.ts";
import { networkOf } from "./network.ts";
import { configRewrite } from "./rewrites.ts";
import { dockerSources } from "./sources.ts";

/** What the engine says of a container, without the secrets of its environment, which `scrub` knows. */
export function containerReading(info: ContainerInspectInfo, scrub: Scrubber): Workload<DockerEngine> {
  const { State: state, Config: config, HostConfig: host, NetworkSettings: settings } = info;
  const networks = Object.values(settings?.Networks ?? {}).slice(0, 20);
  const bridge = networks.map(({ Gateway }) => Gateway).find((address) => isText(address));
  const project = config?.Labels?.[PROJECT_LABEL];
  const health = state?.Health?.Status;
  const name = safeText(info.Name.replace(/^\//, ""), 200);
  const networkMode = safeText(host?.NetworkMode ?? "", 200);
  return {
    name,
    image: safeText(config?.Image ?? info.Image ?? "", 300),
    state: safeText(state?.Status ?? "", 40),
    // A container that runs has the code of an earlier end, or none.
    ...(state?.Running === true || state?.Status === "created" || typeof state?.ExitCode !== "number"
      ? {}
      : { exitCode: state.ExitCode }),
    restarts: info.RestartCount ?? 0,
    ...(isText(health) && health !== "none" ? { health: safeText(health, 40) } : {}),
    network: networkOf(networkMode),
    addresses: networks.flatMap(({ IPAddress }) => (isText(IPAddress) ? [safeText(IPAddress, 60)] : [])),
    ...(bridge === undefined ? {} : { publishedPeer: safeText(bridge, 60) }),
    ports: portsOf(info),
    mounts: (info.Mounts ?? []).slice(0, 50).map(mountOf),
    user: safeText(config?.User ?? "", 100),
    others: [],
    ...endOf(info, scrub),
    ...declaredOf(info, scrub),
    shownBy: dockerSources(name),
    engine: {
      kind: "docker",
      id: info.Id.slice(0, 12),
      ...(isText(project) ? { project: safeText(project, 100) } : {}),
      networkMode,
    },
  };
}

/** Why it ended, or does not get well. */
function endOf(
  { State: state }: ContainerInspectInfo,
  scrub: Scrubber,
): Pick<Workload, "healthOutput" | "oomKilled" | "error"> {
  const { Health: health, Error: error, OOMKilled: oomKilled } = state ?? {};
  const output = health?.Status === "unhealthy" ? health.Log?.at(-1)?.Output : undefined;
  return {
    ...(isText(output) ? { healthOutput: safeQuote(output, scrub, 300) } : {}),
    ...(oomKilled === true ? { oomKilled } : {}),
    ...(isText(error) ? { error: safeQuote(error, scrub, 300) } : {}),
  };
}

type Declared = Pick<Workload, "exposed" | "extraHosts" | "readOnlyRoot" | "uid" | "rewrites">;

function declaredOf(info: ContainerInspectInfo, scrub: Scrubber): Declared {
  const { Config: config, HostConfig: host } = info;
  const exposed = Object.keys(config?.ExposedPorts ?? {}).flatMap((key) => {
    const port = Number(/^(\d{1,5})\/tcp$/.exec(key)?.[1]);
    return port > 0 && port < 65_536 ? [port] : [];
  });
  const hosts: unknown = host?.ExtraHosts;
  const extraHosts = Array.isArray(hosts) ? hosts.filter(isText).slice(0, 20) : [];
  const uid = uidOf(config?.User ?? "");
  const rewrites = configRewrite(info, scrub);
  return {
    ...(exposed.length === 0 ? {} : { exposed: exposed.slice(0, 50) }),
    ...(extraHosts.length === 0 ? {} : { extraHosts: extraHosts.map((text) => safeText(text, 200)) }),
    ...(host?.ReadonlyRootfs === true ? { readOnlyRoot: true } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(rewrites === undefined ? {} : { rewrites }),
  };
}

/** Node's images, and upstream's on them, have `node` as 1000. What an entrypoint changes to does not show here. */
function uidOf(user: string): number | undefined {
  const name = user.split(":")[0] ?? "";
  if (name === "node") return 1000;
  if (name === "" || name === "root") return 0;
  return /^\d{1,9}$/.test(name) ? Number(name) : undefined;
}

/** The gateway in a container, by what the engine says of it. */
export interface ContainedGateway {
  /** Of the host; 0 while it does not run. */
  readonly pid: number;
  readonly flags: GatewayFlags;
  readonly env: Readonly<Record<string, Secret>>;
  readonly envSource: string;
  readonly cwd: string;
  readonly home: string;
  readonly installDir: string;
}

/** The gateway in the container, as its own process would be described from inside. */
export function containedGateway(info: ContainerInspectInfo, salt: string): ContainedGateway {
  const env: Record<string, Secret> = {};
  for (const pair of (info.Config?.Env ?? []).slice(0, 2000)) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, equals));
    if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) env[name] = new Secret(pair.slice(equals + 1), salt);
  }
  const cwd = directoryOf(info);
  return {
    pid: info.State?.Pid ?? 0,
    flags: gatewayFlags(commandWords(info), salt),
    env,
    envSource: `environment of the container ${safeText(info.Name.replace(/^\//, ""), 100)}`,
    cwd,
    home: homeOf(info, env),
    installDir: installDirOf(commandWords(info), cwd),
  };
}

/** How OpenClaw's CLI is run there: by the words of the gateway's own command. */
export function programOf(info: ContainerInspectInfo): string | undefined {
  return programIn(commandWords(info));
}

export function commandWords(info: ContainerInspectInfo): readonly string[] {
  return [info.Path, ...(info.Args ?? [])].filter((word) => typeof word === "string" && word !== "");
}

export function directoryOf(info: ContainerInspectInfo): string {
  const directory = info.Config?.WorkingDir;
  return isText(directory) ? directory : "/";
}

/** HOME of the environment; else the home of the image's user, as upstream's and most others have it. */
export function homeOf(info: ContainerInspectInfo, env: Readonly<Record<string, Secret>>): string {
  const home = env.HOME?.reveal();
  if (home?.startsWith("/")) return home;
  const user = (info.Config?.User ?? "").split(":")[0];
  return user === "" || user === "root" || user === "0" ? "/root" : "/home/node";
}

/** Published as it was asked for: a container that is down has none in its network settings. */
function portsOf(info: ContainerInspectInfo): Workload["ports"] {
  const live = info.NetworkSettings?.Ports ?? {};
  const asked: unknown = info.HostConfig?.PortBindings ?? {};
  const found = new Map<string, Workload["ports"][number]>();
  for (const table of [live, asked as typeof live])
    for (const [key, bindings] of Object.entries(table ?? {}).slice(0, 200)) {
      const to = Number(/^(\d{1,5})\/tcp$/.exec(key)?.[1]);
      if (!(to > 0)) continue;
      for (const { HostIp, HostPort } of (bindings ?? []).slice(0, 20)) {
        const port = Number(HostPort);
        const address = isText(HostIp) ? safeText(HostIp, 60) : "0.0.0.0";
        if (port > 0 && port < 65_536) found.set(`${address} ${port} ${to}`, { address, port, to });
      }
    }
  return [...found.values()].slice(0, 50);
}

function mountOf(mount: ContainerInspectInfo["Mounts"][number]): WorkloadMount {
  return {
    kind: safeText(mount.Type ?? "", 40),
    source: safeText(mount.Name ?? mount.Source ?? "", 300),
    at: safeText(mount.Destination ?? "", 300),
    readOnly: mount.RW === false,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
