// A config that is longer than is read: its secrets are not known, and where they stand again nothing may show them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { here } from "./support/cli.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-long-config-"));
after(() => rmSync(directory, { recursive: true }));

const TOKEN = "walnut-harbour-sextant";
const DRAWN = "Kw83nR5tYq1sHd6u";
const config = join(directory, "openclaw.json");
const log = join(directory, "gateway.log");
writeFileSync(
  config,
  JSON.stringify({
    meta: { note: "x ".repeat(600_000) },
    env: { vars: { NOTE: DRAWN } },
    gateway: { auth: { mode: "token", token: TOKEN } },
  }),
  { mode: 0o600 },
);
writeFileSync(
  log,
  `2026-03-14T08:00:00.000Z [ws] closed before connect conn=1 remote=172.18.0.1 fwd=n/a origin=http://127.0.0.1:18789 host=127.0.0.1:18789 ua=${DRAWN} code=1008 reason=pairing required ${TOKEN}\n`,
);
const shown = (text: string): readonly string[] => [TOKEN, DRAWN].filter((value) => text.includes(value));

describe("a look at the gateway", () => {
  const live = ["--config", config, "--log", log, "--deployment", "local", "--target", "ws://127.0.0.1:1"];
  for (const [name, args] of Object.entries({
    diagnosis: [...live, "--verbose"],
    "as JSON": [...live, "--json"],
    fix: ["fix", "--dry-run", ...live],
    collect: ["collect", "--config", config, "--log", log, "--yes", "--output", join(directory, "b.tar.gz")],
  }))
    test(`${name}: refused, and nothing is shown but that`, async () => {
      const { code, stdout, stderr } = await here(args);
      assert.deepEqual([code, stdout, shown(stderr)], [2, "", []], stderr);
      assert.match(stderr, /openclaw\.json: it is longer than a config may be \(1048576 bytes\)/);
    });

  test("in Chinese", async () => {
    const { stderr } = await here([...live, "--lang", "zh"]);
    assert.match(stderr, /超过了配置文件的长度上限/);
  });
});

test("offline its settings are not known, and its secrets are, by their names and their looks", async () => {
  for (const how of [["--verbose"], ["--json"], ["--format", "markdown", "--lang", "zh"]]) {
    const { stdout, stderr } = await here(["triage", config, log, ...how]);
    assert.match(stdout, /pairing|配对/i);
    assert.deepEqual(shown(stdout + stderr), []);
  }
  const { stdout } = await here(["triage", config, log]);
  assert.match(stdout, /too long for a config/);
});
