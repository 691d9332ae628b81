import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { connectEngine } from "../src/deployments/docker/engine.ts";
import { containerLog, followLog } from "../src/deployments/docker/logs.ts";
import { digestLogs } from "../src/logs/digest.ts";
import {
  type FakeContainer,
  type FakeEngine,
  type FakeEngineOptions,
  fakeEngine,
  frame,
} from "./fake-engine.ts";
import { UNHURRIED } from "./support/until.ts";

const engines: FakeEngine[] = [];
after(() => Promise.all(engines.map((engine) => engine.close())));

async function containerOf(one: FakeContainer, options: FakeEngineOptions = {}) {
  const engine = await fakeEngine({ containers: [one], ...options });
  engines.push(engine);
  const { api } = await connectEngine({ name: "fake", socket: engine.socket });
  return { engine, api, container: api.getContainer(one.name) };
}

/** Pieces that a test hands on when it wants to. */
function tap(): { push(piece: Uint8Array): void; end(): void; readonly pieces: AsyncIterable<Uint8Array> } {
  const waiting: (Uint8Array | undefined)[] = [];
  let wake: () => void = () => undefined;
  const give = (piece: Uint8Array | undefined): void => {
    waiting.push(piece);
    wake();
  };
  return {
    push: give,
    end: () => give(undefined),
    pieces: (async function* () {
      for (;;) {
        while (waiting.length > 0) {
          const piece = waiting.shift();
          if (piece === undefined) return;
          yield piece;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    })(),
  };
}

const text = (piece: Uint8Array | undefined): string => Buffer.from(piece ?? []).toString();
const logCalls = ({ calls }: FakeEngine): readonly string[] => calls.filter((call) => call.includes("/logs"));

describe("a part of a container's log", () => {
  const rows: readonly (readonly [string, string | number | undefined, RegExp])[] = [
    ["ISO 8601", "2026-11-22T10:00:00.250Z", /since=1795341600\.250/],
    ["seconds", 1_763_800_000, /since=1763800000\.000/],
    ["before 1970", -5, /since=0\.000/],
  ];
  for (const [name, since, query] of rows)
    test(`since ${name}, with the lines from the end`, async () => {
      const { engine, api, container } = await containerOf({ name: "c", log: frame(1, "one\n") });
      const kept = await containerLog(api, container, false, {
        ...(since === undefined ? {} : { since }),
        tail: 7,
      });
      assert.equal(kept.map(text).join(""), "one\n");
      const [call = ""] = logCalls(engine);
      assert.match(call, query);
      assert.match(call, /tail=7/);
    });

  test("no time at all is not sent as one", async () => {
    const { engine, api, container } = await containerOf({ name: "c", log: frame(1, "one\n") });
    await containerLog(api, container, false, { since: "yesterday" });
    assert.doesNotMatch(logCalls(engine)[0] ?? "", /since/);
  });
});

describe("what the log room makes of it", () => {
  const conn = "11111111-1111-4111-8111-111111111111";
  const red = (words: string): string => `\u001b[31m${words}\u001b[39m`;
  const line = `\u001b[90m2026-11-22T12:30:01.100+00:00\u001b[39m ${red("[ws]")} ${red(`closed before connect conn=${conn} remote=172.18.0.1 fwd=n/a origin=n/a host=127.0.0.1:18789 ua=n/a code=1008 reason=pairing required`)}`;

  // With `TERM` set, as upstream's Compose file does, lines are coloured with and without a terminal.
  for (const [name, tty, log] of [
    ["a terminal's, with CRLF and colours", true, Buffer.from(`${line}\r\n`)],
    [
      "a framed one with colours, cut in the middle",
      false,
      Buffer.concat([frame(2, line.slice(0, 90)), frame(1, "x\n"), frame(2, `${line.slice(90)}\n`)]),
    ],
  ] as const)
    test(name, async () => {
      const { api, container } = await containerOf({ name: "c", tty, log });
      const chunks = await containerLog(api, container, tty);
      const { refusals } = await digestLogs([{ name: "docker logs c", chunks }]);
      assert.deepEqual(
        refusals.map(({ gate, latest }) => [gate, latest.conn, latest.remote, latest.host, latest.reason]),
        [["pairing", conn, "172.18.0.1", "127.0.0.1:18789", "pairing required"]],
      );
      const quote = refusals[0]?.latest.quote ?? "\u001b";
      assert.ok(!quote.includes("\u001b") && !quote.includes("[31m"), quote);
    });
});

describe("a log that is followed", () => {
  test("each line as it comes, of both streams; an abort ends it quietly", async () => {
    const { push, pieces } = tap();
    const { engine, api, container } = await containerOf({ name: "c", followed: pieces });
    const stop = new AbortController();
    const log = followLog(api, container, { tty: false, since: 1_763_800_000, signal: stop.signal });
    push(frame(2, "refu"));
    push(frame(1, "ready\n"));
    assert.equal(text((await log.next()).value ?? undefined), "ready\n");
    push(frame(2, "sed\n"));
    assert.equal(text((await log.next()).value ?? undefined), "refused\n");
    const waiting = log.next();
    stop.abort();
    assert.deepEqual(await waiting, { done: true, value: undefined });
    const [call = ""] = logCalls(engine);
    assert.match(call, /follow=true/);
    assert.match(call, /tail=all/);
    assert.match(call, /since=1763800000/);
  });

  test("a terminal's log comes as it is, from now on", async () => {
    const { push, end, pieces } = tap();
    const { engine, api, container } = await containerOf({ name: "c", tty: true, followed: pieces });
    const stop = new AbortController();
    const log = followLog(api, container, { tty: true, signal: stop.signal });
    push(Buffer.from("\u001b[32mready\u001b[0m\r\n"));
    assert.equal(text((await log.next()).value ?? undefined), "\u001b[32mready\u001b[0m\r\n");
    assert.match(logCalls(engine)[0] ?? "", /tail=0/);
    end();
    stop.abort();
    await log.return(undefined);
  });

  test("an abort while nobody reads breaks nothing", async () => {
    const { push, pieces } = tap();
    const { api, container } = await containerOf({ name: "c", followed: pieces });
    const stop = new AbortController();
    const log = followLog(api, container, { tty: false, signal: stop.signal });
    push(frame(1, "one\n"));
    assert.equal(text((await log.next()).value ?? undefined), "one\n");
    stop.abort();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await log.next()).done, true);
  });

  test("aborted before it began, it asks nothing", async () => {
    const { engine, api, container } = await containerOf({ name: "c" });
    const log = followLog(api, container, { tty: false, signal: AbortSignal.abort() });
    assert.equal((await log.next()).done, true);
    assert.deepEqual(logCalls(engine), []);
  });

  test("the one who leaves the loop leaves no connection behind", { timeout: UNHURRIED }, async () => {
    const { push, pieces } = tap();
    const { engine, api, container } = await containerOf({ name: "c", followed: pieces });
    push(frame(1, "one\n"));
    for await (const piece of followLog(api, container, {
      tty: false,
      signal: new AbortController().signal,
    })) {
      assert.equal(text(piece), "one\n");
      break;
    }
    await engine.idle();
  });

  test("a refused log is an error of the engine", async () => {
    const refused = { status: 403, paths: /\/logs/ };
    const { api, container } = await containerOf({ name: "c" }, { refused });
    const log = followLog(api, container, { tty: false, signal: new AbortController().signal });
    await assert.rejects(log.next(), { statusCode: 403 });
  });

  test("quiet for longer than a call may take, it is still followed", async () => {
    const { push, pieces } = tap();
    const { api, container } = await containerOf({ name: "c", followed: pieces });
    const modem: { timeout?: number } = Object.assign(api.modem, { timeout: 30 });
    const stop = new AbortController();
    const log = followLog(api, container, { tty: false, signal: stop.signal });
    setTimeout(() => push(frame(1, "late\n")), 150);
    assert.equal(text((await log.next()).value ?? undefined), "late\n");
    stop.abort();
    assert.equal(modem.timeout, 30);
  });
});
