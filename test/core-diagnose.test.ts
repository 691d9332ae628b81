import assert from "node:assert/strict";
import { test } from "node:test";
import { type Check, defineCheck, notApplicable, undetermined } from "../src/core/check.ts";
import { completeFacts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { Occurrence, Severity } from "../src/core/finding.ts";
import { say } from "../src/core/saying.ts";

const options = { describeError: (error: unknown) => String(error) };
const occurrence: Occurrence = { confidence: "certain", evidence: [] };
const facts = completeFacts({ refusals: known([], "test") });

function check(id: string, over: Partial<Parameters<typeof defineCheck<"refusals">>[0]> = {}): Check {
  return defineCheck({
    id,
    code: `OPD-${id}`,
    title: id,
    severity: "error",
    needs: ["refusals"],
    diagnose: () => [],
    ...over,
  });
}

test("each verdict of a check", () => {
  const { checks, verdict } = diagnose(
    [
      check("fine"),
      check("broken", { diagnose: () => [occurrence] }),
      check("elsewhere", { diagnose: () => notApplicable("not here") }),
      check("blind", { diagnose: () => undetermined("no log", "--log FILE") }),
      check("bug", {
        diagnose: () => {
          throw new Error("oops");
        },
      }),
    ],
    facts,
    options,
  );
  assert.deepEqual(
    checks.map(({ id, verdict: each, why, provide }) => [id, each, why, provide]),
    [
      ["fine", "healthy", undefined, undefined],
      ["broken", "found", undefined, undefined],
      ["elsewhere", "not-applicable", "not here", undefined],
      ["blind", "undetermined", "no log", "--log FILE"],
      ["bug", "crashed", "Error: oops", undefined],
    ],
  );
  assert.equal(verdict, "found");
});

test("a finding has the gate of its check, where that is about one", () => {
  const found = () => [occurrence];
  const checks = [
    check("about-origins", { gate: "origin", diagnose: found }),
    check("other", { diagnose: found }),
  ];
  const { findings } = diagnose(checks, facts, options);
  assert.deepEqual(
    findings.map(({ gate }) => gate),
    ["origin", undefined],
  );
});

test("a missing fact is undetermined and says how to provide it", () => {
  const blind = completeFacts({
    refusals: unknown("absent", say("nothing-to-look-at"), "--log FILE"),
  });
  const { checks, verdict } = diagnose([check("a")], blind, options);
  assert.deepEqual(checks[0], {
    id: "a",
    code: "OPD-a",
    verdict: "undetermined",
    why: "refusals: there is neither a gateway nor a log to look at",
    provide: "--log FILE",
    say: say("nothing-to-look-at"),
    lacks: "refusals",
  });
  assert.equal(verdict, "undetermined");
});

test("could not look is never healthy, but a warning that could not look does not spoil health", () => {
  const look = (severity: Severity) =>
    diagnose([check("ok"), check("w", { severity, diagnose: () => undetermined("?") })], facts, options)
      .verdict;
  assert.equal(look("error"), "undetermined");
  assert.equal(look("warning"), "healthy");
  const crash = check("c", {
    severity: "info",
    diagnose: () => {
      throw new Error("x");
    },
  });
  assert.equal(diagnose([crash], facts, options).verdict, "undetermined");
});

test("a symptom is hidden while its cause is found, and only then", () => {
  const symptom = check("symptom", { causedBy: ["cause"], diagnose: () => [occurrence] });
  const cause = check("cause", { diagnose: () => [occurrence] });
  const both = diagnose([symptom, cause], facts, options);
  assert.deepEqual(
    both.findings.map(({ id }) => id),
    ["cause"],
  );
  assert.deepEqual(both.suppressed, { symptom: "cause" });
  assert.deepEqual(
    diagnose([symptom, check("cause")], facts, options).findings.map(({ id }) => id),
    ["symptom"],
  );
});

test("a cause that is over hides nothing", () => {
  const symptom = check("symptom", { causedBy: ["cause"], diagnose: () => [occurrence] });
  const cause = check("cause", { diagnose: () => [{ ...occurrence, severity: "info" }] });
  const { findings } = diagnose([cause, symptom], facts, options);
  assert.deepEqual(
    findings.map(({ id }) => id),
    ["symptom", "cause"],
  );
});

test("two checks that name each other do not both vanish", () => {
  const a = check("a", { causedBy: ["b"], diagnose: () => [occurrence] });
  const b = check("b", { causedBy: ["a"], diagnose: () => [occurrence] });
  assert.equal(diagnose([a, b], facts, options).findings.length, 1);
});

test("findings are sorted by severity, then rank, then the order of the checks", () => {
  const order = diagnose(
    [
      check("w", { diagnose: () => [{ ...occurrence, severity: "warning" }] }),
      check("second", { diagnose: () => [{ ...occurrence, rank: 2 }] }),
      check("first", { diagnose: () => [{ ...occurrence, rank: 1 }] }),
      check("also-first", { diagnose: () => [{ ...occurrence, rank: 1 }] }),
    ],
    facts,
    options,
  ).findings.map(({ id }) => id);
  assert.deepEqual(order, ["first", "also-first", "second", "w"]);
});
