/** What must hold of the model for any connection, whatever the release. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { admit } from "../src/admission/admit.ts";
import { gatesAhead } from "../src/admission/gates-ahead.ts";
import { browserDevice, isSecureContext, pageBehaviour } from "../src/admission/page.ts";
import { KNOWN_RELEASES, rulesFor } from "../src/admission/releases.ts";
import { applySteps, keyStatus, startupProblem, tryRemedy } from "../src/admission/try-remedy.ts";
import type {
  AdmissionConfig,
  AdmissionInput,
  Connection,
  ConnectionDevice,
  Credential,
} from "../src/core/connection.ts";

const release = fc.constantFrom(...KNOWN_RELEASES);
const address = fc.oneof(
  fc.constantFrom(
    "127.0.0.1",
    "::1",
    "::ffff:172.18.0.1",
    "172.18.0.1",
    "10.0.0.2",
    "203.0.113.9",
    "fe80::1%eth0",
    "",
  ),
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ maxLength: 20 }),
);
const host = fc.oneof(
  fc.constantFrom(
    "127.0.0.1:18789",
    "localhost",
    "[::1]:18789",
    "claw.example.com",
    "gw.local",
    "x.ts.net",
    "",
  ),
  fc.string({ maxLength: 30 }),
);
const originText = fc.oneof(
  fc.constantFrom(
    "http://127.0.0.1:18789",
    "https://claw.example.com",
    "null",
    "",
    "chrome-extension://abc",
    "http://[::1]",
  ),
  fc.string({ maxLength: 30 }),
);
const headers = fc.record(
  {
    host,
    origin: originText,
    "x-forwarded-for": fc.oneof(address, fc.constant("203.0.113.7, 127.0.0.1, ,")),
    "x-forwarded-proto": fc.constantFrom("https", ""),
    "x-forwarded-host": host,
    "x-real-ip": address,
    forwarded: fc.string({ maxLength: 20 }),
    "x-forwarded-user": fc.string({ maxLength: 10 }),
    "tailscale-user-login": fc.string({ maxLength: 10 }),
  },
  { requiredKeys: [] },
);
const scopes = fc.subarray([
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "node.x",
  "",
]);
const platform = fc.constantFrom(
  "",
  "linux",
  "darwin",
  "macos",
  "macOS 15.1",
  "iOS 18.0",
  "iPadOS 18.1",
  "win32",
);
const family = fc.constantFrom("", "Mac", "Linux", "iPhone", "iPad");
const credential = fc.constantFrom<Credential>(
  "gateway-token",
  "padded-gateway-token",
  "gateway-password",
  "wrong",
  "device-token",
  "rotated-device-token",
  "setup-code",
);
const device: fc.Arbitrary<ConnectionDevice> = fc.record(
  {
    state: fc.constantFrom("absent" as const, "unpaired" as const, "pending" as const, "paired" as const),
    approvedScopes: scopes,
    approvedRole: fc.constantFrom("operator", "node"),
    pendingUpgrade: fc.boolean(),
    metadataChanged: fc.constantFrom("platform" as const, "deviceFamily" as const),
    pinned: fc.record({ platform, deviceFamily: family }, { requiredKeys: [] }),
    tokenRevoked: fc.boolean(),
    clockSkewMs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    nonce: fc.constantFrom("wrong" as const, "missing" as const, "blank" as const),
    signature: fc.constantFrom("v1" as const, "v2" as const, "v3" as const, "invalid" as const),
    id: fc.constant("not-derived-from-key" as const),
  },
  { requiredKeys: ["state"] },
);
const connection: fc.Arbitrary<Connection> = fc.record(
  {
    remoteAddress: address,
    headers,
    client: fc.record(
      {
        id: fc.constantFrom(
          "openclaw-control-ui",
          "cli",
          "gateway-client",
          "node-host",
          "openclaw-tui",
          "openclaw-ios",
          "openclaw-browser-copilot",
          "openclaw-worker",
          "nope",
        ),
        mode: fc.constantFrom("webchat", "cli", "backend", "node", "probe", "ui", ""),
        platform,
        deviceFamily: family,
      },
      { requiredKeys: ["id", "mode"] },
    ),
    role: fc.constantFrom("operator", "node", "banana", "worker", ""),
    scopes,
    auth: fc.constantFrom(
      "valid" as const,
      "wrong" as const,
      "missing" as const,
      "password-instead-of-token" as const,
    ),
    device,
    protocol: fc.record({ min: fc.nat(6), max: fc.nat(6) }),
    uiBuild: fc.constantFrom("dev", "missing", "x"),
    sends: fc.record(
      { token: credential, password: credential, deviceToken: credential, bootstrapToken: credential },
      { requiredKeys: [] },
    ),
    caps: fc.subarray(["run-tool-bindings", "session-scoped-events"]),
    earlierFailures: fc.nat(14),
    listener: fc.constantFrom("ordinary" as const, "tailscale" as const),
    tailscaleUser: fc.constantFrom("same" as const, "other" as const, "unknown" as const),
  },
  { requiredKeys: ["remoteAddress", "headers", "client", "role", "scopes", "auth", "device"] },
);
/** Configs come from files that people edit by hand, so values may have any shape. */
const config = fc.oneof(
  fc.record(
    {
      gateway: fc.record(
        {
          port: fc.constantFrom(18789, 20100),
          bind: fc.constantFrom("loopback", "lan", "custom", "auto", "nonsense"),
          auth: fc.record(
            {
              mode: fc.constantFrom("token", "password", "none", "trusted-proxy", "nonsense"),
              token: fc.boolean(),
              password: fc.boolean(),
              allowTailscale: fc.boolean(),
              trustedProxy: fc.record(
                {
                  userHeader: fc.constantFrom("X-Forwarded-User", ""),
                  requiredHeaders: fc.constantFrom(["x-a"], []),
                  allowUsers: fc.constantFrom(["ann"], []),
                  allowLoopback: fc.boolean(),
                  deviceAutoApprove: fc.constantFrom({ enabled: true }, { enabled: true, scopes: [] }),
                },
                { requiredKeys: [] },
              ),
            },
            { requiredKeys: [] },
          ),
          trustedProxies: fc.array(
            fc.oneof(address, fc.constantFrom("10.0.0.0/8", "::/0", "x/99", "127.0.0.1/")),
            {
              maxLength: 3,
            },
          ),
          tailscale: fc.record({ mode: fc.constantFrom("serve", "funnel", "off") }),
          controlUi: fc.record(
            {
              allowInsecureAuth: fc.boolean(),
              dangerouslyDisableDeviceAuth: fc.boolean(),
              dangerouslyAllowHostHeaderOriginFallback: fc.boolean(),
              allowedOrigins: fc.array(originText, { maxLength: 3 }),
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  ),
  fc.object({
    maxDepth: 3,
    key: fc.constantFrom("gateway", "auth", "mode", "controlUi", "trustedProxies", "__proto__"),
  }),
) as fc.Arbitrary<AdmissionConfig>;
const input: fc.Arbitrary<AdmissionInput> = fc.record(
  { release, config, connection, start: fc.constantFrom("first" as const, "later" as const) },
  { requiredKeys: ["release", "config", "connection"] },
);
const RUNS = { numRuns: 3000 };

test("admit answers every input, the same each time, and refuses completely or not at all", () => {
  fc.assert(
    fc.property(input, (any) => {
      const answer = admit(any);
      assert.deepEqual(admit(structuredClone(any)), answer);
      if (answer.outcome === "admitted") {
        assert.deepEqual([answer.gate, answer.closeCode, answer.httpStatus], [undefined, undefined, 101]);
      } else {
        assert.ok(answer.gate && answer.reason && answer.closeCode);
        assert.ok((answer.closeReason ?? "").length <= 120);
        assert.equal(answer.httpStatus, answer.gate === "proxy-attribution" ? 403 : 101);
      }
    }),
    RUNS,
  );
});

test("admit changes nothing that it is given", () => {
  fc.assert(
    fc.property(input, (any) => {
      const before = JSON.stringify(any);
      admit(any);
      gatesAhead(any);
      assert.equal(JSON.stringify(any), before);
    }),
    { numRuns: 300 },
  );
});

/** What the device itself brings may let it in. */
function withoutSends({ sends: _, ...rest }: Connection): Connection {
  return rest;
}

const secretMode = fc.constantFrom("token", "password");

test("without the secret nobody is admitted in token and password mode (Tailscale apart)", () => {
  fc.assert(
    fc.property(
      release,
      secretMode,
      connection,
      fc.constantFrom("missing", "wrong"),
      (version, mode, any, auth) => {
        const answer = admit({
          release: version,
          config: { gateway: { bind: "lan", auth: { mode, token: true, password: true } } },
          connection: { ...withoutSends(any), auth },
        });
        assert.equal(answer.outcome, "refused");
      },
    ),
    RUNS,
  );
});

test("a new device from a public address without a proxy is never admitted as a Control UI with a device", () => {
  fc.assert(
    fc.property(release, headers, (version, any) => {
      const answer = admit({
        release: version,
        config: { gateway: { bind: "lan", auth: { mode: "token", token: true } } },
        connection: {
          remoteAddress: "203.0.113.9",
          headers: any,
          client: { id: "openclaw-control-ui", mode: "webchat" },
          role: "operator",
          scopes: ["operator.read"],
          auth: "valid",
          device: { state: "unpaired" },
        },
      });
      assert.equal(answer.outcome, "refused");
    }),
    RUNS,
  );
});

test("the walk through the gates ends, meets no gate twice, and each mend leads past its gate", () => {
  fc.assert(
    fc.property(input, (any) => {
      const names = gatesAhead(any).map(({ gate, reason }) => `${gate} ${reason}`);
      assert.equal(new Set(names).size, names.length);
      assert.ok(names.length <= 12);
      const first = admit(any);
      assert.ok(!names.includes(`${first.gate} ${first.reason}`));
    }),
    { numRuns: 500 },
  );
});

test("approving the device mends every pairing refusal that asks for what its role can have", () => {
  fc.assert(
    fc.property(input, (any) => {
      const { role, scopes: asked } = any.connection;
      if (admit(any).gate !== "pairing" || asked.some((scope) => !scope.startsWith(`${role}.`))) return;
      const after = admit(applySteps(any, [{ do: "device.approve" }]));
      assert.notEqual(after.gate, "pairing");
    }),
    RUNS,
  );
});

test("pages, keys and start-up answer every release", () => {
  fc.assert(
    fc.property(input, fc.webUrl(), fc.string({ maxLength: 40 }), (any, url, key) => {
      const page = pageBehaviour(any.release, admit(any));
      assert.ok(["query", "hash", "both"].includes(page.tokenFrom));
      assert.ok(["absent", "unpaired"].includes(browserDevice(any.release, isSecureContext(url))));
      startupProblem(any.release, any.config);
      assert.ok(keyStatus(any.release, key));
      tryRemedy(any, { id: "x", risk: "none", steps: [{ do: "config.set", key, value: true }] });
    }),
    { numRuns: 500 },
  );
});

test("rules are resolved once", () => {
  assert.equal(rulesFor("2026.3.13"), rulesFor("2026.3.13"));
});
