/** The planner: on a made-up gateway for its order, and on every refused connection that was observed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { tryRemedy } from "../src/admission/try-remedy.ts";
import type { AdmissionInput } from "../src/core/connection.ts";
import type { Remedy, Risk, Step } from "../src/core/finding.ts";
import { type Oracle, type Plan, type PlanOptions, plan, riskOf } from "../src/core/plan.ts";
import { oracleOf } from "../src/doctor/pure/oracle.ts";

const PRIVATE: PlanOptions = { exposure: "private", sharedHost: false };

function remedy(id: string, risk: Risk, steps: readonly Step[] = [{ do: "device.list" }]): Remedy {
  return { id, risk, steps, after: "admitted" };
}

/** A gateway with gates; each remedy opens some. The connection is in when none is left. */
function gates(
  closed: readonly string[],
  remedies: readonly (Remedy & { readonly opens: readonly string[] })[],
): readonly [readonly string[], Oracle<readonly string[]>] {
  return [
    closed,
    {
      verdict: ([gate]) =>
        gate === undefined ? { outcome: "admitted", pairs: false } : { outcome: "refused", gate },
      remedies: () => remedies,
      after: (state, { id }) => {
        const opens = remedies.find((one) => one.id === id)?.opens ?? [];
        return state.filter((gate) => !opens.includes(gate));
      },
    },
  ];
}

const opening = (one: Remedy, ...opens: string[]) => ({ ...one, opens });
const choices = ({ choices: all }: Plan) =>
  all.map(({ remedies, whyNot }) => [remedies.map(({ id }) => id).join("+"), whyNot ?? "first"]);

describe("the order of choices", () => {
  test("what grants or weakens least, then disturbs least, then is recommended, then is shorter", () => {
    const [start, oracle] = gates(
      ["pairing"],
      [
        opening(remedy("set-allow-insecure-auth", "weakens-security"), "pairing"),
        opening(remedy("upgrade", "restart", [{ do: "human", message: "upgrade" }]), "pairing"),
        opening(remedy("open-dashboard-link", "grants-access"), "pairing"),
        opening(remedy("approve-device", "grants-access"), "pairing"),
        opening(remedy("ssh-tunnel", "none", [{ do: "ssh.tunnel", port: 1 }]), "pairing"),
      ],
    );
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [
      ["ssh-tunnel", "first"],
      ["upgrade", "more-disruption"],
      ["approve-device", "grants-more"],
      ["open-dashboard-link", "grants-more"],
      ["set-allow-insecure-auth", "weakens-security"],
    ]);
  });

  test("the longer of two that are alike comes second", () => {
    const [start, oracle] = gates(
      ["origin"],
      [
        opening(remedy("b", "none", [{ do: "device.list" }, { do: "device.list" }]), "origin"),
        opening(remedy("a", "none"), "origin"),
      ],
    );
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [
      ["a", "first"],
      ["b", "more-steps"],
    ]);
  });
});

describe("sets", () => {
  const origin = opening(remedy("add-allowed-origin", "none"), "origin");
  const approve = opening(remedy("approve-device", "grants-access"), "pairing");

  test("two gates need two remedies, in the order of the gates", () => {
    const [start, oracle] = gates(["origin", "pairing"], [approve, origin]);
    const made = plan(start, oracle, PRIVATE);
    assert.deepEqual(choices(made), [["add-allowed-origin+approve-device", "first"]]);
    assert.equal(riskOf(made.choices[0]?.remedies ?? []), "grants-access");
  });

  test("one that opens both makes the set needless", () => {
    const both = opening(remedy("open-both", "none"), "origin", "pairing");
    const [start, oracle] = gates(["origin", "pairing"], [approve, origin, both]);
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [["open-both", "first"]]);
  });

  test("a tunnel does not: the page that was refused is not let in by it", () => {
    const tunnel = opening(
      remedy("ssh-tunnel", "grants-access", [{ do: "ssh.tunnel", port: 1 }]),
      "origin",
      "pairing",
    );
    const [start, oracle] = gates(["origin", "pairing"], [approve, origin, tunnel]);
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [
      ["add-allowed-origin+approve-device", "first"],
      ["ssh-tunnel", "more-disruption"],
    ]);
  });

  test("a larger set is preferred to one that weakens", () => {
    const weak = opening(remedy("set-allow-insecure-auth", "weakens-security"), "origin", "pairing");
    const [start, oracle] = gates(["origin", "pairing"], [weak, approve, origin]);
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [
      ["add-allowed-origin+approve-device", "first"],
      ["set-allow-insecure-auth", "weakens-security"],
    ]);
  });

  test("what ended in front of the gates is mended first, and what waits behind it then, be it the first gate too", () => {
    const edge = opening(remedy("pass-upgrade", "restart"));
    const [start, oracle] = gates(["pairing"], [edge]);
    const behind: typeof oracle = {
      ...oracle,
      remedies: (state) => (state === start ? [edge] : [approve]),
      after: (state, { id }) => (id === "approve-device" ? [] : [...state]),
    };
    assert.deepEqual(choices(plan(start, behind, { ...PRIVATE, isStopped: true })), [
      ["pass-upgrade+approve-device", "first"],
    ]);
    assert.deepEqual(choices(plan(start, behind, PRIVATE)), []);
  });

  test("what mends nothing is told as a dead end, and nothing goes round for ever", () => {
    const idle = opening(remedy("set-trusted-proxies", "restart"));
    const [start, oracle] = gates(["pairing"], [idle]);
    const { choices: none, deadEnds } = plan(start, oracle, PRIVATE);
    assert.deepEqual(none, []);
    assert.deepEqual(
      deadEnds.map(({ remedy: { id }, refusedAt }) => [id, refusedAt]),
      [["set-trusted-proxies", "pairing"]],
    );
  });

  test("advice of which the model knows no end is no part of a plan", () => {
    const { after: _after, ...unasked } = remedy("https-proxy", "restart");
    const [start, oracle] = gates(["pairing"], [opening(unasked, "pairing")]);
    assert.deepEqual(plan(start, oracle, PRIVATE).choices, []);
  });

  test("a chosen remedy comes first, with what has to follow it", () => {
    const [start, oracle] = gates(["origin", "pairing"], [approve, origin]);
    assert.deepEqual(choices(plan(start, oracle, { ...PRIVATE, only: "add-allowed-origin" })), [
      ["add-allowed-origin+approve-device", "first"],
    ]);
    assert.deepEqual(choices(plan(start, oracle, { ...PRIVATE, only: "upgrade" })), []);
  });

  test("another way that was asked for is taken with what it meets there, the same gate too", () => {
    const proxy = opening(remedy("https-proxy", "restart", [{ do: "proxy.write" }]));
    const idle = opening(remedy("set-trusted-proxies", "restart"));
    const [start, oracle] = gates(["pairing"], [approve, proxy, idle]);
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [["approve-device", "first"]]);
    assert.deepEqual(choices(plan(start, oracle, { ...PRIVATE, only: "https-proxy" })), [
      ["https-proxy+approve-device", "first"],
    ]);
    assert.deepEqual(choices(plan(start, oracle, { ...PRIVATE, only: "set-trusted-proxies" })), []);
  });

  test("a proxy of one's own disturbs more than a tunnel", () => {
    const proxy = opening(remedy("https-proxy", "none", [{ do: "proxy.write" }]), "device-identity");
    const tunnel = opening(remedy("ssh-tunnel", "none", [{ do: "ssh.tunnel", port: 1 }]), "device-identity");
    const [start, oracle] = gates(["device-identity"], [proxy, tunnel]);
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [
      ["ssh-tunnel", "first"],
      ["https-proxy", "more-disruption"],
    ]);
  });

  test("a connection that is admitted needs nothing", () => {
    const [start, oracle] = gates([], [origin]);
    assert.deepEqual(plan(start, oracle, PRIVATE), {
      now: { outcome: "admitted", pairs: false },
      choices: [],
      refused: [],
      deadEnds: [],
    });
  });
});

describe("what weakens security", () => {
  const [start, oracle] = gates(
    ["pairing"],
    [opening(remedy("set-allow-insecure-auth", "weakens-security"), "pairing")],
  );
  for (const [name, options] of [
    ["a public gateway", { ...PRIVATE, exposure: "public" }],
    ["a gateway of which nobody knows", { ...PRIVATE, exposure: "unknown" }],
    ["a host of several users", { ...PRIVATE, sharedHost: true }],
  ] as const) {
    test(`is not offered for ${name}`, () => {
      const made = plan(start, oracle, options);
      assert.deepEqual(choices(made), []);
      assert.deepEqual(
        made.refused.map(({ whyNot }) => whyNot),
        ["exposed"],
      );
    });
  }

  test("is offered, as the last, where nobody else reaches the gateway", () => {
    assert.deepEqual(choices(plan(start, oracle, PRIVATE)), [["set-allow-insecure-auth", "first"]]);
  });
});

// ---- on the observed rows

const file = new URL("../fixtures/admissions/rows.jsonl.gz", import.meta.url);
const refusedPages = gunzipSync(readFileSync(file))
  .toString("utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as AdmissionInput & { readonly outcome: { readonly admitted: boolean } })
  .filter(({ outcome, connection }) => !outcome.admitted && connection.client.id === "openclaw-control-ui")
  .map(({ release, config, connection }): AdmissionInput => ({ release, config, connection }));

function planned(input: AdmissionInput, exposure: "private" | "public"): Plan {
  const target = { kind: "local", name: "row", exposure } as const;
  return plan(input, oracleOf(input, { target }), { exposure, sharedHost: false, release: input.release });
}

function admits(input: AdmissionInput, remedies: readonly Remedy[]): boolean {
  const steps = remedies.flatMap((one) => one.steps);
  return tryRemedy(input, { id: "all", risk: "none", steps }).outcome === "admitted";
}

describe(`on ${refusedPages.length} refused pages`, () => {
  test("every choice is admitted by the model, and the first needs each of its parts", () => {
    for (const input of refusedPages) {
      const [first, ...others] = planned(input, "private").choices;
      if (first === undefined) continue;
      for (const { remedies } of [first, ...others])
        assert.ok(admits(input, remedies), JSON.stringify(input));
      for (const left of first.remedies) {
        const rest = first.remedies.filter((one) => one !== left);
        assert.ok(!admits(input, rest), `${left.id} is needless: ${JSON.stringify(input)}`);
      }
    }
  });

  test("what weakens security is first only where nothing else helps, and never on a public gateway", () => {
    for (const input of refusedPages) {
      const own = planned(input, "private").choices;
      if (riskOf(own[0]?.remedies ?? []) === "weakens-security") {
        assert.ok(own.every(({ remedies }) => riskOf(remedies) === "weakens-security"));
      }
      const all = planned(input, "public").choices.flatMap(({ remedies }) => remedies);
      assert.ok(!all.some(({ risk }) => risk === "weakens-security"));
    }
  });

  test("each gate of the gateway has pages that get in by a plan", () => {
    const helped = new Set(
      refusedPages.flatMap((input) => {
        const { now, choices: some } = planned(input, "private");
        return some.length > 0 && now.outcome === "refused" ? [now.gate] : [];
      }),
    );
    assert.deepEqual([...helped].sort(), [
      "device-identity",
      "origin",
      "pairing",
      "proxy-attribution",
      "shared-auth",
    ]);
  });
});
