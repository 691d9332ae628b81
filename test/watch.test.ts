// `watch`: what is new in a log is told once, whatever happens to the log; who waits, under which id; and who got in.
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { admit } from "../src/admission/admit.ts";
import { readConfig } from "../src/config/read.ts";
import { completeFacts, type Facts } from "../src/core/collect.ts";
import { type Fact, known, unknown } from "../src/core/fact.ts";
import type { PendingDevice } from "../src/core/facts.ts";
import { LANGS } from "../src/core/languages.ts";
import { quoted, say } from "../src/core/saying.ts";
import type { LogText } from "../src/deployments/types.ts";
import { placeAt } from "../src/deployments/url.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { Live } from "../src/doctor/live/look.ts";
import type { Opened } from "../src/doctor/live/opened.ts";
import { watch } from "../src/doctor/live/watch.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { NewLines } from "../src/doctor/pure/new-lines.ts";
import { Watcher } from "../src/doctor/pure/watcher.ts";
import { browserParams } from "../src/gateway/browser-attempt.ts";
import { createDeviceIdentity } from "../src/gateway/device.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { shakeHands } from "../src/gateway/handshake.ts";
import { devicesFromLists } from "../src/intake/devices.ts";
import { digestLogs } from "../src/logs/digest.ts";
import { type WatchEvent, watchDocument, watchText } from "../src/report/watch.ts";
import { cli, finish, start } from "./support/cli.ts";
import { UNHURRIED, until } from "./support/until.ts";

describe("new lines", () => {
  const line = (number: number) => `2026-11-22T12:00:0${number}.000Z [ws] line ${number}\n`;
  const lines = (...numbers: readonly number[]) => numbers.map(line).join("");
  /** Looks one after the other: what each of the later ones gives. */
  const looked = (...looks: readonly Readonly<Record<string, string>>[]) => {
    const news = new NewLines();
    return looks
      .map((logs) => news.take(Object.entries(logs).map(([name, text]) => ({ name, text }))))
      .map((fresh) => fresh.map(({ text }) => text).join(""))
      .slice(1);
  };

  test("are what was written since, and nothing twice", () => {
    assert.deepEqual(looked({ a: lines(1) }, { a: lines(1, 2) }, { a: lines(1, 2) }, { a: lines(1, 2, 3) }), [
      line(2),
      "",
      line(3),
    ]);
  });

  test("that are too many between two looks are told to be missed, a log that begins anew is not", () => {
    const many = Array.from({ length: 4000 }, (_, at) => `${at} ${"x".repeat(40)}\n`);
    const news = new NewLines();
    const missed = (from: number, to: number) => {
      news.take([{ name: "a", text: many.slice(from, to).join("") }]);
      return news.missed;
    };
    assert.deepEqual(
      [
        missed(0, 1000),
        missed(500, 1500),
        missed(2000, 3000),
        missed(2100, 3100),
        missed(3500, 3600),
        missed(3600, 3700),
      ],
      [[], [], ["a"], [], [], ["a"]],
    );
  });

  test("are whole: the rest of a line is awaited", () => {
    assert.deepEqual(looked({ a: lines(1) }, { a: lines(1) + line(2).slice(0, 9) }, { a: lines(1, 2) }), [
      "",
      line(2),
    ]);
  });

  test("of a log that was empty are all of it", () => {
    assert.deepEqual(looked({ a: "" }, { a: lines(1) }), [line(1)]);
    assert.deepEqual(looked({}, { a: lines(1) }), [line(1)]);
  });

  test("are found where the log was rotated under another name, and in the new one", () => {
    assert.deepEqual(looked({ a: lines(1, 2) }, { "a.1": lines(1, 2, 3), a: lines(4) }), [lines(3, 4)]);
  });

  test("of a log that was emptied, or of a container that was made anew, are all of it", () => {
    assert.deepEqual(looked({ a: lines(1, 2) }, { a: lines(3) }), [line(3)]);
  });

  test("are found in a log that is cut at its beginning, as an engine gives its end only", () => {
    const many = Array.from({ length: 3000 }, (_, at) => `${at} ${"x".repeat(40)}\n`);
    const before = many.slice(0, 2000).join("");
    assert.deepEqual(looked({ a: before }, { a: many.slice(1500).join("") }), [many.slice(2000).join("")]);
  });
});

const TOKEN = "lantern-sextant-glacier-5512";
const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
});

/** A gateway of a release whose browser comes through a published port, and how it is watched. */
async function watched(release: string) {
  const log: string[] = [];
  let lost: Fact<readonly LogText[]> | undefined;
  const config = { gateway: { auth: { mode: "token", token: TOKEN } } };
  const gateway = await startEmbeddedGateway({
    release,
    config,
    admit,
    onLog: (line) => log.push(line),
    peer: { remoteAddress: "172.18.0.1" },
  });
  open.push(gateway);
  async function* text(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(log.map((line) => `openclaw-gateway-1  | ${line}\n`).join(""));
  }
  const { reading, secrets } = readConfig({
    text: JSON.stringify({ gateway: { port: gateway.port, ...config.gateway } }),
    path: "openclaw.json",
    stateDir: ".",
    env: {},
    release,
    salt: "s",
  });
  const place = placeAt(
    gateway.url,
    {
      names: {},
      config: async () => known({ reading, ...secrets }, "openclaw.json"),
      logs: async () => lost ?? known([{ name: "gateway.log", chunks: text() }], "gateway.log"),
      devices: async () => {
        const { pending, paired } = gateway.devices.list();
        return known(devicesFromLists(pending, paired), "devices");
      },
      release: async () => known({ version: release, confidence: "likely", from: "package.json" }, "x"),
    },
    undefined,
    false,
  );
  const world = nodeWorld({ env: {} });
  const opened: Opened = {
    world,
    salt: "s",
    notes: [],
    context: { platform: "linux", home: "/root" },
    look: (change) =>
      new Live({
        ...change,
        target: { kind: "url", url: gateway.url },
        world,
        salt: "s",
        release: unknown("not-asked", say("nobody-said")),
        deployment: "docker",
        allowPlaintextToken: false,
        insecureTls: false,
        timeoutMs: UNHURRIED,
        place,
      }),
    byName: () => undefined,
  };
  const device = createDeviceIdentity();
  return {
    gateway,
    log,
    opened,
    lose: (why: Fact<readonly LogText[]> | undefined) => {
      lost = why;
    },
    /** The browser tries once; its line is in the log afterwards. */
    visit: async () => {
      const before = log.length;
      const origin = `http://127.0.0.1:${gateway.port}`;
      await shakeHands(gateway.url, {
        timeoutMs: UNHURRIED,
        clean: (text) => text,
        headers: { Host: new URL(origin).host, Origin: origin, "User-Agent": BROWSER },
        connect: (challenge) => {
          const params = browserParams(device, challenge, { sendBuildId: false, auth: { token: TOKEN } });
          return { ...params, client: { ...params.client, version: "dev" } };
        },
      });
      await until(() => log.slice(before).some((line) => /closed before connect|connected conn=/.test(line)));
    },
  };
}

const report = (facts: Facts) => reportOf(facts);

const SCHEMA = JSON.parse(
  readFileSync(new URL("../src/report/schema/watch.schema.json", import.meta.url), "utf8"),
);
const isValid = new Ajv2020({ allErrors: true, strict: false }).compile(SCHEMA);

function assertValid(document: unknown): void {
  assert.ok(isValid(document), `${JSON.stringify(document)}: ${JSON.stringify(isValid.errors)}`);
}

test("the schema knows every event and nothing else", () => {
  const at = "2026-11-22T12:25:55.812Z";
  const others: WatchEvent[] = [
    { event: "again", at, count: 10, id: "docker-nat-not-local" },
    { event: "unexplained", at, count: 1, quote: "closed before connect" },
    { event: "started", at, release: "2026.9.6" },
    { event: "started" },
    { event: "failed", quote: "the port is taken" },
    { event: "approved" },
    { event: "missed", name: "gateway.log" },
    { event: "lost", why: quoted("away") },
    { event: "back" },
  ];
  for (const event of others) assertValid(watchDocument(event, "en"));
  assert.deepEqual(
    SCHEMA.oneOf.map(({ $ref }: { $ref: string }) => $ref.replace("#/$defs/", "")).sort(),
    Object.keys({
      watching: 1,
      refused: 1,
      again: 1,
      unexplained: 1,
      waiting: 1,
      approved: 1,
      connected: 1,
      started: 1,
      failed: 1,
      missed: 1,
      lost: 1,
      back: 1,
    } satisfies Record<WatchEvent["event"], 1>).sort(),
  );
  for (const none of [{}, { event: "other" }, { event: "again", count: 0, id: "x" }, { event: "waiting" }])
    assert.ok(!isValid(none), JSON.stringify(none));
});

describe("a gateway that is watched", () => {
  test("each refusal is explained once, the request has its command, and who gets in is told", async () => {
    const { gateway, opened, visit, lose } = await watched("2026.2.1");
    await visit();
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    const seen = (name: WatchEvent["event"]) => events.filter(({ event }) => event === name);
    const ended = watch({ opened, signal: stop.signal, report, tell: (event) => events.push(event) });
    ended.catch(() => undefined);
    await until(() => events.length > 0);
    // What was there before is counted and not told.
    assert.deepEqual(events, [{ event: "watching", name: "gateway.log", release: "2026.2.1", earlier: 1 }]);

    await visit();
    await until(() => seen("waiting").length > 0);
    const [refused] = seen("refused");
    assert.ok(refused?.event === "refused");
    assert.equal(refused.id, "docker-nat-not-local");
    const [pending] = gateway.devices.list().pending;
    const [waiting] = seen("waiting");
    assert.ok(waiting?.event === "waiting" && pending !== undefined);
    assert.match(
      waiting.command,
      new RegExp(`^docker compose exec .* devices approve ${pending.requestId}$`),
    );

    lose(unknown("failed", quoted("the engine is away")));
    await until(() => seen("lost").length > 0);
    await visit();
    await visit();
    lose(undefined);
    await until(() => seen("back").length > 0);
    gateway.devices.approve(pending.requestId);
    await visit();
    await until(() => seen("connected").length > 0);
    stop.abort();
    await assert.rejects(ended, { name: "AbortError" });
    const names = events.map(({ event }) => event);
    assert.deepEqual(
      names.filter((name) => name !== "approved"),
      ["watching", "refused", "waiting", "lost", "back", "connected"],
    );
    assert.equal(names.filter((name) => name === "approved").length, 1);
    assert.equal(
      seen("connected").every((event) => event.event === "connected" && event.refused),
      true,
    );
    const written = events.flatMap((event) =>
      LANGS.flatMap((lang) => [watchText(event, lang), JSON.stringify(watchDocument(event, lang))]),
    );
    for (const text of written) assert.ok(!text.includes(TOKEN), text);
    for (const event of events) for (const lang of LANGS) assertValid(watchDocument(event, lang));
  });

  test("one that is let in at once is told, and after a time it ends by itself", async () => {
    const { opened, visit } = await watched("2026.5.28");
    const events: WatchEvent[] = [];
    const ended = watch({
      opened,
      signal: new AbortController().signal,
      forMs: 4000,
      report,
      tell: (event) => events.push(event),
    });
    await until(() => events.length > 0);
    await visit();
    assert.deepEqual(await ended, { end: "over", out: false, missed: false });
    assert.deepEqual(
      events.map(({ event }) => event).filter((event) => event !== "approved"),
      ["watching", "connected"],
    );
  });

  test("without a log there is nothing to watch", async () => {
    const { opened, lose } = await watched("2026.2.1");
    const why = unknown("absent", say("no-log-file"));
    lose(why);
    const tell = () => assert.fail("nothing is told");
    const signal = new AbortController().signal;
    assert.deepEqual(await watch({ opened, signal, report, tell }), { end: "no-log", why });
  });
});

describe("what is told once", () => {
  const request = (more: Partial<PendingDevice>): PendingDevice => ({
    requestId: "request-1",
    deviceId: "d".repeat(64),
    scopes: [],
    role: "operator",
    remoteIp: "192.168.1.7",
    ...more,
  });
  const watcher = () => new Watcher({ report, approve: (_facts, id) => `approve ${id}` });
  const withDevices = (pending: readonly PendingDevice[], paired: readonly string[] = []): Facts =>
    completeFacts({
      devices: known(
        { pending, paired: paired.map((deviceId) => ({ deviceId, scopes: [] })), store: "json" },
        "devices",
      ),
    });

  test("a request whose id changes every few seconds is one request, with its newest id", () => {
    const one = watcher();
    const told: WatchEvent[] = [];
    for (let second = 0; second < 60; second += 3)
      told.push(...one.next(withDevices([request({ requestId: `request-${second}` })]), second * 1000));
    const commands = told.map((event) => (event.event === "waiting" ? event.command : event.event));
    assert.deepEqual(commands, ["approve request-0", "approve request-21", "approve request-42"]);
    assert.deepEqual(
      told.map((event) => (event.event === "waiting" ? event.instead : undefined)),
      [undefined, "request-0", "request-21"],
    );
  });

  test("the same device from another address is another request, and so is another device from the same", () => {
    const one = watcher();
    const all = [
      request({}),
      request({ requestId: "request-2", remoteIp: "203.0.113.9" }),
      request({ requestId: "request-3", deviceId: "e".repeat(64) }),
    ];
    const told = one.next(withDevices(all), 0);
    assert.deepEqual(
      told.map((event) => (event.event === "waiting" ? [event.command, event.instead] : event.event)),
      [
        ["approve request-1", undefined],
        ["approve request-2", undefined],
        ["approve request-3", undefined],
      ],
    );
    assert.deepEqual(one.next(withDevices(all), 60_000), []);
  });

  test("one that was approved is told so, one that ran out is not", () => {
    const approved = watcher();
    approved.next(withDevices([request({})]), 0);
    assert.deepEqual(approved.next(withDevices([], ["d".repeat(64)]), 1000), [
      { event: "approved", deviceId: "d".repeat(64) },
    ]);
    const gone = watcher();
    gone.next(withDevices([request({})]), 0);
    assert.deepEqual(gone.next(withDevices([]), 1000), []);
    assert.equal(gone.isWaiting, false);
  });

  test("the same refusal is counted, and told again at ten, a hundred, a thousand", async () => {
    const one = watcher();
    const refused = async (second: number) => {
      const time = new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString();
      const line = `${time} [ws] closed before connect conn=c${second} remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 code=1008 reason=unauthorized: gateway token mismatch (open a tokenized dashboard URL or paste token in Control UI settings)\n`;
      const logs = known(await digestLogs([{ name: "log", chunks: [line] }]), "log");
      const refusals = known(
        (await import("../src/core/refusals.ts")).refusalsOf({ logs: logs.value }),
        "log",
      );
      return completeFacts({ logs, refusals });
    };
    const told: WatchEvent[] = [];
    for (let second = 0; second < 120; second += 1)
      told.push(...one.next(await refused(second), second * 1000));
    assert.deepEqual(
      told.map((event) => ("count" in event ? [event.event, event.count] : event.event)),
      [
        ["refused", 1],
        ["again", 10],
        ["again", 100],
      ],
    );
    assert.equal(one.isOut, true);
  });
});

describe("on the command line", () => {
  const directory = mkdtempSync(join(tmpdir(), "opd-watch-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const refusal = (second: number) =>
    `2026-11-22T12:25:${second}.812Z [ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 code=1008 reason=pairing required\n`;
  const admission =
    "2026-11-22T12:26:59.812Z [ws] webchat connected conn=5909e1c4-fa00-4721-b91b-62505d7cad2d remote=172.18.0.1 client=openclaw-control-ui webchat v2026.2.1\n";

  /** Follows a file to which `write` writes once it is watched, until what it says has `last`. */
  async function following(
    name: string,
    args: readonly string[],
    write: (log: string) => void,
    last: RegExp,
  ) {
    const log = join(directory, `${name}.log`);
    writeFileSync(log, refusal(10));
    const child = start(["watch", "--log", log, "--release", "2026.2.1", "--deployment", "docker", ...args]);
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    const ended = finish(child);
    await until(() => /watching/i.test(said));
    write(log);
    await until(() => last.test(said));
    child.kill("SIGINT");
    return { ...(await ended), said };
  }

  test("plain lines over a rotation, and an interrupt is exit code 130", async () => {
    const { code, stdout, stderr } = await following(
      "plain",
      [],
      (log) => {
        appendFileSync(log, refusal(20));
        renameSync(log, `${log}.1`);
        writeFileSync(log, refusal(30) + admission);
      },
      /^12:26:59 IN: /m,
    );
    assert.equal(code, 130);
    assert.equal(stderr, "");
    assert.match(stdout, /^12:25:\d0 REFUSED: .*\(docker-nat-not-local\)$/m);
    assert.equal(stdout.match(/REFUSED/g)?.length, 1);
    assert.ok(!stdout.includes("\u001b"));
  });

  test("JSON lines", async () => {
    const { code, said } = await following(
      "json",
      ["--json"],
      (log) => appendFileSync(log, refusal(20)),
      /"refused"/,
    );
    assert.equal(code, 130);
    const documents = said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      documents.map(({ event }) => event),
      ["watching", "refused"],
    );
    for (const one of documents) assertValid(one);
    assert.equal(documents[1].finding.id, "docker-nat-not-local");
    assert.ok(documents[1].finding.remedies.length > 0);
  });

  test("a refusal among more than is read between two looks: told, and exit code 3", async () => {
    const log = join(directory, "much.log");
    writeFileSync(log, refusal(10));
    const child = start([
      "watch",
      "--log",
      log,
      "--release",
      "2026.2.1",
      "--deployment",
      "docker",
      "--for",
      "6s",
    ]);
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    const ended = finish(child);
    await until(() => /watching/i.test(said));
    appendFileSync(
      log,
      refusal(20) + "2026-11-22T12:25:59.812Z [heartbeat] nothing of interest\n".repeat(200_000),
    );
    await until(() => /not known/.test(said));
    assert.match(said, /more was written to .*much\.log between two looks than is read/);
    assert.equal((await ended).code, 3);
  });

  test("after a time: exit code 0, and 3 where there is no log", async () => {
    const log = join(directory, "for.log");
    writeFileSync(log, refusal(10));
    const quiet = await cli(["watch", "--log", log, "--for", "1s"]);
    assert.equal(quiet.code, 0, quiet.stderr);
    const none = await cli(["watch", "--target", "ws://127.0.0.1:9", "--lang", "zh", "--for", "1s"]);
    assert.equal(none.code, 3);
    assert.match(none.stderr, /没有可以监视的日志/);
    assert.equal(none.stdout, "");
  });
});
