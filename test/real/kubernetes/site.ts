// What the cases of the cluster share: a namespace, a browser on its network, and the built doctor beside it.
import assert from "node:assert/strict";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { parse } from "yaml";
import type { FixDocument } from "../fix/site.ts";
import { type Agent, REPOSITORY, startAgent } from "../rig/agent.ts";
import { CONTROL_UI, type Outcome, PAGE_SCOPES } from "../rig/client.ts";
import { type Cluster, type Manifest, useCluster } from "../rig/cluster.ts";
import { type DoctorDocument, type DoctorRun, runDoctor } from "../rig/doctor.ts";
import { TOKEN } from "../rig/gateway.ts";
import { ownNamespace } from "../rig/namespace.ts";
import { progress, until } from "../rig/processes.ts";
import { CORE } from "../selection.ts";

export const AGREED = ["--yes", "--allow-risk", "grants-access"];
export const AUTH = { mode: "token", token: TOKEN };
export const NOT_IN_CORE = { skip: CORE ? "not in the core run" : false };
/** The read-only Role of the documentation. */
export const READ_ONLY = (
  parse(readFileSync(path.join(REPOSITORY, "docs/kubernetes/read-role.yaml"), "utf8")) as {
    readonly rules: Manifest[];
  }
).rules;

export interface Said extends DoctorDocument {
  readonly missing?: readonly { readonly fact: string; readonly reason: string; readonly provide?: string }[];
  readonly deployment?: {
    readonly names: Readonly<Record<string, string>>;
    readonly pod?: {
      readonly state: string;
      readonly restarts: number;
      readonly lastLines?: readonly string[];
      readonly services: readonly object[];
      readonly routes: readonly { readonly host: string }[];
    };
  };
}

/** A page that is opened somewhere: `url` is where its socket really goes. */
export interface Visit {
  readonly url?: string;
  readonly origin?: string;
  /** Of the request beside the ordinary ones. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly buildId?: string;
  /** Seed of the browser's key. */
  readonly device?: string;
}

export interface KubeSite {
  readonly cluster: Cluster;
  doctor(args: readonly string[], kubeconfig?: string): Promise<DoctorRun>;
  diagnosed(
    name: string,
    more?: { readonly kubeconfig?: string; readonly args?: readonly string[] },
  ): Promise<Said>;
  fix(name: string, args: readonly string[]): Promise<FixDocument>;
  /** Of the pod that was made last. */
  podIp(name: string): Promise<string>;
  browser(name: string, visit?: Visit): Promise<Outcome>;
  /** What a browser meets once the gateway serves pages: a start answers with "starting" or not at all. */
  answered(name: string, visit?: Visit): Promise<Outcome>;
  /** Waits until every pod of the workload says that it listens. */
  ready(name: string, kind?: "deploy" | "statefulset"): Promise<void>;
  /** Waits for the first restart of a pod that does not stay up. */
  restarted(name: string): Promise<void>;
}

/** A site for the tests of the enclosing `describe`. */
export function useKubeSite(): KubeSite {
  let up: { readonly cluster: Cluster; readonly agent: Agent } | undefined;
  let home: string | undefined;
  before(async () => {
    const cluster = await useCluster();
    up = { cluster, agent: startAgent(ownNamespace) };
    home = mkdtempSync(path.join(tmpdir(), "opd-rig-kube-home-"));
  });
  after(async () => {
    await up?.agent.stop();
    await up?.cluster.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });
  const part = (): NonNullable<typeof up> => {
    if (up === undefined) throw new Error("the cluster is not up");
    return up;
  };
  const kubectl: Cluster["kubectl"] = (...args) => part().cluster.kubectl(...args);
  const doctor: KubeSite["doctor"] = async (args, kubeconfig = part().cluster.kubeconfig) => {
    const env = { KUBECONFIG: kubeconfig };
    const result = await runDoctor({
      args,
      env,
      timeoutMs: 400_000,
      ...(home === undefined ? {} : { home }),
    });
    assert.doesNotMatch(result.stdout + result.stderr, new RegExp(TOKEN));
    assert.deepEqual(result.leftInTemp, []);
    return result;
  };
  const podsOf = async (name: string): Promise<readonly string[]> => {
    const names = await kubectl(
      "get",
      "pods",
      "-l",
      `app=${name}`,
      "-o",
      "jsonpath={.items[*].metadata.name}",
    );
    return names.split(" ").filter((one) => one !== "");
  };
  const podIp: KubeSite["podIp"] = (name) =>
    kubectl("get", "pods", "-l", `app=${name}`, "-o", "jsonpath={.items[-1:].status.podIP}");
  const browser: KubeSite["browser"] = async (name, visit = {}) => {
    const url = visit.url ?? `ws://${await podIp(name)}:18789`;
    const { origin = url.replace("ws:", "http:"), headers, buildId, device = name } = visit;
    return part().agent.connect({
      url,
      headers: { Origin: origin, ...headers },
      client: buildId === undefined ? CONTROL_UI : { ...CONTROL_UI, buildId },
      scopes: PAGE_SCOPES,
      auth: { token: TOKEN },
      device,
      timeoutMs: 20_000,
    });
  };
  return {
    get cluster() {
      return part().cluster;
    },
    doctor,
    podIp,
    browser,
    diagnosed: async (name, { kubeconfig, args = [] } = {}) => {
      const target = `k8s:${part().cluster.namespace}/${name}`;
      const { document, stdout, stderr } = await doctor(
        ["diagnose", "--json", "--verbose", "--target", target, ...args],
        kubeconfig,
      );
      assert.ok(document, `${stdout}\n${stderr}`);
      return document as Said;
    },
    fix: async (name, args) => {
      const target = `k8s:${part().cluster.namespace}/${name}`;
      const { exitCode, stdout, stderr } = await doctor(["fix", "--json", "--target", target, ...args]);
      progress(`fix ${args.join(" ")}: exit ${exitCode}`);
      assert.notEqual(stdout, "", stderr);
      return JSON.parse(stdout) as FixDocument;
    },
    answered: async (name, visit) => {
      let met: Outcome | undefined;
      const isAnswer = async () => {
        met = await browser(name, visit);
        const { admitted, errorCode, closeReason = "", httpStatus = 0 } = met;
        if (admitted || (httpStatus >= 400 && httpStatus < 500)) return true;
        return (
          (errorCode !== undefined && errorCode !== "UNAVAILABLE") || /required|allowed/.test(closeReason)
        );
      };
      assert.ok(await until(isAnswer, 180_000, 2000), `${name} answers nobody: ${JSON.stringify(met)}`);
      return met as Outcome;
    },
    ready: async (name, kind = "deploy") => {
      const log = (pod: string) => kubectl("logs", pod, "--all-containers", "--tail=200").catch(() => "");
      const wanted = Number(await kubectl("get", `${kind}/${name}`, "-o", "jsonpath={.spec.replicas}"));
      const listen = async () => {
        const pods = await podsOf(name);
        const logs = await Promise.all(pods.map(log));
        return pods.length >= wanted && logs.every((text) => /listening on|\bready\b/.test(text));
      };
      if (await until(listen, 300_000, 2000)) return;
      const pods = await kubectl("get", "pods", "-o", "wide");
      assert.fail(
        `${name} did not listen\n${(await Promise.all((await podsOf(name)).map(log))).join("\n")}\n${pods}`,
      );
    },
    restarted: async (name) => {
      const count = "jsonpath={.items[0].status.containerStatuses[0].restartCount}";
      const again = async () => Number(await kubectl("get", "pods", "-l", `app=${name}`, "-o", count)) > 0;
      assert.ok(await until(again, 240_000, 2000), `${name} stays up`);
    },
  };
}

/** openclaw.json in a state directory, as the gateway's own user would have written it. */
export function writeOwnConfig(stateDir: string, gateway: Manifest, owner = 1000): void {
  const file = path.join(stateDir, "openclaw.json");
  writeFileSync(file, JSON.stringify({ gateway: { mode: "local", port: 18_789, ...gateway } }), {
    mode: 0o600,
  });
  chownSync(file, owner, owner);
}
