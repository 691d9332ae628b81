import type { Container } from "dockerode";
import { mountOf } from "../../core/mounts.ts";
import { safeText } from "../../core/text.ts";
import type { StateDirectory, Workload } from "../../core/workload.ts";
import { ownerOf } from "./files.ts";

/** Where the state directory is and whose, with the mount that holds it. Reads two headers of archives. */
export async function stateOf(
  container: Container,
  { mounts, readOnlyRoot }: Pick<Workload, "mounts" | "readOnlyRoot">,
  path: string,
  configPath: string,
): Promise<Pick<Workload, "mounts"> & { readonly stateDir: StateDirectory }> {
  const holding = mountOf(mounts, path);
  const configMount = mountOf(mounts, configPath);
  const [owner, configOwner] = await Promise.all([ownerOf(container, path), ownerOf(container, configPath)]);
  const stateDir: StateDirectory = {
    path: safeText(path, 300),
    on: holding === undefined ? "layer" : holding.kind === "tmpfs" ? "tmpfs" : "mount",
    ...(holding === undefined ? {} : { mount: holding.at }),
    readOnly: holding === undefined ? readOnlyRoot === true : holding.readOnly,
    ...(owner === undefined ? {} : { owner }),
    ...(configOwner === undefined ? {} : { configOwner }),
    ...(configMount === undefined
      ? {}
      : { configReadOnly: configMount.readOnly, configAlone: configMount.at === configPath }),
  };
  return {
    mounts:
      holding === undefined || owner === undefined
        ? mounts
        : mounts.map((mount) => (mount === holding ? { ...mount, owner } : mount)),
    stateDir,
  };
}
