// The first screen, 24 lines of 80 columns, holds the verdict, its cause and the first command to type: for every
// situation, in every language, in `diagnose` and `triage` (one page), and in `fix`.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Facts } from "../src/core/collect.ts";
import { LANGS } from "../src/core/languages.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { leadsOf } from "../src/report/effect.ts";
import { renderFix } from "../src/report/fix.ts";
import { renderHuman } from "../src/report/human.ts";
import { catalogueOf, causeText } from "../src/report/messages/index.ts";
import type { RemedyAction } from "../src/report/result.ts";
import { fixOfSituation } from "./support/fix-of-situation.ts";
import { factsOfSituation, situations } from "./support/situation.ts";

const SCREEN = 24;
/** A terminal's, whose box around the headline takes a line above and below. */
const LOOK = { width: 80, unicode: true, box: (text: string) => `\n${text}\n` } as const;

const typedIn = (actions: readonly RemedyAction[]) =>
  actions.flatMap((action) => (action.kind === "command" ? [action.command] : []));

const flat = (lines: readonly string[]) => lines.join(" ").replace(/\s/g, "");

describe("the first screen", () => {
  const cases = new Map<string, Facts>();

  before(async () => {
    for (const name of situations()) cases.set(name, await factsOfSituation(name));
  });

  for (const lang of LANGS) {
    test(`of a diagnosis (${lang})`, () => {
      let commands = 0;
      for (const [name, facts] of cases) {
        const report = reportOf(facts);
        const page = renderHuman(report, { ...LOOK, lang });
        const screen = page.split("\n").slice(0, SCREEN);
        const [first] = report.findings;
        const words = catalogueOf(lang);
        const title =
          first === undefined
            ? words.verdicts[report.verdict]
            : (causeText(words, first.id, first.variant, first.args, first.detail)?.title ?? "");
        assert.ok(flat(screen).includes(flat([title])), `${name}: the cause`);
        const leads = first === undefined ? [] : leadsOf(first, report.gateway.admission);
        const typed =
          leads.length === 0 ? [] : (first?.remedies ?? []).flatMap(({ actions }) => typedIn(actions));
        const wanted = typed.length > 0 ? typed : [report.next].filter((line) => line !== "");
        if (wanted.length === 0) continue;
        commands += 1;
        const at = screen.findIndex((line) => wanted.some((command) => line.trim() === command));
        assert.ok(at >= 0, `${name}: no command in\n${screen.join("\n")}`);
        if (typed.length > 0)
          assert.ok(
            screen.some((line) => line.trim() === report.next),
            `${name}: next`,
          );
      }
      assert.ok(commands > 200);
    });

    test(`of a fix (${lang})`, async () => {
      let commands = 0;
      for (const [name, facts] of cases) {
        const report = (await fixOfSituation(facts))?.report;
        if (report === undefined) continue;
        const page = renderFix(report, { ...LOOK, lang });
        const screen = page.split("\n").slice(0, SCREEN);
        const typed = typedIn([...report.remedies.flatMap(({ actions }) => actions), ...report.byHand]);
        if (typed.length === 0) continue;
        commands += 1;
        assert.ok(
          screen.some((line) => typed.includes(line.trim())),
          `${name}: no command in\n${screen.join("\n")}`,
        );
      }
      assert.ok(commands > 100);
    });
  }
});
