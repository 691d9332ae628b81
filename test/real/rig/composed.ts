// A gateway as upstream's Compose file starts it, with a service for the CLI.
import { chownSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Contained,
  type ContainedOptions,
  engineEnvironment,
  programs,
  writeConfig,
} from "./contained.ts";
import type { Engine } from "./engine.ts";
import { IMAGE } from "./image.ts";
import { mustRun, retry } from "./processes.ts";
import { installRelease } from "./releases.ts";

export interface ComposedOptions extends Pick<ContainedOptions, "release" | "port" | "gateway" | "plugins"> {
  readonly project: string;
  /** Where the CLI's service is: in a network of its own in upstream's older files, in the gateway's in newer. */
  readonly cli: "own network" | "gateway's network";
  readonly token: string;
  /** Names of the two services; upstream's unless given. */
  readonly services?: readonly [gateway: string, cli: string];
}

export interface Composed extends Contained {
  /** The project's directory. */
  readonly dir: string;
  readonly service: string;
  readonly cliService: string;
  down(): Promise<void>;
}

export async function startComposed(engine: Engine, options: ComposedOptions): Promise<Composed> {
  const { project, release, port, token, services = ["openclaw-gateway", "openclaw-cli"] } = options;
  const [service, cliService] = services;
  const installed = await installRelease(release);
  const dir = path.join(mkdtempSync(path.join(tmpdir(), "opd-rig-compose-")), project);
  const stateDir = path.join(dir, "config");
  const workspace = path.join(dir, "workspace");
  for (const folder of [stateDir, workspace]) {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, 1000, 1000);
  }
  const configPath = path.join(stateDir, "openclaw.json");
  writeConfig(configPath, options);
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(path.join(dir, name), `${lines.join("\n")}\n`);
  write("docker-compose.yml", composeFile(options, service, cliService));
  // The machine's programs are in no image: they come in as a user's own mounts would.
  const mounts = programs(installed).map((mount) => `      - ${mount}`);
  const rig = (name: string) => [`  ${name}:`, "    volumes:", ...mounts];
  write("docker-compose.override.yml", ["services:", ...rig(service), ...rig(cliService)]);
  write(".env", [
    `OPENCLAW_CONFIG_DIR=${stateDir}`,
    `OPENCLAW_WORKSPACE_DIR=${workspace}`,
    `OPENCLAW_GATEWAY_PORT=${port}`,
    "OPENCLAW_GATEWAY_BIND=lan",
    `OPENCLAW_GATEWAY_TOKEN=${token}`,
    `OPENCLAW_IMAGE=${IMAGE}`,
  ]);
  const compose = (...args: string[]) =>
    mustRun(["docker", "compose", ...args], { cwd: dir, env: engineEnvironment(engine) });
  await retry(`docker compose up in ${project}`, 2, () => compose("up", "--detach", service));
  const id = (await compose("ps", "--all", "--quiet", service)).trim();
  const { uiBuild } = installed;
  return {
    container: engine.api.getContainer(id),
    installed,
    release,
    stateDir,
    configPath,
    ...(uiBuild === undefined ? {} : { uiBuild }),
    dir,
    service,
    cliService,
    down: async () => {
      await compose("down", "--volumes", "--timeout", "2");
    },
  };
}

/** In the shape of upstream's file of the time. */
function composeFile({ cli }: ComposedOptions, service: string, cliService: string): readonly string[] {
  const common = (home: string) => [
    `    image: \${OPENCLAW_IMAGE:-${IMAGE}}`,
    "    environment:",
    `      HOME: ${home}`,
    "      TERM: xterm-256color",
    `      OPENCLAW_GATEWAY_TOKEN: \${OPENCLAW_GATEWAY_TOKEN}`,
  ];
  const volumes = [
    "    volumes:",
    `      - \${OPENCLAW_CONFIG_DIR}:/home/node/.openclaw`,
    `      - \${OPENCLAW_WORKSPACE_DIR}:/home/node/.openclaw/workspace`,
  ];
  const program = cli === "own network" ? "dist/index.js" : "openclaw.mjs";
  return [
    "services:",
    `  ${service}:`,
    ...common("/home/node"),
    ...volumes,
    "    ports:",
    `      - "127.0.0.1:\${OPENCLAW_GATEWAY_PORT:-18789}:18789"`,
    "    init: true",
    "    restart: unless-stopped",
    `    command: ["node", "dist/index.js", "gateway", "--bind", "\${OPENCLAW_GATEWAY_BIND:-lan}", "--port", "18789"]`,
    `  ${cliService}:`,
    ...common("/home/node"),
    "      BROWSER: echo",
    ...volumes,
    ...(cli === "own network" ? [] : [`    network_mode: "service:${service}"`]),
    "    stdin_open: true",
    "    tty: true",
    "    init: true",
    `    entrypoint: ["node", "${program}"]`,
    ...(cli === "own network" ? [] : ["    depends_on:", `      - ${service}`]),
  ];
}
