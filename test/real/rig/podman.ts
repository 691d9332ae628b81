// Podman's Docker-compatible API on a socket of the rig's own: storage in a temporary folder, and a network
// namespace in which its rules for published ports stay.
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Engine, made, removeAll, removeFolder, whyNotInstalled } from "./engine.ts";
import { loneNamespace, whyNoNamespaces } from "./namespace.ts";
import { endChild, endsWithUs, run } from "./processes.ts";
import { ownRuntime } from "./runtime.ts";

const NETAVARK = ["/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"];

/** Why Podman cannot be brought up here, or undefined. */
export async function whyNoPodman(): Promise<string | undefined> {
  const noNamespaces = await whyNoNamespaces();
  if (noNamespaces !== undefined) return noNamespaces;
  if ((await run(["podman", "--version"])).code === 0 && NETAVARK.some((file) => existsSync(file)))
    return undefined;
  return whyNotInstalled("podman", "netavark", "iptables");
}

/** Podman keeps a monitor for five minutes after each exec; the rig's own name its folder. */
function endMonitors(dir: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (words[0]?.endsWith("/conmon") && words.some((word) => word.startsWith(`${dir}/`)))
        process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended in between.
    }
  }
}

export async function startPodman(): Promise<Engine> {
  const dir = mkdtempSync(path.join(tmpdir(), "opd-rig-podman-"));
  const host = await loneNamespace();
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child !== undefined) await endChild(child, 20_000);
    endMonitors(dir);
    await host.remove();
    await removeFolder(dir);
  };
  try {
    const socket = path.join(dir, "podman.sock");
    const log = path.join(dir, "podman.log");
    const output = openSync(log, "a");
    const service = ["podman", "system", "service", "--time=0", `unix://${socket}`];
    const [program = "", ...args] = host.inside(endsWithUs(service));
    child = spawn(program, args, {
      env: { ...process.env, ...settingsIn(dir) },
      stdio: ["ignore", output, output],
    });
    child.on("error", () => {});
    const ready = await made(socket, { what: "podman", log, dir });
    const { api } = ready;
    return {
      ...ready,
      kind: "podman",
      host,
      stop: async () => {
        await removeAll(api);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing of it is the machine's own Podman's. */
function settingsIn(dir: string): NodeJS.ProcessEnv {
  const at = (name: string) => path.join(dir, name);
  mkdirSync(at("networks"));
  const runtime = ownRuntime(dir);
  const containers = [
    "[containers]",
    'log_driver = "k8s-file"',
    "[engine]",
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    `tmp_dir = "${at("tmp")}"`,
    ...(runtime === undefined ? [] : ['runtime = "rig"', "[engine.runtimes]", `rig = ["${runtime}"]`]),
    "[network]",
    'network_backend = "netavark"',
    `network_config_dir = "${at("networks")}"`,
  ];
  const storage = [
    "[storage]",
    'driver = "overlay"',
    `graphroot = "${at("storage")}"`,
    `runroot = "${at("run")}"`,
  ];
  writeFileSync(at("containers.conf"), `${containers.join("\n")}\n`);
  writeFileSync(at("storage.conf"), `${storage.join("\n")}\n`);
  return { CONTAINERS_CONF: at("containers.conf"), CONTAINERS_STORAGE_CONF: at("storage.conf") };
}
