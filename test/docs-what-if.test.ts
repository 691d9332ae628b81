// docs/what-if.md has every key of a question, and its example is what the command prints (UPDATE_README=1 rewrites it).
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { here } from "./support/cli.ts";

const PAGE = new URL("../docs/what-if.md", import.meta.url);

const EXAMPLE = {
  release: "2026.3.13",
  config: { gateway: { bind: "lan", auth: { mode: "token", token: true } } },
  connection: {
    remoteAddress: "172.18.0.1",
    headers: { host: "localhost:18789", origin: "http://localhost:18789" },
    device: { state: "unpaired" },
  },
};

const ask = (input: unknown, ...args: string[]) =>
  here(["what-if", "--input", "-", ...args], { input: JSON.stringify(input) });

test("every key of a question is in the page", async () => {
  const page = readFileSync(PAGE, "utf8");
  const missing: string[] = [];
  // What the command itself names where it is asked with a key that there is not.
  for (const [at, question] of [
    ["", { qqqqqqqq: 1 }],
    ["connection.", { connection: { qqqqqqqq: 1 } }],
    ["connection.device.", { connection: { device: { qqqqqqqq: 1 } } }],
    ["connection.client.", { connection: { client: { qqqqqqqq: 1 } } }],
    ["connection.sends.", { connection: { sends: { qqqqqqqq: 1 } } }],
  ] as const) {
    const { code, stderr } = await ask({ release: "2026.3.13", ...question });
    assert.equal(code, 2);
    const keys = [...(/give one of (.*)/.exec(stderr)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, key]) => key);
    assert.ok(keys.length >= 4, stderr);
    for (const key of keys)
      if (!page.includes(`\`${at}${key}\``) && !page.includes(`\`${key}\``) && !page.includes(`\`${key}.`))
        missing.push(`${at}${key}`);
  }
  assert.deepEqual(missing, []);
});

test("the example is what the command prints", async () => {
  const now = await ask(EXAMPLE);
  const later = await ask(EXAMPLE, "--via", "ssh");
  assert.deepEqual([now.code, later.code], [0, 0]);
  const text = [
    "```console",
    "$ cat page.json",
    JSON.stringify(EXAMPLE, undefined, 2),
    "$ npx openclaw-pairing-doctor what-if --input page.json",
    now.stdout.trimEnd(),
    "",
    "$ npx openclaw-pairing-doctor what-if --input page.json --via ssh",
    later.stdout.trimEnd(),
    "```",
  ].join("\n");
  const page = readFileSync(PAGE, "utf8");
  const block = /(<!-- example -->\n)[\s\S]*?(\n?<!-- \/example -->)/;
  const fresh = page.replace(block, (_all, start: string) => `${start}${text}\n<!-- /example -->`);
  if (process.env.UPDATE_README === "1") writeFileSync(PAGE, fresh);
  assert.equal(readFileSync(PAGE, "utf8"), fresh);
});
