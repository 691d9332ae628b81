// A config that an init container copies from a ConfigMap over the volume's at each start, as most charts have it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment, type Manifest, podParts, service } from "../rig/cluster.ts";
import { IMAGE } from "../rig/image.ts";
import { progress } from "../rig/processes.ts";
import { AGREED, AUTH, type KubeSite, NOT_IN_CORE, READ_ONLY, type Said } from "./site.ts";

const NAME = "copied";
const MAP = "copied-config";
const STATE = "/home/node/.openclaw";

function withInitCopy(spec: Manifest): Manifest {
  const [container = {}] = spec.containers as Manifest[];
  const seed = { name: "seed", mountPath: "/seed" };
  const init = {
    name: "init-config",
    image: IMAGE,
    imagePullPolicy: "Never",
    command: ["sh", "-c", `cp /seed/openclaw.json ${STATE}/openclaw.json`],
    securityContext: container.securityContext,
    volumeMounts: [...(container.volumeMounts as Manifest[]), seed],
  };
  const volumes = [...(spec.volumes as Manifest[]), { name: "seed", configMap: { name: MAP } }];
  return { ...spec, initContainers: [init], volumes };
}

export function initCopyCases(site: KubeSite): void {
  const text = () => site.cluster.kubectl("get", "configmap", MAP, "-o", "jsonpath={.data.openclaw\\.json}");
  const evidence = (said: Said) => JSON.stringify(said.deployment);

  for (const release of ["2026.2.1", "2026.9.6"])
    test(
      `openclaw ${release} whose config an init container copies at each start: seen, changed at its source, and readable with the read-only Role`,
      NOT_IN_CORE,
      async () => {
        const { cluster } = site;
        const { spec, installed } = await podParts(cluster, release);
        const gateway = {
          mode: "local",
          port: 18_789,
          bind: "lan",
          auth: AUTH,
          // 2026.2.1 starts with no key that it does not know.
          ...(release === "2026.2.1" ? {} : { controlUi: { allowedOrigins: ["https://other.test"] } }),
        };
        const data = { "openclaw.json": `${JSON.stringify({ gateway }, null, 2)}\n` };
        await cluster.apply(
          { apiVersion: "v1", kind: "ConfigMap", metadata: { name: MAP }, data },
          deployment(NAME, withInitCopy(spec)),
          service(NAME),
        );
        await site.ready(NAME);
        const origin = "https://claw.example.test";
        const page = { origin, ...(installed.uiBuild === undefined ? {} : { buildId: installed.uiBuild }) };
        const met = JSON.stringify(await site.answered(NAME, page));
        const said = await site.diagnosed(NAME);
        progress(
          JSON.stringify(said.findings.map(({ id, remedies }) => [id, remedies.map((one) => one.id)])),
        );
        assert.match(evidence(said), new RegExp(`config from ConfigMap ${MAP} \\(each-start\\)`));

        const reader = await cluster.accountWith("copy-reader", READ_ONLY);
        const read = await site.diagnosed(NAME, { kubeconfig: reader });
        // What the ConfigMap has is the config, so only what is inside the pod cannot be read.
        assert.ok(!read.missing?.some(({ fact }) => fact === "config"), JSON.stringify(read.missing));
        assert.match(JSON.stringify(read.missing), /resources: \[\\"pods\/portforward\\"\]/);
        const shut = await site.diagnosed(NAME, { kubeconfig: await cluster.accountWith("nobody", []) });
        assert.equal(shut.verdict, "undetermined");
        assert.match(JSON.stringify(shut.missing), /resources: \[\\"pods\\"\], verbs: \[\\"list\\"\]/);

        // 2026.2.1 looks at no origin.
        if (release === "2026.2.1") assert.match(met, /pairing required/);
        else {
          assert.match(met, /origin not allowed/i);
          const fixed = await site.fix(NAME, [
            "--origin",
            origin,
            "--remedy",
            "add-allowed-origin",
            ...AGREED,
          ]);
          assert.match(fixed.outcome, /^(?:kept|partly)$/, JSON.stringify(fixed));
          assert.match(await text(), /claw\.example\.test/);
          assert.match(JSON.stringify(await site.answered(NAME, page)), /pairing required/);
        }
        // Devices are on the volume, which no init container touches.
        const approved = await site.fix(NAME, ["--origin", origin, "--remedy", "approve-device", ...AGREED]);
        assert.equal(approved.outcome, "kept", JSON.stringify(approved));
        assert.ok((await site.browser(NAME, page)).admitted);
        await cluster.kubectl("rollout", "restart", `deploy/${NAME}`);
        await cluster.kubectl("rollout", "status", `deploy/${NAME}`, "--timeout=120s");
        await site.ready(NAME);
        assert.ok((await site.answered(NAME, page)).admitted);
        await cluster.remove(`deploy/${NAME}`, `service/${NAME}`, `configmap/${MAP}`);
      },
    );
}
