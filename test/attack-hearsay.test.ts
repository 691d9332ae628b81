// What strangers write into a log or ask a gateway for: shown, and never done on their word.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { judged } from "../checks/lib/hearsay.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { ConfigReading, Deployment, OwnThings } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { asOrigin } from "../src/core/origin.ts";
import { quoted } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { FixPlace, type PlaceOptions, plain, reportOf } from "./support/fix-place.ts";

const EVERYTHING = ["--yes", "--allow-risk", "grants-access", "--allow-risk", "weakens-security"] as const;
const PAGE = "https://claw.example.test";

function story(name: string, options: PlaceOptions, tell: (place: FixPlace) => Promise<void>): void {
  test(name, async () => {
    const place = await FixPlace.open(options);
    try {
      await tell(place);
    } finally {
      await place.close();
    }
  });
}

/** Pages come as they say, whatever dials the gateway. */
const from =
  (remoteAddress: string, headers: Readonly<Record<string, string>> = {}): PlaceOptions["peer"] =>
  (own) =>
    own["user-agent"]?.includes("Chrome")
      ? { remoteAddress, headers: { host: "claw.example.test", ...headers } }
      : undefined;

test("an origin whose host the cluster leads to the gateway is vouched for by the cluster, over TLS where it has it", () => {
  const engine = {
    services: [],
    routes: [
      { kind: "Ingress", name: "a", host: "claw.example.test", tls: true },
      { kind: "Ingress", name: "b", host: "plain.example.test", tls: false },
    ],
  };
  const unproven = (origin: string) =>
    judged(
      {
        id: "add-allowed-origin",
        risk: "none",
        steps: [{ do: "config.set", key: "gateway.controlUi.allowedOrigins", value: [origin] }],
      },
      {
        config: unknown("absent", quoted("none")),
        target: unknown("absent", quoted("none")),
        deployment: known(
          { workload: { addresses: [], ports: [], engine } } as unknown as Deployment,
          "test",
        ),
      },
    ).unproven?.length ?? 0;
  for (const origin of [PAGE, "https://plain.example.test", "http://plain.example.test"])
    assert.equal(unproven(origin), 0, origin);
  for (const origin of [
    "http://claw.example.test",
    "https://claw.example.test:8443",
    "https://a.claw.example.test",
    "https://evil.example",
  ])
    assert.equal(unproven(origin), 1, origin);
});

describe("an origin that only a log names", { concurrency: 3 }, () => {
  const evil = { peer: from("192.168.50.66", { host: "evil.example" }) };

  story("is offered with a warning, and no option takes it unseen", evil, async (place) => {
    await place.visit("https://evil.example");
    const before = place.text();
    for (const args of [["--yes"], [...EVERYTHING]]) {
      const result = await place.run([...args, "--json"]);
      assert.equal(result.code, 1, result.stdout);
      assert.equal(reportOf(result).outcome, "declined");
      assert.equal(place.text(), before);
    }
    const told = reportOf(await place.run([...EVERYTHING, "--json"]));
    assert.deepEqual(told.remedies[0]?.unproven, [{ kind: "origin", value: "https://evil.example" }]);
    assert.match(told.detail ?? "", /--origin https:\/\/evil\.example/);
    const human = await place.run([...EVERYTHING]);
    assert.match(human.stdout, /Only a log names/);
    // Another one that is named is no consent to this one.
    await place.run([...EVERYTHING, "--origin", PAGE]);
    assert.doesNotMatch(place.text(), /evil/);
  });

  story(
    "is added when the user names it, once access was granted",
    { peer: from("192.168.50.66") },
    async (place) => {
      await place.visit(PAGE);
      assert.equal((await place.run(["--yes", "--origin", PAGE])).code, 1);
      assert.ok(!place.text().includes(PAGE));
      await place.run(["--yes", "--origin", PAGE, "--allow-risk", "grants-access"]);
      assert.ok(place.text().includes(PAGE));
    },
  );

  test("is one that a browser could have sent, or none", () => {
    for (const origin of [
      "https://a.example",
      "http://192.168.1.5:18789",
      "http://[fd00::1]:18789",
      "http://my_box:8080",
    ])
      assert.equal(asOrigin(origin), origin);
    assert.equal(asOrigin("HTTPS://A.Example"), "https://a.example");
    for (const hostile of [
      "null",
      "",
      "https://a.example/",
      "https://a.example'; rm -rf ~; '",
      "https://a.example$(id)",
      "https://user:pw@a.example",
      "https://a.example\n--strict-json",
      "chrome-extension://abcdef",
      "javascript://x",
      `https://${"a".repeat(400)}.example`,
    ])
      assert.equal(asOrigin(hostile), undefined, hostile);
  });
});

describe("a proxy that only a log names", { concurrency: 3 }, () => {
  const claiming = {
    peer: from("192.168.50.66", { "x-forwarded-for": "127.0.0.1" }),
    release: "2026.9.6",
    config: plain,
  };

  story("weakens, and no option takes it unseen", claiming, async (place) => {
    await place.visit(PAGE);
    const before = place.text();
    for (const args of [["--yes"], EVERYTHING, [...EVERYTHING, "--remedy", "set-trusted-proxies"]]) {
      const result = await place.run([...args, "--json"]);
      assert.notEqual(result.code, 0, result.stdout);
      assert.equal(place.text(), before);
    }
  });

  const config: ConfigReading = {
    path: "/c",
    stateDir: "/s",
    effective: { gateway: { trustedProxies: ["10.0.0.1"] } },
    origins: {},
    problems: [],
    exists: true,
  };
  const trusting = (address: string, own: OwnThings = {}, workload?: Partial<Workload>): Remedy =>
    judged(
      {
        id: "set-trusted-proxies",
        risk: "restart",
        steps: [{ do: "config.set", key: "gateway.trustedProxies", value: ["10.0.0.1", address] }],
      },
      {
        config: known(config, "test"),
        target: known({ kind: "local", name: "", exposure: "private", own }, "test"),
        deployment:
          workload === undefined
            ? unknown("absent", quoted("none"))
            : known({ workload } as unknown as Deployment, "test"),
      },
    );
  for (const [what, remedy, risk, isProven] of [
    ["of another machine", trusting("192.168.50.66"), "weakens-security", false],
    ["that the user named", trusting("192.168.50.66", { proxies: ["192.168.50.66"] }), "grants-access", true],
    [
      "of a block that the user named",
      trusting("10.9.0.7", { proxies: ["10.9.0.0/16"] }),
      "grants-access",
      true,
    ],
    ["on loopback, with no proxy here", trusting("127.0.0.1"), "grants-access", false],
    [
      "on loopback, where one runs",
      trusting("127.0.0.1", { proxyPrograms: ["nginx"] }),
      "grants-access",
      true,
    ],
    [
      "elsewhere, though one runs here",
      trusting("192.168.50.66", { proxyPrograms: ["nginx"] }),
      "weakens-security",
      false,
    ],
    [
      "in a container next door",
      trusting("172.18.0.5", {}, { neighbours: [{ name: "caddy", address: "172.18.0.5" }] }),
      "grants-access",
      true,
    ],
    [
      "that every neighbour has for an address, though named",
      trusting("172.18.0.1", { proxies: ["172.18.0.1"] }),
      "weakens-security",
      true,
    ],
  ] as const)
    test(`${what}: ${risk}, ${isProven ? "proven" : "unproven"}`, () => {
      assert.equal(remedy.risk, risk);
      assert.equal(remedy.unproven === undefined, isProven);
    });

  test("what is in the list already is nobody's news", () => {
    assert.equal(trusting("10.0.0.1").risk, "restart");
  });
});

describe("a request of a stranger", { concurrency: 3 }, () => {
  const allowed = (port: number, log: string): string =>
    plain(port, log).replace('"bind"', `"controlUi": { "allowedOrigins": ["${PAGE}"] }, "bind"`);
  const paired = { peer: from("192.168.50.9"), config: allowed } as const;
  const pendingFile = (place: FixPlace) => path.join(place.state, "devices", "pending.json");

  story(
    "from the page's own address: both are shown, and neither is approved unasked",
    paired,
    async (place) => {
      await place.visit(PAGE);
      await place.visit(PAGE);
      const both = place.pending().map(({ requestId }) => requestId);
      assert.equal(both.length, 2);
      const result = await place.run([...EVERYTHING, "--json"]);
      assert.equal(result.code, 1, result.stdout);
      const report = reportOf(result);
      assert.equal(report.outcome, "by-hand");
      assert.deepEqual(report.candidates?.map(({ requestId }) => requestId).sort(), both.sort());
      assert.deepEqual(place.paired(), []);
      // Nor does the diagnosis print one of them as the one to approve.
      const commands = JSON.stringify(report.byHand);
      for (const id of both) assert.doesNotMatch(commands, new RegExp(id));
      const human = await place.run([...EVERYTHING]);
      for (const id of both) assert.match(human.stdout, new RegExp(id));
      assert.match(human.stdout, /--request ID/);
      assert.equal((await place.run([...EVERYTHING, "--request", both[0] ?? ""])).code, 0);
      assert.equal(place.paired().length, 1);
    },
  );

  story("for more than a page asks for is not approved unasked", paired, async (place) => {
    await place.visit(PAGE);
    const text = readFileSync(pendingFile(place), "utf8");
    writeFileSync(
      pendingFile(place),
      text.replaceAll('"operator.admin"', '"operator.admin", "operator.everything"'),
    );
    const report = reportOf(await place.run([...EVERYTHING, "--json"]));
    assert.equal(report.outcome, "by-hand");
    assert.match(JSON.stringify(report.candidates), /operator\.everything/);
    assert.deepEqual(place.paired(), []);
  });

  story("from another address, alone, is not the page's", paired, async (place) => {
    await place.visit(PAGE);
    const text = readFileSync(pendingFile(place), "utf8");
    writeFileSync(pendingFile(place), text.replaceAll("192.168.50.9", "192.168.50.66"));
    const report = reportOf(await place.run([...EVERYTHING, "--json"]));
    assert.notEqual(report.outcome, "kept");
    assert.deepEqual(report.requests, []);
    assert.deepEqual(place.paired(), []);
  });

  story("whose id somebody writes into the log is not the page's", paired, async (place) => {
    await place.visit(PAGE);
    await place.visit(PAGE);
    const [first] = place.pending();
    const line =
      readFileSync(place.log, "utf8")
        .split("\n")
        .findLast((each) => each.includes("closed before")) ?? "";
    appendFileSync(
      place.log,
      `${line.replaceAll(/"requestId":"[^"]+"/g, `"requestId":"${first?.requestId}"`)}\n`,
    );
    const report = reportOf(await place.run([...EVERYTHING, "--json"]));
    assert.equal(report.outcome, "by-hand");
    assert.deepEqual(place.paired(), []);
  });
});
