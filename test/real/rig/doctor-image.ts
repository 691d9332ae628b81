// The project's own Dockerfile, built on the rig's engine. The base image that it asks for is made of this machine's
// node, npm and shell, since there is no registry of images.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "./agent.ts";
import { engineEnvironment } from "./contained.ts";
import type { Engine } from "./engine.ts";
import { mustRun, progress } from "./processes.ts";

export const DOCTOR_IMAGE = "openclaw-pairing-doctor:rig";
const BASE_IMAGE = "rig-node:local";

/** What the Dockerfile and npm run. */
const PROGRAMS = ["sh", "env", "mkdir", "cp", "chmod", "ln"];

export async function buildDoctorImage(engine: Engine): Promise<void> {
  await importBase(engine);
  progress("building the doctor's image");
  const env = { ...engineEnvironment(engine), DOCKER_BUILDKIT: "0" };
  const build = ["docker", "build", "--network", "host", "--build-arg", `NODE_IMAGE=${BASE_IMAGE}`];
  await mustRun([...build, "--tag", DOCTOR_IMAGE, REPOSITORY], { env, timeoutMs: 300_000 });
}

async function importBase(engine: Engine): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), "opd-rig-base-"));
  try {
    const root = path.join(dir, "root");
    for (const folder of [
      "usr/local/bin",
      "usr/local/lib/node_modules",
      "usr/local/etc",
      "bin",
      "etc",
      "tmp",
    ])
      mkdirSync(path.join(root, folder), { recursive: true });
    await copyProgram(root, process.execPath, "usr/local/bin/node");
    for (const name of PROGRAMS) {
      const found = (await mustRun(["sh", "-c", `command -v ${name}`])).trim();
      await copyProgram(root, found, `bin/${name}`);
    }
    mkdirSync(path.join(root, "usr/bin"));
    symlinkSync("/bin/env", path.join(root, "usr/bin/env"));
    await copyNpm(root);
    mkdirSync(path.join(root, "home/node"), { recursive: true });
    writeFileSync(
      path.join(root, "etc/passwd"),
      "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
    );
    writeFileSync(path.join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
    const archive = path.join(dir, "root.tar");
    await mustRun(["tar", "-cf", archive, "-C", root, "."]);
    const change = "ENV PATH=/usr/local/bin:/usr/bin:/bin";
    await mustRun(["docker", "import", "--change", change, archive, BASE_IMAGE], {
      env: engineEnvironment(engine),
      timeoutMs: 120_000,
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A program with what it is linked with. */
async function copyProgram(root: string, file: string, to: string): Promise<void> {
  const linked = await mustRun(["ldd", file]);
  for (const [, library = ""] of linked.matchAll(/(\/\S+) \(0x/g))
    cpSync(realpathSync(library), path.join(root, library), { force: true });
  cpSync(realpathSync(file), path.join(root, to));
}

/** npm as it is set up here: the same registry, and the authorities that it trusts. */
async function copyNpm(root: string): Promise<void> {
  const npm = realpathSync((await mustRun(["sh", "-c", "command -v npm"])).trim());
  cpSync(path.dirname(path.dirname(npm)), path.join(root, "usr/local/lib/node_modules/npm"), {
    recursive: true,
  });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", path.join(root, "usr/local/bin/npm"));
  const settings: string[] = [];
  for (const key of ["registry", "cafile"]) {
    const value = (await mustRun(["npm", "config", "get", key], { cwd: tmpdir() })).trim();
    if (value === "" || value === "null" || value === "undefined") continue;
    settings.push(`${key}=${value}`);
    if (key === "cafile") cpSync(realpathSync(value), path.join(root, value));
  }
  writeFileSync(path.join(root, "usr/local/etc/npmrc"), `${settings.join("\n")}\n`);
}
