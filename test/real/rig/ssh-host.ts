// This machine as a host behind SSH: a real sshd on loopback with keys of its own, and the real ssh with a
// configuration of its own in front. Neither the machine's sshd nor anybody's keys or known hosts are touched.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureClient } from "./clients.ts";
import { type Namespace, ownNamespace } from "./namespace.ts";
import { endChild, endsWithUs, mustRun, progress, retry, run, until } from "./processes.ts";
import { cacheDir } from "./releases.ts";

export interface SshHost {
  /** Folder to put in front of PATH: its `ssh` is the real one with this host's configuration. */
  readonly bin: string;
  /** Alias of the host in that configuration. */
  readonly alias: string;
  /** Another alias: the same host, with a key that it does not know. */
  readonly stranger: string;
  /** Another alias: the same host, whose key nobody has seen. */
  readonly unseen: string;
  /** Another alias: the same host, of which another key is known. */
  readonly changed: string;
  readonly port: number;
  /** The words of each `ssh` that was started, since the last call. */
  started(): readonly string[];
  stop(): Promise<void>;
}

/** Why no SSH host can be had here, or undefined. */
export async function whyNoSshHost(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "an sshd of our own needs root";
  const noClient = await ensureClient("ssh");
  if (noClient !== undefined) return noClient;
  try {
    await serverProgram();
    return undefined;
  } catch (error) {
    return `no sshd: ${String(error).slice(0, 200)}`;
  }
}

interface Program {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The machine's sshd, else one that is only unpacked: an installed one might be started for everybody. */
async function serverProgram(): Promise<Program> {
  if (existsSync("/usr/sbin/sshd")) return { file: "/usr/sbin/sshd", env: process.env };
  const root = path.join(cacheDir(), "sshd");
  const file = path.join(root, "usr/sbin/sshd");
  if (!existsSync(file)) {
    progress("unpacking openssh-server");
    mkdirSync(root, { recursive: true });
    await retry("apt-get download openssh-server", 3, async () => {
      await mustRun(["apt-get", "update", "-qq"], { timeoutMs: 300_000 });
      await mustRun(["apt-get", "download", "-qq", "openssh-server", "libwrap0"], {
        cwd: root,
        timeoutMs: 300_000,
      });
    });
    await mustRun(["sh", "-c", "for package in *.deb; do dpkg-deb -x $package .; done"], { cwd: root });
  }
  const libraries = (
    await mustRun(["sh", "-c", "dirname $(find . -name 'libwrap.so.0')"], { cwd: root })
  ).trim();
  const env = { ...process.env, LD_LIBRARY_PATH: path.join(root, libraries) };
  const linked = await mustRun(["ldd", file], { env });
  if (linked.includes("not found")) throw new Error("the unpacked sshd lacks a library");
  return { file, env };
}

export interface SshHostOptions {
  /** Where its sshd runs; this machine's own network unless given. */
  readonly network?: Namespace;
  /** From where people sign in; there unless given. */
  readonly from?: Namespace;
  /** Where it listens; loopback unless given. */
  readonly address?: string;
  /** Of `sshd_config`, before everything else. */
  readonly server?: readonly string[];
  /** Milliseconds that each byte takes on its way, there and back. */
  readonly delayMs?: number;
  /** It is not to be signed in to: that it answers is enough. */
  readonly hostile?: true;
}

export async function startSshHost(options: SshHostOptions = {}): Promise<SshHost> {
  const { network = ownNamespace, from = network, address = "127.0.0.1" } = options;
  const { file, env } = await serverProgram();
  const dir = mkdtempSync(path.join(tmpdir(), "opd-rig-ssh-"));
  const at = (name: string): string => path.join(dir, name);
  // Where sshd goes before somebody has signed in.
  mkdirSync("/run/sshd", { recursive: true });
  for (const name of ["host", "user", "stranger"])
    await mustRun(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "rig", "-f", at(name)]);
  const port = await freePort();
  const server = [
    ...(options.server ?? []),
    ...[`Port ${port}`, `ListenAddress ${address}`, `HostKey ${at("host")}`, "PidFile none"],
    ...[`AuthorizedKeysFile ${at("user.pub")}`, "StrictModes no", "PermitRootLogin prohibit-password"],
    ...["PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no"],
  ];
  writeFileSync(at("sshd_config"), `${server.join("\n")}\n`);
  writeFileSync(at("known"), `[${address}]:${port} ${readFileSync(at("host.pub"), "utf8")}`);
  writeFileSync(at("empty"), "");
  writeFileSync(at("delay.mjs"), DELAY);
  writeFileSync(at("other"), `[${address}]:${port} ${readFileSync(at("stranger.pub"), "utf8")}`);
  const host = (alias: string, key: string, known: string): string[] => [
    ...[`Host ${alias}`, `HostName ${address}`, `Port ${port}`, "User root", "IdentitiesOnly yes"],
    ...[`IdentityFile ${at(key)}`, "IdentityAgent none", `UserKnownHostsFile ${at(known)}`],
    ...["GlobalKnownHostsFile none", "StrictHostKeyChecking ask"],
    ...(options.delayMs === undefined
      ? []
      : [`ProxyCommand '${process.execPath}' '${at("delay.mjs")}' ${options.delayMs} %h %p`]),
  ];
  const client = [
    ...host("rig-host", "user", "known"),
    ...host("rig-stranger", "stranger", "known"),
    ...host("rig-unseen", "user", "empty"),
    ...host("rig-changed", "user", "other"),
  ];
  writeFileSync(at("ssh_config"), `${client.join("\n")}\n`);
  const ssh = (await mustRun(["sh", "-c", "command -v ssh"])).trim();
  mkdirSync(at("bin"));
  writeFileSync(
    at("bin/ssh"),
    `#!/bin/sh\necho "$*" >> '${at("log")}'\nexec '${ssh}' -F '${at("ssh_config")}' "$@"\n`,
  );
  chmodSync(at("bin/ssh"), 0o755);
  const line = [file, "-D", "-e", "-f", at("sshd_config")];
  const [command = "", ...args] = network.inside(endsWithUs(await withOwnUser(line, at("passwd"))));
  const child: ChildProcess = spawn(command, args, { env, stdio: "ignore" });
  const stop = async (): Promise<void> => {
    await endChild(child);
    rmSync(dir, { recursive: true, force: true });
  };
  const started = (): readonly string[] => {
    if (!existsSync(at("log"))) return [];
    const lines = readFileSync(at("log"), "utf8").split("\n");
    rmSync(at("log"));
    return lines.filter((line) => line !== "");
  };
  const asked = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "rig-host", "true"];
  const signsIn = async (): Promise<boolean> => {
    const outcome = await run(from.inside([at("bin/ssh"), ...asked]), { timeoutMs: 15_000 });
    return outcome.code === 0 || (options.hostile === true && !/refused/.test(outcome.stderr));
  };
  if (!(await until(signsIn, 20_000))) {
    await stop();
    throw new Error("nobody can sign in to the sshd");
  }
  const aliases = {
    alias: "rig-host",
    stranger: "rig-stranger",
    unseen: "rig-unseen",
    changed: "rig-changed",
  };
  return { bin: at("bin"), ...aliases, port, started, stop };
}

/** Its input to a socket and back, each piece after a while: a link that is long. */
const DELAY = `
import net from "node:net";
const [ms, host, port] = process.argv.slice(2);
const socket = net.connect({ host, port: Number(port), noDelay: true });
process.stdin.on("data", (piece) => setTimeout(() => socket.write(piece), Number(ms)));
process.stdin.on("end", () => setTimeout(() => socket.end(), Number(ms)));
socket.on("data", (piece) => setTimeout(() => process.stdout.write(piece), Number(ms)));
socket.on("close", () => setTimeout(() => process.exit(0), Number(ms)));
socket.on("error", () => process.exit(1));
`;

/** sshd wants a user of that name, which its package makes; here it sees a list of users of its own. */
async function withOwnUser(line: readonly string[], file: string): Promise<readonly string[]> {
  const users = readFileSync("/etc/passwd", "utf8");
  if (/^sshd:/m.test(users)) return line;
  writeFileSync(file, `${users}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`);
  const script = 'mount --bind "$0" /etc/passwd && exec "$@"';
  return ["unshare", "--mount", "sh", "-c", script, file, ...line];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
