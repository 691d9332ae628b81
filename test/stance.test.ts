// What somebody denies, has taken away or tells of somebody else decides no finding.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestLogs } from "../src/logs/digest.ts";
import { stanceOf } from "../src/logs/stance.ts";

const eventsOf = async (text: string) =>
  (await digestLogs([{ name: "ticket", chunks: [`${text}\n`] }])).events.map((event) =>
    event.type === "setting" ? `${event.key} ${event.value}` : event.type,
  );

describe("a setting or a product that is not the writer's", () => {
  for (const text of [
    "no kubernetes here",
    "I don't have kubernetes, just npm install on my Mac",
    "Not running in Docker or Kubernetes",
    "I use neither Docker nor Kubernetes",
    "我没有用 Docker,也没有用 kubernetes",
    "Unlike my colleague who uses Kubernetes, I run it locally",
    "I do not use nginx, and I do not use tailscale serve",
    "I tried tailscale serve but removed it",
    "it happens without nginx",
  ])
    it(text, async () => assert.deepEqual(await eventsOf(text), []));
});

describe("one that is", () => {
  for (const [text, event] of [
    ["we run it in kubernetes", "orchestrator kubernetes"],
    ["no Docker, it runs in kubernetes", "orchestrator kubernetes"],
    ["nginx is in front of it", "proxy nginx"],
    ["It does not work behind caddy", "proxy caddy"],
    ["tailscale serve --bg 18789", "gateway.tailscale.mode serve"],
  ] as const)
    it(text, async () => assert.deepEqual(await eventsOf(text), [event]));
});

describe("the gateway's words that somebody has not met", () => {
  const refused = async (text: string) => {
    const { events } = await digestLogs([{ name: "ticket", chunks: [`${text}\n`] }]);
    return events.flatMap((event) => (event.type === "client-error" ? [event.message] : []));
  };
  for (const [text, messages] of [
    ["I don't get 'origin not allowed'. I only get pairing required (1008)", ["pairing required"]],
    ["We never saw 'pairing required'", []],
    ["it is not an “origin not allowed” error", []],
    ["The dashboard says no: pairing required", ["pairing required"]],
    ["It does not work, pairing required", ["pairing required"]],
  ] as const)
    it(text, async () => assert.deepEqual(await refused(text), messages));
});

it("the clause counts, not the whole sentence", () => {
  const text = "I have no Docker, but kubernetes";
  assert.equal(stanceOf(text, text.indexOf("Docker"), 6), "denied");
  assert.equal(stanceOf(text, text.indexOf("kubernetes"), 10), "own");
});
