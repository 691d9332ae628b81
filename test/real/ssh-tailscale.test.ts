// Tailscale on a host behind a real sshd, by a stand-in that answers in the shapes that Tailscale documents: no real
// tailnet is there. What is real: sshd, ssh, the gateway with `allowTailscale`, and what it asks the stand-in.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { startAgent } from "./rig/agent.ts";
import { CONTROL_UI, PAGE_SCOPES } from "./rig/client.ts";
import { type GatewayConfig, startGateway, TOKEN } from "./rig/gateway.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { whyNoSshHost } from "./rig/ssh-host.ts";
import { ADDRESS, type Seat, takeSeat } from "./ssh/seat.ts";

const NAME = "claw.tail1.ts.net";
const missing = (await whyNoNamespaces()) ?? (await whyNoSshHost());
const AGREED = ["--yes", "--allow-risk", "grants-access"];

describe("Tailscale's Serve over there, with a tailscale that is not real", {
  skip: missing ?? false,
  timeout: 1_800_000,
}, () => {
  let seat: Seat;
  let folder: string;
  let serve: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "opd-rig-tailscale-"));
    serve = path.join(folder, "serve.json");
    writeFileSync(serve, "{}");
    writeFileSync(path.join(folder, "tailscale"), standIn(folder, serve), { mode: 0o755 });
    // On the PATH of whoever signs in there, and nowhere else on this machine.
    seat = await takeSeat([], { server: [`SetEnv PATH=${folder}:/usr/local/bin:/usr/bin:/bin`] });
  });
  after(async () => {
    await seat?.leave();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test("2026.3.13: Serve and Funnel count in the exposure; its settings go in over SSH, and come back", async () => {
    const gateway = await startGateway({
      release: "2026.3.13",
      host: seat.network.gateway,
      config: { gateway: { bind: "loopback", auth: { mode: "token", token: TOKEN, allowTailscale: true } } },
      startMs: 600_000,
    });
    const there = startAgent(seat.network.gateway);
    try {
      assert.equal((await seat.diagnose([])).target.exposure, "loopback");
      const handlers = { "/": { Proxy: "http://127.0.0.1:18789" } };
      const shared = { TCP: { "443": { HTTPS: true } }, Web: { [`${NAME}:443`]: { Handlers: handlers } } };
      writeFileSync(serve, JSON.stringify(shared));
      const served = await seat.diagnose([]);
      assert.equal(served.target.exposure, "private");
      assert.match(served.target.exposureBecause ?? "private", /tailscale serve status|private/);
      writeFileSync(serve, JSON.stringify({ ...shared, AllowFunnel: { [`${NAME}:443`]: true } }));
      assert.equal((await seat.diagnose([])).target.exposure, "public");
      writeFileSync(serve, "{}");

      // As Serve hands a page over: from loopback, with the tailnet's address and the user's name.
      const page = await there.connect({
        url: "ws://127.0.0.1:18789",
        headers: {
          Origin: `https://${NAME}`,
          Host: NAME,
          "X-Forwarded-For": "100.64.0.7",
          "X-Forwarded-Proto": "https",
          "X-Forwarded-Host": NAME,
          "Tailscale-User-Login": "user@example.com",
        },
        client: CONTROL_UI,
        scopes: PAGE_SCOPES,
        device: "served",
        timeoutMs: 20_000,
      });
      assert.equal(page.admitted, false);

      const before = readFileSync(gateway.configPath);
      const wish = ["--remedy", "tailscale-serve", "--origin", `http://${ADDRESS}:18789`];
      const done = await seat.fix([...wish, ...AGREED]);
      assert.ok(["kept", "partly"].includes(done.outcome), JSON.stringify(done));
      const config = JSON.parse(readFileSync(gateway.configPath, "utf8")) as GatewayConfig & {
        readonly gateway: { readonly tailscale?: { readonly mode?: string } };
      };
      assert.equal(config.gateway.tailscale?.mode, "serve");
      assert.equal((await seat.fix(["--undo", "--yes"])).outcome, "undone");
      assert.deepEqual(readFileSync(gateway.configPath), before);
      assert.match(readFileSync(path.join(folder, "calls"), "utf8"), /^serve reset$/m);
    } finally {
      await there.stop();
      await gateway.stop();
    }
  });

  test("2026.2.1, on a public address in clear text: Serve comes first, then a tunnel; the switch that would let it in is refused, with the reason", async () => {
    const page = `http://${ADDRESS}:18789`;
    const gateway = await startGateway({
      release: "2026.2.1",
      host: seat.network.gateway,
      config: { gateway: { bind: "lan" } },
      startMs: 600_000,
    });
    try {
      writeFileSync(serve, "{}");
      const before = readFileSync(gateway.configPath);
      const said = await seat.diagnose(["--origin", page]);
      assert.equal(said.target.exposure, "public");
      const [finding] = said.findings;
      assert.equal(finding?.remedies[0]?.id, "tailscale-serve", JSON.stringify(said.findings));
      assert.ok(!finding.remedies.some(({ id }) => id === "set-allow-insecure-auth"));
      const planned = await seat.fix(["--dry-run", "--origin", page]);
      // Another bind is a person's to end there, and so the whole of it is.
      const lines = planned.byHand.map(({ command = "" }) => command).join("\n");
      assert.match(
        lines,
        /tailscale status[\s\S]*gateway\.bind loopback[\s\S]*gateway\.tailscale\.mode serve/,
      );
      const whyNot = (id: string) =>
        planned.alternatives.find(({ remedies }) => remedies.includes(id))?.whyNot;
      assert.equal(whyNot("ssh-tunnel"), "less-safe-way");
      assert.equal(whyNot("set-allow-insecure-auth"), "exposed");
      assert.deepEqual(readFileSync(gateway.configPath), before);
    } finally {
      await gateway.stop();
    }
  });
});

/** `tailscale status --json` (`ipnstate.Status`), `serve status --json` (`ipn.ServeConfig`), `whois --json`. */
function standIn(folder: string, serve: string): string {
  const status = `{"Version":"1.80.0","BackendState":"Running","Self":{"HostName":"claw","DNSName":"${NAME}.","TailscaleIPs":["100.64.0.1"],"Online":true}}`;
  const whois = `{"Node":{"Name":"laptop.tail1.ts.net."},"UserProfile":{"ID":1,"LoginName":"user@example.com","DisplayName":"User"}}`;
  return `#!/bin/sh
echo "$*" >> '${folder}/calls'
case "$*" in
"status --json"*) printf '%s' '${status}' ;;
"serve status --json"*) cat '${serve}' ;;
whois*) printf '%s' '${whois}' ;;
esac
`;
}
