// A gateway in a pod, changed through its cluster's API: in its files, or where its config is made.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { editConfig } from "../src/config/edit.ts";
import type { Changer } from "../src/core/change.ts";
import type { Fact } from "../src/core/fact.ts";
import { inEnglish } from "../src/core/saying.ts";
import { kubeApi, MAX_ANSWER } from "../src/deployments/kubernetes/api.ts";
import { clusterAccess } from "../src/deployments/kubernetes/kubeconfig.ts";
import { openPod } from "../src/deployments/kubernetes/open.ts";
import { rolloutRestart } from "../src/deployments/kubernetes/rollout.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import type { Candidate } from "../src/kinds/kubernetes/workloads.ts";
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

const never = new AbortController().signal;
const SET = {
  do: "config.set",
  key: "gateway.controlUi.allowedOrigins",
  value: ["https://claw.example.test"],
} as const;
const CONFIG = '{\n  // kept\n  "gateway": { "bind": "lan", "auth": { "mode": "token" } }\n}\n';
const POD = "openclaw-866cf46ddf-fhq2t";
const clusters: StubCluster[] = [];
let cluster: StubCluster;

beforeEach(async () => {
  cluster = await stubCluster();
  clusters.push(cluster);
});
after(() => Promise.all(clusters.map((one) => one.close())));

const world = () => nodeWorld({ env: { KUBECONFIG: cluster.kubeconfig, PATH: process.env.PATH ?? "" } });

async function change(): Promise<Fact<Changer>> {
  const target = { kind: "kubernetes", namespace: NAMESPACE, workload: { name: "openclaw" } } as const;
  const found = await openPod({ world: world(), salt: "salt", target });
  assert.ok(found.known, JSON.stringify(found));
  const made = await found.value.access.changer?.({ edit: editConfig });
  assert.ok(made);
  return made;
}

async function changer(): Promise<Changer> {
  const made = await change();
  assert.ok(made.known, JSON.stringify(made));
  return made.value;
}

function stateDirectory(): string {
  const state = path.join(cluster.directory, "state");
  mkdirSync(path.join(state, "devices"), { recursive: true });
  writeFileSync(path.join(state, "openclaw.json"), CONFIG, { mode: 0o640 });
  cluster.env = { OPENCLAW_STATE_DIR: state, HOME: cluster.directory };
  return path.join(state, "openclaw.json");
}

/** Its config is the ConfigMap's, mounted over the file. */
function mapped(metadata: Json = {}): void {
  const spec = podSpec({
    volumeMounts: [
      { name: "home", mountPath: "/home/node/.openclaw" },
      { name: "config", mountPath: "/home/node/.openclaw/openclaw.json", subPath: "openclaw.json" },
    ],
  });
  (spec.volumes as Json[]).push({ name: "config", configMap: { name: "openclaw-config" } });
  fill(cluster, podObject({ spec }));
  cluster.objects.set("deployments/openclaw", deploymentObject(spec));
  cluster.objects.set("configmaps/openclaw-config", {
    metadata: { name: "openclaw-config", resourceVersion: "7", ...metadata },
    data: { "openclaw.json": CONFIG, other: "stays" },
  });
  // Nothing is run in the pod for what is made outside of it.
  cluster.denied.add("create pods/exec");
}

const configMap = () => cluster.objects.get("configmaps/openclaw-config") as { metadata: Json; data: Json };

describe("in the pod's own files", () => {
  test("a key is set by a rename in the pod, comments and mode stay, and the bytes from before come back", async () => {
    fill(cluster);
    const file = stateDirectory();
    const made = await changer();
    const before = await made.readConfig({ whole: true });
    assert.ok(before.known && before.value !== undefined);
    const done = await made.perform(SET, never);
    assert.ok(done.known, JSON.stringify(done));
    const text = readFileSync(file, "utf8");
    assert.match(text, /\/\/ kept/);
    assert.match(text, /claw\.example\.test/);
    assert.equal(statSync(file).mode & 0o777, 0o640);
    const now = await made.readConfig();
    assert.ok(now.known);
    assert.equal(await made.replaceConfig(before.value, "0".repeat(64)), "stale");
    assert.equal(await made.replaceConfig(before.value, now.value?.sha256), "replaced");
    assert.equal(readFileSync(file, "utf8"), CONFIG);
  });

  test("without the right to run programs nothing is changed, and the rule is named", async () => {
    fill(cluster);
    stateDirectory();
    cluster.denied.add("create pods/exec");
    const made = await change();
    assert.ok(!made.known);
    assert.match(made.provide ?? "", /pods\/exec/);
  });
});

describe("where the config is made", () => {
  test("the ConfigMap's key is changed, and nothing else of it; it goes back byte for byte", async () => {
    mapped();
    const made = await changer();
    const before = await made.readConfig();
    assert.ok(before.known && before.value !== undefined);
    const foreseen = await made.foresee?.(SET, never);
    assert.ok(foreseen?.known === true, `${JSON.stringify(foreseen)}`);
    const done = await made.perform(SET, never);
    assert.ok(done.known, JSON.stringify(done));
    assert.match(inEnglish(done.value.how), /the config comes from configmap\/openclaw-config/);
    assert.match(String(configMap().data["openclaw.json"]), /\/\/ kept[\s\S]*claw\.example\.test/);
    assert.equal(configMap().data.other, "stays");
    const now = await made.readConfig();
    assert.ok(now.known);
    assert.equal(await made.replaceConfig(before.value, now.value?.sha256), "replaced");
    assert.equal(configMap().data["openclaw.json"], CONFIG);
    assert.ok(!cluster.calls.some((call) => call.endsWith("/exec")));
  });

  test("one that somebody changes meanwhile is met again, and theirs stays", async () => {
    mapped();
    const made = await changer();
    let wrote = false;
    cluster.answer = (request) => {
      if (request.method === "PATCH" && !wrote) {
        wrote = true;
        configMap().data.theirs = "new";
        configMap().metadata.resourceVersion = "8";
      }
      return false;
    };
    const done = await made.perform(SET, never);
    assert.ok(done.known, JSON.stringify(done));
    assert.equal(configMap().data.theirs, "new");
    assert.match(String(configMap().data["openclaw.json"]), /claw\.example\.test/);
  });

  const owners: readonly (readonly [string, Json, RegExp])[] = [
    ["Helm", { annotations: { "meta.helm.sh/release-name": "claw" } }, /Helm's release claw/],
    [
      "Argo CD",
      { annotations: { "argocd.argoproj.io/tracking-id": "claw:/ConfigMap:x" } },
      /Argo CD's application claw/,
    ],
    ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "apps" } }, /Flux's object apps/],
    [
      "an operator",
      { ownerReferences: [{ kind: "OpenClawInstance", name: "claw" }] },
      /operator's resource OpenClawInstance\/claw/,
    ],
  ];
  for (const [who, metadata, words] of owners)
    test(`what ${who} owns is not changed, and whose it is is said before anything`, async () => {
      mapped(metadata);
      const made = await changer();
      const foreseen = await made.foresee?.(SET, never);
      assert.ok(foreseen !== undefined && !foreseen.known);
      assert.match(foreseen.detail, words);
      const done = await made.perform(SET, never);
      assert.equal(done.known, false);
      assert.equal(configMap().data["openclaw.json"], CONFIG);
    });

  test("without the right to change it, the rule is named and nothing is tried", async () => {
    mapped();
    cluster.denied.add("patch configmaps");
    const made = await change();
    assert.ok(!made.known);
    assert.match(made.provide ?? "", /resources: \["configmaps"\], verbs: \["patch"\]/);
    assert.ok(!cluster.calls.some((call) => call.startsWith("PATCH")));
  });
});

describe("a rollout", () => {
  const LIMITS = { whole: 5000, every: 20 };
  const candidate = (): Candidate => ({
    namespace: NAMESPACE,
    kind: "deploy",
    name: "openclaw",
    controller: cluster.objects.get("deployments/openclaw") as Json,
    pods: [],
    container: "gateway",
  });
  const restart = async (limits = LIMITS) =>
    rolloutRestart(
      kubeApi(await clusterAccess(world(), undefined), { ms: 5000, bytes: MAX_ANSWER }),
      candidate(),
      never,
      limits,
    );
  /** A new pod in the place of the old one. */
  const replace = (status: Json): void => {
    cluster.objects.delete(`pods/${POD}`);
    cluster.objects.set("pods/new", podObject({ name: "openclaw-866cf46ddf-bbbbb", status }));
  };
  const deploymentStatus = (status: Json): void => {
    const found = cluster.objects.get("deployments/openclaw") as Json;
    found.status = { ...(found.status as Json), ...status };
  };

  test("is watched to its end", async () => {
    fill(cluster);
    cluster.onRollout = () => {
      deploymentStatus({ readyReplicas: 0 });
      setTimeout(() => {
        replace({});
        deploymentStatus({ observedGeneration: 2, readyReplicas: 1 });
      }, 200);
    };
    const done = await restart();
    assert.equal(done.known && inEnglish(done.value), "kubectl -n openclaw rollout restart deploy/openclaw");
  });

  for (const [what, status, words] of [
    [
      "starts again and again",
      {
        conditions: [],
        containerStatuses: [
          { name: "gateway", restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
      },
      /does not stay up/,
    ],
    [
      "has no image",
      {
        conditions: [],
        containerStatuses: [
          { name: "gateway", restartCount: 0, state: { waiting: { reason: "ErrImageNeverPull" } } },
        ],
      },
      /does not start: ErrImageNeverPull/,
    ],
  ] as const)
    test(`fails when the new pod ${what}, without waiting for its end`, async () => {
      fill(cluster);
      cluster.onRollout = () => {
        deploymentStatus({ readyReplicas: 0 });
        replace(status as unknown as Json);
      };
      const done = await restart({ whole: 60_000, every: 20 });
      assert.ok(!done.known && done.reason === "failed");
      assert.match(done.detail, words);
    });

  test("of a workload that is scaled to nothing is a start, which is taken back by its stop", async () => {
    mapped();
    const down = cluster.objects.get("deployments/openclaw") as { spec: Json; status: Json };
    down.spec.replicas = 0;
    cluster.objects.delete(`pods/${POD}`);
    cluster.onRollout = () => {
      if (down.spec.replicas === 0) return;
      cluster.objects.set("pods/new", podObject({ name: "openclaw-866cf46ddf-bbbbb" }));
      deploymentStatus({ observedGeneration: 2, readyReplicas: 1 });
    };
    const made = await changer();
    const foreseen = await made.foresee?.({ do: "gateway.start" }, never);
    assert.deepEqual(foreseen?.known && foreseen.value.undo, { undo: "gateway.stop" });
    const started = await made.perform({ do: "gateway.start" }, never);
    assert.equal(
      started.known && inEnglish(started.value.how),
      "kubectl -n openclaw scale deploy/openclaw --replicas=1",
    );
    const stopped = await made.revert({ undo: "gateway.stop" }, { do: "gateway.start" }, never);
    assert.ok(stopped.known);
    assert.equal(down.spec.replicas, 0);
  });

  test("that comes to no end is given up", async () => {
    fill(cluster);
    cluster.onRollout = () => deploymentStatus({ readyReplicas: 0 });
    const done = await restart({ whole: 200, every: 20 });
    assert.equal(!done.known && done.reason, "timeout");
  });
});
