import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Lru } from "../src/core/lru.ts";

test("what was read last is kept, what nobody touched is forgotten", () => {
  const lru = new Lru<number>(2);
  lru.set("a", 1);
  lru.set("b", 2);
  assert.equal(lru.get("a"), 1);
  lru.set("c", 3);
  assert.deepEqual(lru.keys(), ["a", "c"]);
  assert.equal(lru.get("b"), undefined);
});

test("it holds the keys that were touched last, whatever was done", () => {
  const touch = fc.record({ key: fc.constantFrom(..."abcdefgh"), write: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(touch), (max, touches) => {
      const lru = new Lru<string>(max);
      let recent: string[] = [];
      for (const { key, write } of touches) {
        if (!write && !recent.includes(key)) {
          assert.equal(lru.get(key), undefined);
          continue;
        }
        if (write) lru.set(key, key);
        else assert.equal(lru.get(key), key);
        recent = [...recent.filter((other) => other !== key), key].slice(-max);
      }
      assert.deepEqual(lru.keys(), recent);
    }),
  );
});
