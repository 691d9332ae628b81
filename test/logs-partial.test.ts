// Lines that a container's runtime cut in pieces (CRI, `P` and `F`) are read as they were written.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { digestLogs } from "../src/logs/digest.ts";
import { PartialLines } from "../src/logs/partial.ts";

const TOKEN = "Xk29vQ7mPz4tLw8rBn31Ye6uHc05Sd";
const BODY = `[ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=${TOKEN} code=1008 reason=pairing required`;
const at = (second: number) => `2026-11-22T12:25:0${second}.812345678Z`;
const digest = (text: string) => digestLogs([{ name: "gateway.log", chunks: [text] }], { secrets: [TOKEN] });
/** Cut in three where these words are cut in two. */
const cutAt = (...places: readonly number[]) =>
  [0, ...places].map((from, index) => {
    const to = places[index];
    return `${at(index)} stdout ${to === undefined ? "F" : "P"} ${BODY.slice(from, to)}\n`;
  });

const PLACES: Readonly<Record<string, readonly number[]>> = {
  "in the middle of a token": [BODY.indexOf(TOKEN) + 12],
  "in the middle of a reason": [BODY.indexOf("pairing required") + 4],
  "between the words of a reason": [BODY.indexOf(" required")],
  "in three pieces": [BODY.indexOf("code=1008") + 6, BODY.indexOf("pairing") + 3],
};

describe("a line that is cut", () => {
  for (const [name, places] of Object.entries(PLACES))
    test(name, async () => {
      const whole = await digest(`${at(0)} stdout F ${BODY}\n`);
      const cut = await digest(cutAt(...places).join(""));
      const told = ({ events, refusals }: typeof whole) => JSON.stringify({ events, refusals });
      assert.equal(told(cut), told(whole));
      assert.match(told(cut), /pairing required/);
      for (const part of [TOKEN, TOKEN.slice(0, 12), TOKEN.slice(12)]) assert.ok(!told(cut).includes(part));
    });

  test("with the other stream's lines between its pieces", async () => {
    const [first = "", last = ""] = cutAt(BODY.indexOf("pairing") + 3);
    const { refusals } = await digest(`${first}${at(1)} stderr F [gateway] something else\n${last}`);
    assert.equal(refusals.length, 1);
  });

  test("without its end is read as far as it goes", async () => {
    const [first = ""] = cutAt(BODY.length);
    const { refusals } = await digest(first);
    assert.equal(refusals.length, 1);
  });
});

test("a line of pieces without end is kept no longer than any other line", () => {
  const lines = new PartialLines();
  for (let part = 0; part < 100; part += 1)
    assert.deepEqual(lines.take(`T stdout P ${"x".repeat(16_384)}`, 1), []);
  const [whole] = lines.take("T stdout F end", 101);
  assert.ok(whole !== undefined && whole.text.length <= 65_536 && whole.number === 1);
  assert.equal(lines.isWaiting, false);
});
