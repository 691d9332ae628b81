// What is about another part of OpenClaw is said to be about that one, and never about the gateway's door.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderMarkdown } from "../src/report/markdown.ts";
import { triageText } from "./support/ticket-score.ts";

const OTHER: readonly (readonly [text: string, about: string])[] = [
  ["My Telegram bot fails with error: 429 rate limited by Anthropic", "model-limit"],
  [
    '{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed"}}',
    "model-limit",
  ],
  ["Anthropic returns 429 and WhatsApp gets no reply, connection closed", "model-limit"],
  ["OpenRouter: you exceeded your current quota", "model-limit"],
  ["openai 529 overloaded, nothing in Discord", "model-limit"],
  ["模型限流了，飞书没反应", "model-limit"],
  ["Error: context window exceeded: prompt is too long: 210000 tokens > 200000 maximum", "model-context"],
  ["This model's maximum context length is 128000 tokens", "model-context"],
  ["上下文长度超出限制", "model-context"],
  ["[discord] gateway closed with code 4014 (disallowed intents). bot does not start", "channel-credentials"],
  ["Discord: used disallowed intents", "channel-credentials"],
  ["Feishu says invalid app_access_token", "channel-credentials"],
  ["飞书 token 无效", "channel-credentials"],
  ["Slack: the signing secret is invalid", "channel-credentials"],
  ["[telegram] connection closed, reconnecting", "channel-connection"],
];

describe("what another part says is told as that part's", () => {
  for (const [text, about] of OTHER)
    test(text, async () => {
      const report = await triageText(text);
      assert.deepEqual(
        report.findings.map(({ id, variant, severity }) => `${id} ${variant} ${severity}`),
        [`out-of-scope ${about} info`],
      );
    });
});

describe("and what is the gateway's stays the gateway's", () => {
  for (const [text, id] of [
    ["Feishu works, but the dashboard says disconnected (1008): pairing required", "first-time-not-paired"],
    ["Anthropic gave 429 yesterday. Today: gateway token mismatch", "gateway-token-mismatch"],
    ["unauthorized: too many failed authentication attempts (retry later)", "auth-rate-limited"],
  ] as const)
    test(text, async () => assert.equal((await triageText(text)).findings[0]?.id, id));
});

test("1012 is a restart that ended what was connected, and 1013 a start", async () => {
  for (const [text, variant] of [
    ["disconnected (1012): service restart", "restarting"],
    ["gateway closed (1012): service restart", "restarting"],
    ["disconnected (1013): gateway starting", null],
  ] as const) {
    const report = await triageText(text);
    assert.equal(report.findings[0]?.id, "gateway-starting-1013", text);
    assert.equal(report.findings[0]?.variant ?? null, variant, text);
    assert.equal(/1012/.test(renderMarkdown(report, "en")), variant !== null, text);
  }
});
