import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";

/** Another user of this machine; present on every Linux. */
export const STRANGER = 65_534;

/** Why no other user's part can be played here, or `false`. */
export const NO_STRANGERS: string | false =
  process.platform === "linux" && process.getuid?.() === 0
    ? false
    : "needs Linux, and root to become another user";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The gateway of their own making, put together once for all of them. */
let program: Promise<string> | undefined;

async function programText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, "stranger-gateway.ts")],
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["bufferutil", "utf-8-validate"],
    banner: {
      js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
    },
    logLevel: "error",
  });
  return outputFiles.map(({ text }) => text).join("");
}

/** A directory of another user, where that user runs programs of their own. */
export class Stranger {
  readonly home: string;
  readonly #children: ChildProcess[] = [];

  private constructor() {
    this.home = mkdtempSync(path.join(tmpdir(), "pairing-doctor-stranger-"));
    chownSync(this.home, STRANGER, STRANGER);
    chmodSync(this.home, 0o755);
  }

  /** With a gateway of their own making, as `openclaw.mjs`. */
  static async open(): Promise<Stranger> {
    const stranger = new Stranger();
    program ??= programText();
    stranger.write("openclaw/openclaw.mjs", await program);
    stranger.write("openclaw/package.json", '{"name":"openclaw","version":"2026.3.13","type":"module"}');
    return stranger;
  }

  write(name: string, text: string): string {
    const file = path.join(this.home, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    for (let at = file; at !== this.home; at = path.dirname(at)) chownSync(at, STRANGER, STRANGER);
    return file;
  }

  /** Starts it as that user; the port that it listens on. */
  async serve(env: Readonly<Record<string, string>>): Promise<number> {
    const port = await freePort();
    const program = path.join(this.home, "openclaw", "openclaw.mjs");
    const child = spawn(process.execPath, [program, "gateway", "--port", String(port)], {
      uid: STRANGER,
      gid: STRANGER,
      env: { PATH: process.env.PATH ?? "", STRANGER_HOME: this.home, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#children.push(child);
    await new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error("the stranger's gateway did not start")));
      child.stdout?.once("data", resolve);
    });
    return port;
  }

  /** Every byte that came over its sockets. */
  received(): string {
    return this.#read("received");
  }

  /** With whose rights its program was run, apart from its gateway. */
  executions(): string {
    return this.#read("executed");
  }

  #read(name: string): string {
    const file = path.join(this.home, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }
}
