import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KNOWN_KEYS, keyProblems } from "../src/config/keys.ts";
import { closest } from "../src/core/closest.ts";
import { atLeast, compareReleases } from "../src/core/release.ts";

/** config, release, expected `kind key` (empty: no problem). */
const GRID: readonly (readonly [unknown, string | undefined, readonly string[]])[] = [
  [{ gateway: { controlUi: { allowInsecureAuth: true } } }, "2026.7.35", []],
  [
    { gateway: { controlUi: { allowInsecureAuth: true } } },
    "2026.8.1",
    ["retired-key gateway.controlUi.allowInsecureAuth"],
  ],
  [{ gateway: { controlUi: { allowInsecureAuth: true } } }, undefined, []],
  [{ gateway: { controlUi: { dangerouslyDisableDeviceAuth: true } } }, "2026.7.35", []],
  [
    { gateway: { controlUi: { dangerouslyDisableDeviceAuth: true } } },
    "2026.9.6",
    ["ignored-key gateway.controlUi.dangerouslyDisableDeviceAuth"],
  ],
  [{ gateway: { controlUi: { dangerouslyDisableDeviceAuth: false } } }, "2026.9.6", []],
  [
    { gateway: { controlUi: { allowedOrigins: ["*"] } } },
    "2026.2.1",
    ["unknown-key gateway.controlUi.allowedOrigins"],
  ],
  [{ gateway: { controlUi: { allowedOrigins: ["*"] } } }, "2026.2.2", []],
  [
    { gateway: { controlUi: { allowedOrigins: "https://x" } } },
    "2026.3.13",
    ["wrong-type gateway.controlUi.allowedOrigins"],
  ],
  [
    { gateway: { controlUi: { allowedOrigin: ["*"] } } },
    "2026.3.13",
    ["unknown-key gateway.controlUi.allowedOrigin"],
  ],
  [
    { gateway: { controlUi: { allow_insecure_auth: true } } },
    undefined,
    ["unknown-key gateway.controlUi.allow_insecure_auth"],
  ],
  [
    { gateway: { controlUi: { basePath: "https://your-domain.com" } } },
    "2026.9.6",
    ["wrong-type gateway.controlUi.basePath"],
  ],
  [{ gateway: { controlUi: { basePath: "/claw" } } }, "2026.9.6", []],
  [
    { gateway: { controlUi: { allowInsecureAuth: "true" } } },
    "2026.2.1",
    ["wrong-type gateway.controlUi.allowInsecureAuth"],
  ],
  [{ gateway: { auth: { mode: "none" } } }, "2026.2.1", ["wrong-type gateway.auth.mode"]],
  [{ gateway: { auth: { mode: "none" } } }, "2026.3.13", []],
  [{ gateway: { auth: { mode: "trusted-proxy" } } }, "2026.2.12", ["wrong-type gateway.auth.mode"]],
  [{ gateway: { auth: { mode: "tokn" } } }, undefined, ["wrong-type gateway.auth.mode"]],
  [{ gateway: { bind: "0.0.0.0" } }, "2026.9.6", ["wrong-type gateway.bind"]],
  [{ gateway: { port: "18789" } }, "2026.9.6", ["wrong-type gateway.port"]],
  [{ gateway: { token: "x" } }, "2026.2.1", ["unknown-key gateway.token"]],
  [{ controlUi: { allowInsecureAuth: true } }, "2026.2.1", ["unknown-key controlUi"]],
  [{ gateway: { trustedProxies: [1] } }, undefined, ["wrong-type gateway.trustedProxies"]],
  [{ gateway: { trustedProxies: ["127.0.0.1"], mode: "local", bind: "lan" } }, "2026.2.1", []],
  [{ gateway: { somethingOfTomorrow: 1 } }, "2026.12.1", []],
  [{ gateway: { somethingOfTomorrow: 1 } }, "2026.9.6", ["unknown-key gateway.somethingOfTomorrow"]],
  [{ gateway: { constructor: 1 } }, "2026.9.6", ["unknown-key gateway.constructor"]],
  [{ gateway: [] }, undefined, ["wrong-type gateway"]],
  ["text", undefined, []],
];

describe("keys of the config by release", () => {
  for (const [config, release, expected] of GRID)
    test(`${JSON.stringify(config)} on ${release ?? "any release"}`, () => {
      assert.deepEqual(
        keyProblems(config, release).map(({ kind, key }) => `${kind} ${key}`),
        expected,
      );
    });

  test("what lies between two looked-at releases is not judged", () => {
    // rateLimit: not in 2026.2.12, in 2026.2.17.
    const config = { gateway: { auth: { rateLimit: {} } } };
    assert.equal(keyProblems(config, "2026.2.12").length, 1);
    assert.equal(keyProblems(config, "2026.2.15").length, 0);
    assert.equal(keyProblems(config, "2026.2.17").length, 0);
  });

  test("a suggestion names the key that was meant", () => {
    const [problem] = keyProblems({ gateway: { controlUi: { allowedorigin: [] } } }, undefined);
    assert.match(problem?.detail ?? "", /gateway\.controlUi\.allowedOrigins\?$/);
  });

  test("every boundary of the table is two releases in order", () => {
    for (const [key, { without, since, until, gone }] of Object.entries(KNOWN_KEYS)) {
      if (without !== undefined) assert.ok(compareReleases(without, since ?? "") < 0, key);
      if (until !== undefined) assert.ok(compareReleases(until, gone ?? "") < 0, key);
    }
  });

  test("ten thousand odd keys give a bounded list", () => {
    const gateway = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, 1]));
    assert.ok(keyProblems({ gateway }, "2026.9.6").length <= 50);
  });
});

test("a release that is not known is at least nothing", () => {
  assert.equal(atLeast(undefined, "2026.2.1"), undefined);
  assert.equal(atLeast("dev", "2026.2.1"), undefined);
  assert.equal(atLeast("2026.2.1-1", "2026.2.1"), true);
  assert.equal(atLeast("2026.2.1-beta.1", "2026.2.1"), false);
});

test("closest is near, or nothing", () => {
  assert.equal(closest("trustedProxy", ["trustedProxies", "port"]), undefined);
  assert.equal(closest("trusted-proxies", ["trustedProxies", "port"]), "trustedProxies");
  assert.equal(closest("xyz", ["trustedProxies", "port"]), undefined);
});
