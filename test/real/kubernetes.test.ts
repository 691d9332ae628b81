// Gateways in the pods of a real cluster, looked at and mended through its API: no kubectl is asked by the doctor.
import assert from "node:assert/strict";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import type { FixDocument } from "./fix/site.ts";
import { type Agent, REPOSITORY, startAgent } from "./rig/agent.ts";
import { CONTROL_UI, type Outcome, PAGE_SCOPES } from "./rig/client.ts";
import {
  type Cluster,
  deployment,
  type Manifest,
  podParts,
  service,
  useCluster,
  whyNoCluster,
} from "./rig/cluster.ts";
import { type DoctorDocument, runDoctor } from "./rig/doctor.ts";
import { TOKEN } from "./rig/gateway.ts";
import { ownNamespace } from "./rig/namespace.ts";
import { progress, until } from "./rig/processes.ts";
import { CORE } from "./selection.ts";

const missing = await whyNoCluster();
const AGREED = ["--yes", "--allow-risk", "grants-access"];
const AUTH = { mode: "token", token: TOKEN };
/** The read-only Role of the documentation. */
const READ_ONLY = (
  parse(readFileSync(path.join(REPOSITORY, "docs/kubernetes/read-role.yaml"), "utf8")) as {
    readonly rules: Manifest[];
  }
).rules;

interface Said extends DoctorDocument {
  readonly missing?: readonly { readonly fact: string; readonly reason: string; readonly provide?: string }[];
  readonly deployment?: {
    readonly names: Readonly<Record<string, string>>;
    readonly pod?: {
      readonly state: string;
      readonly restarts: number;
      readonly lastLines?: readonly string[];
      readonly services: readonly object[];
    };
  };
}

describe("a gateway in a cluster", { skip: missing ?? false, timeout: 1_500_000 }, () => {
  let cluster: Cluster;
  let agent: Agent;
  let home: string;

  before(async () => {
    cluster = await useCluster();
    agent = startAgent(ownNamespace);
    home = mkdtempSync(path.join(tmpdir(), "opd-rig-kube-home-"));
  });
  after(async () => {
    await agent?.stop();
    await cluster?.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  async function doctor(args: readonly string[], kubeconfig = cluster.kubeconfig) {
    const result = await runDoctor({ args, home, env: { KUBECONFIG: kubeconfig }, timeoutMs: 400_000 });
    assert.doesNotMatch(result.stdout + result.stderr, new RegExp(TOKEN));
    assert.deepEqual(result.leftInTemp, []);
    return result;
  }

  async function diagnosed(name: string, kubeconfig?: string): Promise<Said> {
    const target = `k8s:${cluster.namespace}/${name}`;
    const { document, stdout, stderr } = await doctor(
      ["diagnose", "--json", "--verbose", "--target", target],
      kubeconfig,
    );
    assert.ok(document, `${stdout}\n${stderr}`);
    return document as Said;
  }

  async function fix(name: string, args: readonly string[]): Promise<FixDocument> {
    const target = `k8s:${cluster.namespace}/${name}`;
    const { exitCode, stdout, stderr } = await doctor(["fix", "--json", "--target", target, ...args]);
    progress(`fix ${args.join(" ")}: exit ${exitCode}`);
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as FixDocument;
  }

  const podIp = (name: string) =>
    cluster.kubectl("get", "pods", "-l", `app=${name}`, "-o", "jsonpath={.items[-1:].status.podIP}");
  const log = (name: string) => cluster.kubectl("logs", `deploy/${name}`, "--tail=200").catch(() => "");

  async function browser(name: string, origin?: string, buildId?: string): Promise<Outcome> {
    const url = `ws://${await podIp(name)}:18789`;
    const headers = { Origin: origin ?? url.replace("ws:", "http:") };
    const client = buildId === undefined ? CONTROL_UI : { ...CONTROL_UI, buildId };
    return agent.connect({
      url,
      headers,
      client,
      scopes: PAGE_SCOPES,
      auth: { token: TOKEN },
      device: name,
      timeoutMs: 20_000,
    });
  }

  async function ready(name: string): Promise<void> {
    const says = async () => /listening on|\bready\b/.test(await log(name));
    assert.ok(
      await until(says, 300_000, 2000),
      `${name} did not listen\n${await log(name)}\n${await cluster.kubectl("get", "pods", "-o", "wide")}`,
    );
  }

  test("refused over the cluster's network, told by its log, approved through the API, and taken back", async () => {
    const { spec, stateDir } = await podParts(cluster, "2026.2.1");
    const config = { gateway: { mode: "local", port: 18_789, bind: "lan", auth: AUTH } };
    writeFileSync(path.join(stateDir, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
    chownSync(path.join(stateDir, "openclaw.json"), 1000, 1000);
    await cluster.apply(deployment("claw", spec), service("claw"));
    await ready("claw");
    let refused: Outcome | undefined;
    await until(
      async () => {
        refused = await browser("claw");
        return /pairing required/.test(refused.closeReason ?? "");
      },
      120_000,
      2000,
    );
    assert.match(refused?.closeReason ?? "", /pairing required/);

    const said = await diagnosed("claw");
    progress(
      JSON.stringify({
        findings: said.findings.map(({ id, confidence }) => [id, confidence]),
        missing: said.missing,
        names: said.deployment?.names,
      }),
    );
    assert.equal(said.findings[0]?.id, "kubernetes-exposure");
    assert.equal(said.gateway.version, "2026.2.1");
    assert.deepEqual(said.missing, []);
    assert.equal(said.deployment?.pod?.state, "running");
    assert.equal(said.deployment?.pod?.services.length, 1);
    const line = said.findings[0]?.remedies
      .flatMap((remedy) => JSON.stringify(remedy))
      .find((text) => text.includes("devices approve"));
    assert.match(
      line ?? "",
      new RegExp(
        `kubectl -n ${cluster.namespace} exec deploy/claw -c gateway -- node openclaw\\.mjs devices approve`,
      ),
    );

    const shown = await fix("claw", ["--remedy", "approve-device", "--dry-run"]);
    const request = shown.requests[0]?.requestId ?? "";
    const fixed = await fix("claw", ["--remedy", "approve-device", "--request", request, ...AGREED]);
    progress(JSON.stringify(fixed).slice(0, 1500));
    assert.equal(fixed.outcome, "kept");
    assert.ok((await browser("claw")).admitted);
    const undone = await fix("claw", ["--undo", "--yes"]);
    assert.equal(undone.outcome, "undone");
    assert.ok(!(await browser("claw")).admitted);
  });

  test("what a Role does not allow is undetermined, with the rule that allows it", async () => {
    const readOnly = await cluster.accountWith("reader", READ_ONLY);
    const said = await diagnosed("claw", readOnly);
    assert.equal(said.findings[0]?.id, "kubernetes-exposure");
    const config = said.missing?.find(({ fact }) => fact === "config");
    assert.equal(config?.reason, "denied");
    assert.match(config?.provide ?? "", /resources: \["pods\/exec"\]/);
    const probe = said.missing?.find(({ fact }) => fact === "probe");
    assert.match(probe?.provide ?? "", /resources: \["pods\/portforward"\]/);
    const nobody = await cluster.accountWith("nobody", []);
    const shut = await diagnosed("claw", nobody);
    assert.equal(shut.verdict, "undetermined");
    assert.match(JSON.stringify(shut.missing), /resources: \[\\"pods\\"\], verbs: \[\\"list\\"\]/);
  });

  test("a config that is a ConfigMap's: the change is made there and rolled out, watched, and taken back", {
    skip: CORE ? "not in the core run" : false,
  }, async () => {
    await cluster.kubectl("scale", "deploy/claw", "--replicas=0");
    const { spec, installed } = await podParts(cluster, "2026.9.6");
    const text = `${JSON.stringify({ gateway: { mode: "local", port: 18_789, bind: "lan", auth: AUTH, controlUi: { allowedOrigins: ["https://other.test"] } } }, null, 2)}\n`;
    const [container] = spec.containers;
    const mounts = (container as { volumeMounts: object[] }).volumeMounts;
    mounts.push({
      name: "config",
      mountPath: "/home/node/.openclaw/openclaw.json",
      subPath: "openclaw.json",
    });
    await cluster.apply(
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "mapped-config" },
        data: { "openclaw.json": text },
      },
      deployment("mapped", {
        ...spec,
        volumes: [...spec.volumes, { name: "config", configMap: { name: "mapped-config" } }],
      }),
      service("mapped"),
    );
    await ready("mapped");
    const origin = "https://claw.example.test";
    let refused = await browser("mapped", origin, installed.uiBuild);
    await until(
      async () => {
        if (refused.errorCode !== undefined && refused.errorCode !== "UNAVAILABLE") return true;
        refused = await browser("mapped", origin, installed.uiBuild);
        return false;
      },
      120_000,
      2000,
    );
    assert.match(JSON.stringify(refused), /origin not allowed/i);
    const fixed = await fix("mapped", ["--origin", origin, "--remedy", "add-allowed-origin", ...AGREED]);
    progress(JSON.stringify(fixed).slice(0, 2500));
    // The page is not paired yet, which waits behind the origin.
    assert.match(fixed.outcome, /^(?:kept|partly)$/);
    const now = await cluster.kubectl(
      "get",
      "configmap",
      "mapped-config",
      "-o",
      "jsonpath={.data.openclaw\\.json}",
    );
    assert.match(now, /claw\.example\.test/);
    assert.doesNotMatch(
      JSON.stringify(await browser("mapped", origin, installed.uiBuild)),
      /origin not allowed/i,
    );
    await fix("mapped", ["--undo", "--yes"]);
    const back = await cluster.kubectl(
      "get",
      "configmap",
      "mapped-config",
      "-o",
      "jsonpath={.data.openclaw\\.json}",
    );
    assert.equal(back, text);
    await cluster.remove("deploy/mapped");
  });

  test("one that does not start for want of origins: its last words, and the cause", {
    skip: CORE ? "not in the core run" : false,
  }, async () => {
    const { spec, stateDir } = await podParts(cluster, "2026.2.26", { args: ["--bind", "lan"] });
    writeFileSync(
      path.join(stateDir, "openclaw.json"),
      JSON.stringify({ gateway: { mode: "local", auth: AUTH } }),
      { mode: 0o600 },
    );
    chownSync(path.join(stateDir, "openclaw.json"), 1000, 1000);
    await cluster.apply(deployment("crash", spec), service("crash"));
    await until(
      async () =>
        Number(
          await cluster.kubectl(
            "get",
            "pods",
            "-l",
            "app=crash",
            "-o",
            "jsonpath={.items[0].status.containerStatuses[0].restartCount}",
          ),
        ) > 0,
      240_000,
      2000,
    );
    const said = await diagnosed("crash");
    progress(
      JSON.stringify({ findings: said.findings.map(({ id }) => id), pod: said.deployment?.pod?.lastLines }),
    );
    assert.equal(said.findings[0]?.id, "allowed-origins-required-startup");
    await cluster.remove("deploy/crash");
  });

  test("a volume of another owner: the cause, with both numbers", {
    skip: CORE ? "not in the core run" : false,
  }, async () => {
    const { spec, stateDir } = await podParts(cluster, "2026.3.13", { owner: 0 });
    writeFileSync(
      path.join(stateDir, "openclaw.json"),
      JSON.stringify({ gateway: { mode: "local", auth: AUTH } }),
      {
        mode: 0o600,
      },
    );
    await cluster.apply(deployment("owned", spec));
    const count = "jsonpath={.items[0].status.containerStatuses[0].restartCount}";
    await until(
      async () => Number(await cluster.kubectl("get", "pods", "-l", "app=owned", "-o", count)) > 0,
      240_000,
      2000,
    );
    const said = await diagnosed("owned");
    progress(
      JSON.stringify({ findings: said.findings.map(({ id }) => id), pod: said.deployment?.pod?.lastLines }),
    );
    assert.equal(said.findings[0]?.id, "state-permissions");
    await cluster.remove("deploy/owned");
  });
});
