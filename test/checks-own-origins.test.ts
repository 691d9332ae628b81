/** A fresh container of 2026.3.1 or 2026.3.2 refuses its own page until it is started again: the restart is advised. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionInput } from "../src/core/connection.ts";
import { adviceFor } from "../src/doctor/pure/advice.ts";

const GATEWAY = { bind: "lan", auth: { mode: "token", token: true } };
const SEEDED = ["http://localhost:18789", "http://127.0.0.1:18789"];

function restartOf(
  release: string,
  controlUi: { allowedOrigins: readonly string[] } | undefined,
  host = "localhost:18789",
) {
  const input: AdmissionInput = {
    release,
    config: { gateway: { ...GATEWAY, ...(controlUi === undefined ? {} : { controlUi }) } },
    connection: {
      remoteAddress: "172.18.0.1",
      headers: { host, origin: `http://${host}` },
      client: { id: "openclaw-control-ui", mode: "webchat" },
      role: "operator",
      scopes: ["operator.admin"],
      auth: "valid",
      device: { state: "unpaired" },
    },
    start: "first",
  };
  const target = { kind: "offline", name: "test", exposure: "private" } as const;
  return adviceFor(input, { target }).find(({ id }) => id === "restart-gateway");
}

test("2026.3.2 before its first restart: a restart leads on to pairing", () => {
  assert.deepEqual(restartOf("2026.3.2", undefined)?.after, { refusedAt: "pairing", reason: "not-paired" });
  assert.ok(restartOf("2026.3.2", { allowedOrigins: SEEDED }), "with what the process wrote into its config");
});

test("not where a restart leaves the origin refused, and not in releases that heed them at once", () => {
  assert.equal(restartOf("2026.3.2", undefined, "192.168.1.5:18789"), undefined);
  assert.equal(restartOf("2026.3.2", { allowedOrigins: ["https://claw.example.com"] }), undefined);
  assert.equal(restartOf("2026.3.7", undefined), undefined);
  assert.equal(restartOf("2026.3.7", undefined, "192.168.1.5:18789"), undefined);
});
