// However many secrets are known, none of them is forgotten: they are looked for at the price of a few, up to a stated
// count and size, and beyond it nothing is shown at all.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { readConfig } from "../src/config/read.ts";
import { KnownValues, MOST_OF_SECRETS, MOST_SECRETS, TooManySecrets } from "../src/core/known-values.ts";
import { createScrubber } from "../src/core/scrub.ts";
import { here } from "./support/cli.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-many-"));
after(() => rmSync(directory, { recursive: true }));

/** Random to look at, the same in every run. */
const hex = (number: number) => createHash("sha256").update(`many ${number}`).digest("hex").slice(0, 20);
const many = (count: number, prefix = "") => Array.from({ length: count }, (_, at) => `${prefix}${hex(at)}`);
const config = (secrets: readonly string[]) =>
  JSON.stringify({ gateway: { bind: "lan" }, channels: { tokens: secrets } });

const WAYS: Readonly<Record<string, (value: string) => string>> = {
  "as it is": (value) => value,
  hex: (value) => Buffer.from(value).toString("hex"),
  base64: (value) => Buffer.from(`x${value}`).toString("base64"),
  reversed: (value) => [...value].reverse().join(""),
};

test("as many as are taken are all known, in every disguise", () => {
  const values = many(MOST_SECRETS);
  const known = new KnownValues(values);
  for (const [name, way] of Object.entries(WAYS)) {
    const missed = values.filter((value) => known.find(`key ${way(value)} end`).length === 0);
    assert.equal(missed.length, 0, `${name}: ${missed.slice(0, 3)}`);
  }
});

test("long ones leave room for the others", () => {
  const keys = Array.from({ length: 20 }, (_, at) =>
    Array.from({ length: 150 }, (_, part) => hex(at * 1000 + part)).join("Zq"),
  );
  const known = new KnownValues([...keys, "0c5ae1f29bd3774e88aa"]);
  assert.ok(known.find("x 0c5ae1f29bd3774e88aa y").length > 0);
  for (const key of keys) assert.ok(known.find(`x ${key.slice(1000, 1040)} y`).length > 0);
});

test("one more, or longer ones, are refused and not forgotten", () => {
  assert.throws(() => new KnownValues(many(MOST_SECRETS + 1)), TooManySecrets);
  const long = Array.from({ length: 5 }, (_, at) => String(at).repeat(MOST_OF_SECRETS / 4));
  assert.throws(() => new KnownValues(long), TooManySecrets);
});

describe("a line costs no more", () => {
  const cost = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  // `commonbeginning`: every line has the beginning of all of them.
  for (const [name, prefix] of Object.entries({ "of all kinds": "", "that begin alike": "commonbeginning" }))
    test(`with forty times as many secrets ${name}`, () => {
      const [few, all] = [100, MOST_SECRETS].map((count) => createScrubber(many(count, prefix)));
      assert.ok(few !== undefined && all !== undefined);
      const line = `2026-03-01T00:00:00Z [ws] closed ${"commonbeginning ".repeat(8)}commonbeginning0`;
      const read = (scrub: typeof few) => {
        for (let at = 0; at < 300; at += 1) {
          scrub(`${line} ${at}`);
          scrub.goesOn(`${line} ${at}`);
        }
      };
      read(few);
      read(all);
      let told = "";
      for (let tries = 0; tries < 5; tries += 1) {
        const costs = [cost(() => read(few)), cost(() => read(all))] as const;
        if (costs[1] < Math.max(30, costs[0] * 5)) return;
        told = costs.join(" and then ");
      }
      assert.fail(told);
    });
});

describe("a config of 30,000 secrets", () => {
  const values = many(30_000);
  const path = join(directory, "openclaw.json");
  writeFileSync(path, config(values));
  const log = join(directory, "gateway.log");
  writeFileSync(
    log,
    values
      .slice(-200)
      .map((value) => `[ws] closed before connect conn=1 ${value}\n`)
      .join(""),
  );

  test("its reader gives one more than are taken", () => {
    const { secrets } = readConfig({
      text: config(values.slice(0, 10_000)),
      path: "/x/openclaw.json",
      stateDir: "/x",
      env: {},
      salt: "s",
    });
    assert.equal(secrets.all.length, MOST_SECRETS + 1);
  });

  for (const [name, args] of Object.entries({
    triage: ["triage", path, log],
    "triage, as JSON": ["triage", path, log, "--json"],
    diagnosis: ["--config", path, "--log", log, "--deployment", "local"],
    collect: [
      "collect",
      "--config",
      path,
      "--log",
      log,
      "--yes",
      "--output",
      join(directory, "bundle.tar.gz"),
    ],
  }))
    test(`${name}: refused with the count, and nothing else is shown`, async () => {
      const { code, stdout, stderr } = await here(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /more than 4000 secrets, or more than 262144 characters/);
      assert.equal(stdout, "");
      const shown = values.filter((value) => stderr.includes(value));
      assert.deepEqual(shown, []);
    });

  test("in Chinese", async () => {
    const { stderr } = await here(["triage", path, "--lang", "zh"]);
    assert.match(stderr, /4000 个机密值/);
  });

  test("as many as are taken are read as ever", async () => {
    const some = values.slice(0, 3500);
    writeFileSync(path, config(some));
    writeFileSync(
      log,
      some
        .slice(-300)
        .map((value) => `[ws] closed before connect conn=1 ${value}\n`)
        .join(""),
    );
    const { code, stdout } = await here(["triage", path, log, "--json"]);
    assert.notEqual(code, 2);
    const { schemaVersion } = JSON.parse(stdout);
    assert.equal(schemaVersion, 1);
    assert.deepEqual(
      some.filter((value) => stdout.includes(value)),
      [],
    );
  });
});
