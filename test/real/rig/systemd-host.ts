// A machine with a real systemd as PID 1 (journald, logind, user managers, sshd with PAM), in namespaces of its own on an
// overlay of this machine's root: nothing of this machine is changed. Debian's own packages; needs root and cgroup v2.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ensureClient } from "./clients.ts";
import type { Network } from "./namespace.ts";
import {
  type CommandResult,
  endsWithUs,
  isAlive,
  mustRun,
  progress,
  retry,
  run,
  until,
} from "./processes.ts";
import { cacheDir } from "./releases.ts";

export interface SystemdHost {
  /** Folder to put in front of PATH: its `ssh` is the real one with this host's configuration. */
  readonly bin: string;
  /** Alias of the host, signing in as `claw`; as root with `-root` behind it. */
  readonly alias: string;
  /** Runs a command on the host as root. */
  run(argv: readonly string[], timeoutMs?: number): Promise<CommandResult>;
  /** As `claw`, with what a login has in its environment and this in front of its PATH. */
  asClaw(
    argv: readonly string[],
    options?: {
      readonly path?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly timeoutMs?: number;
    },
  ): Promise<CommandResult>;
  /** Writes a file on the host. */
  write(file: string, content: string, owner?: "claw" | "root"): Promise<void>;
  stop(): Promise<void>;
}

/** Where the host has this machine's cache as well: what is below /tmp is not there for a unit with a /tmp of its own. */
const PROGRAMS = "/opt/rig";

/** A path of the cache, as a unit with a /tmp of its own sees it there. */
export function outsideTmp(file: string): string {
  return path.join(PROGRAMS, path.relative(cacheDir(), file));
}

export const CLAW = { uid: 1001, home: "/home/claw" } as const;

const PACKAGES = ["systemd", "systemd-sysv", "dbus", "dbus-user-session", "libpam-systemd", "openssh-server"];
/** Units of a real machine that have nothing to do in here. */
const MASKED = [
  ...["systemd-udevd.service", "systemd-udev-trigger.service", "systemd-udevd-kernel.socket"],
  ...["systemd-udevd-control.socket", "systemd-modules-load.service", "systemd-sysctl.service"],
  ...["systemd-remount-fs.service", "systemd-timesyncd.service", "systemd-networkd.service"],
  ...["systemd-resolved.service", "systemd-firstboot.service", "getty.target", "apt-daily.timer"],
  ...["apt-daily-upgrade.timer", "e2scrub_all.timer", "fstrim.timer", "dpkg-db-backup.timer"],
  ...["proc-sys-fs-binfmt_misc.automount", "dev-hugepages.mount", "dev-mqueue.mount"],
  ...["sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-fs-fuse-connections.mount"],
  "sys-kernel-config.mount",
];

/** Why no such host can be had here, or undefined. */
export async function whyNoSystemdHost(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "a systemd of our own needs root on Linux";
  const group = cgroupRoot();
  if (group === undefined) return "no cgroup v2 here";
  if ((await run(["apt-get", "--version"])).code !== 0) return "systemd comes from Debian's packages";
  const trial = mkdtempSync(path.join(tmpdir(), "opd-rig-overlay-"));
  try {
    if ((await run(["mount", "-t", "tmpfs", "opd-rig", trial])).code !== 0)
      return "nothing may be mounted here";
    for (const name of ["up", "work", "root"]) mkdirSync(path.join(trial, name));
    const layers = `lowerdir=/,upperdir=${trial}/up,workdir=${trial}/work`;
    const made = await run(["mount", "-t", "overlay", "overlay", "-o", layers, `${trial}/root`]);
    await run(["umount", "-l", `${trial}/root`]);
    if (made.code !== 0) return "no overlay of this root can be made";
  } finally {
    await run(["umount", "-l", trial]);
    rmSync(trial, { recursive: true, force: true });
  }
  return ensureClient("ssh");
}

function cgroupRoot(): string | undefined {
  return ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((root) =>
    existsSync(`${root}/cgroup.controllers`),
  );
}

export interface SystemdHostOptions {
  /** Where it is, and from where people sign in. */
  readonly network: Network;
  readonly address: string;
  /** More of Debian's packages. */
  readonly packages?: readonly string[];
  /** Global packages of npm. */
  readonly npm?: readonly string[];
}

export async function startSystemdHost(options: SystemdHostOptions): Promise<SystemdHost> {
  const { network, address } = options;
  await removeLeftovers();
  const work = mkdtempSync(path.join(tmpdir(), `${FOLDER}${process.pid}-`));
  const at = (name: string): string => path.join(work, name);
  const root = at("root");
  const group = groupOf(work);
  let child: ChildProcess | undefined;
  let init = 0;
  const stop = async (): Promise<void> => {
    if (init > 0) {
      await run(["kill", "-s", "RTMIN+4", String(init)]);
      if (!(await until(async () => !existsSync(`/proc/${init}`), 15_000)))
        await run(["kill", "-9", String(init)]);
    }
    child?.kill("SIGKILL");
    await delay(300);
    await unmount(work);
  };
  try {
    await mustRun(["mount", "-t", "tmpfs", "-o", "size=3g,mode=755", "opd-rig-systemd", work]);
    for (const name of ["upper", "work", "root"]) mkdirSync(at(name));
    const layers = `lowerdir=/,upperdir=${at("upper")},workdir=${at("work")}`;
    await mustRun(["mount", "-t", "overlay", "overlay", "-o", layers, root]);
    await furnish(root, at("key"), options);
    mkdirSync(group);
    writeFileSync(at("boot"), bootScript(root));
    const script = `echo $$ > ${group}/cgroup.procs; exec unshare --fork --kill-child --pid --mount --uts --ipc --cgroup bash ${at("boot")}`;
    const [command = "", ...words] = network.gateway.inside(endsWithUs(["bash", "-c", script], "KILL"));
    child = spawn(command, words, { stdio: "ignore" });
    const inside = (argv: readonly string[]) => [
      ...[
        "nsenter",
        "--target",
        String(init),
        "--mount",
        "--uts",
        "--ipc",
        "--net",
        "--pid",
        "--cgroup",
        "--",
      ],
      ...argv,
    ];
    const isUp = async (): Promise<boolean> => {
      const found = await run(["pgrep", "-P", String(child?.pid ?? 0)]);
      init = Number(found.stdout.trim().split("\n")[0] ?? 0);
      if (init === 0) return false;
      const { stdout } = await run(inside(["systemctl", "is-system-running"]), { timeoutMs: 20_000 });
      return /running|degraded/.test(stdout);
    };
    if (!(await until(isUp, 90_000))) throw new Error("systemd did not come up");
    writeFileSync(
      at("known"),
      `${address} ${readFileSync(`${root}/etc/ssh/ssh_host_ed25519_key.pub`, "utf8")}`,
    );
    const bin = at("bin");
    await writeClient(bin, { key: at("key"), known: at("known"), config: at("ssh_config"), address });
    const asClaw: SystemdHost["asClaw"] = (argv, { path: first, env = {}, timeoutMs = 300_000 } = {}) =>
      run(
        inside([
          ...["runuser", "-u", "claw", "--", "env", "-i", "-C", CLAW.home, `HOME=${CLAW.home}`, "USER=claw"],
          ...["LOGNAME=claw", "SHELL=/bin/bash", "LANG=C.UTF-8", `XDG_RUNTIME_DIR=/run/user/${CLAW.uid}`],
          `DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/${CLAW.uid}/bus`,
          `PATH=${first === undefined ? "" : `${first}:`}/usr/local/bin:/usr/bin:/bin`,
          ...["OPENCLAW_SKIP_CHANNELS=1", "OPENCLAW_DISABLE_BONJOUR=1", "NO_COLOR=1"],
          ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
          ...argv,
        ]),
        { timeoutMs },
      );
    const write: SystemdHost["write"] = async (file, content, owner = "claw") => {
      const script =
        'runuser -u "$1" -- mkdir -p "$(dirname "$0")" && cat > "$0" && chown "$1:$1" "$0" && chmod 600 "$0"';
      const made = await run(inside(["sh", "-c", script, file, owner]), { stdin: content });
      if (made.code !== 0) throw new Error(`${file}: ${made.stderr}`);
    };
    const runThere: SystemdHost["run"] = (argv, timeoutMs = 120_000) => run(inside(argv), { timeoutMs });
    return { bin, alias: "claw-vps", run: runThere, asClaw, write, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const FOLDER = "opd-rig-systemd-";

function groupOf(work: string): string {
  return `${cgroupRoot()}/${path.basename(work)}`;
}

async function unmount(work: string): Promise<void> {
  await run(["umount", "-l", path.join(work, "root")]);
  await run(["umount", "-l", work]);
  removeGroups(groupOf(work));
  rmSync(work, { recursive: true, force: true });
}

/** Of runs that were killed: their machines ended with them, their mounts did not. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${FOLDER}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await unmount(path.join(tmpdir(), name));
  }
}

/** What a server has and a container's image has not. */
async function furnish(
  root: string,
  key: string,
  { packages = [], npm = [] }: SystemdHostOptions,
): Promise<void> {
  progress(`a machine with systemd: ${[...PACKAGES, ...packages, ...npm].join(" ")}`);
  await run(["cp", "-L", "/etc/resolv.conf", `${root}/etc/resolv.conf`]);
  await mustRun(["mount", "-t", "proc", "proc", `${root}/proc`]);
  await mustRun(["mount", "--bind", "/dev", `${root}/dev`]);
  const inRoot = (script: string) =>
    mustRun(["chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script], {
      timeoutMs: 600_000,
    });
  try {
    // Pages of manuals are indexed for minutes on a busy machine.
    rmSync(`${root}/var/lib/man-db/auto-update`, { force: true });
    // Whatever a package would start here is not to be started.
    writeFileSync(`${root}/usr/sbin/policy-rc.d`, "#!/bin/sh\nexit 101\n");
    chmodSync(`${root}/usr/sbin/policy-rc.d`, 0o755);
    await retry("apt-get install", 3, () =>
      inRoot(
        `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${[...PACKAGES, ...packages].join(" ")}`,
      ),
    );
    rmSync(`${root}/usr/sbin/policy-rc.d`);
    if (npm.length > 0)
      await retry("npm install -g", 3, () =>
        inRoot(`npm install -g --prefix /usr/local --silent --no-audit --no-fund ${npm.join(" ")}`),
      );
    await inRoot(`id claw 2>/dev/null || useradd -m -u ${CLAW.uid} -s /bin/bash claw`);
  } finally {
    await run(["umount", "-l", `${root}/dev`]);
    await run(["umount", "-l", `${root}/proc`]);
  }
  const units = `${root}/etc/systemd/system`;
  for (const name of readdirSync(units))
    if (name.endsWith(".wants")) rmSync(`${units}/${name}`, { recursive: true });
  await mustRun(["mkdir", "-p", `${units}/multi-user.target.wants`, `${root}/var/log/journal`]);
  await mustRun([
    "ln",
    "-sfn",
    "/lib/systemd/system/ssh.service",
    `${units}/multi-user.target.wants/ssh.service`,
  ]);
  for (const unit of MASKED) await mustRun(["ln", "-sfn", "/dev/null", `${units}/${unit}`]);
  await mustRun(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "rig", "-f", key]);
  for (const home of ["home/claw", "root"]) {
    await mustRun(["install", "-d", "-m700", `${root}/${home}/.ssh`]);
    await mustRun(["cp", `${key}.pub`, `${root}/${home}/.ssh/authorized_keys`]);
  }
  // What this machine's own root does at a login is no business of that host.
  for (const name of [".bashrc", ".bash_profile", ".profile"])
    rmSync(`${root}/root/${name}`, { force: true });
  await mustRun(["chroot", root, "chown", "-R", "claw:claw", CLAW.home]);
  writeFileSync(`${root}/etc/fstab`, "");
  writeFileSync(`${root}/etc/machine-id`, `${crypto.randomUUID().replaceAll("-", "")}\n`);
  writeFileSync(`${root}/etc/hostname`, "claw-vps\n");
}

/** What becomes PID 1's view of the machine: its own /proc, /sys, /run, /tmp and /dev; the cache can only be read. */
function bootScript(root: string): string {
  return `set -e
mount --make-rprivate /
cd ${root}; mount --rbind ${root} ${root}; cd ${root}
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys 2>/dev/null || mount --rbind /sys sys
mount -t tmpfs tmpfs sys/fs/cgroup; mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run; mount -t tmpfs -o mode=1777 tmpfs tmp; mount -t tmpfs -o mode=755 tmpfs dev
for n in null zero full random urandom tty; do touch dev/$n; mount --bind /dev/$n dev/$n; done
mkdir -p dev/pts dev/shm; mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx; ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s /proc/self/fd/\${n%:*} dev/\${n#*:}; done
mount -t tmpfs -o mode=1777 tmpfs dev/shm
hostname claw-vps
mkdir -p .old; pivot_root . .old; cd /
for n in ${cacheDir()} ${PROGRAMS}; do mkdir -p $n; mount --bind /.old${cacheDir()} $n; mount -o remount,bind,ro $n; done
umount -l /.old
exec env -i container=rig PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb /lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=false </dev/null
`;
}

async function writeClient(
  bin: string,
  {
    key,
    known,
    config,
    address,
  }: { readonly key: string; readonly known: string; readonly config: string; readonly address: string },
): Promise<void> {
  const host = (alias: string, user: string) => [
    ...[`Host ${alias}`, `HostName ${address}`, `User ${user}`, `IdentityFile ${key}`, "IdentitiesOnly yes"],
    ...["IdentityAgent none", `UserKnownHostsFile ${known}`, "GlobalKnownHostsFile none"],
    "StrictHostKeyChecking yes",
  ];
  writeFileSync(config, `${[...host("claw-vps", "claw"), ...host("claw-vps-root", "root")].join("\n")}\n`);
  const ssh = (await mustRun(["sh", "-c", "command -v ssh"])).trim();
  mkdirSync(bin);
  writeFileSync(`${bin}/ssh`, `#!/bin/sh\nexec '${ssh}' -F '${config}' "$@"\n`);
  chmodSync(`${bin}/ssh`, 0o755);
}

/** From the leaves up; what still has a process in it stays. */
function removeGroups(group: string): void {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroups(path.join(group, entry.name));
  try {
    rmdirSync(group);
  } catch {
    // Its processes are still ending.
  }
}
