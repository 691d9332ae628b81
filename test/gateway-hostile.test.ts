import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, describe, it } from "node:test";
import { say } from "../src/core/saying.ts";
import { Secret } from "../src/core/secret.ts";
import { readHttpSurface } from "../src/gateway/http.ts";
import { type ProbeOptions, probe } from "../src/gateway/probe.ts";
import {
  challenge,
  type Hostility,
  refusalOf,
  startHostileServer,
  startTcpServer,
} from "./support/hostile-server.ts";
import { UNHURRIED } from "./support/until.ts";

const token = "tok-hostile-9f8e7d6c5b4a";
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
});

async function hostile(hostility: Hostility) {
  const server = await startHostileServer(hostility);
  open.push(server);
  return server;
}

function probing(url: string, more: Partial<ProbeOptions> = {}) {
  return probe({
    url,
    credentials: { token: new Secret(token, "salt") },
    timeoutMs: UNHURRIED,
    startingBudgetMs: 0,
    ...more,
  });
}

/** Nothing that a terminal could obey, nothing huge, no credential. */
function assertPrintable(reading: unknown): void {
  const text = JSON.stringify(reading);
  assert.ok(text.length < 20_000, `${text.length} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]|\\u00[01]|\\[bfnrt]/);
  assert.ok(!text.includes(token));
}

const page = "<html><title>OpenClaw Control</title><openclaw-app></openclaw-app></html>";

describe("hostile HTTP servers", () => {
  it("an endless body is cut", async () => {
    const server = await hostile({
      http: (_request, response) => {
        response.write(page);
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
        };
        response.on("drain", more);
        more();
      },
    });
    const reading = await readHttpSurface(server.url, { timeoutMs: UNHURRIED });
    assert.equal(reading.title, "OpenClaw Control");
    assertPrintable(reading);
  });

  it("a body that drips is left at the deadline, with what came", async () => {
    const server = await hostile({
      http: (_request, response) => {
        response.write(page);
        const drip = setInterval(() => response.write("."), 10);
        response.on("close", () => clearInterval(drip));
      },
    });
    const reading = await readHttpSurface(server.url, { timeoutMs: 300 });
    assert.equal(reading.status, 200);
    assert.equal(reading.looksLike, "openclaw");
  });

  it("headers that never end are a time-out", async () => {
    const server = await startTcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("x: y\r\n"), 20);
      socket.on("close", () => clearInterval(drip));
    });
    open.push(server);
    const reading = await probing(server.url, { timeoutMs: 500 });
    assert.equal(reading.reach.state, "timeout");
    assert.equal(reading.attempts.length, 0);
  });

  it("redirects are followed twice, on the same host only", async () => {
    const loop = await hostile({
      http: (request, response) => {
        response.writeHead(302, { location: `${request.url}a` }).end();
      },
    });
    const reading = await readHttpSurface(loop.url, { timeoutMs: UNHURRIED });
    assert.equal(reading.status, 302);
    // Three documents, each asked for and followed twice.
    assert.equal(loop.requests.length, 9);

    const elsewhere = await hostile({ http: (_request, response) => response.end(page) });
    const away = await hostile({
      http: (_request, response) => {
        response
          .writeHead(302, {
            location: elsewhere.url.replace("ws:", "http:").replace("127.0.0.1", "localhost"),
          })
          .end();
      },
    });
    await readHttpSurface(away.url, { timeoutMs: UNHURRIED });
    assert.equal(elsewhere.requests.length, 0);
  });

  it("escape sequences in title, server header and version are gone", async () => {
    const evil = "\u001b]0;owned\u0007\u001b[2J\u202etitle\u200b";
    const server = await hostile({
      http: (request, response) => {
        response.setHeader("server", "ev\u0080il");
        if (request.url?.endsWith(".json"))
          response.end(JSON.stringify({ basePath: "", serverVersion: `2026.3.13${evil}` }));
        else response.end(`<title>${evil}</title><openclaw-app>`);
      },
    });
    const reading = await readHttpSurface(server.url, { timeoutMs: UNHURRIED });
    assert.equal(reading.title, "title");
    assert.equal(reading.serverVersion, "2026.3.13title");
    assertPrintable(reading);
  });

  it("a huge response header is no answer", async () => {
    const server = await hostile({
      http: (_request, response) => response.setHeader("x", "y".repeat(200_000)).end(page),
    });
    const reading = await readHttpSurface(server.url, { timeoutMs: UNHURRIED });
    assert.equal(reading.looksLike, "none");
  });
});

describe("hostile WebSocket servers", () => {
  it("endless frames end the attempt", async () => {
    const server = await hostile({
      socket: (socket) => {
        const flood = () => {
          if (socket.readyState !== socket.OPEN) return;
          for (let at = 0; at < 100; at++) socket.send('{"type":"event","event":"tick"}');
          setImmediate(flood);
        };
        flood();
      },
    });
    const reading = await probing(server.url);
    assert.equal(reading.reach.state, "not-openclaw");
    assert.match(reading.reach.detail, /frames/);
    assertPrintable(reading);
  });

  it("endless pings end the attempt", async () => {
    const server = await hostile({
      socket: (socket) => {
        const flood = setInterval(() => {
          for (let at = 0; at < 100; at++) if (socket.readyState === socket.OPEN) socket.ping();
        }, 5);
        socket.on("close", () => clearInterval(flood));
      },
    });
    const reading = await probing(server.url, { timeoutMs: UNHURRIED });
    assert.match(reading.reach.state, /^(?:not-openclaw|reset)$/);
  });

  it("a frame above 256 KiB ends the attempt", async () => {
    const server = await hostile({ socket: (socket) => socket.send("x".repeat(300_000)) });
    const reading = await probing(server.url);
    assert.equal(reading.reach.state, "not-openclaw");
    assert.match(reading.reach.detail, /payload/i);
  });

  it("deep JSON, text and binary are not OpenClaw", async () => {
    for (const frame of [
      "[".repeat(100_000),
      "SSH-2.0-OpenSSH",
      Buffer.alloc(10),
      '{"type":"event"}',
      "null",
    ]) {
      const server = await hostile({ socket: (socket) => socket.send(frame) });
      const reading = await probing(server.url);
      assert.equal(reading.reach.state, "not-openclaw");
      assert.equal(server.received.length, 0);
    }
  });

  it("an oversized close frame and a broken frame are survived", async () => {
    for (const bytes of [
      Buffer.concat([Buffer.from([0x88, 0xfe, 0x40, 0]), Buffer.alloc(16_384, 65)]),
      Buffer.from([0xff, 0xff, 1, 2, 3]),
    ]) {
      const server = await hostile({
        raw: (socket, key) => {
          const accept = createHash("sha1")
            .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
            .digest("base64");
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
          socket.end(bytes);
        },
      });
      const reading = await probing(server.url);
      assert.notEqual(reading.reach.state, "open");
      assertPrintable(reading);
    }
  });

  it("silence after the upgrade, and after the challenge, is a time-out; the token is not sent", async () => {
    const silent = await hostile({ socket: () => undefined });
    assert.equal((await probing(silent.url, { timeoutMs: 500 })).reach.state, "timeout");

    const stalled = await hostile({ socket: (socket) => socket.send(challenge()) });
    const reading = await probing(stalled.url, { timeoutMs: 500 });
    assert.equal(reading.reach.state, "timeout");
    assert.ok(stalled.received.every((frame) => !frame.includes(token)));
  });

  it("a gateway that echoes the token everywhere does not get it into the reading", async () => {
    const echo = `\u001b[31m${[...token].join("\u200d")} ${token} ${Buffer.from(token).toString("base64")}`;
    const server = await hostile({
      socket: (socket) => {
        socket.send(challenge());
        socket.on("message", (data) => {
          socket.send(
            refusalOf(data.toString(), {
              code: token,
              message: echo.repeat(100),
              details: {
                code: token,
                requestId: token,
                [token.replaceAll("-", "_")]: 1,
                reason: echo,
                list: [token],
              },
            }),
          );
          socket.close(1008, token);
        });
      },
    });
    const reading = await probing(server.url);
    assert.equal(reading.attempts.length, 2);
    assertPrintable(reading);
    assert.ok(!JSON.stringify(reading).includes(Buffer.from(token).toString("base64").slice(0, 12)));
  });

  it("a hello-ok full of rubbish is cleaned and bounded", async () => {
    const server = await hostile({
      socket: (socket) => {
        socket.send(challenge());
        socket.on("message", (data) => {
          const { id } = JSON.parse(data.toString()) as { id: string };
          const payload = {
            type: "hello-ok",
            protocol: "4",
            server: { version: `\u001b[2J${"9".repeat(10_000)}` },
            snapshot: { authMode: token },
            auth: { scopes: Array.from({ length: 5000 }, () => `\u001b[1m${"s".repeat(20)}`) },
            features: { methods: [1, null, {}] },
          };
          socket.send(JSON.stringify({ type: "res", id, ok: true, payload }));
        });
      },
    });
    const reading = await probing(server.url);
    assert.equal(reading.release, undefined);
    assertPrintable(reading);
  });

  it("a second challenge does not make it send the credentials again", async () => {
    const server = await hostile({
      socket: (socket) => {
        for (let at = 0; at < 20; at++) socket.send(challenge());
        socket.on("message", (data) => {
          for (let at = 0; at < 20; at++) socket.send(challenge());
          socket.send(
            refusalOf(data.toString(), { code: "NOT_PAIRED", message: "device identity required" }),
          );
        });
      },
    });
    await probing(server.url, { timeoutMs: UNHURRIED });
    assert.equal(server.received.filter((frame) => frame.includes(token)).length, 1);
    assert.equal(server.received.length, 2);
  });

  it("stops at once when it is aborted", async () => {
    const server = await hostile({
      http: (_request, response) => response.end(page),
      socket: () => undefined,
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const reading = await probing(server.url, { timeoutMs: UNHURRIED, signal: controller.signal });
    assert.deepEqual(reading.reach, { state: "timeout", detail: "aborted", say: say("stopped-waiting") });

    const before = new AbortController();
    before.abort();
    const none = await probing(server.url, { timeoutMs: UNHURRIED, signal: before.signal });
    assert.equal(none.attempts.length, 0);
  });
});
