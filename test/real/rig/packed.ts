import { execFileSync } from "node:child_process";
import path from "node:path";
import { REPOSITORY } from "./agent.ts";

/** The package as `npm pack` makes it of the built checkout, in `directory`; the tarball's path. */
export function packInto(directory: string): string {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", directory], {
      cwd: REPOSITORY,
      encoding: "utf8",
    }),
  ) as { filename: string }[];
  if (packed === undefined) throw new Error("npm packed nothing");
  return path.join(directory, packed.filename);
}
