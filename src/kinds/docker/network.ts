import type { Workload } from "../../core/workload.ts";

/** Whose network a container has, by Docker's network mode; a network of a name, and the default one, are its own. */
export function networkOf(mode: string): Workload["network"] {
  if (mode === "host" || mode === "none") return mode;
  return mode.startsWith("container:") ? "shared" : "own";
}
