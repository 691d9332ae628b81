// A cluster, or whatever answers in its place, that does not stop, lies or drops: every question ends, in bytes and in time.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { known } from "../src/core/fact.ts";
import { quoted, say, sentence } from "../src/core/saying.ts";
import { type KubeApi, kubeApi, MAX_ANSWER, openCluster } from "../src/deployments/kubernetes/api.ts";
import { credentialOf } from "../src/deployments/kubernetes/credential-plugin.ts";
import { KubeError, type KubeProblem } from "../src/deployments/kubernetes/error.ts";
import { podExec } from "../src/deployments/kubernetes/exec.ts";
import { kubeFailure } from "../src/deployments/kubernetes/failure.ts";
import { podReader, podWorld } from "../src/deployments/kubernetes/files.ts";
import { clusterAccess } from "../src/deployments/kubernetes/kubeconfig.ts";
import type { Plugin } from "../src/deployments/kubernetes/kubeconfig-file.ts";
import { podLog } from "../src/deployments/kubernetes/logs.ts";
import { nodeWorld, type World } from "../src/deployments/world.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import { KUBE_TOKEN, kubeconfigText, type StubCluster, stubCluster } from "./support/cluster.ts";
import { UNHURRIED, until } from "./support/until.ts";

/** Milliseconds that a question of these tests may take. */
const MS = 400;
const TARGET = { namespace: "openclaw", pod: "openclaw-0", container: "gateway" };
const never = new AbortController().signal;

const clusters: StubCluster[] = [];
let cluster: StubCluster;

beforeEach(async () => {
  cluster = await stubCluster();
  clusters.push(cluster);
});
after(() => Promise.all(clusters.map((one) => one.close())));

function worldOf(env: Readonly<Record<string, string>> = {}): World {
  return nodeWorld({ env: { KUBECONFIG: cluster.kubeconfig, PATH: process.env.PATH ?? "", ...env } });
}

async function apiOf({ bytes = MAX_ANSWER, ms = UNHURRIED } = {}): Promise<KubeApi> {
  return kubeApi(await clusterAccess(worldOf(), undefined), { ms, bytes });
}

async function problemOf(ask: () => Promise<unknown>): Promise<KubeProblem | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof KubeError, String(error));
    return error.problem;
  }
}

describe("documents", () => {
  test("one that does not end is given up after what is read of it", async () => {
    let sent = 0;
    cluster.answer = (_request, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      const more = (): void => {
        while (response.writable && !response.writableNeedDrain) {
          response.write(" ".repeat(65_536));
          sent += 65_536;
        }
      };
      response.on("drain", more);
      more();
      return true;
    };
    const api = await apiOf({ bytes: 1_048_576 });
    assert.equal(await problemOf(() => api.get("/api/v1/pods")), "too-long");
    assert.ok(sent < 64 * 1_048_576, `${sent}`);
  });

  const late: readonly (readonly [string, (response: import("node:http").ServerResponse) => void])[] = [
    ["nothing at all", () => undefined],
    ["a head alone", (response) => response.writeHead(200).flushHeaders()],
    [
      "a byte now and then",
      (response) => {
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ];
  for (const [what, answer] of late)
    test(`${what}: late`, async () => {
      cluster.answer = (_request, response) => {
        answer(response);
        return true;
      };
      const api = await apiOf({ ms: MS });
      assert.equal(await problemOf(() => api.get("/api/v1/pods")), "late");
    });

  const odd: readonly (readonly [string, number, string, KubeProblem])[] = [
    ["no JSON", 200, "<html>", "failed"],
    ["JSON that is too deep", 200, "[".repeat(5000), "failed"],
    ["401", 401, '{"message":"Unauthorized"}', "unauthorized"],
    ["403", 403, '{"message":"pods is forbidden"}', "forbidden"],
    ["404", 404, "404 page not found", "absent"],
    ["409", 409, "{}", "conflict"],
    ["a redirect", 302, "", "failed"],
    ["500 with a page that does not end", 500, "x".repeat(5_000_000), "failed"],
  ];
  for (const [what, status, body, problem] of odd)
    test(`${what}: ${problem}`, async () => {
      cluster.answer = (_request, response) => {
        response.writeHead(status, { Location: "http://127.0.0.1:1/" }).end(body);
        return true;
      };
      const api = await apiOf();
      assert.equal(await problemOf(() => api.get("/api/v1/pods")), problem);
    });

  test("nobody there, and one that breaks off", async () => {
    const api = await apiOf();
    cluster.answer = (request) => {
      request.socket.destroy();
      return true;
    };
    assert.equal(await problemOf(() => api.get("/api/v1/pods")), "failed");
    await cluster.close();
    assert.equal(await problemOf(() => api.get("/api/v1/pods")), "down");
  });

  test("what a cluster says of a failure is told without secrets and control characters, in both languages", () => {
    const error = new KubeError("forbidden", `User \u001b[31m"x" token=${KUBE_TOKEN} ${"y".repeat(9000)}`);
    const failure = kubeFailure(error, "stub", [KUBE_TOKEN]);
    assert.doesNotMatch(JSON.stringify(failure), new RegExp(`${KUBE_TOKEN}|\\\\u001b`));
    assert.ok(failure.detail.length < 700);
    for (const lang of ["en", "zh"] as const)
      assert.ok(failure.say && sentence(failure.say, catalogueOf(lang).sayings), lang);
  });
});

describe("logs", () => {
  test("of one without end the last 8 MiB are kept, and it is let go", async () => {
    cluster.answer = (_request, response, at) => {
      if (!at.endsWith("/log")) return false;
      const more = (): void => {
        while (response.writable && !response.writableNeedDrain)
          response.write("line of a log\n".repeat(5000));
      };
      response.on("drain", more);
      more();
      return true;
    };
    const api = await apiOf();
    assert.equal(await problemOf(() => podLog(api, TARGET)), "too-long");
  });

  test("a 403 keeps its message", async () => {
    cluster.denied.add("get pods/log");
    const api = await apiOf();
    await assert.rejects(podLog(api, TARGET), /pods\/log is forbidden/);
  });
});

describe("programs", () => {
  const exec = async () => podExec(await apiOf(), async () => known(TARGET, "test"));
  const execution = { user: "", signal: never, timeoutMs: UNHURRIED };

  test("output, errors and the exit code", async () => {
    const outcome = await (await exec()).run(["sh", "-c", "echo out; echo err >&2; exit 7"], execution);
    assert.deepEqual(outcome.known && outcome.value, { exitCode: 7, stdout: "out\n", stderr: "err\n" });
  });

  test("no such program", async () => {
    const outcome = await (await exec()).run(["no-such-program"], execution);
    assert.equal(!outcome.known && outcome.reason, "absent");
  });

  test("a kept one has its environment over its input, where no audit log has it, and ends with its connection", async () => {
    const outcome = await (await exec()).keep(["sh", "-c", "echo $SAID"], {
      ...execution,
      env: { SAID: "quietly" },
    });
    assert.equal(outcome.known && outcome.value.stdout, "quietly\n");
    assert.ok(!cluster.calls.some((call) => call.includes("quietly")));
    const marker = path.join(cluster.directory, "alive");
    const abort = new AbortController();
    const kept = (await exec()).keep(["sh", "-c", `while :; do date > ${marker}; sleep 0.05; done`], {
      ...execution,
      timeoutMs: 60_000,
      signal: abort.signal,
    });
    await until(async () => worldOf().exists(marker));
    abort.abort();
    assert.equal((await kept).known, false);
    await until(async () => {
      rmSync(marker, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 300));
      return !(await worldOf().exists(marker));
    });
  });

  test("one that writes without end is ended", async () => {
    const outcome = await (await exec()).run(["sh", "-c", "yes"], { ...execution, timeoutMs: 60_000 });
    assert.equal(!outcome.known && outcome.detail, "it writes without end");
  });

  test("one that does not end is given up", async () => {
    const outcome = await (await exec()).run(["sleep", "60"], { ...execution, timeoutMs: MS });
    assert.equal(!outcome.known && outcome.reason, "timeout");
  });

  test("a refused exec says why; a dropped one, and one whose status is nonsense, are failures", async () => {
    cluster.denied.add("create pods/exec");
    const refused = await (await exec()).run(["true"], execution);
    assert.ok(!refused.known && refused.reason === "denied");
    assert.match(refused.detail, /cannot create resource/);
    cluster.denied.clear();
    for (const act of [
      (socket: import("ws").WebSocket) => socket.terminate(),
      (socket: import("ws").WebSocket) => socket.send(Buffer.from("\u0003{}")),
      (socket: import("ws").WebSocket) => {
        socket.send(Buffer.from("\u0003nonsense"));
        socket.close();
      },
      (socket: import("ws").WebSocket) => {
        socket.send(
          Buffer.from(
            '\u0003{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"x"}]}}',
          ),
        );
      },
    ]) {
      cluster.upgrade = (socket) => {
        act(socket);
        return true;
      };
      const outcome = await (await exec()).run(["true"], execution);
      assert.equal(!outcome.known && outcome.reason, "failed");
    }
  });

  test("an answer that never comes to an upgrade is waited for only so long", async () => {
    const api = await apiOf();
    const sockets: Socket[] = [];
    const silent = createServer();
    silent.on("upgrade", (_request, socket) => sockets.push(socket as Socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const file = path.join(cluster.directory, "silent");
    writeFileSync(file, kubeconfigText("silent", `http://127.0.0.1:${port}`));
    const other = kubeApi(await clusterAccess(worldOf({ KUBECONFIG: file }), undefined), {
      ms: MS,
      bytes: 1000,
    });
    assert.notEqual(await problemOf(() => other.dial("/x", {}, ["v4.channel.k8s.io"], MS)), undefined);
    for (const socket of sockets) socket.destroy();
    silent.close();
    assert.ok(api);
  });
});

describe("a reader in the pod", () => {
  test("reads files, directories and itself; what is no regular file is not opened", async () => {
    const root = path.join(cluster.directory, "pod");
    mkdirSync(root);
    writeFileSync(path.join(root, "a"), "x".repeat(2_500_000));
    const reader = podReader(await apiOf(), TARGET);
    const world = podWorld(reader, { env: {}, homedir: "/", cwd: "/" });
    const whole = await world.readBytes(path.join(root, "a"), 5_000_000);
    assert.ok(whole.ok && whole.bytes.length === 2_500_000 && !whole.truncated);
    const part = await world.readText(path.join(root, "a"), 10);
    assert.deepEqual(part, { ok: true, text: "xxxxxxxxxx", truncated: true });
    assert.deepEqual(await world.list(root, 10), ["a"]);
    assert.deepEqual(await world.readText(root, 10), {
      ok: false,
      reason: "failed",
      detail: say("unread-irregular"),
    });
    assert.equal((await world.readText("/dev/zero", 10)).ok, false);
    assert.deepEqual(await world.readText(path.join(root, "no"), 10), {
      ok: false,
      reason: "absent",
      detail: say("unread-absent"),
    });
    assert.equal((await world.info(path.join(root, "a")))?.size, 2_500_000);
    let bytes = 0;
    for await (const chunk of world.stream(path.join(root, "a"), 0, 2_500_000)) bytes += chunk.length;
    assert.equal(bytes, 2_500_000);
    assert.equal(cluster.calls.filter((call) => call.endsWith("/exec")).length, 1);
    reader.close();
  });

  test("questions that come together do not end what is asked after them", async () => {
    const reader = podReader(await apiOf(), TARGET);
    const pauses = [];
    const programs = () => cluster.calls.filter((call) => call.endsWith("/exec")).length;
    // It may end where nobody asked for a while, as on a busy machine; so it is tried until nothing was late.
    for (let tries = 0; tries < 5; tries += 1) {
      const before = programs() + (tries === 0 ? 1 : 0);
      pauses.length = 0;
      let last = performance.now();
      for (let at = 0; at < 8; at += 1) {
        await Promise.all([reader.ask({ do: "self" }), reader.ask({ do: "self" })]);
        pauses.push(performance.now() - last);
        await new Promise((resolve) => setTimeout(resolve, 100));
        last = performance.now() - 100;
      }
      if (Math.max(...pauses.slice(1)) > 300) continue;
      assert.equal(programs(), before);
      break;
    }
    reader.close();
  });

  for (const [what, line] of [
    ["nonsense", "nonsense\n"],
    ["another's answer", '{"id":99}\n'],
    ["a line that does not end", "x".repeat(5_000_000)],
  ] as const)
    test(`${what} in the place of an answer ends`, async () => {
      cluster.upgrade = (socket) => {
        socket.send(Buffer.from(`\u0001${line}`));
        setTimeout(() => socket.close(), 50);
        return true;
      };
      const reader = podReader(await apiOf(), TARGET);
      await assert.rejects(reader.ask({ do: "self" }));
    });
});

describe("which cluster", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "opd-kubeconfig-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    const at = path.join(directory, name);
    writeFileSync(at, text);
    return at;
  };
  const access = (kubeconfig: string, context?: string, env: Readonly<Record<string, string>> = {}) =>
    clusterAccess({ ...worldOf({ KUBECONFIG: kubeconfig, ...env }), homedir: directory }, context);

  test("of several files the first current-context wins, a missing one and a name in two are no matter", async () => {
    const a = file("a", kubeconfigText("first", "https://first.test:6443"));
    const b = file("b", kubeconfigText("second", "https://second.test:6443"));
    const again = file("c", kubeconfigText("first", "https://other.test:6443"));
    const all = [path.join(directory, "missing"), a, b, again].join(path.delimiter);
    const first = await access(all);
    assert.deepEqual([first.name, first.server, first.context], ["first", "first.test:6443", undefined]);
    const second = await access(all, "second");
    assert.deepEqual([second.server, second.context], ["second.test:6443", "second"]);
    assert.equal(await problemOf(() => access(all, "third")), "no-context");
  });

  test("none, one that is none, and one that would send its token in the clear", async () => {
    assert.equal(await problemOf(() => access(path.join(directory, "missing"))), "no-cluster");
    assert.equal(await problemOf(() => access(file("bad", "a: [1"))), "kubeconfig");
    assert.equal(await problemOf(() => access(file("text", "nothing"))), "no-cluster");
    assert.equal(
      await problemOf(() => access(file("clear", kubeconfigText("x", "http://203.0.113.9")))),
      "kubeconfig",
    );
  });

  test("HTTPS_PROXY is taken where the kubeconfig names no proxy, and NO_PROXY counts", async () => {
    const at = file("proxied", kubeconfigText("x", "https://api.cluster.test:6443"));
    const proxied = async (env: Readonly<Record<string, string>>) =>
      (await access(at, undefined, env)).config.getCurrentCluster()?.proxyUrl;
    assert.equal(await proxied({ HTTPS_PROXY: "http://proxy.test:3128" }), "http://proxy.test:3128");
    for (const exempt of ["*", "cluster.test", ".cluster.test", "api.cluster.test:6443"])
      assert.equal(
        await proxied({ HTTPS_PROXY: "http://proxy.test:3128", NO_PROXY: exempt }),
        undefined,
        exempt,
      );
    assert.equal(
      await proxied({ HTTPS_PROXY: "http://proxy.test:3128", NO_PROXY: "other.test,api.cluster.test:1" }),
      "http://proxy.test:3128",
    );
  });

  const plugin = (script: string): string => {
    const at = path.join(directory, "plugin.sh");
    writeFileSync(at, `#!/bin/sh\n${script}\n`);
    chmodSync(at, 0o755);
    return file(
      "plugged",
      kubeconfigText("x", cluster.url, {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "./plugin.sh",
          args: ["a b"],
          env: [{ name: "SAID", value: "v" }],
        },
      }),
    );
  };

  test("a credential plugin runs once for a run, beside its kubeconfig, and is told what kubectl tells it", async () => {
    const told = path.join(directory, "told");
    const at = plugin(
      `echo "$1 $SAID $KUBERNETES_EXEC_INFO" >> ${told}; echo '{"kind":"ExecCredential","status":{"token":"${KUBE_TOKEN}"}}'`,
    );
    const api = kubeApi(await access(at), { ms: UNHURRIED, bytes: MAX_ANSWER });
    await api.get("/api/v1/namespaces/openclaw/pods");
    await api.get("/api/v1/namespaces/openclaw/pods");
    const lines = readFileSync(told, "utf8").trim().split("\n");
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? "",
      /^a b v \{"apiVersion":"client\.authentication\.k8s\.io\/v1","kind":"ExecCredential"/,
    );
    assert.ok(api.cluster.secrets.includes(KUBE_TOKEN));
  });

  test("one that fails, gives nothing, or is not there is said so, without what it may have printed of secrets", async () => {
    for (const [script, words] of [
      [`echo "cannot log in: token=${KUBE_TOKEN}" >&2; exit 3`, /ended with 3: cannot log in/],
      ["echo nonsense", /gave no credential/],
    ] as const) {
      const at = plugin(script);
      await assert.rejects(access(at), (error: KubeError) => {
        assert.equal(error.problem, "plugin");
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, new RegExp(KUBE_TOKEN));
        return true;
      });
    }
    const gone = file("gone", kubeconfigText("x", cluster.url, { exec: { command: "no-such-plugin-here" } }));
    assert.equal(await problemOf(() => access(gone)), "plugin");
  });

  test("what a plugin says shows nothing of what it was handed or gave", async () => {
    const secret = "Tr0ub4dor&3";
    const shell = (script: string, ...args: readonly string[]) => ({
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: ["-c", `${script}; exit 3`, "sh", ...args],
    });
    for (const [exec, inherited] of [
      [{ ...shell('echo "signed with $AWS_KEY" >&2'), env: [{ name: "AWS_KEY", value: secret }] }, {}],
      [{ ...shell('echo "signed with $PLACE" >&2'), env: [{ name: "PLACE", value: secret }] }, {}],
      [shell('echo "signed with $2" >&2', "--client-secret", secret), {}],
      [shell('echo "signed with $' + '{1#*=}" >&2', `--oidc-client-secret=${secret}`), {}],
      [shell(`echo '{"status":{"token":"${secret}"}}'; echo 'signed with ${secret}' >&2`), {}],
      [shell(`echo '{"status":{"token":"${secret}"'; echo 'signed with ${secret}' >&2`), {}],
      [shell('echo "signed with $MY_PASSWORD" >&2'), { MY_PASSWORD: secret }],
      [shell(`echo 'signed with ${secret}'`), {}],
      [shell(`seq 2000; echo 'signed with ${secret}' >&2`), {}],
    ] as const)
      await assert.rejects(
        access(file("said", kubeconfigText("x", cluster.url, { exec })), undefined, inherited),
        (error: KubeError) => {
          assert.match(error.message, /^sh ended with 3: /);
          assert.doesNotMatch(error.message, /Tr0ub/, JSON.stringify(exec));
          return true;
        },
      );
  });

  test("the token of a file, of a plugin or of a pod's account is known to be secret, and what is handed on to one", async () => {
    const secret = "correct-horse-battery";
    writeFileSync(path.join(directory, "token"), `${secret}\n`);
    const status = `{"status":{"token":"${secret}"}}`;
    for (const user of [
      { tokenFile: "token" },
      { tokenFile: "token", token: "older" },
      { exec: { command: "echo", args: [status] } },
      { exec: { command: "sh", args: ["-c", `echo '${status}'`, "sh", "--client-secret", secret] } },
    ]) {
      const { config, secrets } = await access(file("known", kubeconfigText("x", cluster.url, user)));
      assert.equal(config.getCurrentUser()?.token, secret);
      assert.ok(secrets.includes(secret), JSON.stringify(user));
    }
    const files: Readonly<Record<string, string>> = { token: secret, "ca.crt": "PEM", namespace: "bots" };
    const account = "/var/run/secrets/kubernetes.io/serviceaccount";
    const world: World = {
      ...worldOf({ KUBECONFIG: "/nowhere", KUBERNETES_SERVICE_HOST: "::1", KUBERNETES_SERVICE_PORT: "6443" }),
      exists: async () => true,
      readText: async (at) => {
        const text = files[at.replace(`${account}/`, "")];
        return text === undefined
          ? { ok: false, reason: "absent", detail: quoted("ENOENT") }
          : { ok: true, text, truncated: false };
      },
    };
    const inside = await clusterAccess(world, undefined);
    assert.deepEqual([inside.secrets, inside.namespace], [[secret], "bots"]);
    assert.equal(inside.config.getCurrentUser()?.token, secret);
    assert.equal(inside.config.getCurrentCluster()?.caData, Buffer.from("PEM").toString("base64"));
  });

  test("a FIFO or a device in the place of a file of the kubeconfig is refused and not waited for", async () => {
    execFileSync("mkfifo", [path.join(directory, "fifo")]);
    const refused = async (user: object, more: object = {}) => {
      const config = JSON.parse(kubeconfigText("x", "https://127.0.0.1:1", user as never)) as {
        clusters: { cluster: object }[];
      };
      Object.assign(config.clusters[0]?.cluster ?? {}, more);
      await assert.rejects(access(file("fed", JSON.stringify(config))), (error: KubeError) => {
        assert.match(error.message, /fifo|\/dev\/zero/);
        return error.problem === "kubeconfig";
      });
    };
    for (const at of ["fifo", "/dev/zero"]) {
      await refused({}, { "certificate-authority": at });
      await refused({ "client-certificate": at });
      await refused({ "client-key": at });
      await refused({ tokenFile: at });
    }
    // The library reads this one while it parses; kubectl does not know it.
    const odd = kubeconfigText("x", cluster.url, { "token-file": path.join(directory, "fifo") } as never);
    assert.equal((await access(file("odd", odd))).config.getCurrentUser()?.token, undefined);
  });

  test("a login that kubectl has dropped starts no program", async () => {
    const ran = path.join(directory, "ran-provider");
    for (const name of ["gcp", "azure", "oidc", "exec"]) {
      const config = { "cmd-path": "/bin/touch", "cmd-args": ran, exec: { command: "touch", args: [ran] } };
      const at = file(
        "dropped",
        kubeconfigText("x", cluster.url, { "auth-provider": { name, config } } as never),
      );
      await assert.rejects(access(at), new RegExp(`auth-provider ${name}.*credential plugin`));
    }
    assert.equal(existsSync(ran), false);
  });

  test("a plugin that does not end is named, and one that failed is not run again for the next look", async () => {
    const ran = path.join(directory, "ran-once");
    const endless: Plugin = { command: "sh", directory, exec: { command: "sh", args: ["-c", "sleep 100"] } };
    const some = { name: "x", server: cluster.url, skipTLSVerify: false };
    await assert.rejects(credentialOf(endless, some, worldOf(), 50), /^KubeError: sh: /);
    const world = { ...worldOf({ KUBECONFIG: plugin(`echo x >> ${ran}; exit 3`) }), homedir: directory };
    for (let look = 0; look < 3; look += 1)
      assert.equal(await problemOf(() => openCluster(world, undefined)), "plugin");
    assert.equal(readFileSync(ran, "utf8"), "x\n");
  });
});

test("the end of a port-forward lets no other user's connections through, and closes with its pod's", async () => {
  const { forwardPort } = await import("../src/deployments/kubernetes/forward.ts");
  cluster.ports.set(18_789, 1);
  const silent = createServer((_request, response) => response.end("secret")).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  cluster.ports.set(18_789, typeof address === "object" && address !== null ? address.port : 0);
  // Whoever else it is: the table of sockets says that the other end is of another user.
  const stranger: World = {
    ...worldOf(),
    uid: 54_321,
    readText: async (at, max) => {
      const read = await worldOf().readText(at, max);
      return read.ok && at.startsWith("/proc/net/")
        ? { ...read, text: read.text.replaceAll(/^(\s*\d+:(?:\s+\S+){6}\s+)\d+/gm, "$14242") }
        : read;
    },
  };
  const forward = await forwardPort(await apiOf(), async () => known(TARGET, "test"), 18_789, stranger);
  assert.ok(forward.known);
  const got = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(forward.value.port, "127.0.0.1", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
    socket.on("data", (bytes) => {
      text += bytes;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
  assert.equal(got, "");
  forward.value.close();
  silent.closeAllConnections();
  silent.close();
});
