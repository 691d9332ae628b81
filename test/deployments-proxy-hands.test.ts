import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { editConfig } from "../src/config/edit.ts";
import type { Changer } from "../src/core/change.ts";
import { type Fact, known, knownValue, unknown } from "../src/core/fact.ts";
import type { Step } from "../src/core/finding.ts";
import { inEnglish, quoted } from "../src/core/saying.ts";
import type { CommandOutcome } from "../src/deployments/command.ts";
import { gatewayChanger } from "../src/deployments/gateway-changer.ts";
import { proxyHands } from "../src/deployments/proxy-hands.ts";
import { SshConnection } from "../src/deployments/ssh/connection.ts";
import { sshExec } from "../src/deployments/ssh/exec.ts";
import { sshFiles } from "../src/deployments/ssh/files.ts";
import { sshStandIn } from "./support/ssh-stand-in.ts";
import { UNWATCHED } from "./support/unwatched.ts";

const skip = process.platform === "win32" ? "the stand-in for ssh is a script" : false;
const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const standIn = sshStandIn();
const open: SshConnection[] = [];
after(() => {
  for (const each of open) each.close();
  standIn.remove();
});
const never = new AbortController().signal;

/** A gateway and nginx of a host behind SSH; `answers`: what is run of nginx. */
async function there(answers: (words: readonly string[]) => Fact<CommandOutcome>) {
  const connection = await SshConnection.open({ host: "vps" }, standIn.env({}));
  open.push(connection);
  const name = "ssh:vps";
  const exec = sshExec({
    connect: async () => connection,
    name,
    node: process.execPath,
    uid: owner.uid,
    owner,
    env: {},
  });
  const files = sshFiles({ host: connection, exec, name, owner });
  const folder = join(standIn.home, `gateway-${open.length}`);
  mkdirSync(join(folder, "sites"), { recursive: true });
  const [configPath, main, site] = ["openclaw.json", "nginx.conf", "sites/claw.conf"].map((one) =>
    join(folder, one),
  );
  writeFileSync(configPath ?? "", `{"gateway":{"auth":{"token":"tok-far-0123456789"}}}\n`);
  writeFileSync(site ?? "", SITE, { mode: 0o640 });
  const ran: string[] = [];
  const proxies = proxyHands({
    files,
    processes: [
      {
        pid: 4321,
        name: "nginx",
        exe: "/usr/sbin/nginx",
        line: `nginx: master process nginx -c ${main}`,
        uid: 0,
        gid: 0,
      },
    ],
    directories: new Set([join(folder, "sites")]),
    run: async (words) => {
      ran.push(words.join(" "));
      return answers(words);
    },
  });
  const changer = gatewayChanger({
    files,
    envFiles: files,
    proxies,
    configPath: configPath ?? "",
    stateDir: folder,
    cli: { run: async () => unknown("absent", quoted("none")) },
    edit: editConfig,
    devices: async () => unknown("absent", quoted("none")),
    watch: UNWATCHED,
  });
  return { changer, folder, main: main ?? "", site: site ?? "", ran };
}

const SITE = "server {\n    location / {\n        proxy_pass http://127.0.0.1:18789;\n    }\n}\n";
const right = (): Fact<CommandOutcome> => known({ exitCode: 0, stdout: "", stderr: "" }, "nginx");

async function doneAndBack(changer: Changer, step: Step, between: () => void): Promise<void> {
  const foreseen = await changer.foresee?.(step, never);
  assert.ok(foreseen?.known, JSON.stringify(foreseen));
  const done = await changer.perform(step, never);
  assert.ok(done.known && done.value.undo !== undefined, JSON.stringify(done));
  assert.deepEqual(done.value.undo, foreseen.value.undo);
  between();
  const back = await changer.foreseeBack?.(done.value.undo, step);
  assert.ok(back?.known && back.value.file !== undefined, JSON.stringify(back));
  assert.ok((await changer.revert(done.value.undo, step, never)).known);
}

describe("over SSH", { skip }, () => {
  test("a proxy's own file gets what it lacks, keeps its mode, and comes back byte for byte", async () => {
    const { changer, site } = await there(right);
    const step: Step = { do: "proxy.edit", proxy: "nginx", path: site, port: 18_789, adds: ["upgrade"] };
    await doneAndBack(changer, step, () => {
      assert.match(readFileSync(site, "utf8"), /proxy_set_header Upgrade \$http_upgrade;/);
      assert.equal(statSync(site).mode & 0o777, 0o640);
    });
    assert.equal(readFileSync(site, "utf8"), SITE);
  });

  test("what somebody changed since stays theirs", async () => {
    const { changer, site } = await there(right);
    const step: Step = { do: "proxy.edit", proxy: "nginx", path: site, port: 18_789, adds: ["upgrade"] };
    const done = knownValue(await changer.perform(step, never));
    assert.ok(done?.undo);
    writeFileSync(site, "# theirs\n");
    assert.equal(knownValue(await changer.revert(done.undo, step, never))?.lasting, true);
    assert.equal(readFileSync(site, "utf8"), "# theirs\n");
  });

  test("no file is touched that no proxy has, whatever a journal says", async () => {
    const { changer, folder } = await there(right);
    const path = join(folder, "other.conf");
    writeFileSync(path, SITE);
    const step: Step = { do: "proxy.edit", proxy: "nginx", path, port: 18_789, adds: ["upgrade"] };
    assert.equal((await changer.perform(step, never)).known, false);
    assert.equal(readFileSync(path, "utf8"), SITE);
    const undo = { undo: "file.remove", path, sha256: "0".repeat(64) } as const;
    assert.equal((await changer.foreseeBack?.(undo, step))?.known, false);
  });

  test("a site file of its own, and a site at the end of the proxy's file", async () => {
    const { changer, folder, site } = await there(right);
    const own = join(folder, "sites/own.conf");
    const made = { proxy: "caddy", domain: "claw.example.com", port: 18_789, tls: "public" } as const;
    await doneAndBack(changer, { do: "proxy.write", site: made, path: own }, () =>
      assert.match(readFileSync(own, "utf8"), /^# OpenClaw.*\nclaw\.example\.com \{/),
    );
    assert.ok(!existsSync(own));
    await doneAndBack(changer, { do: "proxy.write", site: made, path: site, adds: true }, () => {
      assert.ok(readFileSync(site, "utf8").startsWith(`${SITE}\n# OpenClaw`));
    });
    assert.equal(readFileSync(site, "utf8"), SITE);
  });

  test("the token is copied into the .env beside the config there, and shown nowhere", async () => {
    const { changer, folder } = await there(right);
    const path = join(folder, ".env");
    writeFileSync(path, "OPENCLAW_GATEWAY_TOKEN=old-token-123\nX=1\n", { mode: 0o600 });
    const step: Step = { do: "token.copy", path };
    assert.doesNotMatch(JSON.stringify(await changer.foresee?.(step, never)), /tok-far/);
    await doneAndBack(changer, step, () =>
      assert.equal(readFileSync(path, "utf8"), "OPENCLAW_GATEWAY_TOKEN=tok-far-0123456789\nX=1\n"),
    );
    assert.equal(readFileSync(path, "utf8"), "OPENCLAW_GATEWAY_TOKEN=old-token-123\nX=1\n");
  });
});

describe("the proxy's own check", { skip }, () => {
  const reload = (config: string): Step => ({ do: "proxy.reload", proxy: "nginx", config });

  test("comes before the reload, which is a signal to that very process", async () => {
    const { changer, main, ran } = await there(right);
    const done = await changer.perform(reload(main), never);
    assert.ok(done.known, JSON.stringify(done));
    assert.equal(ran[0], `/usr/sbin/nginx -t -q -c ${main}`);
    assert.match(ran[1] ?? "", /^sh -c .* sh 4321 \/usr\/sbin\/nginx HUP$/);
    assert.match(inEnglish(done.value.how), /nginx -t/);
  });

  test("that says no: nothing is reloaded, and its own words are told before anything is begun", async () => {
    const stderr = `nginx: [emerg] unknown directive "nonsense" in /etc/nginx/x:1\nnginx: configuration file test failed\n`;
    const { changer, main, ran } = await there(() => known({ exitCode: 1, stdout: "", stderr }, "nginx"));
    for (const outcome of [
      await changer.foresee?.(reload(main), never),
      await changer.perform(reload(main), never),
    ]) {
      assert.ok(outcome?.known === false && outcome.say !== undefined);
      assert.match(inEnglish(outcome.say), /nonsense/);
    }
    assert.ok(
      ran.every((line) => line.includes(" -t ")),
      ran.join("\n"),
    );
  });

  test("of a proxy that does not run with that file is not asked", async () => {
    const { changer, ran } = await there(right);
    assert.equal((await changer.perform(reload("/etc/passwd"), never)).known, false);
    assert.deepEqual(ran, []);
  });
});
