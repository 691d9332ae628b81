// Debian's nginx as the ingress of a cluster: a pod of its own, with a Service and an Ingress, in front of the gateway.
import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { test } from "node:test";
import { whyNoProxy } from "../proxies/proxy.ts";
import { type Cluster, deployment, type Manifest, podParts, service } from "../rig/cluster.ts";
import { IMAGE } from "../rig/image.ts";
import { progress, until } from "../rig/processes.ts";
import { AGREED, AUTH, type KubeSite, NOT_IN_CORE, type Said, type Visit, writeOwnConfig } from "./site.ts";

const HOST = "claw.example.test";
const PAGE = `https://${HOST}`;
const CONTROLLER = "ingress-nginx-controller";

/** As ingress-nginx passes a request on; TLS ends before it. */
function nginxConfig(upstream: string): string {
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `  ${name}_temp_path /tmp/${name};`,
  );
  return [
    "daemon off;",
    "worker_processes 1;",
    "pid /tmp/nginx.pid;",
    "error_log stderr;",
    "events { }",
    "http {",
    "  access_log off;",
    ...temps,
    "  server {",
    "    listen 8080;",
    `    server_name ${HOST};`,
    // Behind a load balancer that names its clients; else the client is whom the nodes put in its place.
    "    set_real_ip_from 0.0.0.0/0;",
    "    real_ip_header X-Forwarded-For;",
    "    location / {",
    `      proxy_pass http://${upstream};`,
    "      proxy_http_version 1.1;",
    "      proxy_set_header Upgrade $http_upgrade;",
    '      proxy_set_header Connection "upgrade";',
    "      proxy_set_header Host $host;",
    "      proxy_set_header X-Real-IP $remote_addr;",
    "      proxy_set_header X-Forwarded-For $remote_addr;",
    "      proxy_set_header X-Forwarded-Host $host;",
    "      proxy_set_header X-Forwarded-Proto https;",
    "    }",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** The controller's pod and its Service, and the Ingress that it would have read. */
export async function applyIngress(cluster: Cluster, name: string): Promise<void> {
  const { spec } = await podParts(cluster, "2026.2.1");
  const [container = {}] = spec.containers;
  const upstream = await cluster.kubectl("get", "service", name, "-o", "jsonpath={.spec.clusterIP}");
  const mounts = (container.volumeMounts as Manifest[]).filter(({ name: volume }) => volume !== "state");
  const proxy = {
    name: "controller",
    image: IMAGE,
    imagePullPolicy: "Never",
    command: ["/usr/sbin/nginx", "-e", "stderr", "-c", "/ingress/nginx.conf"],
    ports: [{ name: "http", containerPort: 8080 }],
    securityContext: { runAsUser: 1000, runAsGroup: 1000 },
    volumeMounts: [...mounts, { name: "config", mountPath: "/ingress" }],
  };
  const volumes = [...spec.volumes, { name: "config", configMap: { name: CONTROLLER } }];
  await cluster.apply(
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: CONTROLLER },
      data: { "nginx.conf": nginxConfig(`${upstream}:18789`) },
    },
    deployment(CONTROLLER, { ...spec, containers: [proxy], volumes }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: CONTROLLER },
      spec: {
        type: "NodePort",
        selector: { app: CONTROLLER },
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name },
      spec: {
        tls: [{ hosts: [HOST], secretName: `${name}-tls` }],
        rules: [
          {
            host: HOST,
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name, port: { number: 18_789 } } },
                },
              ],
            },
          },
        ],
      },
    },
  );
}

/** A client of the load balancer in front (RFC 5737). */
const CLIENT = "203.0.113.7";

export function ingressCases(site: KubeSite): void {
  /** A page of the ingress's host, whose client the load balancer in front names; or does not. */
  async function pageOf(buildId: string | undefined, client?: string): Promise<Visit> {
    return {
      url: `ws://${await site.podIp(CONTROLLER)}:8080`,
      origin: PAGE,
      headers: { Host: HOST, ...(client === undefined ? {} : { "X-Forwarded-For": client }) },
      ...(buildId === undefined ? {} : { buildId }),
    };
  }

  async function stands(name: string, release: string): Promise<string | undefined> {
    const { spec, stateDir, installed } = await podParts(site.cluster, release);
    writeOwnConfig(stateDir, { bind: "lan", auth: AUTH });
    await site.cluster.apply(deployment(name, spec), service(name));
    await applyIngress(site.cluster, name);
    await site.ready(name);
    const ready = "jsonpath={.status.readyReplicas}";
    const isUp = async () => (await site.cluster.kubectl("get", `deploy/${CONTROLLER}`, "-o", ready)) === "1";
    assert.ok(await until(isUp, 60_000, 1000), "nginx does not run");
    return installed.uiBuild;
  }

  const gone = (name: string) =>
    site.cluster.remove(`deploy/${name}`, `service/${name}`, `ingress/${name}`, `deploy/${CONTROLLER}`);

  const line = (said: Said, remedy: string) =>
    said.findings
      .flatMap(({ remedies }) => remedies)
      .find(({ id }) => id === remedy)
      ?.commands?.join("\n");

  test(
    "openclaw 2026.2.1 behind nginx as ingress: to be approved, its proxy a pod's address, and connected over it",
    NOT_IN_CORE,
    async (t) => {
      const why = await whyNoProxy("nginx");
      if (why !== undefined) return t.skip(why);
      const buildId = await stands("entry", "2026.2.1");
      const page = await pageOf(buildId, CLIENT);
      assert.match((await site.answered("entry", page)).closeReason ?? "", /pairing required/);
      const said = await site.diagnosed("entry");
      assert.deepEqual(
        said.findings.map(({ id }) => id),
        ["kubernetes-exposure", "proxy-not-trusted"],
      );
      assert.equal(said.deployment?.pod?.routes[0]?.host, HOST);
      // The release takes no ranges, and says so beside the address.
      const [, untrusted] = said.findings;
      const told = JSON.stringify(untrusted?.remedies);
      assert.match(told, new RegExp(`"${await site.podIp(CONTROLLER)}`));
      assert.match(told, /takes single addresses only/);
      // Behind a proxy that is not trusted, a person alone knows whose request it is.
      const shown = await site.fix("entry", ["--remedy", "approve-device", ...AGREED]);
      assert.equal(shown.candidates?.length, 1, JSON.stringify(shown));
      const wanted = ["--request", shown.candidates[0]?.requestId ?? ""];
      const fixed = await site.fix("entry", ["--remedy", "approve-device", ...wanted, ...AGREED]);
      assert.equal(fixed.outcome, "kept", JSON.stringify(fixed));
      assert.ok((await site.browser("entry", page)).admitted);
      await gone("entry");
    },
  );

  test(
    "openclaw 2026.9.6 behind nginx as ingress: the pods' network, the host's origin and the approval in turn, and connected over it",
    NOT_IN_CORE,
    async (t) => {
      const why = await whyNoProxy("nginx");
      if (why !== undefined) return t.skip(why);
      const buildId = await stands("entry", "2026.9.6");
      const page = await pageOf(buildId, CLIENT);
      assert.equal((await site.answered("entry", page)).httpErrorType, "proxy_attribution_required");
      const refused = await site.diagnosed("entry");
      assert.equal(refused.findings[0]?.id, "proxy-attribution-required");
      const address = await site.podIp(CONTROLLER);
      const [, trusted = ""] =
        /trustedProxies '\["(.*?)"\]'/.exec(line(refused, "set-trusted-proxies") ?? "") ?? [];
      assert.match(trusted, /\/\d+$/, `a pod's address, ${address}, is another after its next start`);
      const range = new BlockList();
      const [base = "", prefix = ""] = trusted.split("/");
      range.addSubnet(base, Number(prefix));
      assert.ok(range.check(address));
      progress(`${address} is of ${trusted}`);
      const first = await site.fix("entry", ["--remedy", "set-trusted-proxies", ...AGREED]);
      assert.match(first.outcome, /^(?:kept|partly)$/, JSON.stringify(first));

      // A node's address in the place of the client's, which is in the same range: another hop, another cure.
      const met = await site.answered("entry", await pageOf(buildId));
      assert.equal(met.httpErrorType, "proxy_attribution_required");
      const hidden = await site.diagnosed("entry");
      assert.equal(hidden.findings[0]?.id, "proxy-attribution-required", JSON.stringify(hidden.findings));
      assert.deepEqual(
        hidden.findings[0]?.remedies.map(({ id }) => id),
        ["keep-client-address"],
      );
      assert.match(JSON.stringify(hidden.findings[0]), /externalTrafficPolicy: Local/);

      assert.match(JSON.stringify(await site.answered("entry", page)), /origin not allowed/i);
      const elsewhere = await site.diagnosed("entry");
      assert.ok(
        elsewhere.findings.some(({ id }) => id === "origin-not-allowed"),
        JSON.stringify(elsewhere.findings.map(({ id }) => id)),
      );
      assert.match(line(elsewhere, "add-allowed-origin") ?? "", new RegExp(`"${PAGE}"`));
      const second = await site.fix("entry", ["--remedy", "add-allowed-origin", ...AGREED]);
      assert.match(second.outcome, /^(?:kept|partly)$/, JSON.stringify(second));

      assert.match(JSON.stringify(await site.answered("entry", page)), /pairing required/i);
      const unpaired = await site.diagnosed("entry");
      assert.ok(
        unpaired.findings.some(({ id }) => id === "kubernetes-exposure"),
        JSON.stringify(unpaired.findings.map(({ id }) => id)),
      );
      const third = await site.fix("entry", ["--remedy", "approve-device", ...AGREED]);
      assert.equal(third.outcome, "kept", JSON.stringify(third));
      assert.ok((await site.browser("entry", page)).admitted);
      await gone("entry");
    },
  );
}
