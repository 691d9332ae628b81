// An engine, or whatever answers in its place, that does not stop: every answer ends in bytes and in time.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { after, describe, test } from "node:test";
import Docker from "dockerode";
import fc from "fast-check";
import { boundAnswers, MAX_ANSWER, withinBounds } from "../src/deployments/docker/bounded-answers.ts";
import { engineFailure } from "../src/deployments/docker/engine.ts";
import { containerExec } from "../src/deployments/docker/exec.ts";
import { containerWorld, ownerOf } from "../src/deployments/docker/files.ts";
import { FrameSplitter } from "../src/deployments/docker/frames.ts";
import { containerLog, framedLines } from "../src/deployments/docker/logs.ts";
import { oneFile } from "../src/deployments/docker/one-file.ts";
import { unhurried } from "../src/deployments/docker/without-time-limit.ts";
import { leadingRecords } from "../src/intake/tar.ts";
import { frame } from "./fake-engine.ts";
import { textOf } from "./fake-world.ts";
import { UNHURRIED } from "./support/until.ts";

/** Milliseconds of quiet that a call waits for where it is to give up; it has twice as long in all. */
const QUIET = 150;
const MB = 1_048_576;

interface Stub {
  readonly api: Docker;
  /** Bytes that were taken from it. */
  readonly sent: () => number;
}

const servers: (() => Promise<void>)[] = [];
after(() => Promise.all(servers.map((close) => close())));

type Answer = (socket: Socket, head: string) => void;

/** Whoever asks gets `answer`, whatever it asks. */
async function stub(answer: Answer, timeout = UNHURRIED): Promise<Stub> {
  const directory = mkdtempSync(join(tmpdir(), "opd-stub-"));
  const path = join(directory, "engine.sock");
  const sockets = new Set<Socket>();
  let bytes = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      bytes += socket.bytesWritten;
      sockets.delete(socket);
    });
    socket.once("data", (head) => answer(socket, head.toString()));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  servers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(directory, { recursive: true });
  });
  const api = new Docker({ socketPath: path, timeout });
  boundAnswers(api.modem);
  const open = () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
  return { api, sent: () => bytes + open() };
}

const HEAD =
  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
const RAW = "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\n\r\n";

const chunk = (bytes: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), Buffer.from(bytes), Buffer.from("\r\n")]);

/** Writes `piece` as long as somebody takes it. */
function flood(socket: Socket, piece: Buffer): void {
  const more = (): void => {
    while (socket.writable && socket.write(piece) === true) if (socket.writableLength > MB) break;
    socket.once("drain", more);
  };
  more();
}

/** Writes `piece` every few milliseconds. */
function dribble(socket: Socket, piece: string | Buffer): void {
  const timer = setInterval(() => socket.write(piece), QUIET / 5);
  socket.on("close", () => clearInterval(timer));
}

/** The header of a PAX extended header of `size` bytes. */
function paxHeader(size: number): Buffer {
  const header = oneFile("x", Buffer.alloc(0), { mode: 0, uid: 0, gid: 0 }).subarray(0, 512);
  header.write(size.toString(8).padStart(11, "0"), 124);
  header.write("x", 156);
  header.fill(" ", 148, 156);
  header.write(
    header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0"),
    148,
  );
  return header;
}

/** Says `head` first. */
function begins(head: string, more: (socket: Socket) => void): Answer {
  return (socket) => {
    socket.write(head);
    more(socket);
  };
}

async function code(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => "answered",
    (error: unknown) => error,
  );
  return typeof outcome === "string" ? outcome : String((outcome as { code?: unknown }).code);
}

const ways: readonly (readonly [name: string, expected: string, answer: Answer])[] = [
  [
    "a document without end",
    "ERR_ANSWER_TOO_LONG",
    begins(HEAD, (socket) => flood(socket, chunk("x".repeat(60_000)))),
  ],
  ["a document that dribbles", "ERR_ANSWER_LATE", begins(HEAD, (socket) => dribble(socket, chunk("[")))],
  [
    "headers that dribble",
    "ERR_ANSWER_LATE",
    begins("HTTP/1.1 200 OK\r\n", (socket) => dribble(socket, "X: a\r\n")),
  ],
  [
    "headers without end",
    "HPE_HEADER_OVERFLOW",
    begins("HTTP/1.1 200 OK\r\n", (socket) => flood(socket, Buffer.from("X: a\r\n".repeat(1000)))),
  ],
  ["nothing at all", "ERR_ANSWER_LATE", () => undefined],
  ["a document that stops in its middle", "ERR_ANSWER_LATE", (socket) => socket.write(`${HEAD}2\r\n[1\r\n`)],
  [
    "a connection that breaks off in a document",
    "ECONNRESET",
    begins(`${HEAD}2\r\n[1\r\n`, (socket) => setTimeout(() => socket.destroy(), 20)),
  ],
  [
    "brackets only",
    "ERR_ANSWER_UNREADABLE",
    (socket) =>
      socket.end(Buffer.concat([Buffer.from(HEAD), chunk("[".repeat(MB)), Buffer.from("0\r\n\r\n")])),
  ],
  [
    "an error without end",
    "ERR_ANSWER_TOO_LONG",
    begins(HEAD.replace("200 OK", "500 No"), (socket) => flood(socket, chunk("x".repeat(60_000)))),
  ],
];

describe("a question to an engine", () => {
  for (const [name, expected, answer] of ways)
    test(`${name}: ${expected}`, async () => {
      const { api, sent } = await stub(answer, expected === "ERR_ANSWER_LATE" ? QUIET : UNHURRIED);
      assert.equal(await code(api.listContainers({ all: true })), expected);
      // What is in flight beyond the bound is what sockets hold.
      assert.ok(sent() < MAX_ANSWER + 8 * MB, `${sent()} bytes`);
    });

  test("an answer that is right comes through, as does a refusal in the engine's words", async () => {
    const { api } = await stub((socket) =>
      socket.end(Buffer.concat([Buffer.from(HEAD), chunk('[{"Id":"a"}]'), Buffer.from("0\r\n\r\n")])),
    );
    assert.deepEqual(await api.listContainers(), [{ Id: "a" }]);
    const no = await stub((socket) =>
      socket.end(
        Buffer.concat([
          Buffer.from(HEAD.replace("200 OK", "404 No")),
          chunk('{"message":"No such container: claw"}'),
          Buffer.from("0\r\n\r\n"),
        ]),
      ),
    );
    await assert.rejects(no.api.getContainer("claw").inspect(), (error: Error & { statusCode?: number }) => {
      assert.equal(error.statusCode, 404);
      assert.match(error.message, /no such container - No such container: claw/);
      return true;
    });
  });

  test("one that may take long still ends a document that stalls", { timeout: UNHURRIED }, async () => {
    const { api } = await stub((socket) => {
      // Longer than the others wait for.
      setTimeout(
        () => socket.end(Buffer.concat([Buffer.from(HEAD), chunk("{}"), Buffer.from("0\r\n\r\n")])),
        QUIET * 4,
      );
    }, QUIET);
    assert.deepEqual(await unhurried(api).info(), {});
  });

  test("is told in words", () => {
    const told = (name: string) => {
      const fact = engineFailure({ code: name }, "docker");
      return [fact.reason, fact.say?.message];
    };
    assert.deepEqual(told("ERR_ANSWER_TOO_LONG"), ["failed", "engine-answer-long"]);
    assert.deepEqual(told("ERR_ANSWER_LATE"), ["timeout", "engine-answer-late"]);
  });
});

describe("what an engine streams", () => {
  const zeros = Buffer.alloc(MB);

  test("an archive that never ends: the file that is wanted, and no more", async () => {
    const file = oneFile("openclaw.json", Buffer.from("{}"), { mode: 0o600, uid: 1, gid: 2 });
    const { api, sent } = await stub(
      begins(RAW, (socket) => {
        socket.write(file);
        flood(socket, zeros);
      }),
    );
    const container = api.getContainer("claw");
    const world = containerWorld(container, { env: {}, homedir: "/", cwd: "/" });
    assert.deepEqual(await world.readText("/openclaw.json", 1000), {
      ok: true,
      text: "{}",
      truncated: false,
    });
    assert.deepEqual(await ownerOf(container, "/openclaw.json"), { uid: 1, gid: 2, mode: 0o600 });
    assert.ok(sent() < 32 * MB, `${sent()} bytes`);
  });

  test("an archive of which every entry is passed over", async () => {
    // The largest size that eleven octal digits have.
    const header = paxHeader(0o77777777777);
    const { api, sent } = await stub(
      begins(RAW, (socket) => {
        socket.write(header);
        flood(socket, zeros);
      }),
    );
    const world = containerWorld(api.getContainer("claw"), { env: {}, homedir: "/", cwd: "/" });
    const read = await world.readText("/openclaw.json", 1000);
    assert.equal(read.ok, false);
    assert.deepEqual(await world.list("/", 10), []);
    assert.ok(sent() < 128 * MB, `${sent()} bytes`);
  });

  test("records of a header that are none", () => {
    for (const bytes of [
      "",
      "\0".repeat(100),
      "x",
      " ",
      "0 ",
      "-5 a=b\n",
      "3",
      "1e9 a=b\n",
      "9 a=b",
      " 6 a=b\n",
    ]) {
      const header = paxHeader(bytes.length);
      const archive = Buffer.concat([header, Buffer.from(bytes, "latin1")]);
      const found = leadingRecords(archive);
      assert.ok(Object.keys(found ?? {}).length <= 1, bytes);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        leadingRecords(Buffer.concat([paxHeader(bytes.length), bytes]));
      }),
    );
  });

  test("a log without end", async () => {
    const lines = frame(1, "x\n".repeat(30_000));
    const { api, sent } = await stub(begins(RAW, (socket) => flood(socket, lines)));
    assert.equal(await code(containerLog(api, api.getContainer("claw"), false)), "ERR_ANSWER_TOO_LONG");
    assert.ok(sent() < 96 * MB, `${sent()} bytes`);
  });

  test("what dribbles is ended when its time is over", async () => {
    const { api } = await stub(begins(RAW, (socket) => dribble(socket, "x")));
    const archive = await api.getContainer("claw").getArchive({ path: "/" });
    assert.equal(
      await code(textOf(withinBounds(archive as Readable, { bytes: MB, ms: QUIET * 2 }))),
      "ERR_ANSWER_LATE",
    );
  });
});

describe("frames", () => {
  /** What comes out, and how many bytes were held at most. */
  async function linesOf(bytes: Buffer, size: number): Promise<string> {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    return textOf(framedLines(pieces()));
  }

  test("a length that never comes is not waited for: bytes are handed on", () => {
    const seen: number[] = [];
    const splitter = new FrameSplitter((_stream, bytes) => seen.push(bytes.length));
    const head = Buffer.from([1, 0, 0, 0, 0, 0xff, 0xff, 0xff]);
    splitter.push(head);
    for (let at = 0; at < 10; at += 1) splitter.push(Buffer.alloc(1000));
    assert.deepEqual(
      seen,
      Array.from({ length: 10 }, () => 1000),
    );
  });

  test("the bytes that are copied grow with the length, not with its square", async () => {
    const concat = Buffer.concat;
    let copied = 0;
    Buffer.concat = ((list: readonly Uint8Array[], length?: number) => {
      for (const part of list) copied += part.length;
      return concat(list, length);
    }) as typeof Buffer.concat;
    try {
      const cost = async (bytes: Buffer, size: number) => {
        copied = 0;
        await linesOf(bytes, size);
        return copied / bytes.length;
      };
      // One long frame in small pieces, and a line in frames of one byte each.
      const long = frame(1, `${"x".repeat(900_000)}\n`);
      const small = concat(Array.from({ length: 100_000 }, () => frame(1, "x")));
      for (const bytes of [long, small]) {
        const [half, whole] = [await cost(bytes.subarray(0, bytes.length / 2), 100), await cost(bytes, 100)];
        assert.ok(whole < half * 3 + 2, `${half} and then ${whole} copies of a byte`);
      }
    } finally {
      Buffer.concat = concat;
    }
  });
});

describe("a program in a container", () => {
  test("that writes without end is ended, with what it wrote bounded", async () => {
    const { api, sent } = await stub((socket, head) => {
      const reply = (status: string, body: string) => {
        const text = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
        // The rest of the question may be on its way.
        socket.resume();
        setTimeout(() => socket.end(text), 20);
      };
      if (/\/exec\/e\/json/.test(head)) reply("200 OK", '{"Running":false,"ExitCode":0}');
      else if (/\/exec\/e\/start/.test(head)) {
        socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        flood(socket, frame(1, "y\n".repeat(30_000)));
        socket.resume().on("end", () => socket.destroy());
      } else reply("201 Created", '{"Id":"e"}');
    });
    const never = new AbortController().signal;
    const outcome = await containerExec(api.getContainer("claw")).run(["yes"], {
      user: "",
      signal: never,
      timeoutMs: 60_000,
    });
    assert.deepEqual(!outcome.known && [outcome.reason, outcome.detail], ["failed", "it writes without end"]);
    assert.ok(sent() < 128 * MB, `${sent()} bytes`);
  });
});
