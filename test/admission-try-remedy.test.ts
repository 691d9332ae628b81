/** Remedies tried on the model, start-up refusals, and what waits behind a gate. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gatesAhead } from "../src/admission/gates-ahead.ts";
import { browserDevice, isSecureContext } from "../src/admission/page.ts";
import { applySteps, keyStatus, startupProblem, tryRemedy } from "../src/admission/try-remedy.ts";
import type { AdmissionConfig, AdmissionInput, Connection } from "../src/core/connection.ts";
import type { Remedy, Step } from "../src/core/finding.ts";

const LAN: AdmissionConfig = { gateway: { port: 18789, bind: "lan", auth: { mode: "token", token: true } } };

function newBrowser(release: string, change: Partial<Connection> = {}, config = LAN): AdmissionInput {
  return {
    release,
    config,
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

const set = (key: string, value: boolean | string | readonly string[]): Step => ({
  do: "config.set",
  key,
  value,
});
const remedy = (...steps: readonly Step[]): Remedy => ({ id: "x", risk: "restart", steps });
const INSECURE = remedy(set("gateway.controlUi.allowInsecureAuth", true));
const DISABLE = remedy(set("gateway.controlUi.dangerouslyDisableDeviceAuth", true));
const APPROVE = remedy({ do: "device.list" }, { do: "device.approve" });

function after(input: AdmissionInput, change: Remedy): string {
  const answer = tryRemedy(input, change);
  return answer.outcome === "admitted" ? "in" : (answer.reason ?? "?");
}

describe("the popular advice, on a browser at a published Docker port", () => {
  const table: Readonly<Record<string, readonly [string, string, string]>> = {
    // release: allowInsecureAuth, dangerouslyDisableDeviceAuth, devices approve
    "2026.1.29": ["in", "in", "in"],
    "2026.2.19": ["in", "in", "in"],
    "2026.2.21": ["not-paired", "in", "in"],
    "2026.3.13": ["not-paired", "in", "in"],
    "2026.4.5": ["not-paired", "in", "in"],
    "2026.4.7": ["in", "in", "in"],
    "2026.5.20": ["not-paired", "in", "in"],
    "2026.9.6": ["in", "in", "in"],
  };
  for (const [release, expected] of Object.entries(table)) {
    test(release, () => {
      const input = newBrowser(release);
      assert.deepEqual([after(input, INSECURE), after(input, DISABLE), after(input, APPROVE)], expected);
    });
  }
});

describe("the same on the LAN address of 2026.8.1 and later", () => {
  const page = { headers: { host: "192.168.1.5:18789", origin: "http://192.168.1.5:18789" } };
  for (const [release, expected] of [
    ["2026.7.35", ["not-paired", "in", "in"]],
    ["2026.8.1", ["not-paired", "not-paired", "in"]],
    ["2026.9.6", ["not-paired", "not-paired", "in"]],
  ] as const) {
    test(release, () => {
      const input = newBrowser(release, { remoteAddress: "192.168.1.20", ...page });
      assert.deepEqual([after(input, INSECURE), after(input, DISABLE), after(input, APPROVE)], expected);
    });
  }
});

test("a key that the release does not know stays out of the config", () => {
  const steps = [set("gateway.controlUi.allowedOrigins", ["https://a.example"])];
  const config = { gateway: { ...LAN.gateway, port: 1 } };
  assert.deepEqual(applySteps(newBrowser("2026.2.1", {}, config), steps).config, config);
  assert.deepEqual(applySteps(newBrowser("2026.2.2", {}, config), steps).config.gateway?.controlUi, {
    allowedOrigins: ["https://a.example"],
  });
});

test("steps change nested keys and nothing else", () => {
  const input = newBrowser("2026.9.6");
  const there = applySteps(input, [set("gateway.a.b.c", "x"), { do: "config.unset", key: "gateway.bind" }]);
  assert.deepEqual(there.config, {
    gateway: { port: 18789, auth: { mode: "token", token: true }, a: { b: { c: "x" } } },
  });
  assert.deepEqual(input.config, LAN);
  const polluted = applySteps(input, [set("__proto__.polluted", true), set("gateway.constructor.x", true)]);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(polluted.config.gateway?.bind, "lan");
});

test("a remedy with which the gateway does not start lets nobody in", () => {
  const toNone = remedy(set("gateway.auth.mode", "none"));
  const answer = tryRemedy(newBrowser("2026.9.6"), toNone);
  assert.deepEqual(
    [answer.outcome, answer.reason, answer.gate],
    ["refused", "gateway-does-not-start", undefined],
  );
});

describe("configs with which a release does not start", () => {
  const origins = { gateway: { ...LAN.gateway, controlUi: { allowedOrigins: ["https://a.example"] } } };
  const proxy = {
    gateway: {
      bind: "lan",
      trustedProxies: ["10.0.0.2"],
      auth: { mode: "trusted-proxy", token: true, trustedProxy: { userHeader: "x-user" } },
    },
  };
  const table: readonly (readonly [string, AdmissionConfig, string | undefined])[] = [
    ["2026.2.1", origins, "gateway.controlUi.allowedOrigins"],
    ["2026.2.2", origins, undefined],
    ["2026.2.22", LAN, undefined],
    ["2026.2.23", LAN, "gateway.controlUi.allowedOrigins"],
    ["2026.2.26", LAN, "gateway.controlUi.allowedOrigins"],
    ["2026.2.26", origins, undefined],
    ["2026.3.1", LAN, undefined],
    ["2026.2.1", { gateway: { auth: { mode: "none" } } }, "gateway.auth.mode"],
    ["2026.3.13", { gateway: { auth: { mode: "none" } } }, undefined],
    ["2026.3.13", { gateway: { bind: "lan", auth: { mode: "none" } } }, "gateway.auth.mode"],
    ["2026.9.6", { gateway: { bind: "lan", auth: { mode: "none" } } }, "gateway.auth.mode"],
    ["2026.3.28", proxy, undefined],
    ["2026.3.31", proxy, "gateway.auth.token"],
    ["2026.9.6", { gateway: { ...LAN.gateway, tailscale: { mode: "serve" } } }, "gateway.bind"],
    ["2026.9.6", {}, undefined],
  ];
  for (const [release, config, key] of table) {
    test(`${release} ${JSON.stringify(config).slice(0, 80)}`, () => {
      assert.equal(startupProblem(release, config)?.key, key);
    });
  }
});

test("what a key does, by release", () => {
  const status = (key: string, ...releases: readonly string[]) =>
    releases.map((release) => keyStatus(release, key));
  assert.deepEqual(
    status(
      "gateway.controlUi.allowInsecureAuth",
      "2026.2.19",
      "2026.2.21",
      "2026.2.22",
      "2026.7.35",
      "2026.8.1",
    ),
    ["works", "no-effect", "no-effect", "no-effect", "unknown-key"],
  );
  assert.deepEqual(
    status("gateway.controlUi.dangerouslyDisableDeviceAuth", "2026.1.29", "2026.7.35", "2026.8.1"),
    ["works", "works", "retired"],
  );
  assert.deepEqual(status("gateway.controlUi.allowedOrigins", "2026.2.1", "2026.2.2"), [
    "unknown-key",
    "works",
  ]);
  assert.deepEqual(status("gateway.trustedProxies", "2026.1.29", "2026.9.6"), ["works", "works"]);
});

test("what waits behind the first gate", () => {
  const behind = (input: AdmissionInput) => gatesAhead(input).map(({ gate }) => gate);
  const proxied = {
    remoteAddress: "127.0.0.1",
    headers: {
      host: "claw.example.com",
      origin: "https://claw.example.com",
      "x-forwarded-for": "203.0.113.7",
    },
  };
  assert.deepEqual(behind(newBrowser("2026.9.6", { ...proxied, auth: "missing" })), [
    "origin",
    "shared-auth",
    "pairing",
  ]);
  assert.deepEqual(behind(newBrowser("2026.3.13", { ...proxied, device: { state: "absent" } })), [
    "device-identity",
    "pairing",
  ]);
  assert.deepEqual(behind(newBrowser("2026.3.13")), []);
  assert.deepEqual(behind(newBrowser("2026.9.6")), []);
});

test("secure contexts, and the device that a page brings", () => {
  const secure = [
    "https://a.example",
    "http://localhost:1",
    "http://127.0.0.1:1",
    "http://[::1]:1",
    "http://x.localhost",
  ];
  const insecure = ["http://192.168.1.5:18789", "http://gateway.local", "ftp://localhost", "not a url", ""];
  assert.deepEqual(secure.filter(isSecureContext), secure);
  assert.deepEqual(insecure.filter(isSecureContext), []);
  assert.deepEqual(
    ["2026.7.35", "2026.8.1"].map((release) => [browserDevice(release, false), browserDevice(release, true)]),
    [
      ["absent", "unpaired"],
      ["unpaired", "unpaired"],
    ],
  );
});
