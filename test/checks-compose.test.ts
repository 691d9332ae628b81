/** A gateway that Compose made: what its files say reaches the findings, and its own service the remedies. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { checks } from "../checks/index.ts";
import { completeFacts, type Facts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known } from "../src/core/fact.ts";
import type { Deployment, Refusal } from "../src/core/facts.ts";
import type { ComposeChange, Finding, Step } from "../src/core/finding.ts";
import { openContainer } from "../src/deployments/docker/open-container.ts";
import { prepare } from "../src/doctor/pure/mend/prepare.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { catalogueOf, entryOf, fill } from "../src/report/messages/index.ts";
import { toReportRemedy } from "../src/report/result.ts";
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

  test("in the Compose file itself: into .env, which the file then refers to", async () => {
    const facts = await factsOf({
      [FILE]: UPSTREAM.replace(`\${OPENCLAW_GATEWAY_TOKEN}`, OTHER),
    });
    assert.equal(evidenceOf(facts)[0]?.source, `${FILE}:5`);
    const variable = "OPENCLAW_GATEWAY_TOKEN";
    const path = "/srv/openclaw/.env";
    const change = { kind: "reference", variable } as const;
    assert.equal(tokenFinding(facts).remedies[0]?.id, "refer-to-dotenv");
    assert.deepEqual(tokenFinding(facts).remedies[0]?.steps, [
      { do: "token.copy", path, variable, on: "this-machine", adds: true },
      { do: "compose.edit", file: FILE, service: "openclaw-gateway", change },
      { do: "compose.up", service: "openclaw-gateway" },
    ]);
    assert.equal(tokenFinding(facts).remedies[1]?.id, "align-token");
    assert.deepEqual(linesOf(facts, 1), [
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
    dotenv: "/srv/openclaw/.env",
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

describe("the gateway's token is the environment's", () => {
  const refused: Refusal = {
    from: "log",
    gate: "shared-auth",
    reason: "token_mismatch",
    client: "control-ui",
    connection: {},
    count: 2,
    over: false,
    evidence: [{ fact: "logs", source: "log:1", quote: "reason=token_mismatch" }],
  };
  const mismatch = async (dotenv: string, more: Partial<FakeContainer> = {}): Promise<Finding> => {
    const files = { ...CLAW.files, [CONFIG]: JSON.stringify({ gateway: { auth: { mode: "token" } } }) };
    const facts = await factsOf(
      { [FILE]: UPSTREAM, "/srv/openclaw/.env": dotenv },
      { ...CLAW, files, ...more },
    );
    return finding({ ...facts, refusals: known([refused], "test") }, "gateway-token-mismatch");
  };

  test("the wrong one was sent: where the right one stands", async () => {
    const found = await mismatch(`OPENCLAW_GATEWAY_TOKEN=${OTHER}\n`);
    assert.equal(found.args?.source, "/srv/openclaw/.env:1");
    assert.equal(found.evidence[0]?.source, "/srv/openclaw/.env:1");
    assert.equal(found.remedies[0]?.id, "paste-token");
  });

  test("the file was changed and the container only restarted: it is created anew", async () => {
    const dotenv = "OPENCLAW_GATEWAY_TOKEN=a-newer-token\n";
    const found = await mismatch(dotenv);
    assert.match(found.evidence[0]?.quote ?? "", /created with another value$/);
    assert.equal(found.remedies[0]?.id, "recreate-service");
    assert.deepEqual(found.remedies[0]?.steps, [{ do: "compose.up", service: "openclaw-gateway" }]);
    assert.ok(!JSON.stringify(found).includes("a-newer-token"));
    assert.notEqual((await mismatch(dotenv, { mounts: [] })).remedies[0]?.id, "recreate-service");
  });
});

describe("what a Compose file has to say otherwise", () => {
  const LOOPBACK = UPSTREAM.replace(":-lan}", ":-loopback}");
  const COMMAND = ["node", "dist/index.js", "gateway", "--bind", "loopback"];
  const dropped: Refusal = {
    from: "probe",
    gate: "transport",
    reason: "reset",
    client: "control-ui",
    connection: {},
    count: 1,
    over: false,
    evidence: [{ fact: "probe", source: "GET /", quote: "ECONNRESET" }],
  };
  const droppedAt = async (text: string, container: Partial<FakeContainer> = {}): Promise<Facts> => ({
    ...(await factsOf({ [FILE]: text }, { ...CLAW, ...container })),
    refusals: known([dropped], "test"),
  });
  const planned = (facts: Facts, id: string, editCompose: boolean, only: string) => {
    const made = prepare(facts, { findings: [finding(facts, id)] }, { sharedHost: false, editCompose, only });
    assert.ok(made);
    return made;
  };
  const edit = (change: ComposeChange, service = "openclaw-gateway"): Step => ({
    do: "compose.edit",
    file: FILE,
    service,
    change,
  });
  const up: Step = { do: "compose.up", service: "openclaw-gateway" };

  test("a loopback bind of the command, behind a port that is open to all", async () => {
    const facts = await droppedAt(LOOPBACK, {
      command: COMMAND,
      ports: { "18789/tcp": "0.0.0.0:18789" },
    });
    const id = "bind-loopback-in-container";
    // 2026.3.13 would not start for the flag alone: there are no origins.
    const origins = {
      do: "config.set",
      key: "gateway.controlUi.allowedOrigins",
      value: ["http://localhost:18789", "http://127.0.0.1:18789"],
    };
    const edits = [edit({ kind: "bind", value: "lan" }), edit({ kind: "on-loopback", to: 18789 })];
    const steps = [origins, ...edits, up];
    const asked = planned(facts, id, true, "set-bind-lan");
    assert.deepEqual(asked.steps, steps);
    assert.deepEqual(asked.rest, []);
    const unasked = planned(facts, id, false, "set-bind-lan");
    assert.deepEqual(unasked.steps, []);
    const actions = unasked.rest.flatMap(
      (remedy) => toReportRemedy(remedy, (all) => commandsFor(all, deploymentOf(facts), {})).actions,
    );
    const [first, ...then] = actions;
    assert.match(
      first?.kind === "command" ? first.command : "",
      /config set gateway\.controlUi\.allowedOrigins/,
    );
    assert.deepEqual(then, [
      {
        kind: "human",
        message: "compose.bind",
        args: { file: FILE, service: "openclaw-gateway", value: "lan" },
      },
      {
        kind: "human",
        message: "compose.on-loopback",
        args: { file: FILE, service: "openclaw-gateway", to: 18789 },
      },
      { kind: "command", command: `docker compose -f ${FILE} up -d openclaw-gateway` },
    ]);
    for (const lang of ["en", "zh"] as const)
      for (const action of actions)
        if (action.kind === "human") {
          const words = entryOf(catalogueOf(lang).human, action.message);
          assert.ok(words !== undefined && !/[{}]/.test(fill(words, action.args)), action.message);
        }
  });

  test("a loopback bind of a command that no Compose file has: told, since no setting wins over it", async () => {
    const facts = await droppedAt(LOOPBACK, {
      command: COMMAND,
      labels: {},
      ports: { "18789/tcp": "127.0.0.1:18789" },
    });
    const { steps, rest } = planned(facts, "bind-loopback-in-container", true, "set-bind-lan");
    assert.deepEqual(steps, []);
    const said = rest.flatMap((remedy) => remedy.steps);
    assert.deepEqual(
      said.map((step) => (step.do === "human" ? step.message : step.do)),
      ["config.set", "change-bind-flag"],
    );
    assert.ok(!said.some((step) => step.do === "config.set" && step.key === "gateway.bind"));
  });

  test("a bind that the config says, and a port that is on loopback, need no file", async () => {
    const config = { gateway: { bind: "loopback", auth: { mode: "token", token: TOKEN } } };
    const facts = await droppedAt(UPSTREAM.replace(/ *command.*\n/, ""), {
      command: COMMAND.slice(0, 3),
      files: { ...CLAW.files, [CONFIG]: JSON.stringify(config) },
      ports: { "18789/tcp": "127.0.0.1:18789" },
    });
    assert.deepEqual(planned(facts, "bind-loopback-in-container", false, "set-bind-lan").steps, [
      { do: "config.set", key: "gateway.bind", value: "lan" },
      { do: "gateway.restart" },
    ]);
  });

  test("a port that nobody publishes, and never for a container that would lose its state", async () => {
    const without = UPSTREAM.replace(/ *ports:\n.*\n/, "");
    const facts = await droppedAt(without, { ports: {} });
    const id = finding(facts, "wrong-port-or-config-path").id;
    assert.deepEqual(planned(facts, id, true, "publish-port").steps, [
      edit({ kind: "publish", port: 18789, to: 18789 }),
      up,
    ]);
    const lost = await droppedAt(without, { ports: {}, mounts: [] });
    assert.deepEqual(planned(lost, id, true, "publish-port").steps, []);
  });

  test("the CLI's service gets the gateway's network", async () => {
    const facts = { ...(await factsOf({ [FILE]: UPSTREAM })), refusals: known([], "test") };
    assert.deepEqual(planned(facts, "cli-container-wrong-netns", true, "share-network").steps, [
      edit({ kind: "network", of: "openclaw-gateway" }, "openclaw-cli"),
    ]);
  });
});
