import type { ContainerInspectInfo } from "dockerode";
import { ChangeError } from "../../core/change.ts";
import { safeText } from "../../core/text.ts";

type Mount = Pick<ContainerInspectInfo["Mounts"][number], "Name" | "Source" | "Destination" | "RW">;

/** Why a file of a container cannot be replaced, as its mounts tell: whoever runs the container changes it there. */
export function heldBy(
  mounts: readonly Mount[],
  path: string,
  readOnlyRoot: boolean,
): ChangeError | undefined {
  const [mount] = mounts
    .filter(({ Destination: at }) => path === at || path.startsWith(`${at.replace(/\/$/, "")}/`))
    .sort((a, b) => b.Destination.length - a.Destination.length);
  const file = safeText(path, 200);
  if (mount === undefined)
    return readOnlyRoot
      ? new ChangeError("denied", `${file} is in a container that may not be written to`)
      : undefined;
  const from = safeText(mount.Name ?? mount.Source, 200);
  if (!mount.RW)
    return new ChangeError("denied", `${file} is mounted read-only from ${from}: change it there`);
  return mount.Destination === path
    ? new ChangeError(
        "denied",
        `${file} is mounted as a single file from ${from}, so it cannot be replaced: change it there`,
      )
    : undefined;
}
