// Programs of a newer Debian than the machine's, from the mirror that it is set up with: unpacked into the cache, and
// nothing of them installed.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { mustRun, progress, retry } from "./processes.ts";
import { cacheDir } from "./releases.ts";

const RELEASE = "trixie";

/** Folder of the cache in which the packages are unpacked. */
export async function unpackNewer(name: string, packages: readonly string[]): Promise<string> {
  const work = path.join(cacheDir(), name);
  const unpacked = path.join(work, "unpacked");
  const done = path.join(work, ".unpacked");
  if (existsSync(done)) return unpacked;
  for (const dir of ["lists/partial", "parts", "cache/archives/partial"])
    mkdirSync(path.join(work, "apt", dir), { recursive: true });
  const quoted = (key: string, value: string) => `${key} "${value}";`;
  const at = (file: string) => path.join(work, "apt", file);
  writeFileSync(
    at("sources.list"),
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${debianMirror()} ${RELEASE} main\n`,
  );
  const settings = [
    quoted("Dir::Etc::sourcelist", at("sources.list")),
    quoted("Dir::Etc::sourceparts", at("parts")),
    quoted("Dir::State::lists", at("lists")),
    quoted("Dir::Cache", at("cache")),
    quoted("APT::Sandbox::User", "root"),
  ];
  writeFileSync(at("conf"), `${settings.join("\n")}\n`);
  const env = { ...process.env, APT_CONFIG: at("conf") };
  progress(`fetching ${packages.join(" ")} of Debian ${RELEASE}`);
  await retry(packages.join(" "), 3, async () => {
    await mustRun(["apt-get", "update", "-qq"], { env, timeoutMs: 300_000 });
    const wanted = packages.map((one) => `${one}/${RELEASE}`);
    await mustRun(["apt-get", "download", "-qq", ...wanted], { env, cwd: work, timeoutMs: 300_000 });
  });
  const files = readdirSync(work).filter((file) => file.endsWith(".deb"));
  if (files.length < packages.length) throw new Error("apt-get download left no package");
  for (const file of files) await mustRun(["dpkg-deb", "-x", file, unpacked], { cwd: work });
  writeFileSync(done, "");
  return unpacked;
}

function debianMirror(): string {
  for (const [file, pattern] of [
    ["/etc/apt/sources.list.d/debian.sources", /^URIs:\s*(\S+)/m],
    ["/etc/apt/sources.list", /^deb (?:\[[^\]]*\] )?(\S+)/m],
  ] as const) {
    try {
      const mirror = pattern.exec(readFileSync(file, "utf8"))?.[1];
      if (mirror !== undefined) return mirror;
    } catch {
      // The other file.
    }
  }
  throw new Error("this machine has no Debian mirror in its apt sources");
}
