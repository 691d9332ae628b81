import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ComposeProject, ComposeService } from "../src/compose/project.ts";
import type { HostSigns } from "../src/core/facts.ts";
import {
  findComposeProject,
  readComposeFile,
  readComposeProject,
} from "../src/deployments/docker/compose-files.ts";
import { detectDeployment } from "../src/kinds/detect.ts";
import { composeSigns } from "../src/kinds/docker/services.ts";
import { fakeWorld } from "./fake-world.ts";

const UPSTREAM = `services:
  openclaw-gateway:
    image: \${OPENCLAW_IMAGE:-openclaw:local}
    environment:
      HOME: /home/node
      OPENCLAW_GATEWAY_TOKEN: \${OPENCLAW_GATEWAY_TOKEN}
    volumes:
      - \${OPENCLAW_CONFIG_DIR:-./config}:/home/node/.openclaw
    ports:
      - "\${OPENCLAW_GATEWAY_PORT:-18789}:18789"
      - "\${OPENCLAW_BRIDGE_PORT:-18790}:18790"
    init: true
    command:
      [
        "node",
        "dist/index.js",
        "gateway",
        "--bind",
        "\${OPENCLAW_GATEWAY_BIND:-lan}",
      ]

  openclaw-cli:
    image: \${OPENCLAW_IMAGE:-openclaw:local}
    network_mode: "service:openclaw-gateway"
    entrypoint: ["node", "dist/index.js"]
`;

type Files = Readonly<Record<string, string | undefined>>;
type Env = Readonly<Record<string, string>>;

/** A project in `/p`, its files named by their order there. */
async function project(files: Files, env: Env = {}, named?: readonly string[]): Promise<ComposeProject> {
  const at = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/p/${name}`, text]));
  const world = { ...fakeWorld({ files: at, env }), cwd: "/p" };
  const found =
    named === undefined
      ? await findComposeProject(world, "salt")
      : await readComposeProject({ world, salt: "salt", env, directory: "/p", files: named });
  assert.ok(found.known, JSON.stringify(found));
  return found.value;
}

async function service(text: string, files: Files = {}, env: Env = {}): Promise<ComposeService> {
  const indented = text.replaceAll(/^/gm, "    ");
  const { services } = await project(
    { ...files, "compose.yaml": `services:\n  openclaw:\n${indented}\n` },
    env,
  );
  assert.ok(services[0]);
  return services[0];
}

const valuesOf = ({ environment }: ComposeService) =>
  Object.fromEntries([...environment].map(([name, { value }]) => [name, value.reveal()]));

test("upstream's file", async () => {
  const read = await project({ "docker-compose.yml": UPSTREAM, ".env": "OPENCLAW_GATEWAY_TOKEN=t0k\n" });
  assert.deepEqual(composeSigns(read), {
    file: "docker-compose.yml",
    service: "openclaw-gateway",
    cliService: "openclaw-cli",
    publishedOn: ["0.0.0.0"],
  });
  const [gateway] = read.services;
  assert.ok(gateway);
  assert.equal(gateway.image, "openclaw:local");
  assert.deepEqual(gateway.command, ["node", "dist/index.js", "gateway", "--bind", "lan"]);
  assert.deepEqual(gateway.volumes, [
    { type: "bind", source: "/p/config", target: "/home/node/.openclaw", readOnly: false },
  ]);
  assert.deepEqual(gateway.environment.get("OPENCLAW_GATEWAY_TOKEN")?.source, {
    from: "dotenv",
    path: "/p/.env",
    line: 1,
    variable: "OPENCLAW_GATEWAY_TOKEN",
  });
  assert.deepEqual(gateway.ports[0], {
    address: "0.0.0.0",
    published: 18789,
    target: 18789,
    protocol: "tcp",
    at: { path: "/p/docker-compose.yml", line: 10 },
  });
});

test("own names, by image and command; other services are left alone", async () => {
  const text = `version: "3"
x-common: &common
  image: ghcr.io/openclaw/openclaw:latest
services:
    db:
        image: postgres   # not ours
        command: gateway
    claw:   # the bot
        <<: *common
        container_name: my-claw
        ports:
        - 127.0.0.1:18789:18789
        command: node dist/index.js gateway --bind lan
    shell-cli: {image: "ghcr.io/openclaw/openclaw:2026.3.13"}
volumes:
    openclaw-data:
`;
  assert.deepEqual(composeSigns(await project({ "compose.yaml": text })), {
    file: "compose.yaml",
    service: "claw",
    cliService: "shell-cli",
    container: "my-claw",
    publishedOn: ["127.0.0.1"],
  });
});

test("a file of something else gives nothing, one in flow style does", async () => {
  const signs = async (text: string) => composeSigns(await project({ "compose.yaml": text }));
  assert.equal(await signs("services:\n  db:\n    image: postgres\n"), undefined);
  assert.equal(await signs("openclaw: 1\n"), undefined);
  assert.equal((await signs("{services: {openclaw: {image: openclaw}}}"))?.service, "openclaw");
});

test("the first file that Compose would take is the one, and it names the services of the commands", async () => {
  const host: HostSigns = {
    platform: "darwin",
    wsl: false,
    sshSession: false,
    container: "none",
    addresses: [],
    engines: [],
    units: [],
  };
  const compose = await readComposeFile(fakeWorld({ files: { "/docker-compose.yml": UPSTREAM } }));
  assert.ok(compose);
  const found = detectDeployment({ host, compose });
  assert.equal(found.kind, "docker");
  assert.deepEqual(found.names, { composeService: "openclaw-gateway", composeCliService: "openclaw-cli" });
  assert.equal(
    await readComposeFile(fakeWorld({ files: { "/compose.yaml": "a: 1", "/docker-compose.yml": UPSTREAM } })),
    undefined,
  );
});

test("an override beside the file, COMPOSE_FILE of .env and of the shell, and a directory below", async () => {
  const base = "services: {openclaw: {image: openclaw, ports: ['18789:18789']}}\n";
  const over = "services: {openclaw: {user: '1000', ports: ['127.0.0.1:9:9']}}\n";
  const both = await project({ "compose.yml": base, "docker-compose.override.yml": over });
  assert.deepEqual(both.files, ["/p/compose.yml", "/p/docker-compose.override.yml"]);
  assert.deepEqual(
    both.services[0]?.ports.map(({ address, target }) => [address, target]),
    [
      ["0.0.0.0", 18789],
      ["127.0.0.1", 9],
    ],
  );
  assert.equal(both.services[0]?.user, "1000");

  const named = await project({ "a.yml": base, "b.yml": over, ".env": "COMPOSE_FILE=a.yml:b.yml\n" });
  assert.deepEqual(named.files, ["/p/a.yml", "/p/b.yml"]);
  const shell = await project({ "a.yml": base, ".env": "COMPOSE_FILE=b.yml" }, { COMPOSE_FILE: "a.yml" });
  assert.deepEqual(shell.files, ["/p/a.yml"]);

  const world = { ...fakeWorld({ files: { "/p/compose.yaml": base } }), cwd: "/p/src/deep" };
  const above = await findComposeProject(world, "");
  assert.ok(above.known);
  assert.equal(above.value.directory, "/p");
});

test("several files are merged as Compose does it", async () => {
  const read = await project(
    {
      "a.yml": `services:
  openclaw:
    image: one
    command: [node, dist/index.js, gateway, --bind, loopback]
    environment: [A=1, B=2, C=3]
    env_file: a.env
    volumes: ["./one:/data", "cache:/cache"]
    network_mode: bridge
    ports: ["1:1"]
`,
      "b.yml": `services:
  openclaw:
    image: two
    command: node dist/index.js gateway --bind "lan"
    environment:
      B: 20
      C: !reset null
    env_file:
      - path: b.env
      - path: absent.env
        required: false
    volumes:
      - {type: bind, source: /two, target: /data, read_only: true}
    network_mode: !reset null
    ports: !override
      - target: 18789
        published: "8080-8081"
        host_ip: 127.0.0.1
`,
      "a.env": "A=file\nD=4\n",
      "b.env": "D=40\nE=5\n",
    },
    {},
    ["a.yml", "b.yml"],
  );
  const [gateway] = read.services;
  assert.ok(gateway);
  assert.equal(gateway.image, "two");
  assert.deepEqual(gateway.command, ["node", "dist/index.js", "gateway", "--bind", "lan"]);
  assert.deepEqual(valuesOf(gateway), { A: "1", B: "20", D: "40", E: "5" });
  assert.deepEqual(gateway.environment.get("E")?.source, {
    from: "env-file",
    path: "/p/b.env",
    line: 2,
    variable: "E",
  });
  assert.deepEqual(gateway.environment.get("A")?.source, {
    from: "compose-file",
    path: "/p/a.yml",
    line: 5,
    variable: "A",
  });
  assert.deepEqual(gateway.volumes, [
    { type: "bind", source: "/two", target: "/data", readOnly: true },
    { type: "volume", source: "cache", target: "/cache", readOnly: false },
  ]);
  assert.equal(gateway.networkMode, undefined);
  assert.deepEqual(
    gateway.ports.map(({ address, published, target }) => [address, published, target]),
    [["127.0.0.1", 8080, 18789]],
  );
  assert.deepEqual(read.problems, []);
  assert.deepEqual(gateway.files, ["/p/a.yml", "/p/b.yml"]);
});

test("ports in every short form", async () => {
  const { ports } = await service(
    `ports: ["3000", "3000-3001", "8000:8000", "9090-9091:8080-8081", "127.0.0.1:8001:8001", "[::1]:6000:6000", "127.0.0.1::5000", "6060:6060/udp", "0.0.0.0:1:2", 7, "x:y", "70000:1"]`,
  );
  assert.deepEqual(
    ports.map(({ address, published, target, protocol }) => `${address} ${published} ${target} ${protocol}`),
    [
      "0.0.0.0 undefined 3000 tcp",
      "0.0.0.0 undefined 3001 tcp",
      "0.0.0.0 8000 8000 tcp",
      "0.0.0.0 9090 8080 tcp",
      "0.0.0.0 9091 8081 tcp",
      "127.0.0.1 8001 8001 tcp",
      "::1 6000 6000 tcp",
      "127.0.0.1 undefined 5000 tcp",
      "0.0.0.0 6060 6060 udp",
      "0.0.0.0 1 2 tcp",
      "0.0.0.0 undefined 7 tcp",
      "0.0.0.0 undefined 1 tcp",
    ],
  );
});

test("variables of .env and of the shell, with every operator", async () => {
  const dotenv = `# comment
export A=one   # behind it
EMPTY=
Q='$A "literal" # no comment'
D="x\\n\${A}"
M="two
lines"
COLON: yaml-like
`;
  const read = await service(
    `environment:
  a: $A
  b: \${A:-no}/\${EMPTY:-default}/\${EMPTY-kept}/\${NONE-\${A}}
  c: $$A $\${A}
  d: \${A:+alt}\${EMPTY:+never}\${EMPTY+set}
  q: \${Q}
  nl: \${D}
  m: \${M}
  colon: \${COLON}
  shell: \${SHELL_ONLY}
  A:
  GONE:
  number: 18789
  yes: true`,
    { ".env": dotenv },
    { SHELL_ONLY: "from the shell" },
  );
  assert.deepEqual(valuesOf(read), {
    a: "one",
    b: "one/default//one",
    c: `$A \${A}`,
    d: "altset",
    q: '$A "literal" # no comment',
    nl: "x\none",
    m: "two\nlines",
    colon: "yaml-like",
    shell: "from the shell",
    A: "one",
    number: "18789",
    yes: "true",
  });
  assert.deepEqual(read.environment.get("shell")?.source.from, "shell");
  assert.deepEqual(read.environment.get("A")?.source, {
    from: "dotenv",
    path: "/p/.env",
    line: 2,
    variable: "A",
  });
});

test("what Compose would refuse is a problem, and what is not followed, too", async () => {
  const read = await project({
    "compose.yaml": `include: [other.yaml]
services:
  openclaw:
    extends: {file: base.yaml, service: base}
    env_file: missing.env
    environment:
      A: \${TOKEN:?say one}
      B: "\${"
`,
  });
  assert.deepEqual(read.problems, [
    "services.openclaw.extends was not followed",
    "/p/missing.env: no such file",
    "a value cannot be read: TOKEN has no value",
    "a value cannot be read: a `${` has no name",
    "/p/compose.yaml: what it includes was not read",
  ]);
  assert.equal(read.services[0]?.isExtended, true);
});

test("secrets are held as secrets, in an environment and in a command", async () => {
  const value = "b7c1e2d3f4a5968778695a4b3c2d1e0f";
  const read = await project({
    ".env": `OPENCLAW_GATEWAY_TOKEN=${value}\n`,
    "s.env": `OPENCLAW_GATEWAY_PASSWORD=${value}\n`,
    "compose.yaml": `services:
  openclaw:
    env_file: s.env
    environment: [TOKEN=${value}, "OPENCLAW_GATEWAY_TOKEN=\${OPENCLAW_GATEWAY_TOKEN}"]
    command: [gateway, --token, ${value}, --password=${value}, "\${OPENCLAW_GATEWAY_TOKEN}", --port, "1"]
`,
  });
  const shown = JSON.stringify(read, (_key, one: unknown) => (one instanceof Map ? [...one] : one));
  assert.ok(!shown.includes(value));
  assert.match(
    read.services[0]?.command.join(" ") ?? "",
    /^gateway --token <secret \w{6}> --password=<secret \w{6}> <secret \w{6}> --port 1$/,
  );
});

test("a file that cannot be read, or is none, is unknown with the reason", async () => {
  const reasonOf = async (text: string | undefined): Promise<string> => {
    const world = fakeWorld({ files: { "/c.yaml": text } });
    const read = await readComposeProject({ world, salt: "", env: {}, directory: "/", files: ["c.yaml"] });
    return read.known ? "known" : read.reason;
  };
  assert.equal(await reasonOf(undefined), "denied");
  assert.equal(await reasonOf("- a list"), "failed");
  assert.equal(await reasonOf("a: [1"), "failed");
  assert.equal(await reasonOf("a: *nowhere"), "failed");
  assert.equal(await reasonOf(`services: {}${" ".repeat(600_000)}`), "failed");
});

test("bombs of aliases, depth and keys end at once", async () => {
  const laughs = Array.from(
    { length: 12 },
    (_, at) =>
      `a${at}: &a${at} [${at === 0 ? "x" : Array.from({ length: 9 }, () => `*a${at - 1}`).join(", ")}]`,
  ).join("\n");
  const read: unknown[] = [];
  for (const text of [
    laughs,
    "[".repeat(50_000),
    `a: ${"{b: ".repeat(20_000)}`,
    "- ".repeat(50_000),
    "? ".repeat(50_000),
    `services:\n${" a:\n".repeat(100_000)}`,
    `services: {openclaw: {environment: {${Array.from({ length: 40_000 }, (_, at) => `k${at}: 1`).join(", ")}}}}`,
    `services:\n  openclaw:\n    image: "${"${A:-".repeat(5000)}"\n`,
    Array.from({ length: 700 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
  ]) {
    const world = fakeWorld({ files: { "/compose.yaml": text } });
    read.push(await readComposeFile(world));
  }
  assert.deepEqual(
    read.filter((one) => one !== undefined),
    [],
  );
});

test("any text ends, and in any place of a service", async () => {
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ maxLength: 60 }));
  await fc.assert(
    fc.asyncProperty(text, async (hostile) => {
      await readComposeFile(fakeWorld({ files: { "/compose.yaml": `services:\n  openclaw:\n${hostile}` } }));
      const inside = JSON.stringify(hostile);
      const whole = `services: {openclaw: {ports: [${inside}], volumes: [${inside}], command: ${inside}, environment: [${inside}], env_file: ${inside}, image: ${inside}, user: [${inside}]}}`;
      await readComposeFile(fakeWorld({ files: { "/compose.yaml": whole, "/.env": hostile } }));
    }),
  );
});
