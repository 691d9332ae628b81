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
    ["I can't get in (pairing required)", ["pairing required"]],
    ["'origin not allowed' is gone? no. pairing required", ["origin not allowed"]],
    ["'origin not allowed' is not shown, just device identity required", ["device identity required"]],
    ["'pairing required' does not appear on localhost, only on the LAN", ["pairing required"]],
    ["neither 'origin not allowed' nor 'pairing required'", []],
    ["I used to get 'origin not allowed', now it is pairing required", ["pairing required"]],
    ["origin not allowed, which I fixed, and now device identity required", ["device identity required"]],
    ["fixed 'pairing required' on loopback", []],
  ] as const)
    it(text, async () => assert.deepEqual(await refused(text), messages));
});

it("the clause counts, not the whole sentence", () => {
  const text = "I have no Docker, but kubernetes";
  assert.equal(stanceOf(text, text.indexOf("Docker"), 6), "denied");
  assert.equal(stanceOf(text, text.indexOf("kubernetes"), 10), "own");
});

describe("one vocabulary: what denies a product denies a refusal and a paired device", () => {
  const WAYS = [
    "There is no",
    "We have no",
    "It is not",
    "it isn't",
    "it isn’t",
    "I don't have",
    "I did not see",
    "We never had",
    "neither a bug nor",
    "without any",
    "it is no longer",
    "rather than",
    "没有",
    "并非",
    "从未出现",
    "不再是",
  ] as const;
  const eventsAbout = async (text: string, type: string) => {
    const { events } = await digestLogs([{ name: "ticket", chunks: [`${text}\n`] }]);
    return events.filter((event) => event.type === type);
  };
  for (const way of WAYS)
    it(`${way} …`, async () => {
      for (const product of ["Docker", "kubernetes"])
        assert.deepEqual(await eventsAbout(`${way} ${product}`, "setting"), [], product);
      for (const words of ["pairing required", "origin not allowed", "device identity required"])
        assert.deepEqual(await eventsAbout(`${way} '${words}'`, "client-error"), [], words);
    });

  for (const text of [
    "my phone is not paired",
    "my phone isn't paired",
    "they never are paired",
    "neither my laptop nor the phone is paired",
    "我的手机没有显示已配对",
    "手机并非已经配对",
  ])
    it(text, async () => assert.deepEqual(await eventsAbout(text, "aside"), []));
  for (const text of ["my phone is already paired", "两台设备都已配对"])
    it(text, async () => assert.equal((await eventsAbout(text, "aside")).length, 1));
});
