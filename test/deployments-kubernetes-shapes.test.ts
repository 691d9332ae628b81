// The shapes of public charts, manifests and operators (fixtures/kubernetes): which container is the gateway, where its
// config comes from, and what is found first of one that runs as its chart makes it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { collect } from "../src/core/collect.ts";
import { unknown } from "../src/core/fact.ts";
import { say } from "../src/core/saying.ts";
import { openPod } from "../src/deployments/kubernetes/open.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { LIVE_FACTS } from "../src/doctor/live/live-facts.ts";
import { Live } from "../src/doctor/live/look.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { collectOptions } from "../src/doctor/pure/derived.ts";
import { type Json, type StubCluster, stubCluster } from "./support/cluster.ts";
import { UNHURRIED } from "./support/until.ts";

const directory = path.resolve(fileURLToPath(new URL("../fixtures/kubernetes", import.meta.url)));

interface Shape {
  readonly about: string;
  readonly workload: string;
  /** By the path of its list and its name. */
  readonly objects: Readonly<Record<string, Json>>;
  readonly expected: {
    readonly container: string;
    readonly workload: string;
    readonly taken: string | null;
    readonly state: string;
    readonly owner?: string;
    readonly findings: readonly string[];
  };
}

/** Somebody came through a port-forward, and was let in. */
const LOG =
  "2026-11-30T10:41:02.118+00:00 [ws] webchat connected conn=2b0f7a11-5a37-4f4e-9d0e-0a3f2a54c1de remote=127.0.0.1 client=openclaw-control-ui webchat v2026.3.13\n";

const clusters: StubCluster[] = [];
after(() => Promise.all(clusters.map((one) => one.close())));

for (const file of readdirSync(directory).sort()) {
  const shape = JSON.parse(readFileSync(path.join(directory, file), "utf8")) as Shape;
  test(`${path.basename(file, ".json")}: ${shape.about}`, async () => {
    const cluster = await stubCluster();
    clusters.push(cluster);
    // As the reading Role has it.
    cluster.denied.add("get pods/exec");
    cluster.denied.add("get pods/portforward");
    for (const [key, object] of Object.entries(shape.objects)) {
      cluster.objects.set(key, object);
      if (key.startsWith("pods/")) cluster.logs.set(key.slice("pods/".length), LOG);
    }
    const world = nodeWorld({ env: { KUBECONFIG: cluster.kubeconfig, PATH: process.env.PATH ?? "" } });
    const target = { kind: "kubernetes", namespace: "openclaw", workload: { name: shape.workload } } as const;
    const found = await openPod({ world, salt: "salt", target });
    assert.ok(found.known, JSON.stringify(found));
    const { deployment } = found.value;
    const engine = deployment.workload?.engine;
    assert.ok(engine?.kind === "kubernetes");
    const { expected } = shape;
    assert.equal(deployment.names.container, expected.container);
    assert.equal(deployment.names.workload, expected.workload);
    assert.equal(engine.configMap?.taken ?? null, expected.taken);
    assert.equal(engine.configMap?.owner?.by, expected.owner);
    assert.equal(deployment.workload?.stateDir?.on, expected.state);
    const live = new Live({
      target,
      world,
      salt: "salt",
      release: unknown("not-asked", say("nobody-said")),
      asBrowser: false,
      allowPlaintextToken: false,
      insecureTls: false,
      timeoutMs: UNHURRIED,
    });
    const report = reportOf(
      await collect(LIVE_FACTS, live.collectors(), collectOptions(new AbortController().signal)),
      {},
    );
    assert.deepEqual(
      report.findings.map(({ id, severity }) => `${id} (${severity})`),
      expected.findings,
    );
  });
}
