// One long-lived process in a network namespace that makes connections, forwards a port or runs a proxy there.
import { spawn } from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import type { Attempt, Outcome } from "./client.ts";
import type { ForwarderOptions } from "./forwarder.ts";
import type { Namespace } from "./namespace.ts";
import { endChild } from "./processes.ts";
import type { ProxyOptions } from "./proxy.ts";

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

export type Order =
  | { readonly do: "connect"; readonly attempt: Attempt }
  | { readonly do: "get"; readonly url: string; readonly host?: string }
  | { readonly do: "forward"; readonly options: ForwarderOptions }
  | { readonly do: "proxy"; readonly options: ProxyOptions };

export interface Agent {
  connect(attempt: Attempt): Promise<Outcome>;
  /** Status of a GET; 0 when nothing answers. */
  get(url: string, host?: string): Promise<number>;
  /** Lasts until the agent stops. */
  forward(options: ForwarderOptions): Promise<number>;
  /** Lasts until the agent stops. */
  proxy(options: ProxyOptions): Promise<number>;
  stop(): Promise<void>;
}

export function startAgent(namespace: Namespace): Agent {
  const script = path.join(REPOSITORY, "test", "real", "rig", "agent-process.ts");
  const [command = "", ...args] = namespace.inside([process.execPath, "--import", "tsx", script]);
  const child = spawn(command, args, { cwd: REPOSITORY, stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  const failAll = (why: string) => {
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };
  child.on("error", (error) => failAll(`agent: ${error.message}`));
  child.on("exit", (code) => failAll(`agent ended (${code})`));
  child.stdin.on("error", () => {});
  readline.createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as { id: number; value?: unknown; error?: string };
    const waiter = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) waiter?.resolve(answer.value);
    else waiter?.reject(new Error(answer.error));
  });
  const ask = <T>(order: Order): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      child.stdin.write(`${JSON.stringify({ id, order })}\n`);
    });
  return {
    connect: (attempt) => ask<Outcome>({ do: "connect", attempt }),
    get: (url, host) => ask<number>({ do: "get", url, ...(host === undefined ? {} : { host }) }),
    forward: (options) => ask<number>({ do: "forward", options }),
    proxy: (options) => ask<number>({ do: "proxy", options }),
    stop: () => endChild(child),
  };
}
