import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../checks/index.ts";
import { isListed, isUnlisted } from "../checks/lib/device-list.ts";
import type { GateFacts } from "../checks/lib/explain-refusals.ts";
import type { Facts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { DeviceList, Refusal } from "../src/core/facts.ts";
import { quoted } from "../src/core/saying.ts";

const nothing = unknown("not-asked", quoted("not in this test"));

function factsOf(refusals: readonly Refusal[], list: DeviceList | undefined, version: string): Facts {
  return {
    refusals: known(refusals, "log"),
    devices: list === undefined ? nothing : known(list, "devices"),
    release: known({ version, confidence: "certain", from: "said" }, "said"),
    ...Object.fromEntries(
      ["logs", "config", "probe", "deployment", "target", "assessment", "host"].map((name) => [
        name,
        nothing,
      ]),
    ),
  } as unknown as Facts;
}

function firstOf(refusal: Refusal, list: DeviceList | undefined, version: string): string | undefined {
  return diagnose(checks, factsOf([refusal], list, version), { describeError: String }).findings[0]?.id;
}

const refusal = (more: Partial<Refusal>): Refusal => ({
  from: "log",
  gate: "pairing",
  connection: { remoteAddress: "127.0.0.1", headers: { host: "127.0.0.1:18789" } },
  client: "cli",
  count: 1,
  over: false,
  evidence: [{ fact: "logs", source: "log:1", quote: "a line" }],
  ...more,
});
const list = (...ids: readonly string[]): DeviceList => ({
  pending: [],
  paired: ids.map((deviceId) => ({ deviceId, scopes: [] })),
  store: "json",
});

test("an empty list: words that mean either token mean the shared one", () => {
  const token = refusal({ gate: "shared-auth", reason: "device_token_mismatch", client: "control-ui" });
  assert.equal(firstOf(token, list(), "2026.2.19"), "gateway-token-mismatch");
  assert.equal(firstOf(token, list("d1"), "2026.2.19"), "device-token-mismatch");
  assert.equal(firstOf(token, undefined, "2026.2.19"), "device-token-mismatch");
  // From 2026.2.22 the words mean the device's token alone; one that was removed has none.
  assert.equal(firstOf(token, list(), "2026.5.28"), "device-token-mismatch");
});

test("a local client without a reason asks for more only if its device was approved", () => {
  assert.equal(firstOf(refusal({ deviceId: "d1" }), list("d1"), "2026.2.9"), "scope-upgrade-pending");
  assert.equal(firstOf(refusal({ deviceId: "d1" }), list("d2"), "2026.2.9"), "first-time-not-paired");
  assert.equal(firstOf(refusal({}), list(), "2026.2.9"), "first-time-not-paired");
});

test("a browser from elsewhere that is in the list asks for more", () => {
  const page = refusal({
    client: "control-ui",
    deviceId: "d1",
    connection: {
      remoteAddress: "10.1.2.3",
      headers: { host: "10.1.2.9:18789", origin: "http://10.1.2.9:18789" },
    },
  });
  assert.equal(firstOf(page, list("d1"), "2026.3.13"), "scope-upgrade-pending");
  assert.equal(firstOf(page, list("d2"), "2026.3.13"), "first-time-not-paired");
});

test("a list that is damaged rules nothing out", () => {
  const damaged: DeviceList = { ...list(), problems: [{ kind: "not-json", path: "x", detail: "y" }] };
  const facts = {
    refusals: [],
    wanted: { devices: known(damaged, "devices") },
    sources: {},
  } as unknown as GateFacts;
  assert.equal(isUnlisted(refusal({}), facts), false);
  assert.equal(isListed(refusal({ deviceId: "d1" }), facts), false);
});
