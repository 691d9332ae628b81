// Programs for the Node of the gateway's own container, given to `node -e`. They hold no data: paths and numbers come
// as words, contents over the input. Plain JavaScript of Node 18, as older images have it.

/** By this line of a script the next doctor knows the programs of one that was killed. */
export const MARK = "// pairing-doctor: ends with the doctor that started it";

/**
 * `KEEPER -- MILLISECONDS PROGRAM WORD…`: runs a program and ends its whole process group when the time is over, or
 * when the input ends, which is when the doctor is gone.
 */
export const KEEPER = `${MARK}
const { spawn } = require("node:child_process");
const [ms, command, ...words] = process.argv.slice(1);
const child = spawn(command, words, { stdio: ["ignore", "inherit", "inherit"], detached: true });
const signal = (name) => { try { process.kill(-child.pid, name); } catch {} };
const stop = () => { signal("SIGTERM"); setTimeout(() => signal("SIGKILL"), 2000).unref(); };
const timer = setTimeout(stop, Number(ms));
process.stdin.on("end", stop).on("error", stop).resume();
child.on("error", (error) => { process.stderr.write(String(error.code)); process.exit(127); });
child.on("exit", (code) => { clearTimeout(timer); signal("SIGKILL"); process.exit(code === null ? 1 : code); });
`;

/** Extended attributes of a file, its access control list among them, as `attributes.ts` has them from GNU tar. */
const ATTRIBUTES = `
const { spawnSync } = require("node:child_process");
const place = { env: { PATH: "/usr/bin:/bin", LC_ALL: "C" }, timeout: 10000, maxBuffer: 20000000 };
const attributesOf = (directory, name) => {
  const words = ["--xattrs", "--xattrs-include=*", "--numeric-owner", "--format=pax", "--no-recursion", "-C", directory, "-cf", "-", "--", "./" + name];
  const { status, stdout, stderr } = spawnSync("tar", words, place);
  if (status !== 0 || stderr.length > 0) return undefined;
  const found = [];
  const size = stdout[156] === 120 ? parseInt(stdout.toString("latin1", 124, 135), 8) : 0;
  for (let at = 512, end = 512 + size; at < end; ) {
    const space = stdout.indexOf(32, at), length = Number(stdout.toString("latin1", at, space));
    if (!(length > 0)) break;
    const record = stdout.toString("latin1", space + 1, at + length - 1);
    if (/^SCHILY[.]xattr[.](user|system)[.]/.test(record)) found.push(record);
    at += length;
  }
  return JSON.stringify(found.sort());
};
`;

/** `TRAITS -- PATH`: prints `{"names":1,"attributes":"none"|"some"|"unknown"}`, through symbolic links. */
export const TRAITS = `${MARK}
const fs = require("node:fs"), path = require("node:path");
${ATTRIBUTES}
const target = fs.realpathSync(process.argv[1]);
const found = attributesOf(path.dirname(target), path.basename(target));
const attributes = found === undefined ? "unknown" : found === "[]" ? "none" : "some";
fs.writeSync(1, JSON.stringify({ names: fs.statSync(target).nlink, attributes }) + "\\n");
`;

/**
 * `REPLACE -- PATH EXPECTED SIZE MODE UID GID`: makes the file what comes over the input. SIZE: its bytes; -1 removes
 * it. EXPECTED: the SHA-256 of what is there, or nothing happens; empty: there is no file. By a rename, with the file's
 * attributes. A file with several names, or attributes that cannot be copied, is written in its place. Prints `{"done":"replaced"|"stale"}` or `{"code":"EBUSY"}`.
 */
export const REPLACE = `${MARK}
const fs = require("node:fs"), path = require("node:path"), crypto = require("node:crypto");
${ATTRIBUTES}
const [file, expected, size, mode, uid, gid] = process.argv.slice(1);
const say = (answer) => { fs.writeSync(1, JSON.stringify(answer) + "\\n"); process.exit(0); };
const sha = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");
const hash = (name) => {
  try { return sha(fs.readFileSync(name)); }
  catch (error) { if (error.code === "ENOENT") return ""; throw error; }
};
const take = (length) => {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    let read;
    try { read = fs.readSync(0, bytes, at, length - at, null); }
    catch (error) { if (error.code !== "EAGAIN") throw error; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); continue; }
    if (read === 0) say({ code: "EPIPE" });
    at += read;
  }
  return bytes;
};
const own = (fd) => {
  const now = fs.fstatSync(fd);
  if (now.uid !== Number(uid) || now.gid !== Number(gid)) fs.fchownSync(fd, Number(uid), Number(gid));
  if ((now.mode & 0o777) !== Number(mode)) fs.fchmodSync(fd, Number(mode) & 0o777);
  fs.fsyncSync(fd);
};
const fill = (fd, bytes, length) => {
  const whole = Buffer.alloc(Math.max(bytes.length, length), "\\n");
  bytes.copy(whole);
  for (let at = 0; at < whole.length; ) at += fs.writeSync(fd, whole, at, whole.length - at, at);
  fs.ftruncateSync(fd, bytes.length);
};
const overwrite = (target, bytes) => {
  const fd = fs.openSync(target, fs.constants.O_RDWR | fs.constants.O_NOFOLLOW);
  const old = fs.readFileSync(fd);
  if (sha(old) !== expected) say({ done: "stale" });
  try { fill(fd, bytes, old.length); }
  catch (error) { try { fill(fd, old, bytes.length); } catch {} throw error; }
  own(fd);
  fs.closeSync(fd);
};
let temporary;
try {
  const bytes = Number(size) < 0 ? undefined : take(Number(size));
  if (hash(file) !== expected) say({ done: "stale" });
  const target = expected === "" ? path.join(fs.realpathSync(path.dirname(file)), path.basename(file)) : fs.realpathSync(file);
  const directory = path.dirname(target);
  const before = expected === "" ? undefined : fs.statSync(target);
  if (before !== undefined && (before.mode & 0o222) === 0) say({ code: "EROMODE" });
  if (before !== undefined && (before.mode & 0o7000) !== 0) say({ code: "ESPECIAL" });
  if (bytes === undefined) { if (expected !== "") fs.rmSync(target); }
  else if (before !== undefined && before.nlink > 1) overwrite(target, bytes);
  else {
    const name = "." + path.basename(target) + ".pairing-doctor." + process.pid + "." + crypto.randomBytes(6).toString("hex") + ".tmp";
    temporary = path.join(directory, name);
    const fd = fs.openSync(temporary, "wx", 0o600);
    fs.writeFileSync(fd, bytes);
    let isAlike = true;
    if (before !== undefined) {
      const wanted = attributesOf(directory, path.basename(target));
      const is = () => wanted !== undefined && attributesOf(directory, name) === wanted;
      if (!is()) spawnSync("cp", ["--attributes-only", "--preserve=mode,ownership,xattr", "--", target, temporary], place);
      isAlike = is();
    }
    if (isAlike) own(fd);
    fs.closeSync(fd);
    if (hash(file) !== expected) { fs.rmSync(temporary); say({ done: "stale" }); }
    if (!isAlike) { fs.rmSync(temporary); temporary = undefined; overwrite(target, bytes); }
    else if (expected === "") { fs.linkSync(temporary, target); fs.rmSync(temporary); }
    else fs.renameSync(temporary, target);
    temporary = undefined;
  }
  try { const fd = fs.openSync(directory, "r"); fs.fsyncSync(fd); fs.closeSync(fd); } catch {}
  say({ done: "replaced" });
} catch (error) {
  if (temporary !== undefined) try { fs.rmSync(temporary, { force: true }); } catch {}
  say(expected === "" && error.code === "EEXIST" ? { done: "stale" } : { code: String(error.code) });
}
`;

/** `SWEEP -- PATH`: removes what REPLACE left beside the file when it was ended in between. */
export const SWEEP = `
const fs = require("node:fs"), path = require("node:path");
let target = process.argv[1];
try { target = fs.realpathSync(target); } catch {}
const start = "." + path.basename(target) + ".pairing-doctor.";
for (const name of fs.readdirSync(path.dirname(target))) {
  const pid = name.startsWith(start) ? Number((/^(\\d{1,10})\\.[0-9a-f]{12}\\.tmp$/.exec(name.slice(start.length)) || [])[1]) : 0;
  if (!(pid > 0)) continue;
  try { process.kill(pid, 0); } catch (error) { if (error.code === "ESRCH") fs.rmSync(path.join(path.dirname(target), name), { force: true }); }
}
`;

/**
 * `LISTENERS -- PORT`: prints `{"sockets":"1234 1240","address":"127.0.0.1","answers":true}`: the sockets that listen
 * on the port, an address of one of them (loopback for all addresses), and whether something answers there (a gateway
 * with TLS drops plain HTTP, which is an answer, too).
 */
export const LISTENERS = `
const fs = require("node:fs"), http = require("node:http");
const port = Number(process.argv[1]), rows = [];
for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
  let text = "";
  try { text = fs.readFileSync(table, "utf8"); } catch {}
  for (const line of text.split("\\n").slice(1, 20000)) {
    const words = line.trim().split(/\\s+/);
    if (words[3] !== "0A") continue;
    const [address, hex] = words[1].split(":");
    if (parseInt(hex, 16) === port) rows.push({ address, inode: words[9] });
  }
}
const v4 = rows.find((row) => row.address.length === 8 && row.address !== "00000000");
const address = v4 === undefined || rows.some((row) => /^0+$/.test(row.address) || row.address === "0100007F") ? "127.0.0.1"
  : v4.address.match(/../g).reverse().map((byte) => parseInt(byte, 16)).join(".");
const say = (answers) => { fs.writeSync(1, JSON.stringify({ sockets: rows.map((row) => row.inode).sort().join(" "), address, answers }) + "\\n"); process.exit(0); };
if (rows.length === 0) say(false);
const request = http.get({ host: address, port, path: "/", timeout: 4000, headers: { connection: "close" } }, () => say(true));
request.on("error", (error) => say(error.code !== "ECONNREFUSED" && error.code !== "EADDRNOTAVAIL")).on("timeout", () => say(false));
`;

/**
 * `KEEPER_OF_INPUT -- MILLISECONDS PROGRAM WORD…`: `KEEPER` where the environment and the working directory cannot be
 * told otherwise: they come as the first line of the input, `{"env":{},"cwd":"/app"}`. With `uid` and `gid` it becomes
 * that user; with `only` it gets no more of the environment than is told.
 */
export const KEEPER_OF_INPUT = `${MARK}
const { spawn } = require("node:child_process");
const [ms, command, ...words] = process.argv.slice(1);
let child, text = "";
const signal = (name) => { try { process.kill(-child.pid, name); } catch {} };
const stop = () => { if (!child) process.exit(1); signal("SIGTERM"); setTimeout(() => signal("SIGKILL"), 2000).unref(); };
const timer = setTimeout(stop, Number(ms));
const start = ({ env, cwd, uid, gid, only }) => {
  child = spawn(command, words, { stdio: ["ignore", "inherit", "inherit"], detached: true, env: only ? env : { ...process.env, ...env }, cwd, uid, gid });
  child.on("error", (error) => { process.stderr.write(String(error.code)); process.exit(127); });
  child.on("exit", (code) => { clearTimeout(timer); signal("SIGKILL"); process.exit(code === null ? 1 : code); });
};
process.stdin.on("end", stop).on("error", stop).on("data", (chunk) => {
  if (child) return;
  text += chunk;
  const end = text.indexOf("\\n");
  if (end !== -1) start(JSON.parse(text.slice(0, end)));
});
`;

/**
 * `READER`: answers questions of its input, each a line of JSON, with a line of JSON each, until its input ends or nobody
 * asked for a minute. `{"id":1,"do":"read","path":"/x","start":0,"end":1000}` gives `{"id":1,"data":"base64","size":5}`;
 * `stat`, `list` and `link` the like; `self` what the process itself has: environment, directories, user, and the words
 * of the first process. What fails gives `{"id":1,"code":"ENOENT"}`. Regular files are all that is opened.
 */
export const READER = `${MARK}
const fs = require("node:fs"), os = require("node:os");
const kindOf = (info) => info.isFile() ? "file" : info.isDirectory() ? "directory" : info.isSocket() ? "socket" : "other";
const stat = (path) => { const info = fs.statSync(path); return { size: info.size, modified: info.mtimeMs, kind: kindOf(info), uid: info.uid, gid: info.gid, mode: info.mode & 0o7777 }; };
const words = () => { try { return fs.readFileSync("/proc/1/cmdline", "utf8").split("\\0").slice(0, 200); } catch { return []; } };
const tasks = {
  stat: ({ path }) => stat(path),
  link: ({ path }) => ({ target: fs.readlinkSync(path) }),
  list: ({ path, max }) => { const names = [], dir = fs.opendirSync(path); for (let one; names.length < max && (one = dir.readSync()); ) names.push(one.name); dir.closeSync(); return { names }; },
  read: ({ path, start, end }) => {
    if (kindOf(fs.statSync(path)) !== "file") throw { code: "ENOTREG" };
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const info = fs.fstatSync(fd);
      if (!info.isFile()) throw { code: "ENOTREG" };
      const length = Math.max(0, Math.min(end, start + 1048576) - start), bytes = Buffer.alloc(length);
      let at = 0;
      for (let read; at < length && (read = fs.readSync(fd, bytes, at, length - at, start + at)) > 0; ) at += read;
      return { data: bytes.subarray(0, at).toString("base64"), size: info.size, mode: info.mode & 0o7777, uid: info.uid, gid: info.gid };
    } finally { fs.closeSync(fd); }
  },
  self: () => ({ env: process.env, cwd: process.cwd(), home: os.homedir(), uid: process.getuid(), gid: process.getgid(), words: words(), now: Date.now() }),
};
let text = "", timer;
const awake = () => { clearTimeout(timer); timer = setTimeout(() => process.exit(0), 60000); };
awake();
const answer = (line) => {
  const { id, do: what, ...rest } = JSON.parse(line);
  let found;
  try { found = tasks[what](rest); } catch (error) { found = { code: String(error && error.code) }; }
  process.stdout.write(JSON.stringify({ id, ...found }) + "\\n");
};
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).on("data", (chunk) => {
  awake();
  text += chunk;
  for (let end; (end = text.indexOf("\\n")) !== -1; text = text.slice(end + 1)) answer(text.slice(0, end));
});
`;
