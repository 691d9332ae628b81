import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HostSigns } from "../src/core/facts.ts";
import { containerId, isGatewayUnit, readHost } from "../src/deployments/host.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";

const ID = "9176124ba561c6d810120efd0fe3779662e019666d84b88a04b8293d9af99bae";
const V1 = (path: string) => `9:name=systemd:${path}\n8:pids:${path}\n1:cpu:${path}\n`;
const OVERLAY = "82 51 0:39 / / rw,relatime master:4 - overlay overlay rw,lowerdir=/a,upperdir=/b\n";
const EXT4 = "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n";
const PROC = "83 82 0:42 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n";
const HOSTNAME = (root: string) =>
  `110 82 254:0 ${root}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw\n`;

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/** Situations that were seen on real engines, and the container they are. */
const CONTAINERS: readonly (readonly [string, FakeWorldInput, HostSigns["container"]])[] = [
  ["a plain machine", { files: { "/proc/1/cgroup": V1("/"), "/proc/self/mountinfo": EXT4 + PROC } }, "none"],
  [
    "a plain virtual machine with /.dockerenv",
    { files: { "/.dockerenv": "", "/proc/1/cgroup": V1("/"), "/proc/self/mountinfo": PROC + EXT4 } },
    "none",
  ],
  [
    "a plain machine that runs containers: their mounts are no sign",
    {
      files: {
        "/proc/1/cgroup": "0::/init.scope\n",
        "/proc/self/mountinfo": `${EXT4}90 27 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n`,
      },
    },
    "none",
  ],
  [
    "docker, cgroup v1",
    {
      files: {
        "/.dockerenv": "",
        "/proc/1/cgroup": V1(`/docker/${ID}`),
        "/proc/self/mountinfo": OVERLAY + PROC + HOSTNAME(`/var/lib/docker/containers/${ID}`),
      },
    },
    "docker",
  ],
  [
    "docker, cgroup v2 in a namespace of its own",
    { files: { "/.dockerenv": "", "/proc/1/cgroup": "0::/\n", "/proc/self/mountinfo": OVERLAY + PROC } },
    "docker",
  ],
  [
    "docker with another storage driver",
    {
      files: {
        "/.dockerenv": "",
        "/proc/1/cgroup": "0::/\n",
        "/proc/self/mountinfo": `82 51 0:39 / / rw - btrfs /dev/vda rw\n${HOSTNAME(`/containers/${ID}`)}`,
      },
    },
    "docker",
  ],
  [
    "docker under systemd, cgroup v2 of the host",
    { files: { "/proc/1/cgroup": `0::/system.slice/docker-${ID}.scope\n`, "/proc/self/mountinfo": OVERLAY } },
    "docker",
  ],
  [
    "podman, rootful",
    {
      env: { container: "podman" },
      files: {
        "/run/.containerenv": "",
        "/proc/1/cgroup": V1(`/libpod_parent/libpod-${ID}`),
        "/proc/self/mountinfo":
          OVERLAY + HOSTNAME(`/run/containers/storage/overlay-containers/${ID}/userdata`),
      },
    },
    "podman",
  ],
  [
    "podman, rootless",
    {
      files: {
        "/proc/1/cgroup": "0::/\n",
        "/proc/self/mountinfo": `${OVERLAY}${HOSTNAME(`/user/1000/containers/overlay-containers/${ID}/userdata`)}`,
      },
    },
    "podman",
  ],
  [
    "a pod on docker",
    {
      env: { KUBERNETES_SERVICE_HOST: "10.96.0.1" },
      files: {
        "/.dockerenv": "",
        [SERVICE_ACCOUNT]: "claw",
        "/proc/1/cgroup": V1(`/kubepods/burstable/pod94b8445d-1ff8-47a9-9b9e-82fccc8e4bfa/${ID}`),
        "/proc/self/mountinfo": OVERLAY + HOSTNAME(`/var/lib/docker/containers/${ID}`),
      },
    },
    "kubernetes",
  ],
  [
    "a pod without a service account, cgroup v2",
    {
      env: { KUBERNETES_SERVICE_HOST: "10.96.0.1" },
      files: { "/proc/1/cgroup": "0::/\n", "/proc/self/mountinfo": OVERLAY + PROC },
    },
    "kubernetes",
  ],
  [
    "a pod by its hosts file alone",
    {
      files: {
        "/proc/1/cgroup": "0::/\n",
        "/proc/self/mountinfo": `${OVERLAY}270 251 254:0 /var/lib/kubelet/pods/94b8445d-1ff8-47a9-9b9e-82fccc8e4bfa/etc-hosts /etc/hosts rw - ext4 /dev/vda rw\n`,
      },
    },
    "kubernetes",
  ],
  [
    "a shell of a machine with the variable of a cluster in it",
    {
      env: { KUBERNETES_SERVICE_HOST: "10.96.0.1" },
      files: { "/proc/1/cgroup": V1("/"), "/proc/self/mountinfo": EXT4 },
    },
    "none",
  ],
  [
    "an overlay root and nothing else",
    { files: { "/proc/1/cgroup": "0::/\n", "/proc/self/mountinfo": OVERLAY } },
    "unknown",
  ],
  ["nothing may be read", { files: { "/.dockerenv": "" } }, "unknown"],
  ["a Mac", { platform: "darwin" }, "none"],
];

describe("the container around us", () => {
  for (const [name, input, expected] of CONTAINERS)
    test(name, async () => {
      assert.equal((await readHost(fakeWorld(input))).container, expected);
    });

  test("its id, from the mounts or the host name", async () => {
    const mounts = OVERLAY + HOSTNAME(`/var/lib/docker/containers/${ID}`);
    assert.equal(await containerId(fakeWorld({ files: { "/proc/self/mountinfo": mounts } })), "9176124ba561");
    assert.equal(await containerId(fakeWorld({ env: { HOSTNAME: "0123456789ab" } })), "0123456789ab");
    assert.equal(await containerId(fakeWorld({ env: { HOSTNAME: "openclaw-0" } })), undefined);
  });
});

describe("what is around", () => {
  test("WSL by its kernel, but not inside a container of Docker Desktop, which shares it", async () => {
    const version = { "/proc/version": "Linux version 5.15.153.1-microsoft-standard-WSL2" };
    const wsl = fakeWorld({
      files: { ...version, "/proc/1/cgroup": "0::/\n", "/proc/self/mountinfo": EXT4 },
    });
    assert.equal((await readHost(wsl)).wsl, true);
    const inside = fakeWorld({
      files: { ...version, "/.dockerenv": "", "/proc/1/cgroup": "0::/\n", "/proc/self/mountinfo": OVERLAY },
    });
    assert.equal((await readHost(inside)).wsl, false);
  });

  test("an SSH session", async () => {
    assert.equal(
      (await readHost(fakeWorld({ env: { SSH_CONNECTION: "1.2.3.4 5 6.7.8.9 22" } }))).sshSession,
      true,
    );
    assert.equal((await readHost(fakeWorld())).sshSession, false);
  });

  test("addresses with how far they reach", async () => {
    const addresses = [
      ["127.0.0.1", true, "loopback"],
      ["10.0.0.5", false, "private"],
      ["172.18.0.1", false, "private"],
      ["172.32.0.1", false, "public"],
      ["100.100.1.2", false, "private"],
      ["8.8.4.4", false, "public"],
      ["192.0.2.2", false, "private"],
      ["fe80::1%eth0", false, "private"],
      ["fd00::2", false, "private"],
      ["2a01:4f8::1", false, "public"],
    ] as const;
    const host = await readHost(
      fakeWorld({
        interfaces: addresses.map(([address, internal]) => ({ name: "eth0", address, internal })),
      }),
    );
    assert.deepEqual(
      host.addresses.map(({ scope }) => scope),
      addresses.map(([, , scope]) => scope),
    );
  });

  test("engines by their sockets and files, each path once", async () => {
    const host = await readHost(
      fakeWorld({
        env: {
          DOCKER_HOST: "unix:///var/run/docker.sock",
          XDG_RUNTIME_DIR: "/run/user/1000",
          KUBECONFIG: "/etc/k.yaml:/nope",
        },
        files: { "/var/run/docker.sock": "", "/run/user/1000/podman/podman.sock": "", "/etc/k.yaml": "" },
      }),
    );
    assert.deepEqual(host.engines, [
      { kind: "docker", path: "/var/run/docker.sock" },
      { kind: "podman", path: "/run/user/1000/podman/podman.sock" },
      { kind: "kubernetes", path: "/etc/k.yaml" },
    ]);
  });

  test("services of the user and of the system", async () => {
    const host = await readHost(
      fakeWorld({
        files: {
          "/home/user/.config/systemd/user/openclaw-gateway.service": "",
          "/home/user/.config/systemd/user/openclaw-node.service": "",
          "/etc/systemd/system/openclaw.service": "",
          "/etc/systemd/system/ssh.service": "",
        },
      }),
    );
    assert.deepEqual(host.units, [
      "/home/user/.config/systemd/user/openclaw-gateway.service",
      "/etc/systemd/system/openclaw.service",
    ]);
  });

  test("names of service files", () => {
    for (const name of [
      "openclaw-gateway-work.service",
      "clawdbot-gateway.service",
      "ai.openclaw.gateway.plist",
    ])
      assert.equal(isGatewayUnit(name), true, name);
    for (const name of ["openclaw-node.service", "openclaw.timer", "ai.openclaw.plist", "xopenclaw.service"])
      assert.equal(isGatewayUnit(name), false, name);
  });
});
