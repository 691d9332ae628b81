import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ChangeError } from "../src/core/change.ts";
import { readExact, replaceFile, sha256, traitsOf } from "../src/deployments/atomic-file.ts";
import { ACL, ACL_FOR_1234, getAttribute, setAttribute, whyNoAttributes } from "./support/attributes.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-atomic-"));
after(() => rmSync(root, { recursive: true, force: true }));
const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;
const isRoot = uid === 0;

let places = 0;
function place(text?: string, mode = 0o600): { readonly dir: string; readonly file: string } {
  const dir = path.join(root, String(places++));
  mkdirSync(dir);
  const file = path.join(dir, "openclaw.json");
  if (text !== undefined) {
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
  return { dir, file };
}
const made = (text: string, mode = 0o600, owner = { uid, gid }) => ({
  content: Buffer.from(text),
  mode,
  ...owner,
});
const sumOf = (text: string): string => sha256(Buffer.from(text));
const refusal = (reason: string, words: RegExp) => (error: unknown) =>
  error instanceof ChangeError && error.reason === reason && words.test(error.message);

test("content, mode and name are what was asked, and nothing lies beside the file", async () => {
  const { dir, file } = place("old", 0o644);
  assert.equal(await replaceFile(file, made("new", 0o640), sumOf("old")), "replaced");
  assert.equal(readFileSync(file, "utf8"), "new");
  assert.equal(statSync(file).mode & 0o7777, 0o640);
  assert.deepEqual(readdirSync(dir), ["openclaw.json"]);
  const read = await readExact(file);
  assert.equal(read?.sha256, sumOf("new"));
  assert.deepEqual([read?.mode, read?.uid, read?.gid], [0o640, uid, gid]);
});

test("a file that is not what was read is left alone", async () => {
  const { dir, file } = place("theirs");
  for (const expected of [sumOf("ours"), undefined])
    assert.equal(await replaceFile(file, made("new"), expected), "stale");
  assert.equal(await replaceFile(file, undefined, sumOf("ours")), "stale");
  assert.equal(readFileSync(file, "utf8"), "theirs");
  assert.deepEqual(readdirSync(dir), ["openclaw.json"]);
});

test("a file is made only where there is none, and removed only as it was read", async () => {
  const { file } = place();
  assert.equal(await replaceFile(file, made("x"), sumOf("x")), "stale");
  assert.equal(await replaceFile(file, made("x", 0o640), undefined), "replaced");
  assert.equal(statSync(file).mode & 0o7777, 0o640);
  assert.equal(await replaceFile(file, undefined, sumOf("x")), "replaced");
  assert.equal(await readExact(file), undefined);
  assert.equal(await replaceFile(file, undefined, undefined), "replaced");
});

test("a symbolic link stays one, and its target is replaced", async () => {
  const { dir, file } = place();
  mkdirSync(path.join(dir, "real"));
  const target = path.join(dir, "real", "config.json5");
  writeFileSync(target, "old");
  symlinkSync("real/config.json5", file);
  assert.equal(await replaceFile(file, made("new"), sumOf("old")), "replaced");
  assert.ok(lstatSync(file).isSymbolicLink());
  assert.equal(readFileSync(target, "utf8"), "new");
  assert.deepEqual(readdirSync(path.join(dir, "real")), ["config.json5"]);
});

const noAttributes = whyNoAttributes();

test("access control list and extended attributes go over to the new file", {
  skip: noAttributes,
}, async () => {
  const { dir, file } = place("old", 0o660);
  setAttribute(file, "user.backup", "00ff3d0a41");
  setAttribute(file, ACL, ACL_FOR_1234);
  assert.deepEqual(await traitsOf(file), { names: 1, attributes: "some" });
  const { ino } = statSync(file);
  const before = await readExact(file);
  assert.ok(before);
  assert.equal(
    await replaceFile(file, { ...before, content: Buffer.from("new") }, before.sha256),
    "replaced",
  );
  assert.notEqual(statSync(file).ino, ino, "it was replaced as a whole");
  assert.equal(readFileSync(file, "utf8"), "new");
  assert.equal(getAttribute(file, "user.backup"), "00ff3d0a41");
  assert.equal(getAttribute(file, ACL), ACL_FOR_1234);
  // The mask of the list stands where the group's bits are: without the list, the group would read the file.
  assert.equal(statSync(file).mode & 0o777, 0o660);
  assert.deepEqual(readdirSync(dir), ["openclaw.json"]);
});

test("a file without a list gets none from its directory", { skip: noAttributes }, async () => {
  const { dir, file } = place("old", 0o640);
  setAttribute(dir, "system.posix_acl_default", ACL_FOR_1234);
  assert.deepEqual(await traitsOf(file), { names: 1, attributes: "none" });
  const before = await readExact(file);
  assert.ok(before);
  assert.equal(
    await replaceFile(file, { ...before, content: Buffer.from("new") }, before.sha256),
    "replaced",
  );
  assert.equal(getAttribute(file, ACL), undefined);
  assert.equal(statSync(file).mode & 0o777, 0o640);
});

test("where no program copies attributes, the file is written in its place and keeps them", {
  skip: noAttributes || (!isRoot && "only root can hide a program"),
}, (t) => {
  const { dir, file } = place("a longer old text", 0o660);
  setAttribute(file, "user.backup", "00ff");
  setAttribute(file, ACL, ACL_FOR_1234);
  const { ino } = statSync(file);
  // As where there is no tar and no cp of GNU.
  const script = `
    const { replaceFile, readExact } = await import(${JSON.stringify(new URL("../src/deployments/atomic-file.ts", import.meta.url).href)});
    const before = await readExact(process.argv[1]);
    process.stdout.write(await replaceFile(process.argv[1], { ...before, content: Buffer.from("new") }, before.sha256));`;
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", script, file];
  const hidden =
    'for p in /bin/tar /bin/cp; do mount --bind /dev/null "$(readlink -f $p)" || exit 9; done; exec';
  const quoted = node.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const run = spawnSync("unshare", ["-m", "sh", "-c", `${hidden} ${quoted}`], { encoding: "utf8", cwd });
  if (run.error !== undefined || run.status === 9) return t.skip("nothing can be mounted here");
  assert.equal(run.stdout, "replaced", run.stderr);
  assert.equal(statSync(file).ino, ino);
  assert.equal(readFileSync(file, "utf8"), "new");
  assert.equal(getAttribute(file, "user.backup"), "00ff");
  assert.equal(getAttribute(file, ACL), ACL_FOR_1234);
  assert.deepEqual(readdirSync(dir), ["openclaw.json"]);
});

test("a file of several names is written in its place, so that each of them shows it", async () => {
  const { dir, file } = place("a longer old text", 0o640);
  const other = path.join(dir, "other");
  linkSync(file, other);
  assert.equal((await traitsOf(file))?.names, 2);
  for (const text of ["new", "something that is much longer than it was before"]) {
    const before = await readExact(file);
    assert.ok(before);
    assert.equal(await replaceFile(file, { ...before, content: Buffer.from("x") }, sumOf("else")), "stale");
    assert.equal(
      await replaceFile(file, { ...before, content: Buffer.from(text) }, before.sha256),
      "replaced",
    );
    assert.equal(readFileSync(other, "utf8"), text);
    assert.equal(statSync(file).nlink, 2);
    assert.equal(statSync(file).mode & 0o777, 0o640);
  }
  assert.deepEqual(readdirSync(dir).sort(), ["openclaw.json", "other"]);
});

test("root does not write a file of others under a name that somebody gave it", {
  skip: !isRoot && "only root can give a directory away",
}, async () => {
  const { dir, file } = place("old");
  const theirs = path.join(dir, "theirs");
  mkdirSync(theirs);
  linkSync(file, path.join(theirs, "openclaw.json"));
  chownSync(theirs, 12_345, 12_345);
  await assert.rejects(
    replaceFile(path.join(theirs, "openclaw.json"), made("new"), sumOf("old")),
    refusal("denied", /is another name of a file of user 0/),
  );
  assert.equal(readFileSync(file, "utf8"), "old");
});

test("no file gets setuid, setgid or sticky bits, and one that has them is left alone", async () => {
  const { file } = place("old");
  assert.equal(await replaceFile(file, made("new", 0o6755), sumOf("old")), "replaced");
  assert.equal(statSync(file).mode & 0o7777, 0o755);
  for (const mode of [0o4755, 0o2755, 0o1644]) {
    chmodSync(file, mode);
    await assert.rejects(
      replaceFile(file, made("x"), sumOf("new")),
      refusal("denied", /setuid, setgid or sticky bits/),
    );
  }
  assert.equal(readFileSync(file, "utf8"), "new");
});

test("root does not follow a link that somebody made to what is not theirs", {
  skip: !isRoot && "only root can give a link away",
}, async () => {
  const { dir, file } = place();
  const theirs = path.join(dir, "theirs");
  mkdirSync(theirs);
  writeFileSync(path.join(dir, "roots.json"), "old");
  symlinkSync(path.join(dir, "roots.json"), file);
  symlinkSync(dir, path.join(theirs, "way"));
  for (const at of [file, path.join(theirs, "way")]) lchownSync(at, 12_345, 12_345);
  for (const at of [file, path.join(theirs, "way", "roots.json"), path.join(theirs, "way", "absent.json")]) {
    const expected = at.includes("absent") ? undefined : sumOf("old");
    await assert.rejects(
      replaceFile(at, made("new"), expected),
      refusal("denied", /is a symbolic link of user 12345 to what is not theirs/),
    );
  }
  assert.equal(readFileSync(path.join(dir, "roots.json"), "utf8"), "old");
  lchownSync(file, 0, 0);
  assert.equal(await replaceFile(file, made("new"), sumOf("old")), "replaced");
});

test("a link that leads nowhere is not replaced by a file", async () => {
  const { dir, file } = place();
  symlinkSync(path.join(dir, "nowhere"), file);
  assert.equal(await replaceFile(file, made("new"), undefined), "stale");
  assert.ok(lstatSync(file).isSymbolicLink());
});

test("a file that nobody may write is refused, and says why", async () => {
  const { file } = place("old", 0o444);
  await assert.rejects(
    replaceFile(file, made("new"), sumOf("old")),
    refusal("denied", /read-only \(mode 444\)/),
  );
  assert.equal(readFileSync(file, "utf8"), "old");
});

test("a directory in the place of the file is refused", async () => {
  const { file } = place();
  mkdirSync(file);
  await assert.rejects(readExact(file), refusal("failed", /not a regular file/));
});

test("the owner stays, whoever runs the doctor", {
  skip: !isRoot && "only root can give a file away",
}, async () => {
  const { file } = place("old");
  chownSync(file, 12_345, 12_346);
  const before = await readExact(file);
  assert.ok(before);
  assert.equal(
    await replaceFile(file, { ...before, content: Buffer.from("new") }, before.sha256),
    "replaced",
  );
  const { uid: owner, gid: group } = statSync(file);
  assert.deepEqual([owner, group], [12_345, 12_346]);
});

test("without permission for the directory nothing is changed", async () => {
  const { dir, file } = place("old");
  chmodSync(dir, 0o555);
  chmodSync(file, 0o666);
  // Root may everything, so it is nobody for as long as this takes.
  if (isRoot) process.seteuid?.(65_534);
  try {
    await assert.rejects(replaceFile(file, made("new"), sumOf("old")), refusal("denied", /no permission/));
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(dir, 0o700);
  }
  assert.equal(readFileSync(file, "utf8"), "old");
});

const mount = (...args: readonly string[]): boolean => spawnSync("mount", args).status === 0;

test("a file that is mounted by itself is refused, and says why", async (t) => {
  const { dir, file } = place("old");
  const other = path.join(dir, "elsewhere");
  writeFileSync(other, "old");
  if (!isRoot || !mount("--bind", other, file)) return t.skip("no permission to mount");
  try {
    await assert.rejects(
      replaceFile(file, made("new"), sumOf("old")),
      refusal("denied", /mounted as a single file/),
    );
    assert.equal(readFileSync(file, "utf8"), "old");
    assert.deepEqual(readdirSync(dir).sort(), ["elsewhere", "openclaw.json"]);
  } finally {
    spawnSync("umount", [file]);
  }
});

test("a read-only file system is refused, and says why", async (t) => {
  const { dir, file } = place();
  if (!isRoot || !mount("-t", "tmpfs", "tmpfs", dir)) return t.skip("no permission to mount");
  try {
    writeFileSync(file, "old");
    assert.ok(mount("-o", "remount,ro", dir));
    await assert.rejects(
      replaceFile(file, made("new"), sumOf("old")),
      refusal("denied", /read-only file system/),
    );
  } finally {
    spawnSync("umount", [dir]);
  }
});

test("killed at any moment, the file is the old one or the new one, and what is left over goes with the next change", async () => {
  const { dir, file } = place("0".repeat(300_000));
  const script = `
    import { readExact, replaceFile } from ${JSON.stringify(fileURLToPath(new URL("../src/deployments/atomic-file.ts", import.meta.url)))};
    const file = process.argv.at(-1);
    console.log("go");
    for (let at = 1; ; at = (at + 1) % 10) {
      const before = await readExact(file);
      await replaceFile(file, { ...before, content: Buffer.from(String(at).repeat(300_000)) }, before.sha256);
    }`;
  let killedInWrite = 0;
  for (let round = 0; round < 12; round += 1) {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await delay(round * 3);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    const text = readFileSync(file, "utf8");
    assert.equal(text, (text[0] ?? "").repeat(300_000), "half a file");
    if (readdirSync(dir).length > 1) killedInWrite += 1;
  }
  const before = await readExact(file);
  assert.ok(before);
  await replaceFile(file, { ...before, content: Buffer.from("{}") }, before.sha256);
  assert.deepEqual(readdirSync(dir), ["openclaw.json"], `${killedInWrite} rounds left a file`);
});

test("what another doctor is writing just now is not taken away from it", async () => {
  const { dir, file } = place("old");
  const theirs = path.join(dir, `.openclaw.json.pairing-doctor.${process.pid}.abcdef.tmp`);
  writeFileSync(theirs, "in the making");
  assert.equal(await replaceFile(file, made("new"), sumOf("old")), "replaced");
  assert.equal(readFileSync(theirs, "utf8"), "in the making");
});

test("of many writers at once one wins, and the others notice", async () => {
  const { dir, file } = place("old");
  const texts = Array.from({ length: 8 }, (_, at) => `new ${at}`);
  const outcomes = await Promise.all(texts.map((text) => replaceFile(file, made(text), sumOf("old"))));
  assert.ok(outcomes.includes("replaced"));
  assert.ok(texts.includes(readFileSync(file, "utf8")));
  assert.deepEqual(readdirSync(dir), ["openclaw.json"]);
});
