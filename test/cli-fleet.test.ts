// Many gateways in one run: embedded ones over real sockets, ill in known ways. (300 of them are of test:real.)
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";
import { main } from "../src/cli/main.ts";
import { fleetExitCode } from "../src/cli/run/fleet.ts";
import { known, unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { lookAtFleet } from "../src/doctor/live/fleet.ts";
import { inShare, parseFleetList, shareSaid } from "../src/doctor/live/fleet-list.ts";
import { whyNotSent } from "../src/doctor/live/fleet-tokens.ts";
import { FleetMerge, gatewayLineOf } from "../src/doctor/pure/fleet-lines.ts";
import { READ_RULES } from "../src/kinds/kubernetes/read-rules.ts";
import type { FleetGateway, FleetLine, FleetSummary } from "../src/report/fleet.ts";
import { here } from "./support/cli.ts";
import { type Fleet, startFleet } from "./support/fleet.ts";
import { challenge, startHostileServer } from "./support/hostile-server.ts";
import { UNHURRIED } from "./support/until.ts";

const schema = JSON.parse(
  readFileSync(new URL("../src/report/schema/fleet.schema.json", import.meta.url), "utf8"),
) as object;
const validate = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(schema);

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-fleet-"));
after(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

function linesOf(stdout: string): readonly FleetLine[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const value = JSON.parse(line) as FleetLine;
      assert.ok(validate(value), JSON.stringify(validate.errors));
      return value;
    });
}

const gatewaysOf = (stdout: string): readonly FleetGateway[] =>
  linesOf(stdout).filter((line) => line.kind === "fleet-gateway");
const summaryIn = (stdout: string): FleetSummary | undefined =>
  linesOf(stdout).find((line) => line.kind === "fleet-summary");

describe("a look at twelve gateways", () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet(12, 8);
  });
  after(() => fleet.close());

  /** Four shares, as the pods of a Job take them. */
  async function shares(): Promise<readonly string[]> {
    const runs = [0, 1, 2, 3].map((index) =>
      here(["fleet", fleet.file, "--json", "--share", "4", "--fail-on", "never"], {
        env: { JOB_COMPLETION_INDEX: String(index) },
      }),
    );
    return (await Promise.all(runs)).map(({ code, stdout }) => {
      assert.equal(code, 0);
      return stdout;
    });
  }

  test("each verdict, one JSON line each by the schema, and no token; some that are lost do not fail the run", async () => {
    const { code, stdout, stderr } = await here(["fleet", fleet.file, "--json"]);
    assert.equal(stderr, "");
    assert.equal(code, 1);
    const found = gatewaysOf(stdout);
    assert.equal(found.length, 12);
    for (const { name = "", verdict, findings } of found)
      assert.deepEqual(
        { name, verdict, finding: findings[0]?.id },
        { name, verdict: fleet.expected.get(name)?.verdict, finding: fleet.expected.get(name)?.finding },
      );
    const counts = { gateways: 12, healthy: 4, found: 6, undetermined: 2 };
    assert.deepEqual({ ...summaryIn(stdout), ...counts }, summaryIn(stdout));
    for (const token of fleet.tokens) assert.ok(!stdout.includes(token));
    assert.ok(
      stdout
        .trimEnd()
        .split("\n")
        .every((line) => line.length < 8000),
    );
  });

  test("the table has what is wrong first, in both languages", async () => {
    for (const [lang, sum] of [
      ["en", /Gateways: 12\. Nothing found: 4\. With findings: 6\. Could not be looked at: 2\./],
      ["zh", /网关：12。没有发现：4。有发现：6。无法查看：2。/],
    ] as const) {
      const { stdout, stderr } = await here(["fleet", fleet.file, "--lang", lang]);
      assert.equal(stderr, "");
      assert.match(stdout, sum);
      const marks = stdout.split("\n").map((line) => line[0] ?? "");
      const order = marks.filter((mark) => "✗?✓".includes(mark) && mark !== "").join("");
      assert.equal(order, `${"✗".repeat(6)}??${"✓".repeat(4)}`);
    }
  });

  test("progress is for a terminal alone", async () => {
    for (const isTTY of [true, false]) {
      const said: string[] = [];
      const written: string[] = [];
      const code = await main(["fleet", fleet.file, "--json", "--fail-on", "never", "--share", "0/4"], {
        stdin: Readable.from([]),
        stdout: { write: (text) => written.push(text) },
        stderr: { write: () => true, isTTY },
        env: { LANG: "en_US.UTF-8", HOME: dir },
        signal: new AbortController().signal,
        spin: (text) => {
          said.push(text);
          return { say: (next) => said.push(next), stop: () => undefined };
        },
      });
      assert.equal(code, 0);
      assert.equal(said.at(-1), isTTY ? "3 of 3 gateways" : undefined);
    }
  });

  test("four shares together say what one run says, also where one was taken twice", async () => {
    const whole = gatewaysOf((await here(["fleet", fleet.file, "--json"])).stdout);
    const [first = "", ...others] = await shares();
    // The pod of the first share died after its first line and was replaced; kubectl puts a prefix before each line.
    const died = `${first.split("\n")[0]}\n{"schemaVersion":1,"kind":"fleet-gat`;
    const again = first.replace(/^/gm, "[pod/fleet-0-x7k2p/doctor] ");
    const paths = [died, again, ...others].map((text, at) => file(`log-${at}`, text));
    const { code, stdout } = await here(["fleet", "report", ...paths, "--json"]);
    assert.equal(code, 1);
    const shape = (lines: readonly FleetGateway[]) =>
      [...lines]
        .sort((a, b) => a.entry - b.entry)
        .map(({ name, entry, list, verdict, findings }) => [list, entry, name, verdict, findings[0]?.id]);
    assert.deepEqual(shape(gatewaysOf(stdout)), shape(whole));
    assert.deepEqual(summaryIn(stdout)?.unreported, []);

    const less = await here(["fleet", "report", ...paths.slice(0, 1), ...paths.slice(3), "--json"]);
    const lost = summaryIn(less.stdout)?.unreported ?? [];
    assert.ok(lost.length >= 5, String(lost));
    assert.match(
      (await here(["fleet", "report", ...paths.slice(3)])).stdout,
      /Lines of the list that nobody reported: 6 of 12 \(1, 2, 5, 6, 9, 10\)/,
    );
  });
});

test("of many, no more than asked for are looked at together, and one that fails does not end the others", async () => {
  const list = parseFleetList(
    Array.from({ length: 9 }, (_, at) => `ws://127.0.0.1:1 name=g${at}`).join("\n"),
    "list",
  );
  assert.ok(list.ok);
  let [at, most] = [0, 0];
  const lines: FleetGateway[] = [];
  await lookAtFleet({
    list: list.value,
    env: { HOME: dir },
    salt: "salt",
    concurrency: 3,
    signal: new AbortController().signal,
    timeoutMs: UNHURRIED,
    allowPlaintextToken: false,
    insecureTls: false,
    only: [],
    skip: [],
    lang: "en",
    learn: () => undefined,
    tokenOf: async ({ name }) => {
      at += 1;
      most = Math.max(most, at);
      await new Promise((resolve) => setTimeout(resolve, 20));
      at -= 1;
      if (name === "g3") throw new TypeError("\u001b[2Jsecond\nline");
      return name === "g4" ? unknown("denied", say("unread-denied")) : known(undefined, "test");
    },
    looked: (line) => lines.push(line),
  });
  assert.ok(most <= 3, String(most));
  assert.equal(lines.length, 9);
  assert.ok(lines.every(({ verdict }) => verdict === "undetermined"));
  const why = (name: string) => lines.find((line) => line.name === name)?.missing[0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
  assert.doesNotMatch(why("g3")?.detail ?? "", /[\u0000-\u001f]/);
  assert.match(why("g3")?.detail ?? "", /the doctor failed there: TypeError/);
  assert.equal(why("g4")?.reason, "denied");
});

test("what one gateway's token is goes to no other: not the environment's, not another line's", async () => {
  const heard: string[] = [];
  const server = await startHostileServer({
    http: (request, response) => {
      heard.push(JSON.stringify(request.headers) + request.url);
      response.end("<title>OpenClaw Control</title>");
    },
    socket: (socket) => {
      socket.on("message", () => socket.close());
      socket.send(challenge());
    },
  });
  const token = "line-token-4f1e6c2299";
  const ofEnvironment = "environment-token-0b77aa";
  file("one.token", `${token}\n`);
  const list = file("two.txt", `ws://127.0.0.1:1 token-file=one.token\n${server.url}\n`);
  const { stdout, stderr } = await here(["fleet", list, "--json"], {
    env: { OPENCLAW_GATEWAY_TOKEN: ofEnvironment },
  });
  heard.push(...server.received);
  await server.close();
  assert.ok(server.received.length > 0);
  for (const secret of [token, ofEnvironment]) {
    assert.ok(!heard.join("").includes(secret));
    assert.ok(!(stdout + stderr).includes(secret));
  }
});

test("a token file that cannot be read is that gateway's trouble alone", async () => {
  const list = file("lost.txt", "ws://127.0.0.1:1 name=a token-file=nowhere\nws://127.0.0.1:1 name=b\n");
  const { code, stdout } = await here(["fleet", list, "--json"]);
  assert.equal(code, 3);
  const [a] = gatewaysOf(stdout).filter(({ name }) => name === "a");
  assert.match(a?.missing[0]?.detail ?? "", /its token file cannot be used: it cannot be read \(ENOENT\)/);
});

test("a list sends no file to its hosts but what is below its own directory and nobody else's", async () => {
  const server = await startHostileServer({
    http: (_request, response) => response.end("<title>OpenClaw Control</title>"),
    socket: (socket) => socket.send(challenge()),
  });
  const inside = join(dir, "passed-around");
  mkdirSync(inside);
  const secret = "root-file-secret-9d8e7f";
  const own = file("own.secret", secret);
  writeFileSync(join(inside, "fine"), secret);
  symlinkSync(own, join(inside, "link"));
  symlinkSync(dir, join(inside, "up"));
  symlinkSync(join(inside, "fine"), join(inside, "within"));
  writeFileSync(join(inside, "open"), secret);
  chmodSync(join(inside, "open"), 0o666);
  for (const [tokenFile, words] of [
    [own, /not below the list's own directory/],
    ["../own.secret", /not below the list's own directory/],
    ["link", /not below the list's own directory/],
    ["up/own.secret", /not below the list's own directory/],
    ["../nowhere", /not below the list's own directory/],
    ["open", /others than root and you may change it/],
  ] as const) {
    const list = file("passed-around/list.txt", `ws://127.0.0.1:1\n${server.url} token-file=${tokenFile}\n`);
    const { code, stdout, stderr } = await here(["fleet", list, "--json"]);
    assert.equal(code, 2, tokenFile);
    assert.match(stderr, words, tokenFile);
    assert.ok(!(stdout + stderr).includes(secret));
  }
  assert.equal(server.received.length, 0);
  await server.close();
  for (const tokenFile of ["fine", "within", "./fine", join(inside, "fine")])
    assert.equal(await whyNotSent(join(inside, "list.txt"), tokenFile), undefined, tokenFile);
  // A link that is turned after the list was looked through leads to what was opened.
  assert.notEqual(await whyNotSent(join(inside, "list.txt"), "fine", own), undefined);
});

const SECRET = "hunter2-stray-token-55d1";
const WRONG: readonly (readonly [string, RegExp])[] = [
  [`ws://127.0.0.1:1 ${SECRET}`, /line 1: .*none of the words/],
  [`ws://127.0.0.1:1 token=${SECRET}`, /"token=…" is none of the words/],
  [`ws://127.0.0.1:1/?token=${SECRET}`, /a URL with a credential in it is not taken/],
  [`wss://me:${SECRET}@claw.example.test`, /a URL with a credential in it is not taken/],
  ["# nothing\n\n", /no gateway is named in it/],
  ["\nws://127.0.0.1:1\nbogus", /line 3: that is no target/],
  ["ws://127.0.0.1:1 origin=ftp://x", /line 1: .*no http or https address/],
  ["ws://127.0.0.1:1 release=7", /line 1: .*no release/],
  ["ws://127.0.0.1:1 name=a\u001b[2J", /line 1: .*none of the words/],
];
for (const [text, says] of WRONG)
  test(`a list is refused as a whole: ${JSON.stringify(text.replaceAll(SECRET, "…"))}`, async () => {
    const { code, stdout, stderr } = await here(["fleet", file("wrong.txt", text)]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, says);
    assert.ok(!stderr.includes(SECRET));
    assert.ok(!stderr.includes("\u001b"));
  });

for (const args of [
  [],
  ["list", "--selector", "app=claw"],
  ["list", "--concurrency", "0"],
  ["list", "--share", "4/4"],
  ["list", "--share", "2"],
  ["--selector", "app=claw", "--share", "0/2"],
  ["--selector", "app=claw;rm"],
  ["--namespace", "../x"],
  ["report", "nothing"],
  ["manifest", "list"],
  ["manifest", "list", "--image", "x", "--shares", "0"],
  ["manifest", "list", "--image", "x y"],
])
  test(`fleet ${args.join(" ")} is a usage error`, async () => {
    const list = file("list", "wss://claw.example.test\n");
    const nothing = file("nothing", "no line of ours\n");
    const named = args.map((arg) => (arg === "list" ? list : arg === "nothing" ? nothing : arg));
    const { code, stdout, stderr } = await here(["fleet", ...named]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 2, stderr);
  });

test("exit codes of a fleet: findings before what could not be looked at", () => {
  const of = (verdict: FleetGateway["verdict"], severity?: "error" | "warning") => ({
    verdict,
    findings:
      severity === undefined
        ? []
        : [{ id: "x", code: "X", severity, confidence: "certain" as const, title: "", fixHint: "" }],
  });
  const [well, warned, ill, lost] = [
    of("healthy"),
    of("healthy", "warning"),
    of("found", "error"),
    of("undetermined", "error"),
  ];
  assert.equal(fleetExitCode([well, warned], "error"), 0);
  assert.equal(fleetExitCode([well, warned], "warning"), 1);
  assert.equal(fleetExitCode([well, lost, ill], "error"), 1);
  assert.equal(fleetExitCode([well, lost], "error"), 3);
  assert.equal(fleetExitCode([well], "error", true), 3);
  assert.equal(fleetExitCode([ill, lost], "never", true), 0);
});

test("shares are apart, and together the whole list", () => {
  const entries = Array.from({ length: 41 }, (_, entry) => ({ entry }));
  const count = 4;
  const shares = Array.from({ length: count }, (_, index) =>
    entries.filter((entry) => inShare(entry, { index, count })).map(({ entry }) => entry),
  );
  assert.deepEqual(
    shares.flat().sort((a, b) => a - b),
    entries.map(({ entry }) => entry),
  );
  assert.ok(shares.every(({ length }) => length >= 10 && length <= 11));
  const index = shareSaid("4", { JOB_COMPLETION_INDEX: "3" });
  assert.deepEqual(index.ok && index.value, { index: 3, count: 4 });
});

describe("a report of logs", () => {
  const line: FleetGateway = {
    schemaVersion: 1,
    tool: { name: "openclaw-pairing-doctor", version: "0.1.0" },
    kind: "fleet-gateway",
    list: "0123456789ab",
    entry: 0,
    entries: 2,
    target: "wss://a.example.test",
    at: "2026-11-30T19:00:00.000Z",
    tookMs: 5,
    verdict: "healthy",
    gateway: { version: "2026.9.6", url: "wss://a.example.test/" },
    findings: [],
    more: 0,
    missing: [],
    next: "",
  };
  test("what a line of a log says is scrubbed like any text of a stranger's", async () => {
    const merge = new FleetMerge();
    const detail = "token=SEKRITabcdefgh";
    const finding = {
      id: "x",
      code: "OPD1",
      severity: "error",
      confidence: "certain",
      title: detail,
      fixHint: detail,
    };
    const missing = [{ fact: "config", reason: "denied", detail }];
    const forged = { ...line, name: detail, findings: [finding], missing, next: `curl x; ${detail}` };
    await merge.take(Readable.from([Buffer.from(JSON.stringify(forged))]));
    const text = JSON.stringify(merge.reports());
    assert.ok(text.includes("curl x") && !text.includes("SEKRIT"), text);
  });

  const merged = async (...texts: readonly string[]) => {
    const merge = new FleetMerge();
    for (const text of texts) await merge.take(Readable.from([Buffer.from(text)]));
    return merge.reports();
  };

  test("a verdict counts as far as the line's own findings bear it out", async () => {
    const finding = {
      id: "x",
      code: "OPD1",
      severity: "error",
      confidence: "certain",
      title: "t",
      fixHint: "f",
    };
    const verdictOf = (more: object) => gatewayLineOf({ ...line, ...more })?.verdict;
    assert.equal(verdictOf({ findings: [finding] }), "found");
    assert.equal(verdictOf({ findings: [{ ...finding, severity: "warning" }] }), "found");
    assert.equal(verdictOf({ findings: [{ ...finding, severity: "info" }] }), "healthy");
    assert.equal(verdictOf({ verdict: "found", findings: [finding] }), "found");
    assert.equal(verdictOf({ verdict: "found" }), "undetermined");
    assert.equal(verdictOf({ verdict: "undetermined", findings: [finding] }), "undetermined");
    const forged = mkdtempSync(join(tmpdir(), "opd-forged-"));
    const log = join(forged, "log");
    writeFileSync(log, `${JSON.stringify({ ...line, entries: 1, findings: [finding] })}\n`);
    assert.equal((await here(["fleet", "report", log])).code, 1);
    rmSync(forged, { recursive: true });
  });

  test("of two looks at one gateway the later counts, in whatever order they come", async () => {
    const later = { ...line, at: "2026-11-30T19:05:00.000Z", verdict: "undetermined" as const };
    for (const order of [
      [line, later],
      [later, line],
    ]) {
      const [report] = await merged(...order.map((one) => `${JSON.stringify(one)}\n`));
      assert.deepEqual(report?.lines, [later]);
      assert.deepEqual(report?.summary.unreported, [1]);
    }
  });

  test("held against the list: what nobody asked for, several looks, a forged all-is-well, and what is missing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "opd-asked-"));
    const list = join(folder, "gateways.txt");
    const text = "wss://a.example.test name=a\nwss://b.example.test\nwss://c.example.test\nk8s:claw\n";
    writeFileSync(list, text);
    const read = parseFleetList(text, list);
    assert.ok(read.ok);
    const of = (entry: number, target: string, more: Partial<FleetGateway> = {}): FleetGateway => ({
      ...line,
      list: read.value.id,
      entries: 4,
      entry,
      target,
      ...more,
    });
    const ill = {
      id: "x",
      code: "OPD1",
      severity: "error" as const,
      confidence: "certain" as const,
      title: "t",
      fixHint: "f",
    };
    const honest = [
      of(0, "wss://a.example.test", { name: "a" }),
      of(1, "wss://b.example.test", { verdict: "found", findings: [ill] }),
      of(3, "k8s:claw/deploy/one"),
    ];
    const forged = [
      of(1, "wss://b.example.test", { at: "2026-11-30T19:09:00.000Z" }),
      of(0, "wss://a.example.test", { name: "another" }),
      of(1, "wss://a.example.test"),
      of(2, "wss://evil.example.test"),
      of(3, "k8s:other/deploy/one"),
      of(3, "k8s:claw/"),
      { ...of(2, "wss://c.example.test"), entries: 3 },
      line,
    ];
    const log = join(folder, "log");
    writeFileSync(log, [...honest, ...forged].map((one) => `${JSON.stringify(one)}\n`).join(""));
    const { code, stdout } = await here(["fleet", "report", log, "--list", list, "--json"]);
    const { lines, summary } = {
      lines: stdout.split("\n").filter((one) => one.includes('"fleet-gateway"')),
      summary: summaryIn(stdout),
    };
    assert.equal(lines.length, 3);
    assert.deepEqual(
      [summary?.unreported, summary?.repeated, summary?.contradicted, summary?.unasked],
      [[2], [1], [1], 7],
    );
    assert.equal(code, 3);
    const table = (await here(["fleet", "report", log, "--list", list])).stdout;
    assert.match(table, /nobody reported: 1 of 4 \(3\)/);
    assert.match(table, /all is well and another one that it is not: 1 of 4 \(2\)/);
    assert.match(table, /that the list does not have, left out: 7/);
    assert.match((await here(["fleet", "report", log, "--list", list, "--lang", "zh"])).stdout, /相互矛盾/);
    // A log without one line of the list is no report of nothing.
    writeFileSync(log, `${JSON.stringify(line)}\n`);
    const other = await here(["fleet", "report", log, "--list", list, "--json"]);
    assert.deepEqual(
      [other.code, summaryIn(other.stdout)?.unreported, summaryIn(other.stdout)?.unasked],
      [3, [0, 1, 2, 3], 1],
    );
    rmSync(folder, { recursive: true });
  });

  test("two lists stay apart", async () => {
    const other = { ...line, list: "ba9876543210" };
    const reports = await merged(`${JSON.stringify(line)}\n${JSON.stringify(other)}\n`);
    assert.deepEqual(
      reports.map(({ lines }) => lines.length),
      [1, 1],
    );
  });

  for (const [what, change] of Object.entries<Record<string, unknown>>({
    "a place behind the end": { entry: 2 },
    "a list of a billion lines": { entries: 1e9 },
    "no verdict of ours": { verdict: "fine" },
    "a time that is none": { at: "zzzz" },
    "a list that is none": { list: "../../etc" },
    "another version": { schemaVersion: 2 },
    "no object": { gateway: null },
  }))
    test(`${what} is no line of ours`, () => {
      assert.equal(gatewayLineOf({ ...line, ...change }), undefined);
      assert.ok(gatewayLineOf(line));
    });

  test("what a log holds is made printable, and lists in it are bounded", () => {
    const finding = {
      id: "x\u001b[2J",
      code: "y",
      severity: "error",
      confidence: "certain",
      title: "a\u202eb",
      fixHint: 7,
    };
    const read = gatewayLineOf({ ...line, target: "t\u0007", findings: Array(1000).fill(finding) });
    assert.equal(read?.findings.length, 10);
    assert.ok(validate(read), JSON.stringify(validate.errors));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
    assert.doesNotMatch(JSON.stringify(read), /[\u0000-\u001f\u202e]|\\u0007|\\u001b/);
  });
});

describe("a manifest", () => {
  interface Doc {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly rules?: unknown;
    readonly spec?: {
      readonly completionMode?: string;
      readonly completions?: number;
      readonly template: {
        readonly spec: {
          readonly automountServiceAccountToken: boolean;
          readonly containers: readonly { readonly args: readonly string[]; readonly env?: unknown }[];
        };
      };
    };
    readonly data?: Readonly<Record<string, string>>;
  }
  const text =
    "# ours\nwss://a.example.test token-file=tokens/a\nk8s:team-a/deploy/claw\nk8s:team-b/claw name=b\nws://10.1.2.3:18789\n";

  async function made(args: readonly string[], list = text): Promise<readonly Doc[]> {
    const path = file("manifest.txt", list);
    const { code, stdout, stderr } = await here([
      "fleet",
      "manifest",
      path,
      "--image",
      "registry.example.test/d:1",
      ...args,
    ]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return parseAllDocuments(stdout).map((one) => one.toJS() as Doc);
  }

  test("what a comment holds stays with the list; a name that YAML 1.1 takes for something else is quoted", async () => {
    const path = file("comments.txt", "\ufeff# token=SEKRITabcdefgh\n  # more\nwss://a.example.test\n");
    const words = ["--image", "x:1", "--name", "no", "-n", "0b1"];
    const { code, stdout } = await here(["fleet", "manifest", path, ...words]);
    assert.equal(code, 0);
    assert.ok(!stdout.includes("SEKRIT") && !stdout.includes("more"));
    for (const one of parseAllDocuments(stdout, { version: "1.1" })) {
      const { metadata } = one.toJS() as Doc;
      assert.deepEqual([metadata.name, metadata.namespace], ["no", "0b1"]);
    }
  });

  test("an Indexed Job, the list as it is, and a Role that only reads where workloads are named", async () => {
    const docs = await made(["--shares", "3", "-n", "doctor", "--tokens-from", "claw-tokens"]);
    const kinds = docs.map(({ kind, metadata }) => `${metadata.namespace}/${kind}/${metadata.name}`);
    assert.deepEqual(kinds, [
      "doctor/ConfigMap/pairing-doctor",
      "doctor/ServiceAccount/pairing-doctor",
      "team-a/Role/pairing-doctor-read",
      "team-a/RoleBinding/pairing-doctor-read",
      "team-b/Role/pairing-doctor-read",
      "team-b/RoleBinding/pairing-doctor-read",
      "doctor/Job/pairing-doctor",
    ]);
    assert.deepEqual(docs[0]?.data, { "list.txt": text.replace("# ours\n", "") });
    assert.deepEqual(docs[2]?.rules, READ_RULES);
    const job = docs.at(-1)?.spec;
    assert.deepEqual([job?.completionMode, job?.completions], ["Indexed", 3]);
    const pod = job?.template.spec;
    assert.ok(pod?.automountServiceAccountToken);
    // The command line that the pod runs is one that is understood, and takes that share.
    const args = pod?.containers[0]?.args ?? [];
    const own = args.map((arg) =>
      arg === "/fleet/list.txt"
        ? file("own.txt", "ws://127.0.0.1:1\nws://127.0.0.1:2\nws://127.0.0.1:3\n")
        : arg,
    );
    const { code, stdout } = await here(own, { env: { JOB_COMPLETION_INDEX: "1" } });
    assert.equal(code, 0);
    assert.deepEqual(
      gatewaysOf(stdout).map(({ target }) => target),
      ["ws://127.0.0.1:2"],
    );
    assert.deepEqual(summaryIn(stdout)?.share, { index: 1, count: 3 });
  });

  test("before 1.24: one Job for each share; without workloads no rights at all", async () => {
    const docs = await made(
      ["--job-per-share", "--shares", "2"],
      "wss://a.example.test\nwss://b.example.test\n",
    );
    const jobs = docs.filter(({ kind }) => kind === "Job");
    assert.deepEqual(
      jobs.map(({ metadata, spec }) => [
        metadata.name,
        spec?.completionMode,
        spec?.template.spec.containers[0]?.args.find((arg) => arg.startsWith("--share")),
        spec?.template.spec.automountServiceAccountToken,
      ]),
      [
        ["pairing-doctor-0", undefined, "--share=0/2", false],
        ["pairing-doctor-1", undefined, "--share=1/2", false],
      ],
    );
    assert.ok(!docs.some(({ kind }) => kind.startsWith("Role")));
  });

  for (const [line, says] of [
    ["ws://127.0.0.1:18789", /cannot be reached from a pod/],
    ["docker:claw", /cannot be reached from a pod/],
    ["k8s:prod/team-a/claw", /cannot be reached from a pod/],
    ["wss://a.example.test token-file=/home/me/token", /token files are the keys of a Secret/],
    ["wss://a.example.test token-file=tokens/a", /--tokens-from/],
  ] as const)
    test(`what a pod could not do is refused here: ${line}`, async () => {
      const { code, stderr } = await here(["fleet", "manifest", file("far.txt", line), "--image", "x:1"]);
      assert.equal(code, 2);
      assert.match(stderr, says);
    });
});
