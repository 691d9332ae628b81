// A store of strangers: what it says is read as data, in bounded time, and nothing of it runs or is written.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Fact } from "../src/core/fact.ts";
import type { DeviceList } from "../src/core/facts.ts";
import { localAccess } from "../src/deployments/local.ts";
import { devicesFromSqlite } from "../src/deployments/store/device-lists.ts";
import { readStore } from "../src/deployments/store/reader.ts";
import { MAX_STORE, storeSnapshot } from "../src/deployments/store/snapshot.ts";
import { nodeWorld, type World } from "../src/deployments/world.ts";
import { ensureBuilt, fixture } from "./support/cli.ts";
import { COMMON, PAIRED, PENDING, storeOf } from "./support/device-store.ts";

const directory = mkdtempSync(join(tmpdir(), "opd-store-"));
after(() => rmSync(directory, { recursive: true }));
before(() => void ensureBuilt());

/** A database of these statements, as a file of its own directory. */
async function made(sql: string): Promise<string> {
  const path = join(mkdtempSync(join(directory, "made-")), "openclaw.sqlite");
  writeFileSync(path, await storeOf(sql));
  return path;
}

/** The store with one device in the database and a request in its log. */
function logged(): string {
  const path = join(mkdtempSync(join(directory, "logged-")), "openclaw.sqlite");
  copyFileSync(fixture("store/openclaw.sqlite"), path);
  copyFileSync(fixture("store/openclaw.sqlite-wal"), `${path}-wal`);
  return path;
}

function requests(fact: Fact<DeviceList>): readonly string[] | string {
  return fact.known ? fact.value.pending.map(({ requestId }) => requestId) : fact.detail;
}

describe("which store counts", () => {
  const request = { requestId: "r1", deviceId: "d1", clientId: "openclaw-control-ui", scopes: [], ts: 1 };

  /** A state directory with tables as 2026.6.11 makes them and never writes them, and the lists in files. */
  async function both(rows: string): Promise<string> {
    const store = await made(PENDING + PAIRED + rows);
    const state = join(dirname(store), "state");
    mkdirSync(state);
    copyFileSync(store, join(state, "openclaw.sqlite"));
    const home = dirname(store);
    mkdirSync(join(home, "devices"));
    writeFileSync(join(home, "openclaw.json"), "{}");
    writeFileSync(join(home, "devices", "pending.json"), JSON.stringify({ r1: request }));
    writeFileSync(join(home, "devices", "paired.json"), "{}");
    return home;
  }

  const row = `INSERT INTO device_pairing_pending (request_id, device_id, scopes_json, ts) VALUES ('r2', 'd2', '[]', 2);`;
  for (const [release, rows, store, waits] of [
    ["2026.6.11", "", "json", ["r1"]],
    ["2026.6.11", row, "json", ["r1"]],
    ["2026.7.35", "", "json", ["r1"]],
    ["2026.8.1", "", "sqlite", []],
    ["2026.9.6", row, "sqlite", ["r2"]],
    [undefined, "", "json", ["r1"]],
    [undefined, row, "sqlite", ["r2"]],
  ] as const)
    test(`${release ?? "a release that is not known"}, ${rows === "" ? "empty tables" : "tables with a row"}: ${store}`, async () => {
      const home = await both(rows);
      const world = { ...nodeWorld(), env: { OPENCLAW_STATE_DIR: home, PATH: "" } };
      const given = release === undefined ? {} : { release };
      const list = await localAccess({ world, salt: "salt", ...given }).devices();
      assert.ok(list.known);
      assert.equal(list.value.store, store);
      assert.deepEqual(requests(list), waits);
      // Beside a store that is not read nothing is left behind.
      assert.equal(list.value.problems === undefined, store === "json");
    });
});

describe("what the gateway keeps", () => {
  test("a request that is only in the write-ahead log, the device beside it, and no token", async () => {
    const path = logged();
    const fact = await devicesFromSqlite(nodeWorld(), path);
    assert.ok(fact.known, JSON.stringify(fact));
    assert.deepEqual(fact.value, {
      store: "sqlite",
      pending: [
        {
          requestId: "r-logged",
          deviceId: "d-new",
          client: "openclaw-control-ui",
          platform: "MacIntel",
          role: "operator",
          scopes: ["operator.admin"],
          remoteIp: "172.18.0.1",
          at: "2026-11-22T12:25:54.580Z",
          isRepair: true,
        },
      ],
      paired: [
        {
          deviceId: "d-paired",
          client: "openclaw-control-ui",
          platform: "linux",
          role: "operator",
          scopes: ["operator.read"],
          at: "2026-11-22T12:20:00.000Z",
        },
      ],
    });
    assert.ok(!JSON.stringify(fact).includes("never-read"));
  });

  test("without its log the database alone", async () => {
    const path = logged();
    rmSync(`${path}-wal`);
    assert.deepEqual(requests(await devicesFromSqlite(nodeWorld(), path)), []);
  });

  test("a log that breaks off counts up to its last whole transaction", async () => {
    const path = logged();
    truncateSync(`${path}-wal`, statSync(`${path}-wal`).size - 200);
    assert.deepEqual(requests(await devicesFromSqlite(nodeWorld(), path)), []);
  });

  test("through a link, with the log beside what it leads to", async () => {
    const path = logged();
    const link = join(mkdtempSync(join(directory, "link-")), "openclaw.sqlite");
    symlinkSync(path, link);
    assert.deepEqual(requests(await devicesFromSqlite(nodeWorld(), link)), ["r-logged"]);
  });

  test("nothing is made, changed or left, beside it or among the temporary files", async () => {
    const path = logged();
    const temporary = mkdtempSync(join(directory, "tmp-"));
    const around = () => [
      readdirSync(join(path, "..")),
      readFileSync(path),
      statSync(path).mtimeMs,
      readdirSync(temporary),
    ];
    const [TMPDIR, was] = [process.env.TMPDIR, around()];
    process.env.TMPDIR = temporary;
    try {
      assert.ok((await devicesFromSqlite(nodeWorld(), path)).known);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    assert.deepEqual(around(), was);
  });

  test("the built command reads it, from wherever it was copied to", async () => {
    const place = mkdtempSync(join(directory, "copied-"));
    cpSync(dirname(ensureBuilt()), join(place, "doctor"), { recursive: true });
    const state = join(place, "state");
    mkdirSync(join(state, "state"), { recursive: true });
    for (const name of ["openclaw.sqlite", "openclaw.sqlite-wal"])
      copyFileSync(fixture(`store/${name}`), join(state, "state", name));
    writeFileSync(join(state, "openclaw.json"), '{"gateway":{"port":9}}');
    const env = { PATH: process.env.PATH ?? "", HOME: place, OPENCLAW_STATE_DIR: state };
    const { stdout, stderr } = spawnSync(process.execPath, [join(place, "doctor", "bin.js"), "--json"], {
      cwd: place,
      env,
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    const missing: readonly { readonly fact: string }[] = JSON.parse(stdout).missing;
    assert.ok(!missing.some(({ fact }) => fact === "devices"), JSON.stringify(missing));
  });

  test("five hundred of each list, the newest", async () => {
    const path = await made(
      `${PENDING}${PAIRED}
       WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 20000)
       INSERT INTO device_pairing_pending (request_id, device_id, ts) SELECT 'r' || n, 'd', n FROM t;`,
    );
    const fact = await devicesFromSqlite(nodeWorld(), path);
    assert.ok(fact.known);
    assert.deepEqual([fact.value.pending.length, fact.value.pending[0]?.requestId], [500, "r20000"]);
  });
});

describe("what a database of strangers says", () => {
  const endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)";
  const columns =
    "n request_id, n device_id, '' platform, '' client_id, '' role, '' roles_json, '' scopes_json, '' remote_ip, 0 is_repair, n ts";
  const hostile: Readonly<Record<string, readonly [sql: string, says: RegExp]>> = {
    "a view that never ends": [
      `${PAIRED} CREATE VIEW device_pairing_pending AS ${endless} SELECT ${columns} FROM t;`,
      /no plain table/,
    ],
    "a view in other letters": [
      `${PAIRED} CREATE VIEW Device_Pairing_PENDING AS ${endless} SELECT ${columns} FROM t;`,
      /no plain table/,
    ],
    "a virtual table": [
      `${PAIRED} CREATE VIRTUAL TABLE device_pairing_pending USING fts5(request_id, device_id);`,
      /no plain table/,
    ],
    "a computed column": [
      `${PAIRED} CREATE TABLE device_pairing_pending (request_id, ${COMMON}, remote_ip, is_repair, seed, ts AS (abs(seed)));`,
      /computed columns/,
    ],
    "a stored computed column": [
      `${PAIRED} CREATE TABLE device_pairing_pending (request_id, ${COMMON}, remote_ip, is_repair, seed, ts AS (abs(seed)) STORED);`,
      /computed columns/,
    ],
    "no such table": [PAIRED, /no table device_pairing_pending/],
    "a column too few": [
      `${PAIRED} CREATE TABLE device_pairing_pending (request_id, device_id, ts);`,
      /no such column/,
    ],
    "a row of two megabytes": [
      `${PENDING}${PAIRED} INSERT INTO device_pairing_pending (request_id, device_id, ts) VALUES (hex(zeroblob(1000000)), 'd', 1);`,
      /too big/,
    ],
  };
  for (const [name, [sql, says]] of Object.entries(hostile))
    test(name, async () => {
      const fact = await devicesFromSqlite(nodeWorld(), await made(sql));
      assert.ok(!fact.known);
      assert.equal(fact.reason, "failed");
      assert.match(fact.detail, says);
    });

  test("triggers, checks, defaults and indexes of expressions are nothing that reading would run", async () => {
    const path = await made(
      `${PENDING}${PAIRED}
       INSERT INTO device_pairing_pending (request_id, device_id, ts) VALUES ('r1', 'd1', 5);
       CREATE INDEX odd ON device_pairing_pending (abs(ts)) WHERE ts > 0;
       CREATE TRIGGER after_one AFTER INSERT ON device_pairing_pending BEGIN DELETE FROM device_pairing_paired; END;
       CREATE VIEW other AS ${endless} SELECT * FROM t;`,
    );
    assert.deepEqual(requests(await devicesFromSqlite(nodeWorld(), path)), ["r1"]);
  });

  test("values of the wrong kind are left out", async () => {
    const path = await made(
      `${PENDING}${PAIRED} INSERT INTO device_pairing_pending VALUES ('r1', 'd1', x'00', 7, NULL, '[[[', '${"[".repeat(300)}', 1.5, 'x', 1e300);`,
    );
    const fact = await devicesFromSqlite(nodeWorld(), path);
    assert.deepEqual(fact.known && fact.value.pending, [{ requestId: "r1", deviceId: "d1", scopes: [] }]);
  });

  test("bytes of any kind are no database, whatever is broken in them", async () => {
    const good = readFileSync(fixture("store/openclaw.sqlite"));
    const log = readFileSync(fixture("store/openclaw.sqlite-wal"));
    const path = join(mkdtempSync(join(directory, "broken-")), "openclaw.sqlite");
    const broken = [Buffer.alloc(0), Buffer.from("text"), Buffer.alloc(100_000), good.subarray(0, 700)];
    // The schema's page, the sizes in the header, the cells of the tables.
    for (let at = 16; at < good.length; at += 397) {
      const bytes = Buffer.from(good);
      bytes.fill(0xff, at, at + 8);
      broken.push(bytes);
    }
    for (const bytes of broken) {
      writeFileSync(path, bytes);
      writeFileSync(`${path}-wal`, log);
      const fact = await devicesFromSqlite(nodeWorld(), path);
      assert.ok(fact.known || fact.reason === "failed", JSON.stringify(fact));
    }
  });

  test("what takes too long is ended", async () => {
    const snapshot = await storeSnapshot(nodeWorld(), logged());
    assert.ok(snapshot.known);
    const tables = [{ name: "device_pairing_pending", columns: ["request_id"], newest: "ts", most: 1 }];
    const fact = await readStore(snapshot.value, tables, 1);
    assert.deepEqual(!fact.known && [fact.reason, fact.say?.message], ["timeout", "device-store-slow"]);
  });
});

describe("what lies beside the database", () => {
  for (const suffix of ["-wal", "-journal"]) {
    test(`a FIFO as ${suffix}`, async () => {
      const path = logged();
      rmSync(`${path}${suffix}`, { force: true });
      execFileSync("mkfifo", [`${path}${suffix}`]);
      const fact = await devicesFromSqlite(nodeWorld(), path);
      assert.equal(!fact.known && fact.say?.message, "device-store-odd");
    });

    test(`a link as ${suffix}`, async () => {
      const path = logged();
      rmSync(`${path}${suffix}`, { force: true });
      symlinkSync("/dev/zero", `${path}${suffix}`);
      const fact = await devicesFromSqlite(nodeWorld(), path);
      assert.equal(!fact.known && fact.say?.message, "device-store-odd");
    });
  }

  test("a FIFO as -shm is not looked at; a directory or a device as the store is none", async () => {
    const path = logged();
    execFileSync("mkfifo", [`${path}-shm`]);
    assert.deepEqual(requests(await devicesFromSqlite(nodeWorld(), path)), ["r-logged"]);
    mkdirSync(join(directory, "a-directory"));
    for (const none of [join(directory, "a-directory"), "/dev/zero", join(directory, "nothing")])
      assert.equal(requests(await devicesFromSqlite(nodeWorld(), none)), "no device store");
  });

  test("a store that is too large is not read", async () => {
    const path = logged();
    truncateSync(path, MAX_STORE + 1);
    const fact = await devicesFromSqlite(nodeWorld(), path);
    assert.equal(!fact.known && fact.say?.message, "device-store-too-large");
  });
});

describe("while the gateway writes", () => {
  const path = logged();
  const world = nodeWorld();
  const log = readFileSync(`${path}-wal`);
  /** The log begins anew before each of the first `times` readings of it. */
  function restless(times: number): World {
    let salts = 0;
    return {
      ...world,
      readBytes: async (asked, max) => {
        if (asked === path && salts < times) {
          salts += 1;
          const fresh = Buffer.from(log);
          fresh.writeUInt32BE(salts, 16);
          writeFileSync(`${path}-wal`, fresh);
        } else if (asked === path) writeFileSync(`${path}-wal`, log);
        return world.readBytes(asked, max);
      },
    };
  }

  test("a log that began anew meanwhile: both are read again", async () => {
    const fact = await devicesFromSqlite(restless(3), path);
    assert.deepEqual(requests(fact), ["r-logged"]);
  });

  test("when it always does, that is said", async () => {
    const fact = await storeSnapshot(restless(1000), path);
    assert.equal(!fact.known && fact.say?.message, "device-store-busy");
  });

  test("a transaction that is half in the database is waited for", async () => {
    const other = logged();
    writeFileSync(`${other}-journal`, "a journal that takes it back");
    setTimeout(() => rmSync(`${other}-journal`), 200);
    assert.deepEqual(requests(await devicesFromSqlite(world, other)), ["r-logged"]);
  });
});
