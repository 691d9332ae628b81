// Most suites run the command within their own process (`here`): what it says, writes and gives as its exit code there
// is what the built command does as a process of its own.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { commandNames } from "../src/cli/commands/index.ts";
import { startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import {
  type CliOptions,
  type CliResult,
  cli,
  fixture,
  GIVE_UP,
  GIVES_NONE_UP,
  here,
  patiently,
} from "./support/cli.ts";
import { startHostileServer } from "./support/hostile-server.ts";

const TOKEN = "tok-c0ffee-0123456789-abcdef";
const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-here-"));
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

const gateway = await startEmbeddedGateway({
  release: "2026.5.28",
  config: { gateway: { bind: "loopback", auth: { mode: "token", token: TOKEN } } },
  admit,
  onLog: () => undefined,
});
open.push(gateway);
const broken = await startHostileServer({
  http: (_request, response) => response.writeHead(502).end(),
  raw: (socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"),
});
open.push(broken);
const config = join(dir, "openclaw.json");
writeFileSync(
  config,
  JSON.stringify({
    gateway: { port: gateway.port, bind: "loopback", auth: { mode: "token", token: TOKEN } },
  }),
);

const LOG = fixture("situations/classic-2026.2.1/gateway.log");
const AT = ["--target", gateway.url, "--deployment", "local"];

const rows: readonly (readonly [args: readonly string[], options?: Pick<CliOptions, "input" | "env">])[] = [
  [["--version"]],
  [["--help"]],
  [["--help"], { env: { LANG: "zh_CN.UTF-8" } }],
  [["explain", "OPD201", "--lang", "zh"]],
  [["completion", "bash"]],
  [["demo", "--list"]],
  [["demo", "origin"]],
  [["triage", LOG]],
  [["triage", "--json", "-"], { input: "gateway connect failed: pairing required\n" }],
  [["what-if", "--release", "2026.3.13", "--input", "-"], { input: "{}" }],
  [[...AT, "--json"], { env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } }],
  [[...AT, "--json", "--config", config]],
  [[...AT, "--token-stdin"], { input: `${TOKEN}\n` }],
  [[...AT], { env: { OPENCLAW_GATEWAY_TOKEN: "wrong-token-0123456789" } }],
  [["--target", broken.url, "--json"]],
  [["smoke", ...AT, "--quiet"], { env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } }],
  [["fix", ...AT, "--dry-run", "--json", "--config", config]],
  [["fix", "--undo"]],
  [["diagnoze"]],
  [["--tarrget", "local"]],
  [["--target", "everywhere"]],
  [["triage", join(dir, "not-there.log")]],
  [["--token", TOKEN]],
];

/** Without what is another in each run: ids, ports of our own, times, fingerprints by the run's salt. */
function comparable({ code, stdout, stderr }: CliResult): CliResult {
  const plain = (text: string): string =>
    text
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)/g, "<time>")
      .replace(/127\.0\.0\.1:\d{5}\b/g, "127.0.0.1:<port>")
      .replace(/-L \d{5}:/g, "-L <port>:")
      .replace(/"(tookMs|port|pid)": \d+/g, '"$1": 0')
      .replace(/#[0-9a-f]{6,}/g, "#<fingerprint>")
      .replace(/\b\d+(?:\.\d+)? ?m?s\b/g, "<span>");
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}

describe("within this process as in one of its own", { concurrency: 2 }, () => {
  for (const [args, options = {}] of rows)
    test(
      `${args.join(" ").replaceAll(dir, "").replaceAll(LOG, "LOG").replace(gateway.url, "URL").replace(broken.url, "URL")} ${Object.keys(options).join(" ")}`.trimEnd(),
      async () => {
        const apart = await cli(args, options);
        const inside = await here(args, options);
        assert.deepEqual(comparable(inside), comparable(apart));
      },
    );
});

test("every command that gives up is given patience in these suites, unless one says its own", async () => {
  const givesUp = async (name: string) =>
    (await here([...name.split(" "), "--help"])).stdout.includes("--timeout");
  for (const name of GIVES_NONE_UP) assert.equal(await givesUp(name), false, name);
  const names = [];
  for (const name of commandNames) if (await givesUp(name)) names.push(name);
  assert.deepEqual(names.sort(), [...GIVE_UP].sort());
  const patience = ["--timeout", "120"];
  for (const [args, more] of [
    [["--json"], []],
    [["--target", "local", "--json"], patience],
    [["fix", "--dry-run"], patience],
    [["fix", "--timeout=3"], []],
    [["--target", "local", "--timeout", "3"], []],
    [["triage", "x.log"], []],
    [["fleet", "x.list"], patience],
    [["fleet", "report", "x.jsonl"], []],
    [["--version"], []],
  ] as const)
    assert.deepEqual(patiently(args), [...args, ...more]);
});
