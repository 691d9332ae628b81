// The Roles of the documentation: they hold what is asked for, no more, no wildcard and no Secret.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { editConfig } from "../src/config/edit.ts";
import { openPod } from "../src/deployments/kubernetes/open.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import {
  deploymentObject,
  fill,
  type Json,
  NAMESPACE,
  podObject,
  podSpec,
  type StubCluster,
  stubCluster,
} from "./support/cluster.ts";

const docs = path.resolve(fileURLToPath(new URL("../docs/kubernetes", import.meta.url)));

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function rulesOf(name: "read-role" | "fix-role"): readonly Rule[] {
  const role = parse(readFileSync(path.join(docs, `${name}.yaml`), "utf8")) as {
    readonly kind: string;
    readonly rules: readonly Rule[];
  };
  assert.equal(role.kind, "Role");
  return role.rules;
}

const READ = rulesOf("read-role");
const FIX = rulesOf("fix-role");
const clusters: StubCluster[] = [];
after(() => Promise.all(clusters.map((one) => one.close())));

/** A look at a gateway with nothing but these rules: what was refused. */
async function refusedWith(
  rules: readonly Rule[],
  change: boolean,
): Promise<{ readonly refused: readonly string[]; readonly calls: readonly string[] }> {
  const cluster = await stubCluster();
  clusters.push(cluster);
  cluster.rules = rules as unknown as readonly Json[];
  const state = path.join(cluster.directory, "state");
  mkdirSync(path.join(state, "devices"), { recursive: true });
  writeFileSync(path.join(state, "openclaw.json"), '{"gateway":{"bind":"lan"}}');
  writeFileSync(path.join(state, "devices/pending.json"), "{}");
  cluster.env = { OPENCLAW_STATE_DIR: state, HOME: cluster.directory };
  const spec = podSpec({
    volumeMounts: [
      { name: "home", mountPath: state },
      { name: "config", mountPath: path.join(state, "openclaw.json"), subPath: "openclaw.json" },
    ],
    env: [{ name: "OPENCLAW_STATE_DIR", value: state }],
  });
  (spec.volumes as Json[]).push({ name: "config", configMap: { name: "openclaw-config" } });
  fill(cluster, podObject({ spec }));
  const deployment = deploymentObject(spec);
  cluster.objects.set("deployments/openclaw", deployment);
  cluster.objects.set("configmaps/openclaw-config", {
    metadata: { name: "openclaw-config", resourceVersion: "1" },
    data: { "openclaw.json": '{"gateway":{"bind":"lan"}}' },
  });
  cluster.logs.set("openclaw-866cf46ddf-fhq2t", "listening on\n");
  cluster.onRollout = () => {
    (deployment.status as Json).observedGeneration = (deployment.metadata as Json).generation;
  };
  const world = nodeWorld({ env: { KUBECONFIG: cluster.kubeconfig, PATH: process.env.PATH ?? "" } });
  const target = { kind: "kubernetes", namespace: NAMESPACE, workload: { name: "openclaw" } } as const;
  const found = await openPod({ world, salt: "salt", target });
  assert.ok(found.known, JSON.stringify(found));
  const { access, reach } = found.value;
  assert.ok((await access.logs()).known);
  assert.ok((await access.config()).known);
  if (change) {
    assert.ok((await reach(18_789)).known);
    assert.ok((await access.devices()).known);
    const changer = await access.changer?.({ edit: editConfig });
    assert.ok(changer?.known, JSON.stringify(changer));
    const never = new AbortController().signal;
    const set = await changer.value.perform(
      { do: "config.set", key: "gateway.bind", value: "loopback" },
      never,
    );
    assert.ok(set.known, JSON.stringify(set));
    const restarted = await changer.value.perform({ do: "gateway.restart" }, never);
    assert.ok(restarted.known, JSON.stringify(restarted));
  }
  return { refused: [...cluster.refused].sort(), calls: cluster.calls };
}

test("no wildcard, no Secret, nothing cluster-wide", () => {
  for (const { apiGroups, resources, verbs } of [...READ, ...FIX])
    for (const word of [...apiGroups, ...resources, ...verbs])
      assert.doesNotMatch(word, /\*|secret|escalate|bind|delete/);
  for (const { verbs } of READ)
    assert.deepEqual(
      verbs.filter((verb) => verb !== "get" && verb !== "list"),
      [],
    );
});

test("with the reading Role everything is read but what is inside the pod, and nothing is written", async () => {
  const { refused, calls } = await refusedWith(READ, false);
  assert.deepEqual(refused, [
    "create pods/exec",
    "create pods/portforward",
    "get pods/exec",
    "get pods/portforward",
  ]);
  assert.ok(!calls.some((call) => call.startsWith("PATCH") || call.startsWith("UPGRADE")));
  // Nothing is asked for twice, the search for the workload included.
  const read = calls.filter((call) => call.startsWith("GET"));
  assert.deepEqual(read.sort(), [...new Set(read)].sort());
});

test("with both, a config of a ConfigMap is changed and rolled out, and nothing is refused", async () => {
  const { refused } = await refusedWith([...READ, ...FIX], true);
  assert.deepEqual(refused, []);
});
