// A proxy that was refused before a range with it was trusted: the gateway writes one line for each of its starts.
import assert from "node:assert/strict";
import { test } from "node:test";
import check from "../checks/proxy-attribution-required.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { ConfigReading, Refusal } from "../src/core/facts.ts";
import { quoted } from "../src/core/saying.ts";

const AT = "2026-12-01T02:55:28.099Z";
const LATER = "2026-12-01T02:56:00.000Z";

const refusal: Refusal = {
  from: "log",
  gate: "proxy-attribution",
  connection: { remoteAddress: "10.244.0.4" },
  client: "control-ui",
  count: 1,
  lastAt: AT,
  over: false,
  evidence: [],
};

function found(changedAt: string | undefined) {
  const none = unknown("absent", quoted("none"));
  const config: ConfigReading = {
    path: "/c",
    stateDir: "/s",
    effective: { gateway: { trustedProxies: ["10.244.0.0/16"] } },
    origins: {},
    problems: [],
    exists: true,
    ...(changedAt === undefined ? {} : { changedAt }),
  };
  const wanted = Object.fromEntries(check.wants.map((name) => [name, none]));
  const facts = { refusals: [refusal], wanted: { ...wanted, config: known(config, "test") }, sources: {} };
  const diagnosis = check.diagnose(facts as never);
  assert.ok(!("verdict" in diagnosis));
  return diagnosis[0];
}

for (const [what, changedAt, variant, confidence] of [
  ["trusted since: what came of it was not seen", LATER, "range-since", "possible"],
  ["refused although its range was trusted", "2026-12-01T02:50:00.000Z", "client-in-range", "certain"],
  ["refused, and nobody knows when the range came", undefined, "client-in-range", "certain"],
] as const)
  test(what, () => {
    const first = found(changedAt);
    assert.equal(first?.variant, variant);
    assert.equal(first?.confidence, confidence);
    assert.deepEqual(
      first?.remedies?.map(({ id }) => id),
      ["keep-client-address"],
    );
  });
