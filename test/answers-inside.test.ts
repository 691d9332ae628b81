// A browser that meets nobody, and somebody who asked the gateway where it runs and was answered: it is up.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderMarkdown } from "../src/report/markdown.ts";
import { triageText } from "./support/ticket-score.ts";

const REFUSED = "ERR_CONNECTION_REFUSED in Edge at http://localhost:18789";

describe("it runs, and the way to it is what fails", () => {
  for (const [text, step] of [
    [
      `OpenClaw in WSL2. ${REFUSED}. Inside WSL curl http://127.0.0.1:18789/healthz gives {"ok":true,"status":"live"}.`,
      /wslconfig/,
    ],
    [`${REFUSED}\ncurl 127.0.0.1:18789/health from within WSL works`, /wslconfig/],
    [`WSL2 里 curl 127.0.0.1:18789/healthz 正常\n${REFUSED}`, /wslconfig/],
    [
      `docker compose up -d openclaw-gateway\n${REFUSED}\ninside the container curl localhost:18789/health returns 200`,
      /->18789\/tcp/,
    ],
    [
      `systemd service on a server. ${REFUSED}\non the server curl localhost:18789/health answers live`,
      /SSH tunnel/,
    ],
  ] as const)
    test(text, async () => {
      const report = await triageText(text);
      const [first] = report.findings;
      assert.equal(`${first?.id} ${first?.variant}`, "gateway-down-or-starting answers-inside");
      const told = renderMarkdown(report, "en");
      assert.match(told, step);
      assert.doesNotMatch(told, /Start the gateway|Nothing answers at/);
    });
});

describe("nobody says that it answers", () => {
  for (const text of [
    REFUSED,
    `${REFUSED}\nInside WSL curl http://127.0.0.1:18789/health is refused, too`,
    `${REFUSED}\ninside the container curl does not answer 200`,
    `${REFUSED}\nWSL 里 curl 也不通`,
    `${REFUSED}\nthe health check in the container failed, then ok`,
  ])
    test(text, async () => {
      const [first] = (await triageText(text)).findings;
      assert.equal(first?.id, "gateway-down-or-starting");
      assert.notEqual(first?.variant, "answers-inside");
    });
});
