// Every line that the doctor prints is taken at its word: the local ones run against a real gateway, the others
// are handed to the real client of their engine.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Deployment } from "../../src/core/facts.ts";
import type { Step } from "../../src/core/finding.ts";
import { commandsFor } from "../../src/kinds/commands.ts";
import { deploymentOf } from "../../src/kinds/index.ts";
import type { CommandContext } from "../../src/kinds/kind.ts";
import { PATHS, pageAttempt, visit } from "./cases.ts";
import { newDevice, OWNER_SCOPES } from "./rig/client.ts";
import { type ClientName, clientEnvironment, ensureClient } from "./rig/clients.ts";
import { openclawOnPath } from "./rig/doctor.ts";
import { TOKEN } from "./rig/gateway.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { type CommandResult, run } from "./rig/processes.ts";
import { useSite } from "./rig/site.ts";
import { RELEASES } from "./selection.ts";

function deployment(kind: Deployment["kind"], names: Deployment["names"]): Deployment {
  return deploymentOf({ kind, confidence: "certain", evidence: [], alternatives: [], names });
}

function line(step: Step, where: Deployment, context: CommandContext): string {
  const command = commandsFor([step], where, context)[0]?.command;
  assert.ok(command, `${where.kind} has no line for ${step.do}`);
  return command;
}

const REQUEST = "28884227-be88-41c0-a662-d7b81c936948";
const ORIGINS = ["https://claw.example.test", "http://192.168.50.10:18789"];

const noNamespaces = await whyNoNamespaces();

describe("local lines, run as printed", { skip: noNamespaces ?? false }, () => {
  for (const release of [RELEASES[0], RELEASES.at(-1)]) {
    if (release === undefined) continue;
    describe(release, () => {
      const site = useSite({ release });
      const local = deployment("local", {});
      const context: CommandContext = { release, platform: "linux", port: 18_789 };

      const type = (command: string): Promise<CommandResult> =>
        run(site.gateway.host.inside(["sh", "-c", command]), {
          env: {
            ...site.gateway.cliEnv(),
            PATH: `${openclawOnPath(site.gateway)}:${site.gateway.cliEnv().PATH ?? ""}`,
          },
          cwd: site.gateway.home,
          timeoutMs: 90_000,
        });
      const succeed = async (command: string): Promise<string> => {
        const result = await type(command);
        assert.equal(result.code, 0, `${command}\n${result.stdout}\n${result.stderr}`);
        return result.stdout;
      };
      const config = () => JSON.parse(readFileSync(site.gateway.configPath, "utf8"));

      test("devices list shows, and devices approve admits, the browser that was refused", async () => {
        // 2026.9.6 admits a published port at once.
        const path = release === RELEASES[0] ? "published port" : "lan address";
        const device = newDevice();
        const refused = await visit(site, { path, credentials: "right" }, device);
        assert.equal(refused.admitted, false);
        assert.ok(refused.requestId);
        assert.match(await succeed(line({ do: "device.list" }, local, context)), /Pending/i);
        await succeed(line({ do: "device.approve", requestId: refused.requestId }, local, context));
        const again = await visit(site, { path, credentials: "right" }, device);
        assert.equal(again.admitted, true, JSON.stringify(again));
      });

      test("config set and unset write and remove exactly the value", async () => {
        const set: Step = { do: "config.set", key: "gateway.trustedProxies", value: ["127.0.0.1"] };
        await succeed(line(set, local, context));
        assert.deepEqual(config().gateway.trustedProxies, ["127.0.0.1"]);
        await site.gateway.ready();
        const unset: Step = { do: "config.unset", key: "gateway.trustedProxies" };
        await succeed(line(unset, local, context));
        assert.equal(config().gateway.trustedProxies, undefined);
        await site.gateway.ready();
        const mode: Step = { do: "config.set", key: "gateway.bind", value: "loopback" };
        await succeed(line(mode, local, context));
        assert.equal(config().gateway.bind, "loopback");
        await succeed(line({ do: "config.set", key: "gateway.bind", value: "lan" }, local, context));
        await site.gateway.ready();
      });

      test("the line for token or link gives what the page accepts", async () => {
        const isOld = release === RELEASES[0];
        const step: Step = isOld ? { do: "token.show" } : { do: "dashboard.link", json: true };
        const printed = await succeed(line(step, local, context));
        const attempt = pageAttempt(site.gateway, PATHS.loopback, "missing", newDevice());
        if (isOld) {
          assert.match(printed, new RegExp(`[?#]token=${TOKEN}`));
          return;
        }
        const { browserUrl } = JSON.parse(printed.slice(printed.indexOf("{")));
        const hash = new URLSearchParams(new URL(browserUrl).hash.slice(1));
        const bootstrapToken = hash.get("bootstrapToken");
        assert.ok(bootstrapToken, "no bootstrap token in the link");
        const outcome = await site.gateway.agent.connect({
          ...attempt,
          scopes: OWNER_SCOPES,
          auth: { bootstrapToken },
        });
        assert.equal(outcome.admitted, true, JSON.stringify(outcome));
      });

      test("gateway status and the log line run", async () => {
        await succeed(line({ do: "gateway.status" }, local, context));
        const logs = line({ do: "logs.show" }, local, { ...context, logFile: site.gateway.fileLog });
        assert.match(await succeed(logs), /listening|ready|gateway/);
      });
    });
  }
});

/** Steps that every deployment has a line for. */
const STEPS: readonly Step[] = [
  { do: "config.set", key: "gateway.controlUi.allowInsecureAuth", value: true },
  { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ORIGINS },
  { do: "config.unset", key: "gateway.trustedProxies" },
  { do: "device.list" },
  { do: "device.approve", requestId: REQUEST },
  { do: "dashboard.link", json: true },
  { do: "token.show" },
  { do: "doctor.fix" },
  { do: "gateway.start" },
  { do: "gateway.restart" },
  { do: "gateway.status" },
  { do: "logs.show" },
  { do: "ssh.tunnel", port: 18_789 },
];

interface Engine {
  readonly client: ClientName;
  readonly where: Deployment;
  readonly context: CommandContext;
  /** The failure of a line that was understood: nothing is there to carry it out. */
  readonly understood: RegExp;
  /** Lines that are another client's. */
  readonly foreign?: RegExp;
}

const NEW = { release: "2026.9.6", platform: "linux" } as const;
const OLD = { release: "2026.2.1", platform: "linux" } as const;
const noDaemon = /Cannot connect to the Docker daemon|failed to connect to the docker API/i;
const noCluster = /connection to the server \S+ was refused|couldn't get current server API group list/i;
const noServer = /Connection refused/;

const ENGINES: readonly Engine[] = [
  {
    client: "docker",
    where: deployment("docker", { container: "openclaw-gateway-1" }),
    context: NEW,
    understood: noDaemon,
    foreign: /^(?:ssh|tailscale) /,
  },
  {
    client: "docker",
    where: deployment("docker", { container: "openclaw" }),
    context: { ...OLD, running: false },
    understood: noDaemon,
    foreign: /^(?:ssh|tailscale) /,
  },
  {
    client: "docker compose",
    where: deployment("docker", { composeService: "openclaw-gateway", composeCliService: "openclaw-cli" }),
    context: NEW,
    understood: noDaemon,
    foreign: /^(?:ssh|tailscale) /,
  },
  {
    client: "docker compose",
    where: deployment("docker", { composeService: "openclaw-gateway", composeFiles: ["docker-compose.yml"] }),
    context: { ...OLD, running: false },
    understood: noDaemon,
    foreign: /^(?:ssh|tailscale) /,
  },
  {
    client: "kubectl",
    where: deployment("kubernetes", { namespace: "claw", workload: "deploy/openclaw" }),
    context: NEW,
    understood: noCluster,
  },
  {
    client: "kubectl",
    where: deployment("kubernetes", { namespace: "claw", workload: "pod/openclaw-0", container: "gateway" }),
    context: { ...NEW, configMap: "openclaw-config" },
    understood: noCluster,
  },
  {
    client: "ssh",
    where: deployment("vps", { sshHost: "me@vps.example.test" }),
    context: NEW,
    understood: noServer,
  },
  {
    client: "ssh",
    where: deployment("vps", { sshHost: "vps", container: "openclaw" }),
    context: OLD,
    understood: noServer,
  },
];

const COMPOSE_FILE = `services:
  openclaw-gateway:
    image: openclaw:local
  openclaw-cli:
    image: openclaw:local
    depends_on: [openclaw-gateway]
`;

describe("lines of the engines, accepted by their clients", () => {
  let work: string;
  before(() => {
    work = mkdtempSync(path.join(tmpdir(), "opd-rig-lines-"));
    writeFileSync(path.join(work, "docker-compose.yml"), COMPOSE_FILE);
    // The user's line stays as it is; only where the name leads and that nobody is asked is set from outside.
    const bin = path.join(work, "bin");
    mkdirSync(bin);
    const ssh = "exec /usr/bin/ssh -F none -o BatchMode=yes -o HostName=127.0.0.1 -o Port=1";
    writeFileSync(path.join(bin, "ssh"), `#!/bin/sh\n${ssh} "$@"\n`);
    // \`kubectl edit\` never gets as far as an editor.
    writeFileSync(path.join(bin, "sudo"), '#!/bin/sh\nexec "$@"\n');
    for (const name of ["ssh", "sudo"]) chmodSync(path.join(bin, name), 0o755);
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  for (const { client, where, context, understood, foreign } of ENGINES) {
    const named = Object.values(where.names).flat().join(" ");
    test(`${client}: ${named}, ${context.release}`, async (t) => {
      const missing = await ensureClient(client);
      if (missing !== undefined) return t.skip(missing);
      let tried = 0;
      for (const step of STEPS) {
        const command = commandsFor([step], where, context)[0]?.command;
        // A pod that is gone has no line to start it.
        if (command === undefined || foreign?.test(command)) continue;
        const env = clientEnvironment();
        const result = await run(["sh", "-c", command], {
          cwd: work,
          env: { ...env, PATH: `${path.join(work, "bin")}:${env.PATH ?? ""}`, HOME: work, EDITOR: "true" },
          timeoutMs: 60_000,
        });
        const said = result.stderr + result.stdout;
        assert.match(said, understood, `${command}\n${said.slice(0, 800)}`);
        assert.notEqual(result.code, 0, command);
        tried++;
      }
      assert.ok(tried >= 10, `only ${tried} lines were tried`);
    });
  }

  test("the clients do refuse a line with a wrong option", async (t) => {
    const checks: readonly [ClientName, string, RegExp][] = [
      ["docker", "docker exec --no-such-option x y", noDaemon],
      ["kubectl", "kubectl exec --no-such-option deploy/x -- y", noCluster],
      ["ssh", "ssh --no-such-option x y", noServer],
    ];
    for (const [client, command, understood] of checks) {
      const missing = await ensureClient(client);
      if (missing !== undefined) {
        t.diagnostic(missing);
        continue;
      }
      const result = await run(["sh", "-c", command], { cwd: work, env: clientEnvironment() });
      assert.doesNotMatch(result.stderr + result.stdout, understood, command);
    }
  });
});
