import assert from "node:assert/strict";
import { test } from "node:test";
import { FINAL_RELEASES } from "../src/admission/known-releases.ts";
import { rulesFor } from "../src/admission/releases.ts";
import { said, unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import { triageFacts } from "../src/doctor/pure/read/triage.ts";
import { renderAgent } from "../src/report/agent.ts";
import { isBefore } from "../src/report/gate-order.ts";
import { renderHtml } from "../src/report/html.ts";
import { renderHuman } from "../src/report/human.ts";
import { renderMarkdown } from "../src/report/markdown.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import type { Report } from "../src/report/result.ts";
import { riskText } from "../src/report/risk-text.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

// What a report says beside its verdict agrees with it: risks, ranges of releases, checks that found nothing.

/** A page at a published port of Docker, whose peer the gateway sees as the bridge. */
const REFUSED =
  "2026-05-20T10:00:00.000+00:00 [ws] closed before connect conn=3f1c remote=172.18.0.1 fwd=n/a origin=http://127.0.0.1:18789 host=127.0.0.1:18789 ua=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 code=1008 reason=pairing required: device is not approved yet (requestId: 3ee1593b-d60b-4d93-837b-30af5d581d29)";

async function triaged(release: string, text = REFUSED): Promise<Report> {
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: "gateway.log",
    sources: () => [{ name: "gateway.log", chunks: [new TextEncoder().encode(`${text}\n`)] }],
    release: said({ version: release, confidence: "certain", from: "said" }, "--release"),
  });
  return reportOf(facts, { inputs: [] });
}

/** Final releases that approve no browser by themselves, as the model has them. */
const ASKING = FINAL_RELEASES.filter(
  (release) => rulesFor(release).rules.pairing.silentWithOrigin === "nobody",
);
const [FIRST, LAST] = [ASKING[0] ?? "", ASKING.at(-1) ?? ""];
const AFTER = FINAL_RELEASES[FINAL_RELEASES.indexOf(LAST) + 1] ?? "";

test("a published port: certain only where the release asks, and why it asks is that release's", async () => {
  const older = (await triaged("2026.4.2")).findings[0];
  assert.deepEqual(
    [older?.id, older?.variant, older?.confidence],
    ["docker-nat-not-local", undefined, "certain"],
  );
  for (const release of ASKING) {
    const found = (await triaged(release)).findings[0];
    assert.deepEqual(
      [found?.id, found?.variant, found?.confidence],
      ["docker-nat-not-local", "asks-everybody", "certain"],
    );
    const upgrade = found?.remedies.find(({ id }) => id === "upgrade");
    assert.equal(upgrade?.args?.release, AFTER);
    assert.equal(upgrade?.after, "admitted");
  }
  // Releases that approve such a browser by themselves: something else stood in the way, and nobody knows what.
  for (const release of ["2026.4.7", "2026.4.15", AFTER, "2026.6.11", "2026.9.6"]) {
    const found = (await triaged(release)).findings[0];
    assert.deepEqual(
      [release, found?.id, found?.variant, found?.confidence],
      [release, "docker-nat-not-local", "hidden", "possible"],
    );
  }
});

test("the releases that approve no browser are one range, wherever it is told", () => {
  for (const lang of ["en", "zh"] as const) {
    const told =
      JSON.stringify(catalogueOf(lang)).match(/[^"。.]*(?:\.\d+)*2026\.5\.(?:14|18|19|20|21)[^"]*/g) ?? [];
    const about = told.filter((text) => /approve|批准/.test(text));
    assert.ok(about.length >= 3, `${about.length} texts`);
    const range = lang === "en" ? `${FIRST} to ${LAST}` : `${FIRST} 至 ${LAST}`;
    const own = about.filter((text) => text.includes(LAST) || /2026\.5\.(?:14|21)/.test(text));
    for (const text of own)
      assert.ok(
        text.includes(range) || /(?:past|升级到) ?2026\.5\.20/.test(text),
        `${text.slice(0, 300)} has another range than ${range}`,
      );
  }
});

test("what ends a pairing or a token is never said to be without risk", async () => {
  const [en, zh] = [catalogueOf("en"), catalogueOf("zh")];
  let met = 0;
  for (const name of situations()) {
    const report = await diagnoseSituation(name);
    for (const remedy of report.findings.flatMap(({ remedies }) => remedies)) {
      const text = JSON.stringify(remedy.actions);
      if (!/devices (?:remove|rotate)|remove-device|rotate-device-token|remove-stale-devices/.test(text))
        continue;
      met += 1;
      assert.notEqual(riskText(en, remedy), en.risks.none, `${name}: ${remedy.id}`);
      assert.notEqual(riskText(zh, remedy), zh.risks.none, `${name}: ${remedy.id}`);
    }
  }
  assert.ok(met >= 5, `${met} remedies of the kind`);
});

test("of a connection that is refused only the gates before it are called passed, of one that nobody saw none", async () => {
  let refused = 0;
  for (const name of situations()) {
    const report = await diagnoseSituation(name);
    if (report.verdict === "healthy") continue;
    const text = renderHuman(report, { lang: "en", width: 100, unicode: true, verbose: true });
    const { causes } = catalogueOf("en");
    const claimed = report.checks.filter(
      ({ id, verdict }) =>
        verdict === "healthy" && text.replace(/\s+/g, " ").includes(`\u2713 ${causes[id]?.healthy}`),
    );
    const gate = report.gateway.admission?.outcome === "refused" ? report.gateway.admission.gate : undefined;
    if (gate !== undefined && claimed.length > 0) refused += 1;
    for (const check of claimed)
      assert.ok(
        gate !== undefined && check.gate !== undefined && isBefore(check.gate, gate),
        `${name}: ${check.id} is claimed though the connection ended at ${gate}`,
      );
    // None is forgotten either: what found nothing is named.
    for (const { id, verdict } of report.checks)
      if (verdict === "healthy")
        assert.ok(claimed.some((one) => one.id === id) || text.includes(id), `${name}: ${id}`);
  }
  assert.ok(refused >= 20, `${refused} refused situations`);
});

test("the line that explains is one that runs, with what it is for", async () => {
  let met = 0;
  for (const name of situations()) {
    const report = await diagnoseSituation(name);
    if (!/ explain /.test(report.next)) continue;
    met += 1;
    assert.match(report.next, /^npx openclaw-pairing-doctor explain [\w-]+$/);
    for (const lang of ["en", "zh"] as const) {
      const lines = renderHuman(report, { lang, width: 100, unicode: true }).split("\n");
      const at = lines.findIndex((line) => line.trim() === report.next);
      assert.ok(lines[at - 1]?.includes(catalogueOf(lang).words.explainNext), `${name}, ${lang}`);
    }
  }
  assert.ok(met >= 1);
});

test("a CLI with another token is told where it takes its own from", async () => {
  const line =
    "2026-05-20T10:00:00.000+00:00 [ws] unauthorized conn=1 remote=127.0.0.1 client=cli cli v2026.5.28 role=operator scopes=1 auth=token device=yes platform=linux instance= host=127.0.0.1:18789 origin=n/a ua=n/a reason=token_mismatch";
  const [first] = (await triaged("2026.5.28", line)).findings;
  assert.equal(first?.id, "gateway-token-mismatch");
  const told = first?.remedies[0]?.actions[0];
  const text = told?.kind === "human" ? (catalogueOf("en").human[told.message] ?? "") : "";
  for (const place of ["OPENCLAW_GATEWAY_TOKEN", "gateway.auth.token", "gateway.remote.token", "remote"])
    assert.ok(text.includes(place), `${place} in ${text}`);
});

test("checks that were left out are said in the first line of every format", async () => {
  const name = situations().find((one) => one.startsWith("healthy-")) ?? "";
  const healthy = await diagnoseSituation(name);
  assert.equal(healthy.verdict, "healthy");
  const report = { ...healthy, leftOut: ["origin-not-allowed", "first-time-not-paired"] };
  for (const lang of ["en", "zh"] as const) {
    const words = catalogueOf(lang);
    const part = words.words.healthyOfSome.replace("{count}", "2");
    const formats = {
      human: renderHuman(report, { lang, width: 120, unicode: true }),
      markdown: renderMarkdown(report, lang),
      html: renderHtml(report, lang),
      agent: renderAgent(report, lang),
    };
    for (const [format, text] of Object.entries(formats)) {
      assert.ok(text.includes(part), `${format}, ${lang}`);
      assert.ok(!text.includes(words.verdicts.healthy), `${format}, ${lang}: called healthy`);
    }
    // The same with all of them is.
    for (const text of [renderMarkdown(healthy, lang), renderHtml(healthy, lang), renderAgent(healthy, lang)])
      assert.ok(text.includes(words.verdicts.healthy));
  }
});

test("what is missing is provided by what the command that was typed has", async () => {
  const triagedText = async (text: string) => {
    const { facts, inputs } = await triageFacts({
      handed: [
        {
          name: "ticket.txt",
          again: true,
          chunks: async function* () {
            yield new TextEncoder().encode(`${text}\n`);
          },
        },
      ],
      salt: "salt",
      signal: new AbortController().signal,
      release: unknown("not-asked", say("nobody-said"), "--release X"),
    });
    return reportOf(facts, { inputs });
  };
  let files = 0;
  for (const text of [
    "hello",
    '{"gateway":{"bind":"lan"}}',
    "2026-05-20T10:00:00.000Z [gateway] listening",
  ]) {
    const { missing, checks } = await triagedText(text);
    for (const { provide } of [...(missing ?? []), ...checks]) {
      assert.doesNotMatch(provide ?? "", /--(?:log|config)\b/, text);
      if (provide?.startsWith("pairing-doctor triage ")) files += 1;
    }
  }
  assert.ok(files >= 3, `${files} say how to hand in a file`);
});
