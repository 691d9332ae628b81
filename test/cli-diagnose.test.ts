import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { AdmissionConfig } from "../src/core/connection.ts";
import { containerOf } from "../src/deployments/host.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { visitAsPage } from "../src/gateway/visit-page.ts";
import type { JsonReport } from "../src/report/json.ts";
import { askedGateway, closeGateways, TOKEN } from "./support/asked-gateway.ts";
import { type CliResult, cli, finish, here, start } from "./support/cli.ts";
import { challenge, refusalOf, startHostileServer, startTcpServer } from "./support/hostile-server.ts";
import { selfSigned } from "./support/self-signed.ts";
import { UNHURRIED, until } from "./support/until.ts";

const TOKEN_ENV = { OPENCLAW_GATEWAY_TOKEN: TOKEN };
const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-diagnose-"));
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await closeGateways();
  await Promise.all(open.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

const gateway = (
  release: string,
  settings: NonNullable<AdmissionConfig["gateway"]> = { bind: "loopback" },
  more: Parameters<typeof askedGateway>[1] = {},
) =>
  askedGateway(release, {
    config: { gateway: { ...settings, auth: { mode: "token", token: TOKEN } } },
    ...more,
  });

const report = ({ stdout }: CliResult): JsonReport => JSON.parse(stdout) as JsonReport;
const ids = (result: CliResult) => report(result).findings.map(({ id }) => id);

/** As JSON and for people: the exit code is the same, and no stream has the token. */
async function diagnose(
  url: string,
  args: readonly string[] = [],
  env = {},
  run: typeof here = here,
): Promise<CliResult> {
  const human = await run(["--target", url, ...args], { env });
  const json = await run(["diagnose", "--target", url, "--json", "--verbose", ...args], { env });
  assert.equal(human.code, json.code);
  for (const { stdout, stderr } of [human, json]) {
    assert.ok(!`${stdout}${stderr}`.includes(TOKEN), "the token is in a stream");
    assert.equal(stderr, "");
  }
  return json;
}

for (const release of ["2026.2.1", "2026.3.13", "2026.5.28", "2026.9.6"]) {
  test(`${release} admits: 0`, async () => {
    const { url, port, log } = await gateway(release);
    const console = join(dir, `console-${release}.log`);
    writeFileSync(console, log.join("\n"));
    const config = join(dir, `openclaw-${release}.json`);
    writeFileSync(config, JSON.stringify({ gateway: { port, bind: "loopback", auth: { mode: "token" } } }));
    // Said, since in a container the doctor takes its own loopback for one behind a published port.
    const args = ["--config", config, "--log", console, "--deployment", "local"];
    // The newest one as a process.
    const result = await diagnose(url, args, TOKEN_ENV, release === "2026.9.6" ? cli : here);
    assert.equal(result.code, 0, result.stdout);
    assert.equal(report(result).verdict, "healthy");
    assert.deepEqual(ids(result), []);
  });
}

test("a shell that trusts every certificate does not make us trust one, and is told so", async () => {
  let requests = 0;
  const server = createHttpsServer(selfSigned, (_request, response) => {
    requests += 1;
    response.end("<title>OpenClaw Control</title>");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  open.push({ close: () => new Promise((closed) => server.close(() => closed())) });
  const address = server.address();
  const url = `wss://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const env = { ...TOKEN_ENV, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  // Node itself reads the variable when a process starts.
  const result = await diagnose(url, [], env, cli);
  assert.equal(requests, 0);
  assert.ok(report(result).notes.some(({ id }) => id === "tls-verified-anyway"));
  const chinese = await cli(["--target", url, "--lang", "zh"], { env });
  assert.match(chinese.stdout.replace(/\s/g, ""), /NODE_TLS_REJECT_UNAUTHORIZED=0`.*证书照常验证/);
  const asked = await here(["--target", url, "--insecure-tls", "--json"], { env: TOKEN_ENV });
  assert.ok(requests > 0);
  assert.ok(!report(asked).notes.some(({ id }) => id === "tls-verified-anyway"));
});

const contained = (await containerOf(nodeWorld())) !== "none";
for (const [release, code] of [
  ["2026.2.1", 3],
  ["2026.3.13", 3],
  ["2026.5.28", 0],
  ["2026.9.6", 0],
] as const) {
  const skip = code === 3 && contained ? "a container's own loopback is behind a published port" : false;
  const because = `a published port ${code === 0 ? "changes nothing" : "would be refused"}`;
  test(`${release} of which only the address is known: ${code}, as ${because}`, { skip }, async () => {
    const { url } = await gateway(release);
    const result = await diagnose(url, [], TOKEN_ENV);
    assert.equal(result.code, code, result.stdout);
    assert.equal(report(result).verdict, code === 0 ? "healthy" : "undetermined");
    assert.deepEqual(ids(result), []);
  });
}

for (const [release, first] of [
  ["2026.2.1", "docker-nat-not-local"],
  ["2026.3.13", "docker-nat-not-local"],
] as const) {
  test(`${release} in Docker refuses the page: 1, and its console says why`, async () => {
    const { url, port, log } = await gateway(
      release,
      { bind: "lan" },
      { peer: (headers) => (headers["user-agent"] === CHROME ? { remoteAddress: "172.18.0.1" } : undefined) },
    );
    await visitAsPage({
      url,
      origin: `http://127.0.0.1:${port}`,
      userAgent: CHROME,
      token: TOKEN,
      device: true,
      sendBuildId: false,
      timeoutMs: UNHURRIED,
    });
    await until(() => log.some((line) => line.includes("closed before connect")));
    const file = join(dir, `docker-${release}.log`);
    writeFileSync(file, log.map((line) => `openclaw-gateway-1  | ${line}\n`).join(""));
    const result = await diagnose(url, ["--deployment", "docker", "--log", file], TOKEN_ENV);
    assert.equal(result.code, 1);
    assert.equal(ids(result)[0], first);
    const [finding] = report(result).findings;
    assert.ok(finding?.remedies.some(({ id }) => id === "approve-device"));
    assert.match(JSON.stringify(finding?.evidence), /closed before connect/);
  });
}

describe("a config that was named, and the log directory of all gateways", () => {
  const line = (port: number) =>
    `2026-11-22T12:00:00.000Z [ws] closed before connect conn=11111111-1111-4111-8111-111111111111 remote=172.18.0.1 fwd=n/a origin=http://localhost:${port} host=localhost:${port} ua=${CHROME} code=1008 reason=pairing required\n`;
  const diagnosed = async (of: "this" | "another") => {
    const { url, port } = await gateway("2026.5.28");
    const temp = mkdtempSync(join(dir, "tmp-"));
    mkdirSync(join(temp, "openclaw"));
    writeFileSync(join(temp, "openclaw", "openclaw-2026-11-22.log"), line(of === "this" ? port : 1));
    const config = join(temp, "named.json");
    writeFileSync(config, JSON.stringify({ gateway: { port, bind: "loopback", auth: { mode: "token" } } }));
    return diagnose(url, ["--config", config], { ...TOKEN_ENV, TMPDIR: temp });
  };

  test("a refusal by another gateway is none of this one, nor is its log", async () => {
    const result = await diagnosed("another");
    assert.doesNotMatch(result.stdout, /closed before connect/);
    const missing = report(result).missing.find(({ fact }) => fact === "logs");
    assert.match(missing?.detail ?? "", /shared by the gateways of this machine/);
    assert.equal(missing?.provide, "--log FILE");
  });

  const others = existsSync("/tmp/openclaw") && "a gateway of this machine has its logs in /tmp/openclaw";
  test("a line that names this gateway's port is evidence", { skip: others }, async () => {
    assert.match((await diagnosed("this")).stdout, /closed before connect/);
  });
});

test("a wrong token is refused: 1", async () => {
  const { url } = await gateway("2026.5.28");
  const result = await diagnose(url, [], { OPENCLAW_GATEWAY_TOKEN: "wrong-token-0123456789" });
  assert.equal(result.code, 1);
  assert.equal(ids(result)[0], "gateway-token-mismatch");
});

describe("a gateway that cannot be reached: 3, and the finding is there", () => {
  test("nothing listens", async () => {
    const { url, close } = await gateway("2026.5.28");
    await close();
    const result = await diagnose(url, [], TOKEN_ENV);
    assert.equal(result.code, 3);
    assert.equal(report(result).verdict, "undetermined");
    assert.deepEqual(ids(result), ["gateway-down-or-starting"]);
    const human = await here(["--target", url]);
    assert.match(human.stdout, /OPD101/);
  });

  test("it accepts and says nothing", async () => {
    const server = await startTcpServer(() => undefined);
    open.push(server);
    const result = await diagnose(server.url, ["--timeout", "2"]);
    assert.equal(result.code, 3, result.stdout);
  });

  test("a name that does not resolve", async () => {
    const result = await diagnose("ws://claw.invalid:18789");
    assert.equal(result.code, 3);
    assert.deepEqual(ids(result), ["gateway-down-or-starting"]);
  });

  test("--fail-on never still succeeds", async () => {
    const { url, close } = await gateway("2026.5.28");
    await close();
    assert.equal((await diagnose(url, ["--fail-on", "never"])).code, 0);
  });

  test("also when its log tells of an earlier refusal, which is told, too", async () => {
    const { url, close } = await gateway("2026.2.1");
    await close();
    const file = join(dir, "down.log");
    writeFileSync(
      file,
      `openclaw-gateway-1  | 2026-11-22T12:25:55.812Z [ws] closed before connect conn=5909e1c4-fa00-4721-b91b-62505d7cad2c remote=172.18.0.1 fwd=n/a origin=http://localhost:18789 host=localhost:18789 ua=${CHROME} code=1008 reason=pairing required\n`,
    );
    const result = await diagnose(url, ["--deployment", "docker", "--log", file]);
    assert.equal(result.code, 3);
    assert.ok(ids(result).includes("docker-nat-not-local"), ids(result).join());
  });
});

describe("a server of which nothing is known", () => {
  test("hostile answers reach no terminal", async () => {
    const evil = "\u001b]0;owned\u0007\u001b[2J\u202e<script>";
    const server = await startHostileServer({
      http: (_request, response) => response.end(`<title>${evil}</title>`),
      socket: (socket) => {
        socket.send(challenge());
        socket.on("message", (data) =>
          socket.send(refusalOf(data.toString(), { code: evil, message: `pairing required ${evil}` })),
        );
      },
    });
    open.push(server);
    for (const args of [["--verbose"], ["--json"]]) {
      const { stdout, stderr } = await here(["--target", server.url, ...args]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for control characters.
      assert.doesNotMatch(`${stdout}${stderr}`, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  test("an interrupt while it hangs ends with 130, quietly", async () => {
    let met: () => void = () => undefined;
    const connected = new Promise<void>((done) => {
      met = done;
    });
    const server = await startTcpServer(() => met());
    open.push(server);
    const child = start(["--target", server.url, "--timeout", "60"]);
    const ended = finish(child);
    await connected;
    child.kill("SIGINT");
    assert.deepEqual(await ended, { code: 130, stdout: "", stderr: "" });
  });
});

describe("credentials", () => {
  const file = join(dir, "token");
  writeFileSync(file, `${TOKEN}\nsecond line\n`, { mode: 0o600 });

  const ways: readonly (readonly [
    string,
    readonly string[],
    { env?: Record<string, string>; input?: string },
  ])[] = [
    ["--token-file", ["--token-file", file], {}],
    ["--token-stdin", ["--token-stdin"], { input: `${TOKEN}\n` }],
    ["OPENCLAW_GATEWAY_TOKEN", [], { env: TOKEN_ENV }],
    [
      "a file beats the environment",
      ["--token-file", file],
      { env: { OPENCLAW_GATEWAY_TOKEN: "another-token-0123456789" } },
    ],
  ];
  for (const [name, args, options] of ways) {
    test(`${name}: the right token is sent once, and shown nowhere`, async () => {
      const { url, asked } = await gateway("2026.5.28");
      const run = args.includes("--token-stdin") ? cli : here;
      const { code, stdout, stderr } = await run(["--target", url, "--verbose", ...args], options);
      assert.equal(code, 0, stdout);
      assert.ok(!`${stdout}${stderr}`.includes(TOKEN));
      // What the gateway decided about a client with the right token; its HTTP side does not look at one.
      const connects = asked.filter(
        ({ connection }) => connection.auth === "valid" && connection.scopes.length > 0,
      );
      assert.ok(connects.length <= 1, `${connects.length} times`);
    });

    test(`${name}: a gateway that refuses it does not get it again`, async () => {
      const server = await startHostileServer({
        socket: (socket) => {
          socket.send(challenge());
          socket.on("message", (data) => {
            socket.send(
              refusalOf(data.toString(), {
                code: "INVALID_REQUEST",
                message: "unauthorized: gateway token mismatch",
              }),
            );
            socket.close(1008, "unauthorized: gateway token mismatch");
          });
        },
      });
      open.push(server);
      const result = await here(["--target", server.url, "--json", ...args], options);
      const sent = [...server.received, ...server.requests].filter((text) => text.includes(TOKEN));
      assert.equal(sent.length, 1);
      assert.ok(!`${result.stdout}${result.stderr}`.includes(TOKEN));
    });
  }

  // 203.0.113.7 is an address of documentation, public in kind; the process is made to find it on loopback.
  const redirect = join(dir, "redirect.mjs");
  writeFileSync(
    redirect,
    `import { Socket } from "node:net";
const real = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (options && options.host === "203.0.113.7") Object.assign(options, { host: "127.0.0.1", port: Number(process.env.REDIRECT_PORT) });
  return real.apply(this, args);
};
`,
  );
  for (const [args, expected] of [
    [[], 0],
    [["--allow-plaintext-token"], 1],
  ] as const) {
    test(`plain ws:// to a public address ${args.join(" ") || "without leave"}: the token goes out ${expected} times`, async () => {
      const server = await startHostileServer({
        socket: (socket) => {
          socket.send(challenge());
          socket.on("message", (data) =>
            socket.send(
              refusalOf(data.toString(), {
                code: "INVALID_REQUEST",
                message: "unauthorized: gateway token missing",
              }),
            ),
          );
        },
      });
      open.push(server);
      const port = new URL(server.url).port;
      const result = await cli(["--target", "ws://203.0.113.7:18789", "--json", ...args], {
        env: { ...TOKEN_ENV, REDIRECT_PORT: port },
        node: ["--import", redirect],
      });
      assert.ok(server.received.length > 0, "nothing reached the server");
      assert.equal(server.received.filter((frame) => frame.includes(TOKEN)).length, expected);
      assert.ok(!`${result.stdout}${result.stderr}`.includes(TOKEN));
    });
  }
});
