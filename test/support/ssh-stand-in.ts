// Stands in for `ssh` on the PATH: the host is this machine with another home directory, or one that plays tricks.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * `FAKE_SSH`: what the host does. `CODE|TEXT`: signing in fails so. Of the shell there: `print|BYTES`: a login prints so
 * much before anything else; `late-side|MS`: what is said on the side comes so much later; `cut-input|BYTES`: so much of what comes behind the script arrives; `not-run`, `no-shell`, `garbage`, `endless`, `hang`, `cut`; `no-forward`: sshd forwards
 * nothing. An engine's command leads to FAKE_SOCKET. `banner|BYTES`, `banner-endless`, `silent`: before anybody is let in.
 */
const FAKE = `#!${process.execPath}
const { appendFileSync, writeFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const { connect } = require("node:net");
const words = process.argv.slice(2);
appendFileSync(process.env.FAKE_LOG, JSON.stringify({ pid: process.pid, words }) + "\\n");
const [play, more = ""] = (process.env.FAKE_SSH || "").split("|");
const after = (option) => words[words.indexOf(option) + 1];
const end = words.indexOf("--");
const write = (stream, bytes) => new Promise((done) => {
  const piece = Buffer.alloc(65536, "welcome! ");
  const on = (left) => left <= 0 ? done() : stream.write(piece.subarray(0, Math.min(left, piece.length)), () => on(left - piece.length));
  on(bytes);
});
const forever = () => setInterval(() => {}, 1000);
(async () => {
  if (words.includes("-G")) {
    console.log("host x\\nhostname " + (process.env.FAKE_NAME || "claw.lan") + "\\nport 22\\n" + (process.env.FAKE_JUMP ? "proxyjump bastion\\n" : ""));
  } else if (words.includes("-M")) {
    if (play === "banner") await write(process.stderr, Number(more));
    if (play === "banner-endless") await write(process.stderr, Infinity);
    if (play === "silent") return forever();
    if (/^\\d+$/.test(play)) { console.error(more); process.exit(Number(play)); }
    writeFileSync(after("-S"), "");
    forever();
  } else if (words.includes("dial-stdio")) {
    const socket = connect({ path: process.env.FAKE_SOCKET, allowHalfOpen: true });
    process.stdin.pipe(socket).pipe(process.stdout);
    socket.on("close", () => process.exit(0));
    socket.on("error", () => process.exit(1));
  } else if (words.includes("-W")) {
    if (play === "no-forward") { console.error("channel 0: open failed: administratively prohibited: open failed\\r\\nstdio forwarding failed"); process.exit(255); }
    const to = after("-W");
    const socket = connect({ host: to.slice(0, to.lastIndexOf(":")), port: Number(to.slice(to.lastIndexOf(":") + 1)), allowHalfOpen: true });
    process.stdin.pipe(socket).pipe(process.stdout);
    socket.on("close", () => process.exit(0));
    socket.on("error", () => { console.error("channel 0: open failed: connect failed: Connection refused"); process.exit(255); });
  } else {
    if (play === "not-run") process.exit(0);
    if (play === "no-shell") { console.log("This account is currently not available."); process.exit(1); }
    if (play === "garbage") { process.stdout.write(Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) % 256)), () => process.exit(0)); return; }
    if (play === "hang") return forever();
    if (play === "endless") await write(process.stdout, Infinity);
    if (play === "print") await write(process.stdout, Number(more));
    const { FAKE_HOME, ...env } = process.env;
    const child = spawn("sh", ["-c", words.slice(end + 2).join(" ")], {
      env: { PATH: "/usr/bin:/bin", HOME: FAKE_HOME, SSH_CONNECTION: "192.0.2.9 5 192.0.2.1 22" },
      cwd: FAKE_HOME,
      // What runs over there does not get the signals of the ssh here.
      detached: true,
      stdio: [play === "cut-input" ? "pipe" : "inherit", play === "cut" ? "pipe" : "inherit", play === "late-side" ? "pipe" : "inherit"],
    });
    child.stderr?.on("data", (chunk) => setTimeout(() => process.stderr.write(chunk), Number(more)));
    let left = Number((/count=(d+)/.exec(words.at(-1)) || [])[1]) + Number(more);
    if (play === "cut-input") process.stdin.on("data", (chunk) => {
      child.stdin.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left < 0) { child.stdin.end(); child.on("close", () => { console.error("Connection to claw closed by remote host."); process.exit(255); }); child.stdout?.destroy(); }
    }).on("end", () => child.stdin.end());
    if (play === "cut") {
      child.stdout.once("data", (chunk) => process.stdout.write(chunk.subarray(0, 200), () => {
        console.error("Connection to claw closed by remote host.");
        process.exit(255);
      }));
    } else child.on("close", (code) => setTimeout(() => process.exit(code), play === "late-side" ? 2 * Number(more) : 0));
  }
})();
`;

export interface StartedSsh {
  readonly pid: number;
  readonly words: readonly string[];
}

export interface SshStandIn {
  /** Home directory over there. */
  readonly home: string;
  /** For the doctor: its PATH has the stand-in. */
  env(more?: Readonly<Record<string, string>>): Record<string, string>;
  /** Every ssh that was started since the last call. */
  started(): readonly StartedSsh[];
  remove(): void;
}

export function sshStandIn(): SshStandIn {
  const directory = mkdtempSync(join(tmpdir(), "opd-ssh-in-"));
  const [bin, home, log] = [join(directory, "bin"), join(directory, "home"), join(directory, "log")];
  mkdirSync(bin);
  mkdirSync(home);
  writeFileSync(join(bin, "ssh"), FAKE);
  chmodSync(join(bin, "ssh"), 0o755);
  return {
    home,
    env: (more = {}) => ({
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: directory,
      FAKE_LOG: log,
      FAKE_HOME: home,
      FAKE_NAME: "localhost",
      ...more,
    }),
    started: () => {
      if (!existsSync(log)) return [];
      const lines = readFileSync(log, "utf8").split("\n");
      rmSync(log);
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as StartedSsh);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
