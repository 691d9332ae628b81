import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isForNextBrowser } from "../checks/lib/somebody-came.ts";
import { admit } from "../src/admission/admit.ts";
import { known, knownValue, said, unknown } from "../src/core/fact.ts";
import type { DeviceList, Refusal } from "../src/core/facts.ts";
import { quoted } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import type { JsonReport } from "../src/report/json.ts";
import { here } from "./support/cli.ts";
import { diagnoseSituation, factsOfSituation, situations } from "./support/situation.ts";

const TOKEN = "tok-c0ffee-0123456789-abcdef";
const open: { close(): Promise<void> }[] = [];
const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-foretold-"));
after(async () => {
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

const foretold: Refusal = {
  from: "model",
  gate: "pairing",
  reason: "not-paired",
  connection: {},
  client: "control-ui",
  count: 0,
  over: false,
  evidence: [],
};
const nothing = unknown("not-asked", quoted("not in this test"));
const waiting = (client: string): DeviceList => ({
  pending: [{ requestId: "r1", deviceId: "d1", client, scopes: [] }],
  paired: [],
  store: "json",
});

test("nobody who has not come makes a report red, in any situation", async () => {
  let met = 0;
  for (const name of situations()) {
    const facts = await factsOfSituation(name);
    const refusals = knownValue(facts.refusals) ?? [];
    if (refusals.length === 0 || !refusals.every((one) => isForNextBrowser(one, refusals, facts.devices)))
      continue;
    met += 1;
    const report = await diagnoseSituation(name);
    // Before anybody has asked there is no request to take from the list.
    for (const { remedies } of report.findings)
      for (const { id, actions } of remedies) {
        if (id !== "approve-device") continue;
        const [first] = actions;
        assert.ok(
          first?.kind === "human" && first.message === "ask-first",
          `${name}: ${JSON.stringify(first)}`,
        );
      }
    const errors = report.findings.filter(
      ({ variant, severity }) => variant === "foretold" && severity !== "info",
    );
    assert.deepEqual(errors, [], name);
    if (report.verdict === "healthy")
      assert.ok(
        report.path.every(({ breaks }) => breaks === undefined),
        name,
      );
  }
  assert.ok(met >= 2, `${met} situations have nothing but an approval that is foretold`);
});

test("whoever came and was refused without a reason, or waits, is no foretelling", async () => {
  assert.equal(isForNextBrowser(foretold, [foretold], nothing), true);
  assert.equal(isForNextBrowser({ ...foretold, gate: "origin" }, [foretold], nothing), false);
  const seen = { ...foretold, from: "log", gate: "unknown", count: 1 } as const;
  assert.equal(isForNextBrowser(foretold, [seen, foretold], nothing), false);
  assert.equal(isForNextBrowser(foretold, [{ ...seen, over: true }, foretold], nothing), true);
  assert.equal(isForNextBrowser(foretold, [{ ...seen, client: "cli" }, foretold], nothing), true);
  assert.equal(isForNextBrowser(foretold, [foretold], known(waiting("openclaw-control-ui"), "x")), false);
  assert.equal(isForNextBrowser(foretold, [foretold], known(waiting("cli"), "x")), true);

  const facts = await factsOfSituation("docker-foretold-2026.3.13");
  const came = { ...facts, devices: known(waiting("openclaw-control-ui"), "devices") };
  const [first] = reportOf(came).findings;
  assert.deepEqual([first?.id, first?.severity], ["docker-nat-not-local", "error"]);
});

/** Green in both formats, and what is foretold is told. */
async function isGreen(args: readonly string[]): Promise<void> {
  const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN };
  const json = await here([...args, "--json"], { env });
  const { verdict, findings } = JSON.parse(json.stdout) as JsonReport;
  assert.deepEqual(
    [json.code, verdict, findings.map(({ id, severity }) => `${id} ${severity}`)],
    [0, "healthy", ["first-time-not-paired info"]],
    json.stdout,
  );
  const human = await here([...args], { env });
  assert.equal(human.code, 0);
  assert.doesNotMatch(human.stdout, /ERROR|refused at/);
}

for (const release of ["2026.8.1", "2026.9.6"])
  test(`${release} at a plain LAN address, where nobody was refused: 0`, async () => {
    const gateway = await startEmbeddedGateway({
      release,
      config: { gateway: { bind: "lan", auth: { mode: "token", token: TOKEN } } },
      admit,
      peer: { remoteAddress: "192.168.1.20" },
    });
    open.push(gateway);
    const origin = `http://192.168.1.5:${gateway.port}`;
    await isGreen(["--target", gateway.url, "--release", release, "--origin", origin]);
  });

for (const release of ["2026.3.13", "2026.5.28", "2026.9.6"])
  test(`${release} behind a proxy that is set up, where nobody was refused: 0`, async () => {
    const settings = {
      bind: "loopback",
      trustedProxies: ["127.0.0.1"],
      controlUi: { allowedOrigins: ["https://ui.example.test"] },
    } as const;
    const gateway = await startEmbeddedGateway({
      release,
      config: { gateway: { ...settings, auth: { mode: "token", token: TOKEN } } },
      admit,
      peer: { remoteAddress: "127.0.0.1", headers: { "x-forwarded-for": "192.168.1.20" } },
    });
    open.push(gateway);
    const config = join(dir, `proxied-${release}.json`);
    const { port } = gateway;
    writeFileSync(config, JSON.stringify({ gateway: { ...settings, port, auth: { mode: "token" } } }));
    const place = ["--target", gateway.url, "--config", config, "--deployment", "vps"];
    await isGreen([...place, "--release", release, "--origin", "https://ui.example.test"]);
  });

for (const release of ["2026.3.13", "2026.8.1", "2026.9.6"])
  test(`${release} behind a proxy that lets us through, seen from another machine: no fault of the proxy is foretold`, async () => {
    const { facts, report } = await elsewhere(release, true);
    assert.deepEqual(
      report.findings.map(({ id, severity }) => `${id} ${severity}`),
      ["first-time-not-paired info"],
    );
    assert.equal(report.verdict, "healthy");
    assert.notEqual(knownValue(facts.assessment)?.confidence, "certain");
  });

test("another way than the page's says nothing of its proxy", async () => {
  const { report } = await elsewhere("2026.9.6", false);
  assert.equal(report.findings[0]?.id, "proxy-attribution-required");
  assert.equal(report.findings[0]?.confidence, "possible");
});

/** What a probe over `wss://ui.example.test` (or past the proxy) tells of a page there, and nothing else is known. */
async function elsewhere(release: string, isSameWay: boolean) {
  const origin = "https://ui.example.test";
  const url = isSameWay ? "wss://ui.example.test/" : "ws://10.0.0.9:18789/";
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: url,
    origin,
    release: said({ version: release, confidence: "certain", from: "said" }, "--release"),
    probe: {
      url,
      reach: { state: "open", detail: "answers" },
      http: { status: 200, looksLike: "openclaw" },
      attempts: [
        {
          as: "page",
          connection: {
            headers: { host: "ui.example.test", origin },
            client: { id: "openclaw-control-ui", mode: "webchat" },
            role: "operator",
            scopes: [],
            auth: "missing",
            device: "absent",
          },
          result: "refused",
          httpStatus: 101,
          detailCode: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
          closeCode: 1008,
          closeReason: "control ui requires device identity (use HTTPS or localhost secure context)",
        },
      ],
      tookMs: 1,
    },
  });
  return { facts, report: reportOf(facts, { origin }) };
}
