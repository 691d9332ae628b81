/** Labels that Compose puts on the containers that it makes. */
export const SERVICE_LABEL = "com.docker.compose.service";
export const PROJECT_LABEL = "com.docker.compose.project";
export const DIRECTORY_LABEL = "com.docker.compose.project.working_dir";
