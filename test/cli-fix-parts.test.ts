/** The parts of `fix` that decide before anything is changed: consent, what is shown. */

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { consentTo } from "../src/cli/fix/consent.ts";
import type { Io } from "../src/cli/io.ts";
import type { Risk } from "../src/core/finding.ts";
import { say } from "../src/core/saying.ts";
import { isSharedHost } from "../src/deployments/accounts.ts";
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
    const unreadable = { ok: false, reason: "denied", detail: say("unread-denied") } as const;
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
