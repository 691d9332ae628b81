import type { ContainerInspectInfo } from "dockerode";
import type { DeploymentNames } from "../../core/facts.ts";
import { composeSigns } from "../compose-file.ts";
import type { World } from "../world.ts";
import { DIRECTORY_LABEL, PROJECT_LABEL, SERVICE_LABEL } from "./find.ts";

const FILES_LABEL = "com.docker.compose.project.config_files";

/**
 * The names for `docker compose` lines, where Compose made the container and its files are on this machine (not
 * so with a remote engine, or where a manager in a container wrote them). Empty otherwise: the lines are then
 * those of a plain container.
 */
export async function composeNames(
  info: ContainerInspectInfo,
  world: World,
): Promise<Omit<DeploymentNames, "container">> {
  const labels = info.Config?.Labels ?? {};
  const service = labels[SERVICE_LABEL];
  const directory = labels[DIRECTORY_LABEL];
  const files = (labels[FILES_LABEL] ?? "").split(",").filter((file) => file !== "");
  const first = files[0];
  if (service === undefined || first === undefined || files.length > 10) return {};
  const whole = files.map((file) => (file.startsWith("/") ? file : `${directory ?? ""}/${file}`));
  let cliService: string | undefined;
  for (const file of whole) {
    const read = await world.readText(file, 524_288);
    if (!read.ok) return {};
    cliService ??= composeSigns(read.text, file)?.cliService;
  }
  const project = labels[PROJECT_LABEL];
  const here = directory === world.cwd && files.length === 1 && USUAL.test(first);
  return {
    composeService: service,
    ...(cliService === undefined ? {} : { composeCliService: cliService }),
    // In the project's own directory Compose finds its file by itself.
    ...(here ? {} : { composeFiles: whole }),
    ...(project === undefined || project === projectOf(whole[0] ?? "") ? {} : { composeProject: project }),
  };
}

const USUAL = /(?:^|\/)(?:docker-)?compose\.ya?ml$/;

/** The name that Compose gives to the project of a file: its directory's, lower-cased, without other characters. */
function projectOf(file: string): string {
  const directory = file.split("/").at(-2) ?? "";
  return directory
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]{1,100}/, "");
}
