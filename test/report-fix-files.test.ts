/** What a person reads of the files beside openclaw.json, and of a change that would shut his own page out. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { quoted } from "../src/core/saying.ts";
import { renderFix } from "../src/report/fix.ts";
import { EMPTY_FIX, type FixReport } from "../src/report/fix-report.ts";

const REPORT: FixReport = {
  schemaVersion: 1,
  tool: { name: "openclaw-pairing-doctor", version: "0" },
  outcome: "planned",
  target: { kind: "local", name: "here", exposure: "private" },
  gateway: { version: "2026.9.6" },
  ...EMPTY_FIX,
  risk: "restart",
};

function rendered(more: Partial<FixReport>, lang: "en" | "zh" = "en"): string {
  return renderFix({ ...REPORT, ...more }, { lang, width: 60, unicode: false });
}

test("a file is shown as it is: nothing wrapped, nothing shortened, its empty lines kept", () => {
  const long = `    ssl_certificate     /${"certs/".repeat(15)};`;
  const text = rendered({ files: [{ lines: ["server {", "", long, "}"] }] });
  assert.ok(text.includes(`The proxy's site file\n  server {\n\n  ${long}\n  }\n`), text);
  assert.match(rendered({ files: [{ lines: ["x"] }] }, "zh"), /代理的站点文件\n {2}x/);
});

test("a file that is written is named", () => {
  const text = rendered({
    files: [
      { path: "/etc/caddy/claw", lines: ["+a"] },
      { path: "/h/.env", lines: ["-T=<secret 1>", "+T=<secret 2>"] },
    ],
  });
  assert.ok(text.includes("/etc/caddy/claw\n  +a\n\n/h/.env\n  -T=<secret 1>\n  +T=<secret 2>"), text);
});

test("the gate that would be in the way is named, and how to insist", () => {
  const text = rendered({
    outcome: "would-refuse",
    gate: "pairing",
    detail: quoted("--remedy unset-dangerous-switches"),
  });
  assert.match(text.replaceAll(/\s+/g, " "), /your own page would be refused at/);
  assert.match(text, /--remedy unset-dangerous-switches/);
  assert.doesNotMatch(text, /\{gate\}/);
});
