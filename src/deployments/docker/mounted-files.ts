import type { ContainerInspectInfo } from "dockerode";
import { ChangeError } from "../../core/change.ts";
import { say } from "../../core/saying.ts";
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
    return readOnlyRoot ? new ChangeError("denied", say("held-root", { path: file })) : undefined;
  const from = safeText(mount.Name ?? mount.Source, 200);
  if (!mount.RW) return new ChangeError("denied", say("held-mount", { path: file, place: from }));
  return mount.Destination === path
    ? new ChangeError("denied", say("held-file", { path: file, place: from }))
    : undefined;
}
