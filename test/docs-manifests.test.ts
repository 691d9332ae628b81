// The manifests of the documentation: what a pod would run is a command line that is understood, with no more rights than said.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { READ_RULES } from "../src/kinds/kubernetes/read-rules.ts";
import { here } from "./support/cli.ts";

const docs = fileURLToPath(new URL("../docs", import.meta.url));

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly securityContext?: Readonly<Record<string, unknown>>;
  }[];
}
interface Job {
  readonly backoffLimit: number;
  readonly template: { readonly spec: PodSpec };
}
interface Manifest {
  readonly kind: string;
  readonly rules?: unknown;
  readonly metadata: { readonly name: string };
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly spec?: Job & { readonly jobTemplate?: { readonly spec: Job } };
}

const manifestsIn = (path: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(join(docs, path), "utf8")).map((one) => one.toJS() as Manifest);

test("the Role that the code hands out is the one of the documentation", () => {
  assert.deepEqual(manifestsIn("kubernetes/read-role.yaml")[0]?.rules, READ_RULES);
});

const jobs = readdirSync(join(docs, "examples"))
  .filter((name) => name.endsWith(".yaml") && name !== "compose.yaml")
  .flatMap((name) =>
    manifestsIn(`examples/${name}`).flatMap(({ spec }) => {
      const job = spec?.jobTemplate?.spec ?? spec;
      return job === undefined ? [] : [{ name, job }];
    }),
  );

test("there is a Job, a CronJob, a Helm test and a hook of Argo CD", () => {
  assert.deepEqual(
    jobs.map(({ name }) => name),
    ["argocd-post-sync.yaml", "helm-test.yaml", "kubernetes-cronjob.yaml", "kubernetes-job.yaml"],
  );
});

for (const { name, job } of jobs)
  test(`${name}: the pod's command line is understood, and its token is in none`, async () => {
    const { containers, automountServiceAccountToken, serviceAccountName } = job.template.spec;
    // A verdict is not tried again, and nothing of the cluster is in the pod that does not need it.
    assert.equal(job.backoffLimit, 0);
    const asks = containers[0]?.args.some((arg) => arg.includes("k8s:")) === true;
    assert.equal(automountServiceAccountToken ?? true, asks);
    assert.equal(serviceAccountName !== undefined, asks);
    for (const { args, env = [] } of containers) {
      assert.ok(env.every(({ value }) => value === undefined));
      // Helm fills in its names.
      const filled = args.map((arg) =>
        arg.replaceAll("{{ .Release.Name }}", "127.0.0.1").replace(/--wait=.*/, "--wait=0"),
      );
      const { code, stderr } = await here(filled, {
        env: { KUBECONFIG: "/nonexistent" },
      });
      assert.equal(code, 3, stderr);
    }
  });

test("the CronJob binds the Role that only reads", () => {
  const binding = manifestsIn("examples/kubernetes-cronjob.yaml").find(({ kind }) => kind === "RoleBinding");
  assert.deepEqual(binding?.roleRef, {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "Role",
    name: manifestsIn("kubernetes/read-role.yaml")[0]?.metadata.name ?? "",
  });
});
