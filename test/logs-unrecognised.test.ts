/** Refusals in words of a release that nobody has seen: kept, shown raw, and never the end of a healthy verdict. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createScanner } from "../src/logs/scan.ts";
import { here } from "./support/cli.ts";

const CONN = "conn=0a1b2c3d-1111-4222-8333-444455556666";
const HEAD = "2027-03-01T10:00:00.000+00:00 [ws] ";
const FUTURE = [
  `${HEAD}admission declined ${CONN} remote=203.0.113.5 reason=moon-phase`,
  `${HEAD}connection from 203.0.113.5 was turned away: posture check`,
  `${HEAD}peer refused by policy tide-tables ${CONN} remote=203.0.113.5`,
  `${HEAD}closed before connect ${CONN} remote=203.0.113.5 fwd=n/a origin=n/a host=h ua=x code=1008 reason=moon phase required`,
  '{"0":"{\\"subsystem\\":\\"gateway/ws\\"}","1":"client not admitted: posture check","time":"2027-03-01T10:00:02.000Z"}',
];

describe("a refusal worded as no known release words it", () => {
  for (const line of FUTURE) {
    it(`is kept: ${line.slice(0, 90)}`, async () => {
      const { code, stdout } = await here(["triage", "--json", "--release", "2026.9.6", "-"], {
        input: line,
      });
      const report = JSON.parse(stdout) as {
        verdict: string;
        notes: { id: string; args?: { line?: string } }[];
      };
      assert.notEqual(report.verdict, "healthy");
      assert.notEqual(code, 0);
      const shown = report.notes.filter(({ id }) => id === "unrecognised-refusal");
      assert.equal(shown.length, 1);
      const words = /moon|posture|tide/.exec(line)?.[0] ?? "?";
      assert.ok(shown[0]?.args?.line?.includes(words), shown[0]?.args?.line);
    });
  }

  it("is not found in what other parts, admitted clients and people write", () => {
    for (const line of [
      "2027-03-01T10:00:04.000+00:00 [telegram] message refused: not allowed",
      `${HEAD}⇄ res ✗ device.pair.approve 3ms errorMessage=not allowed ${CONN} id=call-0`,
      "the connection was refused and I was denied again",
      `${HEAD}webchat connected ${CONN} remote=127.0.0.1 client=openclaw-control-ui webchat v2026.9.6`,
    ]) {
      const scanner = createScanner("x");
      const events = [...scanner.push(`${line}\n`), ...scanner.end()];
      assert.deepEqual(
        events.filter((event) => event.type === "refused"),
        [],
        line,
      );
    }
  });
});
