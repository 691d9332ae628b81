// What a preview shows of a file: the keys that change, and nothing that stands beside them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { editCompose } from "../src/compose/edit.ts";
import { composeYaml } from "../src/compose/yaml.ts";
import { changesBetween } from "../src/config/changes.ts";
import type { Changer, ConfigFile, Undo } from "../src/core/change.ts";
import { known } from "../src/core/fact.ts";
import type { JsonValue, Step } from "../src/core/finding.ts";
import { fingerprintOf } from "../src/core/secret.ts";
import { configDiff, textDiff } from "../src/doctor/live/mend/diff.ts";
import { lookAhead } from "../src/doctor/live/mend/look-ahead.ts";
import { changeLines } from "../src/report/fix.ts";

const SALT = "salt";
const options = { salt: SALT, secrets: [] };

function file(text: string): ConfigFile {
  return {
    path: "/x",
    content: Buffer.from(text).toString("base64"),
    sha256: "",
    mode: 0o600,
    uid: 0,
    gid: 0,
  };
}

const set = (key: string, value: JsonValue): Step => ({ do: "config.set", key, value });
const NEIGHBOURS = ["sk_live_51H8x", "hunter2hunter2", "X-Auth-value-77", "p4ss-in-a-comment", "beside"];
/** Neighbours of what is changed, each of them a secret that no name tells. */
const CONFIG = `// gateway password: p4ss-in-a-comment
{
  env: { vars: { STRIPE: "sk_live_51H8x" } },
  gateway: {
    // p4ss-in-a-comment
    bind: "lan", // hunter2hunter2
    port: 18789, headers: { "X-Auth": "X-Auth-value-77" },
    note: "beside",
    auth: { mode: "token", token: "hunter2hunter2" },
  },
}
`;

describe("the preview of openclaw.json", () => {
  const rows: readonly (readonly [
    name: string,
    text: string,
    steps: readonly Step[],
    lines: readonly string[],
  ])[] = [
    [
      "a value",
      CONFIG,
      [set("gateway.bind", "loopback")],
      ['- gateway.bind: "lan"', '+ gateway.bind: "loopback"'],
    ],
    [
      "a config on one line",
      CONFIG.replace(/\/\/[^\n]*/g, "").replaceAll("\n", " "),
      [set("gateway.bind", "loopback")],
      ['- gateway.bind: "lan"', '+ gateway.bind: "loopback"'],
    ],
    [
      "a new key in a new object",
      CONFIG,
      [set("gateway.controlUi.allowedOrigins", ["https://a.test"])],
      ['+ gateway.controlUi.allowedOrigins: ["https://a.test"]'],
    ],
    [
      "an item of a list",
      '{ gateway: { controlUi: { allowedOrigins: ["https://a.test", "https://b.test"] } } }',
      [set("gateway.controlUi.allowedOrigins", ["https://a.test", "https://b.test", "https://c.test"])],
      ['+ gateway.controlUi.allowedOrigins[2]: "https://c.test"'],
    ],
    [
      "an item in the middle of a list",
      '{ gateway: { trustedProxies: ["10.0.0.1", "10.0.0.2", "10.0.0.3"] } }',
      [set("gateway.trustedProxies", ["10.0.0.1", "10.0.0.3"])],
      ['- gateway.trustedProxies[1]: "10.0.0.2"'],
    ],
    ["a key that goes", CONFIG, [{ do: "config.unset", key: "gateway.note" }], ['- gateway.note: "beside"']],
    ["nothing", CONFIG, [{ do: "config.unset", key: "gateway.none" }, { do: "gateway.restart" }], []],
    [
      "a secret",
      CONFIG,
      [set("gateway.auth.token", "another-token")],
      [
        `- gateway.auth.token: ${fingerprintOf("hunter2hunter2", SALT)}`,
        `+ gateway.auth.token: ${fingerprintOf("another-token", SALT)}`,
      ],
    ],
    [
      "a secret that will be made",
      CONFIG,
      [{ do: "token.generate" }],
      [`- gateway.auth.token: ${fingerprintOf("hunter2hunter2", SALT)}`, "+ gateway.auth.token: <new token>"],
    ],
    [
      "a reference to a secret",
      "{ gateway: { auth: { token: 'old-token-1' } } }",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as OpenClaw has it
      [set("gateway.auth.token", "${OPENCLAW_GATEWAY_TOKEN}")],
      [
        `- gateway.auth.token: ${fingerprintOf("old-token-1", SALT)}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the same
        "+ gateway.auth.token: ${OPENCLAW_GATEWAY_TOKEN}",
      ],
    ],
    [
      "a whole object that goes, with a secret in it",
      '{ gateway: { remote: { url: "wss://u:pw77@h/?token=abc77", token: "abc77abc77" }, port: 1 } }',
      [{ do: "config.unset", key: "gateway.remote" }],
      [
        '- gateway.remote.url: "wss://u:<redacted>@h/?token=<redacted>"',
        `- gateway.remote.token: ${fingerprintOf("abc77abc77", SALT)}`,
      ],
    ],
  ];
  for (const [name, text, steps, lines] of rows)
    test(name, () => {
      const changes = configDiff(file(text), steps, options);
      assert.deepEqual(changeLines(changes), lines);
      const shown = JSON.stringify(changes);
      for (const neighbour of NEIGHBOURS)
        if (!lines.join().includes(neighbour)) assert.ok(!shown.includes(neighbour), shown);
    });

  test("is the whole of one that is not there yet", () => {
    assert.deepEqual(changeLines(configDiff(undefined, [set("gateway.bind", "lan")], options)), [
      '+ gateway.bind: "lan"',
    ]);
  });

  test("backwards is the same with its ends exchanged", () => {
    const now = CONFIG.replace('"lan"', '"loopback"').replace("18789,", "18789, extra: 1,");
    assert.deepEqual(changeLines(textDiff(now, CONFIG, options)), [
      '- gateway.bind: "loopback"',
      '+ gateway.bind: "lan"',
      "- gateway.extra: 1",
    ]);
  });

  test("shows nothing of a text that cannot be read", () => {
    assert.deepEqual(textDiff('{ token: "abc', "{}", options), []);
  });

  test("known values are not shown under any key", () => {
    const changes = configDiff(
      file("{ gateway: { note: 'x is correct-horse' } }"),
      [set("gateway.note", "y")],
      {
        salt: SALT,
        secrets: ["correct-horse"],
      },
    );
    assert.deepEqual(changeLines(changes), ['- gateway.note: "x is <redacted>"', '+ gateway.note: "y"']);
  });

  test("whatever the config is, only what was changed is told", () => {
    const key = fc.constantFrom("gateway", "auth", "bind", "a.b", "note", "list", "token");
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(key, tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 5 }),
        fc.string({ minLength: 3 }),
        (config, planted) => {
          const before = { ...config, beside: `planted-${planted}-planted`, gateway: { bind: "lan" } };
          const after = { ...before, gateway: { bind: "loopback" } };
          assert.deepEqual(changesBetween(before, after, options), [
            { key: "gateway.bind", before: '"lan"', after: '"loopback"' },
          ]);
          assert.deepEqual(changesBetween(before, structuredClone(before), options), []);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the preview of a Compose file", () => {
  const TEXT = `# password of the stack: p4ss-in-a-comment
x-env: &env
  STRIPE: sk_live_51H8x
services:
  claw:
    image: openclaw:local
    command: [node, dist/index.js, gateway, --bind, loopback, --token, hunter2hunter2]
    environment:
      <<: *env
      OPENCLAW_GATEWAY_TOKEN: hunter2hunter2 # p4ss-in-a-comment
    ports: ["0.0.0.0:18789:18789"]
  listed:
    image: openclaw:local
    command: node dist/index.js gateway --bind loopback --token hunter2hunter2
    environment: ["OPENCLAW_GATEWAY_TOKEN=hunter2hunter2", "STRIPE=sk_live_51H8x"]
`;
  const fingerprint = fingerprintOf("hunter2hunter2", SALT);
  const rows: readonly (readonly [string, Parameters<typeof editCompose>[2], readonly string[]])[] = [
    [
      "claw",
      { kind: "bind", value: "lan" },
      ['- services.claw.command[4]: "loopback"', '+ services.claw.command[4]: "lan"'],
    ],
    [
      "claw",
      { kind: "on-loopback", to: 18789 },
      [
        '- services.claw.ports[0]: "0.0.0.0:18789:18789"',
        '+ services.claw.ports[0]: "127.0.0.1:18789:18789"',
      ],
    ],
    [
      "claw",
      { kind: "reference", variable: "OPENCLAW_GATEWAY_TOKEN" },
      [
        `- services.claw.environment.OPENCLAW_GATEWAY_TOKEN: ${fingerprint}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's
        "+ services.claw.environment.OPENCLAW_GATEWAY_TOKEN: ${OPENCLAW_GATEWAY_TOKEN}",
      ],
    ],
    [
      "listed",
      { kind: "reference", variable: "OPENCLAW_GATEWAY_TOKEN" },
      [
        `- services.listed.environment[0]: OPENCLAW_GATEWAY_TOKEN=${fingerprint}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's
        "+ services.listed.environment[0]: OPENCLAW_GATEWAY_TOKEN=${OPENCLAW_GATEWAY_TOKEN}",
      ],
    ],
    [
      "listed",
      { kind: "bind", value: "lan" },
      ['- services.listed.command: "… loopback …"', '+ services.listed.command: "… lan …"'],
    ],
    [
      "listed",
      { kind: "publish", port: 18789, to: 18789 },
      ['+ services.listed.ports: ["127.0.0.1:18789:18789"]'],
    ],
  ];
  for (const [service, change, lines] of rows)
    test(`${change.kind} of ${service}`, async () => {
      const edited = await editCompose(TEXT, service, change);
      assert.ok(edited.ok, JSON.stringify(edited));
      const [before, after] = await Promise.all([TEXT, edited.text].map((text) => composeYaml(text)));
      const changes = changesBetween(before?.value, after?.value, options);
      assert.deepEqual(changeLines(changes), lines);
      for (const neighbour of NEIGHBOURS) assert.ok(!JSON.stringify(changes).includes(neighbour));
    });
});

test("a file that is written whole says that something else was there, and nothing of that", async () => {
  const step: Step = { do: "proxy.write", path: "/etc/site" };
  const look = (undo: Undo | undefined) =>
    lookAhead(
      [step],
      {
        foresee: async () =>
          known(
            { file: { path: "/etc/site", diff: ["+server {"] }, ...(undo === undefined ? {} : { undo }) },
            "",
          ),
      } as Partial<Changer> as Changer,
      new AbortController().signal,
    );
  const before = { ...file("proxy_set_header X-Auth hunter2hunter2;"), path: "/etc/site" };
  const replaced = await look({ undo: "file.restore", before, sha256: "" });
  assert.deepEqual(replaced.files, [{ path: "/etc/site", lines: ["-…", "+server {"] }]);
  const fresh = await look({ undo: "file.remove", path: "/etc/site", sha256: "" });
  assert.deepEqual(fresh.files, [{ path: "/etc/site", lines: ["+server {"] }]);
});

test("lines for people", () => {
  assert.deepEqual(
    changeLines(
      [{ key: "A", before: "1" }, { key: "B", after: "2" }, { key: "C", before: "3", after: "4" }, "+x"],
      "=",
    ),
    ["-A=1", "+B=2", "-C=3", "+C=4", "+x"],
  );
});
