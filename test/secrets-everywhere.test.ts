// Every disguise of a known secret, through every command and format, from everywhere a text can come from: a gateway
// that echoes it, a config, an input file, a log, the command line, an error. Nothing of it, and nothing unprintable.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, describe, test } from "node:test";
import { main } from "../src/cli/main.ts";
import { type CliResult, here } from "./support/cli.ts";
import {
  DISGUISE_NAMES,
  disguised,
  drawing,
  isClaimed,
  reader,
  SECRET_KINDS,
  SECRETS,
} from "./support/disguises.ts";
import { challenge, refusalOf, startHostileServer } from "./support/hostile-server.ts";

const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-everywhere-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const FORMATS = [
  [],
  ["--verbose"],
  ["--json"],
  ["--lang", "zh", "--verbose"],
  ["--lang", "zh", "--json"],
] as const;
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
const EVIL = "\u061c\u180e\u{e0041}\u{e007f}\u202e\u2066\u200b\ufe0f\u0007\u009b31m\u001b[2J";

interface Planted {
  readonly secret: string;
  readonly shown: string;
}

function assertNothingTold(
  { stdout, stderr }: Pick<CliResult, "stdout" | "stderr">,
  { secret, shown }: Planted,
  what: string,
) {
  const written = stdout + stderr;
  assert.notEqual(written, "", what);
  assert.doesNotMatch(written, UNSAFE, what);
  for (const text of [written, written.replaceAll("\\\\", "\\").replaceAll('\\"', '"')])
    assert.equal(
      reader(text)(secret, shown),
      undefined,
      `${what}\n${JSON.stringify({ secret, shown })}\n${written}`,
    );
}

/** Each disguise, on some kind of secret. */
function* planted(seed: number) {
  const draw = drawing(seed);
  for (const name of DISGUISE_NAMES) {
    const kind = draw.pick(SECRET_KINDS.filter((one) => isClaimed(one, name)));
    const secret = SECRETS[kind](draw);
    const text = disguised(secret, name, draw);
    // What stands around a secret in base64 is none.
    yield { draw, secret, text, shown: name === "base64" ? secret : text, title: `${kind} as ${name}` };
  }
}

const environment = (secret: string) => ({ OPENCLAW_GATEWAY_TOKEN: secret, OPENCLAW_GATEWAY_PORT: "1" });

describe("a gateway that echoes the token", () => {
  for (const { draw, secret, text, shown, title } of planted(1))
    test(title, async () => {
      const said = `${EVIL}${text}${EVIL}`;
      const header = encodeURIComponent(text.toWellFormed()).slice(0, 400);
      const server = await startHostileServer({
        http: (_request, response) => {
          response.writeHead(200, { server: header });
          response.end(
            `<title>OpenClaw Control ${said}</title><openclaw-app data-openclaw-control-ui-build-id="${header}">`,
          );
        },
        socket: (socket) => {
          socket.send(challenge());
          socket.on("message", (data) => {
            const details = {
              code: said,
              reason: said,
              requestId: said,
              [text.slice(0, 30)]: said,
              list: [said],
            };
            socket.send(
              refusalOf(data.toString(), {
                code: "NOT_PAIRED",
                message: `pairing required ${said}`,
                details,
              }),
            );
            socket.close(
              1008,
              Buffer.from(`pairing required ${text}`).subarray(0, 120).toString("utf8").slice(0, 30),
            );
          });
        },
      });
      try {
        const args = ["--target", server.url, ...draw.pick(FORMATS)];
        const command = draw.pick([["diagnose"], ["diagnose", "--as-browser"], ["fix", "--dry-run"]]);
        const result = await here([...command, ...args], { env: environment(secret) });
        assertNothingTold(result, { secret, shown }, [...command, ...args].join(" "));
      } finally {
        await server.close();
      }
    });
});

describe("what is handed in", () => {
  for (const { draw, secret, text, shown, title } of planted(2))
    test(title, async () => {
      const told = { secret, shown };
      const env = environment(secret);
      const said = `${EVIL}${text}${EVIL}`;
      const config = join(dir, "openclaw.json");
      writeFileSync(
        config,
        JSON.stringify({
          gateway: {
            auth: { mode: said, token: secret, [text.slice(0, 50)]: said },
            bind: said,
            trustedProxies: [said],
            controlUi: { allowedOrigins: [`http://h/${said}`], basePath: said },
          },
        }),
      );
      const log = join(dir, "gateway.log");
      const line = "[ws] closed before connect conn=x remote=10.0.0.9 fwd=n/a";
      writeFileSync(
        log,
        `${line} origin=http://h/${said} host=h ua=${said} code=1008 reason=pairing required ${said}\n`,
      );
      const rows: readonly (readonly string[])[] = [
        ["triage", log, ...draw.pick(FORMATS)],
        ["--config", config, "--log", log, "--deployment", "docker", ...draw.pick(FORMATS)],
        ["fix", "--dry-run", "--config", config, "--log", log, "--deployment", "local"],
      ];
      const args = draw.pick(rows);
      assertNothingTold(await here(args, { env }), told, args.join(" "));
      const connection = {
        remoteAddress: said,
        headers: { origin: `http://h/${said}`, host: said },
        client: { id: said },
      };
      const input = JSON.stringify({ release: "2026.3.13", config: { gateway: { bind: said } }, connection });
      for (const more of [[], ["--json"], ["--lang", "zh", "--set", `gateway.${text.slice(0, 40)}=${said}`]])
        assertNothingTold(
          await here(["what-if", "--input", "-", ...more], { env, input }),
          told,
          `what-if ${more}`,
        );
    });
});

describe("what is typed, and what goes wrong", () => {
  for (const { draw, secret, text, shown, title } of planted(3))
    test(title, async () => {
      const env = environment(secret);
      const word = `${EVIL}${text}`.replaceAll("\0", "");
      const wrong = (why: string) => ({ release: why, connection: { auth: why, device: { state: why } } });
      const rows: readonly { readonly args: readonly string[]; readonly input?: string }[] = [
        ...["explain", "fix", "demo", "triage"].map((command) => ({ args: [command, word] })),
        ...[
          "only",
          "release",
          "config",
          "log",
          "token-file",
          "target",
          "origin",
          "timeout",
          "format",
          "lang",
        ].map((option) => ({ args: ["diagnose", `--${option}`, word] })),
        { args: ["diagnose", word] },
        { args: [`--${word}`] },
        { args: ["triage", "--output", `/nonexistent/${word}`, "-"], input: "x" },
        { args: ["fix", "--target", "ws://127.0.0.1:1", "--request", word] },
        { args: ["what-if", "--input", word] },
        { args: ["what-if", "--set", word] },
        { args: ["what-if", "--via", word] },
        { args: ["what-if", "--input", "-"], input: JSON.stringify(wrong(word)) },
        {
          args: ["what-if", "--input", "-"],
          input: JSON.stringify({ ...wrong(word), release: "2026.3.13" }),
        },
      ];
      for (let turn = 0; turn < 6; turn += 1) {
        const { args, input } = draw.pick(rows);
        const result = await here(args, { env, ...(input === undefined ? {} : { input }) });
        assertNothingTold(result, { secret, shown }, JSON.stringify(args));
      }
    });

  test("a fault of our own says nothing either", async () => {
    for (const { secret, text, shown } of planted(4)) {
      const written: string[] = [];
      const output = { write: (part: string) => written.push(part) };
      const stdin = new Readable({
        read() {
          this.destroy(new Error(`${EVIL}it was ${text}${EVIL}`));
        },
      });
      const code = await main(["what-if", "--input", "-"], {
        stdin,
        stdout: output,
        stderr: output,
        env: environment(secret),
        signal: new AbortController().signal,
      });
      assert.equal(code, 70);
      assertNothingTold({ stdout: written.join(""), stderr: "" }, { secret, shown }, "a fault");
    }
  });
});
