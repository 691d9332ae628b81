import { resolve } from "node:path";
import type { ContainerInspectInfo } from "dockerode";
import { usualProjectName } from "../../compose/project.ts";
import { composeReading } from "../../compose/reading.ts";
import type { ComposeReading } from "../../core/compose.ts";
import type { DeploymentNames } from "../../core/facts.ts";
import { type Saying, say } from "../../core/saying.ts";
import type { Secret } from "../../core/secret.ts";
import { safeText } from "../../core/text.ts";
import { DIRECTORY_LABEL, PROJECT_LABEL, SERVICE_LABEL } from "../../kinds/docker/labels.ts";
import { cliServiceOf } from "../../kinds/docker/services.ts";
import { distrusted } from "../path-trust.ts";
import type { World } from "../world.ts";
import { type ComposeRequest, readComposeProject } from "./compose-files.ts";
import type { Engine } from "./engine.ts";

const FILES_LABEL = "com.docker.compose.project.config_files";
const ENV_FILE_LABEL = "com.docker.compose.project.environment_file";

/** What Compose knows of a container that it made. */
export interface ComposeOrigin {
  /** For `docker compose` lines; empty for a plain container. */
  readonly names: Omit<DeploymentNames, "container">;
  readonly reading?: ComposeReading;
}

/**
 * The Compose project of a container, where Compose made it and its files are on this machine (not so with a
 * remote engine, or where a manager in a container wrote them). Else nothing: the lines are then those of a plain
 * container. `env`: the container's own.
 */
export async function composeOrigin(
  info: ContainerInspectInfo,
  env: Readonly<Record<string, Secret>>,
  { engine, world, salt }: { readonly engine: Engine; readonly world: World; readonly salt: string },
): Promise<ComposeOrigin> {
  const labels = info.Config?.Labels ?? {};
  const service = labels[SERVICE_LABEL];
  const request = composeRequest(info, { world, salt });
  if (service === undefined || request === undefined) return { names: {} };
  if ((await notOurs(request, info, engine)) !== undefined) return { names: {} };
  const { directory, files = [] } = request;
  const project = await readComposeProject(request);
  if (!project.known) return { names: {} };
  const whole = project.value.files;
  const name = labels[PROJECT_LABEL];
  const here = directory === world.cwd && files.length === 1 && USUAL.test(files[0] ?? "");
  const cli = cliServiceOf(project.value.services, service);
  const own = project.value.services.find((one) => one.name === service);
  return {
    names: {
      composeService: service,
      ...(cli === undefined ? {} : { composeCliService: cli.name }),
      // In the project's own directory Compose finds its file by itself.
      ...(here ? {} : { composeFiles: whole }),
      ...(name === undefined || name === usualProjectName(whole[0] ?? "") ? {} : { composeProject: name }),
    },
    ...(own === undefined
      ? {}
      : {
          reading: {
            ...composeReading(project.value, own, cli, env),
            ...(isInside(dotenvOf(request), directory) ? { dotenv: safeText(dotenvOf(request), 500) } : {}),
          },
        }),
  };
}

/** The files of the project that made a container, as its labels tell; `undefined`: none. */
export function composeRequest(
  info: ContainerInspectInfo,
  { world, salt }: { readonly world: World; readonly salt: string },
): ComposeRequest | undefined {
  const labels = info.Config?.Labels ?? {};
  const files = listOf(labels[FILES_LABEL]);
  const envFiles = listOf(labels[ENV_FILE_LABEL]);
  if (files.length === 0) return undefined;
  return {
    world,
    salt,
    // Which shell it was started from is not known; the doctor's own has the doctor's variables.
    env: {},
    directory: labels[DIRECTORY_LABEL] ?? "",
    files,
    ...(envFiles.length === 0 ? {} : { envFiles }),
  };
}

/** The file that the project's variables come from, whether it is there or not. */
export function dotenvOf({ directory, envFiles }: ComposeRequest): string {
  return resolve(directory, envFiles?.at(-1) ?? ".env");
}

/** Below the project's directory, where alone something is written. */
export function isInside(path: string, directory: string): boolean {
  return directory !== "/" && resolve(path).startsWith(`${resolve(directory)}/`);
}

/**
 * Why the project that the labels name is not to be believed; `undefined` when it is. Labels are words of whoever made
 * the container or its image, and that may be a stranger. So they lead to a project only when they are not the image's
 * own, and when its directory and files are ours. Ours is what belongs to us, or to whoever called us with sudo, and
 * what nobody else may write.
 */
export async function notOurs(
  { world, directory, files = [], envFiles = [] }: ComposeRequest,
  info: ContainerInspectInfo,
  engine: Engine,
): Promise<Saying | undefined> {
  const inherited = await labelsOfImage(info, engine);
  if (inherited === undefined) return say("image-unseen");
  const foreign = [DIRECTORY_LABEL, FILES_LABEL, ENV_FILE_LABEL].find(
    (label) => inherited[label] !== undefined,
  );
  if (foreign !== undefined) return say("image-labelled", { label: foreign });
  const sudo = world.uid === 0 ? (world.env.SUDO_UID ?? "") : "";
  const ours = new Set([world.uid ?? 0, ...(/^\d{1,10}$/.test(sudo) ? [Number(sudo)] : [])]);
  for (const path of [directory, ...files, ...envFiles]) {
    if (!path.startsWith("/")) return say("not-absolute", { path: safeText(path, 200) });
    const found = await distrusted(world, path, ours);
    if (found === undefined || found.because === "unseen") continue;
    const place = safeText(found.path, 200);
    if (found.because === "owner") return say("place-owner", { place, user: safeText(found.who, 60) });
    return found.who === "everybody"
      ? say("place-open-to-all", { place })
      : say("place-group-or-user", { place, who: safeText(found.who, 60) });
  }
  return undefined;
}

async function labelsOfImage(
  { Image: image }: ContainerInspectInfo,
  engine: Engine,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Config: config } = await engine.api.getImage(image).inspect();
    return config?.Labels ?? {};
  } catch {
    return undefined;
  }
}

function listOf(label: string | undefined): readonly string[] {
  return (label ?? "").split(",").filter((file) => file !== "");
}

const USUAL = /(?:^|\/)(?:docker-)?compose\.ya?ml$/;
