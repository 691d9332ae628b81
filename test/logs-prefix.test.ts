import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripPrefixes } from "../src/logs/prefix.ts";
import { createScanner } from "../src/logs/scan.ts";

const TEXT =
  "[ws] closed before connect conn=823f4c49-0001-4000-8000-000000000001 remote=192.168.65.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 code=1008 reason=pairing required";
const OWN = "2026-02-01T06:35:03.089Z";

/** Each takes a line and gives it as a tool would show it; `via` is the name that must be remembered. */
const WRAPPERS: readonly { name: string; wrap: (line: string) => string; via?: string }[] = [
  { name: "compose", wrap: (line) => `openclaw-gateway-1  | ${line}`, via: "openclaw-gateway-1" },
  { name: "compose, beginning lost", wrap: (line) => `penclaw-gateway  | ${line}`, via: "penclaw-gateway" },
  {
    name: "compose, coloured",
    wrap: (line) => `\u001b[36mopenclaw-gateway-1  | \u001b[0m${line}`,
    via: "openclaw-gateway-1",
  },
  { name: "docker logs -t", wrap: (line) => `2026-02-01T06:35:03.089123456Z ${line}` },
  {
    name: "kubectl --prefix",
    wrap: (line) => `[pod/openclaw-5d9c7f-abcde/gateway] ${line}`,
    via: "openclaw-5d9c7f-abcde/gateway",
  },
  {
    name: "stern",
    wrap: (line) => `openclaw-5d9c7f-abcde gateway ${line}`,
    via: "openclaw-5d9c7f-abcde/gateway",
  },
  {
    name: "stern with arrow",
    wrap: (line) => `openclaw-5d9c7f-abcde › gateway ${line}`,
    via: "openclaw-5d9c7f-abcde/gateway",
  },
  { name: "journald short", wrap: (line) => `Nov 22 12:00:00 host openclaw[123]: ${line}`, via: "openclaw" },
  {
    name: "journald short-iso",
    wrap: (line) => `2026-11-22T12:00:00+0000 host openclaw[123]: ${line}`,
    via: "openclaw",
  },
  { name: "syslog", wrap: (line) => `<30>Nov  2 12:00:00 host openclaw: ${line}`, via: "openclaw" },
  {
    name: "syslog 5424",
    wrap: (line) => `<30>1 2026-11-22T12:00:00.000Z host openclaw 123 - - ${line}`,
    via: "openclaw",
  },
  { name: "CRI", wrap: (line) => `2026-02-01T06:35:03.089123456Z stdout F ${line}` },
  {
    name: "Docker json-file",
    wrap: (line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-02-01T06:35:03.1Z" }),
  },
  {
    name: "journalctl -o json",
    wrap: (line) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: "1769927703089000",
        MESSAGE: line,
        _SYSTEMD_USER_UNIT: "openclaw-gateway.service",
      }),
    via: "openclaw-gateway.service",
  },
  {
    name: "journalctl -o json, bytes",
    wrap: (line) =>
      JSON.stringify({ SYSLOG_IDENTIFIER: "openclaw", MESSAGE: [...new TextEncoder().encode(line)] }),
    via: "openclaw",
  },
  {
    name: "journald short-full",
    wrap: (line) => `Sun 2026-11-22 12:00:00 UTC host openclaw[123]: ${line}`,
    via: "openclaw",
  },
  {
    name: "swarm",
    wrap: (line) => `openclaw_gateway.1.abc@node-1    | ${line}`,
    via: "openclaw_gateway.1.abc@node-1",
  },
  {
    name: "platform export",
    wrap: (line) =>
      JSON.stringify({ message: line, timestamp: "2026-02-01T06:35:04.000Z", severity: "warn" }),
  },
  { name: "quote", wrap: (line) => `> ${line}` },
  { name: "twice quoted", wrap: (line) => `>> > ${line}` },
  { name: "indented", wrap: (line) => `      ${line}` },
  { name: "list item", wrap: (line) => `- ${line}` },
  { name: "inline code", wrap: (line) => `\`${line}\`` },
  { name: "colours", wrap: (line) => `\u001b[33m${line}\u001b[39m` },
];

function refusal(line: string) {
  const scanner = createScanner("x");
  const events = [...scanner.push(`${line}\n`), ...scanner.end()];
  assert.equal(events.length, 1, line);
  const [event] = events;
  assert.equal(event?.type, "refused", line);
  return event?.type === "refused" ? event : undefined;
}

describe("one wrapper, with and without the gateway's own time", () => {
  for (const { name, wrap, via } of WRAPPERS) {
    it(name, () => {
      for (const own of [`${OWN} `, ""]) {
        const event = refusal(wrap(`${own}${TEXT}`));
        assert.equal(event?.conn, "823f4c49-0001-4000-8000-000000000001");
        assert.equal(event?.remote, "192.168.65.1");
        assert.equal(event?.ua, "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0");
        assert.equal(event?.reason, "pairing required");
        assert.equal(event?.via, via);
        if (own !== "") assert.equal(event?.at, OWN);
      }
    });
  }
});

describe("wrappers nest", () => {
  for (const outer of WRAPPERS) {
    it(`${outer.name} around every other`, () => {
      for (const inner of WRAPPERS) {
        // Two words before anything else could be a sentence: stern's plain form is known only by what follows.
        if (outer.name === "stern" && !/^(?:\d{4}-|\[pod|\{")/.test(inner.wrap(""))) continue;
        const event = refusal(outer.wrap(inner.wrap(`${OWN} ${TEXT}`)));
        assert.equal(event?.reason, "pairing required", inner.name);
        assert.equal(event?.at, OWN, inner.name);
        assert.equal(event?.via, inner.via ?? outer.via, inner.name);
      }
    });
  }
});

it("the gateway's JSON line survives its wrappers", () => {
  const line = JSON.stringify({
    0: '{"subsystem":"gateway/ws"}',
    1: { cause: "pairing-required", reason: "not-paired" },
    2: TEXT.slice(5),
    _meta: {},
    time: OWN,
  });
  for (const { name, wrap } of WRAPPERS) {
    if (name === "inline code" || name === "colours") continue;
    const event = refusal(wrap(line));
    assert.deepEqual(
      [event?.cause, event?.why, event?.at, event?.form],
      ["pairing-required", "not-paired", OWN, "json"],
      name,
    );
  }
});

it("takes the time from the outside when the gateway wrote only the clock", () => {
  assert.equal(
    stripPrefixes(`2026-02-01T06:35:03.089123456Z 06:35:03 ${TEXT}`).at,
    "2026-02-01T06:35:03.089123456Z",
  );
});

it("leaves lines alone that only look wrapped", () => {
  for (const text of [
    "Device pairing required",
    "a sentence | with a bar",
    "[ws] text",
    '{"error":{"message":"x"}}',
    "gateway closed (1008): x",
  ]) {
    assert.equal(stripPrefixes(text).text, text);
  }
});

it("gives up after some layers instead of going on for ever", () => {
  const { text } = stripPrefixes(`${"> | ".repeat(5000)}${TEXT}`);
  assert.ok(text.length > 0);
});
