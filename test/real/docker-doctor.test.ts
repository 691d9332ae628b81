// The doctor elsewhere than on the engine's machine: as a container with the engine's socket, on the machine's
// network, in the gateway's network, inside the gateway's own container, and behind SSH. What it says is of the
// user's browser and not of its own way to the gateway.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { AUTH, type Claw, LISTENS, useDockerSite } from "./docker/site.ts";
import { engineEnvironment } from "./rig/contained.ts";
import { BIN, type DoctorDocument, runDoctor } from "./rig/doctor.ts";
import { buildDoctorImage, DOCTOR_IMAGE } from "./rig/doctor-image.ts";
import { whyNoEngine } from "./rig/engine.ts";
import { TOKEN } from "./rig/gateway.ts";
import { mustRun, run } from "./rig/processes.ts";
import { type SshHost, startSshHost, whyNoSshHost } from "./rig/ssh-host.ts";
import { startTlsEngine } from "./rig/tls-engine.ts";
import { CORE } from "./selection.ts";

const noEngine = await whyNoEngine();
/** Left out of the core run. */
const inFull = (name: string, action: () => Promise<void>): void => {
  if (!CORE) test(name, action);
};

interface Said {
  readonly exitCode: number | null;
  readonly document: DoctorDocument & {
    readonly path?: readonly { readonly hop: string; readonly address?: string }[];
    readonly missing?: readonly { readonly fact: string; readonly say?: { readonly message: string } }[];
    readonly deployment?: { readonly names: Readonly<Record<string, unknown>> };
  };
}

describe("the doctor elsewhere", { skip: noEngine ?? false }, () => {
  const site = useDockerSite();
  let claw: Claw;

  /** The classic ticket: a browser that was refused at the published port. */
  async function refused(options: { readonly publishedOn?: string } = {}): Promise<Claw> {
    const one = await site.contained({
      name: "claw",
      release: "2026.2.1",
      gateway: { bind: "lan", auth: AUTH },
      ...options,
    });
    await one.says(LISTENS);
    assert.match((await one.answered()).closeReason ?? "", /pairing required/);
    return one;
  }

  async function pathBefore(one: Claw): Promise<readonly (readonly [string, string | undefined])[]> {
    const { bridge } = (await one.container.inspect()).NetworkSettings.Networks;
    return [
      ["browser", "127.0.0.1"],
      ["docker-proxy", `127.0.0.1:${one.port}`],
      ["bridge", bridge?.Gateway],
      ["gateway", `${bridge?.IPAddress}:18789`],
    ];
  }

  async function said(line: readonly string[]): Promise<Said> {
    const env = engineEnvironment(site.engine);
    const { code, stdout, stderr } = await run(line, { env, timeoutMs: 120_000 });
    assert.doesNotMatch(stdout + stderr, new RegExp(TOKEN));
    try {
      return { exitCode: code, document: JSON.parse(stdout) };
    } catch {
      throw new Error(`${line.join(" ")}: exit ${code}\n${stdout.slice(0, 1000)}\n${stderr.slice(0, 2000)}`);
    }
  }

  const asContainer = (options: readonly string[], args: readonly string[] = ["diagnose"]): Promise<Said> =>
    said(["docker", "run", "--rm", ...options, DOCTOR_IMAGE, ...args, "--json"]);

  /** As the README says it. */
  const withSocket = (): readonly string[] => {
    const socket = site.engine.address.slice("unix://".length);
    return ["--volume", `${socket}:/var/run/docker.sock`, "--group-add", String(statSync(socket).gid)];
  };

  /** The same finding as beside the engine, with the same path and lines to type on the engine's machine. */
  async function assertClassic({ document, exitCode }: Said, one = claw): Promise<void> {
    assert.equal(exitCode, 1);
    assert.deepEqual(
      document.findings.map(({ id, confidence }) => [id, confidence]),
      [["docker-nat-not-local", "certain"]],
    );
    assert.deepEqual(hopsOf(document), await pathBefore(one));
    assert.match(approvalOf(document), /^docker exec -u node claw node openclaw\.mjs devices approve /);
    assert.equal(document.gateway.version, "2026.2.1");
  }

  describe("in a container", () => {
    before(async () => {
      await buildDoctorImage(site.engine);
      claw = await refused();
    });
    after(() => claw?.remove());

    test("on a network of its own: published on loopback it is out of reach, and nothing is called down", async () => {
      const apart = await asContainer([...withSocket(), "--network", site.engine.network]);
      await assertClassic(apart);
      const probe = apart.document.missing?.find(({ fact }) => fact === "probe");
      assert.equal(probe?.say?.message, "out-of-reach");
    });

    inFull("on the gateway's network: at its own address", async () => {
      const beside = await asContainer(withSocket());
      await assertClassic(beside);
      assert.deepEqual(beside.document.missing, []);
    });

    inFull("on the machine's network: at the published port", async () => {
      const host = await asContainer([...withSocket(), "--network", "host"]);
      await assertClassic(host);
      assert.deepEqual(host.document.missing, []);
    });

    inFull("in the gateway's network, with the socket and without", async () => {
      await assertClassic(await asContainer([...withSocket(), "--network", "container:claw"]));
      // Neither config nor log: what the wire tells, with the lines for the container whose network it is.
      const { document } = await asContainer(["--network", "container:claw"]);
      assert.equal(document.findings[0]?.id, "docker-nat-not-local");
      assert.deepEqual(
        document.missing?.map(({ fact }) => fact),
        ["config", "logs", "devices"],
      );
      const { Id } = await claw.container.inspect();
      assert.equal(document.deployment?.names.container, Id.slice(0, 12));
      assert.match(approvalOf(document), new RegExp(`^docker exec -u node ${Id.slice(0, 12)} `));
      // With the state directory it knows the config, too.
      const mounted = await asContainer([
        ...["--network", "container:claw"],
        ...["--volume", `${claw.stateDir}:/home/node/.openclaw:ro`],
      ]);
      assert.ok(!mounted.document.missing?.some(({ fact }) => fact === "config" || fact === "devices"));
    });

    inFull("alone: undetermined, and how to run it", async () => {
      const { document, exitCode } = await asContainer([]);
      assert.equal(exitCode, 3);
      assert.deepEqual(document.findings, []);
      assert.equal(document.missing?.find(({ fact }) => fact === "probe")?.say?.message, "doctor-alone");
    });

    inFull("inside the gateway's container, as its user and as root: lines to type right there", async () => {
      const env = engineEnvironment(site.engine);
      await mustRun(["docker", "cp", path.dirname(BIN), "claw:/tmp/doctor"], { env });
      for (const user of [
        ["-u", "node"],
        ["-u", "root"],
        ["-u", "root", "-e", "HOME=/root"],
      ]) {
        const line = ["docker", "exec", ...user, "claw", "node", "/tmp/doctor/bin.js", "diagnose", "--json"];
        const { document, exitCode } = await said(line);
        assert.equal(exitCode, 1);
        assert.deepEqual([document.findings[0]?.id, document.missing], ["docker-nat-not-local", []]);
        assert.match(approvalOf(document), /^node \/app\/dist\/index\.js devices approve [0-9a-f-]{36}$/);
        assert.deepEqual(hopsOf(document).slice(0, 3), (await pathBefore(claw)).slice(0, 3));
      }
    });

    inFull(
      "fix from a container: its journal is kept on a volume, so another one takes it back",
      async () => {
        const kept = ["--volume", "journal:/home/node/.local/state/openclaw-pairing-doctor"];
        const before = await claw.state();
        const risk = ["--yes", "--allow-risk", "grants-access", "--target", "docker:claw"];
        const fixed = await asContainer([...withSocket(), ...kept], ["fix", ...risk]);
        assert.equal(fixed.exitCode, 0, JSON.stringify(fixed.document).slice(0, 2000));
        assert.equal((await claw.browser()).admitted, true);
        const undone = await asContainer(
          [...withSocket(), ...kept],
          ["fix", "--undo", "--yes", "--target", "docker:claw"],
        );
        assert.equal(undone.exitCode, 0, JSON.stringify(undone.document).slice(0, 2000));
        assert.equal((await claw.browser()).admitted, false);
        assert.equal((await claw.state()).configOwner, before.configOwner);
      },
    );
  });

  inFull(
    "in a container on a network of its own: published on all addresses it is reached over the bridge",
    async () => {
      const open = await refused({ publishedOn: "0.0.0.0" });
      try {
        const apart = await asContainer([...withSocket(), "--network", site.engine.network]);
        await assertClassic(apart, open);
        assert.deepEqual(apart.document.missing, []);
      } finally {
        await open.remove();
      }
    },
  );

  inFull("behind TCP with TLS, as dockerd itself does it", async () => {
    const engine = await startTlsEngine();
    try {
      const asked = async (env: NodeJS.ProcessEnv): Promise<string> => {
        const { stdout, exitCode } = await runDoctor({
          args: ["diagnose", "--json", "--target", "docker:none"],
          env: { DOCKER_HOST: engine.address, ...env },
        });
        assert.equal(exitCode, 3);
        return stdout;
      };
      const verify = { DOCKER_TLS_VERIFY: "1" };
      assert.match(await asked({ ...verify, DOCKER_CERT_PATH: engine.known }), /"container-absent"/);
      assert.match(await asked({ ...verify, DOCKER_CERT_PATH: engine.stranger }), /"engine-tls-client"/);
      assert.match(await asked({ ...verify, DOCKER_CERT_PATH: engine.nobody }), /"engine-tls-client"/);
      assert.match(await asked({}), /"engine-tls-wanted"/);
    } finally {
      await engine.stop();
    }
  });

  if (!CORE)
    describe("behind ssh", async () => {
      const why = await whyNoSshHost();
      let host: SshHost;
      before(async () => {
        if (why === undefined) host = await startSshHost();
      });
      after(() => host?.stop());

      const through = (alias: string): NodeJS.ProcessEnv => ({
        DOCKER_HOST: `ssh://${alias}${site.engine.address.slice("unix://".length)}`,
        PATH: [host.bin, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      });

      test("the same diagnosis, and the fix through it", { skip: why ?? false }, async () => {
        const far = await refused();
        try {
          const env = through(host.alias);
          const { document, stdout, exitCode } = await site.doctor(
            ["diagnose", "--json", "--target", "docker:claw"],
            { env },
          );
          assert.ok(document, stdout);
          await assertClassic({ document, exitCode }, far);
          const risk = ["--yes", "--allow-risk", "grants-access"];
          const fixed = await site.doctor(["fix", "--json", "--target", "docker:claw", ...risk], {
            env,
            except: "claw",
          });
          assert.equal(fixed.exitCode, 0, fixed.stdout.slice(0, 2000));
          assert.equal((await far.browser()).admitted, true);
        } finally {
          await far.remove();
        }
      });

      test("a host that does not let us in, or whose key nobody has seen", {
        skip: why ?? false,
      }, async () => {
        for (const [alias, words] of [
          [host.stranger, /engine-ssh-denied/],
          [host.unseen, /engine-ssh-host-key/],
        ] as const) {
          const result = await site.doctor(["diagnose", "--json", "--target", "docker:claw"], {
            env: through(alias),
          });
          assert.equal(result.exitCode, 3);
          assert.match(result.stdout, words);
        }
      });
    });
});

function hopsOf(document: Said["document"]): readonly (readonly [string, string | undefined])[] {
  return (document.path ?? []).map(({ hop, address }) => [hop, address]);
}

function approvalOf(document: DoctorDocument): string {
  const lines = document.findings.flatMap(({ remedies }) =>
    remedies.flatMap(({ commands = [] }) => commands),
  );
  return lines.find((line) => line.includes("devices approve")) ?? "";
}
