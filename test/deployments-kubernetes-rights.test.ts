// What may be asked of a cluster: one list for a namespace, and single questions where the cluster calls its list incomplete.
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, beforeEach, describe, test } from "node:test";
import { known } from "../src/core/fact.ts";
import { podNetwork } from "../src/core/networks.ts";
import { kubeApi } from "../src/deployments/kubernetes/api.ts";
import { forwardPort } from "../src/deployments/kubernetes/forward.ts";
import { networksIn, oneFileWorld } from "../src/deployments/kubernetes/inside.ts";
import { clusterAccess } from "../src/deployments/kubernetes/kubeconfig.ts";
import { type Right, type Rights, rightsOn } from "../src/deployments/kubernetes/rights.ts";
import { nodeWorld, type World } from "../src/deployments/world.ts";
import { type Json, NAMESPACE, type StubCluster, stubCluster } from "./support/cluster.ts";

const clusters: StubCluster[] = [];
let cluster: StubCluster;

beforeEach(async () => {
  cluster = await stubCluster();
  clusters.push(cluster);
});
after(() => Promise.all(clusters.map((one) => one.close())));

const world = (): World => nodeWorld({ env: { KUBECONFIG: cluster.kubeconfig } });
const api = async () => kubeApi(await clusterAccess(world(), undefined));

const rule = (verbs: string, groups: string, resources: string, more: Json = {}): Json => ({
  verbs: verbs.split(" "),
  apiGroups: groups.split(" ").map((group) => (group === "core" ? "" : group)),
  resources: resources.split(" "),
  ...more,
});

/** Answers the one list with these rules; single questions are the stub's, which allows everything. */
async function rightsWith(
  resourceRules: readonly Json[],
  status: Json = { incomplete: false },
): Promise<Rights> {
  cluster.answer = (_request, response: ServerResponse, path) => {
    if (!path.endsWith("/selfsubjectrulesreviews")) return false;
    const document = { status: { resourceRules, nonResourceRules: [], ...status } };
    response.writeHead(201, { "Content-Type": "application/json" }).end(JSON.stringify(document));
    return true;
  };
  return rightsOn(await api());
}

const right = (text: string, namespace = NAMESPACE): Right => {
  const [verb = "", resource = "", group = ""] = text.split(" ");
  return { verb: verb as Right["verb"], resource, group, namespace };
};
const asked = (what: string) =>
  cluster.calls.filter((call) => call.endsWith(`/selfsubject${what}reviews`)).length;

describe("a list that is whole", () => {
  for (const [rules, text, allowed] of [
    [[rule("get list", "core", "pods pods/log")], "get pods/log", true],
    [[rule("get list", "core", "pods")], "get pods/log", false],
    [[rule("*", "*", "*")], "create pods/exec", true],
    [[rule("get", "core", "*/exec")], "get pods/exec", true],
    [[rule("get", "core", "*/exec")], "get pods/log", false],
    [[rule("list", "core", "deployments")], "list deployments apps", false],
    [[rule("list", "apps core", "deployments")], "list deployments apps", true],
    // Of the others of its kind it allows nothing.
    [[rule("get", "core", "configmaps", { resourceNames: ["one"] })], "get configmaps", false],
    [[], "list pods", false],
  ] as const)
    test(`${JSON.stringify(rules)}: ${text} is ${allowed ? "" : "not "}allowed, and nothing more is asked`, async () => {
      const rights = await rightsWith(rules);
      const denied = await rights.denied(right(text));
      assert.equal(denied === undefined, allowed);
      if (!allowed) assert.match(denied?.provide ?? "", /^Role: \{apiGroups/);
      assert.equal(asked("access"), 0);
    });

  test("is asked for once, for all rights of a namespace", async () => {
    const rights = await rightsWith([rule("*", "*", "*")]);
    await Promise.all(
      ["list pods", "get pods/exec", "list services"].map((text) => rights.denied(right(text))),
    );
    assert.equal(asked("rules"), 1);
  });

  test("says nothing of all namespaces: that is a question of its own", async () => {
    const rights = await rightsWith([]);
    assert.equal(await rights.denied(right("list pods", "")), undefined);
    assert.deepEqual([asked("rules"), asked("access")], [0, 1]);
  });
});

describe("a list that is not whole", () => {
  for (const [what, status] of [
    ["incomplete", { incomplete: true }],
    [
      "an authorizer that tells no rules",
      { incomplete: false, evaluationError: "webhook authorizer does not support user rule resolution" },
    ],
    ["nothing said of it", {}],
  ] as const)
    test(`${what}: what is in it is allowed, the rest is asked for one by one`, async () => {
      cluster.denied.add("list secrets");
      const rights = await rightsWith([rule("list", "core", "pods")], status);
      assert.equal(await rights.denied(right("list pods")), undefined);
      assert.equal(asked("access"), 0);
      assert.equal(await rights.denied(right("list services")), undefined);
      assert.notEqual(await rights.denied(right("list secrets")), undefined);
      assert.equal(asked("access"), 2);
    });

  for (const code of [403, 404])
    test(`${code} instead of one: each is asked for by itself`, async () => {
      cluster.answer = (_request, response, path) => {
        if (!path.endsWith("/selfsubjectrulesreviews")) return false;
        response.writeHead(code).end("{}");
        return true;
      };
      const rights = rightsOn(await api());
      assert.equal(await rights.denied(right("list pods")), undefined);
      assert.equal(asked("access"), 1);
    });
});

test("the connection that showed that a port answers is the one that is used first", async () => {
  const server = createServer((_request, response) => response.end("here"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    cluster.ports.set(18_789, (server.address() as AddressInfo).port);
    const target = async () =>
      known({ namespace: NAMESPACE, pod: "openclaw-0", container: "gateway" }, "test");
    // Seen from inside, nothing has to be waited for.
    const forward = await forwardPort(await api(), target, 18_789, world(), Promise.resolve(true));
    assert.ok(forward.known);
    const dials = () => cluster.calls.filter((call) => call.startsWith("UPGRADE")).length;
    assert.equal(dials(), 1);
    for (const expected of [1, 2]) {
      const response = await fetch(`http://127.0.0.1:${forward.value.port}/`, {
        headers: { connection: "close" },
      });
      assert.equal(await response.text(), "here");
      assert.equal(dials(), expected);
    }
    forward.value.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe("the network of pods", () => {
  /** As `/proc/net/route` of a pod is written: of flannel, with the cluster's range and this node's. */
  const FLANNEL = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0101F40A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t0000000A\t0101F40A\t0003\t0\t0\t0\t000000FE\t0\t0\t0",
    "eth0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "eth0\t0101FEA9\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
    "odd\tline",
    "",
  ].join("\n");
  const world = (text: string) => oneFileWorld("/proc/net/route", text, { env: {}, homedir: "/", cwd: "/" });

  test("is read from the pod's routes, without the default one and single addresses", async () => {
    assert.deepEqual(await networksIn(world(FLANNEL)), ["10.0.0.0/7", "10.244.1.0/24"]);
    assert.deepEqual(await networksIn(world("")), []);
  });

  for (const [address, routes, expected] of [
    // One of the usual ones is the whole cluster's, whatever the node's own is.
    ["10.244.1.7", ["10.244.1.0/24"], "10.244.0.0/16"],
    ["10.42.3.9", [], "10.42.0.0/16"],
    ["172.17.0.4", ["172.17.0.0/16"], "172.17.0.0/16"],
    ["10.8.2.3", ["10.8.2.0/24", "10.8.0.0/14"], "10.8.0.0/14"],
    // Wider than any cluster, narrower than a network, or another family.
    ["10.8.2.3", ["10.0.0.0/7", "10.8.2.3/32"], undefined],
    ["203.0.113.9", [], undefined],
    ["fd00::1", ["10.0.0.0/8"], undefined],
  ] as const)
    test(`of ${address} beside ${routes.join(", ") || "no route"}: ${expected ?? "not known"}`, () => {
      assert.equal(podNetwork(address, routes), expected);
    });
});
