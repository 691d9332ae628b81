// The image of the rig's containers: empty folders to mount this machine's programs on, with the user, directory
// and command of upstream's image.
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type Docker from "dockerode";
import { mustRun } from "./processes.ts";

export const IMAGE = "openclaw:local";

const FOLDERS = ["usr", "lib", "lib64", "bin", "etc", "tmp", "proc", "sys", "dev", "run", "app"];

const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/opt/bin:/usr/bin:/bin",
  NODE_ENV: "production",
  TMPDIR: "/cache",
  NODE_COMPILE_CACHE: "/cache",
  OPENCLAW_SKIP_CHANNELS: "1",
  OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: "1",
  OPENCLAW_SKIP_CANVAS_HOST: "1",
  OPENCLAW_SKIP_CRON: "1",
  OPENCLAW_SKIP_GMAIL_WATCHER: "1",
  OPENCLAW_DISABLE_BONJOUR: "1",
};

const CHANGES = [
  ...Object.entries(ENVIRONMENT).map(([name, value]) => `ENV ${name}=${value}`),
  "WORKDIR /app",
  "USER node",
  'CMD ["node","openclaw.mjs","gateway","--allow-unconfigured"]',
];

export async function importImage(api: Docker, dir: string): Promise<void> {
  const root = path.join(dir, "root");
  for (const folder of [...FOLDERS, "node_modules", "home/node/.openclaw", "opt", "cache"])
    mkdirSync(path.join(root, folder), { recursive: true });
  chmodSync(path.join(root, "tmp"), 0o1777);
  for (const own of ["home/node", "home/node/.openclaw"]) chownSync(path.join(root, own), 1000, 1000);
  writeFileSync(
    path.join(root, "etc/passwd"),
    "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
  );
  writeFileSync(path.join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  const archive = path.join(dir, "root.tar");
  await mustRun(["tar", "-cf", archive, "-C", root, "."]);
  const [repo = "", tag = ""] = IMAGE.split(":");
  const stream = await api.importImage(archive, { repo, tag, changes: CHANGES });
  const said: unknown = await new Promise((resolve, reject) => {
    api.modem.followProgress(stream, (error, output) => (error === null ? resolve(output) : reject(error)));
  });
  // Podman takes no notice of the tag.
  const id = /sha256:[0-9a-f]{64}/.exec(JSON.stringify(said))?.[0];
  if (id !== undefined) await api.getImage(id).tag({ repo, tag });
}
