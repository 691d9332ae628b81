import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { gatewayFlags } from "../src/config/flags.ts";
import { type ReadConfigInput, readConfig } from "../src/config/read.ts";
import { Secret } from "../src/core/secret.ts";

const SALT = "salt of the tests";
const TOKEN = "tok-of-the-file-1";
const OTHER = "tok-of-the-environment-2";

function read(text: string | undefined, more: Partial<ReadConfigInput> = {}) {
  return readConfig({
    text,
    path: "/home/user/.openclaw/openclaw.json",
    stateDir: "/home/user/.openclaw",
    env: {},
    salt: SALT,
    ...more,
  });
}

describe("where an effective value comes from", () => {
  const file = `// my gateway
{
  gateway: {
    port: 20100, // not the usual one
    bind: 'lan',
    auth: { token: "${TOKEN}", },
    controlUi: {
      "allowedOrigins": ["https://claw.example"],
      allowInsecureAuth: true,
    },
    trustedProxies: ["127.0.0.1"],
  },
}`;

  test("file, with lines", () => {
    const { reading, secrets } = read(file, { release: "2026.3.13" });
    assert.equal(reading.exists, true);
    assert.deepEqual(reading.problems, []);
    assert.deepEqual(reading.effective, {
      gateway: {
        port: 20100,
        bind: "lan",
        auth: { token: new Secret(TOKEN, SALT).fingerprint, mode: "token", allowTailscale: false },
        controlUi: { allowedOrigins: ["https://claw.example"], allowInsecureAuth: true },
        trustedProxies: ["127.0.0.1"],
      },
    });
    assert.deepEqual(reading.origins["gateway.port"], { from: "file", source: "openclaw.json:4" });
    assert.deepEqual(reading.origins["gateway.auth.token"], { from: "file", source: "openclaw.json:6" });
    assert.deepEqual(reading.origins["gateway.controlUi.allowedOrigins"], {
      from: "file",
      source: "openclaw.json:8",
    });
    assert.deepEqual(reading.origins["gateway.trustedProxies"], { from: "file", source: "openclaw.json:11" });
    assert.deepEqual(reading.origins["gateway.auth.mode"], {
      from: "default",
      source: "default of 2026.3.13",
    });
    assert.equal(secrets.token?.reveal(), TOKEN);
    assert.equal(secrets.tokenSource, "openclaw.json:6");
  });

  test("the token of the file wins over the environment, and the loser is named", () => {
    for (const release of ["2026.2.1", "2026.3.13", "2026.5.28", "2026.9.6"]) {
      const { reading, secrets } = read(file, { release, env: { OPENCLAW_GATEWAY_TOKEN: OTHER } });
      assert.equal(secrets.token?.reveal(), TOKEN, release);
      assert.deepEqual(reading.origins["gateway.auth.token"], {
        from: "file",
        source: "openclaw.json:6",
        overrides: { from: "env", source: "OPENCLAW_GATEWAY_TOKEN" },
      });
    }
  });

  test("two sources with the same token are no conflict", () => {
    const { reading } = read(file, { env: { OPENCLAW_GATEWAY_TOKEN: ` ${TOKEN} ` } });
    assert.equal(reading.origins["gateway.auth.token"]?.overrides, undefined);
  });

  test("the environment fills in where the file has nothing", () => {
    const { reading, secrets } = read("{}", { env: { OPENCLAW_GATEWAY_TOKEN: OTHER } });
    assert.equal(secrets.token?.reveal(), OTHER);
    assert.deepEqual(reading.origins["gateway.auth.token"], {
      from: "env",
      source: "OPENCLAW_GATEWAY_TOKEN",
    });
  });

  test("a service unit's token is told from the environment's", () => {
    const { reading } = read(file, {
      services: [
        {
          from: "service",
          source: "openclaw-gateway.service",
          values: { OPENCLAW_GATEWAY_TOKEN: new Secret(OTHER, SALT) },
        },
      ],
    });
    assert.deepEqual(reading.origins["gateway.auth.token"]?.overrides, {
      from: "service",
      source: "openclaw-gateway.service OPENCLAW_GATEWAY_TOKEN",
    });
  });

  test("the command line wins over everything", () => {
    const flags = gatewayFlags(
      ["gateway", "--bind", "loopback", "--port=3000", "--token", "tok-of-the-line-3"],
      SALT,
    );
    const { reading, secrets } = read(file, { flags, env: { OPENCLAW_GATEWAY_PORT: "4000" } });
    assert.equal(reading.effective.gateway?.bind, "loopback");
    assert.equal(reading.effective.gateway?.port, 3000);
    assert.deepEqual(reading.origins["gateway.port"], {
      from: "flag",
      source: "--port",
      overrides: { from: "env", source: "OPENCLAW_GATEWAY_PORT" },
    });
    assert.equal(secrets.token?.reveal(), "tok-of-the-line-3");
  });

  test("the port of the environment wins over the file", () => {
    const { reading } = read(file, { env: { OPENCLAW_GATEWAY_PORT: "4000" } });
    assert.equal(reading.effective.gateway?.port, 4000);
  });

  test("no file, no environment: the defaults", () => {
    const { reading } = read(undefined);
    assert.equal(reading.exists, false);
    assert.deepEqual(reading.effective, {
      gateway: { port: 18789, bind: "loopback", auth: { mode: "token", allowTailscale: false } },
    });
  });

  test("default bind in a container is auto since 2026.4.7, and loopback with Tailscale", () => {
    const bind = (text: string, release: string) =>
      read(text, { release, container: true }).reading.effective.gateway?.bind;
    assert.equal(bind("{}", "2026.4.5"), "loopback");
    assert.equal(bind("{}", "2026.4.7"), "auto");
    assert.equal(bind("{ gateway: { tailscale: { mode: 'serve' } } }", "2026.4.7"), "loopback");
  });

  test("a password without a mode makes the mode password; serve allows Tailscale in token mode", () => {
    const password = read("{ gateway: { auth: { password: 'pass-4' } } }").reading.effective.gateway?.auth;
    assert.equal(password?.mode, "password");
    const serve = read("{ gateway: { tailscale: { mode: 'serve' } } }").reading.effective.gateway?.auth;
    assert.equal(serve?.allowTailscale, true);
  });
});

describe("what is wrong", () => {
  const kinds = (text: string, more: Partial<ReadConfigInput> = {}) =>
    read(text, more).reading.problems.map(({ kind, key }) => `${kind} ${key}`);

  test("a syntax error has line and column", () => {
    const { reading } = read('{\n  "gateway": {\n    "port": 1 8\n  }\n}');
    assert.deepEqual(reading.problems, [
      { kind: "syntax", key: "", detail: "invalid character '8' (line 3, column 15)", line: 3 },
    ]);
  });

  test("the port variable that Kubernetes injects is no port in any release", () => {
    for (const release of [undefined, "2026.2.1", "2026.3.13", "2026.9.6"]) {
      const { reading } = read("{ gateway: { port: 20100 } }", {
        ...(release === undefined ? {} : { release }),
        env: { OPENCLAW_GATEWAY_PORT: "tcp://10.96.208.74:18789" },
      });
      assert.equal(reading.effective.gateway?.port, 20100);
      assert.equal(reading.problems[0]?.kind, "bad-env");
      assert.match(reading.problems[0]?.detail ?? "", /^"tcp:\/\/10\.96\.208\.74:18789": .*Kubernetes/);
    }
  });

  test("an address before the port: its first digits up to 2026.3.13, the port later", () => {
    const port = (release: string) =>
      read("{}", { release, env: { OPENCLAW_GATEWAY_PORT: "127.0.0.1:19000" } }).reading.effective.gateway
        ?.port;
    assert.equal(port("2026.3.13"), 127);
    assert.equal(port("2026.3.28"), 19000);
  });

  test("names of earlier lives count as long as the release reads them", () => {
    const env = { CLAWDBOT_GATEWAY_PORT: "4000" };
    assert.equal(read("{}", { release: "2026.3.13", env }).reading.effective.gateway?.port, 4000);
    const late = read("{}", { release: "2026.5.28", env }).reading;
    assert.equal(late.effective.gateway?.port, 18789);
    assert.equal(late.problems[0]?.key, "CLAWDBOT_GATEWAY_PORT");
  });

  test("OPENCLAW_GATEWAY_BIND has no effect, which is said when it differs", () => {
    assert.deepEqual(kinds("{}", { env: { OPENCLAW_GATEWAY_BIND: "lan" } }), [
      "bad-env OPENCLAW_GATEWAY_BIND",
    ]);
    assert.deepEqual(kinds("{}", { env: { OPENCLAW_GATEWAY_BIND: "loopback" } }), []);
  });

  test("nesting without end is refused, not followed", () => {
    assert.deepEqual(kinds(`{ a: ${"[".repeat(5000)}${"]".repeat(5000)} }`), ["unreadable "]);
  });

  test("a file that is no object", () => {
    assert.deepEqual(kinds("[1]"), ["wrong-type "]);
  });
});

describe("references", () => {
  test(`\${NAME} is filled in, $\${NAME} stands for itself, a missing one makes the value unknown`, () => {
    const text = `{ gateway: { bind: '\${BIND}', auth: { token: '\${TOKEN_VAR}' }, controlUi: { basePath: '/$\${X}' } } }`;
    const filled = read(text, { env: { BIND: "lan", TOKEN_VAR: OTHER } });
    assert.equal(filled.reading.effective.gateway?.bind, "lan");
    assert.equal(filled.reading.effective.gateway?.controlUi?.basePath, `/\${X}`);
    assert.equal(filled.secrets.token?.reveal(), OTHER);

    const missing = read(text, { env: { BIND: "lan", OPENCLAW_GATEWAY_TOKEN: OTHER } });
    assert.equal(missing.secrets.token, undefined);
    assert.equal(
      missing.reading.problems.some(({ key }) => key === "gateway.auth.token"),
      true,
    );
  });

  test("a secret reference to the environment is followed, one to elsewhere makes the value unknown", () => {
    const env = { MY_TOKEN: OTHER, OPENCLAW_GATEWAY_TOKEN: "tok-loser-9" };
    const inEnv = read(
      "{ gateway: { auth: { token: { source: 'env', provider: 'default', id: 'MY_TOKEN' } } } }",
      { env },
    );
    assert.equal(inEnv.secrets.token?.reveal(), OTHER);
    const inFile = read(
      "{ gateway: { auth: { token: { source: 'file', provider: 'default', id: '/x' } } } }",
      { env },
    );
    assert.equal(inFile.secrets.token, undefined);
    assert.equal(inFile.reading.effective.gateway?.auth?.token, "<secret kept elsewhere>");
    assert.equal(inFile.reading.problems[0]?.kind, "unreadable");
  });

  test("env of the config itself counts after the process", () => {
    const text = "{ env: { vars: { OPENCLAW_GATEWAY_TOKEN: 'tok-in-env-7' } } }";
    assert.equal(read(text).secrets.token?.reveal(), "tok-in-env-7");
    assert.equal(read(text, { env: { OPENCLAW_GATEWAY_TOKEN: OTHER } }).secrets.token?.reveal(), OTHER);
  });

  test("$include merges, siblings win, and what cannot be read is said", () => {
    const base = "{ gateway: { bind: 'lan', port: 1111, trustedProxies: ['10.0.0.1'] } }";
    const text = "{ $include: './base.json5', gateway: { port: 2222, trustedProxies: ['10.0.0.2'] } }";
    const { reading } = read(text, {
      readInclude: () => ({ path: "/home/user/.openclaw/base.json5", text: base }),
    });
    assert.equal(reading.effective.gateway?.bind, "lan");
    assert.equal(reading.effective.gateway?.port, 2222);
    assert.deepEqual(reading.effective.gateway?.trustedProxies, ["10.0.0.1", "10.0.0.2"]);
    assert.deepEqual(reading.origins["gateway.bind"], { from: "file", source: "openclaw.json ($include)" });
    assert.deepEqual(
      read(text).reading.problems.map(({ kind, key }) => [kind, key]),
      [["unreadable", "$include"]],
    );
  });

  test("an include that names itself ends", () => {
    const self = { path: "/home/user/.openclaw/openclaw.json", text: "{ $include: 'openclaw.json' }" };
    const { reading } = read(self.text, { readInclude: () => self });
    assert.match(reading.problems[0]?.detail ?? "", /includes itself/);
  });
});

describe("secrets", () => {
  test("no secret is in what is printed, whatever prints it", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/);
    fc.assert(
      fc.property(secret, secret, secret, secret, (token, password, remote, env) => {
        const text = JSON.stringify({
          gateway: { auth: { token, password }, remote: { token: remote } },
          channels: { telegram: { botToken: remote } },
        });
        const result = read(text, { env: { OPENCLAW_GATEWAY_TOKEN: env } });
        const seen = `${JSON.stringify(result)} ${inspect(result, { depth: 20, showHidden: true })}`;
        for (const value of [token, password, remote, env]) assert.equal(seen.includes(value), false);
        const known = result.secrets.all.map((each) => each.reveal());
        for (const value of [token, password, remote, env]) assert.ok(known.includes(value));
      }),
      { numRuns: 50 },
    );
  });

  test("hostile text never throws and never brings control characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const { reading } = read(text);
        assert.equal(
          [...JSON.stringify(reading)].some((char) => char < " " || (char >= "\u007f" && char <= "\u009f")),
          false,
        );
      }),
      { numRuns: 200 },
    );
  });
});
