import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import manifest from "../package.json" with { type: "json" };
import { type CliResult, cli, fixture, here } from "./support/cli.ts";
import { latinSentences } from "./support/latin.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-usage-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const empty = join(dir, "empty.token");
writeFileSync(empty, "\n");
mkdirSync(join(dir, "logs"));

/** Exit code 2, nothing on stdout, two lines on stderr: what and why, what to do. No stack, no control character. */
function assertUsageError({ code, stdout, stderr }: CliResult): void {
  assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, stderr);
  const lines = stderr.split("\n");
  assert.equal(lines.length, 3, stderr);
  assert.match(lines[0] ?? "", /^pairing-doctor: .+(?:: |：).+/);
  assert.match(lines[1] ?? "", /^ {2}\S/);
  assert.equal(lines[2], "");
  assert.doesNotMatch(stderr, /^\s+at .+:\d+/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
  assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
}

test("--help lists the commands, on stdout", async () => {
  const { code, stdout, stderr } = await cli(["--help"]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  for (const name of ["diagnose", "triage", "fleet", "what-if", "explain", "checks", "demo"]) {
    assert.match(stdout, new RegExp(`pairing-doctor ${name}\\b`));
  }
  assert.match(stdout, /Exit codes/);
});

for (const name of ["diagnose", "triage", "fleet", "what-if", "explain", "checks", "demo"]) {
  test(`${name} --help`, async () => {
    const { code, stdout, stderr } = await here([name, "--help"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, new RegExp(`^pairing-doctor (?:${name}|\\[command\\])`));
    assert.match(stdout, /--lang/);
  });
}

for (const command of [
  [],
  ["diagnose"],
  ["fix"],
  ["triage"],
  ["fleet"],
  ["fleet", "manifest"],
  ["fleet", "report"],
  ["what-if"],
  ["explain"],
  ["checks"],
  ["demo"],
]) {
  const name = [...command, "--help"].join(" ");
  test(`${name} in Chinese has no English sentence, and the same options`, async () => {
    const { code, stdout, stderr } = await here([...command, "--help", "--lang", "zh"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /选项：/);
    assert.deepEqual(latinSentences(stdout), []);
    const optionsOf = (page: string) => page.match(/^ {2,6}(?:-\w, )?--[a-z-]+/gm);
    assert.deepEqual(optionsOf(stdout), optionsOf((await here([...command, "--help"])).stdout));
  });
}

test("a wrong command line is said in Chinese, whether the line or the locale asks for it", async () => {
  for (const [args, words] of [
    [["triag"], /命令 "triag"：没有这个命令\n {2}是不是 triage？/],
    [["triage", "--bogus"], /--bogus：没有这个选项/],
    [["--target"], /--target：缺少它的值/],
    [["--color", "pink"], /--color "pink"：这不是它的可选值\n {2}请给出其中之一：/],
    [["triage", "/no/such/file"], /\/no\/such\/file：无法读取（ENOENT）\n {2}请指定/],
    [["fix", "no-such-thing"], /fix "no-such-thing"：没有这一项/],
    [["--token", "abc"], /不接受 --token：命令行可以被/],
    [["--target", "ssh:-x"], /这不是 ssh 可用的主机/],
    [["--target", "k8s:Claw/"], /这不是集群的命名空间和工作负载/],
    [["--origin", "nowhere"], /这不是 http 或 https 地址/],
    [["what-if", "--set", "x"], /其中没有 PATH=VALUE/],
  ] as const) {
    const result = await here([...args, "--lang", "zh"]);
    assertUsageError(result);
    assert.match(result.stderr, words);
    assert.deepEqual(latinSentences(result.stderr), []);
  }
  const { stderr } = await cli(["triag"], { env: { LANG: "zh_CN.UTF-8" } });
  assert.match(stderr, /没有这个命令/);
});

for (const args of [["--version"], ["-V"], ["--version", "--color", "never"], ["triage", "--version"]]) {
  test(args.join(" "), async () => {
    assert.deepEqual(await cli(args), { code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });
}

describe("a wrong command line is one clear error", () => {
  const ticket = fixture("logs/ticket.log");
  const rows: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
    [["triag"], /command "triag": there is no such command\n {2}did you mean triage\?/],
    [["wat-if", "--json"], /did you mean what-if\?/],
    [["--color", "never", "diagnos"], /did you mean diagnose\?/],
    [["qqqq"], /command "qqqq": there is no such command\n {2}see `pairing-doctor --help`/],
    [["explain", "docker-nat"], /explain "docker-nat": .+\n {2}did you mean docker-nat-not-local/],
    [["explain", "OPD999"], /explain "OPD999"/],
    [["demo", "clasic"], /did you mean classic\?/],
    [["--nope"], /--nope: there is no such option\n {2}see `pairing-doctor --help`/],
    [["--formt", "json"], /--formt: there is no such option\n {2}did you mean --format\?/],
    [["triage", "--orgin=http://a", ticket], /--orgin: .+\n {2}did you mean --origin\?/],
    [["web", "--no-opne"], /--no-opne: .+\n {2}did you mean --no-open\?/],
    [["fix", "--alow-risk", "x", "--lang", "zh"], /--alow-risk：没有这个选项\n {2}是不是 --allow-risk？/],
    [["--origin", "0f3c9a7be21d4c558e6b7a90cd12ef34"], /--origin: that is no http/],
    [["triage", "--nope=hunter2", ticket], /--nope: there is no such option/],
    [
      ["triage", "--only", "docker-nat", ticket],
      /check "docker-nat": .+\n {2}did you mean docker-nat-not-local/,
    ],
    [["triage", "--skip", "origin-not-alowed", ticket], /did you mean origin-not-allowed/],
    [["diagnose", "--only", "xx"], /check "xx": there is no such check\n {2}see `pairing-doctor checks`/],
    [["triage", "--release", "tomorrow", ticket], /--release "tomorrow": that is no release/],
    [["triage", "--release", "3.13", ticket], /--release "3\.13"/],
    [["triage", "--release", "2026.13.1", ticket], /--release "2026\.13\.1": that is no release/],
    [["triage", "--release"], /--release: its value is missing/],
    ...["--format", "--lang", "--color", "--fail-on", "--deployment"].map((option): [string[], RegExp] => [
      ["triage", ticket, option],
      new RegExp(`${option}: its value is missing`),
    ]),
    [
      ["triage", "--release", "2026.3.13", "--release", "2026.9.6", ticket],
      /--release: it is there more than once/,
    ],
    [["--origin", "claw.example.com"], /--origin "claw\.example\.com": that is no http or https address/],
    [["--origin", "ftp://claw.example.com"], /--origin/],
    [["--target", "nonsense"], /--target "nonsense": that is no target\n {2}give local/],
    [["--target", "ws://"], /--target "ws:\/\/": that is no address/],
    [["--target", "ws://host:99999"], /--target/],
    [["--target", "http://[::1"], /--target/],
    [["--timeout", "0"], /--timeout/],
    [["--timeout", "1e9"], /--timeout/],
    [
      ["--format", "xml"],
      /--format "xml": that is none of its values\n {2}give one of "human", "markdown", "html", "agent", "json"/,
    ],
    [["triage", "--fail-on", "fatal"], /--fail-on "fatal"/],
    [["triage", "--lang", "de"], /--lang "de"/],
    [["triage", join(dir, "missing.log")], /missing\.log: it cannot be read \(ENOENT\)/],
    [["triage", join(dir, "logs")], /there is nothing to read/],
    [["triage", ticket, join(dir, "missing.log")], /missing\.log/],
    [["--log", join(dir, "missing.log")], /--log .*missing\.log: it cannot be read \(ENOENT\)/],
    [["--log", join(dir, "logs")], /--log .*logs: it is a directory/],
    [["--config", join(dir, "missing.json")], /--config .*missing\.json: it cannot be read/],
    [["--token-file", join(dir, "missing.token")], /--token-file: it cannot be read \(ENOENT\)/],
    [["--token-file", dir], /--token-file: it is a directory/],
    [["--token-file", empty], /--token-file: there is no token in it/],
    [["--token-stdin"], /standard input: there is no token in it/],
    [["--token-file", empty, "--token-stdin"], /one place only/],
    [
      ["triage", "--output", join(dir, "no", "report.txt"), ticket],
      /--output .*: the file cannot be written \(ENOENT\)/,
    ],
    [["triage", "--output", join(dir, "logs"), ticket], /--output .*: the file cannot be written \(EISDIR\)/],
    [["what-if", "--input", join(dir, "missing.json")], /--input .*: it cannot be read/],
    [["what-if", "--via", "teleport"], /--via "teleport"/],
    [["fix", "no-such-finding"], /fix "no-such-finding": there is no such finding/],
    [["fix", "--allow-risk", "everything"], /--allow-risk "everything": that is none of its values/],
    [["fix", "--target", "ws://127.0.0.1:1", "--request", "none"], /--request: no such request waits/],
    [["diagnose", "extra"], /extra/],
    [["--json", "--format", "html"], /--json and --format html: they contradict each other\n {2}give one/],
    [["triage", ticket, "--format=sarif", "--json"], /--json and --format sarif: they contradict/],
    [["smoke", "--json", "--format", "human"], /--json and --format human/],
    [["demo", "--list", "extra"], /--list and SCENARIO: they contradict/],
    [["demo", "classic", "--list"], /--list and SCENARIO/],
    [["demo", "classic", "extra"], /extra/],
    [["checks", "extra"], /extra/],
    [["explain", "OPD201", "extra"], /extra/],
    [["completion", "bash", "extra"], /extra/],
    [["web", "extra"], /extra/],
    [["watch", "extra"], /extra/],
    [["collect", "extra"], /extra/],
    [["smoke", "extra"], /extra/],
    [["what-if", "extra"], /extra/],
    [["fleet", "list.txt", "extra"], /extra/],
    [["fix", "--undo", "origin-not-allowed"], /--undo and ID: they contradict/],
    [["fix", "--undo", "--remedy", "approve-device"], /--undo and --remedy/],
    [["fix", "--undo", "--domain=claw.example.com"], /--undo and --domain/],
    [["--only", "OPD201", "--skip", "OPD201"], /--only OPD201 and --skip OPD201/],
    [
      ["what-if", "--set", "gateway.bind=lan", "--unset", "gateway.bind"],
      /--set gateway\.bind and --unset gateway\.bind/,
    ],
    [["triage", "\u001b[31m\u0007evil\u202e.log"], /evil\.log: it cannot be read/],
  ];
  for (const [args, expected] of rows) {
    test(`pairing-doctor ${JSON.stringify(args.map((arg) => arg.replace(dir, "")).join(" "))}`, async () => {
      // Port 1: should a command run in spite of its error, it meets nobody.
      const result = await here(args, { env: { OPENCLAW_GATEWAY_PORT: "1" } });
      assertUsageError(result);
      assert.match(result.stderr, expected);
    });
  }
  for (const form of ["docker:claw", "compose:gateway", "k8s:ns/deploy/claw", "ssh:me@host.invalid"]) {
    test(`--target ${form} is read, or says what to do instead`, async () => {
      const result = await here(["--target", form, "--timeout", "2"]);
      if (result.code === 2) assertUsageError(result);
      else assert.equal(result.code, 3);
    });
  }
});

describe("credentials on the command line are refused and never repeated", () => {
  const secret = "hunter2-hunter2-hunter2";
  const bare = "0123456789abcdef".repeat(3);
  const rows: readonly (readonly string[])[] = [
    ["--token", secret],
    [`--token=${secret}`],
    [`--Token=${secret}`],
    ["-token", secret],
    ["--password", secret],
    [`--password=${secret}`],
    ["diagnose", `--gateway-token=${secret}`],
    ["diagnose", "--auth-token", secret],
    ["--target", `ws://user:${secret}@127.0.0.1:1`],
    [`--target=ws://${secret}@127.0.0.1:1`],
    ["--target", `wss://claw.example.com/?token=${secret}`],
    ["--target", `wss://claw.example.com/?a=b&password=${secret}`],
    [`--origin=https://claw.example.com/#token=${secret}`],
    ["triage", "--origin", `https://claw.example.com/chat#token=${secret}`],
    ["what-if", "--token", secret, "--json"],
    ["explain", `--secret=${secret}`],
  ];
  for (const args of rows) {
    test(args.join(" ").replace(secret, "…"), async () => {
      const result = await here(args, { env: { OPENCLAW_GATEWAY_PORT: "1" } });
      assertUsageError(result);
      assert.match(result.stderr, /is not taken: a command line can be read by every process/);
      assert.match(result.stderr, /--token-file FILE or --token-stdin/);
      assert.doesNotMatch(result.stderr, /hunter2/);
    });
  }
  for (const args of [
    ["--token-file", secret],
    [`--token-file=${secret}`],
    ["fix", "--token-file", secret],
    ["--token-file", `/etc/${secret}`],
    ["--token-file", empty, secret],
    ["diagnose", secret],
    [secret],
    ["--format", secret],
    // Without a name, what looks like a token is one.
    ...["explain", "fix", "demo", "triage"].map((command) => [command, bare]),
    ...["--only", "--release", "--config", "--log"].map((option) => [option, bare]),
    ["triage", "--output", `/no/${bare}`, fixture("logs/ticket.log")],
    ["what-if", "--input", bare],
    ["what-if", "--set", bare],
  ])
    test(`what stands where a file or a word belongs is not repeated: ${args.join(" ").replaceAll(secret, "…").replaceAll(bare, "…")}`, async () => {
      const result = await here(args, { env: { OPENCLAW_GATEWAY_PORT: "1" } });
      assertUsageError(result);
      assert.doesNotMatch(result.stderr, /hunter2|0123456789/);
    });
  test("--allow-plaintext-token is no credential", async () => {
    const { code, stderr } = await here(["--allow-plaintext-token", "--timeout", "nope"]);
    assert.equal(code, 2);
    assert.match(stderr, /--timeout/);
  });
});

test("a fault that nobody caught is told like any other: one line, nothing of a secret, no stack", async () => {
  // As soon as the command runs.
  const thrown = `setInterval(() => {
    if (process.listenerCount("uncaughtException") > 0) throw new Error("token=hunter2hunter2 \\u202e\\u001b[2J at x");
  }, 1)`;
  const result = await cli(["demo", "--quiet"], {
    node: ["--import", `data:text/javascript,${encodeURIComponent(thrown)}`],
  });
  assert.equal(result.code, 70);
  assert.match(
    result.stderr,
    /^pairing-doctor: this is a fault of pairing-doctor .*: Error: token=<redacted> +at x\n$/,
  );
});
