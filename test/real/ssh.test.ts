// Gateways on a host behind a real sshd, in a network of its own: the doctor sits in another one, with the real ssh.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { FixDocument } from "./fix/site.ts";
import { makeWorkplace, startProxy, whyNoProxy } from "./proxies/proxy.ts";
import { type Agent, startAgent } from "./rig/agent.ts";
import { CONTROL_UI, type Outcome, PAGE_SCOPES } from "./rig/client.ts";
import { type DoctorDocument, runDoctor } from "./rig/doctor.ts";
import { type Gateway, type GatewayConfig, type GatewaySection, startGateway, TOKEN } from "./rig/gateway.ts";
import { createNetwork, type Network, whyNoNamespaces } from "./rig/namespace.ts";
import { progress } from "./rig/processes.ts";
import { type SshHost, startSshHost, whyNoSshHost } from "./rig/ssh-host.ts";
import { CORE } from "./selection.ts";

const missing = (await whyNoNamespaces()) ?? (await whyNoSshHost());
const noCaddy = missing ?? (CORE ? "it is in the full run" : await whyNoProxy("caddy"));
const AGREED = ["--yes", "--allow-risk", "grants-access"];
const ADDRESS = "203.0.113.10";
const ORIGIN = `http://${ADDRESS}:18789`;

interface Said extends DoctorDocument {
  readonly target: { readonly exposure: string };
  readonly deployment?: { readonly kind: string; readonly names: Readonly<Record<string, unknown>> };
  readonly path: readonly { readonly hop: string; readonly address?: string; readonly breaks?: object }[];
  readonly missing?: readonly { readonly fact: string; readonly reason: string }[];
}

describe("a gateway on a host behind SSH", { skip: missing ?? false, timeout: 1_800_000 }, () => {
  let network: Network;
  let host: SshHost;
  let browser: Agent;
  let home: string;

  before(async () => {
    network = await createNetwork({ gateway: [`${ADDRESS}/24`], client: ["203.0.113.51/24"] });
    host = await startSshHost({ network: network.gateway, from: network.client, address: ADDRESS });
    browser = startAgent(network.client);
    home = mkdtempSync(path.join(tmpdir(), "opd-rig-ssh-home-"));
  });
  after(async () => {
    await browser?.stop();
    await host?.stop();
    await network?.remove();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  async function doctor(args: readonly string[], alias = host.alias) {
    host.started();
    const result = await runDoctor({
      args: [...args, "--target", `ssh:${alias}`],
      host: network.client,
      home,
      path: [host.bin],
      timeoutMs: 300_000,
    });
    assert.doesNotMatch(result.stdout + result.stderr, new RegExp(TOKEN));
    assert.deepEqual(result.leftInTemp, []);
    const started = host.started();
    for (const words of started) assert.doesNotMatch(words, new RegExp(TOKEN));
    return { ...result, started };
  }

  /** One connection, at most twelve questions. */
  async function diagnosed(args: readonly string[] = []): Promise<Said> {
    const { document, stdout, stderr, started } = await doctor(["diagnose", "--json", "--verbose", ...args]);
    assert.ok(document, `${stdout}\n${stderr}`);
    assert.equal(started.filter((words) => / -M |^-M /.test(words)).length, 1, started.join("\n"));
    const questions = started.filter((words) => words.includes("dd bs=1"));
    assert.ok(questions.length <= 12, `${questions.length} questions`);
    const said = document as Said;
    assert.equal(said.deployment?.kind, "vps");
    assert.equal(said.deployment?.names.sshHost, host.alias);
    return said;
  }

  async function fix(args: readonly string[]): Promise<FixDocument> {
    const { exitCode, stdout, stderr } = await doctor(["fix", "--json", ...args]);
    progress(`fix ${args.join(" ")}: exit ${exitCode}`);
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as FixDocument;
  }

  const page = (device: string, port = 18_789): Promise<Outcome> =>
    browser.connect({
      url: `ws://${ADDRESS}:${port}`,
      headers: { Origin: `http://${ADDRESS}:${port}` },
      client: CONTROL_UI,
      scopes: PAGE_SCOPES,
      auth: { token: TOKEN },
      device,
      timeoutMs: 20_000,
    });

  async function withGateway(
    release: string,
    gateway: GatewaySection,
    use: (gateway: Gateway) => Promise<void>,
  ): Promise<void> {
    const started = await startGateway({
      release,
      host: network.gateway,
      config: { gateway },
      startMs: 400_000,
    });
    try {
      await use(started);
    } finally {
      await started.stop();
    }
  }

  for (const release of ["2026.2.1", "2026.9.6"]) {
    test(`${release}: on loopback there, through a tunnel of the doctor's own; behind Caddy, whose address is trusted over SSH and not any more`, () =>
      withGateway(release, { bind: "loopback" }, async (gateway) => {
        const said = await diagnosed();
        assert.equal(said.verdict, "healthy", JSON.stringify(said.findings));
        assert.equal(said.target.exposure, "loopback");
        assert.deepEqual(
          said.path.map(({ hop }) => hop),
          ["browser", "ssh-tunnel", "gateway"],
        );
        if (noCaddy === undefined) await behindCaddy(gateway);
        else progress(`not behind Caddy: ${noCaddy}`);
      }));

    test(`${release}: on a public address, a browser from elsewhere is refused and its request named; approved over SSH, and taken back`, () =>
      withGateway(release, { bind: "lan", controlUi: { allowedOrigins: [ORIGIN] } }, async () => {
        const refused = await page(`public-${release}`);
        assert.equal(refused.admitted, false);
        const said = await diagnosed();
        assert.equal(said.target.exposure, "public");
        const found = said.findings.find(({ id }) => id === "first-time-not-paired");
        assert.ok(found, JSON.stringify(said.findings.map(({ id }) => id)));
        const commands = found.remedies.flatMap(({ commands: lines = [] }) => lines);
        const approve = commands.find((line) => line.includes(`devices approve ${refused.requestId}`));
        assert.ok(approve?.startsWith(`ssh ${host.alias} '`), commands.join("\n"));
        assert.ok(commands.includes(`ssh -N -L 18789:127.0.0.1:18789 ${host.alias}`), commands.join("\n"));
        assert.equal(said.path.at(-1)?.address, `${ADDRESS}:18789`);
        // The older one writes its title over its command line, and there is no openclaw on the PATH there.
        if (release === "2026.2.1") return;
        const done = await fix(AGREED);
        assert.equal(done.outcome, "kept", JSON.stringify(done));
        assert.deepEqual(
          done.requests.map(({ requestId }) => requestId),
          [refused.requestId],
        );
        assert.equal((await page(`public-${release}`)).admitted, true);
        assert.equal((await fix(["--undo", "--yes"])).outcome, "undone");
        assert.equal((await page(`public-${release}`)).admitted, false);
      }));
  }

  /** The file is changed over there, and is byte for byte as it was afterwards. */
  async function behindCaddy({ release, configPath }: Gateway): Promise<void> {
    const place = makeWorkplace();
    const site = path.join(place.folder, "site");
    writeFileSync(site, `http://${ADDRESS}:8080 {\n    reverse_proxy 127.0.0.1:18789\n}\n`);
    const caddy = await startProxy("caddy", site, {
      host: network.gateway,
      folder: place.folder,
      port: 8080,
    });
    try {
      assert.equal((await page(`caddy-${release}`, 8080)).admitted, false);
      const id = release === "2026.2.1" ? "proxy-not-trusted" : "proxy-attribution-required";
      const origin = ["--origin", `http://${ADDRESS}:8080`];
      const said = await diagnosed(origin);
      const found = said.findings.find((one) => one.id === id);
      assert.ok(found, JSON.stringify(said.findings.map((one) => one.id)));
      const commands = found.remedies.flatMap(({ commands: lines = [] }) => lines);
      assert.match(commands.join("\n"), /^ssh rig-host '.*gateway\.trustedProxies.*127\.0\.0\.1/m);
      // In the older one that alone lets nobody in, so that it is no plan of a fix.
      if (release === "2026.2.1") return;
      const before = readFileSync(configPath);
      const done = await fix([id, ...AGREED, ...origin]);
      assert.ok(["kept", "partly", "unproven"].includes(done.outcome), JSON.stringify(done));
      const config = JSON.parse(readFileSync(configPath, "utf8")) as GatewayConfig;
      assert.deepEqual(config.gateway.trustedProxies, ["127.0.0.1"]);
      assert.equal((await fix(["--undo", "--yes"])).outcome, "undone");
      assert.deepEqual(readFileSync(configPath), before);
    } finally {
      await caddy.stop();
      place.remove();
    }
  }

  test("no key of ours is taken, and a key that nobody has seen: exit code 3, each in its own words", async () => {
    for (const [alias, words] of [
      [host.stranger, /takes none of the keys/],
      [host.unseen, /connect once by hand/],
    ] as const) {
      const { exitCode, stdout } = await doctor(["diagnose"], alias);
      assert.equal(exitCode, 3, stdout);
      assert.match(stdout.replace(/\s+/g, " "), words);
    }
  });
});
