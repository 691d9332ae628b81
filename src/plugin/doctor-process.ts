import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command of the same package, beside this file. */
const BIN = fileURLToPath(new URL("./bin.js", import.meta.url));

/** Characters of an answer; a report is bounded far below. */
const MOST = 4 * 1024 * 1024;

/**
 * The command with its own streams, as in a shell: a process of its own, since hosts load plugins through a transpiler that
 * knows no code splitting (2026.2.1), and since the command ends its process by itself. Its exit code.
 */
export function runDoctor(args: readonly string[]): Promise<number> {
  return new Promise((resolve, failed) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: "inherit" });
    child.on("error", failed);
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 70)));
  });
}

/** Asks the command for a document. `undefined`: it gave none. */
export function askDoctor(args: readonly string[], timeoutMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BIN, ...args, "--json", "--quiet"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const timer = setTimeout(() => child.kill("SIGTERM"), timeoutMs);
    let text = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (piece: string) => {
      if (text.length < MOST) text += piece;
    });
    child.on("error", () => resolve(undefined));
    child.on("close", () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(text));
      } catch {
        resolve(undefined);
      }
    });
  });
}
