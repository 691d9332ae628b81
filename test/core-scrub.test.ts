import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createScrubber, REDACTED, safeField, safeQuote } from "../src/core/scrub.ts";

const scrub = createScrubber();

describe("takes secrets out", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["http://127.0.0.1:18789/?token=abc123&session=main", `http://127.0.0.1:18789/?token=${REDACTED}`],
    [
      "http://127.0.0.1:18789/#bootstrapToken=z&bootstrapProfile=owner",
      `http://127.0.0.1:18789/#bootstrapToken=${REDACTED}`,
    ],
    ["OPENCLAW_GATEWAY_TOKEN=deadbeef12 openclaw", `OPENCLAW_GATEWAY_TOKEN=${REDACTED} openclaw`],
    ["OPENCLAW_GATEWAY_TOKEN: abcdef0123", `OPENCLAW_GATEWAY_TOKEN: ${REDACTED}`],
    ["export OPENCLAW_GATEWAY_PASSWORD='a b c'", `export OPENCLAW_GATEWAY_PASSWORD='${REDACTED}'`],
    ["openclaw devices list --token x --json", `openclaw devices list --token ${REDACTED} --json`],
    ["--token --password abc", `--token --password ${REDACTED}`],
    ["token: password: hunter2", `token: password: ${REDACTED}`],
    ["--gateway-password p#w,d", `--gateway-password ${REDACTED}`],
    ["openclaw config set gateway.auth.token abc", `openclaw config set gateway.auth.token ${REDACTED}`],
    ["Authorization: Bearer abc.def", `Authorization: Bearer ${REDACTED}`],
    ["authorization=Basic Zm9v", `authorization=Basic ${REDACTED}`],
    ["-H 'Authorization: Bearer xyz'", `-H 'Authorization: Bearer ${REDACTED}'`],
    ["Cookie: a=b; c=d", `Cookie: ${REDACTED}`],
    ["ws://user:p4ss@10.0.0.1:18789", `ws://user:${REDACTED}@10.0.0.1:18789`],
    ["ws://user:secret@10.0.0.1:18789", `ws://user:${REDACTED}@10.0.0.1:18789`],
    ['{"token":"my token","port":1}', `{"token":"${REDACTED}","port":1}`],
    ['{\\"apiKey\\":\\"pw\\"}', `{\\"apiKey\\":\\"${REDACTED}\\"}`],
    ["'secret': 'aa'", `'secret': '${REDACTED}'`],
    ["password: hunter2", `password: ${REDACTED}`],
    ["password=it's;#", `password=${REDACTED}`],
    ["setup code: eyJ1cmwiOiJ3czovL2V4YW1wbGUifQabc", `setup code: ${REDACTED}`],
    [`gateway token is ${"0123456789abcdef".repeat(3)}.`, `gateway token is ${REDACTED}.`],
    ["my token is hunter2hunter", `my token is ${REDACTED}`],
    ['the password "hunter2hunter" is right', `the password "${REDACTED}" is right`],
    ["令牌是 hunter2hunter，还是不行", `令牌是 ${REDACTED}，还是不行`],
    ["token：hunter2hunter 报错", `token：${REDACTED} 报错`],
    ["http://127.0.0.1:18789/#token%3Dhunter2", `http://127.0.0.1:18789/#token%3D${REDACTED}`],
    ["azRD-DgEP6Q3LBDf7b4R-NZaT0kunV0SZzb9CzXjmIk", REDACTED],
    ["key sk-abcdefghij0123456789", `key ${REDACTED}`],
    ["bot 123456789:AAabcdefghijklmnopqrstuvwxyz0123456", `bot ${REDACTED}`],
    // Quotes and escapes inside of a value.
    [`"token":"it's X"`, `"token":"${REDACTED}"`],
    ['{"token":"aa\\"X","port":1}', `{"token":"${REDACTED}","port":1}`],
    ['{"token":"aa\\\\","port":1}', `{"token":"${REDACTED}","port":1}`],
    ['{\\"token\\":\\"aa\\\\\\"X\\",\\"port\\":1}', `{\\"token\\":\\"${REDACTED}\\",\\"port\\":1}`],
    ["token='my X' next", `token='${REDACTED}' next`],
    ["password='it's X' next", `password='${REDACTED}' next`],
    ["PASS='it'\\''s X' next", `PASS='${REDACTED}' next`],
    ['--token "my X y" --json', `--token "${REDACTED}" --json`],
    ['["--token", "my X"]', `["--token", "${REDACTED}"]`],
    ['password="unclosed and cut', `password="${REDACTED}`],
    ['"tokens": ["my X"], "port": 1', `"tokens": ["${REDACTED}"], "port": 1`],
    ["<password>hunter</password>", `<password>${REDACTED}</password>`],
    ["curl -u admin:hunter2 http://h", `curl -u admin:${REDACTED} http://h`],
    // Names that mean a secret in a link or a header only.
    ["http://h/?auth=hunterpass&x=1", `http://h/?auth=${REDACTED}&x=1`],
    ["http://h/?x=1&sig=abc%2Fdef&y=2", `http://h/?x=1&sig=${REDACTED}&y=2`],
    ["X-Auth: abc", `X-Auth: ${REDACTED}`],
    ['-H "x-auth-token: abc"', `-H "x-auth-token: ${REDACTED}"`],
    ["AWS_SECRET_ACCESS_KEY=abc", `AWS_SECRET_ACCESS_KEY=${REDACTED}`],
    ['"credentials": "abc def"', `"credentials": "${REDACTED}"`],
    // Names that are written otherwise.
    ["http://h/?%74oken=abc123def", `http://h/?%74oken=${REDACTED}`],
    ["http://h/?to%256Ben%3dabc123def", `http://h/?to%256Ben%3d${REDACTED}`],
    ['"\\u0074oken":"abc"', `"\\u0074oken":"${REDACTED}"`],
    ["&quot;token&quot;:&quot;abc&quot;", `&quot;token&quot;:&quot;${REDACTED}&quot;`],
    ["&#116;oken=abc", `&#116;oken=${REDACTED}`],
    ["to\u200bken=abc", `to\u200bken=${REDACTED}`],
    // Tokens without a name.
    ...[32, 48, 64, 128].flatMap((length): [string, string][] => {
      const hex = "0123456789abcdef".repeat(8).slice(0, length);
      return [
        [`a ${hex} b`, `a ${REDACTED} b`],
        [`a ${hex.toUpperCase()} b`, `a ${REDACTED} b`],
      ];
    }),
    ["key 3q2+7wAABBccDDeeFFgg11223344556677889900aaA=", `key ${REDACTED}`],
  ];
  for (const [text, expected] of cases) {
    it(text, () => {
      const scrubbed = scrub(text);
      assert.equal(scrubbed.text, expected);
      assert.equal(scrubbed.hits, 1);
    });
  }
});

describe("takes out what people call a secret, however they write it down", () => {
  const forms = [
    "OPENCLAW_GATEWAY_TOKEN = §",
    "gateway.auth.token = §",
    "the password = §",
    "token => §",
    "provided = § password = §",
    "The token I use is §",
    "token_mismatch provided=§ expected=§",
    "| token | § |",
    "| password | `§` |",
    "setup code §",
    "I pasted § into the token field",
    "passwort: §",
    "токен: §",
    "ТОКЕН: §",
    "пароль = §",
    "pw: §",
    "pwd = §",
    "pin=§",
    "PIN is §",
    "sshpass -p § ssh host",
    "mysql -u root -p§ db",
    "redis-cli -h host -a § ping",
  ];
  for (const form of forms) {
    it(form, () => {
      const value = "Tr0ub4dor&3xKq";
      assert.equal(scrub(form.replaceAll("§", value)).text, form.replaceAll("§", REDACTED));
    });
  }
});

describe("leaves the gateway's words alone", () => {
  for (const text of [
    "systemctl --user --no-ask-password restart openclaw-gateway",
    "token = missing",
    "token == null",
    "expected=2026.9.6-release-x provided=2026.9.3-release-x",
    "the token in your config is wrong",
    "mysql -p db",
    "spin=3 mapping=4",
    "unauthorized: gateway token mismatch (set gateway.remote.token to match gateway.auth.token)",
    "unauthorized: device token rejected (pair/repair this device, or provide gateway token)",
    "unauthorized: bootstrap token invalid or expired (scan a fresh setup code)",
    "unauthorized: gateway password missing (enter the password in Control UI settings)",
    "reason=token_missing guidance=unauthorized: gateway token missing",
    "auth=token authMode=token authProvided=password authReason=password_mismatch",
    "device=daaa500cab4d51fd130c92c403b7cc8ce38ba0ad4c9dcfc1a0087b19b2ead317 conn=11ae341f-d33e-4e81-bc26-43e9f77584fc",
    "gatewayBuild=2026.9.16-release-eb377ac59e6c-2026-09-23T16-33-12.144Z",
    "token=<redacted> token=<your token> token=<secret 3f9a1c> token=$OPENCLAW_GATEWAY_TOKEN token=missing, token: missing",
    '"token": "__OPENCLAW_REDACTED__"',
    "the token is OPENCLAW_GATEWAY_TOKEN and the password is in ~/.openclaw/openclaw.json",
    "the token is 2026.3.13-2 old, token http://127.0.0.1:18789/ and token gateway-2",
    "令牌不匹配：unauthorized: gateway token mismatch，密码没有设置",
    "workaround: --token, or --token or --password",
    "ws://127.0.0.1:18789/x?y=a@b",
    "http://127.0.0.1:18789/chat?session=agent%3Amain%3Amain&auth=none&code=1008",
    `openclaw devices remove ${"0123456789abcdef".repeat(4)}`,
    `"deviceId": "${"0123456789abcdef".repeat(4)}", device ${"0123456789abcdef".repeat(4)}`,
    `the entry ${"0123456789abcdef".repeat(4)} has no publicKey`,
    `ghcr.io/openclaw/openclaw@sha256:${"0123456789abcdef".repeat(4)}`,
    `/var/lib/docker/containers/${"0123456789abcdef".repeat(4)}/x`,
    "device signature expired, signature: invalid",
    "docker exec -u 1000:1000 openclaw, docker exec -u node:node openclaw, <token>missing</token>",
  ]) {
    it(text, () => assert.deepEqual(scrub(text), { text, hits: 0 }));
  }
});

it("exact values go, in URL and JSON form too, the longer of two first", () => {
  const own = createScrubber(['pass"word/1', "password", "short"]);
  assert.equal(own('a pass"word/1 b').text, `a ${REDACTED} b`);
  assert.equal(own('{"x":"pass\\"word/1"}').text, `{"x":"${REDACTED}"}`);
  assert.equal(own("?x=pass%22word%2F1&y=1").text, `?x=${REDACTED}&y=1`);
  // Too short to be taken out of every text.
  assert.equal(own("in short").text, "in short");
});

it("scrubbing twice changes nothing more", () => {
  const piece = fc.constantFrom(
    "token=",
    "password: ",
    '"',
    "'",
    "a1B2c3D4",
    "--token ",
    " ",
    "Bearer ",
    "://u:",
    "@h",
    "\\",
    "<",
    ">",
    "eyJabcdefghijklmnopqrst",
    "Cookie: x",
    "\n",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const once = scrub(pieces.join("")).text;
      assert.equal(scrub(once).text, once);
    }),
    { numRuns: 1000 },
  );
});

it("a quote is cut after the scrubbing: no half of a secret at its end", () => {
  const secret = "s3cr3t-0123456789-abcdefghij";
  const own = createScrubber([secret]);
  for (let before = 460; before <= 510; before++) {
    const quote = safeQuote(`${"x".repeat(before)}${secret}${"y".repeat(9000)}`, own);
    assert.ok(quote.length <= 500);
    assert.doesNotMatch(quote, /s3c/);
  }
});

describe("over the end of a line", () => {
  const value = "correct-horse-battery-staple";
  const own = createScrubber([value]);
  it("a known value goes, wherever it is broken, and the lines stay as many", () => {
    for (let at = 1; at < value.length; at++) {
      const { text } = own(`before\n${value.slice(0, at)}\n   ${value.slice(at)} behind\nlast`);
      assert.equal(text.split("\n").length, 4);
      for (const word of ["correct", "horse", "battery", "staple"]) assert.ok(!text.includes(word), text);
      assert.match(text, /^before\n.* behind\nlast$/s);
    }
  });
  it("the rest of a named one goes with it", () => {
    assert.equal(
      scrub("http://h/?token=0123456789ab\n456789abcdef&x").text,
      `http://h/?token=${REDACTED}\n${REDACTED}&x`,
    );
  });
  it("what begins a line of its own stays", () => {
    for (const next of [
      "[ws] closed before connect",
      "unauthorized conn=x",
      "conn=abc123 x",
      "172.18.0.1 came",
      "2026-11-22T12:00:00Z x",
      "/usr/lib/x1 is",
      "other-word x",
    ])
      assert.equal(scrub(`?token=abc123\n${next}`).text, `?token=${REDACTED}\n${next}`);
  });
  it("lines at the end of which one may begin are known, and others are not held up", () => {
    for (const line of [
      "x correct-ho",
      "x Y29ycmVjdC1ob3",
      "x 636f7272656374",
      "?token=",
      "token: ",
      "a?tok",
      "?token=abc",
    ])
      assert.ok(own.goesOn(line), line);
    for (const line of [
      "code=1008 reason=pairing required",
      '{"token":"abc"}',
      "x correct-horse-battery-staple y",
    ])
      assert.ok(!own.goesOn(line), line);
  });
});

it("the value of a key is judged by the key where that is known", () => {
  const hex = "0123456789abcdef".repeat(4);
  assert.equal(safeField("deviceId", hex, scrub), hex);
  assert.equal(safeField("token", "x", scrub), REDACTED);
  assert.equal(safeField("x-auth", "x", scrub), REDACTED);
  assert.equal(safeField("token", "missing", scrub), "missing");
  assert.equal(safeField("reason", hex, scrub), REDACTED);
  assert.equal(safeField("authMode", "token", scrub), "token");
});

it("a secret with invisible characters in its middle is found in a quote", () => {
  assert.equal(safeQuote("tok\u200ben=ab\u0000cd", scrub), `token=${REDACTED}`);
});

it("an escape that a line breaks joins its own two lines and no others", () => {
  const own = createScrubber(["tok-in-the-config-0123"]);
  for (const [text, clean] of [
    ["token tok-in-the-config-0123\nat main", "token <redacted>\nat main"],
    [
      "token=abc-123-def\nPORT_OF=it\nPORT=19001\nX=100%\nnext",
      "token=<redacted>\nPORT_OF=it\nPORT=19001\nX=100%\nnext",
    ],
    ["token%3Dabc%2\nd12 and", "token%3D<redacted>\n<redacted> and"],
    ["token%253Dabc%252\nd12 and", "token%253D<redacted>\n<redacted> and"],
  ] as const)
    assert.equal(own(text).text, clean);
});
