/** `what-if --release X`: what another release changes in one setup, the worst first, each with its release and source. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BOUNDARIES, FINAL_RELEASES } from "../src/admission/releases.ts";
import { startupProblem } from "../src/admission/startup.ts";
import type { AdmissionConfig } from "../src/core/connection.ts";
import { compareReleases } from "../src/core/release.ts";
import { upgradeChanges } from "../src/doctor/pure/what-if/upgrade.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import type { Answer, UpgradeChange } from "../src/report/what-if.ts";
import { here } from "./support/cli.ts";

type Gateway = NonNullable<AdmissionConfig["gateway"]>;

const TOKEN = { mode: "token", token: true };
const SITE = "https://claw.example.com";

function changes(from: string, to: string, gateway: Gateway): readonly UpgradeChange[] {
  return upgradeChanges({ release: from, config: { gateway } }, to);
}

/** `weight id since about`, without what everybody is told. */
function brief(found: readonly UpgradeChange[]): string[] {
  const everybody = new Set(["node-version", "page-reload", "state-moves", "protocol-4", "lan-page-signs"]);
  return found
    .filter(({ id }) => !everybody.has(id))
    .map(({ weight, id, since, args, problem }) => {
      const about = [args.key, args.who, args.via, problem?.id].filter(
        (one) => one !== undefined && one !== "",
      );
      return [weight, id, since, ...about].join(" ");
    });
}

describe("what an upgrade changes", () => {
  test("a start that is refused comes first and alone", () => {
    const found = changes("2026.2.22", "2026.2.26", { bind: "lan", auth: TOKEN });
    assert.deepEqual(brief(found), [
      "stops does-not-start 2026.2.23 gateway.controlUi.allowedOrigins origins-required",
    ]);
  });

  test("and is named when the way goes on to a release that starts again", () => {
    const found = changes("2026.2.26", "2026.3.7", { bind: "lan", auth: TOKEN });
    assert.ok(
      brief(found).includes("note starts-again 2026.3.1 gateway.controlUi.allowedOrigins origins-required"),
      brief(found).join("\n"),
    );
  });

  test("two secrets without a mode, a custom bind without an address", () => {
    const two = changes("2026.3.2", "2026.3.7", { bind: "loopback", auth: { token: true, password: true } });
    assert.deepEqual(brief(two), ["stops does-not-start 2026.3.7 gateway.auth.mode secret-ambiguous"]);
    const custom = changes("2026.2.17", "2026.2.22", { bind: "custom", auth: TOKEN });
    assert.deepEqual(brief(custom), [
      "stops does-not-start 2026.2.19 gateway.customBindHost custom-without-host",
    ]);
  });

  test("a retired switch, and who has to be approved because of it", () => {
    const found = brief(
      changes("2026.7.35", "2026.8.1", {
        bind: "lan",
        auth: TOKEN,
        controlUi: { dangerouslyDisableDeviceAuth: true, allowedOrigins: [SITE] },
      }),
    );
    assert.ok(
      found.includes("refuses key-ignored 2026.8.1 gateway.controlUi.dangerouslyDisableDeviceAuth"),
      found.join("\n"),
    );
    assert.ok(found.includes("asks has-to-pair 2026.8.1 browser lan"), found.join("\n"));
  });

  test("a proxy that is not attributed", () => {
    const found = brief(
      changes("2026.7.1", "2026.9.6", {
        bind: "loopback",
        auth: TOKEN,
        controlUi: { allowedOrigins: [SITE] },
      }),
    );
    assert.ok(found.includes("refuses refused 2026.8.1 approved-browser proxy"), found.join("\n"));
  });

  test("a published port that needs no approval any more", () => {
    const found = brief(changes("2026.4.5", "2026.4.7", { bind: "lan", auth: TOKEN }));
    assert.ok(found.includes("opens approved-by-itself 2026.4.7 browser docker"), found.join("\n"));
  });

  test("the way back: approvals since the upgrade are not seen", () => {
    const found = changes("2026.9.6", "2026.7.1", { bind: "loopback", auth: TOKEN });
    assert.ok(found.some(({ id, weight }) => id === "state-comes-back" && weight === "asks"));
    assert.ok(found.every(({ id }) => id !== "state-moves" && id !== "node-version"));
  });

  test("nothing changes between neighbours that behave alike, and not within a release", () => {
    assert.deepEqual(changes("2026.4.8", "2026.4.9", { bind: "lan", auth: TOKEN }), []);
    assert.deepEqual(changes("2026.4.8", "2026.4.8", { bind: "lan", auth: TOKEN }), []);
  });
});

const CONFIGS: readonly Gateway[] = [
  { bind: "loopback", auth: TOKEN },
  { bind: "lan", auth: TOKEN },
  { bind: "lan", auth: { mode: "none" } },
  { bind: "lan", auth: TOKEN, controlUi: { allowedOrigins: [SITE], allowInsecureAuth: true } },
  {
    bind: "lan",
    auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x-user" } },
    trustedProxies: ["10.0.0.1"],
  },
  { bind: "loopback", auth: TOKEN, tailscale: { mode: "serve" } },
  { bind: "custom", auth: TOKEN, nodes: { pairing: { autoApproveCidrs: ["10.0.0.0/8"] } } },
];

test("every change lies on the way, has a source and words in both languages, and a refused start is never missed", () => {
  const words = [catalogueOf("en"), catalogueOf("zh")];
  for (const gateway of CONFIGS) {
    for (const [index, from] of FINAL_RELEASES.entries()) {
      const far = index % 9 === 0 ? [FINAL_RELEASES.at(-1), FINAL_RELEASES[0]] : [];
      for (const to of [FINAL_RELEASES[index + 1], ...far]) {
        if (to === undefined || to === from) continue;
        const [low, high] = [from, to].sort(compareReleases);
        const found = changes(from, to, gateway);
        for (const { id, since, source, weight, problem } of found) {
          assert.ok(compareReleases(since, low ?? "") >= 0 && compareReleases(since, high ?? "") <= 0, since);
          assert.ok(source.length > 0);
          for (const { upgrade, upgradeWeights, startup } of words) {
            assert.ok(upgrade[id], id);
            assert.ok(upgradeWeights[weight]);
            if (problem !== undefined) assert.ok(startup[problem.id], problem.id);
          }
        }
        const [before, after] = [from, to].map((release) => startupProblem(release, { gateway })?.id);
        assert.equal(
          found[0]?.id === "does-not-start",
          after !== undefined && after !== before,
          `${from} ${to}`,
        );
      }
    }
  }
});

test("every boundary between final releases shows in the source of something, or in no config here", () => {
  const told = new Set<string>();
  for (const gateway of CONFIGS)
    for (const [index, from] of FINAL_RELEASES.entries()) {
      const to = FINAL_RELEASES[index + 1];
      if (to !== undefined) for (const { source } of changes(from, to, gateway)) told.add(source);
    }
  const shown = BOUNDARIES.filter(({ what }) => [...told].some((source) => source.includes(what)));
  assert.ok(shown.length >= 10, `${shown.length}`);
});

describe("on the command line", () => {
  const input = JSON.stringify({
    release: "2026.9.2",
    config: { gateway: { bind: "lan", auth: { mode: "none" } } },
    connection: {},
  });

  test("a gateway that does not start admits nobody, and says so first", async () => {
    const { stdout } = await here(["what-if", "--json", "--input", "-", "--release", "2026.9.3"], { input });
    const answer = JSON.parse(stdout) as Answer;
    assert.equal(answer.startup?.id, "open-to-network");
    assert.equal(answer.admission.reason, "gateway-does-not-start");
    assert.deepEqual(answer.remedies, []);
  });

  for (const lang of ["en", "zh"]) {
    test(`for people: ${lang}`, async () => {
      const old = JSON.stringify({
        release: "2026.7.35",
        config: {
          gateway: {
            bind: "lan",
            auth: { mode: "token", token: true },
            controlUi: { dangerouslyDisableDeviceAuth: true },
          },
        },
        connection: {},
      });
      const args = ["what-if", "--input", "-", "--release", "2026.9.6", "--lang", lang];
      const { stdout, code } = await here(args, { input: old });
      assert.equal(code, 0);
      assert.match(stdout, /2026\.7\.35.*2026\.9\.6/);
      assert.match(stdout, /gateway\.controlUi\.dangerouslyDisableDeviceAuth/);
      assert.doesNotMatch(stdout, /[{}]|undefined/);
    });
  }
});
