// An address or a file in somebody's sentence ends before the sentence's punctuation, in whatever names it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEvent } from "../src/core/log-event.ts";
import { digestLogs } from "../src/logs/digest.ts";

async function eventsOf(text: string): Promise<readonly LogEvent[]> {
  async function* chunks() {
    yield text;
  }
  return (await digestLogs([{ name: "ticket", chunks: chunks() }])).events;
}

const MARKS = [
  "",
  ".",
  ",",
  ":",
  ";",
  "!",
  "?",
  ").",
  "。",
  "，",
  "；",
  "：",
  "！",
  "？",
  "）",
  "」",
  "』",
  "”",
  "……",
];

const NAMING: readonly ((mark: string) => string)[] = [
  (mark) => `ECONNREFUSED at ws://claw.example.com:18789${mark} Then nothing`,
  (mark) => `WebSocket connection to ws://claw.example.com:18789${mark} failed`,
  (mark) =>
    `gateway connect failed: gateway closed (1006)\nGateway target: ws://claw.example.com:18789${mark}`,
];

test("targets", async () => {
  for (const naming of NAMING)
    for (const mark of MARKS) {
      const text = naming(mark);
      const targets = (await eventsOf(text)).flatMap((event) =>
        event.type === "client-error" && event.target !== undefined ? [event.target] : [],
      );
      assert.deepEqual([...new Set(targets)], ["ws://claw.example.com:18789"], text);
    }
});

test("an IPv6 address keeps its bracket", async () => {
  const [event] = await eventsOf("ECONNREFUSED at ws://[::1]. Then nothing about localhost");
  assert.equal(event?.type === "client-error" ? event.target : undefined, "ws://[::1]");
});

test("files", async () => {
  for (const mark of MARKS.filter((one) => one.length < 2 && !"」』”".includes(one))) {
    const text = `gateway connect failed: gateway closed (1006)\nGateway target: ws://127.0.0.1:18789\nConfig: /srv/openclaw.json${mark}`;
    const [event] = (await eventsOf(text)).filter(({ type }) => type === "client-error");
    assert.equal(event?.type === "client-error" ? event.configPath : undefined, "/srv/openclaw.json", text);
  }
});
