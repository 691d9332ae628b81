/** A gateway that Compose made: what its files say reaches the findings, and its own service the remedies. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { checks } from "../checks/index.ts";
import { completeFacts, type Facts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known } from "../src/core/fact.ts";
import type { Deployment } from "../src/core/facts.ts";
import type { Finding } from "../src/core/finding.ts";
import { commandsFor } from "../src/deployments/commands.ts";
import { openContainer } from "../src/deployments/docker/access.ts";
import { type FakeContainer, type FakeEngine, fakeEngine } from "./fake-engine.ts";
import { fakeWorld } from "./fake-world.ts";

const TOKEN = "tok-in-the-config-0123";
const OTHER = "tok-in-the-environment";
const CONFIG = "/home/node/.openclaw/openclaw.json";
const FILE = "/srv/openclaw/docker-compose.yml";
const UPSTREAM = `services:
  openclaw-gateway:
    image: openclaw:local
    environment:
      OPENCLAW_GATEWAY_TOKEN: \${OPENCLAW_GATEWAY_TOKEN}
    ports:
      - "\${OPENCLAW_GATEWAY_PORT:-18789}:18789"
    command: ["node", "dist/index.js", "gateway", "--bind", "\${OPENCLAW_GATEWAY_BIND:-lan}"]
  openclaw-cli:
    image: openclaw:local
    entrypoint: ["node", "dist/index.js"]
`;
const CLAW: FakeContainer = {
  name: "openclaw-openclaw-gateway-1",
  labels: {
    "com.docker.compose.service": "openclaw-gateway",
    "com.docker.compose.project": "openclaw",
    "com.docker.compose.project.working_dir": "/srv/openclaw",
    "com.docker.compose.project.config_files": FILE,
  },
  env: ["HOME=/home/node", `OPENCLAW_GATEWAY_TOKEN=${OTHER}`],
  ports: { "18789/tcp": "127.0.0.1:28789" },
  mounts: [{ source: "/srv/openclaw/config", at: "/home/node/.openclaw" }],
  files: {
    [CONFIG]: JSON.stringify({ gateway: { port: 18789, auth: { mode: "token", token: TOKEN } } }),
    "/app/package.json": '{"name":"openclaw","version":"2026.3.13"}',
  },
};

const engines: FakeEngine[] = [];
after(() => Promise.all(engines.map((engine) => engine.close())));

async function factsOf(
  files: Readonly<Record<string, string>>,
  container: FakeContainer = CLAW,
  env: Readonly<Record<string, string>> = {},
): Promise<Facts> {
  const engine = await fakeEngine({ containers: [container] });
  engines.push(engine);
  const world = fakeWorld({ env: { ...env, DOCKER_HOST: `unix://${engine.socket}` }, files });
  const opened = await openContainer({
    world,
    salt: "s",
    wanted: { by: "container", name: container.name },
  });
  assert.ok(opened.known, JSON.stringify(opened));
  const config = await opened.value.access.config();
  assert.ok(config.known, JSON.stringify(config));
  return completeFacts({
    target: known({ kind: "docker", name: "claw", exposure: "private" }, "test"),
    release: known({ version: "2026.3.13", confidence: "certain", from: "said" }, "test"),
    deployment: known(opened.value.deployment, "test"),
    config: known(config.value.reading, "test"),
  });
}

function deploymentOf(facts: Facts): Deployment {
  assert.ok(facts.deployment.known);
  return facts.deployment.value;
}

function finding(facts: Facts, id: string): Finding {
  const found = diagnose(checks, facts, { describeError: String }).findings.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

const tokenFinding = (facts: Facts) => finding(facts, "env-token-overrides-config");
const evidenceOf = (facts: Facts) => tokenFinding(facts).evidence.filter(({ fact }) => fact === "deployment");
const linesOf = (facts: Facts, remedy = 0) =>
  commandsFor(tokenFinding(facts).remedies[remedy]?.steps ?? [], deploymentOf(facts), {}).map(
    ({ step, command }) => command ?? (step.do === "human" ? step.message : step.do),
  );

describe("where the token of a container's environment comes from", () => {
  test("the .env beside the Compose file: told with its line, copied into, the service created anew", async () => {
    const facts = await factsOf({
      [FILE]: UPSTREAM,
      "/srv/openclaw/.env": `# mine\nOPENCLAW_GATEWAY_TOKEN=${OTHER}\n`,
    });
    const [evidence] = evidenceOf(facts);
    assert.equal(evidence?.source, "/srv/openclaw/.env:2");
    assert.match(evidence.quote, /^OPENCLAW_GATEWAY_TOKEN=<secret \w{6}>$/);
    const found = tokenFinding(facts);
    assert.equal(found.args?.other, "/srv/openclaw/.env:2");
    assert.equal(found.remedies[0]?.id, "copy-compose-token");
    assert.equal(found.remedies[0]?.risk, "restart");
    assert.deepEqual(found.remedies[0]?.steps, [
      {
        do: "token.copy",
        path: "/srv/openclaw/.env",
        variable: "OPENCLAW_GATEWAY_TOKEN",
        on: "this-machine",
      },
      { do: "compose.up", service: "openclaw-gateway" },
    ]);
    assert.deepEqual(linesOf(facts), ["token.copy", `docker compose -f ${FILE} up -d openclaw-gateway`]);
    assert.ok(!JSON.stringify(found).includes(OTHER) && !JSON.stringify(facts).includes(OTHER));
    assert.ok(!JSON.stringify(facts).includes(TOKEN));
  });

  test("the doctor's own shell has a token of its own, which is not the project's", async () => {
    const files = { [FILE]: UPSTREAM, "/srv/openclaw/.env": `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n` };
    const facts = await factsOf(files, CLAW, { OPENCLAW_GATEWAY_TOKEN: "of the shell" });
    assert.equal(evidenceOf(facts)[0]?.source, "/srv/openclaw/.env:1");
  });

  test("another variable of an env_file, by its name there", async () => {
    const facts = await factsOf({
      [FILE]: UPSTREAM.replace(
        /environment:\n.*\n/,
        `env_file: [secrets.env]\n    environment:\n      OPENCLAW_GATEWAY_TOKEN: \${CLAW_TOKEN}\n`,
      ),
      "/srv/openclaw/secrets.env": `OPENCLAW_GATEWAY_TOKEN=unused\n`,
      "/srv/openclaw/.env": `CLAW_TOKEN='${OTHER}'\n`,
    });
    const [step] = tokenFinding(facts).remedies[0]?.steps ?? [];
    assert.ok(step?.do === "token.copy");
    assert.deepEqual([step.path, step.variable], ["/srv/openclaw/.env", "CLAW_TOKEN"]);

    const file = await factsOf({
      [FILE]: UPSTREAM.replace(/environment:\n.*\n/, "env_file: secrets.env\n"),
      "/srv/openclaw/secrets.env": `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`,
    });
    assert.equal(evidenceOf(file)[0]?.source, "/srv/openclaw/secrets.env:1");
    assert.equal(tokenFinding(file).remedies[0]?.id, "copy-compose-token");
  });

  test("in the Compose file itself it is a person's to change", async () => {
    const facts = await factsOf({
      [FILE]: UPSTREAM.replace(`\${OPENCLAW_GATEWAY_TOKEN}`, OTHER),
    });
    assert.equal(evidenceOf(facts)[0]?.source, `${FILE}:5`);
    assert.equal(tokenFinding(facts).remedies[0]?.id, "align-token");
    assert.deepEqual(linesOf(facts), [
      "change-losing-copy",
      `docker compose -f ${FILE} up -d openclaw-gateway`,
    ]);
  });

  test("an .env that is right already: only the container is old", async () => {
    const facts = await factsOf({
      [FILE]: UPSTREAM,
      "/srv/openclaw/.env": `OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`,
    });
    assert.match(evidenceOf(facts)[0]?.quote ?? "", /created with another value$/);
    const [first] = tokenFinding(facts).remedies;
    assert.equal(first?.id, "recreate-service");
    assert.deepEqual(first.steps, [{ do: "compose.up", service: "openclaw-gateway" }]);
  });

  test("a state on no mount, or in memory, is never lost by a new container", async () => {
    const files = { [FILE]: UPSTREAM, "/srv/openclaw/.env": `OPENCLAW_GATEWAY_TOKEN=${OTHER}\n` };
    for (const mounts of [[], [{ source: "/srv/x", at: "/home/node/.openclaw/workspace" }]]) {
      const facts = await factsOf(files, { ...CLAW, mounts });
      assert.deepEqual(
        tokenFinding(facts).remedies.map(({ id }) => id),
        ["align-token"],
      );
      assert.deepEqual(linesOf(facts), ["change-losing-copy", "state-would-be-lost"]);
    }
  });

  test("without the files everything is as for a plain container", async () => {
    const facts = await factsOf({});
    assert.deepEqual(evidenceOf(facts), []);
    assert.deepEqual(linesOf(facts), ["change-losing-copy", "docker restart openclaw-openclaw-gateway-1"]);
  });
});

test("a variable that no file sets came from where Compose was started", async () => {
  const facts = await factsOf({ [FILE]: UPSTREAM });
  assert.match(
    evidenceOf(facts)[0]?.quote ?? "",
    /^OPENCLAW_GATEWAY_TOKEN=<secret \w{6}> where Compose is started$/,
  );
  assert.equal(tokenFinding(facts).remedies[0]?.id, "align-token");
});

test("what the files say of ports, bind and the CLI", async () => {
  const { compose } = deploymentOf(await factsOf({ [FILE]: UPSTREAM }));
  assert.deepEqual(compose, {
    files: [FILE],
    service: "openclaw-gateway",
    definedIn: [FILE],
    ports: [{ address: "0.0.0.0", port: 18789, to: 18789, at: { path: FILE, line: 7 } }],
    bind: { value: "lan", at: { path: FILE, line: 8 } },
    cli: { service: "openclaw-cli", at: { path: FILE } },
    token: {
      path: FILE,
      line: 5,
      from: "shell",
      variable: "OPENCLAW_GATEWAY_TOKEN",
      fingerprint: compose?.token?.fingerprint,
      isRunning: true,
    },
  });
});
