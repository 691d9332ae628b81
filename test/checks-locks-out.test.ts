import assert from "node:assert/strict";
import { test } from "node:test";
import { renderHuman } from "../src/report/human.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

// No remedy sends somebody out who is let in now: each is asked of the model for the page that is connected.

test("what would refuse a page that is let in is no next step, and says so first", async () => {
  let met = 0;
  for (const name of situations()) {
    const report = await diagnoseSituation(name);
    if (report.gateway.admission?.outcome !== "admitted") continue;
    for (const { severity, remedies } of report.findings) {
      if (severity === "error") continue;
      for (const { after, actions } of remedies) {
        if (typeof after !== "object") continue;
        met += 1;
        const commands = actions.flatMap((action) => (action.kind === "command" ? [action.command] : []));
        if (report.findings[0]?.severity !== "error")
          assert.ok(!commands.includes(report.next), `${name}: ${report.next}`);
        const [first] = actions;
        if (after.refusedAt !== "pairing") {
          assert.ok(
            first?.kind === "human" && first.message === "locks-out",
            `${name}: ${JSON.stringify(first)}`,
          );
          assert.ok(!JSON.stringify(actions).includes("approve-browsers-in-use"), name);
        }
      }
    }
  }
  assert.ok(met >= 2, `${met} remedies would refuse a page that is let in`);
});

for (const lang of ["en", "zh"] as const)
  test(`a switch that alone lets a plain page in: ${lang}`, async () => {
    const report = await diagnoseSituation("lan-http-2026.2.1-insecure-auth");
    const page = renderHuman(report, { lang, width: 100, unicode: true });
    assert.equal(report.next, "npx openclaw-pairing-doctor explain insecure-flags-set");
    assert.doesNotMatch(page, /\u2713 (?:passes|可通过)/);
    assert.match(
      page.replace(/\s+/g, " "),
      lang === "en" ? /1\. Not yet: a page that is let in now/ : /1\. 先不要执行/,
    );
  });
