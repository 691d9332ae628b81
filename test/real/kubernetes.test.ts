// Gateways in the pods of a real cluster, looked at and mended through its API: no kubectl is asked by the doctor.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { FleetLine } from "../../src/report/fleet.ts";
import { startFleet } from "../support/fleet.ts";
import { ingressCases } from "./kubernetes/ingress.ts";
import { initCopyCases } from "./kubernetes/init-copy.ts";
import { replicaCases } from "./kubernetes/replicas.ts";
import { AGREED, AUTH, NOT_IN_CORE, READ_ONLY, useKubeSite, writeOwnConfig } from "./kubernetes/site.ts";
import { REPOSITORY } from "./rig/agent.ts";
import { deployment, type Manifest, podParts, service, whyNoCluster, withDoctor } from "./rig/cluster.ts";
import { type Forwarder, startForwarder } from "./rig/forwarder.ts";
import { TOKEN } from "./rig/gateway.ts";
import { IMAGE } from "./rig/image.ts";
import { progress, until } from "./rig/processes.ts";

const missing = await whyNoCluster();

describe("a gateway in a cluster", { skip: missing ?? false, timeout: 3_000_000 }, () => {
  const site = useKubeSite();

  test("refused over the cluster's network, told by its log, approved through the API, and taken back", async () => {
    const { spec, stateDir } = await podParts(site.cluster, "2026.2.1");
    writeOwnConfig(stateDir, { bind: "lan", auth: AUTH });
    await site.cluster.apply(deployment("claw", spec), service("claw"));
    await site.ready("claw");
    assert.match((await site.answered("claw")).closeReason ?? "", /pairing required/);

    const said = await site.diagnosed("claw");
    progress(
      JSON.stringify({
        findings: said.findings.map(({ id, confidence }) => [id, confidence]),
        missing: said.missing,
        names: said.deployment?.names,
      }),
    );
    assert.equal(said.findings[0]?.id, "kubernetes-exposure");
    assert.equal(said.gateway.version, "2026.2.1");
    assert.deepEqual(said.missing, []);
    assert.equal(said.deployment?.pod?.state, "running");
    assert.equal(said.deployment?.pod?.services.length, 1);
    const line = said.findings[0]?.remedies
      .flatMap((remedy) => JSON.stringify(remedy))
      .find((text) => text.includes("devices approve"));
    assert.match(
      line ?? "",
      new RegExp(
        `kubectl -n ${site.cluster.namespace} exec deploy/claw -c gateway -- node openclaw\\.mjs devices approve`,
      ),
    );

    const shown = await site.fix("claw", ["--remedy", "approve-device", "--dry-run"]);
    const request = shown.requests[0]?.requestId ?? "";
    const fixed = await site.fix("claw", ["--remedy", "approve-device", "--request", request, ...AGREED]);
    progress(JSON.stringify(fixed).slice(0, 1500));
    assert.equal(fixed.outcome, "kept");
    assert.ok((await site.browser("claw")).admitted);
    const undone = await site.fix("claw", ["--undo", "--yes"]);
    assert.equal(undone.outcome, "undone");
    assert.ok(!(await site.browser("claw")).admitted);
  });

  test("a diagnosis beside `kubectl get pods,svc -o json`", NOT_IN_CORE, async () => {
    const took = async (work: () => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let at = 0; at < 3; at += 1) {
        const began = performance.now();
        await work();
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b)[1] ?? 0;
    };
    const plain = await took(() => site.cluster.kubectl("get", "pods,svc", "-o", "json"));
    const start = await took(() => site.doctor(["checks"]));
    const whole = await took(() => site.diagnosed("claw"));
    const ratio = (ms: number) => `${Math.round(ms)} ms, ${(ms / plain).toFixed(1)} x`;
    progress(
      `kubectl ${Math.round(plain)} ms; the doctor's start ${ratio(start)}; a diagnosis ${ratio(whole)}`,
    );
    // No bound for a machine's speed: what is asked of the API is counted in test/kubernetes-roles.test.ts.
    assert.ok(whole > start);
  });

  test("what a Role does not allow is undetermined, with the rule that allows it", async () => {
    const readOnly = await site.cluster.accountWith("reader", READ_ONLY);
    const said = await site.diagnosed("claw", { kubeconfig: readOnly });
    assert.equal(said.findings[0]?.id, "kubernetes-exposure");
    const config = said.missing?.find(({ fact }) => fact === "config");
    assert.equal(config?.reason, "denied");
    assert.match(config?.provide ?? "", /resources: \["pods\/exec"\]/);
    const probe = said.missing?.find(({ fact }) => fact === "probe");
    assert.match(probe?.provide ?? "", /resources: \["pods\/portforward"\]/);
    const nobody = await site.cluster.accountWith("nobody", []);
    const shut = await site.diagnosed("claw", { kubeconfig: nobody });
    assert.equal(shut.verdict, "undetermined");
    assert.match(JSON.stringify(shut.missing), /resources: \[\\"pods\\"\], verbs: \[\\"list\\"\]/);
  });

  /** Its last line, once a Job has ended. */
  async function ended(name: string): Promise<{ readonly isGood: boolean; readonly last: string }> {
    const status = () =>
      site.cluster.kubectl("get", "job", name, "-o", "jsonpath={.status.succeeded}/{.status.failed}");
    await until(async () => /\d/.test(await status()), 180_000, 2000);
    const text = await site.cluster.kubectl("logs", `job/${name}`, "--tail=1");
    return { isGood: (await status()).startsWith("1"), last: text.trim() };
  }

  test(
    "the smoke Job of the documentation passes a good roll-out, and fails a bad one with a last line that says why",
    NOT_IN_CORE,
    async () => {
      const [, , cron] = parseAllDocuments(
        readFileSync(path.join(REPOSITORY, "docs/examples/kubernetes-cronjob.yaml"), "utf8"),
      ).map((one) => one.toJS() as { spec: { jobTemplate: { spec: { template: { spec: Manifest } } } } });
      const job = cron?.spec.jobTemplate.spec;
      assert.ok(job);
      await site.cluster.accountWith("pairing-doctor", READ_ONLY);
      const stringData = { token: TOKEN };
      await site.cluster.apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "openclaw" },
        stringData,
      });
      for (const [name, expect] of [
        ["smoke-good", "pairing-required"],
        ["smoke-bad", "connected"],
      ] as const) {
        const pod = await withDoctor(job.template.spec);
        const [container = {}] = pod.containers as Manifest[];
        const args = (container.args as string[]).map((arg) =>
          arg
            .replace("openclaw/openclaw", `${site.cluster.namespace}/claw`)
            .replace("pairing-required", expect),
        );
        const spec = { ...job, template: { spec: { ...pod, containers: [{ ...container, args }] } } };
        await site.cluster.apply({ apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec });
      }
      const good = await ended("smoke-good");
      const bad = await ended("smoke-bad");
      progress(JSON.stringify({ good, bad }));
      assert.ok(good.isGood);
      assert.ok(!bad.isGood);
      assert.match(bad.last, /^FAIL: .+ \([a-z-]+\) \(ws:\/\//);
      await site.cluster.remove("job/smoke-good", "job/smoke-bad");
    },
  );

  test(
    "four pods over forty gateways say what one pod says, also when one of them is deleted half-way",
    NOT_IN_CORE,
    async () => {
      // Whoever is in a pod reaches this machine at the address of the bridge.
      const node = await site.cluster.kubectl(
        "get",
        "nodes",
        "-o",
        "jsonpath={.items[0].status.addresses[0].address}",
      );
      const ways: Forwarder[] = [];
      const fleet = await startFleet(40, 8, {
        tokens: "tokens",
        latencyMs: 150,
        through: async (port, isUp) => {
          if (isUp)
            ways.push(
              await startForwarder({ listenHost: node, listenPort: port, toHost: "127.0.0.1", toPort: port }),
            );
          return `ws://${node}:${port}`;
        },
      });
      try {
        const files = readdirSync(path.join(fleet.directory, "tokens"));
        const token = (file: string) => readFileSync(path.join(fleet.directory, "tokens", file), "utf8");
        const stringData = Object.fromEntries(files.map((file) => [file, token(file)]));
        await site.cluster.apply({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "tokens" },
          stringData,
        });
        const report = async (name: string) => {
          const { stdout } = await site.doctor([
            "fleet",
            "report",
            `k8s:${site.cluster.namespace}/${name}`,
            "--json",
          ]);
          const lines = stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as FleetLine);
          const shape = lines
            .filter((line) => line.kind === "fleet-gateway")
            .map(({ name: one, verdict, findings }) => `${one} ${verdict} ${findings.map(({ id }) => id)}`);
          return { shape, summary: lines.find((line) => line.kind === "fleet-summary") };
        };
        for (const [name, shares] of [
          ["whole", "1"],
          ["shared", "4"],
        ] as const) {
          const wish = [
            "--shares",
            shares,
            "--name",
            name,
            "--namespace",
            site.cluster.namespace,
            "--image",
            IMAGE,
          ];
          const how = ["--job-per-share", "--tokens-from", "tokens", "--concurrency", "2"];
          const { stdout } = await site.doctor(["fleet", "manifest", fleet.file, ...wish, ...how]);
          const manifests = parseAllDocuments(stdout).map((one) => one.toJS() as Manifest);
          for (const manifest of manifests) {
            const { spec } = manifest as { spec?: { template: { spec: Manifest } } };
            if (spec !== undefined) spec.template.spec = await withDoctor(spec.template.spec);
          }
          await site.cluster.apply(...manifests);
          if (name === "shared") {
            // The pod of a share that has begun to tell.
            const log = () => site.cluster.kubectl("logs", "job/shared-1", "--tail=5").catch(() => "");
            await until(async () => (await log()).includes("fleet-gateway"), 120_000, 500);
            const pods = [
              "get",
              "pods",
              "-l",
              "job-name=shared-1",
              "-o",
              "jsonpath={.items[0].metadata.name}",
            ];
            await site.cluster.kubectl(
              "delete",
              "pod",
              await site.cluster.kubectl(...pods),
              "--grace-period=0",
              "--force",
            );
          }
          for (let at = 0; at < Number(shares); at += 1)
            assert.ok((await ended(`${name}-${at}`)).isGood, `${name}-${at}`);
        }
        const [whole, shared] = [await report("whole"), await report("shared")];
        progress(JSON.stringify({ whole: whole.summary, shared: shared.summary }));
        assert.equal(whole.shape.length, 40);
        assert.deepEqual(shared.shape, whole.shape);
        assert.deepEqual(shared.summary?.unreported, []);
        for (const [name, { verdict, finding }] of fleet.expected)
          if (finding !== undefined)
            assert.ok(
              shared.shape.some((line) => line.startsWith(`${name} ${verdict} ${finding}`)),
              name,
            );
      } finally {
        for (const way of ways) await way.close();
        await fleet.close();
      }
    },
  );

  test(
    "a config that is a ConfigMap's: the change is made there and rolled out, watched, and taken back",
    NOT_IN_CORE,
    async () => {
      await site.cluster.kubectl("scale", "deploy/claw", "--replicas=0");
      const { spec, installed } = await podParts(site.cluster, "2026.9.6");
      const text = `${JSON.stringify({ gateway: { mode: "local", port: 18_789, bind: "lan", auth: AUTH, controlUi: { allowedOrigins: ["https://other.test"] } } }, null, 2)}\n`;
      const [container] = spec.containers;
      const mounts = (container as { volumeMounts: object[] }).volumeMounts;
      mounts.push({
        name: "config",
        mountPath: "/home/node/.openclaw/openclaw.json",
        subPath: "openclaw.json",
      });
      await site.cluster.apply(
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "mapped-config" },
          data: { "openclaw.json": text },
        },
        deployment("mapped", {
          ...spec,
          volumes: [...spec.volumes, { name: "config", configMap: { name: "mapped-config" } }],
        }),
        service("mapped"),
      );
      await site.ready("mapped");
      const origin = "https://claw.example.test";
      const page = { origin, ...(installed.uiBuild === undefined ? {} : { buildId: installed.uiBuild }) };
      const refused = await site.answered("mapped", page);
      assert.match(JSON.stringify(refused), /origin not allowed/i);
      const fixed = await site.fix("mapped", [
        "--origin",
        origin,
        "--remedy",
        "add-allowed-origin",
        ...AGREED,
      ]);
      progress(JSON.stringify(fixed).slice(0, 2500));
      // The page is not paired yet, which waits behind the origin.
      assert.match(fixed.outcome, /^(?:kept|partly)$/);
      const now = await site.cluster.kubectl(
        "get",
        "configmap",
        "mapped-config",
        "-o",
        "jsonpath={.data.openclaw\\.json}",
      );
      assert.match(now, /claw\.example\.test/);
      assert.doesNotMatch(JSON.stringify(await site.browser("mapped", page)), /origin not allowed/i);
      await site.fix("mapped", ["--undo", "--yes"]);
      const back = await site.cluster.kubectl(
        "get",
        "configmap",
        "mapped-config",
        "-o",
        "jsonpath={.data.openclaw\\.json}",
      );
      assert.equal(back, text);
      await site.cluster.remove("deploy/mapped");
    },
  );

  test(
    "one that does not start for want of origins: its last words, and the cause",
    NOT_IN_CORE,
    async () => {
      const { spec, stateDir } = await podParts(site.cluster, "2026.2.26", { args: ["--bind", "lan"] });
      writeOwnConfig(stateDir, { auth: AUTH });
      await site.cluster.apply(deployment("crash", spec), service("crash"));
      await site.restarted("crash");
      const said = await site.diagnosed("crash");
      progress(
        JSON.stringify({ findings: said.findings.map(({ id }) => id), pod: said.deployment?.pod?.lastLines }),
      );
      assert.equal(said.findings[0]?.id, "allowed-origins-required-startup");
      await site.cluster.remove("deploy/crash");
    },
  );

  for (const release of ["2026.2.1", "2026.9.6"])
    test(
      `openclaw ${release} on a volume of another owner: the cause, with both numbers`,
      NOT_IN_CORE,
      async () => {
        const { spec, stateDir } = await podParts(site.cluster, release, { owner: 0 });
        writeOwnConfig(stateDir, { auth: AUTH }, 0);
        await site.cluster.apply(deployment("owned", spec));
        await site.restarted("owned");
        const said = await site.diagnosed("owned");
        progress(
          JSON.stringify({
            findings: said.findings.map(({ id }) => id),
            pod: said.deployment?.pod?.lastLines,
          }),
        );
        assert.equal(said.findings[0]?.id, "state-permissions");
        await site.cluster.remove("deploy/owned");
      },
    );

  initCopyCases(site);
  ingressCases(site);
  replicaCases(site);
});
