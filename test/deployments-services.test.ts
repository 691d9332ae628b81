// What starts a gateway, read from a machine in memory; systemd's files and the kernel's, in the forms that systemd 252,
// pm2 6 and supervisord 4.2 leave there (run), launchd's from its documentation.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { known } from "../src/core/fact.ts";
import { installDirBehind } from "../src/deployments/hidden-program.ts";
import { localAccess } from "../src/deployments/local.ts";
import { ownRestart } from "../src/deployments/manager-restart.ts";
import { startOf } from "../src/deployments/process-start.ts";
import type { GatewayProcess } from "../src/deployments/processes.ts";
import { gatewayProcesses } from "../src/deployments/processes.ts";
import { restartGateway } from "../src/deployments/restart.ts";
import { journalWords } from "../src/deployments/service-journal.ts";
import { readInstalled, readService } from "../src/deployments/service-reading.ts";
import { readUnit } from "../src/deployments/unit-files.ts";
import type { ServiceUnit, World } from "../src/deployments/world.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";

const SALT = "salt";
const HOME = "/home/claw";
const UNIT = `${HOME}/.config/systemd/user/openclaw-gateway.service`;
const NODE = "/usr/bin/node";
const ENTRY = "/opt/openclaw/node_modules/openclaw/dist/index.js";
const IN_UNIT = "0::/user.slice/user-1001.slice/user@1001.service/app.slice/openclaw-gateway.service\n";
/** 1796031632 s, and 48 703.02 s later. */
const STARTED = "2026-11-30T23:12:15.020Z";
const STAT = `406 (openclaw) (gate) S 85 406 406 0 -1 4194560 81903 424 0 0 353 66 0 0 20 0 11 0 4870302 122 84869`;
const at = (seconds: number): number => Date.parse(STARTED) + seconds * 1000;

const TEXT = `[Service]\nExecStart="${NODE}" "${ENTRY}" gateway --port 18789\nEnvironment=HOME=${HOME}\nEnvironment="OPENCLAW_GATEWAY_TOKEN=first-token-1"\n`;

interface Machine {
  readonly files?: FakeWorldInput["files"];
  readonly modified?: FakeWorldInput["modified"];
  readonly owners?: FakeWorldInput["owners"];
  readonly cgroup?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cmdline?: readonly string[];
  readonly parent?: readonly string[];
  readonly uid?: number;
}

const ENV = { HOME, PATH: "/usr/bin", OPENCLAW_GATEWAY_TOKEN: "first-token-1" };

async function machine(of: Machine = {}): Promise<{ world: World; gateway: GatewayProcess }> {
  const { cgroup = IN_UNIT, env = ENV, cmdline = [NODE, ENTRY, "gateway", "--port", "18789"] } = of;
  const world = fakeWorld({
    uid: of.uid ?? 1001,
    homedir: HOME,
    env: { PATH: "/usr/bin" },
    files: {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nclaw:x:1001:1001::/home/claw:/bin/sh\n",
      "/proc/stat": "cpu 1 2\nbtime 1796031632\n",
      "/proc/406/stat": STAT,
      "/proc/406/cmdline": cmdline.join("\0"),
      "/proc/406/status": "Name:\tnode\nPPid:\t85\nUid:\t1001\t1001\t1001\t1001\n",
      "/proc/406/cgroup": cgroup,
      "/proc/406/environ": Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join("\0"),
      "/proc/85/cmdline": (of.parent ?? ["/lib/systemd/systemd", "--user"]).join("\0"),
      "/proc/85/status": "PPid:\t1\nUid:\t1001\t1001\t1001\t1001\n",
      [UNIT]: TEXT,
      ...of.files,
    },
    links: { "/proc/406/exe": NODE, "/proc/406/cwd": HOME },
    modified: { [UNIT]: at(-60), ...of.modified },
    ...(of.owners === undefined ? {} : { owners: of.owners }),
  });
  const [gateway] = await gatewayProcesses(world, [406], new Set([406]), SALT);
  assert.ok(gateway);
  return { world, gateway };
}

const reading = async (of: Machine = {}) => {
  const { world, gateway } = await machine(of);
  return (await readService(world, gateway, SALT))?.reading;
};

test("a process was started so many hundredths of a second after its machine, whatever its name is", async () => {
  const { world } = await machine();
  assert.equal(new Date((await startOf(world, 406)) ?? 0).toISOString(), STARTED);
  assert.equal(await startOf(world, 407), undefined);
});

describe("a systemd unit and the process that it started", () => {
  test("who, since when, and whether it outlives the last logout", async () => {
    assert.deepEqual(await reading(), {
      by: "systemd",
      name: "openclaw-gateway",
      user: true,
      runsAs: "claw",
      startedAt: STARTED,
    });
    assert.equal((await reading({ files: { "/var/lib/systemd/linger/claw": "" } }))?.lingers, true);
    assert.equal((await reading({ files: { "/var/lib/systemd/linger/root": "" } }))?.lingers, false);
  });

  test("of the system's own manager no lingering is asked", async () => {
    const files = { "/var/lib/systemd/linger/root": "", "/etc/systemd/system/claw-assistant.service": TEXT };
    const found = await reading({
      files,
      cgroup: "0::/system.slice/claw-assistant.service\n",
      parent: ["/sbin/init"],
    });
    assert.deepEqual([found?.name, found?.user, found?.lingers], ["claw-assistant", false, undefined]);
  });

  const DROP_IN = `${UNIT}.d/override.conf`;
  const SECOND = '[Service]\nEnvironment="OPENCLAW_GATEWAY_TOKEN=second-token-2"\n';
  test("what a newer drop-in gives it otherwise has its name, and no value", async () => {
    const found = await reading({ files: { [DROP_IN]: SECOND }, modified: { [DROP_IN]: at(60) } });
    assert.deepEqual(found?.outdated, [
      { path: DROP_IN, changedAt: new Date(at(60)).toISOString(), what: ["OPENCLAW_GATEWAY_TOKEN"] },
    ]);
    assert.doesNotMatch(JSON.stringify(found), /second-token|first-token/);
  });
  for (const [name, of] of [
    ["an older one", { files: { [DROP_IN]: SECOND }, modified: { [DROP_IN]: at(-60) } }],
    ["a newer one that says the same", { modified: { [UNIT]: at(60) } }],
    [
      "a newer one with what nothing decides by",
      { files: { [DROP_IN]: "[Service]\nEnvironment=LANG=C\n" }, modified: { [DROP_IN]: at(60) } },
    ],
    [
      "what systemd fills in itself",
      {
        files: { [DROP_IN]: "[Service]\nEnvironment=OPENCLAW_STATE_DIR=%h/claw\n" },
        modified: { [DROP_IN]: at(60) },
      },
    ],
  ] as const)
    test(`${name}: nothing is outdated`, async () => {
      assert.equal((await reading(of))?.outdated, undefined);
    });

  test("a newer file of variables, and another port in a newer unit", async () => {
    const files = {
      [UNIT]: `${TEXT}EnvironmentFile=-/etc/claw.env\n`,
      "/etc/claw.env": "OPENCLAW_GATEWAY_TOKEN=x-third-3\n",
    };
    const env = await reading({ files, modified: { "/etc/claw.env": at(9) } });
    assert.deepEqual(
      env?.outdated?.map(({ path, what }) => [path, what]),
      [["/etc/claw.env", ["OPENCLAW_GATEWAY_TOKEN"]]],
    );
    const port = await reading({
      files: { [UNIT]: TEXT.replace("18789", "19001") },
      modified: { [UNIT]: at(9) },
    });
    assert.deepEqual(
      port?.outdated?.map(({ what }) => what),
      [["--port"]],
    );
  });

  test("2026.2.1 hides its command line: its options are not said to differ, and its unit tells its program", async () => {
    const of = { cmdline: ["openclaw-gateway"], modified: { [UNIT]: at(9) } };
    assert.equal((await reading(of))?.outdated, undefined);
    const { world, gateway } = await machine(of);
    assert.equal(gateway.installDir, undefined);
    const unit = (await readService(world, gateway, SALT))?.unit;
    assert.equal(await installDirBehind(world, gateway, unit), "/opt/openclaw/node_modules/openclaw");
  });

  test("drop-ins of all directories count in the order of their names, and of one name the user's own", async () => {
    const { world } = await machine({
      files: {
        "/etc/systemd/user/openclaw-gateway.service.d/50-a.conf":
          "[Service]\nEnvironment=OPENCLAW_A=etc\nEnvironment=OPENCLAW_B=etc\n",
        [`${UNIT}.d/50-a.conf`]: "[Service]\nEnvironment=OPENCLAW_A=own\n",
        "/etc/systemd/user/openclaw-.service.d/90-b.conf": "[Service]\nEnvironment=OPENCLAW_C=all\n",
      },
    });
    const unit = await readUnit(world, { name: "openclaw-gateway", user: true, home: HOME }, SALT);
    const value = (name: string) => unit?.env.values[name]?.reveal();
    assert.deepEqual(
      [value("OPENCLAW_A"), value("OPENCLAW_B"), value("OPENCLAW_C")],
      ["own", undefined, "all"],
    );
    assert.equal(unit?.sources.OPENCLAW_A, "openclaw-gateway.service.d/50-a.conf");
    assert.equal(unit?.sources.OPENCLAW_GATEWAY_TOKEN, "openclaw-gateway.service");
  });

  test("a unit that does not run is told as well", async () => {
    const { world } = await machine({ files: { "/var/lib/systemd/linger/root": "" } });
    assert.deepEqual(await readInstalled(world, { name: "openclaw-gateway", user: true }), {
      by: "systemd",
      name: "openclaw-gateway",
      user: true,
      runsAs: "claw",
      lingers: false,
    });
  });
});

describe("PrivateTmp", () => {
  const MOUNT = "523 501 0:63 /systemd-private-fc11-claw.service-a0/tmp /tmp rw,nosuid - tmpfs tmpfs rw\n";
  const LOG = "/tmp/openclaw/openclaw-2026-11-30.log";
  const CONFIG = `${HOME}/.openclaw/openclaw.json`;
  test("everybody's /tmp is of an earlier start: its journal is read, else it is said why there is none", async () => {
    const { world, gateway } = await machine({
      files: { "/proc/406/mountinfo": MOUNT, [LOG]: "stale", [CONFIG]: "{}" },
      owners: { [LOG]: 1001, "/tmp/openclaw": 1001, [CONFIG]: 1001 },
    });
    const service = (await readService(world, gateway, SALT))?.reading;
    assert.equal(service?.privateTmp, true);
    const names = { unit: { name: "openclaw-gateway", user: true } };
    const asked: ServiceUnit[] = [];
    const journal = async (unit: ServiceUnit) => {
      asked.push(unit);
      return Buffer.from("of today");
    };
    const of = (more: Partial<World>) =>
      localAccess({ world: { ...world, ...more }, salt: SALT, gateway, names, ...(service && { service }) });
    const read = await of({ journal }).logs();
    assert.ok(read.known);
    assert.deepEqual(
      read.value.map(({ name }) => name),
      ["journalctl --user -u openclaw-gateway"],
    );
    assert.deepEqual(asked, [{ name: "openclaw-gateway", user: true }]);
    const none = await of({}).logs();
    assert.ok(!none.known);
    assert.match(none.detail, /PrivateTmp/);
  });

  test("root reads another user's journal by that user's number", () => {
    assert.deepEqual(journalWords({ name: "openclaw-gateway", user: true, uid: 1001 })?.slice(0, 3), [
      "journalctl",
      "_SYSTEMD_USER_UNIT=openclaw-gateway.service",
      "_UID=1001",
    ]);
  });
});

describe("the manager's own restart", () => {
  const words = async (of: Machine, stale = false) => {
    const { world, gateway } = await machine(of);
    const own = await ownRestart(world, gateway, stale);
    assert.ok(own?.known, JSON.stringify(own));
    return own.value;
  };
  test("systemd reads a changed unit before", async () => {
    assert.deepEqual((await words({}, true)).lines, [
      ["systemctl", "--user", "--no-ask-password", "daemon-reload"],
      ["systemctl", "--user", "--no-ask-password", "restart", "openclaw-gateway"],
    ]);
  });
  test("root asks another user's manager; one user does not ask another's", async () => {
    assert.deepEqual((await words({ uid: 0 })).lines, [
      ["systemctl", "--user", "--machine=claw@.host", "--no-ask-password", "restart", "openclaw-gateway"],
    ]);
    const { world, gateway } = await machine({ uid: 1002 });
    const own = await ownRestart(world, gateway);
    assert.equal(own?.known === false && own.reason, "denied");
  });
  const PM2: Machine = {
    cgroup: "0::/user.slice/user-1001.slice/session-4.scope\n",
    parent: ["PM2 v6.0.13: God Daemon (/home/claw/.pm2)"],
    env: { ...ENV, pm_id: "0", PM2_HOME: `${HOME}/.pm2`, pm_exec_path: "/opt/claw/openclaw.mjs" },
    files: { "/usr/bin/pm2": "", [NODE]: "" },
  };
  test("pm2's, by the gateway's Node, with its own home and as its user", async () => {
    assert.deepEqual(await words({ ...PM2, uid: 0 }), {
      lines: [[NODE, "/usr/bin/pm2", "restart", "0"]],
      env: { PM2_HOME: `${HOME}/.pm2`, HOME },
      as: 1001,
    });
    const { world, gateway } = await machine({ ...PM2, cmdline: ["openclaw-gateway"] });
    assert.equal(await installDirBehind(world, gateway, undefined), "/opt/claw");
  });
  test("no pm2 that only its user could have written: said, and nothing is run", async () => {
    const { world, gateway } = await machine({ ...PM2, owners: { "/usr/bin/pm2": 1003 } });
    const own = await ownRestart(world, gateway);
    assert.equal(
      own?.known === false && own.detail,
      "pm2's own command, which started it, is not to be found there",
    );
  });
  test("supervisord's, told of the file that it was started with", async () => {
    const parent = ["/usr/bin/python3", "/usr/bin/supervisord", "-n", "-c", "/srv/supervisord.conf"];
    const env = {
      ...ENV,
      SUPERVISOR_ENABLED: "1",
      SUPERVISOR_PROCESS_NAME: "claw",
      SUPERVISOR_GROUP_NAME: "ai",
    };
    const { lines, refusal } = await words({ cgroup: PM2.cgroup ?? "", parent, env });
    assert.deepEqual(lines, [["supervisorctl", "-c", "/srv/supervisord.conf", "restart", "ai:claw"]]);
    assert.ok(refusal?.test("ai:claw: ERROR (no such process)"));
    assert.equal(refusal?.test("ai:claw: stopped\nai:claw: started"), false);
  });
  test("in screen, tmux or a shell it is nobody's: no manager is asked", async () => {
    for (const parent of [["tmux"], ["SCREEN", "-S", "claw"], ["-bash"]]) {
      const { world, gateway } = await machine({ cgroup: PM2.cgroup ?? "", parent });
      assert.equal(await ownRestart(world, gateway), undefined);
    }
  });
});

test("launchd, as its documentation has it (launchctl(1), kickstart -k; not run): the label's own restart", async () => {
  const called: string[][] = [];
  const world = fakeWorld({ platform: "darwin", uid: 501, env: { PATH: "/nowhere" } });
  const outcome = await restartGateway(
    {
      world,
      salt: SALT,
      port: 18_789,
      unit: { name: "ai.openclaw.gateway", user: true },
      cli: {
        run: async (args) => {
          called.push([...args]);
          return known({ exitCode: 0, stdout: "", stderr: "" }, "openclaw");
        },
      },
    },
    new AbortController().signal,
  );
  // There is no launchctl on this machine; nothing else is tried in its place.
  assert.equal(!outcome.known && outcome.reason, "absent");
  assert.deepEqual(called, []);
});

describe("a program that nothing but its log tells", () => {
  const line = (dir: string, text: string) =>
    `${JSON.stringify({ "0": text, _meta: { path: { filePath: `${dir}/dist/gateway.js` } } })}\n`;
  const LOG = "/tmp/openclaw/openclaw-2026-11-30.log";
  const of = async (text: string, owner = 1001) => {
    const { world, gateway } = await machine({
      cmdline: ["openclaw-gateway"],
      files: { [LOG]: text },
      owners: { [LOG]: owner, "/tmp/openclaw": 1001 },
    });
    return installDirBehind(world, gateway, undefined);
  };
  test("the one whose line names the process", async () => {
    const text =
      line("/a/openclaw", "listening on ws://127.0.0.1:1 (PID 77)") +
      line("/b/openclaw", "listening on ws://127.0.0.1:2 (PID 406)");
    assert.equal(await of(text), "/b/openclaw");
  });
  test("else the only one; of two nobody can say, and a stranger's log is not asked", async () => {
    assert.equal(await of(line("/a/openclaw", "x")), "/a/openclaw");
    assert.equal(await of(line("/a/openclaw", "x") + line("/b/openclaw", "x")), undefined);
    assert.equal(await of(line("/a/openclaw", "x"), 1002), undefined);
  });
});
