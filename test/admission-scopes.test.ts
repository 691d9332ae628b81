/** Which approved scope covers which requested one, before and after each release that changed it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rulesFor } from "../src/admission/releases.ts";
import { scopesAllow } from "../src/admission/scopes.ts";

/** `requested of approved [as role]: in which of the releases`. */
const TABLE: readonly (readonly [requested: string, approved: string, role: string, answers: string])[] = [
  ["operator.read", "operator.admin", "operator", "n y y y y y"],
  ["operator.read", "operator.write", "operator", "n y y y y y"],
  ["operator.pairing", "operator.admin", "operator", "n n y y y y"],
  ["operator.write", "operator.read", "operator", "n n n n n n"],
  ["operator.talk", "operator.write", "operator", "n n n n y y"],
  ["operator.talk", "operator.read", "operator", "n n n n n n"],
  ["operator.sessions.read", "operator.read", "operator", "n n n n n y"],
  ["operator.sessions.read", "operator.sessions.write", "operator", "n n n n n y"],
  ["operator.sessions.write", "operator.sessions.read", "operator", "n n n n n n"],
  ["operator.sessions.write", "operator.write", "operator", "n n n n n y"],
  ["custom", "custom", "operator", "y y y n n n"],
  ["custom", "operator.admin", "operator", "n n n n n n"],
  ["node.camera", "node.camera", "node", "y y y y y y"],
  ["camera", "camera", "node", "y y y n n n"],
  ["node.camera", "operator.admin", "node", "n n n n n n"],
  ["operator.read", "operator.admin", "node", "n n n n n n"],
];
const RELEASES = ["2026.2.19", "2026.2.21", "2026.4.2", "2026.4.5", "2026.9.3", "2026.9.6"];

for (const [requested, approved, role, answers] of TABLE) {
  test(`${requested} of ${approved} as ${role}`, () => {
    const found = RELEASES.map((release) => {
      const { rules } = rulesFor(release);
      return scopesAllow(rules.pairing.scopes, role, [requested], [approved]) ? "y" : "n";
    });
    assert.equal(found.join(" "), answers);
  });
}

test("every requested scope has to be covered, and none is none", () => {
  const { scopes } = rulesFor("2026.9.6").rules.pairing;
  assert.equal(
    scopesAllow(scopes, "operator", ["operator.read", "operator.pairing"], ["operator.read"]),
    false,
  );
  assert.equal(scopesAllow(scopes, "operator", [], []), true);
});
