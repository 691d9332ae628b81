import assert from "node:assert/strict";
import { test } from "node:test";
import { unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import type { ReportGateway } from "../src/report/result.ts";

// Of several releases in a text the gateway's is meant: what connects, what ran before and what is read about is not.

async function gatewayOf(text: string): Promise<ReportGateway> {
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: "ticket",
    sources: () => [{ name: "ticket", chunks: [new TextEncoder().encode(`${text}\n`)] }],
    release: unknown("not-asked", say("nobody-said"), "--release X"),
  });
  return reportOf(facts, { inputs: [] }).gateway;
}

const PAIRING = "disconnected (1008): pairing required";
/** Said by gateways from 2026.4.20 on. */
const LONG = "gateway closed (1008): pairing required: device is not approved yet (requestId: 3ee1593b-d60b)";

const ONE: readonly (readonly [text: string, release: string | null])[] = [
  [`CLI version 2026.3.13, gateway 2026.4.15.\n${PAIRING}`, "2026.4.15"],
  [`macOS app 2026.6.11, remote gateway 2026.4.15, ${PAIRING}`, "2026.4.15"],
  [`OpenClawAndroid/2026.6.11 and gateway 2026.4.15: ${PAIRING}`, "2026.4.15"],
  [`The page footer says 2026.3.13, but openclaw --version prints 2026.6.11. ${PAIRING}`, "2026.6.11"],
  [`$ openclaw --version\n2026.6.11\nnpm notice New version available 2026.9.6\n${PAIRING}`, "2026.6.11"],
  [`$ docker compose exec claw node dist/index.js --version\n2026.4.7\n${PAIRING}`, "2026.4.7"],
  [`从 2026.3.13 升级到 2026.6.11 之后提示 ${PAIRING}`, "2026.6.11"],
  [`更新到 2026.6.11 之前是好的（2026.3.13 更新到 2026.6.11），${PAIRING}`, "2026.6.11"],
  [`I run 2026.3.13 (latest is 2026.9.6): ${PAIRING}`, "2026.3.13"],
  // What the gateway itself says bounds its release: another program's does not fit, a second mention may.
  [`OpenClaw 2026.3.13\n${LONG}`, null],
  [`OpenClaw 2026.3.13 here, the server is on 2026.6.11\n${LONG}`, "2026.6.11"],
  [`image: ghcr.io/openclaw/openclaw:2026.4.5\n${LONG}`, null],
  [`OpenClaw 2026.6.11\n${LONG}`, "2026.6.11"],
  [`OpenClaw 2026.4.20\n${LONG}`, "2026.4.20"],
];

for (const [text, release] of ONE)
  test(text.slice(0, 100).replaceAll("\n", " / "), async () => {
    assert.equal((await gatewayOf(text)).version, release);
  });

test("where no release that is named fits, the range of the words is told", async () => {
  const { versionRange, version } = await gatewayOf(`OpenClaw 2026.3.13\n${LONG}`);
  assert.equal(version, null);
  assert.equal(versionRange?.[0], "2026.4.20");
});
