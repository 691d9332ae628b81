// The doctor beside a real Docker engine: what it says of a gateway in a container is what a browser meets there,
// with the container's own names and addresses, and it leaves every container as it was.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { AUTH, LISTENS, OTHER_TOKEN, useDockerSite } from "./docker/site.ts";
import { ensureClient } from "./rig/clients.ts";
import { type DoctorDocument, runDoctor } from "./rig/doctor.ts";
import { whyNoEngine } from "./rig/engine.ts";
import { progress } from "./rig/processes.ts";
import { strangers } from "./rig/strangers.ts";
import { CORE } from "./selection.ts";

const noEngine = await whyNoEngine();
const noCompose = await ensureClient("docker compose");

describe("gateways in containers", { skip: noEngine ?? false }, () => {
  const site = useDockerSite();
  const { contained, diagnosed, doctor, shell } = site;

  const commandsOf = (document: DoctorDocument): readonly string[] =>
    document.findings.flatMap(({ remedies }) => remedies.flatMap(({ commands = [] }) => commands));

  test("2026.2.1 behind a published port: the hop, the request and the line that lets the browser in", async () => {
    const claw = await contained({ name: "claw", release: "2026.2.1", gateway: { bind: "lan", auth: AUTH } });
    try {
      await claw.says(LISTENS);
      const refused = await claw.answered();
      assert.match(refused.closeReason ?? "", /pairing required/);
      const { bridge: network } = (await claw.container.inspect()).NetworkSettings.Networks;

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
      const found = await doctor(["diagnose", "--json"], { env });
      assert.equal(found.document?.findings[0]?.id, "docker-nat-not-local");

      const approve = commandsOf(document).find((line) => line.includes("devices approve"));
      assert.match(approve ?? "", /^docker exec -u node claw node openclaw\.mjs devices approve /);
      // This release logs no request id, so it is taken from the list, as the step before it says.
      const pending = JSON.parse(readFileSync(path.join(claw.stateDir, "devices", "pending.json"), "utf8"));
      const line = approve?.replace("<requestId>", Object.keys(pending)[0] ?? "");
      await shell(line ?? "false");
      assert.equal((await claw.browser()).admitted, true);
    } finally {
      await claw.remove();
    }
  });

  /** Left out of the core run. */
  const inFull = (name: string, run: () => Promise<void>, skip: string | false = false): void => {
    if (!CORE) test(name, { skip }, run);
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
      await nine.says(LISTENS);
      const refused = await nine.answered();
      assert.match(`${refused.message} ${refused.closeReason}`, /origin not allowed/);
      const document = await diagnosed("docker:nine");
      assert.equal(document.gateway.version, "2026.9.6");
      assert.equal(document.findings[0]?.id, "origin-not-allowed");
      const mend = commandsOf(document).find((line) => line.includes("allowedOrigins")) ?? "false";
      await shell(mend);
      await nine.admits();
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
        await shut.says(LISTENS);
        assert.equal((await shut.browser()).admitted, false);
        const document = await diagnosed("docker:shut");
        const [first] = document.findings;
        assert.deepEqual([first?.id, first?.confidence], ["bind-loopback-in-container", "certain"]);
        const differ = document.findings.find(({ id }) => id === "env-token-overrides-config");
        assert.match(
          JSON.stringify(differ?.evidence),
          /environment of the container shut OPENCLAW_GATEWAY_TOKEN/,
        );

        await shut.container.stop({ t: 3 });
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

  inFull(
    "2026.2.26 in a restart loop for want of origins, as a Compose service with a CLI's",
    async () => {
      const loop = await site.composed({
        project: "claw",
        release: "2026.2.26",
        cli: "own network",
        gateway: { bind: "lan", auth: AUTH },
      });
      const files = ["docker-compose.yml", "docker-compose.override.yml"]
        .map((file) => `-f ${path.join(loop.dir, file)}`)
        .join(" ");
      try {
        await loop.says(/allowedOrigins/);
        const document = await diagnosed("compose:openclaw-gateway", loop.name);
        assert.equal(document.findings[0]?.id, "allowed-origins-required-startup");
        const lines = commandsOf(document);
        const set = lines.find((line) => line.includes("allowedOrigins")) ?? "";
        assert.ok(set === "" || set.startsWith(`docker compose ${files} run --rm `), set);
        assert.ok(
          lines.some((line) => line === `docker compose ${files} up -d openclaw-gateway`),
          lines.join("\n"),
        );
      } finally {
        await loop.remove();
      }
    },
    noCompose,
  );

  inFull("a state directory of another user", async () => {
    const owned = await contained({
      name: "owned",
      release: "2026.2.1",
      restart: true,
      uid: 0,
      gateway: { bind: "lan", auth: AUTH },
    });
    try {
      await owned.says(/EACCES/);
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
      const others = await strangers(site.engine, 200);
      const settings = { release: "2026.2.1", gateway: { bind: "lan", auth: AUTH } };
      const one = await contained({ name: "one", ...settings });
      const two = await contained({ name: "two", ...settings });
      try {
        await two.says(LISTENS);
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
      env: { DOCKER_HOST: `${site.engine.address}.none` },
    });
    assert.equal(off.exitCode, 3);
    assert.match(off.stdout, /no engine answers there/);
  });
});

function hopsOf(document: DoctorDocument): readonly (readonly [string, string | undefined])[] {
  const { path: hops = [] } = document as { path?: readonly { hop: string; address?: string }[] };
  return hops.map(({ hop, address }) => [hop, address]);
}
