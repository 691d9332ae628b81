import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { LogEvent } from "../src/core/log-event.ts";
import { stripPrefixes } from "../src/logs/prefix.ts";
import { createScanner } from "../src/logs/scan.ts";
import { SHAPES } from "../src/logs/shapes/index.ts";

/*
 * Golden files: fixtures/logs/NAME.log (or .jsonl, lines of real gateways; client-*, ticket and startup are our
 * own writing in their words) and NAME.events: one line for each event, `LINE TYPE key=value …`, to be judged
 * at sight. After an intended change: UPDATE_GOLDEN=1 node --import tsx --test test/logs-shapes.test.ts
 */
const ROOM = new URL("../fixtures/logs/", import.meta.url);
const inputs = readdirSync(ROOM).filter((name) => /\.(?:log|jsonl)$/.test(name));

function scan(text: string): LogEvent[] {
  const scanner = createScanner("fixture");
  return [...scanner.push(text), ...scanner.end()];
}

/** Everything of an event but its source and quote. */
function row({ type, line, source: _, quote: __, ...fields }: LogEvent): string {
  const values = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [String(line).padStart(3), type, ...values.sort()].join(" ");
}

describe("what lines say", () => {
  assert.ok(inputs.length >= 20);
  for (const name of inputs) {
    it(name, () => {
      const events = scan(readFileSync(new URL(name, ROOM), "utf8"));
      const golden = new URL(`${name}.events`, ROOM);
      const rows = events.map(row);
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, `${rows.join("\n")}\n`);
      assert.ok(existsSync(golden), "no golden file");
      assert.deepEqual(rows, readFileSync(golden, "utf8").trimEnd().split("\n"));
      for (const { quote } of events) assert.ok(quote.length > 0 && quote.length <= 500);
    });
  }
});

it("every shape is met by a fixture", () => {
  const met = new Set<string>();
  for (const name of inputs) {
    for (const raw of readFileSync(new URL(name, ROOM), "utf8").split("\n")) {
      const { text } = stripPrefixes(raw);
      const line = { text, form: "console" as const, base: { line: 1, source: "x", quote: text || "x" } };
      const shape = SHAPES.find(
        ({ hints, read }) => hints.some((hint) => text.includes(hint)) && read(line) !== undefined,
      );
      if (shape !== undefined) met.add(shape.name);
    }
  }
  assert.deepEqual(
    SHAPES.map(({ name }) => name).filter((name) => !met.has(name)),
    [],
  );
});

it("what a shape reads has one of its hints, whatever the case of the rest", () => {
  // The scanner looks at no line without a hint, so a hint that is too narrow loses events.
  for (const name of inputs) {
    for (const raw of readFileSync(new URL(name, ROOM), "utf8").split("\n")) {
      const { text } = stripPrefixes(raw);
      const line = { text, form: "console" as const, base: { line: 1, source: "x", quote: text || "x" } };
      for (const { hints, read, name: shape } of SHAPES) {
        if (read(line) === undefined) continue;
        assert.ok(
          hints.some((hint) => text.includes(hint)),
          `${shape} reads without a hint: ${text}`,
        );
      }
    }
  }
});

it("the console and the JSON file of one gateway agree", () => {
  for (const release of ["2026.2.1", "2026.3.13", "2026.5.28", "2026.9.6"]) {
    const console = scan(readFileSync(new URL(`console-${release}.log`, ROOM), "utf8"));
    const file = scan(readFileSync(new URL(`file-${release}.jsonl`, ROOM), "utf8"));
    const same = file.filter((event) => event.type === "refused" && event.conn !== undefined);
    let compared = 0;
    for (const event of same) {
      if (event.type !== "refused") continue;
      const twin = console.find((other) => other.type === "refused" && other.conn === event.conn);
      if (twin?.type !== "refused") continue;
      compared++;
      for (const key of ["remote", "fwd", "origin", "host", "ua", "code", "reason", "peer"] as const) {
        assert.equal(twin[key], event[key], `${release} ${event.conn} ${key}`);
      }
    }
    assert.ok(compared >= 5, `${release}: ${compared}`);
  }
});
