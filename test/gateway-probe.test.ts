import assert from "node:assert/strict";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { after, describe, it } from "node:test";
import type { AdmissionInput } from "../src/core/connection.ts";
import { Secret } from "../src/core/secret.ts";
import { type EmbeddedGatewayOptions, startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { shakeHands } from "../src/gateway/handshake.ts";
import { type ProbeOptions, probe } from "../src/gateway/probe.ts";
import { fakeAdmit } from "./support/fake-admit.ts";
import { challenge, refusalOf, startHostileServer } from "./support/hostile-server.ts";
import { selfSigned } from "./support/self-signed.ts";
import { UNHURRIED } from "./support/until.ts";

const token = "tok-probe-0123456789";
const credentials = { token: new Secret(token, "salt") };
type Lookup = NonNullable<NonNullable<ProbeOptions["connectFrom"]>["lookup"]>;
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
});

async function gateway(release: string, more: Partial<EmbeddedGatewayOptions> = {}) {
  const asked: AdmissionInput[] = [];
  const log: string[] = [];
  const config = { gateway: { auth: { mode: "token", token } } };
  const admit = (input: AdmissionInput) => {
    asked.push(input);
    return fakeAdmit(input);
  };
  const started = await startEmbeddedGateway({
    release,
    config,
    admit,
    onLog: (line) => log.push(line),
    ...more,
  });
  open.push(started);
  return { ...started, asked, log };
}

function probing(url: string, more: Partial<ProbeOptions> = {}) {
  return probe({ url, timeoutMs: UNHURRIED, ...more });
}

const releases = [
  "2026.2.1",
  "2026.2.21",
  "2026.3.13",
  "2026.4.15",
  "2026.5.28",
  "2026.7.35",
  "2026.8.1",
  "2026.9.6",
];

describe("probe", () => {
  for (const release of releases)
    it(`${release}: tells page and client apart and leaves nothing`, async () => {
      const server = await gateway(release);
      const reading = await probing(server.url, { credentials });
      assert.equal(reading.reach.state, "open");
      assert.equal(reading.http.looksLike, "openclaw");
      const [page, client] = reading.attempts;
      assert.deepEqual(
        [page?.as, page?.result, page?.connection.auth, page?.closeCode],
        ["page", "refused", "missing", 1008],
      );
      assert.match(page?.message ?? "", /^control ui requires/);
      assert.deepEqual(
        [client?.as, client?.result, client?.connection.auth],
        ["client", "admitted", "valid"],
      );
      assert.equal(reading.protocol, release < "2026.5.12" ? 3 : 4);
      assert.deepEqual(server.devices.list(), { pending: [], paired: [] });
    });

  it("names the release where the gateway does, and a range where it does not", async () => {
    const said = await Promise.all(
      releases.map(async (release) => (await probing((await gateway(release)).url, { credentials })).release),
    );
    const summary = said.map(
      (release) => release?.range?.join("…") ?? `${release?.version} ${release?.confidence}`,
    );
    assert.deepEqual(summary, [
      "2026.1.29…2026.2.16",
      "2026.2.21…2026.2.21",
      "2026.3.13 certain",
      "2026.4.15 certain",
      "2026.5.28 certain",
      "2026.7.35 certain",
      "2026.8.1 certain",
      "2026.9.6 certain",
    ]);
  });

  it("without credentials it makes one attempt, and the signs still narrow the release", async () => {
    const server = await gateway("2026.5.28");
    const reading = await probing(server.url);
    assert.deepEqual(
      reading.attempts.map(({ as }) => as),
      ["page"],
    );
    assert.ok(server.asked.every(({ connection }) => connection.auth !== "wrong"));
    assert.deepEqual(reading.release?.range, ["2026.4.16", "2026.9.6"]);
    assert.equal(reading.release?.confidence, "possible");
  });

  it("says that the token is wrong after one attempt, as a browser too", async () => {
    const server = await gateway("2026.3.13");
    const wrong = { token: new Secret("tok-wrong-wrong", "salt") };
    const reading = await probing(server.url, { credentials: wrong, asBrowser: true });
    assert.deepEqual(
      reading.attempts.map(({ as }) => as),
      ["page", "browser"],
    );
    const browser = reading.attempts[1];
    assert.deepEqual([browser?.connection.auth, browser?.detailCode], ["wrong", "AUTH_TOKEN_MISMATCH"]);
    assert.equal(reading.authMode, "token");
    assert.equal(server.log.filter((line) => line.includes("reason=token_mismatch")).length, 1);
  });

  it("sends a password where a token is wanted and says so", async () => {
    const server = await gateway("2026.3.13");
    const reading = await probing(server.url, {
      credentials: { password: new Secret("a-password", "salt") },
    });
    assert.equal(reading.attempts[1]?.connection.auth, "password-instead-of-token");
  });

  it("sends the origin of the page that the user opens", async () => {
    const server = await gateway("2026.3.13");
    const reading = await probing(server.url, { origin: "https://claw.example.test", credentials });
    assert.equal(reading.attempts[0]?.detailCode, "CONTROL_UI_ORIGIN_NOT_ALLOWED");
    assert.equal(reading.attempts[0]?.connection.headers.origin, "https://claw.example.test");
    assert.equal(reading.attempts[1]?.connection.headers.origin, undefined);
  });

  it("reports HTTP 403 proxy_attribution_required, and keeps the credentials", async () => {
    const peer = { remoteAddress: "127.0.0.1", headers: { "x-forwarded-for": "203.0.113.7" } };
    const server = await gateway("2026.9.6", { peer });
    const reading = await probing(server.url, { credentials });
    assert.equal(reading.reach.state, "open");
    assert.equal(reading.http.errorType, "proxy_attribution_required");
    assert.equal(reading.http.health, "live");
    assert.equal(reading.attempts.length, 1);
    const page = reading.attempts[0];
    assert.deepEqual(
      [page?.result, page?.httpStatus, page?.errorCode],
      ["not-upgraded", 403, "proxy_attribution_required"],
    );
    assert.deepEqual(reading.release?.range, ["2026.8.1", "2026.9.6"]);
  });

  it("measures the difference of the clocks", async () => {
    const server = await gateway("2026.3.13", { now: () => Date.now() + 3_600_000 });
    const reading = await probing(server.url);
    assert.ok(Math.abs((reading.clockSkewMs ?? 0) - 3_600_000) < 30_000);
  });

  it("a gateway that is starting is asked again, and reported as starting when it takes too long", async () => {
    const soon = await gateway("2026.5.28", { startingMs: 300 });
    assert.equal((await probing(soon.url)).reach.state, "open");
    const late = await gateway("2026.5.28", { startingMs: 60_000 });
    const reading = await probing(late.url, { credentials, startingBudgetMs: 0 });
    assert.equal(reading.reach.state, "starting");
    assert.deepEqual(
      reading.attempts.map(({ as, closeCode }) => [as, closeCode]),
      [["page", 1013]],
    );
  });

  it("a slow gateway is waited for", async () => {
    const server = await gateway("2026.9.6", { latencyMs: 100 });
    assert.equal((await probing(server.url, { credentials })).attempts[1]?.result, "admitted");
  });

  it("finds the Control UI below its base path", async () => {
    const config = { gateway: { auth: { mode: "token", token }, controlUi: { basePath: "/claw" } } };
    const server = await gateway("2026.8.1", { config });
    const below = await probing(`${server.url}/claw`);
    assert.equal(below.http.basePath, "/claw");
    assert.equal(below.http.status, 200);
    const root = await probing(server.url);
    assert.equal(root.http.status, 404);
    assert.equal(root.http.looksLike, "openclaw");
  });
});

describe("probe as a browser", () => {
  for (const release of ["2026.2.1", "2026.3.13", "2026.9.6"])
    it(`${release}: meets pairing for real, and says that its request ends by itself`, async () => {
      const server = await gateway(release, { peer: { remoteAddress: "172.18.0.1" } });
      const reading = await probing(server.url, { credentials, asBrowser: true });
      assert.deepEqual(
        reading.attempts.map(({ as }) => as),
        ["page", "browser"],
      );
      const browser = reading.attempts[1];
      assert.equal(browser?.result, "refused");
      assert.match(browser?.message ?? "", /^pairing required/);
      assert.match(browser?.requestId ?? "", /^[0-9a-f-]{36}$/);
      assert.equal(browser?.connection.auth, "valid");
      assert.deepEqual([browser?.cleanup?.left, browser?.cleanup?.removed], ["pending", false]);
      const [pending] = server.devices.list().pending;
      assert.match(browser?.cleanup?.detail ?? "", /5 minutes/);
      assert.ok(browser?.cleanup?.detail.includes(pending?.deviceId ?? "?"));
    });

  for (const release of ["2026.3.13", "2026.5.28", "2026.9.6"])
    it(`${release}: removes the entry that it got by itself`, async () => {
      const server = await gateway(release);
      const reading = await probing(server.url, { credentials, asBrowser: true });
      const browser = reading.attempts[1];
      assert.equal(browser?.result, "admitted");
      assert.deepEqual([browser?.cleanup?.left, browser?.cleanup?.removed], ["paired", true]);
      assert.deepEqual(server.devices.list().paired, []);
    });

  it("2026.2.1 cannot remove: it is said, with the device", async () => {
    const server = await gateway("2026.2.1");
    const reading = await probing(server.url, { credentials, asBrowser: true });
    const cleanup = reading.attempts[1]?.cleanup;
    assert.deepEqual([cleanup?.left, cleanup?.removed], ["paired", false]);
    const left = server.devices.list().paired[0]?.deviceId ?? assert.fail();
    assert.ok(cleanup?.detail.includes(left));
    assert.match(cleanup?.detail ?? "", /token is revoked/);
  });

  it("signs with the gateway's clock, so a wrong one here hides nothing", async () => {
    const server = await gateway("2026.9.6", { now: () => Date.now() - 3_600_000 });
    const reading = await probing(server.url, { credentials, asBrowser: true });
    assert.equal(reading.attempts[1]?.result, "admitted");
  });
});

describe("credentials", () => {
  const answering = () =>
    startHostileServer({
      socket: (socket) => {
        socket.send(challenge());
        socket.on("message", (data) => {
          socket.send(
            refusalOf(data.toString(), { code: "NOT_PAIRED", message: "device identity required" }),
          );
          socket.close(1008, "device identity required");
        });
      },
    });
  for (const asBrowser of [false, true])
    it(`go out once, in one frame${asBrowser ? ", as a browser too" : ""}`, async () => {
      const server = await answering();
      open.push(server);
      await probing(server.url, { credentials, asBrowser });
      assert.equal(server.received.length, 2);
      assert.equal(server.received.filter((frame) => frame.includes(token)).length, 1);
    });

  it("go out once as a browser, also where its request waits", async () => {
    const sent: string[] = [];
    const server = await startHostileServer({
      socket: (socket) => {
        socket.send(challenge());
        socket.on("message", (data) => {
          sent.push(data.toString());
          const error = {
            code: "NOT_PAIRED",
            message: "pairing required",
            details: { code: "PAIRING_REQUIRED" },
          };
          socket.send(refusalOf(data.toString(), error));
          socket.close(1008, "pairing required");
        });
      },
    });
    open.push(server);
    const reading = await probing(server.url, { credentials, asBrowser: true });
    assert.equal(reading.attempts.at(-1)?.cleanup?.left, "pending");
    assert.equal(sent.filter((frame) => frame.includes(token)).length, 1);
  });

  it("do not go over plain ws to a public address, unless the user insists", async () => {
    // The name has a public address beside the one that answers; that one public address is enough.
    const server = await answering();
    open.push(server);
    const port = new URL(server.url).port;
    const lookup = (_host: string, options: { all?: boolean }, answer: (...found: unknown[]) => void) => {
      const both = [
        { address: "127.0.0.1", family: 4 },
        { address: "203.0.113.50", family: 4 },
      ];
      if (options.all) answer(null, both);
      else answer(null, "127.0.0.1", 4);
    };
    const connectFrom = { lookup: lookup as Lookup };
    const url = `ws://gateway.example.test:${port}`;
    const kept = await probing(url, { credentials, connectFrom, asBrowser: true });
    assert.deepEqual(
      kept.attempts.map(({ as }) => as),
      ["page"],
    );
    assert.ok(server.received.every((frame) => !frame.includes(token)));

    const insisted = await probing(url, { credentials, connectFrom, allowPlaintextToken: true });
    assert.deepEqual(
      insisted.attempts.map(({ as }) => as),
      ["page", "client"],
    );
    assert.equal(server.received.filter((frame) => frame.includes(token)).length, 1);
  });

  it("do not go over plain ws to where a cloud answers, or to whoever took a link-local address", async () => {
    const server = await answering();
    open.push(server);
    for (const address of [
      "169.254.169.254",
      "100.100.100.200",
      "fd00:ec2::254",
      "fe80::1",
      "::ffff:a9fe:a9fe",
    ]) {
      const both = [
        { address: "127.0.0.1", family: 4 },
        { address, family: address.includes(":") ? 6 : 4 },
      ];
      const lookup = (_host: string, _options: unknown, answer: (...found: unknown[]) => void) =>
        answer(null, both);
      const url = `ws://metadata.example.test:${new URL(server.url).port}`;
      const reading = await probing(url, { credentials, connectFrom: { lookup: lookup as Lookup } });
      assert.equal(reading.attempts.length, 1, address);
    }
    assert.ok(server.received.length > 0);
    assert.ok(server.received.every((frame) => !frame.includes(token)));
  });

  it("go to the address that was looked at: a name that changes in between is not followed", async () => {
    const server = await answering();
    open.push(server);
    let asked = 0;
    const lookup = (_host: string, _options: unknown, answer: (...found: unknown[]) => void) => {
      asked++;
      answer(null, [{ address: asked === 1 ? "127.0.0.1" : "203.0.113.50", family: 4 }]);
    };
    const url = `ws://rebinding.example.test:${new URL(server.url).port}`;
    const connectFrom = { lookup: lookup as Lookup };
    const reading = await probing(url, { credentials, connectFrom });
    assert.equal(asked, 1);
    assert.equal(reading.attempts.length, 2);
  });

  it("never appear in a reading", async () => {
    const server = await gateway("2026.9.6");
    const reading = await probing(server.url, { credentials, asBrowser: true });
    assert.ok(!JSON.stringify(reading).includes(token));
  });
});

describe("reach", () => {
  it("nothing listens", async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await new Promise((closed) => server.close(closed));
    const reading = await probing(`ws://127.0.0.1:${port}`, { credentials });
    assert.equal(reading.reach.state, "refused");
    assert.equal(reading.http.looksLike, "none");
  });

  it("a name that does not exist", async () => {
    const lookup = (_host: string, _options: unknown, answer: (error: Error) => void) =>
      answer(Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.example"), { code: "ENOTFOUND" }));
    const connectFrom = { lookup: lookup as never };
    const reading = await probing("ws://nowhere.example", { connectFrom });
    assert.equal(reading.reach.state, "dns");
  });

  it("plain HTTP where TLS is asked for", async () => {
    const server = await gateway("2026.9.6");
    const reading = await probing(server.url.replace("ws:", "wss:"), { credentials });
    assert.equal(reading.reach.state, "tls");
    assert.equal(reading.attempts.length, 0);
  });

  it("a certificate that nobody vouches for is reported, and passed only when asked to", async () => {
    const server = createHttpsServer(selfSigned, (_request, response) => response.end("hello"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    open.push({ close: () => new Promise((closed) => server.close(() => closed())) });
    const address = server.address();
    const url = `wss://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const reading = await probing(url, { credentials });
    assert.equal(reading.reach.state, "tls");
    assert.match(reading.reach.detail, /self-signed/);
    assert.equal(reading.attempts.length, 0);
    const passed = await probing(url, { insecureTls: true });
    assert.equal(passed.http.status, 200);
  });

  it("a variable of somebody's shell does not switch the verification off", async () => {
    const server = createHttpsServer(selfSigned, (_request, response) => response.end("hello"));
    let upgrades = 0;
    server.on("upgrade", (_request, socket) => {
      upgrades += 1;
      socket.destroy();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    open.push({ close: () => new Promise((closed) => server.close(() => closed())) });
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const reading = await probing(`wss://127.0.0.1:${port}`, { credentials });
      assert.equal(reading.reach.state, "tls");
      const clean = (text: string) => text;
      const shaken = await shakeHands(`wss://127.0.0.1:${port}`, {
        timeoutMs: UNHURRIED,
        clean,
        headers: {},
        connect: () => assert.fail("a challenge"),
      });
      assert.equal(shaken.failure?.state, "tls");
      assert.equal(upgrades, 0);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it("another web server", async () => {
    const server = await startHostileServer({
      http: (_request, response) => response.end("<title>nginx</title>"),
    });
    open.push(server);
    const web = await startHostileServer({
      http: (_request, response) => response.end("<title>nginx</title>"),
      raw: (socket) => socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    });
    open.push(web);
    const reading = await probing(web.url, { credentials });
    assert.equal(reading.reach.state, "not-openclaw");
    assert.equal(reading.http.looksLike, "other");
    assert.equal(reading.attempts[0]?.httpStatus, 404);
  });

  it("a proxy that serves the page but does not pass the upgrade on", async () => {
    const web = await startHostileServer({
      http: (_request, response) => response.end("<title>OpenClaw Control</title><openclaw-app>"),
      raw: (socket) => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    });
    open.push(web);
    const reading = await probing(web.url, { credentials });
    assert.equal(reading.reach.state, "open");
    assert.deepEqual([reading.attempts[0]?.result, reading.attempts[0]?.httpStatus], ["not-upgraded", 400]);
    assert.match(reading.reach.detail, /instead of a WebSocket upgrade/);
  });

  it("a URL that is none", async () => {
    await assert.rejects(probing("ftp://x"), TypeError);
  });
});
