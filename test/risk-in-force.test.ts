// What weakens a gateway and "works now": a connection that succeeds is not all that there is to say, whoever says it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { here } from "./support/cli.ts";

const ON = "A VPS, the page is http://203.0.113.5:18789.";
const SWITCHES = {
  "gateway.controlUi.allowInsecureAuth": "2026.2.6",
  "gateway.controlUi.dangerouslyDisableDeviceAuth": "2026.3.13",
} as const;

interface Told {
  readonly verdict: string;
  readonly gateway: { readonly admission?: { readonly outcome: string } };
  readonly findings: readonly { readonly id: string; readonly severity: string }[];
}

async function told(ticket: string, ...more: readonly string[]): Promise<readonly [number | null, Told]> {
  const { code, stdout } = await here(["triage", "-", "--json", ...more], { input: ticket });
  return [code, JSON.parse(stdout)];
}

const risks = ({ findings }: Told) =>
  findings.filter(({ id }) => /^(?:insecure-flags-set|origin-fallback-risky|flag-retired-or-noop)$/.test(id));

describe("told as a risk, and no error", () => {
  const tickets = Object.entries(SWITCHES).flatMap(([key, release]) => {
    const own = key.slice(key.lastIndexOf(".") + 1);
    return [
      `OpenClaw ${release}. ${ON} I got disconnected (1008): device identity required. I set ${key}: true and it works now. Anything else to do?`,
      `OpenClaw ${release}. ${ON} It connects with ${own}=true.`,
      `OpenClaw ${release}. ${ON}\nopenclaw config set ${key} true\nnow it works`,
      `OpenClaw ${release}，VPS，http://203.0.113.5:18789。我设置了 ${own}: true，现在可以连接了。`,
      `OpenClaw ${release}. ${ON} It works now:\n\`\`\`json\n{ "gateway": { "controlUi": { "${own}": true } } }\n\`\`\`\n`,
    ];
  });
  for (const ticket of tickets)
    test(ticket.slice(0, 150), async () => {
      const [code, report] = await told(ticket);
      assert.deepEqual(
        risks(report).map(({ id, severity }) => [id, severity]),
        [["insecure-flags-set", "warning"]],
        JSON.stringify(report.findings),
      );
      assert.deepEqual([code, report.verdict], [0, "found"]);
    });

  test("no token at all, and the Host header as origin", async () => {
    for (const said of ["gateway.auth.mode none", "dangerouslyAllowHostHeaderOriginFallback: true"]) {
      const [code, report] = await told(`OpenClaw 2026.3.13. ${ON} I run it with ${said} and it works now.`);
      assert.deepEqual([code, risks(report).map(({ severity }) => severity)], [0, ["warning"]], said);
    }
  });

  test("in both languages, with what takes it away", async () => {
    const ticket = tickets[0] ?? "";
    const [english, chinese] = await Promise.all(
      ["en", "zh"].map(
        async (lang) => (await here(["triage", "-", "--lang", lang], { input: ticket })).stdout,
      ),
    );
    assert.match(english ?? "", /Dangerous switches are on/);
    assert.match(chinese ?? "", /危险/);
    for (const text of [english, chinese])
      assert.match(text ?? "", /config unset gateway\.controlUi\.allowInsecureAuth/);
  });
});

describe("is not in force, and not told", () => {
  for (const said of [
    "Should I set gateway.controlUi.allowInsecureAuth: true?",
    "I removed allowInsecureAuth: true again.",
    "Somebody told me to set allowInsecureAuth: true.",
    "Error: non-loopback Control UI requires gateway.controlUi.allowedOrigins (set explicit origins), or set gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback=true to use Host-header origin fallback mode",
  ])
    test(said.slice(0, 80), async () => {
      const [, report] = await told(`OpenClaw 2026.2.6. ${ON} It works. ${said}`);
      assert.deepEqual(risks(report), []);
    });
});
