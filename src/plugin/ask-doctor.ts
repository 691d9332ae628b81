import { Worker } from "node:worker_threads";

/** Characters of an answer; a report is bounded far below. */
const MOST = 4 * 1024 * 1024;

/** In the place of a document: the question was refused (exit code 2), so nothing was done. */
export const REFUSED = "refused";

/** The document of an answer, for whoever does not tell why there is none. */
export function documentOf(answer: unknown): unknown {
  return answer === REFUSED ? undefined : answer;
}

/**
 * Asks the command of the same package for a document. `undefined`: it gave none in time.
 *
 * In a thread: a gateway that asks goes on serving, and nothing of the command stays in it.
 */
export function askDoctor(args: readonly string[], timeoutMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./bin.js", import.meta.url), {
      argv: [...args, "--json", "--quiet"],
      stdout: true,
      stderr: true,
    });
    const timer = setTimeout(() => void worker.terminate(), timeoutMs);
    let text = "";
    worker.stdout.setEncoding("utf8");
    worker.stdout.on("data", (piece: string) => {
      if (text.length < MOST) text += piece;
    });
    worker.stderr.resume();
    const end = (code?: number): void => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(text));
      } catch {
        resolve(code === 2 ? REFUSED : undefined);
      }
    };
    worker.on("error", () => end());
    // Its last words may still be on their way.
    worker.on("exit", (code) => setImmediate(end, code));
  });
}
