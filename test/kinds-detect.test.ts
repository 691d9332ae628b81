import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import type { ConfigReading, Deployment, HostSigns } from "../src/core/facts.ts";
import type { LogDigest, RefusedEvent } from "../src/core/log-event.ts";
import type { Listener, Listeners } from "../src/deployments/listeners.ts";
import { ownNames } from "../src/deployments/own-names.ts";
import type { GatewayProcess } from "../src/deployments/processes.ts";
import { type DetectInput, detectDeployment } from "../src/kinds/detect.ts";
import { composeServiceOf } from "../src/kinds/docker/names.ts";
import { exposureOf } from "../src/kinds/exposure.ts";
import type { ExposureInput } from "../src/kinds/exposure-input.ts";
import { workloadOf } from "../src/kinds/kubernetes/names.ts";
import { fakeWorld } from "./fake-world.ts";

const HOST: HostSigns = {
  platform: "linux",
  wsl: false,
  sshSession: false,
  container: "none",
  addresses: [{ name: "lo", address: "127.0.0.1", scope: "loopback" }],
  engines: [],
  units: [],
};
const WITH_ENGINE: HostSigns = { ...HOST, engines: [{ kind: "docker", path: "/var/run/docker.sock" }] };
const CONTAINED: GatewayProcess = { pid: 7, flags: {}, container: { kind: "docker", id: "9176124ba561" } };
const PRIVATE = { name: "eth0", address: "192.168.1.5", scope: "private" } as const;
const PUBLIC = { name: "eth0", address: "8.8.4.4", scope: "public" } as const;

function refused(more: Partial<RefusedEvent>): LogDigest["refusals"][number] {
  const latest: RefusedEvent = { type: "refused", line: 14, source: "gateway.log", quote: "", ...more };
  return { count: 1, latest, gate: "pairing", connectedLater: false };
}

function logs(refusals: LogDigest["refusals"], more: Partial<LogDigest> = {}): LogDigest {
  return { sources: [], refusals, events: [], counts: {}, dropped: 0, ...more };
}

function listeners(
  sockets: readonly Partial<Listener>[],
  gateways: readonly GatewayProcess[] = [],
): Listeners {
  return {
    port: 18789,
    sockets: sockets.map((socket) => ({ address: "0.0.0.0", port: 18789, owner: "unknown", ...socket })),
    gateways,
    proxies: [],
  };
}

function config(
  gateway: NonNullable<ConfigReading["effective"]["gateway"]>,
  more: Partial<ConfigReading> = {},
): ConfigReading {
  return {
    path: "/home/user/.openclaw/openclaw.json",
    stateDir: "/home/user/.openclaw",
    effective: { gateway },
    origins: {},
    problems: [],
    exists: true,
    ...more,
  };
}

const detect = (input: Partial<DetectInput>): Deployment => detectDeployment({ host: HOST, ...input });

/** signs, kind, confidence, alternatives. */
const GRID: readonly (readonly [
  string,
  Partial<DetectInput>,
  DeploymentKind,
  string,
  readonly DeploymentKind[],
])[] = [
  ["no sign at all", {}, "local", "possible", []],
  ["a gateway process here", { listeners: listeners([], [{ pid: 4, flags: {} }]) }, "local", "likely", []],
  [
    "a published port",
    {
      listeners: listeners([
        { owner: "docker-proxy", published: { containerAddress: "172.18.0.2", containerPort: 18789 } },
      ]),
    },
    "docker",
    "certain",
    [],
  ],
  [
    "a program of this machine holds the port, and a gateway runs in some container",
    {
      listeners: listeners([{ owner: "other", pid: 4, program: "node" }], [CONTAINED]),
      host: WITH_ENGINE,
    },
    "local",
    "possible",
    [],
  ],
  [
    "nobody holds the port that was named, and gateways run elsewhere",
    { addressed: true, listeners: listeners([], [CONTAINED, { pid: 4, flags: {} }]), host: WITH_ENGINE },
    "local",
    "possible",
    [],
  ],
  [
    "a program of this machine holds the port that was named, and a gateway runs on another",
    {
      addressed: true,
      listeners: listeners([{ owner: "other", pid: 9, program: "nginx" }], [{ pid: 4, flags: {} }]),
      host: { ...HOST, sshSession: true },
    },
    "vps",
    "possible",
    [],
  ],
  [
    "nobody holds the default port, and the one gateway runs in a container",
    { listeners: listeners([], [CONTAINED]) },
    "docker",
    "likely",
    [],
  ],
  [
    "the owner of the port may not be seen, and a gateway runs in a container",
    { addressed: true, listeners: listeners([{}], [CONTAINED]) },
    "docker",
    "likely",
    [],
  ],
  [
    "a container on the host's network holds the port",
    { addressed: true, listeners: listeners([{ owner: "gateway", pid: 7 }], [CONTAINED]) },
    "docker",
    "certain",
    [],
  ],
  [
    "a published port, and gateways in a pod and of this machine that have nothing to do with it",
    {
      listeners: listeners(
        [{ owner: "docker-proxy", pid: 3 }],
        [
          { pid: 8, flags: {}, container: { kind: "kubernetes", id: "9176124ba562" } },
          { pid: 4, flags: {} },
        ],
      ),
    },
    "docker",
    "certain",
    [],
  ],
  [
    "a gateway of this machine holds the port, and another one runs in a container",
    {
      listeners: listeners(
        [{ owner: "gateway", pid: 4 }],
        [
          { pid: 7, flags: {}, container: { kind: "docker", id: "9176124ba561" } },
          { pid: 4, flags: {} },
        ],
      ),
    },
    "local",
    "likely",
    [],
  ],
  ["kubectl listens", { listeners: listeners([{ owner: "kubectl" }]) }, "kubernetes", "likely", []],
  ["an SSH tunnel listens", { listeners: listeners([{ owner: "ssh" }]) }, "vps", "likely", []],
  ["inside docker", { host: { ...HOST, container: "docker" } }, "docker", "likely", []],
  ["inside podman", { host: { ...HOST, container: "podman" } }, "docker", "likely", []],
  ["inside a pod", { host: { ...HOST, container: "kubernetes" } }, "kubernetes", "likely", []],
  [
    "clients over a bridge of a gateway that a process of this machine runs",
    {
      listeners: listeners([{ owner: "gateway", pid: 4 }], [{ pid: 4, flags: {} }]),
      logs: logs([refused({ remote: "172.18.0.1" })]),
    },
    "local",
    "likely",
    [],
  ],
  [
    "a docker socket alone proves nothing",
    { host: { ...HOST, engines: [{ kind: "docker", path: "/var/run/docker.sock" }] } },
    "docker",
    "possible",
    [],
  ],
  [
    "a docker socket beside a config of this machine",
    { host: WITH_ENGINE, config: config({}) },
    "local",
    "possible",
    [],
  ],
  [
    "nobody holds the port of a config of this machine, and a gateway runs in a container elsewhere",
    { host: WITH_ENGINE, config: config({}), listeners: listeners([], [CONTAINED]) },
    "local",
    "possible",
    [],
  ],
  [
    "a docker socket beside a local gateway",
    {
      host: { ...HOST, engines: [{ kind: "docker", path: "/var/run/docker.sock" }] },
      listeners: listeners([], [{ pid: 4, flags: {} }]),
    },
    "local",
    "likely",
    [],
  ],
  [
    "a server over SSH with a unit",
    {
      host: {
        ...HOST,
        sshSession: true,
        addresses: [PUBLIC],
        units: ["/root/.config/systemd/user/openclaw-gateway.service"],
      },
    },
    "vps",
    "likely",
    ["local"],
  ],
  [
    "docker on a server over SSH",
    {
      host: { ...HOST, sshSession: true, addresses: [PUBLIC] },
      listeners: listeners([{ owner: "docker-proxy" }]),
    },
    "docker",
    "certain",
    ["vps"],
  ],
  [
    "a bridge address in the log",
    { logs: logs([refused({ remote: "172.18.0.1" })]) },
    "docker",
    "likely",
    [],
  ],
  [
    "Docker Desktop in the log",
    { logs: logs([refused({ remote: "192.168.65.1" })]) },
    "docker",
    "likely",
    [],
  ],
  ["Podman in the log", { logs: logs([refused({ remote: "10.88.0.1" })]) }, "docker", "likely", []],
  [
    "a pod network in the log",
    { logs: logs([refused({ remote: "10.244.0.1" })]) },
    "kubernetes",
    "likely",
    [],
  ],
  ["k3s in the log", { logs: logs([refused({ remote: "10.42.0.1" })]) }, "kubernetes", "likely", []],
  [
    "a proxy on the same host",
    { logs: logs([refused({ remote: "127.0.0.1", fwd: "8.8.4.4" })]) },
    "vps",
    "possible",
    [],
  ],
  [
    "loopback in the log",
    { logs: logs([refused({ remote: "127.0.0.1", fwd: "n/a" })]) },
    "local",
    "possible",
    [],
  ],
  [
    "a LAN address in the log says nothing",
    { logs: logs([refused({ remote: "192.168.1.20" })]) },
    "local",
    "possible",
    [],
  ],
  [
    "Compose in front of the lines",
    { logs: logs([], { vias: ["openclaw-gateway-1"] }) },
    "docker",
    "likely",
    [],
  ],
  [
    "a pod in front of the lines",
    { logs: logs([], { vias: ["openclaw-866cf46ddf-fhq2t/gateway"] }) },
    "kubernetes",
    "likely",
    [],
  ],
  [
    "the image's home",
    { config: config({}, { path: "/home/node/.openclaw/openclaw.json" }) },
    "docker",
    "possible",
    [],
  ],
  [
    "the variable of a Service",
    {
      config: config(
        {},
        {
          problems: [{ kind: "bad-env", key: "OPENCLAW_GATEWAY_PORT", detail: "", injectedBy: "kubernetes" }],
        },
      ),
    },
    "kubernetes",
    "likely",
    [],
  ],
  [
    "said",
    { said: "kubernetes", listeners: listeners([{ owner: "docker-proxy" }]) },
    "kubernetes",
    "certain",
    ["docker"],
  ],
  [
    "a pasted log of another machine",
    {
      elsewhere: true,
      host: { ...HOST, sshSession: true, addresses: [PUBLIC] },
      logs: logs([refused({ remote: "172.18.0.1" })]),
    },
    "docker",
    "likely",
    [],
  ],
];

describe("the deployment, by its signs", () => {
  for (const [name, input, kind, confidence, alternatives] of GRID)
    test(name, () => {
      const found = detect(input);
      assert.deepEqual([found.kind, found.confidence, found.alternatives], [kind, confidence, alternatives]);
    });

  test("evidence names its fact and its place", () => {
    assert.deepEqual(detect({ logs: logs([refused({ remote: "172.18.0.1" })]) }).evidence, [
      {
        fact: "logs",
        source: "gateway.log:14",
        quote: "remote=172.18.0.1",
        origin: { of: "log", log: "gateway.log", line: 14 },
      },
    ]);
    assert.equal(detect({ said: "vps" }).evidence[0]?.source, "--deployment");
  });

  test("names for commands", () => {
    assert.deepEqual(detect({ logs: logs([], { vias: ["openclaw-gateway-1"] }) }).names, {
      composeService: "openclaw-gateway",
    });
    assert.deepEqual(detect({ logs: logs([], { vias: ["openclaw-866cf46ddf-fhq2t/gateway"] }) }).names, {
      workload: "deploy/openclaw",
      container: "gateway",
    });
    assert.deepEqual(
      detect({
        listeners: listeners([], [{ pid: 7, flags: {}, container: { kind: "docker", id: "9176124ba561" } }]),
      }).names,
      { container: "9176124ba561" },
    );
    // Of several it is not known which one.
    assert.deepEqual(
      detect({
        listeners: listeners(
          [{ owner: "docker-proxy", pid: 3 }],
          [CONTAINED, { ...CONTAINED, pid: 8, container: { kind: "docker", id: "9176124ba562" } }],
        ),
      }).names,
      {},
    );
    assert.deepEqual(detect({ host: { ...HOST, units: ["/etc/systemd/system/openclaw.service"] } }).names, {
      unit: { name: "openclaw", user: false },
    });
    assert.equal(detect({ names: { sshHost: "me@claw.example" } }).kind, "vps");
  });

  test("a thousand refusals from one network are one sign", () => {
    const many = Array.from({ length: 200 }, () => refused({ remote: "10.244.0.1" }));
    const found = detect({ logs: logs(many), listeners: listeners([{ owner: "docker-proxy" }]) });
    assert.equal(found.kind, "docker");
  });
});

test("Compose's names", () => {
  assert.deepEqual(composeServiceOf("openclaw-gateway-1"), { service: "openclaw-gateway" });
  assert.deepEqual(composeServiceOf("openclaw-openclaw-gateway-1"), {
    service: "openclaw-gateway",
    container: "openclaw-openclaw-gateway-1",
  });
  assert.deepEqual(composeServiceOf("claw_openclaw-gateway_1"), {
    service: "openclaw-gateway",
    container: "claw_openclaw-gateway_1",
  });
  assert.deepEqual(composeServiceOf("my-gateway-1"), { service: "my-gateway" });
  assert.equal(composeServiceOf("postgres-1"), undefined);
  assert.equal(composeServiceOf("gateway.log"), undefined);
});

test("names of the container and the pod around us", async () => {
  const pod = fakeWorld({
    env: { HOSTNAME: "openclaw-866cf46ddf-fhq2t" },
    files: { "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "bots" },
  });
  const host = { ...HOST, container: "kubernetes" } as const;
  const own = await ownNames(pod, host);
  assert.deepEqual(own, { namespace: "bots", workload: "deploy/openclaw" });
  assert.deepEqual(detect({ host, own }).names, own);
  const container = fakeWorld({ env: { HOSTNAME: "9176124ba561" } });
  assert.deepEqual(await ownNames(container, { ...HOST, container: "docker" }), {
    container: "9176124ba561",
  });
  assert.deepEqual(await ownNames(container, HOST), {});
});

test("workloads of pods", () => {
  assert.equal(workloadOf("openclaw-gateway-866cf46ddf-fhq2t"), "deploy/openclaw-gateway");
  assert.equal(workloadOf("openclaw-0"), "statefulset/openclaw");
  assert.equal(workloadOf("openclaw"), "pod/openclaw");
});

/** signs, exposure, what the reason mentions. */
const EXPOSURES: readonly (readonly [string, ExposureInput, string, RegExp])[] = [
  ["nothing known", {}, "unknown", /neither/],
  ["bind loopback", { config: config({ bind: "loopback" }) }, "loopback", /bind is loopback/],
  [
    "bind loopback behind a trusted proxy",
    { config: config({ bind: "loopback", trustedProxies: ["127.0.0.1"] }) },
    "unknown",
    /trustedProxies/,
  ],
  ["funnel", { config: config({ bind: "loopback", tailscale: { mode: "funnel" } }) }, "public", /funnel/],
  [
    "serve stays in the tailnet",
    { config: config({ bind: "loopback", tailscale: { mode: "serve" } }) },
    "loopback",
    /loopback/,
  ],
  ["bind lan, machine unknown", { config: config({ bind: "lan" }) }, "unknown", /not looked at/],
  [
    "bind lan, private addresses",
    { config: config({ bind: "lan" }), host: { ...HOST, addresses: [PRIVATE] } },
    "private",
    /no interface/,
  ],
  [
    "bind lan, a public address",
    { config: config({ bind: "lan" }), host: { ...HOST, addresses: [PUBLIC] } },
    "public",
    /8\.8\.4\.4/,
  ],
  [
    "bind lan on a server behind its provider's NAT",
    { config: config({ bind: "lan" }), host: { ...HOST, addresses: [PRIVATE], sshSession: true } },
    "unknown",
    /SSH/,
  ],
  [
    "bind lan in a container",
    {
      config: config({ bind: "lan" }),
      host: { ...HOST, container: "docker" },
      deployment: detect({ said: "docker" }),
    },
    "unknown",
    /container/,
  ],
  ["bind tailnet", { config: config({ bind: "tailnet" }) }, "private", /tailnet/],
  [
    "bind custom to a public address",
    { config: config({ bind: "custom", customBindHost: "8.8.4.4" }) },
    "public",
    /customBindHost/,
  ],
  [
    "a port published on loopback only",
    {
      config: config({ bind: "lan" }),
      host: HOST,
      listeners: listeners([{ address: "127.0.0.1", owner: "docker-proxy" }]),
    },
    "loopback",
    /Docker publishes it on 127\.0\.0\.1/,
  ],
  [
    "a port published everywhere",
    { host: { ...HOST, addresses: [PRIVATE] }, listeners: listeners([{ owner: "docker-proxy" }]) },
    "private",
    /0\.0\.0\.0/,
  ],
  [
    "the wider of two sockets counts",
    {
      host: { ...HOST, addresses: [PRIVATE] },
      listeners: listeners([{ address: "127.0.0.1" }, { address: "192.168.1.5" }]),
    },
    "private",
    /192\.168\.1\.5/,
  ],
  [
    "a client from the Internet was seen",
    { config: config({ bind: "loopback" }), logs: logs([refused({ remote: "8.8.4.4" })]) },
    "public",
    /8\.8\.4\.4/,
  ],
  [
    "a proxy forwarded one",
    {
      config: config({ bind: "loopback" }),
      logs: logs([refused({ remote: "127.0.0.1", fwd: "8.8.4.4, 10.0.0.1" })]),
    },
    "public",
    /8\.8\.4\.4/,
  ],
  ["a public name in the URL", { url: "wss://claw.example.com/" }, "public", /claw\.example\.com/],
  [
    "a public name in allowedOrigins",
    { config: config({ bind: "loopback", controlUi: { allowedOrigins: ["https://claw.example.com"] } }) },
    "public",
    /allowedOrigins/,
  ],
  [
    "a tailnet name is not public",
    { config: config({ bind: "loopback", controlUi: { allowedOrigins: ["https://box.tail1.ts.net"] } }) },
    "loopback",
    /loopback/,
  ],
  [
    "Compose publishes on loopback only",
    {
      deployment: detect({ said: "docker" }),
      compose: { file: "compose.yaml", service: "claw", publishedOn: ["127.0.0.1"] },
    },
    "loopback",
    /compose\.yaml/,
  ],
  [
    "Compose publishes everywhere",
    {
      host: { ...HOST, addresses: [PRIVATE] },
      deployment: detect({ said: "docker" }),
      compose: { file: "compose.yaml", service: "claw", publishedOn: ["127.0.0.1", "0.0.0.0"] },
    },
    "private",
    /0\.0\.0\.0/,
  ],
  ["a loopback URL says nothing of the rest", { url: "ws://127.0.0.1:18789" }, "unknown", /neither/],
];

describe("exposure", () => {
  for (const [name, input, exposure, because] of EXPOSURES)
    test(name, () => {
      const found = exposureOf(input);
      assert.equal(found.exposure, exposure);
      assert.match(found.because, because);
    });
});
