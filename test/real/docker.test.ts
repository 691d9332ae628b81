// The doctor beside a real Docker engine: what it says of a gateway in a container is what a browser meets there,
// with the container's own names and addresses, and it leaves every container as it was.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type Agent, startAgent } from "./rig/agent.ts";
import { type ClientSettings, CONTROL_UI, type Outcome, PAGE_SCOPES } from "./rig/client.ts";
import { type DoctorDocument, type DoctorRun, runDoctor } from "./rig/doctor.ts";
import {
  type ContainedOptions,
  type Engine,
  startContained,
  startEngine,
  whyNoEngine,
} from "./rig/engine.ts";
import { TOKEN } from "./rig/gateway.ts";
import { ownNamespace } from "./rig/namespace.ts";
import { mustRun, progress, until } from "./rig/processes.ts";
import { CORE } from "./selection.ts";

const noEngine = await whyNoEngine();
const AUTH = { mode: "token", token: TOKEN };
const OTHER_TOKEN = "rig-token-of-the-environment-77aa";
/** Host ports, one for each container, so that none waits for another's. */
let nextPort = 31_000 + (process.pid % 2000);

describe("gateways in containers", { skip: noEngine ?? false }, () => {
  let engine: Engine;
  let agent: Agent;
  const folders: string[] = [];
  before(async () => {
    engine = await startEngine();
    agent = startAgent(ownNamespace);
  });
  after(async () => {
    await agent?.stop();
    await engine?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  interface Contained {
    readonly name: string;
    readonly url: string;
    readonly port: number;
    readonly stateDir: string;
    /** The page that this release serves. */
    readonly client: ClientSettings;
    log(): Promise<string>;
    remove(): Promise<void>;
  }

  async function contained(options: Omit<ContainedOptions, "port">): Promise<Contained> {
    const port = nextPort++;
    const { container, stateDir, uiBuild } = await startContained(engine, { ...options, port });
    folders.push(stateDir);
    return {
      name: options.name,
      url: `ws://127.0.0.1:${port}`,
      port,
      stateDir,
      client: uiBuild === undefined ? CONTROL_UI : { ...CONTROL_UI, buildId: uiBuild },
      log: async () => (await container.logs({ stdout: true, stderr: true })).toString("utf8"),
      remove: async () => {
        await container.remove({ force: true, v: true });
      },
    };
  }

  async function saysSoon(one: Contained, pattern: RegExp): Promise<void> {
    const started = Date.now();
    const said = await until(async () => pattern.test(await one.log()), 240_000, 1000);
    assert.ok(said, `${one.name} did not say ${pattern}\n${(await one.log()).slice(-1500)}`);
    progress(`${one.name}: ${pattern} after ${((Date.now() - started) / 1000).toFixed(0)} s`);
  }

  const LISTENS = /listening on|\bready\b/;

  /** As the Control UI at the published port does it. */
  function browser(one: Contained, device = one.name): Promise<Outcome> {
    const origin = `http://127.0.0.1:${one.port}`;
    return agent.connect({
      url: one.url,
      headers: { Origin: origin },
      client: one.client,
      scopes: PAGE_SCOPES,
      auth: { token: TOKEN },
      device,
      timeoutMs: 20_000,
    });
  }

  /** What it says once it is ready: docker-proxy listens before it, and it listens before it is ready. */
  async function answered(one: Contained): Promise<Outcome> {
    let last = await browser(one);
    await until(
      async () => {
        if (last.errorCode !== undefined && last.errorCode !== "UNAVAILABLE") return true;
        last = await browser(one);
        return false;
      },
      90_000,
      1000,
    );
    return last;
  }

  /** Ids, states and start times of all containers but those that end and start by themselves. */
  async function states(except?: string): Promise<readonly string[]> {
    const all = await engine.api.listContainers({ all: true });
    const inspected = await Promise.all(all.map(({ Id }) => engine.api.getContainer(Id).inspect()));
    return inspected
      .filter(({ Name }) => Name !== `/${except}`)
      .map(({ Id, State, RestartCount }) => `${Id} ${State.Status} ${State.StartedAt} ${RestartCount}`)
      .sort();
  }

  /** Runs the doctor, and sees that it changed no container and left no file. */
  async function doctor(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    restarting?: string,
  ): Promise<DoctorRun> {
    const before = await states(restarting);
    const result = await runDoctor({ args, env: { DOCKER_HOST: engine.address, ...env } });
    assert.deepEqual(await states(restarting), before, "a container is not as it was");
    assert.deepEqual(result.leftInTemp, []);
    assert.doesNotMatch(result.stdout + result.stderr, new RegExp(`${TOKEN}|${OTHER_TOKEN}`));
    return result;
  }

  async function diagnosed(target: string, restarting?: string): Promise<DoctorDocument> {
    const { document, stdout, stderr } = await doctor(
      ["diagnose", "--json", "--verbose", "--target", target],
      {},
      restarting,
    );
    assert.ok(document, `${stdout}\n${stderr}`);
    return document;
  }

  const commandsOf = (document: DoctorDocument): readonly string[] =>
    document.findings.flatMap(({ remedies }) => remedies.flatMap(({ commands = [] }) => commands));

  test("2026.2.1 behind a published port: the hop, the request and the line that lets the browser in", async () => {
    const claw = await contained({ name: "claw", release: "2026.2.1", gateway: { bind: "lan", auth: AUTH } });
    try {
      await saysSoon(claw, LISTENS);
      const refused = await answered(claw);
      assert.match(refused.closeReason ?? "", /pairing required/);
      const network = (await engine.api.getContainer("claw").inspect()).NetworkSettings.Networks[
        engine.network
      ];

      const document = await diagnosed("docker:claw");
      const [first] = document.findings;
      assert.equal(first?.id, "docker-nat-not-local");
      assert.equal(first.confidence, "certain");
      assert.match(
        JSON.stringify(first.evidence),
        new RegExp(`docker logs claw.*remote=${network?.Gateway}`),
      );
      assert.deepEqual(
        hopsOf(document),
        [
          ["browser", "127.0.0.1"],
          ["docker-proxy", `127.0.0.1:${claw.port}`],
          ["bridge", network?.Gateway],
          ["gateway", `${network?.IPAddress}:18789`],
        ],
        "the path",
      );
      // Without a target, by the port that is looked at.
      const env = { OPENCLAW_GATEWAY_PORT: String(claw.port) };
      const found = await doctor(["diagnose", "--json"], env);
      assert.equal(found.document?.findings[0]?.id, "docker-nat-not-local");

      const approve = commandsOf(document).find((line) => line.includes("devices approve"));
      assert.match(approve ?? "", /^docker exec -u node claw node openclaw\.mjs devices approve /);
      // This release logs no request id, so it is taken from the list, as the step before it says.
      const pending = JSON.parse(readFileSync(path.join(claw.stateDir, "devices", "pending.json"), "utf8"));
      const line = approve?.replace("<requestId>", Object.keys(pending)[0] ?? "");
      await mustRun(["sh", "-c", line ?? "false"], {
        env: { ...process.env, DOCKER_HOST: engine.address },
      });
      assert.equal((await browser(claw)).admitted, true);
    } finally {
      await claw.remove();
    }
  });

  /** Left out of the core run. */
  const inFull = (name: string, run: () => Promise<void>): void => {
    if (!CORE) test(name, run);
  };

  inFull("2026.9.6 with a terminal: as the browser meets it", async () => {
    const nine = await contained({
      name: "nine",
      release: "2026.9.6",
      plugins: false,
      tty: true,
      gateway: { bind: "lan", auth: AUTH },
    });
    try {
      await saysSoon(nine, LISTENS);
      const refused = await answered(nine);
      assert.match(`${refused.message} ${refused.closeReason}`, /origin not allowed/);
      const document = await diagnosed("docker:nine");
      assert.equal(document.gateway.version, "2026.9.6");
      assert.equal(document.findings[0]?.id, "origin-not-allowed");
      const mend = commandsOf(document).find((line) => line.includes("allowedOrigins")) ?? "false";
      await mustRun(["sh", "-c", mend], { env: { ...process.env, DOCKER_HOST: engine.address } });
      let last: Outcome | undefined;
      const admitted = async (): Promise<boolean> => {
        last = await browser(nine);
        return last.admitted;
      };
      assert.ok(await until(admitted, 60_000, 1000), `still refused: ${JSON.stringify(last)}`);
      const after = await doctor(["diagnose", "--json", "--target", "docker:nine"]);
      assert.equal(after.document?.verdict, "healthy", after.stdout);
    } finally {
      await nine.remove();
    }
  });

  inFull(
    "2026.2.1 on loopback in its container, another token in the environment, then stopped",
    async () => {
      const shut = await contained({
        name: "shut",
        release: "2026.2.1",
        gateway: { bind: "loopback", auth: AUTH },
        env: [`OPENCLAW_GATEWAY_TOKEN=${OTHER_TOKEN}`],
      });
      try {
        await saysSoon(shut, LISTENS);
        assert.equal((await browser(shut)).admitted, false);
        const document = await diagnosed("docker:shut");
        const [first] = document.findings;
        assert.deepEqual([first?.id, first?.confidence], ["bind-loopback-in-container", "certain"]);
        const differ = document.findings.find(({ id }) => id === "env-token-overrides-config");
        assert.match(
          JSON.stringify(differ?.evidence),
          /environment of the container shut OPENCLAW_GATEWAY_TOKEN/,
        );

        await engine.api.getContainer("shut").stop({ t: 3 });
        const stopped = await diagnosed("docker:shut");
        assert.deepEqual(
          [stopped.findings[0]?.id, stopped.findings[0]?.confidence],
          ["gateway-down-or-starting", "certain"],
        );
        assert.match(JSON.stringify(stopped.findings[0]?.evidence), /docker inspect shut.*exited/);
        assert.ok(commandsOf(stopped).includes("docker start shut"));
      } finally {
        await shut.remove();
      }
    },
  );

  inFull("2026.2.26 in a restart loop for want of origins, as a Compose service with a CLI's", async () => {
    const folder = path.join(engine.address.slice("unix://".length), "..", "claw");
    const file = `${path.resolve(folder)}/docker-compose.yml`;
    await mustRun(["mkdir", "-p", path.resolve(folder)]);
    writeFileSync(
      file,
      "services:\n  openclaw-gateway:\n    image: openclaw:local\n    command: [gateway]\n  openclaw-cli:\n    image: openclaw:local\n",
    );
    const loop = await contained({
      name: "claw-openclaw-gateway-1",
      release: "2026.2.26",
      restart: true,
      gateway: { bind: "lan", auth: AUTH },
      labels: {
        "com.docker.compose.project": "claw",
        "com.docker.compose.service": "openclaw-gateway",
        "com.docker.compose.project.working_dir": path.resolve(folder),
        "com.docker.compose.project.config_files": file,
      },
    });
    try {
      await saysSoon(loop, /allowedOrigins/);
      const document = await diagnosed("compose:openclaw-gateway", loop.name);
      assert.equal(document.findings[0]?.id, "allowed-origins-required-startup");
      const lines = commandsOf(document);
      const set = lines.find((line) => line.includes("allowedOrigins")) ?? "";
      assert.ok(set === "" || set.startsWith(`docker compose -f ${file} run --rm `), set);
      assert.ok(
        lines.some((line) => line === `docker compose -f ${file} up -d openclaw-gateway`),
        lines.join("\n"),
      );
    } finally {
      await loop.remove();
    }
  });

  inFull("a state directory of another user", async () => {
    const owned = await contained({
      name: "owned",
      release: "2026.2.1",
      restart: true,
      uid: 0,
      gateway: { bind: "lan", auth: AUTH },
    });
    try {
      await saysSoon(owned, /EACCES/);
      const document = await diagnosed("docker:owned", "owned");
      assert.equal(document.findings[0]?.id, "state-permissions");
      assert.match(JSON.stringify(document.findings[0]?.remedies), new RegExp(owned.stateDir));
    } finally {
      await owned.remove();
    }
  });

  inFull(
    "two gateways: named, to choose from; among 200 containers that have nothing to do with it",
    async () => {
      // Under an image's name of their own.
      await engine.api.getImage("openclaw:local").tag({ repo: "acme/app", tag: "1" });
      const others = [];
      for (let at = 0; at < 200; at += 1)
        others.push(
          await engine.api.createContainer({ name: `app-${at}`, Image: "acme/app:1", Cmd: ["sleep", "1"] }),
        );
      const settings = { release: "2026.2.1", gateway: { bind: "lan", auth: AUTH } };
      const one = await contained({ name: "one", ...settings });
      const two = await contained({ name: "two", ...settings });
      try {
        await saysSoon(two, LISTENS);
        const undecided = await doctor(["diagnose", "--json"]);
        assert.equal(undecided.exitCode, 3, undecided.stdout);
        assert.match(undecided.stdout, /one \(running\)/);
        const started = performance.now();
        const chosen = await diagnosed("docker:two");
        progress(
          `docker:two among ${others.length + 2} containers: ${Math.round(performance.now() - started)} ms`,
        );
        assert.match(JSON.stringify(chosen), /one \(running\) seems to run a gateway, too/);
        assert.equal(hopsOf(chosen).at(1)?.[1], `127.0.0.1:${two.port}`);
      } finally {
        await one.remove();
        await two.remove();
        for (const container of others) await container.remove({ force: true });
      }
    },
  );

  test("a container that is not there, and no engine: undetermined, each in its own words", async () => {
    const absent = await doctor(["diagnose", "--json", "--target", "docker:none"]);
    assert.equal(absent.exitCode, 3);
    assert.match(absent.stdout, /no container none/);
    const off = await runDoctor({
      args: ["diagnose", "--json", "--target", "docker:none"],
      env: { DOCKER_HOST: `${engine.address}.none` },
    });
    assert.equal(off.exitCode, 3);
    assert.match(off.stdout, /no engine answers there/);
  });
});

function hopsOf(document: DoctorDocument): readonly (readonly [string, string | undefined])[] {
  const { path: hops = [] } = document as { path?: readonly { hop: string; address?: string }[] };
  return hops.map(({ hop, address }) => [hop, address]);
}
