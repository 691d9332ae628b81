// Lines of two gateways are two stories: each is read by itself, the worse one leads, and the other one is told beside it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { digestLogs } from "../src/logs/digest.ts";
import type { JsonReport } from "../src/report/json.ts";
import { fixture, here } from "./support/cli.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-gateways-"));
after(() => rmSync(dir, { recursive: true, force: true }));

let ids = 0;
const id = (): string => `${(++ids).toString(16).padStart(8, "0")}-fa00-4721-b91b-62505d7cad2c`;
const at = (minute: number): string => `2026-11-22T12:${String(minute).padStart(2, "0")}:00.000Z`;

interface Gateway {
  readonly port?: number;
  readonly remote?: string;
}

/** As 2026.4.10 and later print it: with the address that it listens on. */
function refused(
  minute: number,
  reason: string,
  { port = 18789, remote = "172.18.0.1" }: Gateway = {},
): string {
  return (
    `${at(minute)} [ws] closed before connect conn=${id()} peer=${remote}:50000->172.18.0.2:${port} remote=${remote} fwd=n/a ` +
    `origin=http://localhost:${port} host=localhost:${port} ua=Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 code=1008 reason=${reason}`
  );
}
function connected(minute: number, { remote = "172.18.0.1" }: Gateway = {}): string {
  return `${at(minute)} [ws] webchat connected conn=${id()} remote=${remote} client=openclaw-control-ui webchat v2026.5.28`;
}
function started(minute: number, port: number, pid: number): string {
  return `${at(minute)} [gateway] listening on ws://127.0.0.1:${port} (PID ${pid})`;
}
const PAIRING = "pairing required: device is not approved yet";

async function gatewaysOf(files: Readonly<Record<string, readonly string[]>>) {
  const digest = await digestLogs(
    Object.entries(files).map(([name, lines]) => ({ name, chunks: [`${lines.join("\n")}\n`] })),
  );
  return (digest.gateways ?? []).map(({ name, ports }) => [name, ports]);
}

describe("two gateways", () => {
  test("of two containers in one file", async () => {
    const a = [refused(1, PAIRING), refused(2, PAIRING)].map((line) => `work-gateway-1  | ${line}`);
    const b = [connected(1), connected(3)].map((line) => `home-gateway-1  | ${line}`);
    assert.deepEqual(await gatewaysOf({ log: [...a, ...b] }), [
      ["work-gateway-1", [18789]],
      ["home-gateway-1", []],
    ]);
  });
  test("by the port that they listen on", async () => {
    const log = { a: [started(1, 18789, 7)], b: [started(30, 19001, 9)] };
    assert.deepEqual(await gatewaysOf(log), [
      ["a", [18789]],
      ["b", [19001]],
    ]);
  });
  test("by the process, where both run at one time", async () => {
    const one = [started(1, 18789, 7), refused(9, PAIRING)];
    const other = [started(2, 18789, 9), refused(8, PAIRING)];
    assert.equal((await gatewaysOf({ one, other })).length, 2);
  });
  test("by the release, where both run at one time", async () => {
    const build = (minute: number, release: string) =>
      `${at(minute)} [ws] control ui build rejected conn=${id()} clientBuild=2026.8.1-release-aaaaaaaaaaaa-2026-09-23T16-33-12.144Z gatewayBuild=${release}-release-eb377ac59e6c-2026-09-23T16-33-12.144Z`;
    const one = [build(1, "2026.9.6"), refused(9, PAIRING)];
    const other = [build(2, "2026.8.2"), refused(8, PAIRING)];
    assert.equal((await gatewaysOf({ one, other })).length, 2);
    assert.equal(
      (await gatewaysOf({ one: [build(1, "2026.8.2")], other: [build(2, "2026.9.6")] })).length,
      0,
    );
  });
  test("by connections that the other one does not know", async () => {
    const one = [refused(1, PAIRING), refused(5, PAIRING)];
    const other = [refused(2, PAIRING), refused(4, PAIRING)];
    assert.equal((await gatewaysOf({ one, other })).length, 2);
  });
});

describe("one gateway", () => {
  test("in its console and its JSON file, with the same connections", async () => {
    const read = (name: string) => readFileSync(fixture(`logs/${name}`), "utf8").split("\n");
    for (const release of ["2026.2.1", "2026.3.13"])
      assert.deepEqual(
        await gatewaysOf({
          console: read(`console-${release}.log`),
          file: read(`file-${release}.jsonl`),
        }),
        [],
        release,
      );
  });
  test("before and after a rotation, a restart, an upgrade", async () => {
    const before = [started(1, 18789, 7), refused(2, PAIRING), refused(3, PAIRING)];
    const afterwards = [started(4, 18789, 9), refused(5, PAIRING), refused(6, PAIRING)];
    assert.deepEqual(await gatewaysOf({ "gateway.log.1": before, "gateway.log": afterwards }), []);
  });
  test("in one pod after the other", async () => {
    const pod = (name: string, lines: readonly string[]) =>
      lines.map((line) => `[pod/${name}/gateway] ${line}`);
    const old = pod("openclaw-6f9d8c7b54-x2x9k", [refused(1, PAIRING), refused(2, PAIRING)]);
    const young = pod("openclaw-7c5ddbdf54-abcde", [refused(3, PAIRING), refused(4, PAIRING)]);
    assert.deepEqual(await gatewaysOf({ log: [...old, ...young] }), []);
  });
  test("beside its own command line's output and a proxy's", async () => {
    const lines = [
      `openclaw-gateway-1  | ${refused(1, PAIRING)}`,
      "openclaw-cli-1  | gateway connect failed: GatewayClientRequestError: pairing required",
      'proxy-1  | 10.0.0.7 - - [22/Nov/2026:12:25:55 +0000] "GET / HTTP/1.1" 502 150',
    ];
    assert.deepEqual(await gatewaysOf({ log: lines }), []);
  });
});

describe("what is told of them", () => {
  const triage = async (names: readonly string[], ...args: readonly string[]) =>
    (await here(["triage", ...names, ...args])).stdout;
  const folder = join(dir, "two");
  mkdirSync(folder);
  // At work a page was refused and let in later; at home one is refused still.
  const work = [
    ...Array.from({ length: 14 }, (_, minute) => refused(minute, PAIRING, { remote: "172.18.0.1" })),
    `${at(20)} [gateway] device pairing approved device=${"a".repeat(64)} role=operator`,
    connected(21),
    connected(40),
  ];
  const home = [refused(5, "origin not allowed", { port: 19001, remote: "192.168.1.20" })];
  writeFileSync(join(folder, "work.log"), `${work.join("\n")}\n`);
  writeFileSync(join(folder, "home.log"), `${home.join("\n")}\n`);

  test("the one that is refused still comes first, the other one is told to be over", async () => {
    const report = JSON.parse(await triage([folder], "--json")) as JsonReport;
    assert.equal(report.findings[0]?.id, "origin-not-allowed");
    const notes = report.notes.filter(
      ({ id: note }) => note.endsWith("-gateways") || note.endsWith("-gateway"),
    );
    assert.deepEqual(
      notes.map(({ id: note, args, finding }) => [note, args?.name, args?.port, finding]),
      [
        ["several-gateways", "two/home.log", "19001", undefined],
        ["other-gateway", "two/work.log", "18789", undefined],
      ],
    );
    // Nobody's refusal is counted to another gateway.
    const quotes = report.findings.flatMap(({ evidence }) => evidence.map(({ source }) => source ?? ""));
    assert.ok(
      quotes.every((source) => !source.startsWith("two/work.log")),
      quotes.join(),
    );
    // Alone it is over, and said to be.
    const alone = JSON.parse(await triage([join(folder, "work.log")], "--json")) as JsonReport;
    assert.ok(alone.findings.every(({ severity }) => severity === "info"));
    const story = alone.notes.find(({ id: note }) => note.startsWith("refused-"));
    assert.deepEqual(
      [story?.id, story?.args],
      [
        "refused-until-approved",
        {
          count: 14,
          gate: "pairing",
          address: "172.18.0.1",
          firstAt: at(0),
          lastAt: at(13),
          approvedAt: at(20),
          connectedAt: at(40),
        },
      ],
    );
    assert.match(story?.message ?? "", /^Over: 172\.18\.0\.1 was refused 14 times between /);
  });

  test("who is refused again after that is not over", async () => {
    const log = join(dir, "again.log");
    writeFileSync(log, `${[...work, refused(50, PAIRING)].join("\n")}\n`);
    const report = JSON.parse(await triage([log], "--json")) as JsonReport;
    assert.notEqual(report.findings[0]?.severity, "info");
    assert.ok(!report.notes.some(({ id: note }) => note.startsWith("refused-")));
  });

  test("in each format and language by its name", async () => {
    for (const format of ["human", "markdown", "html", "agent"])
      for (const lang of ["en", "zh"]) {
        const text = await triage([folder], "--format", format, "--lang", lang);
        for (const name of ["home.log", "work.log"])
          assert.ok(text.includes(name), `${format} ${lang} ${name}`);
      }
  });

  test("with the commands, the config and the notes of the gateway that is told of", async () => {
    const secret = "0f3c9a7be21d4c558e6b7a90cd12ef34";
    const config = (port: number, token: string) =>
      JSON.stringify({ gateway: { port, bind: "loopback", auth: { mode: "token", token } } });
    const files = {
      "apart/work/compose.log": [refused(1, PAIRING), refused(2, `${PAIRING} ${secret}`)].map(
        (line) => `work-gateway-1  | ${line}`,
      ),
      "apart/work/docker-compose.yml": [
        "services:\n  gateway:\n    image: ghcr.io/openclaw/openclaw:2026.5.28\n    ports: ['18789:18789']",
      ],
      "apart/home/gateway.log": [
        started(3, 19001, 9),
        ...[21, 22, 23].map((minute) =>
          refused(minute, "unauthorized: gateway token mismatch", { port: 19001, remote: "127.0.0.1" }),
        ),
      ],
      "apart/home/openclaw.json": [config(19001, secret)],
      "apart/home/note.md": ["My own one at home runs as a systemd user service, Ubuntu, 2026.4.15."],
    };
    const same = {
      "beside/compose.log": files["apart/work/compose.log"],
      "beside/docker-compose.yml": files["apart/work/docker-compose.yml"],
      "beside/gateway.log": files["apart/home/gateway.log"],
      "beside/openclaw.json": files["apart/home/openclaw.json"],
    };
    for (const [name, lines] of Object.entries({ ...files, ...same })) {
      mkdirSync(join(dir, name, ".."), { recursive: true });
      writeFileSync(join(dir, name), `${lines.join("\n")}\n`);
    }
    for (const name of ["apart", "beside"]) {
      const markdown = await triage([join(dir, name)], "--format", "markdown");
      assert.match(markdown, /This report is about [^\n]*port 19001/, name);
      assert.match(markdown, /another gateway, [^\n]*compose\.log \(2026\.5\.28, port 18789\)/, name);
      assert.match(markdown, /^ +openclaw dashboard/m, name);
      assert.doesNotMatch(markdown, /docker compose|kubectl/, name);
      // What another one's config holds is kept out, too.
      assert.ok(!markdown.includes(secret), name);
    }
    assert.match(
      await triage([join(dir, "apart")], "--format", "markdown"),
      /OpenClaw 2026\.4\.15[^\n]* local/,
    );
  });
});
