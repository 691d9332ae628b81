import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Unpackable, Unpacking } from "../src/intake/archive.ts";
import { tar, tarGz, zip, zstd, zstdBomb } from "./support/archives.ts";

interface Opened {
  readonly files: Readonly<Record<string, string>>;
  readonly refused: readonly (readonly [string, Unpackable])[];
  /** Bytes that came out. */
  readonly bytes: number;
}

/** In pieces of `size`, as a file or a pipe gives them. */
async function open(content: Uint8Array, name = "in", size = 65_536): Promise<Opened> {
  const refused: (readonly [string, Unpackable])[] = [];
  const files: Record<string, string> = {};
  let bytes = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
  }
  const unpacking = new Unpacking((...one) => refused.push(one));
  for await (const piece of unpacking.files({ name, chunks: chunks() })) {
    let text = "";
    for await (const chunk of piece.chunks) {
      bytes += chunk.length;
      if (text.length < 1_000_000) text += Buffer.from(chunk).toString("latin1");
    }
    files[piece.name] = text;
  }
  return { files, refused, bytes };
}

const LOG = "2026-11-22T12:25:55.812Z [ws] webchat connected\n".repeat(3000);

describe("what is in it", () => {
  for (const size of [1, 7, 511, 65_536]) {
    test(`a plain file, gzip and Zstandard, in pieces of ${size}`, async () => {
      const short = LOG.slice(0, 3000);
      assert.deepEqual((await open(Buffer.from(short), "a.log", size)).files, { "a.log": short });
      assert.deepEqual((await open(gzipSync(short), "a.log.gz", size)).files, { "a.log": short });
      assert.deepEqual((await open(zstd(short), "a.log.zst", size)).files, { "a.log": short });
    });
  }

  test("members of gzip that were written one after the other, as log rotation appends them", async () => {
    const both = Buffer.concat([gzipSync("first\n"), gzipSync("second\n")]);
    assert.deepEqual((await open(both, "a.gz")).files, { a: "first\nsecond\n" });
  });

  test("the same where the platform stops behind the first, as browsers do", async (context) => {
    const platform = globalThis.DecompressionStream;
    context.mock.method(globalThis, "DecompressionStream", function strict(this: unknown, format: "gzip") {
      const { readable, writable } = new platform(format);
      const held: Uint8Array[] = [];
      // Whatever came with the first member is given, and then the error.
      const first = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk) => void held.push(chunk),
        flush(controller) {
          const all = Buffer.concat(held);
          const members = all.toString("latin1").split("\x1f\x8b\b").length - 1;
          if (members > 1) controller.error(new TypeError("Junk found after end of compressed data."));
          else controller.enqueue(all);
        },
      });
      void first.readable.pipeTo(writable).catch(() => undefined);
      return { readable, writable: first.writable };
    });
    for (const size of [1, 7, 100_000]) {
      const both = Buffer.concat([gzipSync(LOG), gzipSync("second\n"), gzipSync("")]);
      const { files, refused } = await open(both, "a.log.gz", size);
      assert.deepEqual({ files, refused }, { files: { "a.log": `${LOG}second\n` }, refused: [] });
      const torn = await open(
        Buffer.concat([gzipSync("first\n"), gzipSync(LOG).subarray(0, 40)]),
        "b.gz",
        size,
      );
      assert.deepEqual([torn.files.b?.startsWith("first\n"), torn.refused], [true, [["b.gz", "broken"]]]);
    }
    const zeros = gzipSync(Buffer.alloc(200 * 1024 ** 2));
    assert.deepEqual((await open(zeros, "c.gz")).refused, [["c.gz", "bomb"]]);
  });

  test("tar, tar.gz, tar.zst and zip, with directories and long names", async () => {
    const long = `${"deep/".repeat(40)}gateway.log`;
    const files = { "x/logs/gateway.log": LOG, [`x/${long}`]: "long\n", "x/openclaw.json": "{}" };
    const members = [
      ["logs/gateway.log", LOG],
      [long, "long\n"],
      ["openclaw.json", "{}"],
    ] as const;
    for (const archive of [tar(...members), await zip(members)])
      assert.deepEqual((await open(archive, "x")).files, files);
    assert.deepEqual((await open(gzipSync(tar(...members)), "x.gz")).files, files);
    assert.deepEqual((await open(zstd(tar(...members)), "x.zst")).files, files);
  });

  test("archives in archives", async () => {
    const inner = tarGz(["a.log.gz", gzipSync("hello\n")]);
    const { files, refused } = await open(await zip([["support.tar.gz", inner]]), "t.zip");
    assert.deepEqual({ files, refused }, { files: { "t.zip/support.tar/a.log": "hello\n" }, refused: [] });
  });

  test("a file that nobody reads is passed over", async () => {
    const names: string[] = [];
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield tar(["a", LOG], ["b", "b"]);
    }
    for await (const { name } of new Unpacking(() => undefined).files({ name: "t", chunks: chunks() }))
      names.push(name);
    assert.deepEqual(names, ["t/a", "t/b"]);
  });
});

describe("what is refused, and said", () => {
  const unsafe = ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "..\\..\\x"];
  for (const name of unsafe)
    test(`the name ${name}`, async () => {
      const { files, refused } = await open(tar([name, "root"], ["fine", "fine"]), "t");
      assert.deepEqual(files, { "t/fine": "fine" });
      assert.deepEqual(refused, [[`t/${name}`, "unsafe-name"]]);
    });

  for (const name of unsafe)
    test(`the name ${name} in a zip, as in a tar`, async () => {
      const held = "q".repeat(name.length);
      const members = [
        ["first", "first"],
        [held, "root"],
        ["fine", "fine"],
      ] as const;
      const { files, refused } = await open(await zip(members, { rename: { [held]: name } }), "z");
      // A zip's backslashes may stand for the other ones.
      assert.deepEqual(files, { "z/first": "first", "z/fine": "fine" });
      assert.deepEqual(
        refused.map(([shown, why]) => [shown.replaceAll("\\", "/"), why]),
        [[`z/${name.replaceAll("\\", "/")}`, "unsafe-name"]],
      );
    });

  test("links, of both kinds of archive", async () => {
    const link = ["l.log", "", { linkTo: "/etc/passwd" }] as const;
    for (const archive of [tar(link, ["a", "a"]), await zip([link, ["a", "a"]])]) {
      const { files, refused } = await open(archive, "t");
      assert.deepEqual({ files, refused }, { files: { "t/a": "a" }, refused: [["t/l.log", "link"]] });
    }
  });

  test("the second of one name, however it is written", async () => {
    const { files, refused } = await open(
      tar(["a.log", "first"], ["./a.log", "second"], ["a.log", "third"]),
      "t",
    );
    assert.deepEqual(files, { "t/a.log": "first" });
    assert.deepEqual(
      refused.map(([, why]) => why),
      ["duplicate", "duplicate"],
    );
    const twice = await zip(
      [
        ["a.log", "first"],
        ["b.log", "second"],
      ],
      { rename: { "b.log": "a.log" } },
    );
    const zipped = await open(twice, "z");
    assert.deepEqual(zipped.files, { "z/a.log": "first" });
    assert.deepEqual(zipped.refused, [["z/a.log", "duplicate"]]);
  });

  test("an encrypted member", async () => {
    const { files, refused } = await open(await zip([["a", "secret"]], { password: "x" }), "z");
    assert.deepEqual({ files, refused }, { files: {}, refused: [["z/a", "encrypted"]] });
  });

  test("a bomb ends early, whatever it is made of", async () => {
    // 400 MiB of zeros in 400 KB, and in Zstandard 1.5 GiB in 48 KB.
    const zeros = gzipSync(Buffer.alloc(400 * 1024 ** 2));
    for (const [name, bomb] of [
      ["gz", gzipSync(zeros)],
      ["zst", zstdBomb(12_000)],
    ] as const) {
      const { refused, bytes } = await open(bomb, name);
      assert.deepEqual(
        refused.map(([, why]) => why),
        ["bomb"],
      );
      assert.ok(bytes < 200 * 1024 ** 2, `${name}: ${bytes}`);
    }
  });

  test("archives without an end", async () => {
    let nested: Buffer = gzipSync("x");
    for (let depth = 0; depth < 10; depth++) nested = gzipSync(nested);
    assert.deepEqual((await open(nested, "n")).refused, [["n", "too-deep"]]);
  });

  test("more files than anybody sends", async () => {
    const many = Array.from({ length: 5003 }, (_, index) => [`${index}`, ""] as const);
    const { files, refused } = await open(tar(...many), "t");
    assert.equal(Object.keys(files).length, 5000);
    assert.deepEqual(
      refused.map(([, why]) => why),
      ["too-many"],
    );
  });

  test("a window that no reader has to keep", async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0]);
    assert.deepEqual((await open(frame, "w.zst")).refused, [["w.zst", "too-large"]]);
  });

  test("other packers by their name", async () => {
    for (const head of ["\xfd7zXZ\0", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "BZh91AY&SY"])
      assert.deepEqual((await open(Buffer.from(head, "latin1"), "p")).refused, [["p", "no-unpacker"]]);
  });
});

describe("what is broken", () => {
  test("a zip that lies about a size, or was packed in another way, ends", async () => {
    const archive = await zip([["a.log", LOG]]);
    const directory = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const lying = Buffer.from(archive);
    lying.writeUInt32LE(5, directory + 24);
    const lzma = Buffer.from(archive);
    lzma.writeUInt16LE(14, directory + 10);
    lzma.writeUInt16LE(14, 8);
    for (const one of [lying, lzma]) {
      const { refused } = await open(one, "l.zip");
      assert.ok(refused.length > 0, JSON.stringify(refused));
    }
  });

  test("no frame of zstd gets more memory than the first one may", async () => {
    const small = zstd("a\n");
    const greedy = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa7]), small.subarray(6)]);
    const { files, refused } = await open(Buffer.concat([small, greedy]), "w.zst");
    assert.deepEqual(refused, [["w.zst", "too-large"]]);
    assert.equal(Object.keys(files).length, 1);
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    assert.deepEqual((await open(Buffer.concat([small, skippable, small]), "s.zst")).refused, []);
  });

  test("of a file that was cut off, what came is read", async () => {
    const whole = gzipSync(LOG, { level: 1 });
    const { files, refused } = await open(whole.subarray(0, whole.length - 20), "a.gz");
    assert.ok((files.a ?? "").startsWith("2026-11-22"));
    assert.deepEqual(
      refused,
      [["a", "broken"]].map(() => ["a.gz", "broken"]),
    );
  });

  test("any damage ends in an answer", async () => {
    const archives = [
      tarGz(["a", LOG]),
      await zip([
        ["a", LOG],
        ["b", "b"],
      ]),
      zstd(LOG.slice(0, 5000)),
      tar(["a", "a"]),
    ];
    let seed = 7;
    const random = (max: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % max;
    };
    for (const archive of archives)
      for (let turn = 0; turn < 60; turn++) {
        const damaged = Buffer.from(archive);
        for (let hit = 0; hit < 3; hit++) damaged[random(damaged.length)] = random(256);
        const cut = damaged.subarray(0, 1 + random(damaged.length));
        const { bytes } = await open(cut, "d");
        assert.ok(bytes < 10_000_000);
      }
  });
});

test("an archive of nothing but members is left where no more of it would be opened", async () => {
  for (const kind of ["0", "5"]) {
    const member = tar(["a.log", ""]).subarray(0, 512);
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let number = 0; pulled < 400_000 * 512; number += 100) {
        const headers = Array.from({ length: 100 }, (_, place) => headerOf(member, number + place, kind));
        pulled += 100 * 512;
        yield Buffer.concat(headers);
      }
    }
    const refused: Unpackable[] = [];
    const unpacking = new Unpacking((_, why) => refused.push(why));
    let files = 0;
    for await (const _ of unpacking.files({ name: "x.tar", chunks: endless() })) files += 1;
    assert.deepEqual([files, refused], [kind === "0" ? 5000 : 0, ["too-many"]]);
    assert.ok(pulled < 60_000 * 512, String(pulled));
  }
});

function headerOf(like: Uint8Array, number: number, kind: string): Buffer {
  const header = Buffer.from(like);
  header.write(`f${number}.log\0`, 0);
  header.write(kind, 156);
  header.fill(32, 148, 156);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
