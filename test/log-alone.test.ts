// `watch --log` and no target: the log is some gateway's, and nothing that this machine shows is taken for that one's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { logAlone } from "../src/deployments/log-alone.ts";

test("neither files nor devices nor a connection of this machine count, and each says why", async () => {
  const place = logAlone();
  assert.equal(place.here, false);
  assert.equal(place.source, "--log");
  for (const fact of [
    await place.config(),
    await place.devices(),
    await place.release(),
    await place.logs(),
    await place.reach(18789),
  ]) {
    assert.ok(!fact.known);
    assert.equal(fact.reason, "not-asked");
  }
  assert.equal(place.unseen?.known, false);
  assert.equal(place.changer, undefined);
  assert.equal(place.url(undefined), "ws://127.0.0.1:18789");
  assert.equal(place.url(20100), "ws://127.0.0.1:20100");
});

test("whoever answers there gets no secret", async () => {
  assert.equal(await logAlone().mayReceive({ uid: 0, inode: "1" }), false);
});
