// What somebody's words say of where a gateway runs, and the commands that follow from it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import type { HostSigns } from "../src/core/facts.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { detectDeployment } from "../src/kinds/detect.ts";
import { deploymentWords } from "../src/kinds/words/read.ts";

const NOWHERE: HostSigns = {
  platform: "unknown",
  wsl: false,
  sshSession: false,
  container: "unknown",
  addresses: [],
  engines: [],
  units: [],
};

function placeOf(text: string) {
  const words = deploymentWords([{ name: "ticket", text }]);
  return detectDeployment({ host: NOWHERE, elsewhere: true, words });
}

function linesOf(text: string): readonly (string | undefined)[] {
  const deployment = placeOf(text);
  const { port } = deployment.names;
  const context = { elsewhere: true, ...(port === undefined ? {} : { port }) };
  return commandsFor(
    [{ do: "device.list" }, { do: "gateway.restart" }, { do: "ssh.tunnel", port: 18789 }],
    deployment,
    context,
  ).map(({ command }) => command);
}

const PLACES: readonly (readonly [text: string, kind: DeploymentKind, list: string, restart?: string])[] = [
  [
    "I typed docker compose logs -f openclaw-gateway",
    "docker",
    "docker compose exec openclaw-gateway node dist/index.js devices list",
    "docker compose restart openclaw-gateway",
  ],
  [
    "docker compose -f prod.yml exec claw openclaw devices approve x",
    "docker",
    "docker compose -f prod.yml exec claw openclaw devices list",
  ],
  [
    "$ docker compose run --rm openclaw-cli status",
    "docker",
    "docker compose exec openclaw-gateway node dist/index.js devices list",
  ],
  [
    "docker run -d --name claw ghcr.io/openclaw/openclaw:2026.3.13",
    "docker",
    "docker exec -u node claw node dist/index.js devices list",
    "docker restart claw",
  ],
  [
    "sudo -u openclaw podman logs openclaw",
    "docker",
    "podman exec -u node openclaw node dist/index.js devices list",
    "podman restart openclaw",
  ],
  [
    "我在群晖的 Container Manager 里装的",
    "docker",
    "docker exec <container> node dist/index.js devices list",
  ],
  ["Coolify one-click", "docker", "docker exec <container> openclaw devices list"],
  [
    "In the container ix-openclaw-openclaw-1 of TrueNAS",
    "docker",
    "docker exec ix-openclaw-openclaw-1 openclaw devices list",
  ],
  [
    "deployed with fly.toml from the docs",
    "docker",
    "fly ssh console -C 'node /app/dist/index.js devices list'",
    "fly machine restart",
  ],
  ["the Railway template", "docker", "railway ssh -- openclaw devices list", "railway redeploy"],
  ["Home Assistant add-on", "docker", "openclaw devices list"],
  [
    "kubectl logs -n ai-tools deploy/claw -c main",
    "kubernetes",
    "kubectl -n ai-tools exec deploy/claw -c main -- node /app/dist/index.js devices list",
    "kubectl -n ai-tools rollout restart deploy/claw",
  ],
  [
    "kubectl exec -it openclaw-0 -n bots -- sh",
    "kubernetes",
    "kubectl -n bots exec statefulset/openclaw -- node /app/dist/index.js devices list",
  ],
  [
    "it is a systemd user service",
    "local",
    "openclaw devices list",
    "systemctl --user restart openclaw-gateway",
  ],
  ["sudo systemctl status openclaw", "local", "openclaw devices list", "sudo systemctl restart openclaw"],
  [
    "~/.config/systemd/user/openclaw-gateway-work.service",
    "local",
    "openclaw devices list",
    "systemctl --user restart openclaw-gateway-work",
  ],
  [
    "the LaunchAgent is loaded",
    "local",
    "openclaw devices list",
    "launchctl kickstart -k gui/$(id -u)/ai.openclaw.gateway",
  ],
  ["gateway runs as a Scheduled Task", "local", "openclaw devices list", "openclaw gateway restart"],
  ["Mac mini, Chrome on the same machine", "local", "openclaw devices list"],
  ["I ran `openclaw gateway restart`", "local", "openclaw devices list", "openclaw gateway restart"],
  ["Termux on my phone", "local", "openclaw devices list"],
];

describe("the commands are those of the deployment that the words name", () => {
  for (const [text, kind, list, restart] of PLACES)
    test(text, () => {
      const [listed, restarted] = linesOf(text);
      assert.equal(placeOf(text).kind, kind);
      assert.equal(listed, list);
      if (restart !== undefined) assert.equal(restarted, restart);
    });
});

/** A mention that is no evidence: denied, advised by others, asked about, or how it works elsewhere. */
const NO_DOCKER: readonly string[] = [
  "No Docker involved.",
  "no docker anywhere, npm global",
  "I don't use Docker",
  "it is not in Docker",
  "a friend told me to use docker compose",
  "the docs say docker compose up -d",
  "should I run it in Docker?",
  "it works fine in Docker",
  "docker: command not found",
  "moved from Docker to npm last week",
  "没有用 docker",
  "网上都说 docker 更好",
];

describe("a denial, an advice and a question are no evidence", () => {
  for (const text of NO_DOCKER)
    test(text, () => {
      const own = deploymentWords([{ name: "ticket", text }]).signs;
      assert.ok(!own.some(({ kind, weight }) => kind === "docker" && weight > 0), JSON.stringify(own));
    });

  test("a command that was run outweighs a word", () => {
    assert.equal(placeOf("No Docker on this Mac.\n$ kubectl get pods -n claw").kind, "kubernetes");
    assert.equal(placeOf("systemd is fine here.\n$ docker exec claw openclaw status").kind, "docker");
  });

  test("a denied container takes the bridge's address away from Docker", () => {
    const { signs } = deploymentWords([{ name: "ticket", text: "WSL2, no Docker involved" }]);
    const weight = (kind: string) => signs.find((sign) => sign.kind === kind)?.weight ?? 0;
    assert.ok(weight("docker") < -6 && weight("local") > 0, JSON.stringify(signs));
  });

  test("what programs print is nobody's word", () => {
    const printed =
      "2026-03-01T10:00:00.000Z [ws] closed before connect conn=1 ua=Mozilla/5.0 (Windows NT 10.0) docker";
    assert.deepEqual(deploymentWords([{ name: "log", text: printed }]).signs, []);
  });
});

/** What can stand behind a name in a sentence, in either language. */
const PUNCTUATION = [
  ...[".", ",", ":", ";", "!", "?", ")", '"', "'", "`", "...", '".', "`)", "`,"],
  ...["。", "，", "；", "：", "！", "？", "、", "）", "」", "』", "”", "’", "》", "……"],
];

/** Texts that name something, with `@` where a sentence may go on. */
const NAMING: readonly (readonly [text: string, named: string])[] = [
  ["I ran docker compose restart gateway@", "gateway"],
  ["docker compose -f /srv/my.prod.yml exec claw@", "claw"],
  ["docker compose -f /srv/my.prod.yml@ exec claw", "/srv/my.prod.yml"],
  ["docker exec openclaw-gk8w0s@", "openclaw-gk8w0s"],
  ["docker logs -f my_claw_1@", "my_claw_1"],
  ["docker run -d --name claw.main@", "claw.main"],
  ["container_name: claw@", "claw"],
  ["Container name is openclaw-gk8w0s@", "openclaw-gk8w0s"],
  ["the container is called claw@", "claw"],
  ["容器名是 openclaw-app@", "openclaw-app"],
  ["kubectl -n ai@ logs deploy/claw", "ai"],
  ["kubectl -n ai logs deploy/claw@", "deploy/claw"],
  ["kubectl -n ai exec openclaw-0@", "statefulset/openclaw"],
  ["kubectl logs deploy/claw -c main@", "main"],
  ["kubectl get pods, the namespace is bots@", "bots"],
  ["sudo systemctl restart openclaw-work@", "openclaw-work"],
  ["sudo systemctl restart openclaw-work.service@", "openclaw-work"],
  ["~/.config/systemd/user/openclaw-two.service@", "openclaw-two"],
  ["launchctl print gui/501/ai.openclaw.work@", "ai.openclaw.work"],
];

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

describe("the punctuation of a sentence is no part of a name", () => {
  for (const [text, named] of NAMING)
    test(text, () => {
      for (const mark of ["", ...PUNCTUATION])
        for (const behind of ["", " Still refused", "仍然不行"]) {
          // A Latin letter right behind a full stop is a name that goes on.
          if (mark === "..." && behind === "") continue;
          const whole = `${text.replace("@", mark)}${behind}`;
          // Full stops and colons in the middle of a command are no sentence's.
          if (behind === "仍然不行" && mark === "") continue;
          const { names } = deploymentWords([{ name: "t", text: whole }]);
          const found = stringsIn(names);
          if (!text.includes("@ ")) assert.ok(found.includes(named), `${whole}: ${found.join(" ")}`);
          assert.deepEqual(
            found.filter((one) => /[\p{P}]$/u.test(one)),
            [],
            whole,
          );
        }
    });
});

describe("a container that is named in a sentence", () => {
  for (const [text, name] of [
    ['The container is called "claw"', "claw"],
    ["My container `claw` is refused", "claw"],
    ["container: “claw”", "claw"],
    ["Container name: claw", "claw"],
    ["the container's name is claw", "claw"],
    ["容器名是 openclaw-app，打开页面", "openclaw-app"],
    ["容器名称：claw", "claw"],
    ["容器叫「claw」", "claw"],
    ["docker 容器 openclaw-app 里", "openclaw-app"],
  ] as const)
    test(text, () => {
      assert.equal(linesOf(text)[0], `docker exec -u node ${name} node dist/index.js devices list`);
      assert.equal(linesOf(text)[1], `docker restart ${name}`);
    });

  for (const text of [
    "the container is running",
    "容器是 running 的",
    "the container is named after me",
    "docker container: up",
  ])
    test(`none: ${text}`, () =>
      assert.equal(deploymentWords([{ name: "t", text }]).names.docker.container, undefined));
});

test("kubectl is given a container only where somebody named it", () => {
  for (const text of [
    "kubectl -n ai logs deploy/claw",
    "runs on k3s",
    "kubectl exec -it openclaw-0 -n bots -- sh",
  ])
    assert.ok(!linesOf(text).some((line) => / -c /.test(line ?? "")), text);
});

describe("a server's panel and a NAS are no container where their owner says so", () => {
  for (const text of [
    "宝塔面板的服务器, openclaw 是 npm 全局安装, systemd 启动, 没有用 docker",
    "宝塔面板，npm 全局安装",
    "群晖上用 npm 装的，没有用 docker",
    "Synology NAS, npm install -g openclaw, no Docker",
  ])
    test(text, () => assert.notEqual(placeOf(text).kind, "docker"));

  test("and they are where nothing is said, and where a container is", () => {
    assert.equal(placeOf("我在群晖上装的").kind, "docker");
    assert.equal(placeOf("宝塔里用 docker 装的").kind, "docker");
    assert.notEqual(placeOf("宝塔装的").kind, "docker");
  });
});

describe("the gateway's port, where one is named", () => {
  for (const [text, port] of [
    ["gateway.port is 19001 in my config", 19001],
    ["Gateway target: ws://127.0.0.1:28789", 28789],
    ["openclaw gateway --bind lan --port 4000", 4000],
    ["the gateway listens on port 28789", 28789],
    ["my panel is on port 3000", undefined],
    ["Gateway target: ws://127.0.0.1:18789\ngateway.port: 19001", undefined],
  ] as const)
    test(text, () => assert.equal(deploymentWords([{ name: "t", text }]).names.local.port, port));

  test("it is in the tunnel's line", () => {
    assert.equal(
      linesOf("systemd user service, gateway.port: 28789")[2],
      "ssh -N -L 18789:127.0.0.1:18789 '<user>@<host>'".replaceAll("'", ""),
    );
  });
});

test("names from a hostile ticket are no options and no shell", () => {
  for (const text of [
    "docker exec --privileged;rm claw",
    "docker exec $(reboot) x",
    "kubectl -n -- exec pod/x",
  ]) {
    const [list = ""] = linesOf(text);
    assert.ok(!/reboot|;rm|privileged/.test(list), list);
  }
});
