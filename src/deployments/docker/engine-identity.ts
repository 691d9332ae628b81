/**
 * What tells an engine from others, of its answer to `/info`: its id. Podman makes that one up for each answer
 * (4.3.1, run); it is known by the name of its machine and the place of its storage.
 */
export function engineIdentity(info: unknown): string {
  if (typeof info !== "object" || info === null) return "";
  const fields = info as Readonly<Record<string, unknown>>;
  const words = "BuildahVersion" in fields ? [fields.Name, fields.DockerRootDir] : [fields.ID];
  return words.filter((word) => typeof word === "string").join(" ");
}
