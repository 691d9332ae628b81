/** The releases that two checks name, held against the admission model: neither may know of others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { GateFacts } from "../checks/lib/explain-refusals.ts";
import { localBrowser } from "../checks/lib/local-browser.ts";
import { windowOf } from "../checks/lib/local-upgrade.ts";
import { callerOf } from "../checks/lib/own-lan-address.ts";
import { admit } from "../src/admission/admit.ts";
import { KNOWN_RELEASES } from "../src/admission/releases.ts";
import type { Connection } from "../src/core/connection.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { Refusal } from "../src/core/facts.ts";
import { quoted } from "../src/core/saying.ts";

const CLI: Connection = {
  remoteAddress: "127.0.0.1",
  headers: { host: "127.0.0.1:18789" },
  client: { id: "cli", mode: "cli" },
  role: "operator",
  scopes: ["operator.write"],
  auth: "valid",
  device: { state: "paired", approvedScopes: ["operator.read"] },
};

const PAGE: Connection = {
  ...CLI,
  headers: { host: "127.0.0.1:18789", origin: "http://127.0.0.1:18789" },
  client: { id: "openclaw-control-ui", mode: "webchat" },
  scopes: ["operator.admin"],
  device: { state: "unpaired" },
};

const CONFIG = { gateway: { auth: { mode: "token", token: "set" } } };

test("a window is where the model asks before a local CLI gets more scopes", () => {
  assert.ok(KNOWN_RELEASES.length > 100);
  const differ = KNOWN_RELEASES.filter((release) => {
    const { outcome } = admit({ release, config: CONFIG, connection: CLI });
    return (outcome === "refused") !== (windowOf(release) !== "none");
  });
  assert.deepEqual(differ, []);
});

test("what is no release, or not known, is in no window", () => {
  assert.equal(windowOf(undefined), undefined);
  assert.equal(windowOf("latest"), undefined);
});

const nothing = unknown("absent", quoted("not there"));

function factsOf(release: string, config: Record<string, unknown> = {}): GateFacts {
  const reading = { effective: config };
  const wanted = { release: known({ version: release }, "test"), config: known(reading, "test") };
  return {
    refusals: [],
    wanted: { ...wanted, assessment: nothing, target: nothing },
  } as unknown as GateFacts;
}

function refusalOf(change: Partial<Refusal>): Refusal {
  return {
    from: "log",
    gate: "pairing",
    reason: "not-paired",
    connection: PAGE,
    client: "control-ui",
    count: 1,
    over: false,
    evidence: [],
    ...change,
  };
}

test("the release is to blame for a local page exactly where the model refuses it", () => {
  const differ = KNOWN_RELEASES.filter((release) => {
    const { outcome } = admit({ release, config: CONFIG, connection: PAGE });
    const why = localBrowser(refusalOf({}), factsOf(release))?.why;
    return (outcome === "refused") !== (why === "release");
  });
  assert.deepEqual(differ, []);
});

test("the setting is to blame exactly where the model reads it", () => {
  const config = { gateway: { ...CONFIG.gateway, nodes: { pairing: { autoApproveLocal: false } } } };
  const differ = KNOWN_RELEASES.filter((release) => {
    const { outcome } = admit({ release, config, connection: PAGE });
    const why = localBrowser(refusalOf({}), factsOf(release, config))?.why;
    return (outcome === "refused") !== (why === "release" || why === "switched-off");
  });
  assert.deepEqual(differ, []);
});

test("a page that comes from elsewhere is no local one", () => {
  const facts = factsOf("2026.5.20");
  const elsewhere: readonly Partial<Connection>[] = [
    { ...PAGE, remoteAddress: "172.17.0.1" },
    { ...PAGE, headers: { ...PAGE.headers, "x-forwarded-for": "203.0.113.7" } },
    { ...PAGE, headers: { ...PAGE.headers, origin: "http://claw.lan:18789" } },
    { headers: PAGE.headers ?? {} },
  ];
  for (const connection of elsewhere) assert.equal(localBrowser(refusalOf({ connection }), facts), undefined);
});

test("who called", () => {
  const quote = (text: string) => [{ fact: "logs" as const, source: "x:1", quote: text }];
  const cases: readonly [string, Partial<Refusal>][] = [
    ["internal", { client: "other", connection: { client: { id: "gateway-client", mode: "backend" } } }],
    ["cli", { client: "cli", connection: { client: { id: "cli", mode: "cli" } } }],
    [
      "cli",
      { from: "client", client: "cli", connection: {}, evidence: quote("gateway connect failed: Error") },
    ],
    [
      "either",
      { from: "client", client: "cli", connection: {}, evidence: quote("gateway closed (1008): …") },
    ],
    ["either", { client: "unknown", connection: { remoteAddress: "172.25.0.2", headers: {} } }],
    ["other", { client: "control-ui" }],
    ["other", { client: "node", connection: { client: { id: "node-host", mode: "node" } } }],
  ];
  for (const [caller, change] of cases) assert.equal(callerOf(refusalOf(change)), caller);
});
