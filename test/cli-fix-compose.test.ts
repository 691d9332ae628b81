// `fix` for a gateway that Compose made, as a process: what it shows and asks for before anything is changed.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { type FakeEngine, fakeEngine } from "./fake-engine.ts";
import { here } from "./support/cli.ts";

const root = mkdtempSync(path.join(tmpdir(), "opd-fix-compose-"));
const engines: FakeEngine[] = [];
after(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(root, { recursive: true, force: true });
});

const TOKEN = "tok-in-the-config-0123";
const OTHER = "tok-in-the-environment";
const STATE = "/home/node/.openclaw";
const TEXT = `services:
  openclaw-gateway:
    image: openclaw:local # which
    environment:
      OPENCLAW_GATEWAY_TOKEN: \${OPENCLAW_GATEWAY_TOKEN}
    volumes: ["./config:${STATE}"]
    ports: ["127.0.0.1:28789:18789"]
`;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly calls: readonly string[];
}

let places = 0;
async function fix(
  args: readonly string[],
  { text = TEXT, plugin = true }: { readonly text?: string; readonly plugin?: boolean } = {},
): Promise<Run> {
  const dir = path.join(root, String(places++));
  const bin = path.join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  const file = path.join(dir, "compose.yaml");
  writeFileSync(file, text);
  writeFileSync(path.join(dir, ".env"), `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`);
  writeFileSync(path.join(bin, "docker"), `#!/bin/sh\nexit ${plugin ? 0 : 1}\n`);
  chmodSync(path.join(bin, "docker"), 0o755);
  const engine = await fakeEngine({
    info: () => ({ ID: "engine" }),
    containers: [
      {
        name: "claw-openclaw-gateway-1",
        image: "openclaw:local",
        labels: {
          "com.docker.compose.service": "openclaw-gateway",
          "com.docker.compose.project": "claw",
          "com.docker.compose.project.working_dir": dir,
          "com.docker.compose.project.config_files": file,
        },
        env: ["HOME=/home/node", `OPENCLAW_GATEWAY_TOKEN=${OTHER}`],
        ports: { "18789/tcp": "127.0.0.1:1" },
        mounts: [{ source: `${dir}/config`, at: STATE }],
        files: {
          [`${STATE}/openclaw.json`]: JSON.stringify({ gateway: { auth: { mode: "token", token: TOKEN } } }),
          "/app/package.json": '{"name":"openclaw","version":"2026.3.13"}',
        },
      },
    ],
  });
  engines.push(engine);
  const env = {
    DOCKER_HOST: `unix://${engine.socket}`,
    PATH: `${bin}:${process.env.PATH ?? ""}`,
    XDG_STATE_HOME: path.join(dir, "state"),
  };
  const words = ["--target", "docker:claw-openclaw-gateway-1"];
  const run = await here(["fix", "env-token-overrides-config", ...words, ...args], { env });
  const shown = run.stdout + run.stderr;
  assert.ok(!shown.includes(TOKEN) && !shown.includes(OTHER), "a token is shown");
  assert.equal(readFileSync(file, "utf8"), text);
  assert.equal(readFileSync(path.join(dir, ".env"), "utf8"), `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`);
  assert.deepEqual(
    engine.calls.filter((call) => !/^(?:GET|HEAD) /.test(call)),
    [],
  );
  return { code: run.code, stdout: run.stdout.replaceAll(dir, "/srv/claw"), calls: engine.calls };
}

const UP = "docker compose -p claw -f /srv/claw/compose.yaml up -d openclaw-gateway";

describe("the token of .env", () => {
  test("is shown by fingerprints, with the line that creates the service anew", async () => {
    const { code, stdout } = await fix(["--dry-run"]);
    assert.equal(code, 1);
    assert.match(stdout, /\/srv\/claw\/\.env/);
    assert.match(stdout, /-OPENCLAW_GATEWAY_TOKEN=<secret \w{6}>/);
    assert.match(stdout, /\+OPENCLAW_GATEWAY_TOKEN=<secret \w{6}>/);
    assert.ok(stdout.includes(UP), stdout);
  });

  test("without Compose on the machine the line is for whoever has it", async () => {
    const { code, stdout } = await fix(["--yes"], { plugin: false });
    assert.equal(code, 1);
    assert.match(stdout, /there is no `docker compose` command on this machine/);
    assert.ok(stdout.includes(UP), stdout);
  });
});

describe("a literal in the Compose file", () => {
  const text = TEXT.replace(`\${OPENCLAW_GATEWAY_TOKEN}`, OTHER);

  test("is left to a person, who is told of the option", async () => {
    const { code, stdout } = await fix(["--yes"], { text });
    assert.equal(code, 1);
    assert.match(stdout, /`pairing-doctor fix --edit-compose` writes it/);
  });

  test("is shown as a diff where that was asked for", async () => {
    const { code, stdout } = await fix(["--dry-run", "--edit-compose"], { text });
    assert.equal(code, 1);
    assert.match(stdout, /\/srv\/claw\/compose\.yaml/);
    const key = "services.openclaw-gateway.environment.OPENCLAW_GATEWAY_TOKEN";
    assert.match(stdout, new RegExp(`- ${key}: <secret \\w{6}>\n`));
    assert.ok(stdout.includes(`+ ${key}: \${OPENCLAW_GATEWAY_TOKEN}\n`), stdout);
    assert.ok(!stdout.includes("image: openclaw"), "a neighbour is shown");
  });
});
