import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigReading, DeviceList, Refusal } from "../src/core/facts.ts";
import type { LogDigest, RefusalGroup, RefusedEvent } from "../src/core/log-event.ts";
import { isOfBefore, mendedLast, withoutMended } from "../src/core/mended-since.ts";

const origin = "https://claw.example.test";
const headers = { origin, host: "claw.example.test" };
const AT = "2026-11-22T10:00:00.000Z";
const EARLIER = "2026-11-22T09:59:59.999Z";
const LATER = "2026-11-22T10:00:00.001Z";

const refusal = (more: Partial<Refusal>): Refusal => ({
  from: "log",
  gate: "origin",
  connection: { headers },
  client: "control-ui",
  count: 1,
  lastAt: AT,
  over: false,
  evidence: [],
  ...more,
});
const config = (changedAt: string | undefined, allowedOrigins = [origin]): ConfigReading => ({
  path: "/x/openclaw.json",
  stateDir: "/x",
  effective: { gateway: { controlUi: { allowedOrigins } } },
  origins: {},
  problems: [],
  exists: true,
  ...(changedAt === undefined ? {} : { changedAt }),
});
const devices = (at: string, pending: DeviceList["pending"] = []): DeviceList => ({
  pending,
  paired: [{ deviceId: "d1", scopes: [], at }],
  store: "json",
});
const overs = (refusals: readonly Refusal[]) => refusals.map(({ over }) => over);

for (const [what, since, over] of [
  ["in the list since", config(LATER), true],
  ["refused again after the list was written", config(EARLIER), false],
  ["in a list of which the time is not known", config(undefined), false],
  ["not in the list", config(LATER, ["https://claw.example.test:8443"]), false],
] as const)
  test(`an origin ${what}: ${over ? "over" : "stands"}`, () => {
    assert.deepEqual(overs(withoutMended([refusal({})], { config: since })), [over]);
  });

const trusting = (changedAt: string | undefined, trustedProxies: readonly string[]): ConfigReading => ({
  ...config(changedAt),
  effective: { gateway: { trustedProxies } },
});

for (const [what, since, over] of [
  ["trusted since, by its address", trusting(LATER, ["10.9.0.7"]), true],
  ["trusted since, by a range that may hold its clients", trusting(LATER, ["10.9.0.0/16"]), false],
  ["trusted since, and refused again", trusting(EARLIER, ["10.9.0.7"]), false],
  ["not among the trusted ones", trusting(LATER, ["10.8.0.0/16"]), false],
  ["trusted since a time that nobody knows", trusting(undefined, ["10.9.0.7"]), false],
] as const)
  test(`a proxy ${what}: ${over ? "over" : "stands"}`, () => {
    const refused = refusal({ gate: "proxy-attribution", connection: { remoteAddress: "10.9.0.7" } });
    assert.deepEqual(overs(withoutMended([refused], { config: since })), [over]);
  });

test("what the file says now was not in force for a line of before", () => {
  assert.equal(isOfBefore(refusal({}), config(LATER)), true);
  assert.equal(isOfBefore(refusal({}), config(EARLIER)), false);
  assert.equal(isOfBefore(refusal({}), config(undefined)), false);
});

test("another gate, and what was met just now, is not over by a list of origins", () => {
  const met = [{ fact: "probe", source: "ws://127.0.0.1:18789/", quote: "1008 origin not allowed" }] as const;
  const others = [refusal({ gate: "pairing" }), refusal({ from: "probe" }), refusal({ evidence: met })];
  assert.deepEqual(overs(withoutMended(others, { config: config(LATER) })), [false, false, false]);
});

test("of the log's pages those that are still refused come first, in their order", () => {
  const group = (from: string, gate: RefusalGroup["gate"] = "origin"): RefusalGroup => ({
    count: 1,
    lastAt: AT,
    gate,
    connectedLater: false,
    latest: { type: "refused", source: "log", line: 1, quote: "", origin: from } as RefusedEvent,
  });
  const groups = [group(origin), group("https://b.test"), group(origin, "pairing"), group("https://c.test")];
  const logs = { refusals: groups } as unknown as LogDigest;
  const order = (since: ConfigReading | undefined) =>
    mendedLast(logs, since).refusals.map((one) => groups.indexOf(one));
  assert.deepEqual(order(config(LATER)), [1, 2, 3, 0]);
  assert.deepEqual(order(config(EARLIER)), [0, 1, 2, 3]);
  assert.deepEqual(order(undefined), [0, 1, 2, 3]);
});

const pairing = refusal({ gate: "pairing", deviceId: "d1", requestId: "r1" });
const foretold = refusal({ from: "model", gate: "pairing", count: 0 });

test("a device that was approved since: over, and no other device is foretold on its way", () => {
  const left = withoutMended([pairing, foretold], { devices: devices(LATER) });
  assert.deepEqual(overs(left), [true]);
  const elsewhere = refusal({ ...foretold, connection: { headers: { ...headers, host: "other.test" } } });
  assert.deepEqual(overs(withoutMended([pairing, elsewhere], { devices: devices(LATER) })), [true, false]);
});

test("a device that was approved before asks for more; one that waits is not approved", () => {
  const waiting = [{ requestId: "r2", deviceId: "d1", scopes: [] }];
  for (const list of [devices(EARLIER), devices(LATER, waiting)])
    assert.deepEqual(overs(withoutMended([pairing, foretold], { devices: list })), [false, false]);
  assert.deepEqual(overs(withoutMended([pairing], {})), [false]);
});

const command = refusal({
  gate: "pairing",
  reason: "scope-upgrade",
  client: "cli",
  deviceId: "c1",
  connection: { remoteAddress: "127.0.0.1", headers: { host: "127.0.0.1:18789" } },
});

for (const [what, held, list, over] of [
  ["let a page in just after", command, devices(LATER), true],
  ["let a page in just before the gateway wrote that", command, devices(EARLIER), true],
  ["let nobody in", command, devices("2026-11-22T09:59:54.000Z"), false],
  ["is another day's than the approval", command, devices("2026-11-22T10:05:00.000Z"), false],
  ["came from elsewhere", { ...command, connection: { remoteAddress: "10.0.0.9" } }, devices(LATER), false],
  ["is a page's", { ...command, client: "control-ui" as const }, devices(LATER), false],
  ["is of a console that names nobody", { ...command, client: "unknown" as const }, devices(LATER), true],
] as const)
  test(`OpenClaw's own command was held back, and ${what}: ${over ? "over" : "stands"}`, () => {
    assert.deepEqual(overs(withoutMended([held], { devices: list })), [over]);
  });
