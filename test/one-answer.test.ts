// One case has one release, one gate and one plan: the header of a report, its path, its findings, what `fix` plans and
// what `what-if` answers agree, for every situation.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { applySteps } from "../src/admission/try-remedy.ts";
import type { Facts } from "../src/core/collect.ts";
import { knownValue } from "../src/core/fact.ts";
import { diagnosed, reportOf } from "../src/doctor/pure/case.ts";
import { withRelease } from "../src/doctor/pure/eras.ts";
import { modelOf } from "../src/doctor/pure/plan-of.ts";
import { answer } from "../src/doctor/pure/what-if/answer.ts";
import { changed } from "../src/doctor/pure/what-if/change.ts";
import { effectOf, leadsOf } from "../src/report/effect.ts";
import { renderFix } from "../src/report/fix.ts";
import { renderHuman } from "../src/report/human.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import type { Report } from "../src/report/result.ts";
import { type FixOfSituation, fixOfSituation } from "./support/fix-of-situation.ts";
import { factsOfSituation, situations } from "./support/situation.ts";

interface Case {
  readonly facts: Facts;
  readonly report: Report;
  readonly fix: FixOfSituation | undefined;
}

const LOOK = { lang: "en", width: 80, unicode: true } as const;
const breakOf = ({ path }: Report) => path.find((hop) => hop.breaks !== undefined)?.breaks;
const firstError = ({ findings: [first] }: Report) => (first?.severity === "error" ? first : undefined);

describe("one case, one answer", () => {
  const cases = new Map<string, Case>();

  before(async () => {
    for (const name of situations()) {
      const facts = await factsOfSituation(name);
      cases.set(name, { facts, report: reportOf(facts), fix: await fixOfSituation(facts) });
    }
  });

  test("one gate: the header says what the path ends at, and nothing else than the first finding", () => {
    let refused = 0;
    for (const [name, { report }] of cases) {
      const { admission } = report.gateway;
      const end = breakOf(report);
      if (admission?.outcome === "refused") {
        refused += 1;
        if (end !== undefined) assert.equal(end.gate, admission.gate, name);
        // What is foretold of a browser that has not come breaks nobody's path.
        if (report.verdict === "healthy") assert.equal(end, undefined, name);
        assert.ok(
          report.findings.some(({ severity, gate }) => severity === "error" || gate === admission.gate),
          `${name}: refused at ${admission.gate}, and no finding says so`,
        );
      }
      if (admission?.outcome === "admitted") {
        assert.equal(firstError(report)?.id, undefined, `${name}: admitted`);
        assert.equal(end, undefined, `${name}: admitted, and the path ends at ${end?.gate}`);
      }
      for (const { gate } of report.ahead) assert.notEqual(gate, admission?.gate, `${name}: ahead`);
    }
    assert.ok(refused > 100);
  });

  test("one gate: nobody is refused by a gateway that does not answer", () => {
    let silent = 0;
    for (const [name, { facts, report }] of cases) {
      const state = knownValue(facts.probe)?.reach.state;
      if (state === undefined || state === "open") continue;
      silent += 1;
      assert.equal(report.gateway.admission, null, name);
    }
    assert.ok(silent > 2);
  });

  test("one plan: what the report puts first is what fix does", () => {
    let planned = 0;
    for (const [name, { report, fix }] of cases) {
      const first = firstError(report);
      if (fix === undefined) {
        assert.equal(first, undefined, `${name}: fix has nothing to mend`);
        continue;
      }
      if (first === undefined) continue;
      assert.equal(fix.prepared.finding.id, first.id, name);
      assert.equal(fix.report.finding?.code, first.code, name);
      const [taken] = fix.prepared.remedies;
      if (taken === undefined) {
        const promised = first.remedies.filter(
          ({ after, risk }) => after === "admitted" && risk !== "weakens-security",
        );
        assert.deepEqual(promised, [], `${name}: fix knows nothing, and the report promises`);
        continue;
      }
      planned += 1;
      assert.equal(first.remedies[0]?.id, taken.id, name);
      const [lead] = leadsOf(first, report.gateway.admission);
      assert.equal(lead?.id, taken.id, `${name}: what is to be typed first`);
    }
    assert.ok(planned > 200);
  });

  test("one plan: the next command is of the first remedy, and of no other", () => {
    for (const [name, { report }] of cases) {
      const first = report.findings[0];
      if (first === undefined) continue;
      const [lead] = leadsOf(first, report.gateway.admission);
      const typed = (lead?.actions ?? []).flatMap((action) =>
        action.kind === "command" ? [action.command] : [],
      );
      assert.equal(report.next, typed[0] ?? `npx openclaw-pairing-doctor explain ${first.id}`, name);
    }
  });

  test("one release: diagnosis and fix name the same, in words too", () => {
    for (const [name, { report, fix }] of cases) {
      if (fix === undefined) continue;
      const { url: _url, admission: _admission, ...release } = report.gateway;
      assert.deepEqual(fix.report.gateway, release, name);
      const named = /OpenClaw (\S+(?: to \S+)?)|release unknown/;
      const [said] = named.exec(renderHuman(report, LOOK).replace(/\s+/g, " ")) ?? [];
      const [again] = named.exec(renderFix(fix.report, LOOK).replace(/\s+/g, " ")) ?? [];
      assert.ok(said);
      assert.equal(again, said, name);
    }
  });

  test("what-if: the model's own answer is the header's", () => {
    let asked = 0;
    for (const [name, { facts, report }] of cases) {
      const model = modelOf(facts, diagnosed(facts).findings);
      const { admission } = report.gateway;
      if (model === undefined || admission?.outcome !== "refused") continue;
      asked += 1;
      const { admission: told } = answer(model.start);
      assert.deepEqual([told.outcome, told.gate], [admission.outcome, admission.gate], name);
    }
    assert.ok(asked > 50);
  });

  test("what-if: a remedy ends where the report says, also an upgrade that the report sends there", () => {
    let upgrades = 0;
    for (const [name, { facts, report }] of cases) {
      const { findings } = diagnosed(facts);
      const model = modelOf(facts, findings);
      const first = findings[0];
      if (model === undefined || first?.severity !== "error") continue;
      if (report.gateway.admission?.gate !== admit(model.start).gate) continue;
      // Whether the proxy signed somebody on is in no log: the checks suppose it, the connection does not show it.
      if (model.start.config.gateway?.auth?.mode === "trusted-proxy") continue;
      for (const { id, after, steps } of first.remedies) {
        if (after === undefined) continue;
        const to = steps.find((step) => step.do === "human" && typeof step.args?.release === "string");
        const isUpgrade = id === "upgrade" && to?.do === "human";
        const release = isUpgrade ? String(to.args?.release) : undefined;
        if (release !== undefined) upgrades += 1;
        const asked =
          release === undefined
            ? applySteps(model.start, steps)
            : changed(model.start, { set: [], unset: [], release });
        const { admission } = answer(asked);
        assert.deepEqual(
          admission.outcome === "admitted" ? "admitted" : admission.gate,
          typeof after === "object" ? after.refusedAt : after,
          `${name}: ${id}`,
        );
      }
    }
    assert.ok(upgrades > 5, String(upgrades));
  });

  test("a release that is not known: each era says what the same release says when it is named", () => {
    let rows = 0;
    for (const [name, { facts, report }] of cases) {
      for (const era of report.eras ?? []) {
        const named = diagnosed(withRelease(facts, era.to, undefined)).findings;
        const first = named.find(({ severity }) => severity !== "info");
        assert.equal(era.finding, first?.id ?? null, `${name}: ${era.to}`);
        if (first === undefined) continue;
        assert.deepEqual(
          era.remedies.map(({ id }) => id),
          first.remedies.map(({ id }) => id),
          `${name}: ${era.to}`,
        );
        rows += 1;
        const page = renderHuman({ ...report, eras: [era] }, { ...LOOK, verbose: true });
        const helps = era.remedies.some((remedy) => effectOf(remedy, era.gate) !== "refused");
        const none = catalogueOf("en").words.eraNoRemedy;
        if (helps && era.outcome !== "admitted")
          assert.ok(!page.replace(/\s+/g, " ").includes(none), `${name}: ${era.to}`);
      }
    }
    assert.ok(rows > 20, String(rows));
  });

  test("a check that is left out is not said to be healthy", () => {
    let left = 0;
    for (const [name, { facts, report }] of cases) {
      if (report.findings.length === 0) continue;
      const skip = report.findings.map(({ id }) => id);
      const part = reportOf(facts, { skip });
      if (part.verdict !== "healthy") continue;
      left += 1;
      assert.deepEqual(new Set(part.leftOut), new Set(skip), name);
      const page = renderHuman(part, LOOK);
      assert.doesNotMatch(page.split("\n")[0] ?? "", /✓/, name);
      assert.doesNotMatch(page, /Nothing keeps the Control UI out/, name);
    }
    assert.ok(left > 20);
  });

  test("a remedy that is refused where the finding is does not come before one that helps", () => {
    for (const [name, { report }] of cases) {
      const first = firstError(report);
      if (first === undefined) continue;
      const effects = first.remedies.map((remedy) =>
        effectOf(remedy, first.gate ?? report.gateway.admission?.gate),
      );
      if (effects.some((effect) => effect !== "refused")) assert.notEqual(effects[0], "refused", name);
    }
  });
});
