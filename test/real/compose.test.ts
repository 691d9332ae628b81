// Compose files as `docker compose` itself reads them, and files that were edited as it reads them then. No engine is
// needed: `docker compose config` only reads.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { editCompose } from "../../src/compose/edit.ts";
import type { ComposeService } from "../../src/compose/project.ts";
import type { ComposeChange } from "../../src/core/finding.ts";
import { readComposeProject } from "../../src/deployments/docker/compose-files.ts";
import { nodeWorld } from "../../src/deployments/world.ts";
import { clientEnvironment, ensureClient } from "./rig/clients.ts";
import { mustRun, run } from "./rig/processes.ts";

const noCompose = (await ensureClient("docker")) ?? (await ensureClient("docker compose"));
const root = mkdtempSync(path.join(tmpdir(), "opd-rig-compose-files-"));
after(() => rmSync(root, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

let places = 0;
function written(files: Files): { readonly dir: string; readonly named: readonly string[] } {
  const dir = path.join(root, `project${places++}`);
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
  return { dir, named: Object.keys(files).filter((name) => /\.ya?ml$/.test(name)) };
}

/** What Compose says that a project is, in a shell with nothing but what `docker` needs. */
async function composes(dir: string, named: readonly string[]) {
  const { PATH = "", HOME = "", DOCKER_CONFIG } = clientEnvironment();
  const env = { PATH, HOME, ...(DOCKER_CONFIG === undefined ? {} : { DOCKER_CONFIG }) };
  const words = ["docker", "compose", ...named.flatMap((name) => ["-f", name])];
  return { words: [...words, "config", "--format", "json"], options: { cwd: dir, env, timeoutMs: 60_000 } };
}

interface Real {
  readonly image?: string;
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly network_mode?: string;
  readonly user?: string;
  readonly container_name?: string;
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published?: string;
    readonly target: number;
    readonly protocol: string;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source?: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
}

async function realServices(dir: string, named: readonly string[]): Promise<Readonly<Record<string, Real>>> {
  const { words, options } = await composes(dir, named);
  return JSON.parse(await mustRun(words, options)).services;
}

async function services(dir: string, named: readonly string[]): Promise<readonly ComposeService[]> {
  const world = nodeWorld();
  const read = await readComposeProject({ world, salt: "", env: {}, directory: dir, files: named });
  assert.ok(read.known, JSON.stringify(read));
  return read.value.services;
}

/** Both in one form. `config` doubles the dollars, so that its answer is a Compose file again. */
function ours(service: ComposeService) {
  return {
    image: service.image,
    command: service.command,
    entrypoint: service.entrypoint,
    environment: Object.fromEntries(
      [...service.environment].map(([name, { value }]) => [name, value.reveal()]),
    ),
    network: service.networkMode,
    user: service.user,
    container: service.containerName,
    ports: service.ports.map(
      ({ address, published, target, protocol }) => `${address}:${published ?? ""}:${target}/${protocol}`,
    ),
    volumes: service.volumes.map(
      ({ type, source, target, readOnly }) => `${type} ${source ?? ""} ${target} ${readOnly}`,
    ),
  };
}

function theirs(real: Real): ReturnType<typeof ours> {
  const plain = (text: string) => text.replaceAll("$$", "$");
  return {
    image: real.image,
    command: (real.command ?? []).map(plain),
    entrypoint: (real.entrypoint ?? []).map(plain),
    environment: Object.fromEntries(
      Object.entries(real.environment ?? {}).flatMap(([name, value]) =>
        value === null ? [] : [[name, plain(value)]],
      ),
    ),
    network: real.network_mode,
    user: real.user,
    container: real.container_name,
    ports: (real.ports ?? []).map(
      ({ host_ip = "0.0.0.0", published = "", target, protocol }) =>
        `${host_ip}:${published}:${target}/${protocol}`,
    ),
    volumes: (real.volumes ?? []).map(
      ({ type, source = "", target, read_only = false }) => `${type} ${source} ${target} ${read_only}`,
    ),
  };
}

const DOTENV = `# c
Q=one two # tail
export P=18790
HASH=a#b
DQ="x\\n\${Q}\\$z\\"w" # c
SQ='lit \${Q} \\n'
ML="l1
l2"
YML: yv
SP =  padded
REFD=\${Q}-\${P:-x}
EMPTY=
`;

const CASES: Readonly<Record<string, Files>> = {
  "upstream's shape, with a .env": {
    ".env": "OPENCLAW_GATEWAY_TOKEN=abc\nOPENCLAW_GATEWAY_PORT=28789\nOPENCLAW_CONFIG_DIR=/srv/claw\n",
    "docker-compose.yml": `services:
  openclaw-gateway:
    image: \${OPENCLAW_IMAGE:-openclaw:local}
    environment:
      HOME: /home/node
      OPENCLAW_GATEWAY_TOKEN: \${OPENCLAW_GATEWAY_TOKEN}
    volumes:
      - \${OPENCLAW_CONFIG_DIR}:/home/node/.openclaw
    ports:
      - "\${OPENCLAW_GATEWAY_PORT:-18789}:18789"
    command: ["node", "dist/index.js", "gateway", "--bind", "\${OPENCLAW_GATEWAY_BIND:-lan}"]
  openclaw-cli:
    image: \${OPENCLAW_IMAGE:-openclaw:local}
    network_mode: "service:openclaw-gateway"
    entrypoint: ["node", "dist/index.js"]
`,
  },
  "two files, anchors, env files, every form of a port": {
    ".env": DOTENV,
    "a.env": `A=file\nD2=4\nX="q\${A}"\n`,
    "c.env": 'R="raw" # x\nA=last\n',
    "a.yml": `x-c: &c
  image: openclaw:local
  restart: always
services:
  claw:
    <<: *c
    container_name: my-claw
    user: "1000:1000"
    command: node dist/index.js "gateway x" --bind \${BIND:-loopback} a\\ b
    environment: [B=2, "C=3", NUL, "D=\${Q}", EQ=a=b]
    env_file: a.env
    volumes: ["./one:/data", "cache:/cache", "~/x:/x:ro"]
    ports: ["1:1", "\${P:-1}:18789", "127.0.0.1::5", "3000-3001:3000-3001", "[::1]:6:6", "7:7/udp", 9]
volumes: {cache: {}}
`,
    "b.yml": `services:
  claw:
    environment: {B: 20}
    ports: ["1:1", {target: 2, published: 2, host_ip: 127.0.0.1}]
    volumes: ["./two:/data", {type: bind, source: /three, target: /three, read_only: true}]
    env_file: [{path: missing.env, required: false}, c.env]
`,
  },
  "variables with every operator, and values of every kind": {
    ".env": DOTENV,
    "compose.yaml": `{"services": {"claw": {"image": "x", "environment": {
  "NUM": 12, "FL": 1.0, "BIG": 1e5, "T": true, "Y": yes, "SHELL_ONLY": null,
  "ESC": "$$A $$\${B}", "NEST": "\${NONE:-\${A1:-deep}}", "ALT": "\${Q:+alt}\${EMPTY:+no}\${EMPTY+set}",
  "DEF": "\${EMPTY:-d}\${EMPTY-kept}", "HASH": "\${HASH}", "DQ": "\${DQ}", "SQ": "\${SQ}", "ML": "\${ML}",
  "YML": "\${YML}", "SP": "\${SP}", "REFD": "\${REFD}", "BARE": "$Q."}}}}
`,
  },
};

describe("a project is read as docker compose reads it", { skip: noCompose ?? false }, () => {
  for (const [title, files] of Object.entries(CASES))
    test(title, async () => {
      const { dir, named } = written(files);
      const real = await realServices(dir, named);
      const read = await services(dir, named);
      assert.deepEqual(
        Object.fromEntries(read.map((one) => [one.name, ours(one)])),
        Object.fromEntries(Object.entries(real).map(([name, one]) => [name, theirs(one)])),
      );
    });
});

describe("an edited file is what docker compose takes it for", { skip: noCompose ?? false }, () => {
  const GATEWAY = "openclaw-gateway";
  const edits: readonly (readonly [string, ComposeChange, (service: Real) => unknown, unknown])[] = [
    [
      GATEWAY,
      { kind: "publish", port: 8080, to: 8080 },
      ({ ports = [] }) => ports.find(({ target }) => target === 8080)?.host_ip,
      "127.0.0.1",
    ],
    [
      GATEWAY,
      { kind: "on-loopback", to: 18789 },
      ({ ports = [] }) => ports.map(({ host_ip, published }) => `${host_ip}:${published}`),
      ["127.0.0.1:28789"],
    ],
    [GATEWAY, { kind: "bind", value: "lan" }, ({ command }) => command?.slice(-2), ["--bind", "lan"]],
    [
      GATEWAY,
      { kind: "reference", variable: "OPENCLAW_GATEWAY_TOKEN" },
      ({ environment }) => environment?.OPENCLAW_GATEWAY_TOKEN,
      "abc",
    ],
    [
      "openclaw-cli",
      { kind: "network", of: GATEWAY },
      (service) => service.network_mode,
      `service:${GATEWAY}`,
    ],
  ];
  for (const [service, change, read, expected] of edits)
    test(change.kind, async () => {
      const files = CASES["upstream's shape, with a .env"] ?? {};
      const text = (files["docker-compose.yml"] ?? "")
        .replace(/ *network_mode.*\n/, "")
        .replace(`: \${OPENCLAW_GATEWAY_TOKEN}`, ": a-literal")
        .replace(":-lan}", ":-loopback}");
      const edited = await editCompose(text, service, change);
      assert.ok(edited.ok, JSON.stringify(edited));
      const before = written({ ...files, "docker-compose.yml": text });
      const after = written({ ...files, "docker-compose.yml": edited.text });
      const [was, is] = [
        await realServices(before.dir, before.named),
        await realServices(after.dir, after.named),
      ];
      assert.deepEqual(read(is[service] ?? {}), expected);
      assert.notDeepEqual(read(was[service] ?? {}), expected);
    });

  test("a network of another service beside ports is refused by both", async () => {
    const text = "services:\n  a:\n    image: x\n    ports: ['1:1']\n  b:\n    image: x\n";
    assert.ok(!(await editCompose(text, "a", { kind: "network", of: "b" })).ok);
    const { dir, named } = written({
      "compose.yaml": text.replace(
        "    ports",
        "    networks: [default]\n    network_mode: service:b\n    ports",
      ),
    });
    const { words, options } = await composes(dir, named);
    assert.notEqual((await run(words, options)).code, 0);
  });
});
