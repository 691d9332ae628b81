// A selection of a cluster's gateways, and the logs of a fleet's pods, against an API server over loopback.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { type EmbeddedGateway, startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import type { FleetGateway } from "../src/report/fleet.ts";
import { here } from "./support/cli.ts";
import {
  deploymentObject,
  type Json,
  kubeconfigText,
  podObject,
  type StubCluster,
  stubCluster,
} from "./support/cluster.ts";

const TOKEN = "fleet-pod-token-6e21b7";

describe("gateways of a cluster", () => {
  let cluster: StubCluster;
  let gateway: EmbeddedGateway;
  before(async () => {
    cluster = await stubCluster();
    gateway = await startEmbeddedGateway({
      release: "2026.5.28",
      config: { gateway: { auth: { mode: "token", token: TOKEN } } },
      admit,
    });
    cluster.ports.set(18_789, gateway.port);
    // `claw-a` and `claw-b` run a gateway, `page` does not.
    for (const [name, labels, container] of [
      ["claw-a", { app: "claw-a", tier: "gold" }, {}],
      ["claw-b", { app: "claw-b", tier: "tin" }, {}],
      [
        "page",
        { app: "page", tier: "gold" },
        { image: "nginx:1", command: [], ports: [], env: [], volumeMounts: [] },
      ],
    ] as const) {
      const pod = podObject({
        name: `${name}-1-x`,
        container,
        labels: { ...labels, "pod-template-hash": "1" },
      });
      (pod.metadata as Json).ownerReferences = [{ kind: "ReplicaSet", name: `${name}-1`, controller: true }];
      cluster.objects.set(`pods/${name}-1-x`, pod);
      const spec = pod.spec as Json;
      const deployment = deploymentObject(spec);
      cluster.objects.set(`deployments/${name}`, {
        ...deployment,
        metadata: { ...(deployment.metadata as Json), name },
      });
      cluster.logs.set(`${name}-1-x`, "listening on\n");
    }
  });
  after(async () => {
    await gateway.close();
    await cluster.close();
  });

  async function looked(args: readonly string[]) {
    const { code, stdout, stderr } = await here(["fleet", ...args, "--json"], {
      env: { KUBECONFIG: cluster.kubeconfig },
    });
    const lines = stdout
      .split("\n")
      .filter((line) => line.includes('"fleet-gateway"'))
      .map((line) => JSON.parse(line) as FleetGateway)
      .sort((a, b) => (a.target < b.target ? -1 : 1));
    return { code, stderr, targets: lines.map(({ target }) => target), lines };
  }

  test("a namespace stands for every gateway in it, and what is no gateway is none", async () => {
    const { targets, lines } = await looked(["--namespace", "openclaw"]);
    assert.deepEqual(targets, ["k8s:openclaw/deploy/claw-a", "k8s:openclaw/deploy/claw-b"]);
    assert.ok(lines.every(({ entry, entries }) => entry === 0 && entries === 1));
    // By the wire, over a port-forward.
    assert.ok(
      lines.every(({ gateway: { versionRange } }) => versionRange !== undefined),
      JSON.stringify(lines),
    );
  });

  test("so does its line in a list, beside others; labels select", async () => {
    const list = path.join(cluster.directory, "list.txt");
    writeFileSync(list, `k8s:openclaw\n${gateway.url}\n`);
    const { targets } = await looked([list]);
    assert.deepEqual(targets, ["k8s:openclaw/deploy/claw-a", "k8s:openclaw/deploy/claw-b", gateway.url]);
    assert.deepEqual((await looked(["--selector", "tier=gold", "-n", "openclaw"])).targets, [
      "k8s:openclaw/deploy/claw-a",
    ]);
    assert.deepEqual((await looked(["--selector", "tier=tin"])).targets, ["k8s:openclaw/deploy/claw-b"]);
  });

  test("the cluster is another one with --context, and its credential plugin runs once for all", async () => {
    const plugin = path.join(cluster.directory, "plugin");
    const ran = path.join(cluster.directory, "ran");
    const credential = { kind: "ExecCredential", status: { token: "stub-cluster-bearer-5d1c0b" } };
    writeFileSync(plugin, `#!/bin/sh\necho x >> ${ran}\necho '${JSON.stringify(credential)}'\n`, {
      mode: 0o755,
    });
    const user = {
      exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, interactiveMode: "Never" },
    };
    const config = JSON.parse(kubeconfigText("other", cluster.url, user)) as Json;
    const file = path.join(cluster.directory, "two-contexts");
    writeFileSync(file, JSON.stringify({ ...config, "current-context": "none" }));
    const list = path.join(cluster.directory, "both.txt");
    writeFileSync(list, "k8s:openclaw/claw-a\nk8s:openclaw/claw-b\nk8s:other/openclaw/deploy/claw-a\n");
    const { stdout } = await here(["fleet", list, "--context", "other", "--json"], {
      env: { KUBECONFIG: file, PATH: process.env.PATH ?? "" },
    });
    const lines = stdout.split("\n").filter((line) => line.includes('"fleet-gateway"'));
    assert.equal(lines.length, 3);
    assert.ok(
      lines.every((line) => (JSON.parse(line) as FleetGateway).gateway.versionRange !== undefined),
      stdout,
    );
    assert.equal(readFileSync(ran, "utf8"), "x\n");
  });

  test("one gateway of another cluster: --context, before the target or alone", async () => {
    const config = JSON.parse(kubeconfigText("other", cluster.url)) as Json;
    const file = path.join(cluster.directory, "elsewhere");
    writeFileSync(file, JSON.stringify({ ...config, "current-context": "none" }));
    const env = { KUBECONFIG: file };
    const target = ["--target", "k8s:openclaw/claw-a"];
    const named = await here(["--context", "other", ...target, "--json"], { env });
    assert.equal((JSON.parse(named.stdout) as { target: { name: string } }).target.name, "claw-a-1-x");
    assert.match((await here([...target, "--json"], { env })).stdout, /has no such context \(none\)/);
    const alone = await here(["--context", "other", "--json"], { env });
    assert.match(alone.stdout, /several workloads fit: openclaw\/deploy\/claw-a/);
    const { code, stderr } = await here(["--context", "other", "--target", "local"], { env });
    assert.equal(code, 2);
    assert.match(stderr, /a context is of a cluster's workload/);
  });

  test("what may not be listed, or is not there, is one line that says so", async () => {
    cluster.denied.add("list pods");
    const denied = await looked(["-n", "openclaw"]);
    cluster.denied.delete("list pods");
    assert.equal(denied.code, 3);
    assert.match(denied.lines[0]?.missing[0]?.detail ?? "", /not allowed to list pods/);
    const none = await looked(["--selector", "tier=none", "-n", "openclaw"]);
    assert.equal(none.code, 3);
    assert.match(none.lines[0]?.missing[0]?.detail ?? "", /no workload seems to run a gateway/);
  });

  test("a report gathers the logs of a fleet's pods; one without a log does no harm", async () => {
    const { stdout } = await here(["fleet", "-n", "openclaw", "--json"], {
      env: { KUBECONFIG: cluster.kubeconfig },
    });
    for (const [pod, log] of [
      ["fleet-0-a", stdout.split("\n")[0]],
      ["fleet-0-b", stdout],
      ["fleet-1-a", undefined],
    ] as const) {
      const labels = { "pairing-doctor/fleet": "nightly" };
      const object = podObject({ name: pod, labels });
      (object.metadata as Json).ownerReferences = [{ kind: "Job", name: "nightly", controller: true }];
      cluster.objects.set(`pods/${pod}`, object);
      if (log !== undefined) cluster.logs.set(pod, `npm notice\n${log}\n`);
    }
    const env = { KUBECONFIG: cluster.kubeconfig };
    const report = await here(["fleet", "report", "k8s:openclaw/nightly", "--json"], { env });
    assert.equal(report.stdout.split("\n").filter((line) => line.includes('"fleet-gateway"')).length, 2);
    const other = await here(["fleet", "report", "k8s:openclaw/weekly"], { env });
    assert.equal(other.code, 2);
    assert.match(other.stderr, /no pod of the fleet weekly is there/);
    cluster.denied.add("get pods/log");
    const denied = await here(["fleet", "report", "k8s:openclaw/nightly"], { env });
    cluster.denied.delete("get pods/log");
    assert.match(denied.stderr, /not allowed to get pods\/log/);
  });
});
