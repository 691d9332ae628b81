import { randomBytes } from "node:crypto";
import { gatewayFlags } from "../../config/flags.ts";
import { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import { installDirOf } from "../../kinds/contained/program.ts";
import { hasSecretSource, plainVariables, secretVariables } from "../../kinds/kubernetes/config-source.ts";
import { type Document, textAt } from "../../kinds/kubernetes/fields.ts";
import { commandOf } from "../../kinds/kubernetes/workloads.ts";
import type { GatewayProcess } from "../processes.ts";
import type { ConfigAndSecrets } from "../types.ts";
import type { PodContainer } from "./exec.ts";
import type { Self } from "./files.ts";

/**
 * Stand-ins for what is in a Secret, which is never read: that there is a token is known by them, and none of them ever
 * goes over a wire.
 */
export class StandIns {
  readonly #salt: string;
  readonly #values = new Set<string>();

  constructor(salt: string) {
    this.#salt = salt;
  }

  make(): Secret {
    const value = randomBytes(24).toString("hex");
    this.#values.add(value);
    return new Secret(value, this.#salt);
  }

  has(secret: Secret): boolean {
    return this.#values.has(secret.reveal());
  }

  /** The config's own secrets alone. */
  without(config: ConfigAndSecrets): ConfigAndSecrets {
    const { token, password, all, ...rest } = config;
    return {
      ...rest,
      ...(token === undefined || this.has(token) ? {} : { token }),
      ...(password === undefined || this.has(password) ? {} : { password }),
      all: all.filter((secret) => !this.has(secret)),
    };
  }
}

/** As a process of the container has it; else what the manifest says of it. */
export function environmentOf(
  container: Document,
  self: Self | undefined,
  standIns: StandIns,
  salt: string,
): Readonly<Record<string, Secret>> {
  const plain = self?.env ?? plainVariables(container);
  const env: Record<string, Secret> = {};
  for (const [name, value] of Object.entries(plain).slice(0, 2000))
    if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) env[name] = new Secret(value, salt);
  if (self !== undefined) return env;
  for (const name of secretVariables(container)) env[name] = standIns.make();
  // What charts put into a Secret of its own is the token.
  if (hasSecretSource(container)) env.OPENCLAW_GATEWAY_TOKEN ??= standIns.make();
  return env;
}

/** The words of the gateway's own command: the manifest's, else those of the container's first process. */
export function gatewayWords(container: Document, self: Self | undefined): readonly string[] {
  const written = commandOf(container);
  return written.includes("gateway") || self === undefined ? written : self.words;
}

/** The gateway in the pod, as its own process would be described from inside. */
export function gatewayIn(
  container: Document,
  self: Self | undefined,
  env: Readonly<Record<string, Secret>>,
  { pod }: PodContainer,
  salt: string,
): GatewayProcess {
  const words = gatewayWords(container, self);
  const cwd = textAt(container, "workingDir") ?? self?.cwd ?? "/app";
  // Flags stand also where the image's entrypoint adds the command itself.
  const flags = gatewayFlags([...words, ...(self === undefined ? [] : commandOf(container))], salt);
  return {
    pid: 0,
    flags,
    env,
    envSource: `environment of the pod ${safeText(pod, 100)}`,
    cwd,
    home: homeOf(container, self, env),
    installDir: installDirOf(words, cwd),
  };
}

/** HOME of the environment; else the directory above the mounted state; else that of upstream's image. */
function homeOf(container: Document, self: Self | undefined, env: Readonly<Record<string, Secret>>): string {
  const home = env.HOME?.reveal();
  if (home?.startsWith("/")) return home;
  return self?.home ?? mountedHome(container) ?? "/home/node";
}

function mountedHome(container: Document): string | undefined {
  const mounts = container.volumeMounts;
  if (!Array.isArray(mounts)) return undefined;
  for (const mount of mounts.slice(0, 50)) {
    const home = /^(\/.{1,200})\/\.(?:openclaw|clawdbot|moltbot)(?:\/|$)/.exec(
      textAt(mount, "mountPath") ?? "",
    )?.[1];
    if (home !== undefined) return home;
  }
  return undefined;
}

/** Where openclaw.json is by the environment alone. */
export function usualPaths(
  env: Readonly<Record<string, Secret>>,
  home: string,
): { readonly configPath: string; readonly stateDir: string } {
  const stateDir = env.OPENCLAW_STATE_DIR?.reveal() ?? `${home}/.openclaw`;
  return { stateDir, configPath: env.OPENCLAW_CONFIG_PATH?.reveal() ?? `${stateDir}/openclaw.json` };
}
