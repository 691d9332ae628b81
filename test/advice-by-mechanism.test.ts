// What a report advises has to undo what it found: in the other direction, or with a command that changes nothing, it
// sends people in a circle.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeploymentNames } from "../src/core/facts.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import { renderHuman } from "../src/report/human.ts";
import { renderMarkdown } from "../src/report/markdown.ts";
import { catalogueOf } from "../src/report/messages/index.ts";
import type { Report } from "../src/report/result.ts";
import { triageText } from "./support/ticket-score.ts";

const remedyOf = (report: Report, id: string) =>
  report.findings.flatMap(({ remedies }) => remedies).find((remedy) => remedy.id === id);

const commandsOf = (report: Report, id: string): readonly string[] =>
  (remedyOf(report, id)?.actions ?? []).flatMap((action) =>
    action.kind === "command" ? [action.command] : [],
  );

describe("a changed environment", () => {
  const afresh = (names: DeploymentNames) => {
    const place = deploymentOf({
      kind: "docker",
      confidence: "certain",
      evidence: [],
      alternatives: [],
      names,
    });
    return commandsFor([{ do: "gateway.restart", afresh: true }], place)[0]?.command;
  };

  test("of a Compose service is taken up by `up -d`, which a restart does not do", () => {
    assert.equal(afresh({}), "docker compose up -d openclaw-gateway");
    assert.equal(
      afresh({ composeService: "claw", composeProject: "home" }),
      "docker compose -p home up -d claw",
    );
    assert.equal(afresh({ engine: "podman", composeService: "claw" }), "podman compose up -d claw");
  });

  test("of a token in .env is: nobody who restarted in vain is sent to do it again", async () => {
    const report = await triageText(
      `I changed OPENCLAW_GATEWAY_TOKEN in .env of my docker compose (OpenClaw 2026.6.11) and ran
docker compose restart openclaw-gateway
Still: disconnected (1008): unauthorized: gateway token mismatch (open the dashboard URL and paste the token in Control UI settings)`,
    );
    assert.deepEqual(commandsOf(report, "align-token"), ["docker compose up -d openclaw-gateway"]);
    const all = report.findings.flatMap(({ remedies }) =>
      remedies.flatMap(({ id }) => commandsOf(report, id)),
    );
    assert.ok(!all.some((line) => /compose.* restart\b/.test(line)), all.join("\n"));
  });
});

describe("HTTP 403 of 2026.8.1 and later", () => {
  const BRIDGED = (
    trusted: string,
    words: string,
  ) => `OpenClaw 2026.9.6 in Docker Compose, port published. ${words}
HTTP 403 proxy_attribution_required
\`\`\`json
{"gateway":{"bind":"lan","port":18789,"auth":{"mode":"token","token":"abc"},"trustedProxies":${trusted}}}
\`\`\``;
  const DIRECT = "Opening http://127.0.0.1:18789 says";
  const firstOf = ({ findings: [first] }: Report) => first?.remedies[0];

  for (const [address, rest] of [
    ["172.18.0.1", undefined],
    ["172.29.0.1", "10.9.0.7"],
    ["192.168.65.1", undefined],
  ] as const)
    test(`after Docker's own address ${address} was listed takes it out again`, async () => {
      const trusted = JSON.stringify(rest === undefined ? [address] : [rest, address]);
      const report = await triageText(BRIDGED(trusted, DIRECT));
      const [finding] = report.findings;
      assert.deepEqual(
        [finding?.id, finding?.variant, finding?.confidence, firstOf(report)?.id, firstOf(report)?.after],
        ["proxy-attribution-required", "no-forwarded-headers", "likely", "remove-trusted-proxy", "admitted"],
      );
      const line = commandsOf(report, "remove-trusted-proxy")[0] ?? "";
      assert.match(
        line,
        rest === undefined ? /config unset gateway\.trustedProxies$/ : /'\["10\.9\.0\.7"\]'/,
      );
      assert.equal(report.next, line);
    });

  test("with another address listed trusts the proxy, as before", async () => {
    const report = await triageText(BRIDGED('["10.9.0.7"]', DIRECT));
    assert.equal(firstOf(report)?.id, "set-trusted-proxies");
  });

  test("names the one line that shows the proxy, and no [ws] line, which there is none of", async () => {
    for (const [place, more] of [
      ["on Render (claw.onrender.com)", []],
      // There it is a pod's, and none to be listed alone.
      ["in k3s behind Traefik", ["trust-pod-network"]],
    ] as const) {
      const report = await triageText(
        `OpenClaw 2026.8.2 ${place}. The page says HTTP 403 proxy_attribution_required`,
      );
      const steps = firstOf(report)?.actions.map((action) =>
        action.kind === "human" ? action.message : action.command,
      );
      assert.deepEqual(steps, ["find-refused-proxy", ...more, "overwrite-forwarded-for"], place);
    }
  });

  const OBSERVED = (peer: string, release = "2026.9.6") =>
    `OpenClaw ${release} in k3s behind Traefik. The page says HTTP 403 proxy_attribution_required
kubectl logs deploy/openclaw
[gateway] observed unattributable proxy-shaped traffic from ${peer}; Gateway-authenticated routes reject it, while plugin-authenticated routes ignore forwarded claims. Configure gateway.trustedProxies narrowly and make the proxy overwrite or safely rebuild forwarded client headers.`;

  test("of a pod is trusted by its network, never by the one address that it has until its next start", async () => {
    for (const [peer, range] of [
      ["10.42.1.7", "10.42.0.0/16"],
      ["10.244.3.2", "10.244.0.0/16"],
    ] as const) {
      const report = await triageText(OBSERVED(peer));
      const [line = ""] = commandsOf(report, "set-trusted-proxies");
      assert.ok(line.includes(`'["${range}"]'`), line);
      assert.ok(!line.includes(peer));
    }
  });

  test("in a range that is trusted: what is missing is the client's hop, and no more is trusted", async () => {
    const report = await triageText(
      `${OBSERVED("10.42.1.7")}
\`\`\`json
{"gateway":{"bind":"lan","port":18789,"auth":{"mode":"token","token":"abc"},"trustedProxies":["10.42.0.0/16"]}}
\`\`\``,
    );
    const [first] = report.findings;
    assert.equal(first?.variant, "client-in-range", JSON.stringify(first));
    assert.deepEqual(
      first?.remedies.map(({ id }) => id),
      ["keep-client-address"],
    );
  });

  test("prints the addresses of a proxy beside the gateway, with the command", async () => {
    for (const place of [
      "Caddy on the same host, systemctl --user status openclaw-gateway",
      "tailscale serve",
    ]) {
      const report = await triageText(
        `OpenClaw 2026.8.2, ${place}. The page says HTTP 403 proxy_attribution_required`,
      );
      const [line = ""] = commandsOf(report, "set-trusted-proxies");
      assert.match(line, /config set gateway\.trustedProxies '\["127\.0\.0\.1","::1"\]'/, place);
      const after = firstOf(report)?.after;
      assert.notEqual(typeof after === "object" ? after.refusedAt : after, "proxy-attribution", place);
    }
  });

  for (const text of [
    "HTTP 403 proxy_attribution_required",
    "nginx in front of openclaw. 403 proxy_attribution_required in the browser.",
    "OpenClaw 2026.9.6 in k3s behind Traefik (IngressRoute). The page says HTTP 403 proxy_attribution_required",
    "OpenClaw 2026.9.6 in Kubernetes, ingress-nginx in front: 403 proxy_attribution_required",
  ])
    test(`of which no address was told has none: ${text}`, async () => {
      const report = await triageText(text);
      assert.equal(report.verdict, "found");
      assert.equal(report.findings[0]?.id, "proxy-attribution-required");
      assert.deepEqual(
        report.path.map(({ hop, address }) => [hop, address]),
        [
          ["browser", undefined],
          ["proxy", undefined],
          ["gateway", undefined],
        ],
      );
      const first = report.findings[0]?.remedies[0];
      assert.equal(first?.id, "set-trusted-proxies");
      assert.doesNotMatch(JSON.stringify([first, report.path]), /127\.0\.0\.1/);
    });

  test("of 2026.7.35 and before is found beside `fwd=`", async () => {
    const report = await triageText(
      "OpenClaw 2026.7.35\n[ws] Proxy headers detected from untrusted address. Connection will not be treated as local. Configure gateway.trustedProxies to restore local client detection behind your proxy.",
    );
    const told = report.findings.flatMap(({ remedies }) => remedies.flatMap(({ actions }) => actions));
    assert.ok(!told.some((action) => action.kind === "human" && action.message === "find-refused-proxy"));
  });
});

describe("a gateway that does not start for want of auth", () => {
  for (const [said, place, remedies] of [
    ["Refusing to bind gateway to lan without auth.", "", ["set-gateway-auth", "set-bind-loopback"]],
    ["Refusing to bind gateway to lan without auth.", "in docker compose", ["set-gateway-auth"]],
    [
      "Gateway auth is set to token, but no token is configured. Set gateway.auth.token or OPENCLAW_GATEWAY_TOKEN.",
      "container in a restart loop",
      ["set-gateway-auth"],
    ],
    ["Gateway auth is set to password, but no password is configured.", "", ["set-gateway-auth"]],
  ] as const)
    test(`${said.slice(0, 44)}… ${place}`, async () => {
      const report = await triageText(`OpenClaw 2026.3.13 ${place}\n${said}`);
      const [finding] = report.findings;
      assert.deepEqual([finding?.id, finding?.variant], ["gateway-down-or-starting", "auth-required"]);
      assert.deepEqual(
        finding?.remedies.map(({ id }) => id),
        remedies,
      );
      assert.match(report.next, /doctor --generate-gateway-token$/);
      const shown = renderHuman(report, { lang: "en", width: 100, unicode: true });
      assert.doesNotMatch(shown, /admitted, and approved by itself/);
    });

  test("another failed start is still looked at", async () => {
    const report = await triageText("OpenClaw 2026.3.13\nGateway failed to start: something else");
    assert.equal(report.findings[0]?.remedies[0]?.id, "start-gateway");
  });
});

describe("the words of a container", () => {
  for (const text of [
    "openclaw 2026.2.26 container in restart loop, compose file uses OPENCLAW_GATEWAY_BIND=lan",
    "the openclaw container keeps restarting",
    "My compose file sets the token",
  ])
    test(text, async () => {
      assert.equal((await triageText(text)).deployment?.kind, "docker");
    });
});

describe("an open verdict claims no admission", () => {
  const LOOK = { width: 100, unicode: true } as const;
  for (const text of [
    "OpenClaw 2026.6.11. I set gateway.controlUi.basePath to https://claw.example.com and now the page is 404.",
    "OpenClaw 2026.6.11 in WSL2; from another machine in my LAN the dashboard cannot be reached.",
    "openclaw 2026.2.26 container in restart loop",
  ])
    test(text, async () => {
      const report = await triageText(text);
      assert.equal(report.verdict, "undetermined");
      for (const lang of ["en", "zh"] as const) {
        const { autoApproved, admitted } = catalogueOf(lang).words;
        for (const told of [renderHuman(report, { ...LOOK, lang }), renderMarkdown(report, lang)]) {
          assert.ok(!told.includes(autoApproved));
          assert.ok(!told.split("\n").some((line) => line.trim() === admitted));
        }
      }
    });
});

describe("a name that does not resolve", () => {
  for (const line of [
    "connect failed: getaddrinfo ENOTFOUND claw.invalid, url ws://claw.invalid:18789",
    "Error: getaddrinfo EAI_AGAIN openclaw-gateway, url ws://openclaw-gateway:18789",
    "http://claw.example:18789 net::ERR_NAME_NOT_RESOLVED",
  ])
    test(line, async () => {
      const report = await triageText(`OpenClaw 2026.6.11\n${line}`);
      const [finding] = report.findings;
      assert.deepEqual([finding?.id, finding?.variant], ["gateway-down-or-starting", "dns"]);
      assert.deepEqual(
        finding?.remedies.map(({ id }) => id),
        ["mend-name"],
      );
      assert.match(renderHuman(report, { lang: "en", width: 100, unicode: true }), /does not resolve/);
    });
});

test("an empty answer of a published port is the same trouble as a reset one", async () => {
  for (const code of ["ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"]) {
    const report = await triageText(
      `OpenClaw 2026.6.11 in docker compose, port published.\nBrowser says ${code}.\n[gateway] listening on ws://127.0.0.1:18789`,
    );
    assert.equal(report.findings[0]?.id, "bind-loopback-in-container", code);
    // The port is of the new container.
    assert.match(commandsOf(report, "set-bind-lan").at(-1) ?? "", /docker compose up -d openclaw-gateway$/);
  }
});

test("the next command is of the first remedy, or none: what stands beside it fixes nothing alone", async () => {
  const report = await triageText(
    "OpenClaw 2026.6.11 CLI: openclaw devices list\ngateway connect failed: Error: unauthorized: gateway token mismatch (set gateway.remote.token to match gateway.auth.token)",
  );
  assert.equal(report.findings[0]?.remedies[0]?.id, "give-cli-token");
  assert.equal(report.next, "npx openclaw-pairing-doctor explain gateway-token-mismatch");
});
