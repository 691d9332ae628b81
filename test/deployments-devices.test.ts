import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checks } from "../checks/index.ts";
import { completeFacts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known, knownValue } from "../src/core/fact.ts";
import type { DeviceList, StoreProblem } from "../src/core/facts.ts";
import { devicesFromJson } from "../src/intake/devices.ts";

const PAIRED = { abc: { deviceId: "abc", publicKey: "key", clientId: "cli", scopes: ["operator.read"] } };

function listOf(pending: string | undefined, paired: string | undefined): DeviceList {
  const list = knownValue(devicesFromJson(pending, paired, "/state/devices"));
  assert.ok(list);
  return list;
}

function kinds(list: DeviceList): string[] {
  return (list.problems ?? []).map(({ kind, path }) => `${kind} ${path.split("/").at(-1)}`);
}

describe("what is wrong with the device files", () => {
  test("nothing, as the gateway writes them", () => {
    const list = listOf("{}", JSON.stringify(PAIRED));
    assert.equal(list.problems, undefined);
    assert.deepEqual(
      list.paired.map(({ deviceId }) => deviceId),
      ["abc"],
    );
  });

  test("no files, empty files, and an empty list, which a gateway was seen to leave", () => {
    assert.deepEqual(kinds(listOf(undefined, undefined)), []);
    assert.deepEqual(kinds(listOf("", "\n")), []);
    assert.deepEqual(kinds(listOf("[]", "{}")), []);
  });

  test("cut off: the other file is still read", () => {
    const list = listOf('{ "r1": { "deviceId": "abc", ', JSON.stringify(PAIRED));
    assert.deepEqual(kinds(list), ["not-json pending.json"]);
    assert.equal(list.paired.length, 1);
  });

  test("a list in place of an object", () => {
    const list = listOf("{}", JSON.stringify([PAIRED.abc]));
    assert.deepEqual(kinds(list), ["not-an-object paired.json"]);
    assert.deepEqual(list.paired, []);
  });

  test("entries without what the gateway compares", () => {
    const list = listOf("{}", JSON.stringify({ ...PAIRED, me: { deviceId: "me" }, you: true }));
    assert.deepEqual(kinds(list), ["bad-entry paired.json", "bad-entry paired.json"]);
  });

  test("whatever is in the files: no throw, bounded, no control characters", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.oneof(fc.string(), fc.json()), (pending, paired) => {
        const { problems = [] } = listOf(pending, paired);
        assert.ok(problems.length <= 10);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        for (const { detail } of problems) assert.doesNotMatch(detail, /[\u0000-\u001f\u007f]/);
      }),
    );
  });
});

describe("what the check makes of it", () => {
  const found = (problems: readonly StoreProblem[], store: DeviceList["store"]) =>
    diagnose(
      checks,
      completeFacts({ devices: known({ pending: [], paired: [], store, problems }, "/state/devices") }),
      { describeError: String },
    ).findings.map(({ id, severity, variant }) => [id, severity, variant]);
  const path = "/state/devices/paired.json";

  test("a file that cannot be read is an error", () => {
    assert.deepEqual(found([{ kind: "not-json", path, detail: "cannot be parsed as JSON" }], "json"), [
      ["pairing-store-tampered", "error", undefined],
    ]);
  });

  test("a file beside the database is a warning", () => {
    assert.deepEqual(found([{ kind: "left-behind", path, detail: "beside it" }], "sqlite"), [
      ["pairing-store-tampered", "warning", "left-behind"],
    ]);
  });

  test("no problem, no finding", () => {
    assert.deepEqual(found([], "json"), []);
  });
});
