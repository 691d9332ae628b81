// Whole tickets as people write them, each labelled before it was first run: the first finding, the commands of *their*
// deployment, and what must not be advised or claimed. `fixtures/tickets/labels.json` has the labels.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { faultsOf, isFirstRight, type TicketLabel, triageText } from "./support/ticket-score.ts";

const dir = new URL("../fixtures/tickets/", import.meta.url);
const labels = JSON.parse(readFileSync(new URL("labels.json", dir), "utf8")) as Readonly<
  Record<string, TicketLabel>
>;

describe("tickets nobody has seen before", () => {
  for (const [name, label] of Object.entries(labels))
    test(name, async () => {
      const report = await triageText(readFileSync(new URL(`${name}.txt`, dir), "utf8"));
      const found = report.findings.map(({ id }) => id);
      assert.ok(
        isFirstRight(label.ids, report),
        `${label.ids.join(" | ")} expected, ${found.join(", ")} found`,
      );
      assert.deepEqual(faultsOf(label, report), []);
    });

  test("every ticket has a label, and every label a ticket", () => {
    const texts = readdirSync(dir).flatMap((file) => (file.endsWith(".txt") ? [file.slice(0, -4)] : []));
    assert.deepEqual(texts.sort(), Object.keys(labels).sort());
  });
});
