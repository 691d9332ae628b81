// As whose address a gateway in a pod sees the browser that came through a proxy.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesEngine, Workload } from "../src/core/workload.ts";
import { kubernetesPeers } from "../src/kinds/kubernetes/peers.ts";
import { kubernetesSources } from "../src/kinds/kubernetes/sources.ts";

function pod(
  sidecars: KubernetesEngine["sidecars"],
  neighbours: NonNullable<Workload["neighbours"]>,
): Workload {
  return {
    name: "claw-0",
    image: "openclaw:local",
    state: "running",
    restarts: 0,
    network: "cluster",
    addresses: ["10.42.0.7"],
    ports: [],
    neighbours,
    mounts: [],
    user: "",
    others: [],
    shownBy: kubernetesSources("ns", "claw-0", "gateway"),
    engine: {
      kind: "kubernetes",
      namespace: "ns",
      pod: "claw-0",
      container: "gateway",
      services: [],
      routes: [],
      policies: [],
      sidecars,
      warnings: [],
      denied: [],
    },
  };
}

const rows: readonly (readonly [string, Workload | undefined, string])[] = [
  ["nothing known", undefined, "10.244.0.2"],
  [
    "a controller in the namespace",
    pod([], [{ name: "ingress-nginx-controller-x", address: "10.42.0.9" }]),
    "10.42.0.9",
  ],
  ["a pod that is no proxy", pod([], [{ name: "postgres-0", address: "10.42.0.3" }]), "10.244.0.2"],
  [
    "nginx in the pod",
    pod([{ name: "gateway-proxy", image: "docker.io/library/nginx:1.27" }], []),
    "127.0.0.1",
  ],
  [
    "an OAuth proxy in the pod",
    pod([{ name: "auth", image: "quay.io/openshift/origin-oauth-proxy:4.14" }], []),
    "127.0.0.1",
  ],
  ["a browser in the pod", pod([{ name: "chromium", image: "zenika/alpine-chrome:124" }], []), "10.244.0.2"],
];

for (const [what, workload, proxy] of rows)
  test(what, () => {
    assert.deepEqual(kubernetesPeers(workload), { proxy, localhost: "127.0.0.1", isDirect: false });
  });
