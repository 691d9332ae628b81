// Reverse proxies on a host behind a real sshd: asked from where the user sits, with certificate checks on; their own
// configuration is mended, checked by themselves, reloaded, and taken back where it does not help.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { whyNoProxy } from "./proxies/proxy.ts";
import { type Gateway, type GatewayConfig, type GatewaySection, startGateway } from "./rig/gateway.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { run } from "./rig/processes.ts";
import { whyNoSshHost } from "./rig/ssh-host.ts";
import { CORE } from "./selection.ts";
import {
  type Authority,
  type Front,
  makeAuthority,
  startCaddy,
  startHaproxy,
  startNginx,
  whyNoHaproxy,
} from "./ssh/front.ts";
import { ADDRESS, type Seat, takeSeat } from "./ssh/seat.ts";

const missing = (await whyNoNamespaces()) ?? (await whyNoSshHost()) ?? (await whyNoProxy("nginx"));
const noCaddy = CORE ? "it is in the full run" : await whyNoProxy("caddy");
const noHaproxy = CORE ? "it is in the full run" : await whyNoHaproxy();
const DOMAIN = "claw.example.test";
const ORIGIN = `https://${DOMAIN}`;
const AGREED = ["--yes", "--allow-risk", "grants-access"];
const RELEASES = CORE ? ["2026.9.6"] : ["2026.2.1", "2026.9.6"];

/** A site as many a guide has it, without what a WebSocket needs. */
const site = (name: string, { chain, key }: { chain: string; key: string }, more = "") => `server {
    listen 443 ssl;
    server_name ${name};
    ssl_certificate ${chain};
    ssl_certificate_key ${key};
    ${more}
    location / {
        proxy_pass http://127.0.0.1:18789;
    }
}
`;

for (const release of RELEASES) {
  describe(`openclaw ${release} behind proxies of a host behind SSH`, {
    skip: missing ?? false,
    timeout: 3_000_000,
  }, () => {
    let seat: Seat;
    let authority: Authority;
    let folder: string;
    let trusted: NodeJS.ProcessEnv;

    before(async () => {
      seat = await takeSeat([DOMAIN, "ended.example.test", "other.example.test"]);
      folder = mkdtempSync(path.join(tmpdir(), "opd-rig-front-"));
      authority = makeAuthority(folder);
      trusted = { NODE_EXTRA_CA_CERTS: authority.file };
    });
    after(async () => {
      await seat?.leave();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    const at = (name: string) => path.join(folder, "sites", name);

    /** Of an address, asked where the user sits, with certificate checks on. */
    const answer = (url: string) =>
      run(seat.user.inside(["curl", "-sf", "-m", "20", "-o", "/dev/null", "--cacert", authority.file, url]));

    async function withGateway(
      section: GatewaySection,
      use: (gateway: Gateway) => Promise<void>,
    ): Promise<void> {
      const gateway = await startGateway({
        release,
        host: seat.network.gateway,
        config: { gateway: section },
        startMs: 600_000,
      });
      let nginx: Front | undefined;
      try {
        const { chain, key } = authority.certify("default.example.test");
        nginx = await startNginxWith(chain, key);
        await use(gateway);
      } finally {
        await nginx?.stop();
        await gateway.stop();
        rmSync(path.join(folder, "sites"), { recursive: true, force: true });
      }
    }

    async function startNginxWith(chain: string, key: string): Promise<Front> {
      mkdirSync(path.join(folder, "sites"), { recursive: true });
      writeFileSync(
        at("0-default.conf"),
        `server { listen 443 ssl default_server; ssl_certificate ${chain}; ssl_certificate_key ${key}; return 404; }\n`,
      );
      writeFileSync(at("claw.conf"), site(DOMAIN, authority.certify(DOMAIN)));
      const ended = authority.certify("ended.example.test", { endedDays: 3 });
      writeFileSync(at("ended.conf"), site("ended.example.test", ended));
      writeFileSync(at("other.conf"), site("other.example.test", authority.certify("third.example.test")));
      return startNginx(folder, seat.network.gateway, 443);
    }

    test("nginx with missing headers is mended in its own file, reloaded and proven from the user's seat; it comes back", () =>
      withGateway({ bind: "loopback" }, async (gateway) => {
        const origin = ["--origin", ORIGIN];
        const said = await seat.diagnose(origin, trusted);
        assert.ok(seat.questions() <= 12, `${seat.questions()} questions`);
        assert.ok(
          said.findings.some(({ id }) => id === "edge-blocks-upgrade"),
          JSON.stringify(said.findings),
        );
        const before = readFileSync(at("claw.conf"), "utf8");
        const config = readFileSync(gateway.configPath);
        const wish = ["edge-blocks-upgrade", "--remedy", "pass-upgrade", ...origin];

        const planned = await seat.fix([...wish, "--dry-run"], trusted);
        assert.equal(planned.outcome, "planned", JSON.stringify(planned));
        const shown = planned.files?.find((file) => file.path === at("claw.conf"));
        assert.ok(shown?.lines.some((line) => /^\+\s+proxy_set_header Upgrade \$http_upgrade;/.test(line)));
        assert.equal(readFileSync(at("claw.conf"), "utf8"), before);

        const done = await seat.fix([...wish, ...AGREED], trusted);
        assert.ok(["kept", "partly"].includes(done.outcome), JSON.stringify(done));
        assert.match(
          readFileSync(at("claw.conf"), "utf8"),
          /proxy_set_header X-Forwarded-For \$remote_addr;/,
        );
        const mended = await seat.diagnose(origin, trusted);
        assert.ok(
          !mended.findings.some(({ id }) => id === "edge-blocks-upgrade"),
          JSON.stringify(mended.findings),
        );

        const undone = await seat.fix(["--undo", "--yes"], trusted);
        assert.equal(undone.outcome, "undone", JSON.stringify(undone));
        assert.equal(readFileSync(at("claw.conf"), "utf8"), before);
        assert.deepEqual(readFileSync(gateway.configPath), config);
        // nginx runs with it, too.
        const again = await seat.diagnose(origin, trusted);
        assert.ok(
          again.findings.some(({ id }) => id === "edge-blocks-upgrade"),
          JSON.stringify(again.findings),
        );

        // Something else stops the upgrade as well: what does not help is taken back, file and process.
        const stops = site(DOMAIN, authority.certify(DOMAIN), "if ($http_upgrade) { return 405; }");
        writeFileSync(at("claw.conf"), stops);
        const back = await seat.fix([...wish, ...AGREED], trusted);
        assert.equal(back.outcome, "rolled-back", JSON.stringify(back));
        assert.equal(readFileSync(at("claw.conf"), "utf8"), stops);
        assert.deepEqual(readFileSync(gateway.configPath), config);

        // What nginx itself refuses is not begun.
        writeFileSync(at("zz-broken.conf"), "server { nonsense on; }\n");
        const refused = await seat.fix([...wish, ...AGREED], trusted);
        assert.ok(["by-hand", "not-begun"].includes(refused.outcome), JSON.stringify(refused));
        assert.match(refused.detail ?? "", /nonsense/);
        assert.equal(readFileSync(at("claw.conf"), "utf8"), stops);
      }));

    test("a certificate that the user's machine does not accept: untrusted, expired, of another name", () =>
      withGateway({ bind: "loopback" }, async () => {
        const found = async (name: string, env: NodeJS.ProcessEnv) => {
          const said = await seat.diagnose(["--origin", `https://${name}`], env);
          assert.equal(said.verdict, "found", JSON.stringify(said));
          const one = said.findings.find(({ id }) => id === "certificate-not-trusted");
          return one as unknown as { readonly variant?: string } | undefined;
        };
        assert.equal((await found(DOMAIN, {}))?.variant, undefined);
        assert.equal((await found("ended.example.test", trusted))?.variant, "expired");
        assert.equal((await found("other.example.test", trusted))?.variant, "name");
      }));

    test("on a public address without HTTPS: a site of its own in the nginx that is there, the listener closed; an expired certificate is taken back", () =>
      withGateway(
        { bind: "lan", controlUi: { allowedOrigins: [`http://${ADDRESS}:18789`] } },
        async (gateway) => {
          rmSync(at("claw.conf"));
          const before = readFileSync(gateway.configPath);
          const wish = (ended?: number) => {
            const { chain, key } = authority.certify(DOMAIN, ended === undefined ? {} : { endedDays: ended });
            return [
              ...[
                "--remedy",
                "https-proxy",
                "--domain",
                DOMAIN,
                "--certificate",
                chain,
                "--certificate-key",
                key,
              ],
              ...AGREED,
            ];
          };
          const own = at("openclaw-control-ui.conf");
          const ended = await seat.fix(wish(3), trusted);
          assert.equal(ended.outcome, "rolled-back", JSON.stringify(ended));
          assert.match(ended.detail ?? "", /not valid at this time/, JSON.stringify(ended));
          assert.ok(!existsSync(own));
          assert.deepEqual(readFileSync(gateway.configPath), before);

          const done = await seat.fix(wish(), trusted);
          assert.ok(["kept", "partly"].includes(done.outcome), JSON.stringify(done));
          assert.match(readFileSync(own, "utf8"), /server_name claw\.example\.test;/);
          const config = JSON.parse(readFileSync(gateway.configPath, "utf8")) as GatewayConfig;
          assert.equal(config.gateway.bind, "loopback");
          assert.equal((await answer(`${ORIGIN}/`)).code, 0, "the page is there over HTTPS");
          assert.deepEqual(config.gateway.trustedProxies, ["127.0.0.1"]);
          const { allowedOrigins = [] } = (config.gateway.controlUi ?? {}) as { allowedOrigins?: string[] };
          // The older one knows no such list.
          assert.equal(allowedOrigins.includes(ORIGIN), release !== "2026.2.1");
          const undone = await seat.fix(["--undo", "--yes"], trusted);
          assert.equal(undone.outcome, "undone", JSON.stringify(undone));
          assert.ok(!existsSync(own));
          assert.deepEqual(readFileSync(gateway.configPath), before);
        },
      ));

    test(
      "HAProxy, which passes upgrades by itself: the way is asked through it",
      { skip: noHaproxy ?? false },
      () =>
        withGateway({ bind: "loopback" }, async () => {
          const text = `global\n    maxconn 100\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n    option forwardfor\nfrontend web\n    bind :8081\n    default_backend claw\nbackend claw\n    server one 127.0.0.1:18789\n`;
          const haproxy = await startHaproxy(folder, text, seat.network.gateway, 8081);
          try {
            const said = await seat.diagnose(["--origin", `http://${ADDRESS}:8081`]);
            const ids = said.findings.map(({ id }) => id);
            // The older one has no such gate, and its page no identity without HTTPS.
            const id = release === "2026.2.1" ? "secure-context-required" : "proxy-attribution-required";
            assert.ok(ids.includes(id), JSON.stringify(said.findings));
            assert.ok(!ids.includes("edge-blocks-upgrade"));
          } finally {
            await haproxy.stop();
          }
        }),
    );

    test(
      "Caddy: a site goes to the end of its own file, checked and read anew by itself, proven, and comes back; what it refuses is not begun",
      { skip: noCaddy ?? false },
      () =>
        withGateway(
          { bind: "lan", controlUi: { allowedOrigins: [`http://${ADDRESS}:18789`] } },
          async (gateway) => {
            const text = `{\n    skip_install_trust\n    auto_https disable_redirects\n}\n\n:8082 {\n    respond "another page"\n}\n`;
            const caddy = await startCaddy(folder, text, seat.network.gateway, 8082);
            const { chain, key } = authority.certify(DOMAIN);
            const wish = [
              ...["--remedy", "https-proxy", "--proxy", "caddy", "--domain", `${DOMAIN}:8443`],
              ...["--certificate", chain, "--certificate-key", key],
              ...AGREED,
            ];
            try {
              const before = readFileSync(gateway.configPath);
              const done = await seat.fix(wish, trusted);
              assert.ok(["kept", "partly"].includes(done.outcome), JSON.stringify(done));
              assert.match(done.how.join("\n"), /caddy validate/);
              const site = readFileSync(caddy.config, "utf8");
              assert.ok(site.startsWith(text.trimEnd()), site);
              assert.match(site, /claw\.example\.test:8443 \{/);
              assert.equal((await answer(`https://${DOMAIN}:8443/`)).code, 0, "it serves the page");
              assert.equal((await seat.fix(["--undo", "--yes"], trusted)).outcome, "undone");
              assert.equal(readFileSync(caddy.config, "utf8"), text);
              assert.deepEqual(readFileSync(gateway.configPath), before);
              assert.notEqual((await answer(`https://${DOMAIN}:8443/`)).code, 0, "Caddy runs with it, too");

              writeFileSync(caddy.config, `${text}nonsense {\n    nothing_of_the_sort\n}\n`);
              const refused = await seat.fix(wish, trusted);
              assert.ok(["by-hand", "not-begun"].includes(refused.outcome), JSON.stringify(refused));
              assert.match(refused.detail ?? "", /nothing_of_the_sort/);
              assert.deepEqual(readFileSync(gateway.configPath), before);
            } finally {
              await caddy.stop();
            }
          },
        ),
    );

    test(
      "HAProxy, trusted and silent about the client: its own file says it from then on, checked and reloaded by itself; it comes back",
      { skip: release === "2026.2.1" ? "it has no such gate" : (noHaproxy ?? false) },
      () =>
        withGateway({ bind: "loopback", trustedProxies: ["127.0.0.1"] }, async (gateway) => {
          const text = `global\n    maxconn 100\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\nfrontend web\n    bind :8081\n    default_backend claw\nbackend claw\n    server one 127.0.0.1:18789\n`;
          const haproxy = await startHaproxy(folder, text, seat.network.gateway, 8081);
          const origin = ["--origin", `http://${ADDRESS}:8081`];
          const id = "proxy-attribution-required";
          try {
            const before = readFileSync(gateway.configPath);
            const said = await seat.diagnose(origin);
            const found = said.findings.find((one) => one.id === id);
            assert.equal(found?.remedies[0]?.id, "pass-client", JSON.stringify(said.findings));
            const done = await seat.fix([id, "--remedy", "pass-client", ...origin, ...AGREED]);
            assert.ok(["kept", "partly"].includes(done.outcome), JSON.stringify(done));
            assert.match(done.how.join("\n"), /haproxy -c -q -f/);
            assert.match(readFileSync(haproxy.config, "utf8"), /set-header X-Forwarded-For %\[src\]/);
            const mended = await seat.diagnose(origin);
            assert.ok(!mended.findings.some((one) => one.id === id), JSON.stringify(mended.findings));
            assert.equal((await seat.fix(["--undo", "--yes"])).outcome, "undone");
            assert.equal(readFileSync(haproxy.config, "utf8"), text);
            assert.deepEqual(readFileSync(gateway.configPath), before);
            const again = await seat.diagnose(origin);
            assert.ok(
              again.findings.some((one) => one.id === id),
              "HAProxy runs with it, too",
            );
          } finally {
            await haproxy.stop();
          }
        }),
    );
  });
}
