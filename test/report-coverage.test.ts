import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { catalogueOf, entryOf } from "../src/report/messages/index.ts";
import { checkSources } from "./support/check-sources.ts";

// Wording is data beside the checks: what they name has to be there, in each language.
const sources = checkSources().map(({ text }) => text);

/** Every first group of the pattern in the checks' sources. */
function named(pattern: RegExp): string[] {
  const found = sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name]) => name ?? ""));
  return [...new Set(found)];
}

const stepKeys = [
  ...named(/human\(\s*"([a-z-]+)"/g),
  ...named(/human\([^"()]*\? "([a-z-]+)"/g),
  ...named(/human\([^"()]*\? "[a-z-]+" : "([a-z-]+)"/g),
];
const remedyIds = named(/\bid: "([a-z-]+)",\s*risk:/g);
const variants = ["over", ...named(/variant: "([a-z-]+)"/g)];

for (const lang of ["en", "zh"] as const) {
  const words = catalogueOf(lang);
  describe(`words for what the checks name: ${lang}`, () => {
    test("every remedy", () => {
      assert.ok(remedyIds.length > 10);
      for (const id of remedyIds) assert.ok(entryOf(words.remedies, id), id);
    });

    test("every step of a person", () => {
      assert.ok(stepKeys.length > 10);
      for (const key of stepKeys) assert.ok(entryOf(words.human, key), key);
    });

    test("every variant is some cause's", () => {
      const known = Object.values(words.causes).flatMap(({ variants: own = {} }) => Object.keys(own));
      for (const variant of variants) assert.ok(known.includes(variant), variant);
    });
  });
}

test("every sentence that the tool can say is said somewhere, and what is said has its words by the compiler", () => {
  const rooms = ["../src/", "../checks/"].map((room) => new URL(room, import.meta.url));
  const text = rooms
    .flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !/(?:^|[\\/])(?:sentences|messages)[\\/]/.test(file))
        .map((file) => readFileSync(new URL(file, room), "utf8")),
    )
    .join("\n");
  const keys = Object.keys(catalogueOf("en").sayings);
  assert.ok(keys.length > 100);
  assert.deepEqual(
    keys.filter((key) => !text.includes(`"${key}"`)),
    [],
  );
});
