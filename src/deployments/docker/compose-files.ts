import { dirname, isAbsolute, join, resolve } from "node:path";
import {
  type ComposeDisk,
  type ComposeProject,
  composeProject,
  MAX_ENV_FILE,
  type ComposeRequest as ProjectRequest,
} from "../../compose/project.ts";
import { dotenv } from "../../compose/variables.ts";
import { type Fact, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { type ComposeSigns, composeSigns } from "../../kinds/docker/services.ts";
import type { World } from "../world.ts";

export interface ComposeRequest extends Omit<ProjectRequest, "disk"> {
  readonly world: World;
}

/** The project whose files are named, as they are on a machine. */
export function readComposeProject({ world, ...request }: ComposeRequest): Promise<Fact<ComposeProject>> {
  return composeProject({ ...request, disk: diskOf(world) });
}

function diskOf(world: World): ComposeDisk {
  return {
    homedir: world.homedir,
    readText: (path, maxBytes) => world.readText(path, maxBytes),
    absolute: (directory, file) => (isAbsolute(file) ? file : resolve(directory, file)),
  };
}

/** The Compose project of the working directory, if it is one of an OpenClaw gateway. */
export async function readComposeFile(world: World, salt = ""): Promise<ComposeSigns | undefined> {
  const project = await findComposeProject(world, salt);
  return project.known ? composeSigns(project.value) : undefined;
}

/** In the order in which Compose looks. */
const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"] as const;
const OVERRIDES = [
  "compose.override.yaml",
  "compose.override.yml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
] as const;
/** The project of a directory or of the one above it, as `docker compose` without `-f` finds it there. */
export async function findComposeProject(
  world: World,
  salt: string,
  env: World["env"] = world.env,
): Promise<Fact<ComposeProject>> {
  const named = env.COMPOSE_FILE;
  let directory = world.cwd;
  for (let level = 0; level < 20; level += 1) {
    const own = join(directory, ".env");
    const said = named ?? (level === 0 ? await composeFileOf(world, own) : undefined);
    if (said !== undefined && said !== "") {
      const files = said.split(env.COMPOSE_PATH_SEPARATOR || (world.platform === "win32" ? ";" : ":"));
      return readComposeProject({ world, salt, env, directory, files: files.filter((file) => file !== "") });
    }
    const found = await firstOf(world, directory, NAMES);
    // Compose takes the first that exists, whatever is in it, and the override beside it.
    if (found !== undefined) {
      const over = await firstOf(world, directory, OVERRIDES);
      return readComposeProject({
        world,
        salt,
        env,
        directory,
        files: over === undefined ? [found] : [found, over],
      });
    }
    const parent = dirname(directory);
    if (parent === directory) break;
    directory = parent;
  }
  return unknown("absent", say("no-compose-here"));
}

async function composeFileOf(world: World, path: string): Promise<string | undefined> {
  const read = await world.readText(path, MAX_ENV_FILE);
  return read.ok ? dotenv(read.text).get("COMPOSE_FILE")?.value : undefined;
}

async function firstOf(
  world: World,
  directory: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    const info = await world.info(join(directory, name));
    if (info?.kind === "file") return name;
  }
  return undefined;
}
