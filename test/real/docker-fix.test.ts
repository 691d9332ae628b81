// `pairing-doctor fix` for gateways in containers of a real engine: a browser-like client is refused, let in after
// the fix, and refused again after the way back; nothing else on the engine is touched.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, type TestContext, test } from "node:test";
import { AUTH, type Claw, type DockerSite, LISTENS, useDockerSite } from "./docker/site.ts";
import { commandsOf, foretold, isOurs, newIn, outcomeOf, type Story, tell } from "./docker/story.ts";
import { type Killable, killed } from "./fix/killed.ts";
import { startDoctor } from "./fix/run.ts";
import { AGREED } from "./fix/site.ts";
import { ensureClient } from "./rig/clients.ts";
import { newerEngine, startEngine, whyNoEngine } from "./rig/engine.ts";
import { until } from "./rig/processes.ts";
import { CORE } from "./selection.ts";

const noEngine = await whyNoEngine();
const noCompose = noEngine ?? (await ensureClient("docker compose"));

/** `PAIRING_DOCTOR_ONLY`: a pattern of the case. */
const only = new RegExp(process.env.PAIRING_DOCTOR_ONLY ?? "");

const lan = { bind: "lan", auth: AUTH };
/** From 2026.2.26 to 2026.4.4 a gateway writes origins of its own port down at its first start. */
const lanOfPage = (page: string) => ({ ...lan, controlUi: { allowedOrigins: [page] } });

/** The classic ticket by release: a published port, and a browser that the gateway does not take for its own. */
const CLASSIC = [
  { release: "2026.2.1", gateway: lan, first: "docker-nat-not-local" },
  { release: "2026.3.13", gateway: lanOfPage, first: "docker-nat-not-local" },
  { release: "2026.9.6", gateway: lan, plugins: false, first: "origin-not-allowed" },
] as const;

describe("fix in containers", { skip: noEngine ?? false }, () => {
  const site = useDockerSite();

  /** A case of a container of its own. `core`: in the core run, too. */
  function inContainer(
    title: string,
    start: (site: DockerSite) => Promise<Claw>,
    act: (claw: Claw, t: TestContext) => Promise<void>,
    { core = false, skip }: { readonly core?: boolean; readonly skip?: string | undefined } = {},
  ): void {
    if ((CORE && !core) || !only.test(title)) return;
    test(title, { skip: skip ?? false }, async (t) => {
      const claw = await start(site);
      try {
        await act(claw, t);
      } finally {
        await claw.remove();
      }
    });
  }

  const told = (story: Story) => async (claw: Claw, t: TestContext) => {
    await claw.says(LISTENS);
    await tell(site, claw, story, t);
  };

  for (const { first, ...settings } of CLASSIC) {
    const { release } = settings;
    const story = { target: "docker:claw", first };
    inContainer(
      `${release} behind a published port, started by docker run`,
      () => site.contained({ name: "claw", ...settings }),
      told(story),
      { core: release === "2026.9.6" },
    );
    const cli = release === "2026.2.1" ? "own network" : "gateway's network";
    // Two gates in turn on 2026.3.13, which ends for the first and is started again by the engine.
    const [composed, named] =
      release === "2026.3.13" ? [{ release, gateway: lan }, "origin-not-allowed"] : [settings, first];
    inContainer(
      `${release} as a Compose service beside a CLI's`,
      () => site.composed({ project: "claw", cli, ...composed }),
      told({ target: "compose:claw/openclaw-gateway", first: named }),
      { skip: noCompose },
    );
  }

  inContainer(
    "the printed lines, with the user's own service names, do it",
    () =>
      site.composed({
        project: "my-claw",
        services: ["brain", "brain-tools"],
        release: "2026.3.13",
        cli: "gateway's network",
        gateway: lan,
      }),
    async (claw, t) => {
      await claw.says(LISTENS);
      await claw.answered();
      // The origin, and then the device that the page asks for.
      for (let round = 0; round < 2; round += 1) {
        const document = await site.diagnosed("compose:my-claw/brain");
        const lines = commandsOf(document.findings[0]).filter((line) => line.startsWith("docker "));
        assert.ok(lines.length > 0, JSON.stringify(document.findings));
        const { pending } = await claw.state();
        const request = pending[0]?.split(" ")[1] ?? "";
        for (const line of lines) {
          t.diagnostic(line.replaceAll(/-f \S+ /g, ""));
          assert.match(line, / (?:brain|brain-tools) /);
          await site.shell(line.replace("<requestId>", request));
        }
        await settled(claw);
      }
      await claw.admits();
    },
    { skip: noCompose },
  );

  inContainer(
    "2026.2.1 bound to loopback in its container",
    () => site.contained({ name: "shut", release: "2026.2.1", gateway: { bind: "loopback", auth: AUTH } }),
    told({ target: "docker:shut", first: "bind-loopback-in-container", shut: true }),
  );

  inContainer(
    "2026.3.13 in a container without a shell, its state in a volume",
    () =>
      site.contained({
        name: "bare",
        release: "2026.3.13",
        shell: false,
        state: "volume",
        gateway: lan,
      }),
    told({ target: "docker:bare", first: "origin-not-allowed" }),
  );

  inContainer(
    "2026.9.6 with a terminal",
    () => site.contained({ name: "shown", release: "2026.9.6", plugins: false, tty: true, gateway: lan }),
    told({ target: "docker:shown", first: "origin-not-allowed" }),
  );

  for (const restart of [true, false])
    inContainer(
      `2026.2.26 that cannot start for want of origins, ${restart ? "again and again" : "and stays down"}`,
      () => site.contained({ name: "loop", release: "2026.2.26", restart, state: "volume", gateway: lan }),
      async (claw, t) => {
        await claw.says(/allowedOrigins/);
        const status = async () => (await claw.container.inspect()).State.Status;
        if (!restart) await until(async () => (await status()) === "exited", 30_000);
        const before = await claw.state();
        const target = "docker:loop";
        const asked = ["--origin", claw.page];
        const plan = await foretold(site, claw, { target, asked, itself: restart });
        assert.equal(plan.finding?.id, "allowed-origins-required-startup", JSON.stringify(plan));

        const { exitCode, document } = await site.fix(target, "loop", [...AGREED, ...asked]);
        t.diagnostic(`${outcomeOf(document)}: ${document.how.join("; ")}`);
        // What the browser meets next is foretold.
        assert.deepEqual([document.outcome, document.gate], ["partly", "pairing"], JSON.stringify(document));
        assert.equal(exitCode, 1);
        assert.match((await claw.answered()).closeReason ?? "", /pairing required/);
        const mended = await claw.state();
        assert.equal(mended.configOwner, before.configOwner);
        assert.deepEqual(newIn(mended.files, before.files).filter(isOurs), []);

        const back = await site.fix(target, "loop", ["--undo", "--yes"]);
        assert.equal(back.document.outcome, "undone", JSON.stringify(back.document));
        const after = await claw.state();
        assert.equal(after.config, before.config);
        assert.equal(after.configOwner, before.configOwner);
        if (restart) await until(async () => (await claw.container.inspect()).RestartCount > 0, 30_000);
        else assert.equal(await status(), "exited", "it is not down any more");
      },
    );

  inContainer(
    "one that was stopped: started when that is asked for, and not before",
    () => site.contained({ name: "still", release: "2026.2.1", gateway: lan }),
    async (claw, t) => {
      await claw.says(LISTENS);
      await claw.container.stop({ t: 5 });
      const before = await claw.state();
      const plan = await foretold(site, claw, { target: "docker:still" });
      t.diagnostic(outcomeOf(plan));
      assert.equal(plan.finding?.id, "gateway-down-or-starting", JSON.stringify(plan));
      assert.match(JSON.stringify(plan), /docker start still/);
      const { document } = await site.fix("docker:still", "still", []);
      assert.match(document.outcome, /^(?:by-hand|declined)$/, JSON.stringify(document));
      const status = async () => (await claw.container.inspect()).State.Status;
      assert.equal(await status(), "exited");
      assert.deepEqual(await claw.state(), before);

      const asked = await site.fix("docker:still", "still", ["--yes"]);
      assert.deepEqual([asked.document.outcome, asked.document.gate], ["partly", "pairing"]);
      assert.match((await claw.answered()).closeReason ?? "", /pairing required/);
      const back = await site.fix("docker:still", "still", ["--undo", "--yes"]);
      assert.equal(back.document.outcome, "undone", JSON.stringify(back.document));
      assert.equal(await status(), "exited");
    },
  );

  for (const configMount of ["ro", "rw"] as const)
    inContainer(
      `2026.9.6 with its config mounted as a file, ${configMount}: left alone, and told where it is`,
      () => site.contained({ name: "held", release: "2026.9.6", plugins: false, configMount, gateway: lan }),
      async (claw) => {
        await claw.says(LISTENS);
        await claw.answered();
        const before = await claw.state();
        const { StartedAt } = (await claw.container.inspect()).State;
        const { exitCode, document } = await site.fix("docker:held", "held", AGREED);
        assert.equal(document.outcome, "by-hand", JSON.stringify(document));
        assert.equal(exitCode, 1);
        const how = configMount === "ro" ? "mounted read-only" : "mounted as a single file";
        assert.ok(document.detail?.includes(`${how} from ${claw.configPath}`), document.detail);
        const after = await claw.state();
        assert.deepEqual([after.config, after.configOwner], [before.config, before.configOwner]);
        assert.deepEqual(newIn(after.files, before.files), []);
        assert.equal((await claw.container.inspect()).State.StartedAt, StartedAt);
      },
    );

  inContainer(
    "a state directory of another user: whose it has to be is told for the mount, and nothing is done",
    () => site.contained({ name: "owned", release: "2026.2.1", restart: true, uid: 0, gateway: lan }),
    async (claw) => {
      await claw.says(/EACCES/);
      const before = await claw.state();
      const { exitCode, document } = await site.fix("docker:owned", "owned", AGREED);
      assert.equal(document.finding?.id, "state-permissions", JSON.stringify(document));
      assert.equal(document.outcome, "by-hand");
      assert.equal(exitCode, 1);
      assert.match(JSON.stringify(document.byHand), new RegExp(claw.stateDir));
      assert.doesNotMatch(JSON.stringify(document.byHand), /--user|-u root/);
      assert.deepEqual(await claw.state(), before);
    },
  );

  inContainer(
    "killed at any instant, it is recognised and taken back",
    () => site.contained({ name: "claw", release: "2026.9.6", plugins: false, gateway: lan }),
    async (claw, t) => {
      await claw.says(LISTENS);
      const args = ["fix", "--json", "--target", "docker:claw"];
      const { address, host } = site.engine;
      const it: Killable = {
        home: site.home,
        start: () =>
          startDoctor({ args: [...args, ...AGREED], home: site.home, host, env: { DOCKER_HOST: address } }),
        fix: (more) => site.fix("docker:claw", "claw", more),
        config: () => readFileSync(claw.configPath, "latin1"),
        isDone: (config) => config.includes(claw.page),
        refuse: async () => {
          const refused = async () => /origin not allowed/.test((await claw.answered()).closeReason ?? "");
          assert.ok(await until(refused, 60_000, 500), "it is let in");
        },
      };
      const before = await claw.state();
      await killed(it, 8, t);
      const after = await claw.state();
      assert.equal(after.configOwner, before.configOwner);
      assert.deepEqual(newIn(after.files, before.files).filter(isOurs), [], "something of ours is left");
    },
  );
});

/** After a change 2026.3.13 ends, and may do so again once it is up: a line that runs meanwhile ends with it. */
async function settled(claw: Claw): Promise<void> {
  let since = Date.now();
  let last = "";
  const isSteady = async (): Promise<boolean> => {
    const { Running, StartedAt } = (await claw.container.inspect()).State;
    if (!Running || StartedAt !== last) since = Date.now();
    last = StartedAt;
    return Date.now() - since > 10_000;
  };
  assert.ok(await until(isSteady, 120_000, 500), "it starts again and again");
  await claw.answered();
}

const newer = CORE || noEngine !== undefined ? undefined : await newerEngine();

if (!CORE && only.test("Docker 26"))
  describe("fix on Docker 26", {
    skip: newer === undefined ? "no Docker 26 for this machine" : false,
  }, () => {
    const site = useDockerSite(() => startEngine(newer));

    for (const { first, ...settings } of CLASSIC.slice(-2))
      test(`${settings.release} behind a published port, started by docker run`, async (t) => {
        const claw = await site.contained({ name: "claw", ...settings });
        try {
          await claw.says(LISTENS);
          await tell(site, claw, { target: "docker:claw", first }, t);
        } finally {
          await claw.remove();
        }
      });
  });
