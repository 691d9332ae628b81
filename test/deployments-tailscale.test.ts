/** The `tailscale` command, as a script that stands on the PATH. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { nameIn, tailscaleOf } from "../src/deployments/tailscale.ts";
import { nodeWorld } from "../src/deployments/world.ts";

const folder = mkdtempSync(path.join(tmpdir(), "opd-tailscale-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();
const calls = path.join(folder, "calls");

/** A `tailscale` that notes its words and answers with what is given. */
function fake(answers: { readonly status: string; readonly serve?: string; readonly reset?: number }) {
  const { status, serve = "{}", reset = 0 } = answers;
  const script = `#!/bin/sh
echo "$*" >> '${calls}'
case "$*" in
  "status --json") printf '%s' '${status}' ;;
  "serve status --json") printf '%s' '${serve}' ;;
  "serve reset") exit ${reset} ;;
  *) exit 2 ;;
esac
`;
  const file = path.join(folder, "tailscale");
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  writeFileSync(calls, "");
  return tailscaleOf(nodeWorld({ env: { PATH: folder } }));
}

const RUNNING = '{"BackendState":"Running","Self":{"DNSName":"Box.tail1.ts.net."}}';

test("the machine's name, and whether it serves something", async () => {
  const free = await fake({ status: RUNNING }).status(signal);
  assert.ok(free.known);
  assert.deepEqual(free.value, { name: "box.tail1.ts.net", servesNothing: true });
  const busy = await fake({ status: RUNNING, serve: '{"TCP":{"443":{"HTTPS":true}}}' }).status(signal);
  assert.ok(busy.known);
  assert.equal(busy.value.servesNothing, false);
  assert.equal(readFileSync(calls, "utf8"), "status --json\nserve status --json\n");
});

test("where the gateway would not find it, it is not there", async () => {
  fake({ status: RUNNING });
  const world = nodeWorld({ env: { PATH: folder } });
  const status = await tailscaleOf(world, "/nowhere:/nor/here").status(signal);
  assert.ok(!status.known);
  assert.equal(status.reason, "absent");
  assert.ok((await tailscaleOf(world, `/nowhere:${folder}`).status(signal)).known);
});

test("a reset that fails is told", async () => {
  assert.ok((await fake({ status: RUNNING }).reset(signal)).known);
  const failed = await fake({ status: RUNNING, reset: 1 }).reset(signal);
  assert.ok(!failed.known);
  assert.equal(failed.reason, "failed");
});

test("logged out, without a name, or not to be read: each is said", () => {
  for (const [text, reason, words] of [
    ['{"BackendState":"NeedsLogin","Self":{}}', "denied", /NeedsLogin/],
    ['{"BackendState":"Stopped"}', "denied", /Stopped/],
    ['{"BackendState":"Running","Self":{"DNSName":""}}', "denied", /no MagicDNS name/],
    ['{"BackendState":"Running","Self":{"DNSName":"x.ts.net;rm"}}', "denied", /no MagicDNS name/],
    ["failed to connect to local tailscaled", "failed", /tailscaled/],
    ["[]", "denied", /no state/],
  ] as const) {
    const name = nameIn(text);
    assert.ok(!name.known, text);
    assert.equal(name.reason, reason, text);
    assert.match(name.detail, words);
  }
});
