/** Which waiting request is meant: never the newest of several. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PendingDevice } from "../src/core/facts.ts";
import { fromAddress, type RequestQuestion, requestFor } from "../src/core/requests.ts";

const waits = (requestId: string, change: Partial<PendingDevice> = {}): PendingDevice => ({
  requestId,
  deviceId: `device-${requestId}`,
  role: "operator",
  scopes: ["operator.read"],
  ...change,
});
const asked = (
  requestId: string | undefined,
  waiting: readonly PendingDevice[],
  remote?: string,
): string | undefined => {
  const found = requestFor({ requestId, waiting, usual: ["operator.read"], askedFrom: fromAddress(remote) });
  return found.choice === "one" ? found.request.requestId : undefined;
};

describe("the request that is meant", () => {
  const two = [
    waits("11111111-a", { remoteIp: "172.18.0.1" }),
    waits("22222222-b", { remoteIp: "10.0.0.9" }),
  ];

  test("is the one with the id, where nothing else fits", () =>
    assert.equal(asked("22222222-b", two.slice(1)), "22222222-b"));
  test("is the one whose id the gateway cut", () =>
    assert.equal(asked("22222222", two.slice(1)), "22222222-b"));
  test("is not the one that a log names, where others fit as well", () => {
    assert.equal(asked("22222222-b", two), undefined);
    const same = two.map((one) => ({ ...one, remoteIp: "10.0.0.9" }));
    assert.equal(asked("22222222-b", same, "10.0.0.9"), undefined);
  });
  test("is none that wants more than a page", () => {
    const more = waits("1", { remoteIp: "10.0.0.9", scopes: ["operator.read", "operator.admin"] });
    assert.equal(asked(undefined, [more], "10.0.0.9"), undefined);
  });
  test("is none of several that a short beginning fits", () => assert.equal(asked("2", two), undefined));
  test("is the one from the refused address", () =>
    assert.equal(asked(undefined, two, "10.0.0.9"), "22222222-b"));
  test("is none of several strangers", () => assert.equal(asked(undefined, two), undefined));
  test("is none of two from one address", () => {
    const same = two.map((one) => ({ ...one, remoteIp: "10.0.0.9" }));
    assert.equal(asked(undefined, same, "10.0.0.9"), undefined);
  });
  test("is not the only one, while nobody knows where the page is", () =>
    assert.equal(asked("gone", two.slice(0, 1)), undefined));
  test("is not the only one when that came from another address, or from this host", () => {
    assert.equal(asked(undefined, two.slice(0, 1), "10.0.0.9"), undefined);
    assert.equal(asked(undefined, [waits("33333333-c")], "10.0.0.9"), undefined);
  });
  test("of a local page is one without an address, by its id", () => {
    assert.equal(asked(undefined, [waits("33333333-c")], "127.0.0.1"), undefined);
    assert.equal(asked("33333333-c", [waits("33333333-c"), ...two], "127.0.0.1"), "33333333-c");
  });
  test("is not another browser's from the address that both have, where the log names who was refused", () => {
    const only = [waits("44444444-d", { remoteIp: "172.18.0.1" })];
    const choice = (refused: RequestQuestion["refused"] & object) =>
      requestFor({
        requestId: undefined,
        waiting: only,
        usual: ["operator.read"],
        askedFrom: fromAddress("172.18.0.1"),
        refused,
      }).choice;
    assert.equal(choice([]), "one");
    // A console of older releases names neither.
    assert.equal(choice([{}]), "one");
    assert.equal(choice([{ requestId: "55555555-e", deviceId: "device-of-another" }]), "ask");
    assert.equal(choice([{ requestId: "55555555-e" }]), "ask");
    assert.equal(choice([{ requestId: "44444444" }]), "one");
    // Its next attempt, with another id.
    assert.equal(choice([{ requestId: "55555555-e", deviceId: "device-44444444-d" }]), "one");
  });
  test("is no node's", () => assert.equal(asked(undefined, [waits("x", { role: "node" })]), undefined));
});

test("without an id and an address, none of several is ever taken", () => {
  const devices = fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(devices, (ids) => {
      assert.equal(
        asked(
          undefined,
          ids.map((id) => waits(id)),
        ),
        undefined,
      );
    }),
  );
});
