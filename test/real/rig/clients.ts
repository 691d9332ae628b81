// The command-line clients of the engines (docker, docker compose, kubectl, ssh), installed where they are missing.
// No engine is needed: a line that a client accepts fails because nothing answers, not because of its grammar.
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { unpackNewer } from "./debian.ts";
import { mustRun, progress, retry, run } from "./processes.ts";
import { cacheDir } from "./releases.ts";

export type ClientName = "docker" | "docker compose" | "kubectl" | "ssh" | "chromium";

const PACKAGES: Readonly<Record<Exclude<ClientName, "docker compose">, readonly string[]>> = {
  // Newer Debian splits the client off; older has both in one.
  docker: ["docker-cli", "docker.io"],
  kubectl: ["kubernetes-client", "kubectl"],
  ssh: ["openssh-client"],
  chromium: ["chromium"],
};

const PRESENT: Readonly<Record<ClientName, readonly string[]>> = {
  docker: ["docker", "--version"],
  "docker compose": ["docker", "compose", "version"],
  kubectl: ["kubectl", "version", "--client"],
  ssh: ["ssh", "-V"],
  chromium: ["chromium", "--version"],
};

let updated = false;

/** Makes the client available. Gives why that failed, or undefined when it is there. */
export async function ensureClient(name: ClientName): Promise<string | undefined> {
  if (await isPresent(name)) return undefined;
  if (process.getuid?.() !== 0) return `${name} is missing and installing it needs root`;
  try {
    if (name === "docker compose") await fetchCompose();
    else await installOneOf(PACKAGES[name]);
  } catch (error) {
    return `${name} could not be installed: ${String(error)}`;
  }
  return (await isPresent(name)) ? undefined : `${name} is still missing after its package was installed`;
}

async function isPresent(name: ClientName): Promise<boolean> {
  return (await run(PRESENT[name], { env: clientEnvironment(), timeoutMs: 60_000 })).code === 0;
}

async function installOneOf(packages: readonly string[]): Promise<void> {
  if (!updated) await retry("apt-get update", 4, () => mustRun(["apt-get", "update", "-qq"]));
  updated = true;
  for (const name of packages) {
    const policy = await run(["apt-cache", "policy", name]);
    if (!/Candidate: \d/.test(policy.stdout)) continue;
    progress(`installing ${name} with apt`);
    await retry(`apt-get install ${name}`, 4, () =>
      mustRun(["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        timeoutMs: 600_000,
      }),
    );
    return;
  }
  throw new Error(`apt knows none of ${packages.join(", ")}`);
}

const pluginHome = () => path.join(cacheDir(), "docker-config");

/** `DOCKER_CONFIG` with the fetched plugin, and neither an engine nor a cluster. */
export function clientEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  for (const name of ["DOCKER_HOST", "DOCKER_CONTEXT", "KUBECONFIG"]) delete env[name];
  if (existsSync(path.join(pluginHome(), "cli-plugins", "docker-compose"))) env.DOCKER_CONFIG = pluginHome();
  return env;
}

/** `docker compose` v2. Debian ships it from 13 on, and its program needs little more than libc. */
async function fetchCompose(): Promise<void> {
  const unpacked = await unpackNewer("compose", ["docker-compose"]);
  const plugins = path.join(pluginHome(), "cli-plugins");
  mkdirSync(plugins, { recursive: true });
  const link = path.join(plugins, "docker-compose");
  if (!existsSync(link))
    symlinkSync(path.join(unpacked, "usr", "libexec", "docker", "cli-plugins", "docker-compose"), link);
}
