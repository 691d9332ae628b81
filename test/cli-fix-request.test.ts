// The request that is approved is the one that was shown, and of those that come while we wait the page's own.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Changer } from "../src/core/change.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { DeviceList, PendingDevice } from "../src/core/facts.ts";
import type { Journal } from "../src/core/journal.ts";
import { fromAddress, requestFor } from "../src/core/requests.ts";
import { quoted } from "../src/core/saying.ts";
import { execute, type Workshop } from "../src/core/transaction.ts";
import { awaitRequest } from "../src/doctor/live/mend/request.ts";
import { english } from "./support/english.ts";

const PAGE: PendingDevice = {
  requestId: "r1",
  deviceId: "d1",
  role: "operator",
  scopes: ["operator.read"],
  remoteIp: "192.168.50.9",
};
const never = new AbortController().signal;
const list = (pending: readonly PendingDevice[]): DeviceList => ({ pending, paired: [], store: "json" });

describe("between what was shown and the approval", () => {
  const run = async (pending: readonly PendingDevice[]) => {
    const written: Journal[] = [];
    const performed: string[] = [];
    const changer = {
      readConfig: async () => known(undefined, "test"),
      devices: async () => known(list(pending), "test"),
      perform: async ({ do: what }: { do: string }) => {
        performed.push(what);
        return known({ how: what }, "test");
      },
      settled: async () => known({ restarted: false, tookMs: 0 }, "test"),
    } as unknown as Changer;
    const workshop: Workshop = {
      changer,
      store: { write: async (journal) => void written.push(journal) },
      verify: async () => ({ helped: true, detail: quoted("") }),
      config: { takeBack: () => undefined, isOurs: () => true },
      signal: never,
    };
    const order = {
      id: "1",
      pid: 1,
      startedAt: "2026-11-22T00:00:00Z",
      configPath: "/x",
      remedies: [],
      steps: [{ do: "device.approve", requestId: "r1" }],
      requests: [PAGE],
    } as const;
    return { outcome: await execute(order, workshop), performed, written };
  };

  test("the same request is approved", async () => {
    const { outcome, performed } = await run([{ ...PAGE, scopes: [] }]);
    assert.equal(outcome.outcome, "kept");
    assert.deepEqual(performed, ["device.approve"]);
  });

  for (const [what, pending, why] of [
    ["is gone", [], /does not wait/],
    ["has another id", [{ ...PAGE, requestId: "r2" }], /does not wait/],
    ["asks for more scopes", [{ ...PAGE, scopes: ["operator.read", "operator.admin"] }], /something else/],
    ["asks for another role", [{ ...PAGE, role: "node" }], /something else/],
    ["is another device's", [{ ...PAGE, deviceId: "d2" }], /something else/],
  ] as const)
    test(`a request that ${what}: nothing is approved, and nothing is on record`, async () => {
      const { outcome, performed, written } = await run(pending);
      assert.equal(outcome.outcome, "not-begun");
      assert.match(english(outcome.detail), why);
      assert.deepEqual([performed, written], [[], []]);
    });
});

describe("whose request it is, where only the line of the refusal is known", () => {
  const choice = (remoteIp: string | undefined, remote: string, forwarded?: string) =>
    requestFor({
      requestId: undefined,
      askedFrom: fromAddress(remote, forwarded),
      usual: ["operator.read"],
      waiting: [
        {
          requestId: "r1",
          deviceId: "d1",
          role: "operator",
          scopes: ["operator.read"],
          ...(remoteIp === undefined ? {} : { remoteIp }),
        },
      ],
    }).choice;

  for (const [what, remoteIp, remote, forwarded, expected] of [
    ["the page's own address", "192.168.50.9", "192.168.50.9", undefined, "one"],
    ["another browser's, and it alone waits", "192.168.50.66", "192.168.50.9", undefined, "none"],
    ["the client's, behind a trusted proxy", "203.0.113.7", "127.0.0.1", "203.0.113.7", "one"],
    ["another client's, behind it", "203.0.113.99", "127.0.0.1", "203.0.113.7", "none"],
    ["none, behind a proxy that is not trusted", undefined, "127.0.0.1", "203.0.113.7", "ask"],
    ["one of a chain", "203.0.113.7", "127.0.0.1", "203.0.113.7, 10.0.0.2", "ask"],
    ["none, of a local page", undefined, "127.0.0.1", undefined, "ask"],
  ] as const)
    test(`${what}: ${expected}`, () => assert.equal(choice(remoteIp, remote, forwarded), expected));
});

describe("while the page's request is waited for", () => {
  /** `limit`: where something comes it is longer than any machine takes. */
  const wait = (
    lists: readonly (readonly PendingDevice[])[],
    { before = [], limit = 60_000 }: { before?: readonly PendingDevice[]; limit?: number } = {},
  ) => {
    let asked = 0;
    const devices = async () => known(list(lists[Math.min(asked++, lists.length - 1)] ?? []), "test");
    const asks = { askedFrom: fromAddress("192.168.50.9"), usual: ["operator.read"] };
    return awaitRequest({ devices, before, ...asks, limit, every: 10 }, never);
  };
  const other: PendingDevice = { ...PAGE, requestId: "r2", deviceId: "d2", remoteIp: "192.168.50.66" };

  test("the one from the page's address is taken", async () => {
    const lists = [[], [other], [other, PAGE]];
    assert.deepEqual(await wait(lists), { choice: "one", request: PAGE });
  });
  test("one that waited before is not the page's", async () => {
    assert.deepEqual(await wait([[PAGE]], { before: [PAGE], limit: 60 }), { choice: "none" });
  });
  test("of two from the same address neither is taken unasked", async () => {
    const both = [PAGE, { ...PAGE, requestId: "r3" }];
    assert.deepEqual(await wait([both]), { choice: "ask", requests: both });
  });
  test("one from elsewhere is not taken", async () => {
    assert.deepEqual(await wait([[other]], { limit: 60 }), { choice: "none" });
  });
  test("an interrupt ends it, and so does a list that cannot be read", async () => {
    const stop = new AbortController();
    const devices = async () => unknown("failed", quoted("no"));
    const options = { devices, before: [], askedFrom: fromAddress(undefined), usual: [], every: 10 };
    setTimeout(() => stop.abort(), 20);
    assert.deepEqual(await awaitRequest(options, stop.signal), { choice: "none" });
    assert.deepEqual(await awaitRequest({ ...options, limit: 20 }, never), { choice: "none" });
  });
});
