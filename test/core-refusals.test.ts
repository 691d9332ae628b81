import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProbeReading } from "../src/core/facts.ts";
import { refusalsOf } from "../src/core/refusals.ts";
import { digestLogs } from "../src/logs/digest.ts";

const ORIGIN = "https://claw.example.com";

const probe: ProbeReading = {
  url: "ws://127.0.0.1:18789/",
  reach: { state: "open", detail: "the gateway answers" },
  http: { looksLike: "openclaw" },
  tookMs: 1,
  attempts: [
    {
      as: "page",
      connection: {
        headers: { host: "127.0.0.1:18789", origin: ORIGIN },
        client: { id: "openclaw-control-ui", mode: "webchat" },
        role: "operator",
        scopes: [],
        auth: "missing",
        device: "absent",
      },
      result: "refused",
      httpStatus: 101,
      detailCode: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
      closeCode: 1008,
      closeReason: "origin not allowed",
    },
  ],
};

const line = (conn: number, origin: string) =>
  `2026-11-22T12:00:0${conn}.000+00:00 [ws] closed before connect conn=0000000${conn}-0000-4000-8000-000000000000 remote=127.0.0.1 fwd=203.0.113.7 origin=${origin} host=claw.example.com ua=Mozilla/5.0 code=1008 reason=origin not allowed`;

const logs = (...lines: string[]) => digestLogs([{ name: "gateway.log", chunks: [lines.join("\n")] }]);

test("what the probe met and the gateway wrote of the user's page is one refusal, with the browser's own way", async () => {
  const refusals = refusalsOf({ probe, logs: await logs(line(1, ORIGIN)) });
  assert.equal(refusals.length, 1);
  const [refusal] = refusals;
  assert.equal(refusal?.from, "log");
  assert.equal(refusal?.connection.headers?.["x-forwarded-for"], "203.0.113.7");
  assert.deepEqual(
    refusal?.evidence.map(({ fact }) => fact),
    ["probe", "logs"],
  );
});

test("a line of another page is another refusal, behind what the probe met", async () => {
  const refusals = refusalsOf({ probe, logs: await logs(line(1, "https://other.example.com")) });
  assert.deepEqual(
    refusals.map(({ from }) => from),
    ["probe", "log"],
  );
});

test("the probe's normal ends are nobody's refusal", () => {
  const ends = ["CONTROL_UI_DEVICE_IDENTITY_REQUIRED", "AUTH_TOKEN_MISSING"];
  for (const detailCode of ends) {
    const [attempt] = probe.attempts;
    assert.ok(attempt);
    assert.deepEqual(
      refusalsOf({ probe: { ...probe, attempts: [{ ...attempt, detailCode, closeReason: "" }] } }),
      [],
    );
  }
});
