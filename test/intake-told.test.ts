// What people tell in words of their own: each kind in several spellings, and what only looks like it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { triageText } from "./support/ticket-score.ts";

const CERTIFICATES: readonly (readonly [told: string, first: string, variant?: string])[] = [
  ["打开 https://ai.example 提示证书已过期，2026.5.7，nginx 反代", "certificate-not-trusted", "expired"],
  [
    "自签名证书，浏览器不信任，https://192.168.1.5:8443 打不开网关页面，openclaw 2026.5.7",
    "certificate-not-trusted",
  ],
  [
    "https://ai.example 打开提示证书域名不匹配，控制台显示 disconnected (1006)，openclaw 2026.5.7",
    "certificate-not-trusted",
    "name",
  ],
  ["浏览器说域名和证书不一致，wss 连不上。openclaw 2026.5.7", "certificate-not-trusted", "name"],
  [
    "Certificate of https://ai.example has expired yesterday, the page shows disconnected (1006): no reason. openclaw 2026.5.7",
    "certificate-not-trusted",
    "expired",
  ],
  [
    "NET::ERR_CERT_DATE_INVALID on https://ai.example, openclaw 2026.5.7 behind caddy",
    "certificate-not-trusted",
    "expired",
  ],
  [
    "openclaw CLI: gateway connect failed: unable to verify the first certificate (wss://ai.example), 2026.5.7",
    "certificate-not-trusted",
  ],
  [
    "The dashboard has a self-signed certificate and Chrome says not secure; I clicked through. disconnected (1006). 2026.5.7",
    "certificate-not-trusted",
  ],
  [
    "Firefox: SEC_ERROR_UNKNOWN_ISSUER at https://10.0.0.3:18789, OpenClaw 2026.5.7 with gateway.tls",
    "certificate-not-trusted",
  ],
  [
    "The cert is for www.ai.example and does not match ai.example, Safari refuses the dashboard. openclaw 2026.5.7",
    "certificate-not-trusted",
    "name",
  ],
  [
    "TLS with a self-signed certificate (imported). https://10.0.0.3 says disconnected (1008): pairing required. 2026.5.7",
    "first-time-not-paired",
  ],
  [
    "Self-signed certificate, Chrome warns, I accept it.\n\nThen: disconnected (1008): pairing required at https://10.0.0.3. 2026.5.7",
    "first-time-not-paired",
  ],
  [
    "The certificate is valid, it is not expired. https://ai.example: disconnected (1006). openclaw 2026.5.7, nginx",
    "edge-blocks-upgrade",
  ],
  [
    "证书没有过期，https://ai.example 显示 disconnected (1006)。openclaw 2026.5.7 nginx",
    "edge-blocks-upgrade",
  ],
  [
    "I renewed the certificate on Monday (old one expired). Since then https://ai.example: disconnected (1008): unauthorized: gateway token missing",
    "gateway-token-missing",
  ],
];

/** The page's address, or none that could be it. */
const PAGES: readonly (readonly [told: string, origin: string | undefined])[] = [
  [
    "https://nas.tail12ab.ts.net opened on the iPad says: origin not allowed. 2026.3.2, tailscale serve",
    "https://nas.tail12ab.ts.net",
  ],
  [
    "Opening https://claw.example.org:8443 in Firefox, it says origin not allowed. 2026.3.24",
    "https://claw.example.org:8443",
  ],
  ['`https://claw.example.org` -> "origin not allowed". 2026.3.24', "https://claw.example.org"],
  ["origin not allowed on https://box.tail99.ts.net, 2026.3.24", "https://box.tail99.ts.net"],
  ["I get origin not allowed for https://claw.example.org (nginx). 2026.3.24", "https://claw.example.org"],
  ["https://claw.example.org 从手机浏览器进去报 origin not allowed，2026.3.24", "https://claw.example.org"],
  ["Address: http://192.168.1.20:18789\nError: origin not allowed\n2026.3.24", "http://192.168.1.20:18789"],
  [
    "I read https://docs.openclaw.ai/web and https://stackoverflow.com/q/1 but still: origin not allowed. 2026.3.24",
    undefined,
  ],
  [
    "https://mini.tail3a9f.ts.net opened from my phone's Safari says: origin not allowed. From http://127.0.0.1:18789 on the mac mini itself all is fine. OpenClaw 2026.3.2",
    "https://mini.tail3a9f.ts.net",
  ],
];

/** A Compose project of somebody's own, whose gateway is the service `gateway`. */
const SERVICES: readonly string[] = [
  "Docker compose, my service is called `gateway`. 2026.4.2\n\ndisconnected (1008): pairing required at http://127.0.0.1:18789",
  "docker compose, the service is named gateway, not openclaw-gateway. 2026.4.2 pairing required at http://127.0.0.1:18789",
  "docker compose 2026.4.2\n$ docker compose exec openclaw-gateway node dist/index.js devices list\nno such service: openclaw-gateway\n$ docker compose ps --services\ngateway\nredis\n\ndisconnected (1008): pairing required at http://127.0.0.1:18789",
  "gateway-1  | 2026-04-11T17:03:40.118Z [ws] closed before connect conn=0a4d1c5e-6a33-4d7a-9b3a-7d5d2b0fd1aa remote=172.20.0.1 fwd=n/a origin=http://127.0.0.1:18789 host=127.0.0.1:18789 ua=Mozilla/5.0 (Macintosh) Chrome/146.0.0.0 Safari/537.36 code=1008 reason=pairing required",
  '$ docker compose ps\nNAME             IMAGE                              COMMAND                  SERVICE   CREATED      STATUS      PORTS\nclaw-gateway-1   ghcr.io/openclaw/openclaw:2026.4.2   "docker-entrypoint.s…"   gateway   2 days ago   Up 2 days   127.0.0.1:18789->18789/tcp\n\ndisconnected (1008): pairing required at http://127.0.0.1:18789',
  "compose 里服务名是 gateway，版本 2026.4.2，http://127.0.0.1:18789 提示 disconnected (1008): pairing required",
  'docker compose:\n```yaml\nservices:\n  gateway:\n    build: .\n    command: node dist/index.js gateway --bind lan\n    ports: ["18789:18789"]\n  db:\n    image: postgres\n```\n2026.4.2 pairing required at http://127.0.0.1:18789',
  'docker compose:\n```yaml\nservices:\n  gateway:\n    image: registry.example.net/ops/claw:12\n    ports: ["18789:18789"]\n```\nOpenClaw 2026.4.2 pairing required at http://127.0.0.1:18789',
];

describe("the Compose service", () => {
  for (const told of SERVICES)
    test(told.slice(0, 50), async () => {
      const [finding] = (await triageText(told)).findings;
      const commands = (finding?.remedies ?? []).flatMap(({ actions }) =>
        actions.flatMap((action) => (action.kind === "command" ? [action.command] : [])),
      );
      assert.equal(commands[0], "docker compose exec gateway node dist/index.js devices list");
      assert.ok(!commands.some((command) => command.includes("openclaw-gateway")), commands.join("\n"));
    });
});

describe("a certificate that is not taken", () => {
  for (const [told, first, variant] of CERTIFICATES)
    test(told.slice(0, 50), async () => {
      const [finding] = (await triageText(told)).findings;
      assert.equal(finding?.id, first);
      assert.equal(finding?.variant, variant);
    });
});

describe("the page's address", () => {
  for (const [told, origin] of PAGES)
    test(told.slice(0, 50), async () => {
      const [finding] = (await triageText(told)).findings;
      assert.equal(finding?.id, "origin-not-allowed");
      const advice = JSON.stringify(finding.remedies[0]);
      assert.ok(
        origin === undefined ? advice.includes("find-origin") : advice.includes(`[\\"${origin}\\"]`),
        advice,
      );
    });

  test("no address is drawn that nobody has seen", async () => {
    for (const told of [
      "OpenClaw 2026.4.26, nginx. https://c.example says pairing required",
      "Render.com web service, OpenClaw 2026.4.26, https://c.onrender.com, disconnected (1008): pairing required.",
    ]) {
      const { path } = await triageText(told);
      assert.deepEqual(
        path.filter(({ address }) => address !== undefined),
        [],
        told,
      );
    }
  });
});
