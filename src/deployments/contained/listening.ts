import { isObject } from "../../core/json.ts";
import type { ContainerExec } from "./exec.ts";
import { LISTENERS } from "./scripts.ts";

const LOOK_MS = 20_000;
const never = new AbortController().signal;

/** Who listens on the gateway's port, as the Node of its own container sees it; `undefined` where nothing tells. */
export async function listeningInside(exec: ContainerExec, port: number): Promise<Listening | undefined> {
  const outcome = await exec.run(["node", "-e", LISTENERS, "--", String(port)], {
    user: "",
    signal: never,
    timeoutMs: LOOK_MS,
  });
  return outcome.known ? listeningOf(outcome.value.stdout) : undefined;
}

export interface Listening {
  readonly sockets: string;
  readonly answers: boolean;
}

function listeningOf(stdout: string): Listening | undefined {
  try {
    const value: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    if (!isObject(value)) return undefined;
    const { sockets } = value;
    if (typeof sockets !== "string" || !/^[\d ]{0,2000}$/.test(sockets)) return undefined;
    return { sockets, answers: value.answers === true };
  } catch {
    return undefined;
  }
}
