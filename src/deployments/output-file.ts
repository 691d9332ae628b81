import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { errorCodeOf } from "../core/error-code.ts";
import { type Saying, say } from "../core/saying.ts";
import { wayTo } from "./foreign-link.ts";

/**
 * Writes a text where the user said, in the place of what is there: into a file, a device, or a pipe that somebody reads
 * from. Root follows no link of another user. Why it could not, where it could not.
 */
export async function writeOutput(path: string, text: string): Promise<Saying | undefined> {
  const way = await wayTo(path, process.getuid?.() ?? 0);
  if ("foreign" in way) return way.foreign;
  try {
    await writeWithoutWaiting(path, text);
    return undefined;
  } catch (error) {
    const code = errorCodeOf(error) ?? "failed";
    // A pipe that nobody reads from.
    return code === "ENXIO" ? say("nobody-reads-it") : say("not-writable", { code });
  }
}

/** To open a pipe waits for its reader for ever, but so it does not. */
async function writeWithoutWaiting(path: string, text: string): Promise<void> {
  // The flag is not there on Windows.
  const { O_WRONLY, O_CREAT, O_NONBLOCK = 0 } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0o600);
  try {
    if ((await file.stat()).isFile()) {
      await file.truncate();
      await file.writeFile(text);
      return;
    }
    // Its reader is there: what is longer than it takes at once has to wait.
    await writeFile(path, text);
  } finally {
    await file.close();
  }
}
