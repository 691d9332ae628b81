// Installs released gateways from npm, each with the Node it needs, into one cache directory.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { compareReleases, isRelease } from "../../../src/core/release.ts";
import { isAlive, mustRun, progress, retry } from "./processes.ts";

export interface InstalledRelease {
  readonly release: string;
  /** Node binary that this release runs on. */
  readonly node: string;
  /** Folder of the npm package. */
  readonly packageDir: string;
  /** The CLI's entry file. */
  readonly entry: string;
  /** Kept between runs, so that the next start is quicker. */
  readonly compileCache: string;
  readonly tempDir: string;
  /** What the Control UI of this release says in `client.buildId` (checked from 2026.8.1). */
  readonly uiBuild?: string;
}

/** `PAIRING_DOCTOR_CACHE`, or a folder in the system's temporary directory. */
export function cacheDir(): string {
  return process.env.PAIRING_DOCTOR_CACHE ?? path.join(tmpdir(), "openclaw-pairing-doctor-cache");
}

export function isAtLeast(release: string, first: string): boolean {
  return compareReleases(release, first) >= 0;
}

/** Installs the release unless the cache has it. Several processes may call it at once. */
export async function installRelease(release: string): Promise<InstalledRelease> {
  if (!isRelease(release)) throw new Error(`not a release: ${release}`);
  const major = isAtLeast(release, "2026.5.0") ? 24 : 22;
  const node = await installNode(major);
  const dir = path.join(cacheDir(), "releases", release);
  const packageDir = path.join(dir, "node_modules", "openclaw");
  const done = path.join(dir, ".installed");
  if (!existsSync(done)) {
    await withLock(`release-${release}`, async () => {
      if (existsSync(done)) return;
      progress(`installing openclaw@${release} from npm (once; about a minute)`);
      mkdirSync(dir, { recursive: true });
      const manifest = {
        name: "gateway",
        private: true,
        dependencies: { openclaw: release },
        // libsignal is a git dependency of many releases, and only WhatsApp needs it; node-llama-cpp is large and unused here.
        overrides: { libsignal: "npm:libsignal@2.0.1", "node-llama-cpp": "npm:is-number@7.0.0" },
      };
      writeFileSync(path.join(dir, "package.json"), JSON.stringify(manifest));
      await npmInstall(dir, []);
      writeFileSync(done, "");
    });
  }
  const compileCache = path.join(cacheDir(), "compiled", release);
  const tempDir = path.join(cacheDir(), "tmp", release);
  mkdirSync(compileCache, { recursive: true });
  mkdirSync(tempDir, { recursive: true });
  const uiBuild = readUiBuild(release, packageDir);
  return {
    release,
    node,
    packageDir,
    entry: path.join(packageDir, "openclaw.mjs"),
    compileCache,
    tempDir,
    ...(uiBuild === undefined ? {} : { uiBuild }),
  };
}

/** Whether the cache has the release. */
export function isInstalled(release: string): boolean {
  return existsSync(path.join(cacheDir(), "releases", release, ".installed"));
}

/** Frees the disk that a release takes up; the next use installs it anew. */
export async function removeRelease(release: string): Promise<void> {
  await withLock(`release-${release}`, async () => {
    for (const part of ["releases", "compiled", "tmp"])
      rmSync(path.join(cacheDir(), part, release), { recursive: true, force: true, maxRetries: 3 });
  });
}

/** Some releases (2026.1.29, 2026.2.26, 2026.4.5) lack a module in a plain install: adds the one that the error names. */
export async function addModule(release: string, module: string): Promise<void> {
  if (!/^(?:@[a-z0-9._-]{1,60}\/)?[a-z0-9][a-z0-9._-]{0,80}$/.test(module))
    throw new Error(`not a module name: ${module}`);
  const dir = path.join(cacheDir(), "releases", release);
  await withLock(`release-${release}`, async () => {
    if (existsSync(path.join(dir, "node_modules", module))) return;
    progress(`openclaw@${release} lacks ${module}: adding it`);
    const version = bindingVersion(dir, module);
    await npmInstall(dir, [version === undefined ? module : `${module}@${version}`]);
  });
}

/** A native binding has to be of the same version as the package that loads it. */
function bindingVersion(dir: string, module: string): string | undefined {
  const owner = /^(.+)-linux-[a-z0-9]+-gnu$/.exec(module)?.[1];
  if (owner === undefined) return undefined;
  const manifest = JSON.parse(readFileSync(path.join(dir, "node_modules", owner, "package.json"), "utf8"));
  return typeof manifest.version === "string" ? manifest.version : undefined;
}

/** The Node of a major version, from npm, unless the cache has it: its binary. */
export async function installNode(major: 20 | 22 | 24): Promise<string> {
  const dir = path.join(cacheDir(), "node", String(major));
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  const node = path.join(dir, "node_modules", `node-linux-${arch}`, "bin", "node");
  if (!existsSync(node)) {
    await withLock(`node-${major}`, async () => {
      if (existsSync(node)) return;
      progress(`installing Node ${major} from npm`);
      mkdirSync(dir, { recursive: true });
      writeFileSync(path.join(dir, "package.json"), JSON.stringify({ name: "node", private: true }));
      await npmInstall(dir, [`node-linux-${arch}@${major}`]);
    });
  }
  return node;
}

/** Without scripts and what is optional; a registry that fails for a moment is asked again. */
export async function npmInstall(
  dir: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv = cleanNpmEnvironment(),
): Promise<void> {
  const quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--omit=peer"];
  await retry(`npm install in ${dir}`, 4, () =>
    mustRun(["npm", "install", ...quiet, ...packages], {
      cwd: dir,
      env,
      timeoutMs: 600_000,
    }),
  );
}

/** Under `npm run`, npm hands its own settings down as npm_* variables; a nested install must not inherit them all. */
export function cleanNpmEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(?:package|lifecycle|command|execpath|node_execpath)/.test(name) && name !== "NODE_OPTIONS",
  );
  return { ...Object.fromEntries(kept), npm_config_global: "false" };
}

function readUiBuild(release: string, packageDir: string): string | undefined {
  if (!isAtLeast(release, "2026.8.1")) return undefined;
  try {
    const info: unknown = JSON.parse(readFileSync(path.join(packageDir, "dist", "build-info.json"), "utf8"));
    if (typeof info === "object" && info !== null && "buildId" in info && typeof info.buildId === "string")
      return info.buildId;
  } catch {
    // Without the file the gateway itself falls back to a development build.
  }
  return "dev";
}

/** Holds a lock directory in the cache while `action` runs. A lock whose owner is gone is taken over. */
async function withLock(name: string, action: () => Promise<void>): Promise<void> {
  const locks = path.join(cacheDir(), "locks");
  mkdirSync(locks, { recursive: true });
  const lock = path.join(locks, name);
  const owner = path.join(lock, "pid");
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (isAbandoned(lock, owner)) rmSync(lock, { recursive: true, force: true });
      else await delay(500);
    }
  }
  writeFileSync(owner, String(process.pid));
  try {
    await action();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock: string, owner: string): boolean {
  try {
    return !isAlive(Number(readFileSync(owner, "utf8")));
  } catch {
    // The owner has not written its pid yet; ten seconds are more than enough for that.
    try {
      return Date.now() - statSync(lock).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}
