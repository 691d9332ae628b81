// What is read for others with root's rights, what opens and then cannot be read, and what costs before it is looked at.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { logFile } from "../src/cli/log-input.ts";
import { openNamed } from "../src/cli/named-input.ts";
import { UsageError } from "../src/cli/usage-error.ts";
import { inEnglish, say } from "../src/core/saying.ts";
import { readUnit } from "../src/deployments/unit-files.ts";
import { type Unpackable, Unpacking } from "../src/intake/archive.ts";
import { fakeWorld } from "./fake-world.ts";
import { here } from "./support/cli.ts";

describe("a unit of another user, looked at by root", () => {
  const home = "/home/bob";
  const unit = `${home}/.config/systemd/user/claw.service`;
  const files = {
    [unit]: "[Service]\nEnvironment=A=own\nEnvironmentFile=/root/secret.env\nEnvironmentFile=%h/own.env\n",
    "/root/secret.env": "OPENCLAW_GATEWAY_TOKEN=roots-own-0123456789\n",
    [`${home}/own.env`]: "B=theirs\n",
    "/etc/systemd/system/claw.service":
      "[Service]\nEnvironmentFile=/root/secret.env\nEnvironmentFile=%h/secret.env\n",
  };
  const owners = { "/root/secret.env": [0, 0, 0o600], [home]: 1000, [unit]: 1000 } as const;
  const valuesOf = async (asked: Parameters<typeof readUnit>[1]) => {
    const read = await readUnit(fakeWorld({ uid: 0, files, owners }), asked, "salt");
    return Object.keys(read?.env.values ?? {}).sort();
  };

  test("names no file that its user may not read, nor is it itself one", async () => {
    assert.deepEqual(await valuesOf({ name: "claw", user: true, home, uid: 1000 }), ["A", "B"]);
    // Of nobody known: the home's owner.
    assert.deepEqual(await valuesOf({ name: "claw", user: true, home }), ["A", "B"]);
    const link = { name: "claw", user: true, home, uid: 1000, path: "/root/secret.env" };
    assert.deepEqual(await valuesOf(link), []);
  });

  test("of the system names files of root's, but not in a home that the process says is its own", async () => {
    const token = ["OPENCLAW_GATEWAY_TOKEN"];
    assert.deepEqual(await valuesOf({ name: "claw", user: false, home: "/srv", uid: 1000 }), token);
    const home = "/root";
    const read = await readUnit(
      fakeWorld({ uid: 0, files, owners }),
      { name: "claw", user: false, home, uid: 1000 },
      "salt",
    );
    assert.deepEqual(
      read?.files.map(({ path }) => path).filter((path) => path.includes("secret")),
      ["/root/secret.env"],
    );
  });
});

describe("a file that opens and then gives an error", {
  skip: process.platform === "linux" ? false : "needs /proc",
}, () => {
  const path = "/proc/self/mem";
  const file = { path, what: path, todo: say("name-readable-file") };
  const isUsage = (error: unknown): boolean =>
    error instanceof UsageError && /EIO/.test(inEnglish(error.bad.why));

  test("is bad input, by whichever way it is read", async () => {
    const { signal } = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of logFile(file, { signal, note: () => undefined }));
    }, isUsage);
    const input = await openNamed(file, signal);
    await assert.rejects(input.read(10), isUsage);
  });

  for (const lang of ["en", "zh"])
    test(`exit code 2 (${lang})`, async () => {
      const { code, stderr } = await here(["triage", path, "--lang", lang]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /EIO/);
    });
});

test("a zip with more entries than are made of it is not gone through", async () => {
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  const opened = async (count: number) => {
    end.writeUInt16LE(count, 8);
    end.writeUInt16LE(count, 10);
    const refused: Unpackable[] = [];
    const unpacking = new Unpacking((_, why) => refused.push(why));
    // A first member, as a zip begins with one; its directory is never asked for.
    const bytes = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), Buffer.alloc(600), end]);
    const chunks = (async function* () {
      yield bytes;
    })();
    for await (const _ of unpacking.files({ name: "x.zip", chunks })) assert.fail("nothing is in it");
    return refused;
  };
  for (const count of [10_001, 60_000, 65_535]) assert.deepEqual(await opened(count), ["too-many"]);
  assert.deepEqual(await opened(10_000), ["broken"]);
});
