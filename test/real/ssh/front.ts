// Debian's nginx and HAProxy on the gateway's host, with a configuration as their administrators write it.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { certificate, type Made } from "../../support/certificate.ts";
import type { Namespace } from "../rig/namespace.ts";
import { endChild, endsWithUs, mustRun, progress, retry, run, until } from "../rig/processes.ts";

export interface Front {
  /** Its main configuration. */
  readonly config: string;
  stop(): Promise<void>;
}

/** Why HAProxy cannot be had here, or undefined when it is there. */
export async function whyNoHaproxy(): Promise<string | undefined> {
  if ((await run(["sh", "-c", "command -v haproxy"])).code === 0) return undefined;
  progress("installing haproxy");
  try {
    await retry("apt-get install haproxy", 3, async () => {
      await mustRun(["apt-get", "update", "-qq"], { timeoutMs: 300_000 });
      // RUNLEVEL: the package is not to start a server on this machine.
      await mustRun(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "haproxy"], {
        timeoutMs: 300_000,
        env: { ...process.env, RUNLEVEL: "1", DEBIAN_FRONTEND: "noninteractive" },
      });
    });
    return undefined;
  } catch (error) {
    return `no haproxy: ${String(error).slice(0, 200)}`;
  }
}

/** An authority, and certificates of it. */
export interface Authority {
  /** For `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  /** Paths of chain and key for a name. `endedDays`: it ended so long ago. */
  certify(
    name: string,
    options?: { readonly endedDays?: number },
  ): { readonly chain: string; readonly key: string };
}

export function makeAuthority(folder: string): Authority {
  const own: Made = certificate({ name: "rig authority", authority: true });
  const file = path.join(folder, "authority.pem");
  writeFileSync(file, own.cert);
  return {
    file,
    certify: (name, { endedDays } = {}) => {
      const made = certificate({
        name,
        by: own,
        hosts: [name],
        ...(endedDays === undefined ? {} : { endedDays }),
      });
      const base = path.join(folder, `${name}${endedDays === undefined ? "" : "-ended"}`);
      writeFileSync(`${base}.pem`, made.cert + own.cert);
      writeFileSync(`${base}.key`, made.key, { mode: 0o600 });
      return { chain: `${base}.pem`, key: `${base}.key` };
    },
  };
}

/** nginx that reads the sites of `folder/sites`. */
export async function startNginx(folder: string, host: Namespace, port: number): Promise<Front> {
  const config = path.join(folder, "nginx.conf");
  mkdirSync(path.join(folder, "sites"), { recursive: true });
  mkdirSync(path.join(folder, "temp"), { recursive: true });
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `    ${name}_temp_path ${folder}/temp/${name};`,
  );
  const lines = [
    ...[
      "user root;",
      "daemon off;",
      "worker_processes 1;",
      `pid ${folder}/nginx.pid;`,
      "events { }",
      "http {",
    ],
    ...["    access_log off;", ...temps, `    include ${folder}/sites/*.conf;`, "}"],
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  return start(["nginx", "-e", `${folder}/nginx.log`, "-c", config], config, host, port);
}

/** HAProxy as Debian's unit runs it: a master, which starts its workers anew. */
export async function startHaproxy(
  folder: string,
  text: string,
  host: Namespace,
  port: number,
): Promise<Front> {
  const config = path.join(folder, "haproxy.cfg");
  writeFileSync(config, text);
  return start(["haproxy", "-W", "-f", config], config, host, port);
}

/** Caddy as Debian's unit runs it, with its own folders and no certificate of this machine's store. */
export async function startCaddy(
  folder: string,
  text: string,
  host: Namespace,
  port: number,
): Promise<Front> {
  const config = path.join(folder, "Caddyfile");
  writeFileSync(config, text);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const words = ["caddy", "run", "--config", config, "--adapter", "caddyfile"];
  return start(words, config, host, port, env);
}

async function start(
  words: readonly string[],
  config: string,
  host: Namespace,
  port: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Front> {
  const [command = "", ...args] = host.inside(endsWithUs(words));
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.on("error", () => {});
  const stop = () => endChild(child);
  const script = `require("node:net").connect(${port}, "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))`;
  const listens = async () => (await run(host.inside([process.execPath, "-e", script]))).code === 0;
  if (!(await until(listens, 60_000))) {
    await stop();
    throw new Error(`${words[0]} does not listen: ${said}`);
  }
  return { config, stop };
}
