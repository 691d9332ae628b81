import { readFileSync, writeSync } from "node:fs";

/**
 * The program of the process in which one check of a third party runs: its file as the only word, the input on standard
 * input (with the file's own text, where the process may not read it), the answer on descriptor 3. It imports nothing of ours, as the process may read no other file.
 */

const ANSWER = 3;

/**
 * Signals go to any process of whoever runs us, and Node's permissions do not keep them: what sends them is taken away
 * before the check is loaded.
 */
function disarm(): void {
  for (const name of ["kill", "_kill", "_debugProcess", "_debugEnd", "abort", "binding", "dlopen"])
    Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false });
}

async function answer(): Promise<unknown> {
  const { input: text, source } = JSON.parse(readFileSync(0, "utf8")) as { input: string; source?: string };
  const input: unknown = JSON.parse(text);
  const entry =
    source === undefined
      ? (process.argv[1] ?? "")
      : `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`;
  disarm();
  const module = (await import(entry)) as { readonly default?: unknown };
  const check = module.default as { id?: unknown; diagnose?(input: unknown): unknown } | undefined;
  if (typeof check?.diagnose !== "function") return { kind: "no-check" };
  return { kind: "answer", id: check.id, value: await check.diagnose(input) };
}

function say(value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value) ?? "null");
  // A pipe takes as much as it has room for.
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(ANSWER, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

try {
  say(await answer());
} catch (error) {
  say({ kind: "threw", detail: String(error instanceof Error ? error.message : error).slice(0, 2000) });
}
// Timers and sockets that it left are not waited for.
process.exit(0);
