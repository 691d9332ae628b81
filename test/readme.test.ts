import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checks } from "../checks/index.ts";
import { BOUNDARIES, FINAL_RELEASES } from "../src/admission/releases.ts";
import { MAX_LOG } from "../src/cli/log-input.ts";
import { main } from "../src/cli/main.ts";
import { MAX_INPUT } from "../src/cli/run/what-if.ts";
import { MAX_COMPOSE, MAX_COMPOSE_LINES } from "../src/compose/yaml.ts";
import { MAX_INCLUDED } from "../src/config/includes.ts";
import { MAX_CONFIG, MAX_CONFIG_DEPTH } from "../src/config/json5.ts";
import { MOST_OF_SECRETS, MOST_SECRETS } from "../src/core/known-values.ts";
import { compareReleases } from "../src/core/release.ts";
import { MAX_ANSWER } from "../src/deployments/docker/bounded-answers.ts";
import { LOG_TAIL_BYTES } from "../src/deployments/log-files.ts";
import { LIMIT_MS } from "../src/deployments/store/reader.ts";
import { MAX_STORE } from "../src/deployments/store/snapshot.ts";
import { MAX_INPUTS } from "../src/doctor/pure/what-if/input.ts";
import { MAX_ENTRIES, MAX_UNPACKED, MAX_ZIP } from "../src/intake/archive.ts";
import { catalogueOf } from "../src/report/messages/index.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const path = join(root, "README.md");

async function run(argv: readonly string[], stdin = ""): Promise<string> {
  let out = "";
  const code = await main(argv, {
    stdin: (await import("node:stream")).Readable.from([stdin]),
    stdout: { write: (text) => (out += text) },
    stderr: { write: () => {} },
    env: { LANG: "en_US.UTF-8" },
    signal: new AbortController().signal,
  });
  assert.equal(code, 0);
  return out;
}

const fence = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** The classic ticket up to its first remedy; the port is another one each time, so OpenClaw's own stands in for it. */
async function demo(): Promise<string> {
  const text = (await run(["demo", "classic", "--quiet"])).replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:18789");
  const lines = text.split("\n");
  const end = lines.findIndex((line) => /^ {5}B\. /.test(line));
  return fence("text", `${lines.slice(0, end).join("\n").trimEnd()}\n…`);
}

const QUESTION = JSON.stringify({
  release: "2026.7.1",
  config: { gateway: { bind: "loopback", controlUi: { allowedOrigins: ["https://claw.example.com"] } } },
  connection: {
    remoteAddress: "127.0.0.1",
    headers: {
      host: "claw.example.com",
      origin: "https://claw.example.com",
      "x-forwarded-for": "203.0.113.7",
    },
    device: { state: "paired", approvedScopes: ["operator.admin", "operator.approvals", "operator.pairing"] },
  },
});

async function whatIf(): Promise<string> {
  const now = await run(["what-if", "--input", "-"], QUESTION);
  const later = await run(["what-if", "--input", "-", "--release", "2026.9.6"], QUESTION);
  return [
    "A browser that is approved today, behind a proxy that is not in `gateway.trustedProxies`:",
    "",
    fence("console", `$ npx openclaw-pairing-doctor what-if --input browser.json\n${now}`),
    "",
    fence(
      "console",
      `$ npx openclaw-pairing-doctor what-if --input browser.json --release 2026.9.6\n${later}`,
    ),
    "",
    "Without `--input` it starts from the gateway that it finds here.",
  ].join("\n");
}

function causes(): string {
  const words = catalogueOf("en");
  const rows = checks.map(({ id, code }) => `| ${code} | \`${id}\` | ${words.causes[id]?.title ?? ""} |`);
  return ["| code | id | what is wrong |", "|---|---|---|", ...rows].join("\n");
}

/** Of what the readers themselves keep to. */
function limits(): string {
  const size = (bytes: number): string =>
    [1024 ** 3, 1024 ** 2, 1024].flatMap((unit, at) =>
      bytes >= unit ? `${bytes / unit} ${["GiB", "MiB", "KiB"][at]}` : [],
    )[0] ?? `${bytes} bytes`;
  const number = (count: number): string => count.toLocaleString("en");
  const rows: readonly (readonly [what: string, most: string])[] = [
    [
      "`openclaw.json`",
      `${size(MAX_CONFIG)}, ${MAX_CONFIG_DEPTH} levels; ${size(MAX_INCLUDED)} with all that it includes`,
    ],
    ["secrets that are kept back", `${number(MOST_SECRETS)}, ${size(MOST_OF_SECRETS)} of them together`],
    ["a Compose file", `${size(MAX_COMPOSE)}, ${number(MAX_COMPOSE_LINES)} lines`],
    ["logs that are found", `their last ${size(LOG_TAIL_BYTES)}`],
    ["a log that is named, or a pipe", `${size(MAX_LOG)}; of a longer file its end`],
    [
      "what comes out of archives",
      `${size(MAX_UNPACKED)}, ${number(MAX_ENTRIES)} files; a zip itself ${size(MAX_ZIP)}`,
    ],
    [
      "the gateway's device store",
      `${size(MAX_STORE)}, and the same of its write-ahead log; ${LIMIT_MS / 1000} seconds`,
    ],
    ["an answer of a container engine, or of a cluster's API", size(MAX_ANSWER)],
    ["`what-if --input`", `${size(MAX_INPUT)}, ${number(MAX_INPUTS)} connections`],
  ];
  return ["| what | at most |", "|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}

/** Final releases; the betas on the way, and how each is known, are in docs/conformance.md. */
function releases(): string {
  const rows = BOUNDARIES.flatMap(({ from, until, what }) => {
    const first = FINAL_RELEASES.find((release) => compareReleases(release, from) >= 0) ?? from;
    // Of betas alone.
    if (until !== undefined && compareReleases(first, until) >= 0) return [];
    return `| ${first}${until === undefined ? "" : ` to before ${until}`} | ${what.replaceAll("|", "\\|")} |`;
  });
  return ["| from | what changes |", "|---|---|", ...rows].join("\n");
}

const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  demo,
  limits,
  "what-if": whatIf,
  releases,
  causes,
};

test("what the README shows is what the tool prints (UPDATE_README=1 rewrites it)", async () => {
  let fresh = readFileSync(path, "utf8");
  for (const [name, make] of Object.entries(GENERATED)) {
    const block = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
    assert.match(fresh, block, `README.md has no block ${name}`);
    const text = await make();
    fresh = fresh.replace(block, (_all, start: string, end: string) => `${start}${text}${end}`);
  }
  if (process.env.UPDATE_README === "1") writeFileSync(path, fresh);
  const normal = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|conn=[0-9a-f-]{36}/g, "…");
  assert.equal(normal(readFileSync(path, "utf8")), normal(fresh));
});

test("the README's commands are the package's scripts", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [
    ...readFileSync(path, "utf8").matchAll(
      /npm (?:run )?(start|test(?::real)?|new:check|check|bench|conformance|mutation)\b/g,
    ),
  ];
  assert.ok(named.length >= 5);
  for (const [, script = ""] of named) assert.ok(script in manifest.scripts, script);
});
