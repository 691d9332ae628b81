import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { noLogIn, onlyLog } from "../src/logs/no-log.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

for (const [what, input, expected] of [
  ["nothing", bytes(""), "empty"],
  ["blank lines", bytes("\n \n"), "empty"],
  ["a log that was packed", gzipSync("a"), "compressed"],
  ["a program", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0, 1, 0]), "binary"],
  ["a log in UTF-16", Buffer.from("\uFEFF[ws] closed", "utf16le"), undefined],
  ["an openclaw.json", bytes('// mine\n{\n  "gateway": { "bind": "lan" },\n}'), "config"],
  ["one without quotes", bytes("{\n  gateway: { port: 1 },\n}"), "config"],
  ["a Compose file", bytes("services:\n  openclaw-gateway:\n    image: x\n"), "compose"],
  ["docker inspect", bytes('[\n {\n  "Id": "1",\n  "HostConfig": {}\n }\n]'), "inspect"],
  [
    "a ticket with a config in it",
    bytes('My config:\n{\n "gateway": {}\n}\ndisconnected (1008): pairing required'),
    undefined,
  ],
  [
    "a config with a refusal below",
    bytes('{\n "gateway": {}\n}\ndisconnected (1008): pairing required'),
    undefined,
  ],
  ["a JSON log", bytes('{"0":"{\\"subsystem\\":\\"gateway/ws\\"}","1":"x"}'), undefined],
  ["a config on one line", bytes('{"gateway":{"port":18789,"bind":"lan"}}'), "config"],
  ["a log that bzip2 packed", bytes("BZh91AY&SY"), "compressed"],
  ["a Service in YAML", bytes("apiVersion: v1\nkind: Service\nmetadata:\n  name: openclaw\n"), "manifest"],
  ["a pod as kubectl shows it", bytes('{\n "apiVersion": "v1",\n "kind": "Pod"\n}'), "manifest"],
  ["a list of networks", bytes('[{"Name":"openclaw_default","IPAM":{}}]'), "json"],
  ["a list of devices", bytes('{ "pending": [], "paired": [] }'), "json"],
  ["an env file", bytes("# mine\nOPENCLAW_GATEWAY_PORT=18789\nTZ=UTC\n"), "env"],
  [
    "a gateway's own answer",
    bytes('{"error":{"type":"proxy_attribution_required","message":"x"}}'),
    undefined,
  ],
  ["one line of a JSON log", bytes('{"time":"2026-11-22T12:00:00Z","message":"x"}'), undefined],
  ["a JSON log of two lines", bytes('{"a":1}\n{"a":2}\n'), undefined],
  ["a log line with a setting in it", bytes("TZ=UTC\ngateway started\n"), undefined],
  ["a sentence about services", bytes("services: none of mine work"), undefined],
] as const)
  test(`${what}: ${expected ?? "read as a log"}`, () => assert.equal(noLogIn(input), expected));

test("what is no log is not read, and told once; a log is read whole", async () => {
  const told: string[] = [];
  const read = async (...parts: readonly Uint8Array[]) => {
    const chunks = (async function* () {
      yield* parts;
    })();
    const out: string[] = [];
    for await (const chunk of onlyLog(chunks, (what) => told.push(what)))
      out.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
    return out.join("");
  };
  assert.equal(await read(bytes('{\n "gateway": {}\n}'), bytes("more")), "");
  assert.equal(await read(), "");
  assert.equal(await read(bytes("[ws] a"), bytes("{ b")), "[ws] a{ b");
  assert.deepEqual(told, ["config", "empty"]);
});
