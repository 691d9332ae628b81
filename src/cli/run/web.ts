import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { builtFile } from "../../deployments/built-file.ts";
import type { WebArguments } from "../commands/web.ts";
import type { Io } from "../io.ts";
import type { Session } from "../session.ts";
import { wordsFor } from "../words/index.ts";

/** Writes where the page is, and opens it where a person sits before a screen. */
export async function web(args: WebArguments, { io, out, lang }: Session): Promise<number> {
  const page = builtFile("web.html");
  out.print(`${fileURLToPath(page)}\n`);
  const opener = args.open && io.stdout.isTTY === true ? openerOf(process.platform, io.env) : undefined;
  if (opener !== undefined && (await opened(opener, page.href, io.env))) return 0;
  if (io.stdout.isTTY === true) out.say(`${wordsFor(lang)["web-open-it"]}\n`);
  return 0;
}

/** The program that hands a file to the browser; `undefined` where nobody would see it. */
export function openerOf(platform: string, env: Io["env"]): readonly string[] | undefined {
  if (env.SSH_CONNECTION || env.CI) return undefined;
  if (platform === "darwin") return ["/usr/bin/open"];
  if (platform === "win32")
    return [`${env.SystemRoot || "C:\\Windows"}\\System32\\rundll32.exe`, "url.dll,FileProtocolHandler"];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open"] : undefined;
}

function opened([program = "", ...args]: readonly string[], url: string, env: Io["env"]): Promise<boolean> {
  return new Promise((done) => {
    // The browser stays when we end.
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true, env: { ...env } });
    child.once("error", () => done(false));
    child.once("spawn", () => {
      child.unref();
      done(true);
    });
  });
}
