import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checks } from "../checks/index.ts";
import type { Facts } from "../src/core/collect.ts";
import { completeFacts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import { checkSources } from "./support/check-sources.ts";

const options = { describeError: (error: unknown) => String(error) };
const ids = checks.map(({ id }) => id);
const indexOf = (id: string) => ids.indexOf(id);

// ---- every refusal that a check can be asked about: each gate with each reason that has words

const GATES: readonly Refusal["gate"][] = [
  "transport",
  "starting",
  "proxy-attribution",
  "schema",
  "protocol",
  "role",
  "origin",
  "device-identity",
  "device-signature",
  "rate-limit",
  "shared-auth",
  "pairing",
  "timeout",
  "unknown",
];
const REASONS = Object.keys(catalogueOf("en").reasons);
const ADDRESSES = ["127.0.0.1", "172.17.0.1", "172.18.0.1", "192.168.1.20", "203.0.113.7"];
const HOSTS = ["localhost:18789", "127.0.0.1:18789", "192.168.1.5:18789", "claw.example"];
const WORDS = [
  "pairing required",
  "connect failed",
  "control ui requires device identity (use HTTPS or localhost secure context)",
  "device identity required",
  "unauthorized",
];

const refusalOf = (over: boolean) =>
  fc
    .record({
      gate: fc.constantFrom(...GATES),
      reason: fc.option(fc.constantFrom(...REASONS), { nil: undefined }),
      closeReason: fc.option(fc.constantFrom(...WORDS), { nil: undefined }),
      closeCode: fc.constantFrom(1008, 4008, 1000, 1006),
      from: fc.constantFrom("log", "client", "probe", "model"),
      client: fc.constantFrom("control-ui", "cli", "node", "other", "unknown"),
      remoteAddress: fc.option(fc.constantFrom(...ADDRESSES), { nil: undefined }),
      host: fc.option(fc.constantFrom(...HOSTS), { nil: undefined }),
    })
    .map(
      ({ reason, closeReason, remoteAddress, host, ...rest }): Refusal => ({
        ...rest,
        ...(reason === undefined ? {} : { reason }),
        ...(closeReason === undefined ? {} : { closeReason }),
        connection: {
          ...(remoteAddress === undefined ? {} : { remoteAddress }),
          headers: host === undefined ? {} : { host, origin: `http://${host}` },
        },
        count: 1,
        over,
        evidence: [{ fact: "logs", source: "log:1", quote: "a line" }],
      }),
    );

function factsOf(refusals: readonly Refusal[], release?: string): Facts {
  return completeFacts({
    refusals: known(refusals, "test"),
    ...(release === undefined
      ? {}
      : { release: known({ version: release, confidence: "certain", from: "said" } as const, "test") }),
  });
}

const RELEASES = [undefined, "2026.2.1", "2026.2.19", "2026.3.13", "2026.4.15", "2026.5.28", "2026.9.6"];

describe("cause before symptom", () => {
  for (const { id, causedBy } of checks.filter((check) => check.causedBy.length > 0)) {
    for (const cause of causedBy) {
      test(`${cause} explains ${id}`, () => {
        assert.notEqual(cause, id);
        assert.ok(indexOf(cause) >= 0, `no check ${cause}`);
        const [first, second] = [cause, id].map((each) => checks[indexOf(each)]?.severity);
        if (first !== "error" || second !== "error") return;
        assert.ok(indexOf(cause) < indexOf(id), `${cause} stands behind ${id} in checks/index.ts`);
      });
    }
  }

  test("nothing explains itself, by whatever way", () => {
    const causes = new Map(checks.map(({ id, causedBy }) => [id, causedBy]));
    const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean =>
      (causes.get(from) ?? []).some(
        (next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))),
      );
    assert.deepEqual(
      ids.filter((id) => reaches(id, id, new Set([id]))),
      [],
    );
  });

  test("what is hidden has a cause that is told", () => {
    fc.assert(
      fc.property(
        fc.array(refusalOf(false), { maxLength: 4 }),
        fc.constantFrom(...RELEASES),
        (refusals, release) => {
          const { findings, suppressed } = diagnose(checks, factsOf(refusals, release), options);
          const told = new Set(findings.map(({ id }) => id));
          for (const [symptom, cause] of Object.entries(suppressed)) {
            const last = rootOf(cause, suppressed);
            assert.ok(told.has(last), `${symptom} is hidden by ${cause}, which nobody tells`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function rootOf(id: string, suppressed: Readonly<Record<string, string>>): string {
  let at = id;
  for (let step = 0; step < ids.length; step++) {
    const next = suppressed[at];
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

describe("what is over", () => {
  test("is information and asks for nothing, in every check of a refusal", () => {
    const told = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(refusalOf(true), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...RELEASES),
        (refusals, release) => {
          const { findings, checks: results } = diagnose(checks, factsOf(refusals, release), options);
          for (const { id, severity, remedies, tellApart } of findings) {
            told.add(id);
            assert.equal(severity, "info", id);
            assert.deepEqual(remedies, [], id);
            assert.equal(tellApart, undefined, id);
          }
          assert.ok(results.every(({ verdict }) => verdict !== "crashed"));
        },
      ),
      { numRuns: 500 },
    );
    assert.ok(told.size > 5, `only ${[...told].join(", ")}`);
  });

  test("leaves an error an error", () => {
    // It may rule a cause out (a connection that arrived shows that upgrades do), never all of them, or name it
    // more exactly (a refusal of the login by a proxy shows the mode).
    fc.assert(
      fc.property(refusalOf(false), fc.array(refusalOf(true), { maxLength: 3 }), (now, before) => {
        const errors = (refusals: readonly Refusal[]) =>
          diagnose(checks, factsOf(refusals), options)
            .findings.filter(({ severity }) => severity === "error")
            .map(({ id }) => id);
        const alone = errors([now]);
        const both = errors([now, ...before]);
        assert.equal(both.length > 0, alone.length > 0);
        assert.ok(
          both.every((id) => alone.includes(id) || id.startsWith("trusted-proxy-")),
          `${both.join(", ")} of ${alone.join(", ")}`,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("several gates", () => {
  test("are told in the order of their mending, whatever the order of the checks", () => {
    // The order of `refusals` is what is mended first; a later refusal never comes before an earlier one.
    fc.assert(
      fc.property(
        fc.uniqueArray(refusalOf(false), { minLength: 2, maxLength: 4, selector: ({ gate }) => gate }),
        fc.constantFrom(...RELEASES),
        (refusals, release) => {
          const facts = factsOf(refusals, release);
          const { findings } = diagnose(checks, facts, options);
          const ranks = findings.filter(({ severity }) => severity === "error").map(({ rank = 0 }) => rank);
          assert.deepEqual(
            ranks,
            [...ranks].sort((a, b) => a - b),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("honest doubt", () => {
  test("where another cause fits as well nothing is certain, and every question has words and a known cause", () => {
    const used = new Set<string>();
    const [en, zh] = [catalogueOf("en"), catalogueOf("zh")];
    fc.assert(
      fc.property(
        fc.array(refusalOf(false), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...RELEASES),
        (refusals, release) => {
          const { findings } = diagnose(checks, factsOf(refusals, release), options);
          for (const { id, confidence, tellApart = [] } of findings) {
            if (tellApart.length > 0) assert.notEqual(confidence, "certain", id);
            for (const { from, message } of tellApart) {
              used.add(message);
              assert.notEqual(from, id);
              for (const words of [en, zh]) {
                assert.ok(Object.hasOwn(words.tellApart, message), message);
                assert.ok(Object.hasOwn(words.causes, from), from);
              }
            }
          }
        },
      ),
      { numRuns: 500 },
    );
    assert.ok(used.size > 3, [...used].join(", "));
  });

  test("every question that there are words for is asked by some check, in both languages", () => {
    const text = checkSources()
      .map((source) => source.text)
      .join("\n");
    const keys = Object.keys(catalogueOf("en").tellApart);
    assert.deepEqual(Object.keys(catalogueOf("zh").tellApart), keys);
    assert.deepEqual(
      keys.filter((key) => !text.includes(`message: "${key}"`)),
      [],
    );
  });
});
