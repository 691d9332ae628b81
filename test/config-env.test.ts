import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { gatewayFlags } from "../src/config/flags.ts";
import { defaultPort, envPort } from "../src/config/port.ts";
import { substitute } from "../src/config/references.ts";
import { fileEnv, plistEnv, unitEnv } from "../src/config/service-env.ts";
import type { Secret } from "../src/core/secret.ts";

const SALT = "salt";
const shown = (values: Readonly<Record<string, Secret>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.reveal()]));

describe("a systemd unit", () => {
  test("quotes, escapes, several on a line, continued lines, forgetting, files and the command", () => {
    const unit = `[Service]
# Environment=NOT=this
ExecStart=/usr/bin/node /usr/lib/node_modules/openclaw/dist/index.js gateway --port 18789
Environment=FORGOTTEN=1
Environment=
Environment=HOME=/home/user "OPENCLAW_GATEWAY_TOKEN=a b" 'X=it''s'
Environment=LONG=one\\
 SECOND=two
EnvironmentFile=-/etc/openclaw.env
`;
    const env = unitEnv(unit, SALT);
    assert.deepEqual(shown(env.values), {
      HOME: "/home/user",
      OPENCLAW_GATEWAY_TOKEN: "a b",
      X: "its",
      LONG: "one",
      SECOND: "two",
    });
    assert.deepEqual(env.files, ["/etc/openclaw.env"]);
    assert.equal(gatewayFlags(env.exec, SALT).port, 18789);
    assert.doesNotMatch(JSON.stringify(env.values), /a b/);
  });
});

test("an env file: export, quotes, comments", () => {
  const values = fileEnv("# x\nexport A=1\nB='two # three'\nC=four # five\nD=\n =no\n9X=no\nE=a=b\r\n", SALT);
  assert.deepEqual(shown(values), { A: "1", B: "two # three", C: "four", D: "", E: "a=b" });
});

test("a launchd property list", () => {
  const plist = `<plist><dict><key>Label</key><string>ai.openclaw.gateway</string>
<key>EnvironmentVariables</key><dict><key>OPENCLAW_GATEWAY_TOKEN</key>
 <string>a&amp;b</string><key>HOME</key><string>/Users/me</string></dict><key>Other</key><string>x</string></dict></plist>`;
  assert.deepEqual(shown(plistEnv(plist, SALT)), { OPENCLAW_GATEWAY_TOKEN: "a&b", HOME: "/Users/me" });
});

test("hostile unit texts end", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      unitEnv(text, SALT);
      fileEnv(text, SALT);
      plistEnv(text, SALT);
    }),
  );
});

test("flags of a command line, the last of a name wins", () => {
  const flags = gatewayFlags(
    ["node", "x.js", "gateway", "--port", "1", "--port=2", "--bind", "--token", "t-1"],
    SALT,
  );
  assert.deepEqual({ ...flags, token: flags.token?.reveal() }, { port: 2, token: "t-1" });
  assert.equal(gatewayFlags(["gateway", "--port", "tcp://10.0.0.1:1"], SALT).port, undefined);
  assert.equal(gatewayFlags(["--dev", "gateway"], SALT).profile, "dev");
});

describe("OPENCLAW_GATEWAY_PORT", () => {
  const GRID: readonly (readonly [string, string | undefined, number | undefined, boolean])[] = [
    ["18789", undefined, 18789, false],
    [" 18789 ", "2026.2.1", 18789, false],
    ["0", "2026.9.6", undefined, true],
    ["70000", "2026.9.6", undefined, true],
    ["tcp://10.96.0.1:18789", "2026.2.1", undefined, true],
    ["udp://10.96.0.1:18789", "2026.9.6", undefined, true],
    ["127.0.0.1:18789", "2026.2.1", 127, true],
    ["127.0.0.1:18789", "2026.5.28", 18789, false],
    ["[::1]:18789", "2026.9.6", 18789, false],
    ["18789abc", "2026.3.13", 18789, true],
    ["18789abc", "2026.5.28", undefined, true],
    [`\${PORT}`, "2026.9.6", undefined, true],
  ];
  for (const [raw, release, port, problem] of GRID)
    test(`${raw} on ${release ?? "an unknown release"}`, () => {
      const read = envPort(raw, release);
      assert.equal(read.port, port);
      assert.equal(read.problem !== undefined, problem);
    });

  test("default ports of profiles", () => {
    assert.equal(defaultPort(undefined, "2026.9.6"), 18789);
    assert.equal(defaultPort("dev", "2026.2.1"), 19001);
    assert.equal(defaultPort("work", "2026.5.28"), 18789);
    const port = defaultPort("work", "2026.9.6");
    assert.ok(port >= 20_000 && port < 60_000);
    assert.notEqual(port, defaultPort("home", "2026.9.6"));
  });
});

test("text without references comes back as it is", () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes(`\${`)),
      (text) =>
        assert.deepEqual(
          substitute(text, () => "x"),
          { text, from: [] },
        ),
    ),
  );
});
