import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import { said, unknown } from "../src/core/fact.ts";
import type { Confidence } from "../src/core/facts.ts";
import { say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import { renderHuman } from "../src/report/human.ts";
import { toJsonReport } from "../src/report/json.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import type { Report } from "../src/report/result.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

interface Given {
  readonly release?: string;
  readonly deployment?: DeploymentKind;
}

async function judged(lines: string, { release, deployment }: Given = {}): Promise<Report> {
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: "a log",
    sources: () => [{ name: "gateway.log", chunks: [new TextEncoder().encode(`${lines}\n`)] }],
    release:
      release === undefined
        ? unknown("not-asked", say("nobody-said"), "--release X")
        : said({ version: release, confidence: "certain", from: "said" } as const, "--release"),
    ...(deployment === undefined ? {} : { deployment }),
  });
  return reportOf(facts);
}

/** A refused page in the shortened line of a ticket. */
function page(remote: string, host: string, reason: string, ua = "Mozilla/5.0"): string {
  return `[ws] closed before connect conn=e8fb7d51 remote=${remote} fwd=n/a origin=http://${host} host=${host} ua=${ua} code=1008 reason=${reason}`;
}

type Told = readonly [id: string, confidence: Confidence, ...others: readonly string[]];

interface Row {
  readonly about: string;
  readonly lines: string;
  readonly given?: Given;
  readonly told: readonly Told[];
}

const BARE_PAIRING = "pairing required";
const DEVICE_TOKEN = "unauthorized: device token mismatch (rotate/reissue device token)";
const ROWS: readonly Row[] = [
  {
    about: "Docker's own bridge is no other machine",
    lines: page("172.17.0.1", "localhost:18789", BARE_PAIRING),
    given: { release: "2026.3.13" },
    told: [["docker-nat-not-local", "certain"]],
  },
  {
    about: "a private peer behind a localhost name can be a forwarder on another machine",
    lines: page("192.168.1.7", "localhost:18789", BARE_PAIRING),
    given: { release: "2026.3.13" },
    told: [["docker-nat-not-local", "likely", "first-time-not-paired"]],
  },
  {
    about: "the same with the deployment said",
    lines: page("192.168.1.7", "localhost:18789", BARE_PAIRING),
    given: { release: "2026.3.13", deployment: "docker" },
    told: [["docker-nat-not-local", "certain"]],
  },
  {
    about: "the bare words of a page: nobody knows from where",
    lines: "disconnected (1008): pairing required",
    told: [["first-time-not-paired", "likely", "docker-nat-not-local"]],
  },
  {
    about: "a page through a published port is approved by itself from 2026.4.7 on",
    lines: "Device pairing required",
    given: { release: "2026.5.28", deployment: "docker" },
    told: [["first-time-not-paired", "likely"]],
  },
  {
    about: "a reason leaves no question",
    lines: page("192.168.1.7", "192.168.1.5:18789", "pairing required: device is not approved yet"),
    given: { release: "2026.5.28" },
    told: [["first-time-not-paired", "certain"]],
  },
  {
    about: "the CLI without a reason: new, or approved for less",
    lines: "gateway connect failed: Error: gateway closed (1008): pairing required",
    given: { release: "2026.3.13" },
    told: [["first-time-not-paired", "likely", "scope-upgrade-pending"]],
  },
  {
    about: "up to 2026.2.21 the words mean either token",
    lines: DEVICE_TOKEN,
    given: { release: "2026.2.19" },
    told: [
      ["device-token-mismatch", "possible", "gateway-token-mismatch"],
      ["gateway-token-mismatch", "possible", "device-token-mismatch"],
    ],
  },
  {
    about: "from 2026.2.22 on the device's own",
    lines: DEVICE_TOKEN,
    given: { release: "2026.2.22" },
    told: [["device-token-mismatch", "certain"]],
  },
  {
    about: "the gateway's words for an insecure page are said to any client of that name",
    lines: "control ui requires device identity (use HTTPS or localhost secure context)",
    told: [["secure-context-required", "likely", "third-party-client-no-device-identity"]],
  },
  {
    about: "a page on plain HTTP has no secure context for sure",
    lines: page(
      "192.168.1.7",
      "192.168.1.5:18789",
      "control ui requires device identity (use HTTPS or localhost secure context)",
    ),
    given: { release: "2026.3.13" },
    told: [["secure-context-required", "certain"]],
  },
  {
    about: "a localhost page lacks nothing: another client bears its name",
    lines: page(
      "127.0.0.1",
      "localhost:18789",
      "control ui requires device identity (use HTTPS or localhost secure context)",
      "n/a",
    ),
    given: { release: "2026.3.13" },
    told: [["third-party-client-no-device-identity", "certain"]],
  },
  {
    about: "no device identity, of whatever client",
    lines: "device identity required",
    told: [["device-identity-required", "likely", "secure-context-required"]],
  },
  {
    about: "connect failed is what the page says of every refusal",
    lines: "disconnected (4008): connect failed",
    told: [["client-side-4008", "likely", "first-time-not-paired"]],
  },
  {
    about: "nothing answers the CLI on loopback",
    lines: "Gateway not reachable at ws://127.0.0.1:18789 (ECONNREFUSED).",
    told: [["gateway-down-or-starting", "likely", "bind-loopback-in-container", "cli-container-wrong-netns"]],
  },
  {
    about: "a published port that drops the connection",
    lines: "curl: (52) Empty reply from server",
    told: [["bind-loopback-in-container", "possible", "gateway-down-or-starting"]],
  },
  {
    about: "a normal closure that a client tells of",
    lines: "gateway closed (1000 normal closure): no close reason",
    given: { release: "2026.5.28" },
    told: [["handshake-timeout-1000", "possible", "pairing-store-tampered"]],
  },
  {
    about: "the gateway's own line of the handshake",
    lines:
      "2026-11-22T12:31:49.324+00:00 [ws] handshake timeout conn=e8fb7d51-d224-47b0-8e90-7adb26cdf58f remote=172.29.0.1",
    given: { release: "2026.3.13" },
    told: [["handshake-timeout-1000", "certain"]],
  },
  {
    about: "the CLI says unauthorized and no more",
    lines: "gateway connect failed: Error: unauthorized",
    told: [["gateway-token-mismatch", "possible", "gateway-password-missing-or-mismatch"]],
  },
  {
    about: "the warning of a proxy, and nobody refused",
    lines:
      "[gateway] Proxy headers detected from untrusted address. Connection will not be treated as local. Configure gateway.trustedProxies to restore local client detection behind your proxy.",
    told: [["proxy-not-trusted", "likely", "first-time-not-paired"]],
  },
];

describe("what else it could be", () => {
  for (const { about, lines, given = {}, told } of ROWS) {
    test(about, async () => {
      const { findings } = await judged(lines, given);
      assert.deepEqual(
        findings.map(({ id, confidence, tellApart = [] }) => [
          id,
          confidence,
          ...tellApart.map(({ from }) => from),
        ]),
        told.map((one) => [...one]),
      );
    });
  }
});

/** A warning beside a refusal, which is told for its own sake. */
const BESIDE: ReadonlySet<string> = new Set(["proxy-not-trusted"]);

test("in every situation: two findings of one refusal, not both certain, come with the question that separates them", async () => {
  const silent: string[] = [];
  for (const name of situations()) {
    const { findings } = await diagnoseSituation(name);
    const told = findings.filter(({ severity, id }) => severity !== "info" && !BESIDE.has(id));
    for (const [index, a] of told.entries()) {
      for (const b of told.slice(index + 1)) {
        const sure = a.confidence === "certain" && b.confidence === "certain";
        const shared = a.evidence.some((one) =>
          b.evidence.some((other) => one.source === other.source && one.quote === other.quote),
        );
        if (sure || !shared) continue;
        const asked =
          a.tellApart?.some(({ from }) => from === b.id) || b.tellApart?.some(({ from }) => from === a.id);
        if (!asked) silent.push(`${name}: ${a.id}, ${b.id}`);
      }
    }
  }
  assert.deepEqual(silent, [], "add the question to checks/lib/tell-apart.ts");
});

const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(new URL("../src/report/schema/report.schema.json", import.meta.url), "utf8")),
);

for (const lang of ["en", "zh"] as const) {
  test(`question and command are shown, ${lang}`, async () => {
    const report = await judged(DEVICE_TOKEN, { release: "2026.2.19", deployment: "docker" });
    const words = catalogueOf(lang);
    const question = words.tellApart["same-token-refused"] ?? "";
    const document = toJsonReport(report, lang);
    assert.ok(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors));
    const [pair] = document.findings[0]?.tellApart ?? [];
    assert.equal(pair?.question, question);
    assert.equal(pair?.title, words.causes["gateway-token-mismatch"]?.title);
    assert.ok(pair?.action !== undefined && "command" in pair.action);
    const text = renderHuman(report, { lang, width: 80, unicode: true });
    assert.ok(text.includes(pair.action.command));
    assert.ok(text.replace(/\s+/g, "").includes(question.replace(/\s+/g, "")));
  });
}
