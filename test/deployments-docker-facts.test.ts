import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { createScrubber } from "../src/core/scrub.ts";
import type { Workload } from "../src/core/workload.ts";
import { askEngine } from "../src/deployments/docker/clock.ts";
import { connectEngine } from "../src/deployments/docker/engine.ts";
import { openContainer } from "../src/deployments/docker/open-container.ts";
import { configRewrite } from "../src/kinds/docker/rewrites.ts";
import {
  type FakeContainer,
  type FakeEngine,
  type FakeEngineOptions,
  fakeEngine,
  frame,
} from "./fake-engine.ts";
import { fakeWorld } from "./fake-world.ts";

const TOKEN = "tok-in-the-config-0123";
const STATE = "/home/node/.openclaw";
const CLAW: FakeContainer = {
  name: "claw",
  mounts: [{ source: "/srv/claw", at: STATE }],
  files: {
    [`${STATE}/openclaw.json`]: JSON.stringify({ gateway: { auth: { mode: "token", token: TOKEN } } }),
  },
};
const engines: FakeEngine[] = [];
after(() => Promise.all(engines.map((engine) => engine.close())));

async function engineOf(options: FakeEngineOptions): Promise<FakeEngine> {
  const engine = await fakeEngine(options);
  engines.push(engine);
  return engine;
}

async function reading(
  more: Partial<FakeContainer> = {},
  options: FakeEngineOptions = {},
): Promise<Workload> {
  const others = options.containers ?? [];
  const engine = await engineOf({ ...options, containers: [{ ...CLAW, ...more }, ...others] });
  const world = fakeWorld({ env: { DOCKER_HOST: `unix://${engine.socket}` } });
  const opened = await openContainer({ world, salt: "s", wanted: { by: "container", name: "claw" } });
  assert.ok(opened.known, JSON.stringify(opened));
  assert.ok(
    engine.calls.every((call) => /^(?:GET|HEAD) /.test(call)),
    engine.calls.join("\n"),
  );
  const { workload } = opened.value.deployment;
  assert.ok(workload);
  assert.ok(!JSON.stringify(workload).includes(TOKEN), "a token is in the reading");
  return workload;
}

describe("the engine's clock", () => {
  const asked = async (info: () => object, times: readonly number[]) => {
    const engine = await engineOf({ info });
    const { api } = await connectEngine({ name: "fake", socket: engine.socket }, {});
    const left = [...times];
    return askEngine(api, () => left.shift() ?? 0);
  };
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

  test("its difference from ours is known to half of the round trip", async () => {
    const says = await asked(
      () => ({ SystemTime: at(1_763_800_300) }),
      [1_763_799_999_900, 1_763_800_000_100],
    );
    assert.deepEqual(says, {
      clock: { aheadMs: 300_000, withinMs: 100 },
      mapsUsers: false,
      sharesFiles: false,
    });
  });

  test("without a time, or without leave to ask, it is not known", async () => {
    assert.deepEqual(await asked(() => ({ SystemTime: "soon" }), [1, 2]), {
      mapsUsers: false,
      sharesFiles: false,
    });
    const engine = await engineOf({ refused: { status: 403, paths: /^\/info/ } });
    const { api } = await connectEngine({ name: "fake", socket: engine.socket }, {});
    assert.deepEqual(await askEngine(api), { mapsUsers: false, sharesFiles: false });
  });

  test("desktops share the host's files into a machine", async () => {
    for (const info of [{ OperatingSystem: "Docker Desktop" }, { Name: "colima" }, { Name: "lima-default" }])
      assert.equal((await asked(() => info, [1, 2])).sharesFiles, true);
    const plain = { OperatingSystem: "Debian GNU/Linux 12 (bookworm)", Name: "claw" };
    assert.equal((await asked(() => plain, [1, 2])).sharesFiles, false);
  });

  test("rootless and mapped users", async () => {
    for (const option of ["name=rootless", "name=userns"]) {
      const says = await asked(() => ({ SecurityOptions: ["name=seccomp,profile=default", option] }), [1, 2]);
      assert.equal(says.mapsUsers, true);
    }
  });
});

describe("where the state is", () => {
  test("on a mount, with its owner and the uid that the gateway has", async () => {
    const { stateDir, uid, mounts } = await reading({ uid: 0 });
    assert.deepEqual([stateDir?.path, stateDir?.on, stateDir?.mount], [STATE, "mount", STATE]);
    assert.deepEqual([stateDir?.owner?.uid, stateDir?.configOwner?.uid, uid], [0, 0, 1000]);
    assert.equal(mounts[0]?.owner?.uid, 0);
  });

  const rows: readonly (readonly [string, Partial<FakeContainer>, string, boolean])[] = [
    ["in the container's own layer", { mounts: [] }, "layer", false],
    [
      "beside a mount of the workspace",
      { mounts: [{ source: "/w", at: `${STATE}/workspace` }] },
      "layer",
      false,
    ],
    ["in a tmpfs", { mounts: [{ source: "", at: "/home/node", kind: "tmpfs" }] }, "tmpfs", false],
    ["in a volume", { mounts: [{ source: "claw", at: "/home/node", kind: "volume" }] }, "mount", false],
    ["on a mount for reading", { mounts: [{ source: "/srv", at: STATE, readOnly: true }] }, "mount", true],
    [
      "in a layer for reading",
      { mounts: [], inspect: { HostConfig: { ReadonlyRootfs: true } } },
      "layer",
      true,
    ],
  ];
  for (const [name, more, on, readOnly] of rows)
    test(name, async () => {
      const { stateDir } = await reading(more);
      assert.deepEqual([stateDir?.on, stateDir?.readOnly], [on, readOnly]);
    });

  test("openclaw.json mounted by itself, for reading", async () => {
    const config = { source: "/srv/openclaw.json", at: `${STATE}/openclaw.json`, readOnly: true };
    const { stateDir } = await reading({ mounts: [{ source: "/srv/claw", at: STATE }, config] });
    assert.deepEqual(
      [stateDir?.readOnly, stateDir?.configReadOnly, stateDir?.configAlone],
      [false, true, true],
    );
  });

  test("where no config was found, the usual place is not called lost", async () => {
    assert.equal((await reading({ mounts: [], files: {} })).stateDir, undefined);
    const elsewhere = { mounts: [{ source: "data", at: "/data", kind: "volume" }], files: {} };
    assert.equal((await reading(elsewhere)).stateDir, undefined);
  });

  test("a proxy that hands out no files: where it is, and nobody's", async () => {
    const { stateDir } = await reading({}, { refused: { status: 403, paths: /\/archive/ } });
    assert.deepEqual([stateDir?.on, stateDir?.owner], ["mount", undefined]);
  });
});

describe("why it is not well", () => {
  test("the last lines of one that starts again and again, without secrets and traces", async () => {
    const log = `first\n\nGateway failed to start: token ${TOKEN}\n    at main (/app/x.js:1:1)\n\u001b[31mbye\u001b[39m\n`;
    const { lastLines } = await reading({ state: "restarting", restarts: 9, log: frame(2, log) });
    assert.deepEqual(lastLines, ["first", "Gateway failed to start: token <redacted>", "bye"]);
  });

  test("one that runs from its first start has none", async () => {
    assert.equal((await reading({ log: frame(1, "ready\n") })).lastLines, undefined);
  });

  test("no memory, a start that failed, what the health check wrote", async () => {
    const { oomKilled, error, healthOutput } = await reading({
      state: "exited",
      inspect: {
        State: {
          OOMKilled: true,
          Error: "driver failed programming external connectivity",
          Health: {
            Status: "unhealthy",
            Log: [{ Output: "old" }, { Output: `curl: (7) refused\n--token ${TOKEN}\n` }],
          },
        },
      },
    });
    assert.equal(oomKilled, true);
    assert.match(error ?? "", /external connectivity/);
    assert.equal(healthOutput, "curl: (7) refused --token <redacted> ");
  });
});

describe("what is around it", () => {
  test("neighbours on its network; gateways that have its state directory", async () => {
    const beside: FakeContainer = {
      name: "caddy",
      image: "caddy:2",
      command: ["caddy"],
      address: "172.18.0.9",
    };
    const { neighbours, others } = await reading(
      {},
      {
        containers: [
          beside,
          { ...beside, name: "far", networkMode: "other_default" },
          { ...beside, name: "down", state: "exited" },
          { name: "twin", mounts: [{ source: "/srv/claw", at: "/data" }], networkMode: "other_default" },
          { name: "stranger", networkMode: "other_default" },
        ],
      },
    );
    assert.deepEqual(neighbours, [{ name: "caddy", address: "172.18.0.9" }]);
    assert.deepEqual(others, [
      { name: "stranger", state: "running" },
      { name: "twin", state: "running", sharesState: true },
    ]);
  });

  test("ports that are declared, and names that are added", async () => {
    const { exposed, extraHosts } = await reading({
      inspect: {
        Config: { ExposedPorts: { "18789/tcp": {}, "53/udp": {}, "x/tcp": {} } },
        HostConfig: { ExtraHosts: ["host.docker.internal:host-gateway"] },
      },
    });
    assert.deepEqual([exposed, extraHosts], [[18789], ["host.docker.internal:host-gateway"]]);
  });
});

describe("openclaw.json is written at each start", () => {
  const rewrite = (
    command: readonly string[],
    more: { name?: string; image?: string; labels?: object; env?: readonly string[] } = {},
  ) =>
    configRewrite(
      {
        Name: `/${more.name ?? "claw"}`,
        Path: command[0] ?? "",
        Args: command.slice(1),
        Config: {
          Image: more.image ?? "ghcr.io/openclaw/openclaw:latest",
          Labels: more.labels ?? {},
          Env: more.env ?? [],
        },
      } as unknown as Parameters<typeof configRewrite>[0],
      createScrubber(["word-of-the-environment"]),
    );
  const shell = (script: string) => ["docker-entrypoint.sh", "sh", "-c", script];
  const START = "exec node dist/index.js gateway --bind lan";
  const FILE = "/root/.openclaw/openclaw.json";

  const whole: readonly string[] = [
    `mkdir -p /root/.openclaw; echo '{"gateway":{"bind":"lan"}}' > ${FILE}; ${START}`,
    `printf '%s' "$SEED" >${FILE} && ${START}`,
    `cp /config/openclaw.json "${FILE}" && ${START}`,
    `cat /seed.json | tee ${FILE}; ${START}`,
    `cat > "$STATE/openclaw.json" << 'EOF'\n{}\nEOF\n${START}`,
    `node -e 'require("fs").writeFileSync("${FILE}","{}")'; ${START}`,
    `rm -f ${FILE}; cp /seed ${FILE}; ${START}`,
  ];
  for (const script of whole)
    test(script.slice(0, 60), () => {
      const found = rewrite(shell(script));
      assert.equal(found?.by, "command");
      assert.equal(found.keys, undefined);
      assert.match(found.quote, /openclaw\.json/);
    });

  const not: readonly string[] = [
    START,
    `[ -f ${FILE} ] || cp /seed.json ${FILE}; ${START}`,
    `if [ ! -e "${FILE}" ]; then echo '{}' > ${FILE}; fi; ${START}`,
    `cp -n /seed.json ${FILE}; ${START}`,
    `cat ${FILE}; ${START}`,
    `cp ${FILE} /backup/; ${START}`,
    `echo done >> /tmp/openclaw.json.log; ${START}`,
    `chown node ${FILE}; ${START} 2>&1`,
  ];
  for (const script of not)
    test(`not: ${script.slice(0, 60)}`, () => assert.equal(rewrite(shell(script)), undefined));

  test("Unraid's template, by its label", () => {
    const found = rewrite(shell(whole[0] ?? ""), { labels: { "net.unraid.docker.managed": "dockerman" } });
    assert.equal(found?.by, "unraid");
  });

  test("single keys, by the gateway's own command", () => {
    const script = `node dist/index.js config set gateway.bind lan && node dist/index.js config set --strict-json "gateway.port" 1; ${START}`;
    assert.deepEqual(rewrite(shell(script))?.keys, ["gateway.bind", "gateway.port"]);
  });

  test("platforms, by image and name", () => {
    assert.equal(rewrite(["/entrypoint.sh"], { image: "coollabsio/openclaw:2026.3.13" })?.by, "coolify");
    assert.equal(rewrite(["/entrypoint.sh"], { image: "coollabsio/openclaw-browser:1" }), undefined);
    const truenas = rewrite(["node", "openclaw.mjs", "gateway"], { name: "ix-openclaw-openclaw-1" });
    assert.deepEqual([truenas?.by, truenas?.keys?.length], ["truenas", 2]);
  });

  test("the image for Chinese chat services, by what its environment has", () => {
    const image = "justlikemaki/openclaw-docker-cn-im:latest";
    const keys = (...env: readonly string[]) => rewrite(["/init.sh"], { image, env })?.keys;
    assert.equal(keys("OPENCLAW_GATEWAY_TOKEN="), undefined);
    assert.ok(keys("OPENCLAW_GATEWAY_TOKEN=x")?.includes("gateway.bind"));
    assert.ok(!keys("OPENCLAW_GATEWAY_TOKEN=x")?.includes("gateway.controlUi.allowedOrigins"));
    assert.ok(
      keys("OPENCLAW_GATEWAY_TOKEN=x", "OPENCLAW_GATEWAY_ALLOWED_ORIGINS=http://a")?.includes(
        "gateway.controlUi.allowedOrigins",
      ),
    );
  });

  test("a token in the command is not quoted", () => {
    const found = rewrite(
      shell(`echo '{"gateway":{"auth":{"token":"hunter2hunter2"}}}' > ${FILE}; ${START}`),
    );
    assert.ok(found && !found.quote.includes("hunter2"));
    const bare = rewrite(shell(`echo word-of-the-environment > ${FILE}; ${START}`));
    assert.ok(bare?.quote.endsWith(`echo <redacted> > ${FILE}`), bare?.quote);
  });

  test("any words are read in time", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 40 }), (words) => {
        const found = rewrite(words);
        assert.ok(found === undefined || found.quote.length <= 210);
      }),
    );
  });
});
