/** The parts of `fix` that decide before anything is changed: consent, what is shown, where journals lie. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, describe, test } from "node:test";
import { consentTo } from "../src/cli/fix/consent.ts";
import type { Io } from "../src/cli/io.ts";
import type { Risk } from "../src/core/finding.ts";
import type { Journal } from "../src/core/journal.ts";
import { isSharedHost } from "../src/deployments/accounts.ts";
import { journalStore } from "../src/deployments/journal-store.ts";
import { catalogueOf } from "../src/report/messages/index.ts";

const words = catalogueOf("en").fix;

function io(answer?: string): Io & { readonly said: () => string } {
  const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
  let said = "";
  const output = {
    isTTY: answer !== undefined,
    write(text: string) {
      said += text;
      return true;
    },
  };
  const stderr = Object.assign(new PassThrough(), output);
  if (answer !== undefined) stdin.end(`${answer}\n`);
  return {
    stdin,
    stdout: { write: () => true },
    stderr,
    env: {},
    signal: new AbortController().signal,
    said: () => said,
  };
}

describe("consent", () => {
  const cases: readonly [Risk, { yes?: boolean; allowRisk?: readonly Risk[] }, boolean][] = [
    ["none", {}, false],
    ["none", { yes: true }, true],
    ["restart", { yes: true }, true],
    ["grants-access", { yes: true }, false],
    ["grants-access", { yes: true, allowRisk: ["weakens-security"] }, false],
    ["grants-access", { yes: true, allowRisk: ["grants-access"] }, true],
    ["grants-access", { allowRisk: ["grants-access"] }, true],
    ["weakens-security", { yes: true }, false],
    ["weakens-security", { yes: true, allowRisk: ["grants-access"] }, false],
    ["weakens-security", { yes: true, allowRisk: ["weakens-security"] }, true],
  ];
  for (const [risk, { yes = false, allowRisk = [] }, expected] of cases) {
    const line = [yes ? "--yes" : "", ...allowRisk.map((one) => `--allow-risk ${one}`)].join(" ").trim();
    test(`for ${risk} without a terminal: ${line || "nothing"} ${expected ? "suffices" : "is not enough"}`, async () => {
      const consent = await consentTo(risk, { yes, allowRisk }, words, io());
      assert.equal(consent.given, expected);
    });
  }

  for (const [answer, expected] of [
    ["y", true],
    ["YES", true],
    ["", false],
    ["n", false],
    ["yeah, whatever", false],
  ] as const) {
    test(`at the prompt, "${answer}" is ${expected ? "a yes" : "a no"}`, async () => {
      const terminal = io(answer);
      const consent = await consentTo("grants-access", { yes: true, allowRisk: [] }, words, terminal);
      assert.equal(consent.given, expected);
    });
  }
});

describe("journals", () => {
  const home = mkdtempSync(join(tmpdir(), "pairing-doctor-journal-"));
  after(() => rmSync(home, { recursive: true, force: true }));
  const store = journalStore({ env: {}, homedir: home, platform: "linux" });
  const directory = join(home, ".local", "state", "openclaw-pairing-doctor", "fixes");
  const journal = (id: string, state: Journal["state"], configPath = "/a"): Journal => ({
    version: 1,
    id,
    state,
    pid: 1,
    startedAt: "2026-11-22T00:00:00Z",
    configPath,
    remedies: [],
    before: {},
    steps: [],
  });

  test("are read back in their order, each gateway's own", async () => {
    await store.write(journal("b", "kept"));
    await store.write(journal("a", "open"));
    await store.write(journal("c", "kept", "/other"));
    assert.deepEqual(
      (await store.list("/a")).map(({ id }) => id),
      ["a", "b"],
    );
    await store.write(journal("a", "undone"));
    assert.deepEqual(
      (await store.list("/a")).map(({ state }) => state),
      ["undone", "kept"],
    );
  });

  test("are for their owner only, whatever the umask", async () => {
    const before = process.umask(0);
    try {
      await store.write(journal("d", "open"));
    } finally {
      process.umask(before);
    }
    assert.equal(statSync(join(directory, "d.json")).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  test("that are none are left out, and left alone", async () => {
    for (const text of ["", "{", "[]", '{"version":2}', '{"version":1,"id":"x","state":"kept"}']) {
      writeFileSync(join(directory, "e.json"), text);
      assert.ok(!(await store.list("/a")).some(({ id }) => id === "e" || id === "x"));
      assert.equal(readFileSync(join(directory, "e.json"), "utf8"), text);
    }
  });

  test("go when there are many, but none that is still open", async () => {
    await store.write(journal("0-open", "open"));
    for (let index = 0; index < 60; index += 1) {
      await store.write(journal(`f-${String(index).padStart(3, "0")}`, "undone"));
    }
    const all = await store.list("/a");
    assert.ok(all.length <= 55, String(all.length));
    assert.ok(all.some(({ id }) => id === "0-open"));
  });

  test("in a place that cannot be written are an error before anything is changed", async () => {
    const closed = mkdtempSync(join(tmpdir(), "pairing-doctor-closed-"));
    writeFileSync(join(closed, ".local"), "");
    chmodSync(closed, 0o500);
    const store = journalStore({ env: {}, homedir: closed, platform: "linux" });
    await assert.rejects(store.write(journal("a", "open")), /journal/);
    chmodSync(closed, 0o700);
    rmSync(closed, { recursive: true });
  });
});

describe("a host of several people", () => {
  const passwd = (...lines: string[]) => ({
    platform: "linux",
    list: async () => [],
    readText: async () => ({ ok: true, text: lines.join("\n"), truncated: false }) as const,
  });
  const person = (name: string, uid: number, shell = "/bin/bash") =>
    `${name}:x:${uid}:${uid}::/home/${name}:${shell}`;

  test("has two accounts that can log in", async () => {
    assert.equal(await isSharedHost(passwd(person("a", 1000), person("b", 1001))), true);
  });
  test("is not one with services and nobody", async () => {
    const lines = [
      person("root", 0),
      person("a", 1000),
      person("s", 1002, "/usr/sbin/nologin"),
      person("nobody", 65534),
    ];
    assert.equal(await isSharedHost(passwd(...lines, "broken", "x:y:z")), false);
  });
  test("is not known where the system does not tell", async () => {
    const unreadable = { ok: false, reason: "denied", detail: "" } as const;
    assert.equal(
      await isSharedHost({ platform: "linux", list: async () => [], readText: async () => unreadable }),
      undefined,
    );
    assert.equal(await isSharedHost({ ...passwd(), platform: "win32" }), undefined);
  });
  test("is told by the homes of macOS", async () => {
    const mac = (...homes: string[]) => ({ ...passwd(), platform: "darwin", list: async () => homes });
    assert.equal(await isSharedHost(mac("Shared", ".localized", "ann")), false);
    assert.equal(await isSharedHost(mac("Shared", "ann", "bob")), true);
  });
});
