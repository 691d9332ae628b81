import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ChangeError } from "../src/core/change.ts";
import { knownValue } from "../src/core/fact.ts";
import type { DeploymentNames } from "../src/core/facts.ts";
import { Secret } from "../src/core/secret.ts";
import { sha256 } from "../src/deployments/atomic-file.ts";
import { managerOf, serviceIn } from "../src/deployments/service-manager.ts";
import { SshConnection } from "../src/deployments/ssh/connection.ts";
import { sshExec } from "../src/deployments/ssh/exec.ts";
import { sshFiles } from "../src/deployments/ssh/files.ts";
import { freshSshWorld, openSshWorld } from "../src/deployments/ssh/world.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import { fakeWorld } from "./fake-world.ts";
import { sshStandIn } from "./support/ssh-stand-in.ts";
import { UNHURRIED, until } from "./support/until.ts";

const skip = process.platform === "win32" ? "the stand-in for ssh is a script" : false;
const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;
const standIn = sshStandIn();
const open: SshConnection[] = [];
after(() => {
  for (const each of open) each.close();
  standIn.remove();
});

async function far(play = "", owner = { uid, gid }, env: Readonly<Record<string, string>> = {}) {
  const connection = await SshConnection.open({ host: "vps" }, standIn.env({ FAKE_SSH: play }));
  open.push(connection);
  const name = "ssh:vps";
  const exec = sshExec({ connect: async () => connection, name, node: process.execPath, uid, owner, env });
  return { connection, exec, files: sshFiles({ host: connection, exec, name, owner }) };
}

const limits = { user: "", signal: new AbortController().signal, timeoutMs: UNHURRIED };

describe("files over there", { skip }, () => {
  const directory = join(standIn.home, "state");
  const path = join(directory, "openclaw.json");
  mkdirSync(directory);

  test("are replaced whole, with their mode, while they are what was expected", async () => {
    const { files } = await far();
    writeFileSync(path, "{ old: 1 }\n");
    chmodSync(path, 0o640);
    const before = await files.read(path);
    assert.ok(before);
    assert.deepEqual(
      [Buffer.from(before.content).toString(), before.mode, before.uid],
      ["{ old: 1 }\n", 0o640, uid],
    );
    const content = Buffer.from(`{ "new": "\u00e9 ' $HOME" }\n`);
    assert.equal(await files.replace(path, { ...before, content }, before.sha256), "replaced");
    assert.deepEqual(readFileSync(path), content);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.equal(await files.replace(path, { ...before, content }, before.sha256), "stale");
    assert.deepEqual(readdirSync(directory), ["openclaw.json"]);
    assert.equal(await files.replace(path, undefined, sha256(content)), "replaced");
    assert.equal(await files.read(path), undefined);
    assert.equal(await files.replace(path, { ...before, content }, undefined), "replaced");
    assert.deepEqual(await files.directoryOwner(path), { uid, gid });
    assert.equal((await files.traits(path))?.names, 1);
  });

  test("are as they were where the connection is cut while the new one comes in", async () => {
    writeFileSync(path, "{ old: 1 }\n");
    const whole = await (await far()).files.read(path);
    assert.ok(whole);
    const { files } = await far("cut-input|500");
    const content = Buffer.alloc(200_000, "x");
    await assert.rejects(files.replace(path, { ...whole, content }, whole.sha256), ChangeError);
    assert.equal(readFileSync(path, "utf8"), "{ old: 1 }\n");
    assert.deepEqual(readdirSync(directory), ["openclaw.json"]);
  });

  test("that nobody may write are left alone", async () => {
    const { files } = await far();
    writeFileSync(path, "{}");
    chmodSync(path, 0o444);
    const before = await files.read(path);
    assert.ok(before);
    await assert.rejects(files.replace(path, before, before.sha256), ChangeError);
    chmodSync(path, 0o600);
  });
});

describe("programs over there", { skip }, () => {
  test("tell their exit code and both outputs, and get their input", async () => {
    const { exec } = await far();
    const script =
      'process.stdin.on("data",(d)=>process.stdout.write("got "+d));process.stdin.on("end",()=>{console.error("said");process.exit(3)})';
    const outcome = knownValue(
      await exec.run(["node", "-e", script], { ...limits, input: Buffer.from("it's") }),
    );
    assert.equal(outcome?.exitCode, 3);
    assert.equal(outcome?.stdout, "got it's");
    assert.match(outcome?.stderr ?? "", /said/);
  });

  test("are heard to their end on the side, too, where that comes later than their answer", async () => {
    const { exec } = await far("late-side|300");
    const outcome = knownValue(await exec.run(["sh", "-c", "echo said >&2; echo got; exit 1"], limits));
    assert.deepEqual([outcome?.exitCode, outcome?.stdout, outcome?.stderr], [1, "got\n", "said\n"]);
  });

  test("get the gateway's environment and no other, and none of it is among their words", async () => {
    const { exec } = await far("", { uid, gid }, { GATEWAY_ONLY: "tok-environment-123" });
    standIn.started();
    const outcome = await exec.keep(
      [
        "node",
        "-e",
        "console.log(JSON.stringify([process.env.GATEWAY_ONLY, process.env.MORE, process.env.SSH_CONNECTION, process.cwd()]))",
      ],
      { ...limits, env: { MORE: "also" }, cwd: "/" },
    );
    assert.deepEqual(JSON.parse(knownValue(outcome)?.stdout ?? "null"), [
      "tok-environment-123",
      "also",
      null,
      "/",
    ]);
    for (const { words } of standIn.started()) assert.doesNotMatch(words.join(" "), /tok-environment/);
  });

  test("end when we do not wait for them any more", async () => {
    const { exec } = await far();
    const file = join(standIn.home, "pid");
    const stop = new AbortController();
    const run = exec.keep(
      [
        "node",
        "-e",
        `require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(()=>{},1000)`,
      ],
      { ...limits, signal: stop.signal },
    );
    const pid = async (): Promise<number> => {
      for (;;) {
        const text = (() => {
          try {
            return readFileSync(file, "utf8");
          } catch {
            return "";
          }
        })();
        if (text !== "") return Number(text);
        await delay(20);
      }
    };
    const started = await pid();
    stop.abort();
    assert.equal((await run).known, false);
    await until(() => !isAlive(started));
  });

  test("are the owner's: root becomes that user, anybody else is refused", async () => {
    const { exec } = await far("", { uid: 54_321, gid: 54_321 });
    const id = ["node", "-e", "console.log(process.getuid(), process.getgid(), process.getgroups().join())"];
    const outcome = await exec.run(id, limits);
    if (uid === 0) assert.equal(knownValue(outcome)?.stdout.trim(), "54321 54321 54321");
    else assert.equal(outcome.known, false);
    assert.equal((await exec.run(id, { ...limits, user: "0:0" })).known, false);
  });
});

test("a world that is asked anew each time tells what is there now", { skip }, async () => {
  const { connection } = await far();
  const path = join(standIn.home, "changes");
  writeFileSync(path, "one");
  const world = await openSshWorld(connection, "vps");
  const fresh = freshSshWorld(world, connection, "vps");
  assert.equal((await fresh.info(path))?.size, 3);
  assert.equal((await world.info(path))?.size, 3);
  writeFileSync(path, "three");
  assert.equal((await fresh.info(path))?.size, 5);
  assert.equal((await world.info(path))?.size, 3);
  const read = await fresh.readText("/proc/net/tcp", 1000);
  assert.equal(read.ok, process.platform === "linux");
});

describe("who starts a process again", () => {
  const process_ = (pid: number, parent: number, words: string, cgroup = "0::/\n") => ({
    [`/proc/${pid}/cgroup`]: cgroup,
    [`/proc/${pid}/status`]: `Name:\tx\nPPid:\t${parent}\n`,
    [`/proc/${pid}/cmdline`]: words,
  });
  const user = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/openclaw-gateway.service\n";
  for (const [what, files, expected] of [
    [
      "a user's unit",
      process_(9, 1, "openclaw", user),
      { by: "systemd", unit: "openclaw-gateway", user: true, uid: 1000 },
    ],
    [
      "a unit of the system",
      process_(9, 1, "openclaw", "12:pids:/x\n1:name=systemd:/system.slice/openclaw.service\n"),
      { by: "systemd", unit: "openclaw", user: false },
    ],
    ["a login", process_(9, 1, "openclaw", "0::/user.slice/user-0.slice/session-3.scope\n"), undefined],
    ["sshd's own group", process_(9, 1, "openclaw", "0::/system.slice/ssh.service\n"), undefined],
    [
      "pm2",
      { ...process_(9, 8, "openclaw"), ...process_(8, 1, "PM2 v5.3.0: God Daemon (/root/.pm2)") },
      { by: "pm2" },
    ],
    [
      "supervisord",
      { ...process_(9, 8, "openclaw"), ...process_(8, 1, "/usr/bin/python3\0/usr/bin/supervisord\0-n") },
      { by: "supervisord" },
    ],
    [
      "tmux",
      { ...process_(9, 8, "x"), ...process_(8, 7, "-bash"), ...process_(7, 1, "tmux: server") },
      undefined,
    ],
    ["screen", { ...process_(9, 8, "x"), ...process_(8, 1, "SCREEN\0-S\0claw") }, undefined],
    ["nobody", process_(9, 1, "openclaw"), undefined],
    [
      "a person, in a terminal of another service",
      {
        ...process_(9, 8, "openclaw", "0::/system.slice/code-server.service\n"),
        ...process_(8, 1, "/bin/bash\0-l", "0::/system.slice/code-server.service\n"),
      },
      undefined,
    ],
    [
      "a unit whose launcher is a script",
      {
        ...process_(9, 8, "openclaw-gateway", "0::/system.slice/claw.service\n"),
        ...process_(8, 1, "/bin/sh\0/opt/claw/start.sh", "0::/system.slice/claw.service\n"),
      },
      { by: "systemd", unit: "claw", user: false },
    ],
  ] as const)
    test(what, async () => assert.deepEqual(await managerOf(fakeWorld({ files }), 9), expected));
});

test("what pm2 and supervisord call it is told by their own variables, and the lines are theirs", () => {
  const env = (values: Readonly<Record<string, string>>) => ({
    env: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value, "s")])),
  });
  const pm2 = serviceIn(env({ pm_id: "3", PM2_HOME: "/home/me/.pm2", name: "claw" }));
  assert.deepEqual(pm2, { by: "pm2", name: "3" });
  const supervised = {
    SUPERVISOR_ENABLED: "1",
    SUPERVISOR_PROCESS_NAME: "gw",
    SUPERVISOR_GROUP_NAME: "claw",
  };
  assert.deepEqual(serviceIn(env(supervised)), { by: "supervisord", name: "claw:gw" });
  assert.equal(serviceIn(env({ ...supervised, SUPERVISOR_PROCESS_NAME: "-x" })), undefined);
  assert.equal(serviceIn(env({ pm_id: "1; id", PM2_HOME: "/x" })), undefined);
  assert.equal(serviceIn({}), undefined);
  const lines = (service: DeploymentNames["service"], sshHost?: string) => {
    const kind = sshHost === undefined ? "local" : "vps";
    const names = { ...(service && { service }), ...(sshHost && { sshHost }) };
    const deployment = deploymentOf({ kind, confidence: "certain", evidence: [], alternatives: [], names });
    return commandsFor([{ do: "gateway.restart" }, { do: "logs.show" }], deployment).map(
      ({ command }) => command,
    );
  };
  assert.deepEqual(lines(pm2), ["pm2 restart 3", "pm2 logs --nostream --lines 200 3"]);
  assert.deepEqual(lines({ by: "supervisord", name: "claw:gw" }, "me@vps"), [
    "ssh me@vps 'supervisorctl restart claw:gw'",
    "ssh me@vps 'supervisorctl tail -20000 claw:gw'",
  ]);
});

test("where the files are another user's, the command runs as that user, and sudo gets a terminal", () => {
  const names = {
    sshHost: "root@vps",
    sshHome: "/home/claw",
    runAs: "claw",
    unit: { name: "openclaw-gateway", user: true },
  };
  const deployment = deploymentOf({
    kind: "vps",
    confidence: "certain",
    evidence: [],
    alternatives: [],
    names,
  });
  const lines = (configPath: string) =>
    commandsFor([{ do: "version.show" }, { do: "gateway.restart" }, { do: "logs.show" }], deployment, {
      configPath,
    }).map(({ command }) => command);
  assert.deepEqual(lines("/home/claw/.openclaw/openclaw.json"), [
    "ssh -t root@vps 'sudo -u claw -H openclaw --version'",
    "ssh -t root@vps 'sudo systemctl --user --machine claw@ restart openclaw-gateway'",
    "ssh -t root@vps 'sudo -u claw journalctl --user -u openclaw-gateway -n 200 --no-pager'",
  ]);
  assert.equal(
    lines("/srv/claw/openclaw.json")[0],
    "ssh -t root@vps 'sudo -u claw -H env OPENCLAW_STATE_DIR=/srv/claw OPENCLAW_CONFIG_PATH=/srv/claw/openclaw.json openclaw --version'",
  );
});

test("a secret for a command over there is taken from the config by the shell over there", () => {
  const names = { sshHost: "me@vps", sshPort: 2222, sshHome: "/home/claw" };
  const deployment = deploymentOf({
    kind: "vps",
    confidence: "certain",
    evidence: [],
    alternatives: [],
    names,
  });
  const context = {
    viaLoopback: "token",
    home: "/home/somebody-here",
    configPath: "/home/claw/.openclaw/openclaw.json",
  } as const;
  const [line] = commandsFor([{ do: "device.list" }], deployment, context);
  assert.equal(
    line?.command,
    `ssh -p 2222 me@vps 'openclaw devices list --url ws://127.0.0.1:18789 --token "$(openclaw config get gateway.auth.token)"'`,
  );
  const [tunnel] = commandsFor([{ do: "ssh.tunnel", port: 18_789 }], deployment, context);
  assert.equal(tunnel?.command, "ssh -N -L 18789:127.0.0.1:18789 -p 2222 me@vps");
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
