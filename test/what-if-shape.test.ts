import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { here } from "./support/cli.ts";
import { latinSentences } from "./support/latin.ts";

const QUESTION = {
  release: "2026.3.13",
  config: { gateway: { bind: "lan", auth: { mode: "token" }, controlUi: { allowedOrigins: ["http://a"] } } },
  connection: {
    remoteAddress: "172.18.0.1",
    headers: { host: "localhost:18789", origin: "http://localhost:18789" },
    client: { id: "openclaw-control-ui", mode: "webchat", platform: "MacIntel" },
    role: "operator",
    scopes: ["operator.admin"],
    auth: "valid",
    sends: { token: "gateway-token" },
    device: { state: "paired", approvedScopes: ["operator.admin"], pinned: { platform: "MacIntel" } },
    protocol: { min: 3, max: 4 },
  },
  start: "later",
};

const ask = (input: unknown, ...args: string[]) =>
  here(["what-if", "--input", "-", ...args], { input: JSON.stringify(input) });

/** One error of two lines, nothing answered, in both languages. */
async function refused(input: unknown, args: readonly string[], expected: RegExp): Promise<void> {
  const { code, stdout, stderr } = await ask(input, ...args);
  assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, stderr);
  assert.equal(stderr.split("\n").length, 3, stderr);
  assert.match(stderr, expected);
  const chinese = await ask(input, ...args, "--lang", "zh");
  assert.equal(chinese.code, 2);
  assert.deepEqual(latinSentences(chinese.stderr), []);
}

/** The question with another value at a path. */
function withValue(path: string, value: unknown): unknown {
  const copy = structuredClone(QUESTION) as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop() ?? "";
  const holder = names.reduce((node, name) => node[name] as Record<string, unknown>, copy);
  holder[last] = value;
  return copy;
}

test("a question of every part is answered", async () => {
  const { code, stderr } = await ask(QUESTION);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});

test("a slip in a key asks nothing: every key of the question, with two letters of it swapped", async () => {
  const slips: string[] = [];
  const walk = (node: object, path: readonly string[]): void => {
    for (const [name, child] of Object.entries(node)) {
      if (path[0] === "config" || path[1] === "headers") continue;
      slips.push([...path, name].join("."));
      if (typeof child === "object" && child !== null && !Array.isArray(child)) walk(child, [...path, name]);
    }
  };
  walk(QUESTION, []);
  assert.ok(slips.length >= 20, `${slips.length}`);
  for (const path of slips) {
    const names = path.split(".");
    const name = names.pop() ?? "";
    const slip = [...names, `${name}x`].join(".");
    const { code, stdout, stderr } = await ask(withValue(slip, "x"));
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, slip);
    assert.ok(stderr.includes(`there is no key ${slip}\n  did you mean ${path}?`), stderr);
  }
});

describe("what cannot stand in a question is one error that names it", () => {
  const rows: readonly (readonly [path: string, value: unknown, expected: RegExp])[] = [
    ["conection", {}, /there is no key conection\n {2}did you mean connection\?/],
    ["answer", 1, /there is no key answer\n {2}give one of "release", "config", "connection", "start"\n/],
    [
      "connection.device.aproved",
      true,
      /there is no key connection\.device\.aproved\n {2}give one of "state", /,
    ],
    ["connection.headers.origin", 7, /the value of connection\.headers is none/],
    ["connection.headers", "localhost", /the value of connection\.headers is none/],
    ["connection.remoteAddress", 7, /the value of connection\.remoteAddress is none .*\n {2}give a text/],
    ["connection.scopes", "operator.admin", /connection\.scopes .*\n {2}give a list of texts/],
    ["connection.device", "paired", /the value of connection\.device is none .*\n {2}give an object/],
    ["connection.device.state", "aproved", /connection\.device\.state is "aproved", not one of "absent", /],
    ["connection.sends.token", "a-secret-of-mine", /connection\.sends\.token is /],
    ["connection.protocol.min", "3", /connection\.protocol\.min .*\n {2}give a number/],
    ["start", "second", /start is "second", not one of "first", "later"/],
    ["config.gatway", {}, /has the key gatway\n {2}did you mean gateway\?/],
    ["config.gateway.bnd", "lan", /has the key gateway\.bnd\n {2}did you mean gateway\.bind\?/],
    ["config.gateway.allowedOrigins", ["x"], /did you mean gateway\.controlUi\.allowedOrigins\?/],
    ["config.gateway.bind", "banana", /gateway\.bind is none .*\n {2}give one of "auto", "lan", /],
    ["config.gateway.trustedProxies", "127.0.0.1", /trustedProxies is none .*\n {2}give a list of texts/],
    ["config.gateway", [], /the value of gateway is none .*\n {2}give an object/],
  ];
  for (const [path, value, expected] of rows)
    test(`${path}: ${JSON.stringify(value)}`, () => refused(withValue(path, value), [], expected));

  test("in the second line, before the first is answered", async () => {
    const lines = [QUESTION, { ...QUESTION, confg: {} }].map((one) => JSON.stringify(one)).join("\n");
    const { code, stdout, stderr } = await here(["what-if", "--input", "-"], { input: lines });
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /-:2: there is no key confg\n/);
  });
});

describe("a change that no release takes is one error", () => {
  const rows: readonly (readonly [args: readonly string[], expected: RegExp])[] = [
    [["--set", "gateway.bnd=lan"], /--set gateway\.bnd: no release .*\n {2}did you mean gateway\.bind\?/],
    [["--set", "gateway.bind=banana"], /--set gateway\.bind: .*\n {2}give one of "auto", "lan"/],
    [["--set", "gateway.trustedProxies=127.0.0.1"], /--set gateway\.trustedProxies: .*\n {2}give a list of/],
    [["--set", "gateway.trustedProxies=[1]"], /give a list of texts/],
    [["--set", "gateway.port=many"], /give a port number/],
    [["--set", "gateway.auth.allowTailscale=yes"], /give true or false/],
    [["--set", "gateway.bind.mode=lan"], /--set gateway\.bind\.mode: the value of gateway\.bind is none/],
    [
      ["--set", 'gateway.controlUi={"allowedOrigin":["http://a"]}'],
      /did you mean gateway\.controlUi\.allowedOr/,
    ],
    [
      ["--set", "gateway.qqqqqqqq=1"],
      /no release of OpenClaw has the key gateway\.qqqqqqqq\n {2}see OpenClaw/,
    ],
    [
      ["--set", "gateway.auth.trustedProxy.userHedaer=x"],
      /did you mean gateway\.auth\.trustedProxy\.userHeader\?/,
    ],
    [
      ["--set", "gateway.auth.rateLimit.maxAttempt=3"],
      /did you mean gateway\.auth\.rateLimit\.maxAttempts\?/,
    ],
    [["--set", "gateway.auth.rateLimit.maxAttempts=many"], /maxAttempts is none .*\n {2}give a number/],
    [["--set", "gateway.nodes.pairng.autoApproveLocal=true"], /did you mean gateway\.nodes\.pairing\?/],
    [["--unset", "gateway.nodes.browser.mod"], /did you mean gateway\.nodes\.browser\.mode\?/],
    [["--set", "trustedProxies=[]"], /did you mean gateway\.trustedProxies\?/],
    [["--set", "bind=lan"], /did you mean gateway\.bind\?/],
    [["--set", "gatway.bind=lan"], /did you mean gateway\.bind\?/],
    [["--set", "agents.defaults.model=x"], /agents\.defaults\.model decides nothing/],
    [["--unset", "gateway.bnd"], /--unset gateway\.bnd: no release .*\n {2}did you mean gateway\.bind\?/],
  ];
  for (const [args, expected] of rows)
    test(args.join(" "), async () => {
      await refused(QUESTION, args, expected);
      const other = { ...QUESTION, release: "2026.2.1", config: {} };
      await refused(other, args, expected);
    });

  test("what the release refuses by itself is an answer: it does not start", async () => {
    for (const args of [
      ["--set", "gateway.auth.mode=banana"],
      ["--set", "gateway.auth.mode=none"],
    ]) {
      const { code, stdout } = await ask(QUESTION, "--json", ...args);
      assert.equal(code, 0);
      assert.equal(JSON.parse(stdout).admission.reason, "gateway-does-not-start", args.join(" "));
    }
  });

  test("a key of a release that came after the table may be one of its own", async () => {
    const { code } = await ask(QUESTION, "--release", "2026.9.99", "--set", "gateway.qqqqqqqq=1");
    assert.equal(code, 0);
  });

  test("keys and values that releases take are taken", async () => {
    for (const set of [
      'gateway.trustedProxies=["10.0.0.0/8"]',
      "gateway.bind=loopback",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config.
      "gateway.bind=${BIND}",
      "gateway.port=8080",
      "gateway.auth.token=true",
      "gateway.auth.rateLimit.maxAttempts=3",
      "gateway.nodes.pairing.autoApproveLocal=false",
      "gateway.controlUi.basePath=/claw",
    ]) {
      const { code, stderr } = await ask({ ...QUESTION, release: "2026.9.6" }, "--set", set);
      assert.equal(code, 0, `${set}: ${stderr}`);
    }
  });
});
