import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { changed, editCompose } from "../src/compose/edit.ts";
import { composeYaml } from "../src/compose/yaml.ts";
import type { ComposeChange } from "../src/core/finding.ts";

const PUBLISH: ComposeChange = { kind: "publish", port: 18789, to: 18789 };
const LOOPBACK: ComposeChange = { kind: "on-loopback", to: 18789 };
const REFERENCE: ComposeChange = { kind: "reference", variable: "OPENCLAW_GATEWAY_TOKEN" };
const BIND: ComposeChange = { kind: "bind", value: "lan" };
const NETWORK: ComposeChange = { kind: "network", of: "openclaw-gateway" };

/** Lines of a service `claw`, without their indentation. */
function file(...lines: readonly string[]): string {
  return `# head\nservices:\n  claw: # the bot\n${lines.map((line) => `    ${line}\n`).join("")}  db:\n    image: postgres # not ours\n`;
}

async function edited(text: string, change: ComposeChange, service = "claw"): Promise<string> {
  const outcome = await editCompose(text, service, change);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.text;
}

async function why(text: string, change: ComposeChange, service = "claw"): Promise<string> {
  const outcome = await editCompose(text, service, change);
  assert.ok(!outcome.ok);
  return outcome.why;
}

describe("a port is published on loopback", () => {
  test("in a list of either style, before the others", async () => {
    assert.equal(
      await edited(file("ports: # open", "  # the bridge", "  - 18790:18790 # b", "image: x"), PUBLISH),
      file(
        "ports: # open",
        "  # the bridge",
        '  - "127.0.0.1:18789:18789"',
        "  - 18790:18790 # b",
        "image: x",
      ),
    );
    assert.equal(
      await edited(file("ports: ['1:1', 2] # few", "image: x"), PUBLISH),
      file(`ports: ["127.0.0.1:18789:18789", '1:1', 2] # few`, "image: x"),
    );
    assert.equal(
      await edited(file("ports: []", "image: x"), PUBLISH),
      file('ports: ["127.0.0.1:18789:18789"]', "image: x"),
    );
  });

  test("where nothing is published yet, with the comments that say so", async () => {
    assert.equal(
      await edited(file("image: x # which"), PUBLISH),
      file("ports:", '  - "127.0.0.1:18789:18789"', "image: x # which"),
    );
    assert.equal(
      await edited(file("ports:", '#  - "18789:18789"', "image: x"), PUBLISH),
      file("ports:", '  - "127.0.0.1:18789:18789"', '#  - "18789:18789"', "image: x"),
    );
    assert.equal(
      await edited('{"services": {"claw": {"image": "x"}}}', PUBLISH),
      '{"services": {"claw": {"ports": ["127.0.0.1:18789:18789"], "image": "x"}}}',
    );
  });

  test("not a second time, however it is written, nor over a list of several services", async () => {
    for (const port of ['"18789:18789"', "18789", '"1-2:18788-18790"', `"\${P:-1}:\${Q:-18789}/tcp"`])
      assert.equal(await why(file(`ports: [${port}]`), PUBLISH), "published", port);
    assert.equal(await why(file("ports:", "  - {target: 18789}"), PUBLISH), "published");
    const shared = "x: &x {ports: ['1:1']}\ny: &y ['2:2']\n";
    assert.equal(await why(shared + file("<<: *x", "image: a"), PUBLISH), "inherited");
    assert.equal(await why(shared + file("ports: *y"), PUBLISH), "inherited");
  });
});

describe("a published port goes to loopback", () => {
  test("in every short form, in its own quotes", async () => {
    for (const [before, after] of [
      ["18789:18789", '"127.0.0.1:18789:18789"'],
      ["'0.0.0.0:1:18789'", "'127.0.0.1:1:18789'"],
      ['"[::]:1:18789/tcp"', '"127.0.0.1:1:18789/tcp"'],
      [`"\${HOST:-0.0.0.0}:\${P:-1}:18789"`, `"127.0.0.1:\${P:-1}:18789"`],
      ["18789", '"127.0.0.1::18789"'],
      ['"18788-18790:18788-18790"', '"127.0.0.1:18788-18790:18788-18790"'],
    ] as const)
      assert.equal(
        await edited(file("ports:", `  - ${before} # open`, "  - 80:80"), LOOPBACK),
        file("ports:", `  - ${after} # open`, "  - 80:80"),
      );
  });

  test("in the long form, and one that is there already stays", async () => {
    assert.equal(
      await edited(file("ports:", "  - target: 18789 # t", "    published: 1"), LOOPBACK),
      file("ports:", '  - host_ip: "127.0.0.1"', "    target: 18789 # t", "    published: 1"),
    );
    assert.equal(
      await edited(file("ports:", "  - {target: 18789, host_ip: 0.0.0.0}"), LOOPBACK),
      file("ports:", '  - {target: 18789, host_ip: "127.0.0.1"}'),
    );
    const there = file("ports: [127.0.0.1:18789:18789]");
    assert.equal(await edited(there, LOOPBACK), there);
    assert.equal(await why(file("ports: [80:80]"), LOOPBACK), "absent");
  });
});

describe("a variable refers to .env", () => {
  test("in a mapping and in a list; the literal is gone", async () => {
    const reference = `\${OPENCLAW_GATEWAY_TOKEN}`;
    assert.equal(
      await edited(file("environment:", "  A: 1 # a", "  OPENCLAW_GATEWAY_TOKEN: abc # t"), REFERENCE),
      file("environment:", "  A: 1 # a", `  OPENCLAW_GATEWAY_TOKEN: "${reference}" # t`),
    );
    assert.equal(
      await edited(file("environment:", "- A=1 # a", "- OPENCLAW_GATEWAY_TOKEN=abc # t"), REFERENCE),
      file("environment:", "- A=1 # a", `- "OPENCLAW_GATEWAY_TOKEN=${reference}" # t`),
    );
    assert.equal(
      await edited(file("environment: {OPENCLAW_GATEWAY_TOKEN: 'abc'}"), REFERENCE),
      file(`environment: {OPENCLAW_GATEWAY_TOKEN: '${reference}'}`),
    );
    assert.equal(
      await edited(file("environment:", "  A: 1"), REFERENCE),
      file("environment:", `  OPENCLAW_GATEWAY_TOKEN: "${reference}"`, "  A: 1"),
    );
    assert.equal(
      await edited(file("image: x"), REFERENCE),
      file("environment:", `  OPENCLAW_GATEWAY_TOKEN: "${reference}"`, "image: x"),
    );
    const there = file("environment:", `  OPENCLAW_GATEWAY_TOKEN: ${reference}`);
    assert.equal(await edited(there, REFERENCE), there);
    assert.equal(await why(file("environment: [1"), REFERENCE), "syntax");
    assert.equal(
      await why("t: &t abc\n".concat(file("environment: {OPENCLAW_GATEWAY_TOKEN: *t}")), REFERENCE),
      "inherited",
    );
  });
});

describe("the bind of a command", () => {
  test("as words, as one word, as a text", async () => {
    for (const [before, after] of [
      ["[node, gateway, --bind, loopback] # run", '[node, gateway, --bind, "lan"] # run'],
      ['["gateway", "--bind=loopback"]', '["gateway", "--bind=lan"]'],
      [`["--bind", "\${BIND:-loopback}", "--port", "1"]`, '["--bind", "lan", "--port", "1"]'],
      ["node gateway --bind loopback --port 1 # run", "node gateway --bind lan --port 1 # run"],
      ["\"gateway --bind='loopback'\"", "\"gateway --bind='lan'\""],
    ] as const)
      assert.equal(await edited(file(`command: ${before}`), BIND), file(`command: ${after}`));
    assert.equal(
      await edited(file("command: >", "  node gateway", "  --bind loopback", "  --port 1"), BIND),
      file("command: >", "  node gateway", "  --bind lan", "  --port 1"),
    );
    assert.equal(await why(file("command: gateway"), BIND), "absent");
    assert.equal(await why(file("command: [--bind]"), BIND), "absent");
  });
});

describe("the network of another service", () => {
  test("set or replaced, and not beside networks or ports", async () => {
    assert.equal(
      await edited(file("image: x"), NETWORK),
      file('network_mode: "service:openclaw-gateway"', "image: x"),
    );
    assert.equal(
      await edited(file("network_mode: bridge # own"), NETWORK),
      file('network_mode: "service:openclaw-gateway" # own'),
    );
    assert.equal(await why(file("networks: [a]"), NETWORK), "conflict");
    assert.equal(await why(file("ports: [a]"), NETWORK), "conflict");
  });
});

test("no such service, no Compose file, line ends and a byte-order mark", async () => {
  assert.equal(await why(file("image: x"), PUBLISH, "other"), "no-service");
  assert.equal(await why(file("image: x"), PUBLISH, "toString"), "no-service");
  assert.equal(await why("services:\n  claw:\n", PUBLISH), "no-service");
  assert.equal(await why("a: [", PUBLISH), "syntax");
  const windows = `\uFEFF${file("ports:", "  - 1:1", "image: x")}`.replaceAll("\n", "\r\n");
  assert.equal(
    await edited(windows, PUBLISH),
    windows.replace("      - 1:1", '      - "127.0.0.1:18789:18789"\r\n      - 1:1'),
  );
});

// ---- any file

const WORD = fc.constantFrom(
  "x",
  "a:b",
  "18789:18789",
  "127.0.0.1:1:2",
  "--bind",
  "loopback",
  `\${V:-1}`,
  "é",
);
const KEYS = ["image", "ports", "environment", "command", "network_mode", "labels"] as const;

interface Style {
  readonly indent: number;
  readonly newline: string;
  readonly flow: readonly boolean[];
  readonly comments: readonly boolean[];
}

const style = fc.record({
  indent: fc.constantFrom(1, 2, 3, 4, 8),
  newline: fc.constantFrom("\n", "\r\n"),
  flow: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  comments: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
});
const value = fc.oneof(
  WORD,
  fc.array(WORD, { maxLength: 4 }),
  fc.dictionary(fc.constantFrom("A", "B", "OPENCLAW_GATEWAY_TOKEN"), WORD),
);
const serviceOf = fc.array(fc.tuple(fc.constantFrom(...KEYS), value), { minLength: 1, maxLength: 6 });

function written(pairs: readonly (readonly [string, unknown])[], style: Style): string {
  const pad = (level: number) => " ".repeat(level * style.indent);
  const lines = ["services:", `${pad(1)}claw:`];
  const unique = [...new Map(pairs)];
  for (const [index, [key, one]] of unique.entries()) {
    if (typeof one === "string" || style.flow[index] || Object.keys(one as object).length === 0)
      lines.push(`${pad(2)}${key}: ${JSON.stringify(one)}`);
    else {
      lines.push(`${pad(2)}${key}:`);
      for (const [name, item] of Object.entries(one as object))
        lines.push(`${pad(3)}${Array.isArray(one) ? "-" : `${name}:`} ${JSON.stringify(item)}`);
    }
  }
  lines.push(`${pad(1)}db:`, `${pad(2)}image: y`);
  return lines
    .map((line, at) => line + (style.comments[at] === true ? ` # comment ${at}` : ""))
    .join(style.newline)
    .concat(style.newline);
}

/** Texts of which one is the other with something put in, or put in the place of one word. */
function touched(before: string, after: string): readonly [string, string] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end += 1;
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)];
}

test("whatever the file: only the one thing changes, and every comment stays", async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      serviceOf,
      style,
      fc.constantFrom(PUBLISH, LOOPBACK, REFERENCE, BIND, NETWORK),
      async (pairs, how, change) => {
        const text = written(pairs, how);
        const before = await composeYaml(text);
        assert.ok(before !== undefined, text);
        const outcome = await editCompose(text, "claw", change);
        if (!outcome.ok) return;
        done += 1;
        const after = await composeYaml(outcome.text);
        assert.deepEqual(after?.value, changed(before.value, "claw", change));
        const comments = (one: string) => one.match(/ # comment \d+/g) ?? [];
        assert.deepEqual(comments(outcome.text), comments(text));
        const lines = new Set(outcome.text.split("\n"));
        const gone = text.split("\n").filter((line) => !lines.has(line));
        assert.ok(gone.length <= (change.kind === "on-loopback" ? 4 : 1), outcome.text);
        if (change.kind === "publish" || change.kind === "network") {
          const [removed] = touched(text, outcome.text);
          assert.ok(change.kind === "network" || removed === "", removed);
        }
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(done > 300, `${done} edits`);
});

test("any text ends", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.constantFrom(PUBLISH, LOOPBACK, REFERENCE, BIND, NETWORK),
      async (hostile, change) => {
        await editCompose(`services:\n  claw:\n${hostile}`, "claw", change);
        await editCompose(`services: {claw: {ports: ${JSON.stringify([hostile])}}}`, "claw", change);
      },
    ),
  );
});
