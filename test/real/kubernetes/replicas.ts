// Two pods of one StatefulSet, each with a volume of its own: a browser that one of them approved is a stranger to the other.
import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdtempSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { deployment, type Manifest, podParts, service } from "../rig/cluster.ts";
import { progress } from "../rig/processes.ts";
import { AGREED, AUTH, type KubeSite, NOT_IN_CORE, type Visit, writeOwnConfig } from "./site.ts";

const NAME = "pair";

export function replicaCases(site: KubeSite): void {
  for (const release of ["2026.2.1", "2026.9.6"])
    test(
      `two replicas of openclaw ${release} with state of their own: which of them refused whom, and one replica as the cure`,
      NOT_IN_CORE,
      async () => {
        const { cluster } = site;
        const { spec, installed } = await podParts(cluster, release);
        const volumes = [0, 1].map((at) => claimedVolume(cluster.namespace, cluster.directory, at, release));
        try {
          await cluster.apply(...volumes, statefulSet(spec), service(NAME));
          await site.ready(NAME, "statefulset");
          const visit = async (at: number): Promise<Visit> => {
            const ip = await cluster.kubectl("get", "pod", `${NAME}-${at}`, "-o", "jsonpath={.status.podIP}");
            const url = `ws://${ip}:18789`;
            return {
              url,
              origin: ORIGIN,
              ...(installed.uiBuild === undefined ? {} : { buildId: installed.uiBuild }),
            };
          };
          // The Service brought it to the second one alone.
          assert.match(JSON.stringify(await site.answered(NAME, await visit(1))), /pairing required/);
          const said = await site.diagnosed(NAME, { args: ["--origin", ORIGIN] });
          progress(JSON.stringify(said.findings));
          const [first] = said.findings;
          assert.equal(first?.id, "kubernetes-exposure");
          assert.ok(
            first?.evidence.some(({ source }) => source.startsWith(`kubectl logs ${NAME}-1:`)),
            JSON.stringify(first?.evidence),
          );
          const apart = said.findings.find(({ id }) => id === "client-identity-not-persisted");
          assert.match(
            JSON.stringify(apart),
            /2 pods of the gateway run, each with a state directory of its own/,
          );
          assert.match(JSON.stringify(apart?.remedies), /replicas: 1/);

          // Approved where it asked, and nowhere else.
          const fixed = await site.fix(`${NAME}-1`, [
            "--origin",
            ORIGIN,
            "--remedy",
            "approve-device",
            ...AGREED,
          ]);
          assert.equal(fixed.outcome, "kept", JSON.stringify(fixed));
          assert.ok((await site.browser(NAME, await visit(1))).admitted);
          assert.match(JSON.stringify(await site.browser(NAME, await visit(0))), /pairing required/);

          // The cure: one pod is left, and the browser stays in.
          await cluster.kubectl("scale", `statefulset/${NAME}`, "--replicas=1");
          await cluster.kubectl("wait", "--for=delete", `pod/${NAME}-1`, "--timeout=60s");
          const alone = await site.diagnosed(NAME, { args: ["--origin", ORIGIN] });
          assert.ok(!alone.findings.some(({ id }) => id === "client-identity-not-persisted"));
        } finally {
          await cluster.remove(`statefulset/${NAME}`, `service/${NAME}`);
          await cluster.remove(`pvc/state-${NAME}-0`, `pvc/state-${NAME}-1`);
          for (const { metadata } of volumes)
            await cluster.remove(`pv/${(metadata as { name: string }).name}`);
        }
      },
    );
}

const ORIGIN = "https://claw.example.test";

/** A volume of this machine that the claim of one pod gets. */
function claimedVolume(namespace: string, directory: string, at: number, release: string): Manifest {
  const folder = mkdtempSync(path.join(directory, "replica-"));
  chownSync(folder, 1000, 1000);
  chmodSync(folder, 0o755);
  // 2026.2.1 starts with no key that it does not know.
  const origins = release === "2026.2.1" ? {} : { controlUi: { allowedOrigins: [ORIGIN] } };
  writeOwnConfig(folder, { bind: "lan", auth: AUTH, ...origins });
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${namespace}-${NAME}-${at}` },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path: folder },
      claimRef: { namespace, name: `state-${NAME}-${at}` },
    },
  };
}

function statefulSet(spec: Manifest): Manifest {
  const volumes = (spec.volumes as Manifest[]).filter(({ name }) => name !== "state");
  const { spec: shape } = deployment(NAME, { ...spec, volumes }) as { readonly spec: Manifest };
  const { strategy: _, ...same } = shape;
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: NAME },
    spec: {
      ...same,
      replicas: 2,
      serviceName: NAME,
      podManagementPolicy: "Parallel",
      volumeClaimTemplates: [
        {
          metadata: { name: "state" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "",
            resources: { requests: { storage: "1Gi" } },
          },
        },
      ],
    },
  };
}
