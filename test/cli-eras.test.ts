import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { checks } from "../checks/index.ts";
import { erasBetween } from "../src/admission/eras.ts";
import { KNOWN_RELEASES } from "../src/admission/releases.ts";
import { signsBetween } from "../src/admission/signs.ts";
import { readConfig } from "../src/config/read.ts";
import type { Facts } from "../src/core/collect.ts";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { Exposure } from "../src/core/facts.ts";
import { compareReleases } from "../src/core/release.ts";
import { say } from "../src/core/saying.ts";
import { diagnosed, reportOf } from "../src/doctor/pure/case.ts";
import { erasOf, withRelease } from "../src/doctor/pure/eras.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import { renderHuman } from "../src/report/human.ts";
import type { JsonReport } from "../src/report/json.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import type { EraAnswer, Report } from "../src/report/result.ts";
import { cli } from "./support/cli.ts";

const FINAL = KNOWN_RELEASES.filter((release) => !release.includes("-beta."));

/** A refused page in the shortened line of a ticket, without the parts that show a release. */
function line(remote: string, page: string, reason: string): string {
  return `[ws] closed before connect conn=e8fb7d51 remote=${remote} fwd=n/a origin=http://${page} host=${page} ua=Mozilla/5.0 code=1008 reason=${reason}\n`;
}
const DOCKER = line("172.18.0.1", "localhost:18789", "pairing required");
const LAN = line("192.168.1.20", "192.168.1.5:18789", "control ui requires device identity");

interface Given {
  readonly deployment?: DeploymentKind;
  readonly exposure?: Exposure;
  readonly origin?: string;
  readonly config?: string;
}

function factsOf(log: string, { deployment, exposure, origin, config }: Given = {}): Promise<Facts> {
  return offlineFacts({
    signal: new AbortController().signal,
    name: "a log",
    sources: () => [{ name: "gateway.log", chunks: [new TextEncoder().encode(log)] }],
    release: unknown("not-asked", say("nobody-said"), "--release X"),
    ...(deployment === undefined ? {} : { deployment }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(origin === undefined ? {} : { origin }),
    ...(config === undefined
      ? {}
      : {
          config: readConfig({ text: config, path: "openclaw.json", stateDir: ".", env: {}, salt: "test" })
            .reading,
        }),
  });
}

async function judged(log: string, given: Given = {}): Promise<Report> {
  return reportOf(await factsOf(log, given));
}

/** `2026.1.29..2026.2.19 docker-nat-not-local refused: approve-device upgrade` */
function row({ from, to, finding, outcome, remedies }: EraAnswer): string {
  const useful = remedies.filter(({ after }) => after === undefined || after === "admitted");
  return `${from}..${to} ${finding} ${outcome ?? "-"}: ${useful.map(({ id }) => id).join(" ")}`.trimEnd();
}
const rows = ({ eras = [] }: Report) => eras.map(row);

describe("the eras of the release line", () => {
  test("cover every final release once, in order, and are few", () => {
    const eras = erasBetween();
    assert.equal(eras[0]?.from, FINAL[0]);
    assert.equal(eras.at(-1)?.to, FINAL.at(-1));
    for (const [index, era] of eras.entries()) {
      assert.ok(compareReleases(era.from, era.to) <= 0);
      const next = eras[index + 1];
      if (next === undefined) continue;
      assert.equal(FINAL[FINAL.indexOf(era.to) + 1], next.from);
    }
    assert.ok(eras.length <= 60, String(eras.length));
  });

  test("are cut to a range, its ends included", () => {
    const eras = erasBetween("2026.4.20", "2026.6.11");
    assert.equal(eras[0]?.from, "2026.4.20");
    assert.equal(eras.at(-1)?.to, "2026.6.11");
    assert.deepEqual(erasBetween("2027.1.1"), []);
  });
});

describe("the answer by release", () => {
  test("a published port: an approval up to 2026.4.5, by itself from 2026.4.7", async () => {
    assert.deepEqual(rows(await judged(DOCKER)), [
      "2026.1.29..2026.4.5 docker-nat-not-local refused: approve-device upgrade",
      "2026.4.7..2026.4.15 docker-nat-not-local admitted: approve-device",
    ]);
  });

  test("the old switch: offered only where it works and nobody from outside gets in by it", async () => {
    assert.deepEqual(rows(await judged(DOCKER, { exposure: "private" })), [
      "2026.1.29..2026.2.19 docker-nat-not-local refused: approve-device upgrade set-allow-insecure-auth",
      "2026.2.21..2026.4.5 docker-nat-not-local refused: approve-device upgrade",
      "2026.4.7..2026.4.15 docker-nat-not-local admitted: approve-device",
    ]);
    for (const exposure of ["public", "unknown"] as const) {
      const { eras = [] } = await judged(DOCKER, { exposure });
      const risks = eras.flatMap(({ remedies }) => remedies.map(({ risk }) => risk));
      assert.ok(!risks.includes("weakens-security"), exposure);
    }
  });

  test("the old switch in the config: works, has no effect, is no key any more", async () => {
    const config = JSON.stringify({ gateway: { controlUi: { allowInsecureAuth: true } } });
    const facts = await factsOf("nothing about connections\n", { config });
    const told = FINAL.map((release) => {
      const { findings } = diagnose(checks, withRelease(facts, release, undefined), {
        describeError: String,
      });
      const found = findings.find(({ id }) => id === "flag-retired-or-noop");
      return found === undefined ? "works" : (found.variant ?? "no effect");
    });
    const of = (release: string) => told[FINAL.indexOf(release)];
    assert.deepEqual(["2026.2.19", "2026.2.21", "2026.7.35", "2026.8.1", "2026.9.6"].map(of), [
      "works",
      "no effect",
      "no effect",
      "rejected",
      "rejected",
    ]);
  });

  test("plain HTTP: no device identity up to 2026.7.35; the newer page pairs, so an upgrade is a remedy", async () => {
    const { eras = [] } = await judged(LAN);
    const upgrade = eras.map(({ to, remedies }) => [to, remedies.some(({ id }) => id === "upgrade")]);
    assert.deepEqual(upgrade.at(-1), ["2026.9.6", false]);
    assert.deepEqual(upgrade.at(-2), ["2026.7.35", true]);
  });

  test("`device token mismatch`: one of two tokens in the older releases, the device's own later", async () => {
    const { eras = [] } = await judged("unauthorized: device token mismatch (rotate/reissue device token)\n");
    assert.deepEqual(
      eras.map(({ from, to, finding, confidence, also = [] }) => [from, to, finding, confidence, ...also]),
      [
        ["2026.1.29", "2026.2.21", "device-token-mismatch", "possible", "gateway-token-mismatch"],
        ["2026.2.22", "2026.9.6", "device-token-mismatch", "certain"],
      ],
    );
  });

  test("nothing is told by release where the release is known, or every release answers alike", async () => {
    const said = { ...(await factsOf(DOCKER)), release: known(RELEASE, "said") };
    assert.equal(reportOf(said).eras, undefined);
    assert.equal((await judged("nothing about connections\n")).eras, undefined);
    const down = await judged("connect ECONNREFUSED 127.0.0.1:18789\n");
    assert.equal(down.eras, undefined);
    assert.equal(down.findRelease, undefined);
  });

  test("a range from the wire cuts the eras, too", async () => {
    const release = { version: "2026.4.5", confidence: "possible", from: "protocol" } as const;
    const ranged = { ...release, range: ["2026.2.22", "2026.4.15"] as const };
    const facts = { ...(await factsOf(DOCKER)), release: known(ranged, "wire") };
    assert.deepEqual(rows(reportOf(facts)), [
      "2026.2.22..2026.4.5 docker-nat-not-local refused: approve-device upgrade",
      "2026.4.7..2026.4.15 docker-nat-not-local admitted: approve-device",
    ]);
  });
});

const RELEASE = { version: "2026.3.13", confidence: "certain", from: "said" } as const;

/** The eras are complete when asking every single release gives no boundary that they do not have. */
const CASES: Readonly<Record<string, readonly [string, Given]>> = {
  docker: [DOCKER, { exposure: "private" }],
  "plain HTTP": [LAN, { exposure: "private" }],
  "behind a proxy": [
    DOCKER.replace("fwd=n/a", "fwd=203.0.113.7").replaceAll("localhost:18789", "claw.example"),
    { exposure: "public" },
  ],
  "an origin": [line("192.168.1.20", "192.168.1.5:18789", "origin not allowed"), {}],
  "own host": [line("127.0.0.1", "127.0.0.1:18789", "pairing required"), { deployment: "local" }],
  words: ["pairing required\n", { deployment: "docker", origin: "http://192.168.1.5:18789" }],
  "wrong token": ["unauthorized: gateway token mismatch\n", {}],
  "device token": ["unauthorized: device token mismatch\n", {}],
  timeout: ["gateway closed (1000 normal closure): no close reason\n", {}],
  "trusted loopback": [
    line("127.0.0.1", "127.0.0.1:18789", "pairing required"),
    { config: JSON.stringify({ gateway: { trustedProxies: ["127.0.0.1"] } }) },
  ],
};

describe("the eras miss no boundary", () => {
  for (const [name, [log, given]] of Object.entries(CASES)) {
    test(name, async () => {
      const facts = await factsOf(log, given);
      const print = () => [];
      for (const { from, to } of erasBetween()) {
        const inside = FINAL.slice(FINAL.indexOf(from), FINAL.indexOf(to) + 1);
        const answers = new Set(
          inside.map((release) => {
            const { findings } = diagnose(checks, withRelease(facts, release, given.origin), {
              describeError: String,
            });
            return JSON.stringify(
              findings.map(({ id, confidence, severity, remedies }) => [
                id,
                severity,
                confidence,
                remedies.map(({ id: remedy, after }) => [remedy, after]),
              ]),
            );
          }),
        );
        assert.equal(answers.size, 1, `${from} to ${to}: ${[...answers].join("\n")}`);
      }
      const told = erasOf(facts, (supposed) => diagnosed(supposed), given.origin, print)?.eras ?? [];
      for (const [index, { from }] of told.entries()) {
        if (index > 0) assert.equal(FINAL[FINAL.indexOf(told[index - 1]?.to ?? "") + 1], from);
      }
    });
  }
});

describe("how the release is found", () => {
  test("the command of this deployment, and only signs that rule an answer out", async () => {
    const { findRelease } = await judged(DOCKER, { deployment: "docker" });
    const [action] = findRelease?.actions ?? [];
    assert.ok(action?.kind === "command" && action.command.endsWith(" --version"), JSON.stringify(action));
    const ids = findRelease?.signs.map(({ id }) => id) ?? [];
    assert.ok(ids.includes("page-1008"));
    assert.ok(!ids.includes("log-phase"), "2026.7.1 is out of the range that the words allow");
  });

  test("every sign has its words in both languages", () => {
    const halves = FINAL.map((release) => ({ from: release, to: release }));
    const gates = ["pairing", "device-identity"];
    const keys = Object.keys(catalogueOf("en").releaseSigns);
    assert.deepEqual(Object.keys(catalogueOf("zh").releaseSigns), keys);
    for (const gate of gates)
      for (const { id } of signsBetween(halves, gate)) assert.ok(keys.includes(id), id);
  });
});

for (const lang of ["en", "zh"] as const) {
  test(`for a person, ${lang}: rows in columns, within 80 of them`, async () => {
    const report = await judged(LAN, { exposure: "private" });
    const text = renderHuman(report, { lang, width: 80, unicode: true });
    const { words } = catalogueOf(lang);
    const from = text.indexOf(words.eras);
    assert.ok(from > 0);
    assert.ok(text.includes("2026.8.1"));
    assert.ok(text.indexOf(words.findRelease) > from);
  });
}

test("on the command line: in JSON under the schema, and the range in the head of the report", async () => {
  const { stdout, code } = await cli(["triage", "-", "--format", "json", "--deployment", "docker"], {
    input: DOCKER,
  });
  assert.equal(code, 1);
  const document = JSON.parse(stdout) as JsonReport;
  const schema = JSON.parse(
    readFileSync(new URL("../src/report/schema/report.schema.json", import.meta.url), "utf8"),
  );
  const valid = new Ajv2020({ strict: false }).compile(schema);
  assert.ok(valid(JSON.parse(stdout)), JSON.stringify(valid.errors));
  assert.equal(document.gateway.version, null);
  assert.deepEqual(document.gateway.versionRange, ["2026.1.29", "2026.4.15"]);
  assert.deepEqual(
    document.eras?.map(({ from, to, outcome }) => [from, to, outcome]),
    [
      ["2026.1.29", "2026.4.5", "refused"],
      ["2026.4.7", "2026.4.15", "admitted"],
    ],
  );
  const [action] = document.findRelease?.actions ?? [];
  assert.match(action !== undefined && "command" in action ? action.command : "", /--version$/);
});
