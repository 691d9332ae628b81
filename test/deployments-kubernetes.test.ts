// A gateway in a cluster, looked at through its API: which workload, what of it, and what is not allowed.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import type { WebSocket } from "ws";
import { editConfig } from "../src/config/edit.ts";
import type { Fact } from "../src/core/fact.ts";
import type { ProbeReading, Reach } from "../src/core/facts.ts";
import type { Workload } from "../src/core/workload.ts";
import { openPod } from "../src/deployments/kubernetes/open.ts";
import type { PodGateway } from "../src/deployments/kubernetes/pod-gateway.ts";
import { type ChosenTarget, parseTarget } from "../src/deployments/target.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { openclawLine } from "../src/kinds/commands.ts";
import {
  deploymentObject,
  fill,
  type Json,
  KUBE_TOKEN,
  NAMESPACE,
  podObject,
  podSpec,
  type StubCluster,
  serviceObject,
  stubCluster,
} from "./support/cluster.ts";

const SALT = "salt";
const POD = "openclaw-866cf46ddf-fhq2t";
const SECRET = "tok-of-the-secret-9f2c";
const clusters: StubCluster[] = [];
let cluster: StubCluster;

beforeEach(async () => {
  cluster = await stubCluster();
  clusters.push(cluster);
});
after(() => Promise.all(clusters.map((one) => one.close())));

type ClusterTarget = Extract<ChosenTarget, { readonly kind: "kubernetes" }>;

async function open(target = "k8s:openclaw/openclaw"): Promise<Fact<PodGateway>> {
  const parsed = parseTarget(target);
  assert.ok(parsed.ok);
  const world = nodeWorld({ env: { KUBECONFIG: cluster.kubeconfig, PATH: process.env.PATH ?? "" } });
  return openPod({ world, salt: SALT, target: parsed.value as ClusterTarget });
}

async function opened(target?: string): Promise<PodGateway> {
  const found = await open(target);
  assert.ok(found.known, JSON.stringify(found));
  return found.value;
}

/** A state directory of this machine stands for the pod's. */
function stateDirectory(config: string): string {
  const state = path.join(cluster.directory, "state");
  mkdirSync(path.join(state, "devices"), { recursive: true });
  writeFileSync(path.join(state, "openclaw.json"), config);
  writeFileSync(path.join(state, "devices/pending.json"), "{}");
  cluster.env = { OPENCLAW_STATE_DIR: state, OPENCLAW_GATEWAY_TOKEN: SECRET, HOME: cluster.directory };
  return state;
}

function workloadIn({ deployment }: PodGateway): Workload {
  assert.ok(deployment.workload);
  return deployment.workload;
}

function engineOf(gateway: PodGateway) {
  const { engine } = workloadIn(gateway);
  assert.ok(engine.kind === "kubernetes");
  return engine;
}

describe("which workload", () => {
  const forms: readonly (readonly [string, object | undefined])[] = [
    ["k8s:", { kind: "kubernetes" }],
    ["k8s:openclaw", { kind: "kubernetes", namespace: "openclaw" }],
    ["k8s:openclaw/claw", { kind: "kubernetes", namespace: "openclaw", workload: { name: "claw" } }],
    [
      "k8s:openclaw/sts/claw",
      { kind: "kubernetes", namespace: "openclaw", workload: { name: "claw", kind: "statefulset" } },
    ],
    [
      "k8s:arn:aws:eks:eu-1:12:cluster/prod/openclaw/claw",
      {
        kind: "kubernetes",
        context: "arn:aws:eks:eu-1:12:cluster/prod",
        namespace: "openclaw",
        workload: { name: "claw" },
      },
    ],
    ["k8s:Not_A_Name/claw", undefined],
    ["k8s:openclaw/", undefined],
    ["k8s:openclaw/--all", undefined],
    ["k8s:open claw/x", undefined],
  ];
  for (const [text, wanted] of forms)
    test(`--target ${text}`, () => {
      const parsed = parseTarget(text);
      assert.deepEqual(parsed.ok ? parsed.value : undefined, wanted);
    });

  test("the one gateway is found without a name, by its command, port and mounts alone", async () => {
    const pod = podObject({ container: { name: "workload", image: "registry.test/main:1" } });
    fill(cluster, pod);
    cluster.objects.set("deployments/openclaw", deploymentObject(pod.spec as Json));
    cluster.objects.set(
      "pods/postgres-0",
      podObject({
        name: "postgres-0",
        container: { image: "postgres:17", command: ["postgres"], ports: [], env: [], volumeMounts: [] },
      }),
    );
    const { deployment } = await opened("k8s:");
    assert.equal(deployment.names.workload, "deploy/openclaw");
    assert.equal(deployment.names.container, "workload");
    assert.equal(deployment.names.namespace, NAMESPACE);
  });

  test("several are listed with how to choose", async () => {
    fill(cluster);
    cluster.objects.set(
      "deployments/second",
      deploymentObject(podSpec(), { metadata: { name: "second", namespace: NAMESPACE } }),
    );
    const found = await open("k8s:openclaw");
    assert.ok(!found.known);
    assert.equal(found.say?.message, "kube-several");
    assert.match(found.detail, /openclaw\/deploy\/openclaw \(1 pod\), openclaw\/deploy\/second \(0 pods\)/);
    assert.match(found.provide ?? "", /--target k8s:NAMESPACE\/WORKLOAD/);
    assert.equal((await opened("k8s:openclaw/second")).deployment.names.workload, "deploy/second");
  });

  test("a name that is not there is told with those that are", async () => {
    fill(cluster);
    const found = await open("k8s:openclaw/clwa");
    assert.ok(!found.known);
    assert.equal(found.reason, "absent");
    assert.match(found.detail, /no workload clwa; a gateway seems to run in: openclaw\/deploy\/openclaw/);
  });

  test("a pod by its own name, and a bare pod", async () => {
    fill(cluster);
    assert.equal((await opened(`k8s:openclaw/${POD}`)).deployment.names.workload, "deploy/openclaw");
    const bare = podObject({ name: "claw" });
    delete (bare.metadata as Json).ownerReferences;
    cluster.objects.set("pods/claw", bare);
    assert.equal((await opened("k8s:openclaw/pod/claw")).deployment.names.workload, "pod/claw");
  });

  describe("a pod of a workload whose pods keep state each for itself", () => {
    const [ZERO, ONE] = ["openclaw-0", "openclaw-1"];

    function statefulSet(): void {
      const ownerReferences = [{ kind: "StatefulSet", name: "openclaw", controller: true }];
      const set = deploymentObject();
      Object.assign(set.spec as Json, { replicas: 2 });
      cluster.objects.set("statefulsets/openclaw", set);
      for (const name of [ZERO, ONE]) {
        const volumes = [{ name: "home", persistentVolumeClaim: { claimName: `state-${name}` } }];
        const pod = podObject({ name, spec: { volumes } });
        Object.assign(pod.metadata as Json, { ownerReferences });
        cluster.objects.set(`pods/${name}`, pod);
        cluster.logs.set(name, `log of ${name}\n`);
      }
    }

    test("is the one that is told of, read, and spoken to in every line", async () => {
      statefulSet();
      for (const name of [ZERO, ONE]) {
        const { access, deployment } = await opened(`k8s:openclaw/${name}`);
        const { names } = deployment;
        assert.equal(names.workload, "statefulset/openclaw");
        assert.equal(names.pod, name);
        assert.match(
          openclawLine(["devices", "list"], deployment),
          new RegExp(`^kubectl -n openclaw exec pod/${name} -c gateway -- `),
        );
        assert.equal(deployment.workload?.others.length, 1);
        const logs = await access.logs();
        assert.deepEqual(logs.known && logs.value.map((one) => one.name), [`kubectl logs ${name}`]);
      }
    });

    test("is the one that is changed, and another place for the journal than its neighbour", async () => {
      statefulSet();
      stateDirectory('{"gateway":{"bind":"lan"}}');
      const places = new Set<string>();
      for (const name of [ZERO, ONE]) {
        const { access } = await opened(`k8s:openclaw/${name}`);
        places.add((await access.place?.()) ?? "");
        const made = await access.changer?.({ edit: editConfig });
        assert.ok(made?.known, JSON.stringify(made));
        cluster.calls.length = 0;
        assert.ok((await made.value.readConfig()).known);
        assert.ok((await made.value.devices()).known);
        const asked = cluster.calls.filter((call) => call.endsWith("/exec"));
        assert.ok(asked.length > 0 && asked.every((call) => call.includes(`/pods/${name}/`)), asked.join());
      }
      assert.equal(places.size, 2);
    });

    test("that is not there any more is no reason to ask nobody", async () => {
      statefulSet();
      stateDirectory('{"gateway":{"bind":"lan"}}');
      const made = await (await opened(`k8s:openclaw/${ONE}`)).access.changer?.({ edit: editConfig });
      assert.ok(made?.known);
      cluster.objects.delete(`pods/${ONE}`);
      cluster.calls.length = 0;
      assert.ok((await made.value.readConfig()).known);
      assert.ok(cluster.calls.some((call) => call.includes(`/pods/${ZERO}/exec`)));
    });
  });

  test("without the right to list controllers their pods tell", async () => {
    fill(cluster);
    cluster.denied.add("list deployments");
    const { deployment } = await opened();
    assert.equal(deployment.names.workload, "deploy/openclaw");
  });
});

describe("what is read", () => {
  test("config, devices and release by one program in the pod; what is of the Secret is told nowhere", async () => {
    fill(cluster);
    stateDirectory(`{ gateway: { bind: "lan", auth: { mode: "token" } } }`);
    const { access, secrets } = await opened();
    const config = await access.config();
    assert.ok(config.known);
    assert.equal(config.value.reading.effective.gateway?.bind, "lan");
    assert.equal(config.value.token?.reveal(), SECRET);
    assert.ok((await access.devices()).known);
    assert.ok(secrets.some((secret) => secret.reveal() === SECRET));
    assert.ok(
      secrets.some((secret) => secret.reveal() === KUBE_TOKEN),
      "the kubeconfig's token is not known as a secret",
    );
    assert.equal(cluster.calls.filter((call) => call.endsWith("/exec")).length, 1);
    assert.ok(!cluster.calls.some((call) => call.includes("/secrets")), "a Secret was asked for");
    const release = await access.release();
    assert.deepEqual(release.known && [release.value.version, release.value.from], ["2026.3.13", "image"]);
  });

  test("Services, Ingress, NetworkPolicy, mounts, sidecars, replicas and events", async () => {
    const pod = podObject({
      spec: {
        containers: [...(podSpec().containers as Json[]), { name: "proxy", image: "nginx:1.27" }],
      },
    });
    fill(cluster, pod);
    cluster.env = { HOME: "/home/node" };
    cluster.objects.set(`pods/other`, podObject({ name: "openclaw-866cf46ddf-zzzzz" }));
    cluster.objects.set("services/elsewhere", serviceObject("elsewhere", { selector: { app: "other" } }));
    cluster.objects.set("ingresses/claw", {
      metadata: { name: "claw" },
      spec: {
        tls: [{ hosts: ["claw.example.test"] }],
        rules: [
          { host: "claw.example.test", http: { paths: [{ backend: { service: { name: "openclaw" } } }] } },
        ],
      },
    });
    cluster.objects.set("networkpolicies/shut", { metadata: { name: "shut" }, spec: { podSelector: {} } });
    cluster.objects.set("events/1", {
      type: "Warning",
      reason: "Unhealthy",
      message: "Readiness probe failed",
      involvedObject: { name: POD },
    });
    const gateway = await opened();
    const engine = engineOf(gateway);
    assert.deepEqual(engine.services, [{ name: "openclaw", type: "ClusterIP", port: 18_789, to: 18_789 }]);
    assert.deepEqual(engine.routes, [
      { kind: "Ingress", name: "claw", host: "claw.example.test", tls: true },
    ]);
    assert.deepEqual(engine.policies, ["shut"]);
    assert.deepEqual(engine.sidecars, [{ name: "proxy", image: "nginx:1.27" }]);
    assert.deepEqual(engine.replicas, { wanted: 1, ready: 1 });
    assert.deepEqual(engine.warnings, ["Unhealthy: Readiness probe failed"]);
    const { others, stateDir, mounts, uid, network } = workloadIn(gateway);
    assert.deepEqual(others, [{ name: "openclaw-866cf46ddf-zzzzz", state: "running", sharesState: true }]);
    assert.deepEqual(mounts, [
      { kind: "volume", source: "openclaw-home-pvc", at: "/home/node/.openclaw", readOnly: false },
    ]);
    assert.equal(stateDir?.on, "mount");
    assert.equal(uid !== undefined, true);
    assert.equal(network, "cluster");
    assert.equal(gateway.url(18_789), "wss://claw.example.test");
  });

  test("a container that does not stay up: its state, its end and its last words, without secrets", async () => {
    const pod = podObject({
      status: {
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [
          {
            name: "gateway",
            restartCount: 4,
            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 1m20s" } },
            lastState: { terminated: { exitCode: 78, reason: "Error" } },
          },
        ],
      },
    });
    fill(cluster, pod);
    cluster.logs.set(
      `${POD} --previous`,
      `starting\nGateway failed to start: non-loopback Control UI requires allowedOrigins token=${KUBE_TOKEN}\n`,
    );
    const gateway = await opened();
    const workload = workloadIn(gateway);
    assert.equal(workload.state, "restarting");
    assert.equal(workload.exitCode, 78);
    assert.equal(workload.restarts, 4);
    assert.equal(engineOf(gateway).reason, "CrashLoopBackOff");
    assert.match(workload.lastLines?.at(-1) ?? "", /requires allowedOrigins/);
    assert.doesNotMatch(JSON.stringify(gateway.deployment), new RegExp(KUBE_TOKEN));
    const config = await gateway.access.config();
    assert.ok(!config.known);
    assert.equal(config.say?.message, "kube-not-running");
    const logs = await gateway.access.logs();
    assert.ok(logs.known);
    assert.deepEqual(
      logs.value.map(({ name }) => name),
      [`kubectl logs ${POD} --previous`],
    );
  });

  test("a workload without pods is one that is down", async () => {
    const down = deploymentObject();
    (down.spec as Json).replicas = 0;
    cluster.objects.set("deployments/openclaw", down);
    const gateway = await opened();
    assert.equal(workloadIn(gateway).state, "exited");
    const way = await gateway.reach(18_789);
    assert.ok(way.known);
    await assert.rejects(
      fetch(way.value.replace("ws:", "http:")),
      "somebody answers for a pod that does not run",
    );
    assert.ok(!cluster.calls.some((call) => call.startsWith("UPGRADE")));
  });

  test("logs of all replicas, each under its pod's name, the one that was looked at last", async () => {
    fill(cluster);
    cluster.objects.set("pods/other", podObject({ name: "openclaw-866cf46ddf-zzzzz" }));
    cluster.logs.set(POD, "first\n");
    cluster.logs.set("openclaw-866cf46ddf-zzzzz", "second\n");
    const logs = await (await opened()).access.logs();
    assert.ok(logs.known);
    const texts: string[] = [];
    for (const { name, chunks } of logs.value) {
      let text = "";
      for await (const chunk of chunks) text += Buffer.from(chunk).toString("utf8");
      texts.push(`${name}: ${text.trim()}`);
    }
    assert.deepEqual(texts, ["kubectl logs openclaw-866cf46ddf-zzzzz: second", `kubectl logs ${POD}: first`]);
  });
});

describe("what is not allowed is undetermined, with the rule that allows it", () => {
  const rights: readonly (readonly [string, "config" | "devices" | "logs", string])[] = [
    ["create pods/exec", "config", '{apiGroups: [""], resources: ["pods/exec"], verbs: ["create"]}'],
    ["create pods/exec", "devices", '{apiGroups: [""], resources: ["pods/exec"], verbs: ["create"]}'],
    ["get pods/log", "logs", '{apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}'],
  ];
  for (const [right, what, rule] of rights)
    test(`${right}: ${what}`, async () => {
      fill(cluster);
      cluster.denied.add(right);
      const gateway = await opened();
      const fact = await gateway.access[what]();
      assert.ok(!fact.known);
      assert.equal(fact.reason, "denied");
      assert.equal(fact.say?.message, "kube-not-allowed");
      assert.ok(fact.provide?.includes(rule), fact.provide);
      assert.ok(engineOf(gateway).denied.some((one) => one.rule === rule));
      assert.ok(
        !cluster.calls.some((call) => call.endsWith(what === "logs" ? "/log" : "/exec")),
        "it was tried all the same",
      );
    });

  test("create pods/portforward: the way there", async () => {
    fill(cluster);
    cluster.denied.add("create pods/portforward");
    const way = await (await opened()).reach(18_789);
    assert.ok(!way.known);
    assert.match(way.provide ?? "", /pods\/portforward/);
  });

  test("list pods: nothing of the workload is known", async () => {
    fill(cluster);
    cluster.denied.add("list pods");
    const found = await open();
    assert.ok(!found.known);
    assert.match(found.detail, /not allowed to list pods in the namespace openclaw/);
    assert.match(found.provide ?? "", /resources: \["pods"\], verbs: \["list"\]/);
  });

  test("without exec a config that is a ConfigMap's is read there; a token of a Secret is there, and goes nowhere", async () => {
    cluster.denied.add("create pods/exec");
    const spec = podSpec({
      volumeMounts: [
        { name: "home", mountPath: "/home/node/.openclaw" },
        { name: "config", mountPath: "/home/node/.openclaw/openclaw.json", subPath: "openclaw.json" },
      ],
    });
    (spec.volumes as Json[]).push({ name: "config", configMap: { name: "openclaw-config" } });
    fill(cluster, podObject({ spec }));
    cluster.objects.set("configmaps/openclaw-config", {
      metadata: { name: "openclaw-config" },
      data: { "openclaw.json": '{"gateway":{"bind":"lan","auth":{"mode":"token"}}}' },
    });
    const gateway = await opened();
    const config = await gateway.access.config();
    assert.ok(config.known, JSON.stringify(config));
    assert.equal(config.source, "configmap/openclaw-config");
    assert.equal(config.value.reading.effective.gateway?.bind, "lan");
    assert.equal(config.value.token, undefined);
    assert.notEqual(config.value.reading.effective.gateway?.auth?.token, undefined);
    assert.deepEqual(engineOf(gateway).configMap, {
      name: "openclaw-config",
      key: "openclaw.json",
      taken: "mounted",
    });
  });
});

test("the gateway's port through the API: what comes back is the gateway's, and nobody there is nobody here", async () => {
  fill(cluster);
  const { createServer } = await import("node:http");
  const server = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  cluster.ports.set(18_789, typeof address === "object" && address !== null ? address.port : 0);
  try {
    const gateway = await opened();
    const way = await gateway.reach(18_789);
    assert.ok(way.known);
    assert.match(way.value, /^ws:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(way.value.replace("ws:", "http:"));
    assert.equal(await answer.text(), "hello");
    const nobody = await gateway.reach(18_999);
    assert.ok(nobody.known);
    await assert.rejects(fetch(nobody.value.replace("ws:", "http:")), (error: Error) =>
      /ECONNREFUSED/.test(JSON.stringify(error.cause, ["code"])),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe("what is met on the way through the API", () => {
  const reading = (url: string, state: Reach["state"]): ProbeReading => ({
    url: `${url}/`,
    reach: { state, detail: "" },
    http: { looksLike: "none" },
    attempts: [],
    tookMs: 1,
  });

  test("a silence is none of the gateway's: what was missing is told, with what else would tell", async () => {
    fill(cluster);
    cluster.ports.set(18_789, 1);
    const gateway = await opened();
    cluster.upgrade = (_socket, at) => at.endsWith("/portforward");
    const way = await gateway.reach(18_789);
    assert.ok(way.known);
    const why = gateway.lost(reading(way.value, "timeout"));
    assert.equal(why?.reason, "timeout");
    assert.equal(why.say?.message, "kube-forward-silent");
    assert.match(why.provide ?? "", /--timeout/);
    for (const state of ["open", "starting", "refused"] as const)
      assert.equal(gateway.lost(reading(way.value, state)), undefined, state);
    gateway.close();
  });

  for (const [what, cut, message] of [
    ["is refused", (socket: WebSocket) => socket.close(1011), undefined],
    ["breaks off", (socket: WebSocket) => socket.terminate(), "kube-failed"],
  ] as const)
    test(`a connection that ${what} by the API server`, async () => {
      fill(cluster);
      cluster.ports.set(18_789, 1);
      const gateway = await opened();
      cluster.upgrade = (socket, at) => {
        if (!at.endsWith("/portforward")) return false;
        socket.on("message", () => cut(socket));
        return true;
      };
      const way = await gateway.reach(18_789);
      assert.ok(way.known);
      await assert.rejects(fetch(way.value.replace("ws:", "http:")));
      assert.equal(gateway.lost(reading(way.value, "reset"))?.say?.message, message);
      gateway.close();
    });

  test("one that the API server does not begin any more", async () => {
    fill(cluster);
    cluster.ports.set(18_789, 1);
    const gateway = await opened();
    cluster.upgrade = (socket, at) => {
      if (at.endsWith("/portforward")) socket.on("message", () => socket.close());
      return at.endsWith("/portforward");
    };
    const way = await gateway.reach(18_789);
    assert.ok(way.known);
    await assert.rejects(fetch(way.value.replace("ws:", "http:")));
    cluster.denied.add("create pods/portforward");
    await assert.rejects(fetch(way.value.replace("ws:", "http:")));
    const why = gateway.lost(reading(way.value, "reset"));
    assert.equal(why?.reason, "denied");
    assert.equal(why.say?.message, "kube-forbidden");
    gateway.close();
  });
});

test("inside the cluster the gateway is met over the pods' network, as others meet it", async () => {
  fill(cluster);
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    PATH: process.env.PATH ?? "",
  };
  const target = { kind: "kubernetes", namespace: NAMESPACE, workload: { name: "openclaw" } } as const;
  const found = await openPod({ world: nodeWorld({ env }), salt: SALT, target });
  assert.ok(found.known);
  const way = await found.value.reach(18_789);
  assert.equal(way.known && way.value, "ws://10.244.0.7:18789");
  assert.ok(!cluster.calls.some((call) => call.endsWith("/portforward")));
});

test("the client of clusters is loaded by what asks a cluster, and by nothing else", () => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    // What is imported when it runs, and no types, and nothing that waits for a call.
    const statement = /^(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"/gm;
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(statement)) {
      assert.notEqual(from, "@kubernetes/client-node", file);
      if (from.startsWith(".")) visit(path.resolve(path.dirname(file), from));
    }
  };
  visit(path.resolve(import.meta.dirname, "../src/cli/thread/command-worker.ts"));
  visit(path.resolve(import.meta.dirname, "../src/doctor/live/look.ts"));
  assert.ok(
    [...seen].some((file) => file.endsWith("kubernetes/finder.ts")),
    "the finder is not on the way",
  );
});

test("what a cluster says is printable, bounded and without types taken on trust", async () => {
  const odd = podObject({
    container: {
      image: `ghcr.io/openclaw/openclaw:\u001b[31m${"x".repeat(5000)}`,
      ports: "none",
      env: [7, null, { name: 3 }],
      volumeMounts: [{ name: {}, mountPath: ["/"] }, "x"],
      command: ["node", "/app/dist/index.js", "gateway", 5, null],
    },
    status: { podIP: { a: 1 }, containerStatuses: "running", conditions: { type: "Ready" } },
  });
  fill(cluster, odd);
  cluster.objects.set("services/odd", { metadata: { name: 4 }, spec: { selector: "x", ports: 3 } });
  cluster.objects.set("ingresses/odd", { spec: { rules: [{ host: "\u202eevil", http: null }], tls: 1 } });
  cluster.objects.set("events/odd", {
    type: "Warning",
    reason: {},
    message: "\u001b]0;x\u0007",
    involvedObject: { name: POD },
  });
  const { deployment } = await opened();
  const text = JSON.stringify(deployment);
  assert.doesNotMatch(text, /\\u001b|\u202e/);
  assert.ok(text.length < 20_000, `${text.length}`);
});
