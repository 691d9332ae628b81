import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Connection } from "../src/core/connection.ts";
import { collectedInput } from "../src/doctor/live/collected-input.ts";
import { answer } from "../src/doctor/pure/what-if/answer.ts";
import { newBrowserHere } from "../src/doctor/pure/what-if/input.ts";
import type { Answer } from "../src/report/what-if.ts";
import { fakeWorld } from "./fake-world.ts";
import { deviceAsMet, type MeasuredOutcome } from "./support/as-met.ts";
import { type CliResult, fixture, here } from "./support/cli.ts";
import { english } from "./support/english.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-what-if-"));
after(() => rmSync(dir, { recursive: true, force: true }));

/** The classic ticket: 2026.2.1 in Docker, a new browser on the same host. */
const DOCKER = {
  release: "2026.2.1",
  config: { gateway: { bind: "lan", auth: { mode: "token", token: true } } },
  connection: {
    remoteAddress: "172.18.0.1",
    headers: { host: "localhost:18789", origin: "http://localhost:18789" },
    client: { id: "openclaw-control-ui", mode: "webchat" },
    role: "operator",
    scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
    auth: "valid",
    device: { state: "unpaired" },
  },
};

function answers({ code, stdout, stderr }: CliResult): Answer[] {
  // Notes about keys aside: they have a test of their own.
  assert.deepEqual(
    { code, stderr: stderr.replace(/^.* has no effect in .*\n/, "") },
    { code: 0, stderr: "" },
  );
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

const ask = async (input: unknown, ...args: string[]) =>
  answers(await here(["what-if", "--json", "--input", "-", ...args], { input: JSON.stringify(input) }));

const outcome = ([first]: Answer[]) =>
  first?.admission.outcome === "admitted"
    ? "admitted"
    : `${first?.admission.outcome} ${first?.admission.gate}`;

describe("one connection", () => {
  test("is refused at pairing, and approving the device is a remedy", async () => {
    const [first] = await ask(DOCKER);
    assert.deepEqual(
      { ...first?.admission },
      {
        ...first?.admission,
        outcome: "refused",
        gate: "pairing",
        httpStatus: 101,
        closeCode: 1008,
        closeReason: "pairing required",
      },
    );
    assert.deepEqual(
      first?.remedies.find(({ id }) => id === "approve-device"),
      { id: "approve-device", risk: "grants-access" },
    );
  });

  test("from a file, over several lines", async () => {
    const file = join(dir, "one.json");
    writeFileSync(file, JSON.stringify(DOCKER, null, 2));
    assert.equal(outcome(answers(await here(["what-if", "--json", "--input", file]))), "refused pairing");
  });

  const changes: readonly (readonly [args: readonly string[], expected: string])[] = [
    [["--via", "direct"], "admitted"],
    [["--via", "ssh"], "admitted"],
    [["--via", "port-forward"], "admitted"],
    [["--via", "docker"], "refused pairing"],
    [["--via", "lan"], "refused pairing"],
    [["--release", "2026.9.6"], "admitted"],
    [["--release", "2026.3.13"], "refused pairing"],
    // The switch lets such a page in with 2026.2.1, not with 2026.3.13 (fixtures/admissions).
    [["--release", "2026.3.13", "--set", "gateway.controlUi.allowInsecureAuth=true"], "refused pairing"],
    [["--release", "2026.3.13", "--via", "proxy"], "refused origin"],
    [
      [
        "--release",
        "2026.3.13",
        "--via",
        "proxy",
        "--set",
        'gateway.controlUi.allowedOrigins=["https://claw.example.com"]',
      ],
      "refused pairing",
    ],
    [["--set", "gateway.controlUi.allowInsecureAuth=true"], "admitted"],
    [["--set", "gateway.controlUi.dangerouslyDisableDeviceAuth=true"], "admitted"],
  ];
  for (const [args, expected] of changes) {
    test(`${args.join(" ")}: ${expected}`, async () => {
      const classic = structuredClone(DOCKER);
      assert.equal(outcome(await ask(classic, ...args)), expected);
    });
  }

  test("--unset takes a key away", async () => {
    const open = structuredClone(DOCKER) as { config: { gateway: Record<string, unknown> } };
    open.config.gateway.controlUi = { dangerouslyDisableDeviceAuth: true };
    assert.equal(outcome(await ask(open)), "admitted");
    const key = "gateway.controlUi.dangerouslyDisableDeviceAuth";
    assert.equal(outcome(await ask(open, "--unset", key)), "refused pairing");
  });

  test("a key that does nothing in that release is named on stderr, once", async () => {
    const row = JSON.stringify(DOCKER);
    const args = ["what-if", "--json", "--input", "-", "--set", "gateway.controlUi.allowInsecureAuth=true"];
    const run = (release: string) => here([...args, "--release", release], { input: `${row}\n${row}\n` });
    assert.equal((await run("2026.2.1")).stderr, "");
    assert.match(
      (await run("2026.3.13")).stderr,
      /^pairing-doctor: gateway\.controlUi\.allowInsecureAuth has no effect in 2026\.3\.13\n$/,
    );
    assert.match(
      (await run("2026.9.6")).stderr,
      /^pairing-doctor: 2026\.9\.6 does not know gateway\.\S+; it was left out\n$/,
    );
  });

  test("a release that was not measured says what is assumed", async () => {
    const [first] = await ask({ ...DOCKER, release: "2026.9.99" });
    assert.match(first?.admission.assumed ?? "", /2026\.9\.99/);
  });

  test("for people, in both languages", async () => {
    const input = JSON.stringify(DOCKER);
    const english = await here(["what-if", "--input", "-"], { input });
    const chinese = await here(["what-if", "--input", "-", "--lang", "zh"], { input });
    assert.match(english.stdout, /^2026\.2\.1: openclaw-control-ui .* 172\.18\.0\.1/);
    assert.match(english.stdout, /1008 pairing required/);
    assert.match(chinese.stdout, /[\u4e00-\u9fff]/);
  });

  test("hostile text is not repeated as it is", async () => {
    const evil = structuredClone(DOCKER);
    evil.connection.headers.origin = "http://\u001b[31mevil\u0007\u202e";
    evil.connection.client.id = "x\u001b]0;t\u0007";
    const { stdout, stderr } = await here(["what-if", "--input", "-"], { input: JSON.stringify(evil) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
    assert.doesNotMatch(`${stdout}${stderr}`, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("many connections", () => {
  test("one answer for each line, in order; empty lines count for nothing", async () => {
    const lines = [DOCKER, { ...DOCKER, release: "2026.9.6" }, DOCKER].map((row) => JSON.stringify(row));
    const result = answers(
      await here(["what-if", "--json", "--input", "-"], { input: `${lines.join("\n\n")}\r\n` }),
    );
    assert.deepEqual(
      result.map((answer) => outcome([answer])),
      ["refused pairing", "admitted", "refused pairing"],
    );
  });

  const bad: readonly (readonly [name: string, input: string, stderr: RegExp])[] = [
    ["no JSON in the second line", `${JSON.stringify(DOCKER)}\n{oops\n`, /-:2: that is no JSON object/],
    ["an array in the third", `${JSON.stringify(DOCKER)}\n\n[1]\n`, /-:3: that is no JSON object/],
    ["no release", JSON.stringify({ ...DOCKER, release: undefined }), /release is missing/],
    [
      "no such release",
      JSON.stringify({ ...DOCKER, release: "\u001b[31mx" }),
      /release is .*not one of OpenClaw's/,
    ],
    ["auth", JSON.stringify({ ...DOCKER, connection: { auth: "maybe" } }), /connection\.auth is "maybe"/],
    [
      "device",
      JSON.stringify({ ...DOCKER, connection: { device: {} } }),
      /connection\.device\.state is missing/,
    ],
    ["config", JSON.stringify({ ...DOCKER, config: 7 }), /config is no object/],
    ["nothing", "", /there is nothing in it/],
    ["a token where JSON belongs", "hunter2-hunter2", /-:1: that is no JSON object/],
  ];
  for (const [name, input, expected] of bad) {
    test(`wrong input is one error that names the line: ${name}`, async () => {
      const { code, stdout, stderr } = await here(["what-if", "--json", "--input", "-"], { input });
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, expected);
      assert.ok(!stderr.includes("hunter2") && !stderr.includes("\u001b"));
    });
  }

  for (const set of ["gateway.bind", "=lan", ""]) {
    test(`--set ${JSON.stringify(set)} is a usage error`, async () => {
      const { code, stderr } = await here(["what-if", "--input", "-", `--set=${set}`], {
        input: JSON.stringify(DOCKER),
      });
      assert.equal(code, 2);
      assert.match(stderr, /--set/);
    });
  }

  for (const path of ["__proto__.polluted", "constructor.prototype.x", "gateway.__proto__.polluted"]) {
    test(`a path into the prototype is no key: ${path}`, async () => {
      const { code, stdout } = await here(["what-if", "--input", "-", "--set", `${path}=1`], {
        input: JSON.stringify(DOCKER),
      });
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
    });
  }
});

interface Row {
  readonly connection: Connection;
  readonly outcome: MeasuredOutcome & {
    readonly httpStatus: number;
    readonly closeCode?: number;
    readonly detailCode?: string;
  };
}

describe("without a gateway", () => {
  const about = (asked?: string) =>
    collectedInput({
      env: {},
      // A machine with nothing on it, and a port that nobody listens at.
      world: fakeWorld({ env: { OPENCLAW_GATEWAY_PORT: "1" } }),
      salt: "salt",
      signal: new AbortController().signal,
      learn: () => {},
      ...(asked === undefined ? {} : { asked: { release: asked, connection: newBrowserHere() } }),
    });

  test("the release that is asked about is answered for, and it is said for whom", async () => {
    for (const [release, outcome, gate] of [
      ["2026.9.6", "admitted", undefined],
      ["2026.5.18", "refused", "pairing"],
    ] as const) {
      const here = await about(release);
      assert.ok("input" in here, JSON.stringify(here));
      assert.equal(here.supposed?.message, "supposed-browser");
      const { admission } = answer(here.input, here.input.release);
      assert.deepEqual([admission.outcome, admission.gate], [outcome, gate]);
    }
  });

  test("without a release nothing is supposed, and what is missing is said", async () => {
    const here = await about();
    assert.ok("missing" in here, JSON.stringify(here));
    assert.match(english(here.todo), /--release X.*--input FILE/);
    assert.match(english(here.missing), /no gateway was found/);
  });

  test("its exit code says that it is open: 3", async (t) => {
    const { code, stdout, stderr } = await here(["what-if"], { env: { OPENCLAW_GATEWAY_PORT: "1" } });
    if (code === 0) return t.skip("a gateway of this machine is found");
    assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
    assert.match(stderr, /--release X.*--input FILE/);
  });
});

test("every connection that was observed on a real gateway, through one process", async (t) => {
  const text = gunzipSync(readFileSync(fixture("admissions/rows.jsonl.gz"))).toString();
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row)
    .map(({ connection, ...row }) => {
      return { ...row, connection: { ...connection, device: deviceAsMet(connection, row.outcome) } };
    });
  const file = join(dir, "rows.jsonl");
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  const result = answers(await here(["what-if", "--json", "--input", file]));
  assert.equal(result.length, rows.length);
  const wrong = rows.flatMap((row, index) => {
    const admission = result[index]?.admission;
    const { admitted, httpStatus, closeCode, detailCode } = row.outcome;
    const expected = admitted
      ? { outcome: "admitted", httpStatus }
      : { outcome: "refused", httpStatus, closeCode, detailCode };
    const got =
      admitted && admission?.outcome === "admitted"
        ? { outcome: "admitted", httpStatus: admission.httpStatus }
        : {
            outcome: admission?.outcome,
            httpStatus: admission?.httpStatus,
            closeCode: admission?.closeCode,
            detailCode: admission?.detailCode,
          };
    const same = JSON.stringify(expected) === JSON.stringify(got);
    return same ? [] : [{ line: index + 1, expected, got }];
  });
  t.diagnostic(`${rows.length - wrong.length} of ${rows.length} as observed`);
  assert.deepEqual(wrong.slice(0, 10), []);
});
