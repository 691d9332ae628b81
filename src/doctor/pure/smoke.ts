import { type FailOn, failsOn } from "../../core/fail-on.ts";
import type { Report } from "../../report/result.ts";
import { type Expectation, isExpected, type Smoke } from "../../report/smoke.ts";

export interface SmokeWish {
  readonly expect: Expectation;
  readonly failOn: FailOn;
}

/** What a browser that comes for the first time meets by this report, and whether that is what was expected. */
export function judgeSmoke(
  report: Report,
  isUp: boolean,
  { expect, failOn }: SmokeWish,
): Pick<Smoke, "expected" | "outcome" | "passed"> {
  const met = isUp ? metBy(report) : "not-ready";
  const others = report.findings.filter((finding) => !isExpected(finding, expect));
  const fails = others.some(({ severity }) => failsOn(severity, failOn));
  if (met === expect) return { expected: expect, outcome: fails ? "failed" : met, passed: !fails };
  return { expected: expect, outcome: met, passed: false };
}

function metBy({ verdict, gateway: { admission }, findings }: Report): Smoke["outcome"] {
  if (verdict === "undetermined") return "undetermined";
  if (admission?.outcome === "refused") return admission.gate === "pairing" ? "pairing-required" : "refused";
  // What somebody met outweighs the model, which then says nothing.
  const worst = findings.find(({ severity }) => severity === "error");
  if (admission !== null || worst === undefined) return "connected";
  return worst.gate === "pairing" ? "pairing-required" : "refused";
}
