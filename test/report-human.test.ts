import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { renderHuman } from "../src/report/human.ts";
import { renderJson, toJsonReport } from "../src/report/json.ts";
import { displayWidth } from "../src/report/layout.ts";
import type { Report, ReportRemedy } from "../src/report/result.ts";
import { toReportFinding } from "../src/report/result.ts";
import { renderTerminal } from "../src/report/terminal.ts";

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const dockerPairing: Report = read("../fixtures/report/docker-pairing/report.json");
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(
  read("../src/report/schema/report.schema.json"),
);
const plain = { lang: "en", width: 80, unicode: true } as const;
const commands = dockerPairing.findings.flatMap(({ remedies }) =>
  remedies.flatMap(({ actions }) => actions.flatMap((a) => (a.kind === "command" ? [a.command] : []))),
);

function withRemedies(remedies: readonly ReportRemedy[]): Report {
  const [first] = dockerPairing.findings;
  assert.ok(first);
  return { ...dockerPairing, findings: [{ ...first, remedies }], next: "" };
}

describe("layout of the human report", () => {
  for (const width of [72, 80, 120]) {
    test(`at ${width} columns only commands are longer than a line`, () => {
      const lines = renderHuman(dockerPairing, { ...plain, width }).split("\n");
      const long = lines.filter((line) => displayWidth(line) > width);
      assert.ok(long.length > 0);
      for (const line of long) assert.match(line, / docker compose /, line);
    });
  }

  test("every command stands in one line, whole", () => {
    const text = renderHuman(dockerPairing, { ...plain, verbose: true });
    assert.ok(commands.length >= 4);
    for (const command of commands)
      assert.match(text, new RegExp(`^ +\\d\\. ${escapeRegExp(command)}$`, "m"));
  });

  test("without Unicode the frame of the report is ASCII", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
    assert.match(renderHuman(dockerPairing, { ...plain, unicode: false }), /^[\x00-\x7f]+$/);
  });

  test("colour changes nothing but colour", async () => {
    const options = { ...plain, box: false };
    const colored = await renderTerminal(dockerPairing, { ...options, color: true });
    const uncolored = await renderTerminal(dockerPairing, { ...options, color: false });
    assert.notEqual(colored, uncolored);
    assert.equal(stripVTControlCharacters(colored), uncolored);
    assert.equal(uncolored, renderHuman(dockerPairing, plain));
  });

  test("the box stands around the headline and within the width", async () => {
    const text = await renderTerminal(dockerPairing, { ...plain, color: false, box: true });
    const lines = text.split("\n");
    assert.match(lines[0] ?? "", /^╭─+╮$/);
    const bottom = lines.findIndex((line) => /^╰─+╯$/.test(line));
    assert.ok(bottom > 1 && bottom < 8);
    for (const line of lines.slice(0, bottom + 1)) assert.equal(displayWidth(line), 80, line);
  });
});

describe("the model's word on each remedy", () => {
  const approve: ReportRemedy = {
    id: "approve-device",
    risk: "grants-access",
    after: "admitted",
    actions: [{ kind: "command", command: "approve-command" }],
  };
  const noHelp: ReportRemedy = {
    id: "set-allow-insecure-auth",
    risk: "weakens-security",
    after: { refusedAt: "pairing" },
    actions: [{ kind: "command", command: "useless-command" }],
  };

  test("what admits says so", () => {
    assert.match(renderHuman(withRemedies([approve]), plain), /✓ admits this connection/);
  });

  test("what does not help is named without its commands, unless one asks for all", () => {
    const report = withRemedies([approve, noHelp]);
    const text = renderHuman(report, plain);
    assert.match(text, /✗ does not help here: still refused at pairing/);
    assert.doesNotMatch(text, /useless-command/);
    assert.match(renderHuman(report, { ...plain, verbose: true }), /useless-command/);
  });

  test("when nothing helps, commands are not hidden", () => {
    assert.match(renderHuman(withRemedies([noHelp]), plain), /useless-command/);
  });

  test("what leads to the next gate is not called useless", () => {
    const [first] = dockerPairing.findings;
    assert.ok(first);
    const remedies = [{ ...approve, after: { refusedAt: "origin" } }];
    const finding = {
      ...first,
      id: "proxy-attribution-required",
      gate: "proxy-attribution",
      remedies,
    } as const;
    const report = { ...dockerPairing, findings: [finding] };
    assert.match(renderHuman(report, plain), /✓ passes this gate; origin waits behind it/);
  });

  test("the finding's own gate counts, not the one of the model's browser", () => {
    const [first] = dockerPairing.findings;
    assert.ok(first);
    const remedies = [{ ...noHelp, id: "add-allowed-origin", after: { refusedAt: "pairing" } }];
    const finding = { ...first, id: "origin-not-allowed", gate: "origin", remedies } as const;
    const report = { ...dockerPairing, findings: [finding] };
    assert.match(renderHuman(report, plain), /✓ passes this gate; pairing waits behind it/);
  });

  test("a remedy behind an earlier gate is neither praised nor dismissed", () => {
    const text = renderHuman(withRemedies([{ ...approve, after: { refusedAt: "origin" } }]), plain);
    assert.match(text, /needed too, but origin refuses first/);
    assert.match(text, /approve-command/);
  });

  test("a remedy that was not tried on the model promises nothing", () => {
    const { after: _, ...untried } = approve;
    assert.doesNotMatch(renderHuman(withRemedies([untried]), plain), /admits|does not help/);
  });
});

test("what is over takes a few lines: no fix, no remedies", () => {
  const [first] = dockerPairing.findings;
  assert.ok(first);
  const over = { ...first, severity: "info", variant: "over", remedies: [] } as const;
  const text = renderHuman({ ...dockerPairing, findings: [over], next: "" }, plain);
  assert.match(text, /INFO OPD201 +Earlier pairing refusals through Docker's network/);
  assert.match(text, /seen 14 times · claw-openclaw-gateway-1:41/);
  assert.doesNotMatch(text, /^ +(?:Why|Fix|Verify|Mind) /m);
  assert.match(
    renderHuman({ ...dockerPairing, findings: [over] }, { ...plain, verbose: true }),
    /^ +Verify /m,
  );
});

describe("steps of a deployment", () => {
  const remedy = {
    id: "approve-device",
    risk: "grants-access",
    steps: [
      { do: "device.approve" },
      { do: "page.open", url: "http://127.0.0.1:18789" },
      { do: "human", message: "check-request" },
    ],
  } as const;
  const [first] = dockerPairing.findings;
  assert.ok(first);
  const finding = toReportFinding({ ...first, remedies: [remedy] }, (steps) =>
    steps.map((step) =>
      step.do === "device.approve"
        ? { step, command: "openclaw devices approve <requestId>", placeholders: ["<requestId>"] }
        : { step },
    ),
  );

  test("commands, steps without a command and human steps keep their order", () => {
    assert.deepEqual(finding.remedies[0]?.actions, [
      { kind: "command", command: "openclaw devices approve <requestId>", placeholders: ["<requestId>"] },
      { kind: "human", message: "page.open", args: { url: "http://127.0.0.1:18789" } },
      { kind: "human", message: "check-request" },
    ]);
  });

  test("a placeholder in a command is pointed out", () => {
    const text = renderHuman({ ...dockerPairing, findings: [finding] }, plain);
    assert.match(text, /Put the real value in place of <requestId>\./);
    assert.match(text, /2\. Open http:\/\/127\.0\.0\.1:18789 in the browser\./);
  });
});

describe("hostile text", () => {
  const attacks = [
    "\u001b]0;title\u0007",
    "\u001b[2J\u001b[31m",
    "\u009b31m",
    "\u202egnp.exe",
    "\r\n1. rm -rf /",
    "\u0000\u0008\u007f",
    "\u200b\ufeff",
    "\ud800",
    "{origin}{constructor}",
  ];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point
  const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\ufeff]|\p{Cs}/u;

  /** The same report with every string that came from outside replaced. */
  function poison(value: unknown, text: string, key = ""): unknown {
    const fixed =
      /^(?:kind|exposure|confidence|severity|verdict|risk|outcome|gate|fact|reason|url|name|note|hop|message|id|variant)$/;
    if (typeof value === "string") return fixed.test(key) && key !== "name" ? value : text;
    if (Array.isArray(value)) return value.map((item) => poison(item, text, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, text, name)]));
  }

  test("escapes, controls and direction overrides reach no format", () => {
    for (const attack of attacks) {
      const report = poison(dockerPairing, `x${attack}y`) as Report;
      for (const verbose of [false, true]) {
        assert.doesNotMatch(renderHuman(report, { ...plain, verbose }), UNPRINTABLE, JSON.stringify(attack));
      }
      assert.doesNotMatch(renderJson(report, "en"), UNPRINTABLE, JSON.stringify(attack));
    }
  });

  test("any text in the evidence: one bounded line break-free quote, a valid document", () => {
    const [first] = dockerPairing.findings;
    assert.ok(first);
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 3000 }),
        fc.string({ unit: "binary" }),
        (quote, origin) => {
          const evidence = [{ fact: "logs", source: quote, quote }] as const;
          const report = { ...dockerPairing, findings: [{ ...first, evidence, args: { origin } }] };
          const human = renderHuman(report, plain);
          assert.doesNotMatch(human, UNPRINTABLE);
          for (const line of human.split("\n")) {
            assert.ok(
              displayWidth(line) <= 80 || line.includes("docker compose") || line.includes(" at "),
              line,
            );
          }
          const document = toJsonReport(report, "en");
          assert.ok((document.findings[0]?.evidence[0]?.quote.length ?? 0) <= 500);
          assert.ok(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("the report stays bounded whatever the engine found", () => {
    const [first] = dockerPairing.findings;
    assert.ok(first);
    const evidence = Array.from({ length: 5000 }, () => ({
      fact: "logs" as const,
      source: "s".repeat(10_000),
      quote: "q".repeat(10_000),
    }));
    const findings = Array.from({ length: 5000 }, () => ({ ...first, evidence }));
    const document = toJsonReport({ ...dockerPairing, findings }, "en");
    assert.equal(document.findings.length, 100);
    assert.equal(document.findings[0]?.evidence.length, 20);
    assert.ok(renderHuman({ ...dockerPairing, findings }, plain).length < 1_000_000);
  });

  test("a command is cleaned but never shortened", () => {
    const command = `docker exec ${"x".repeat(5000)} devices list`;
    const report = withRemedies([
      { id: "approve-device", risk: "none", actions: [{ kind: "command", command }] },
    ]);
    assert.ok(renderHuman(report, plain).includes(command));
    assert.deepEqual(toJsonReport(report, "en").findings[0]?.remedies[0]?.commands, [command]);
  });
});

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
