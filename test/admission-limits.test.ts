/** Who is locked out after how many wrong secrets, and whether the right one is heard then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import type { AdmissionConfig, Connection } from "../src/core/connection.ts";

const HOST = "127.0.0.1:18789";
const PAGE = { id: "openclaw-control-ui", mode: "webchat" };
const CLI = { id: "cli", mode: "cli" };
const FAR = "203.0.113.7";

interface Question {
  readonly client?: typeof PAGE;
  readonly from?: string;
  readonly failures: number;
  readonly auth?: Connection["auth"];
  readonly limit?: Readonly<Record<string, unknown>>;
}

function ask(
  release: string,
  { client = PAGE, from = "127.0.0.1", failures, auth = "valid", limit }: Question,
): string {
  const isPage = client === PAGE;
  const config: AdmissionConfig = {
    gateway: {
      bind: "lan",
      controlUi: { allowedOrigins: ["http://192.168.1.5:18789"] },
      auth: { mode: "token", token: true, ...(limit === undefined ? {} : { rateLimit: limit }) },
    },
  };
  const host = from === FAR ? "192.168.1.5:18789" : HOST;
  const { outcome, gate } = admit({
    release,
    config,
    connection: {
      remoteAddress: from,
      headers: isPage ? { host, origin: `http://${host}` } : { host },
      client,
      role: "operator",
      scopes: ["operator.read"],
      auth,
      device: { state: "paired", approvedScopes: ["operator.read"] },
      earlierFailures: failures,
    },
  });
  return outcome === "admitted" ? "in" : (gate ?? "?");
}

/** Answers of 2026.2.22, 2026.2.25, 2026.3.31 and 2026.9.3. */
const TABLE: readonly (readonly [what: string, question: Question, answers: string])[] = [
  ["a page after nine", { failures: 9 }, "in in in in"],
  ["a page after ten, right token", { failures: 10 }, "in in rate-limit rate-limit"],
  [
    "a page after ten, wrong token",
    { failures: 10, auth: "wrong" },
    "shared-auth rate-limit rate-limit rate-limit",
  ],
  [
    "a page after ten, no token",
    { failures: 10, auth: "missing" },
    "shared-auth shared-auth shared-auth shared-auth",
  ],
  ["a page from elsewhere after ten", { failures: 10, from: FAR }, "in in rate-limit rate-limit"],
  ["a CLI on loopback after ten", { client: CLI, failures: 10 }, "in in in in"],
  ["a CLI from elsewhere after ten", { client: CLI, from: FAR, failures: 10 }, "in in in rate-limit"],
  [
    "a CLI from elsewhere, with a limit in the config",
    { client: CLI, from: FAR, failures: 10, limit: {} },
    "in in rate-limit rate-limit",
  ],
  ["a page after three, four allowed", { failures: 3, limit: { maxAttempts: 4 } }, "in in in in"],
  [
    "a page after four, four allowed",
    { failures: 4, limit: { maxAttempts: 4 } },
    "in in rate-limit rate-limit",
  ],
  ["a page after four, a limit that is none", { failures: 4, limit: { maxAttempts: 0 } }, "in in in in"],
  [
    "a CLI on loopback that is not spared",
    { client: CLI, failures: 10, limit: { exemptLoopback: false } },
    "in in rate-limit rate-limit",
  ],
  [
    "a CLI on loopback that is spared by name",
    { client: CLI, failures: 10, limit: { exemptLoopback: true } },
    "in in in in",
  ],
];

for (const [what, question, answers] of TABLE) {
  test(what, () => {
    const found = ["2026.2.22", "2026.2.25", "2026.3.31", "2026.9.3"].map((release) =>
      ask(release, question),
    );
    assert.equal(found.join(" "), answers);
  });
}
