import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Numbers of setxattr(2) and getxattr(2). */
const CALLS: Readonly<Partial<Record<NodeJS.Architecture, readonly [set: number, get: number]>>> = {
  x64: [188, 191],
  arm64: [5, 8],
};

/** Sets an extended attribute; `value` in hex. @throws when the file system has none. */
export function setAttribute(file: string, name: string, value: string): void {
  const [set = 0] = CALLS[process.arch] ?? [];
  const { status, stderr } = perl(
    "my $v = pack('H*', $ARGV[3]); syscall(int $ARGV[0], $ARGV[1], $ARGV[2], $v, length $v, 0) == 0 or die $!;",
    [String(set), file, name, value],
  );
  if (status !== 0) throw new Error(`setxattr: ${stderr}`);
}

/** Its value in hex; `undefined` when there is none. */
export function getAttribute(file: string, name: string): string | undefined {
  const [, get = 0] = CALLS[process.arch] ?? [];
  const { status, stdout } = perl(
    "my $v = \"\\0\" x 4096; my $n = syscall(int $ARGV[0], $ARGV[1], $ARGV[2], $v, 4096); exit 1 if $n < 0; print unpack('H*', substr $v, 0, $n);",
    [String(get), file, name],
  );
  return status === 0 ? stdout : undefined;
}

export const ACL = "system.posix_acl_access";

/** `user::rw-,user:1234:rw-,group::---,mask::rw-,other::---`: the mask stands where the group's bits are. */
export const ACL_FOR_1234 = [
  "02000000",
  "01000600ffffffff",
  "02000600d2040000",
  "04000000ffffffff",
  "10000600ffffffff",
  "20000000ffffffff",
].join("");

/** Why attributes cannot be tried here. */
export function whyNoAttributes(): string | false {
  if (process.platform !== "linux" || CALLS[process.arch] === undefined) return "needs Linux on x64 or arm64";
  const directory = mkdtempSync(path.join(tmpdir(), "opd-attributes-"));
  try {
    const file = path.join(directory, "file");
    writeFileSync(file, "x");
    setAttribute(file, "user.test", "00ff");
    setAttribute(file, ACL, ACL_FOR_1234);
    return getAttribute(file, "user.test") === "00ff" ? false : "attributes cannot be read back";
  } catch (error) {
    return `needs perl and a file system with attributes and access control lists (${error instanceof Error ? error.message : ""})`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function perl(program: string, args: readonly string[]) {
  return spawnSync("perl", ["-e", program, "--", ...args], { encoding: "utf8" });
}
