/** Popular advice, against what was measured with it (BEHAVIOUR.md 2, 7, 8). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PopularId, popularAdvice } from "../src/admission/popular.ts";
import type { AdmissionInput, Connection } from "../src/core/connection.ts";

function browser(release: string, change: Partial<Connection> = {}): AdmissionInput {
  return {
    release,
    config: { gateway: { port: 18789, bind: "lan", auth: { mode: "token", token: true } } },
    connection: {
      remoteAddress: "172.18.0.1",
      headers: { host: "127.0.0.1:18789", origin: "http://127.0.0.1:18789" },
      client: { id: "openclaw-control-ui", mode: "webchat" },
      role: "operator",
      scopes: ["operator.admin"],
      auth: "valid",
      device: { state: "unpaired" },
      ...change,
    },
  };
}

function verdict(input: AdmissionInput, id: PopularId): string | undefined {
  return popularAdvice(input).find((advice) => advice.id === id)?.verdict;
}

const LAN = {
  remoteAddress: "192.168.1.20",
  headers: { host: "192.168.1.5:18789", origin: "http://192.168.1.5:18789" },
} as const;

describe("allowInsecureAuth, for a browser at a published port or on the LAN", () => {
  for (const [release, change, expected] of [
    ["2026.2.1", {}, "admits"],
    ["2026.2.19", {}, "admits"],
    ["2026.2.21", {}, "no-effect"],
    ["2026.3.13", {}, "no-effect"],
    ["2026.7.1", LAN, "no-effect"],
    ["2026.9.6", LAN, "unknown-key"],
  ] as const) {
    test(`${release}: ${expected}`, () =>
      assert.equal(verdict(browser(release, change), "allow-insecure-auth"), expected));
  }
});

test("dangerouslyDisableDeviceAuth works up to 2026.7.35 and is ignored from 2026.8.1", () => {
  assert.equal(verdict(browser("2026.7.35", LAN), "disable-device-auth"), "admits");
  assert.equal(verdict(browser("2026.9.6", LAN), "disable-device-auth"), "ignored");
});

test("trusting Docker's bridge mends no pairing, and makes an outage of it from 2026.8.1", () => {
  assert.equal(verdict(browser("2026.3.13"), "trust-peer"), "no-effect");
  const later = popularAdvice(browser("2026.9.6", { auth: "missing" })).find(({ id }) => id === "trust-peer");
  assert.deepEqual(later, { id: "trust-peer", verdict: "other-gate", refusedAt: "proxy-attribution" });
});

test("every origin allowed mends the origin and shows the next gate; 2026.2.1 does not know the key", () => {
  const foreign = { headers: { host: "a.example", origin: "https://a.example" }, remoteAddress: "192.0.2.9" };
  assert.deepEqual(
    popularAdvice(browser("2026.3.13", foreign)).find(({ id }) => id === "allow-every-origin"),
    { id: "allow-every-origin", verdict: "other-gate", refusedAt: "pairing" },
  );
  assert.equal(verdict(browser("2026.2.1"), "allow-every-origin"), "unknown-key");
});

test("nobody needs advice who is admitted", () => {
  assert.deepEqual(popularAdvice(browser("2026.9.6")), []);
});
