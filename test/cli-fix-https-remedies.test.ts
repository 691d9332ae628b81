/** What `fix` plans for a way of one's own (a proxy, Tailscale Serve), and where a switch is taken out. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checks } from "../checks/index.ts";
import { admit } from "../src/admission/admit.ts";
import { pageBehaviour } from "../src/admission/page.ts";
import { saidSite } from "../src/cli/fix/parsed-proxy-site.ts";
import { gatewayFlags } from "../src/config/flags.ts";
import { readConfig } from "../src/config/read.ts";
import { completeFacts, type Facts } from "../src/core/collect.ts";
import type { AdmissionConfig, Connection } from "../src/core/connection.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { type Fact, known, unknown } from "../src/core/fact.ts";
import type { Assessment, Deployment, Exposure } from "../src/core/facts.ts";
import type { ProxyReading } from "../src/core/proxies.ts";
import { refusalsOf } from "../src/core/refusals.ts";
import { quoted } from "../src/core/saying.ts";
import { Secret } from "../src/core/secret.ts";
import { printedFiles } from "../src/doctor/live/mend/look-ahead.ts";
import { diagnosed } from "../src/doctor/pure/case.ts";
import { withWays } from "../src/doctor/pure/mend/https-remedies.ts";
import { type PrepareOptions, prepare } from "../src/doctor/pure/mend/prepare.ts";
import type { Prepared } from "../src/doctor/pure/mend/prepared.ts";
import { modelOf } from "../src/doctor/pure/plan-of.ts";
import { deploymentOf } from "../src/kinds/index.ts";

const LAN_PAGE = "http://192.168.50.10:18789";
const TOKEN_MODE = { mode: "token", token: "<secret>" } as const;

interface Place {
  readonly release: string;
  readonly gateway: AdmissionConfig["gateway"];
  readonly connection?: Partial<Connection>;
  readonly deployment?: Partial<Deployment>;
  readonly exposure?: Exposure;
}

function factsOf({ release, gateway, connection: more, deployment, exposure = "private" }: Place): Facts {
  const connection: Connection = {
    remoteAddress: "192.168.50.20",
    headers: { host: "192.168.50.10:18789", origin: LAN_PAGE },
    client: { id: "openclaw-control-ui", mode: "webchat" },
    role: "operator",
    scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
    auth: "valid",
    device: { state: "absent" },
    ...more,
  };
  const config = { gateway: { port: 18_789, auth: TOKEN_MODE, ...gateway } };
  const now = admit({ release, config, connection });
  const assessment: Assessment = {
    connection,
    basis: [],
    confidence: "certain",
    now,
    ahead: [],
    page: pageBehaviour(release, now),
    contradictions: [],
  };
  const kind = { kind: "local", confidence: "certain", evidence: [], alternatives: [], names: {} } as const;
  return completeFacts({
    target: known({ kind: "local", name: "here", exposure }, "test"),
    release: known({ version: release, confidence: "certain", from: "said" }, "test"),
    deployment: known(deploymentOf({ ...kind, ...deployment }), "test"),
    config: known(
      {
        path: "/h/openclaw.json",
        stateDir: "/h",
        effective: config,
        origins: {},
        problems: [],
        exists: true,
      },
      "test",
    ),
    assessment: known(assessment, "test"),
    refusals: known(refusalsOf({ assessment }), "test"),
  });
}

interface Said {
  readonly domain?: string;
  readonly proxyFile?: string;
  readonly tailnet?: Fact<string>;
  readonly options?: Partial<PrepareOptions>;
  readonly finding?: string;
}

function prepared(facts: Facts, { domain, proxyFile, tailnet, options = {}, finding }: Said = {}): Prepared {
  const found = diagnose(checks, facts, { describeError: String }).findings;
  const chosen = finding === undefined ? found : found.filter(({ id }) => id === finding);
  const said = saidSite({
    domain,
    proxy: undefined,
    proxyFile,
    certificate: undefined,
    certificateKey: undefined,
    tls: undefined,
  });
  const model = modelOf(facts, chosen);
  const findings = withWays(chosen, facts, { said, tailnet, only: options.only, model });
  const made = prepare(facts, { findings }, { sharedHost: false, ...options });
  assert.ok(made !== undefined);
  return made;
}

const ids = ({ remedies }: Prepared) => remedies.map(({ id }) => id);
const PROXY = { only: "https-proxy" } as const;
const OLD = factsOf({ release: "2026.5.28", gateway: { bind: "lan" } });

describe("a proxy with HTTPS", () => {
  test("is trusted, its origin allowed, its file written, and the browser approved afterwards", () => {
    const { steps, rest, model } = prepared(OLD, {
      domain: "claw.example.com",
      proxyFile: "/etc/caddy/claw",
      options: PROXY,
    });
    assert.deepEqual(steps, [
      {
        do: "proxy.write",
        site: { proxy: "caddy", domain: "claw.example.com", port: 18_789, tls: "public" },
        path: "/etc/caddy/claw",
      },
      { do: "config.set", key: "gateway.trustedProxies", value: ["127.0.0.1"] },
      { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ["https://claw.example.com"] },
    ]);
    assert.deepEqual(
      rest.map(({ id }) => id),
      ["approve-device"],
    );
    assert.deepEqual(model?.expected, { outcome: "refused", gate: "pairing", reason: "not-paired" });
  });

  test("is only printed where no file is named", () => {
    const made = prepared(OLD, { domain: "claw.lan", options: PROXY });
    assert.ok(made.steps.every((step) => step.do === "config.set"));
    const [file] = printedFiles(made.remedies.flatMap(({ steps }) => steps));
    assert.ok(file?.lines.includes("    tls internal"));
    assert.ok(
      made.remedies[0]?.steps.some((step) => step.do === "human" && step.message === "trust-proxy-authority"),
    );
  });

  test("comes after a tunnel, and before nothing that was not asked for", () => {
    const made = prepared(OLD);
    assert.equal(ids(made)[0], "ssh-tunnel");
    const proxy = made.alternatives.find(({ remedies }) => remedies[0]?.id === "https-proxy");
    assert.equal(proxy?.whyNot, "more-disruption");
  });

  test("is offered for any refusal once a domain is said, also for the gate that it meets again", () => {
    const pairing = factsOf({
      release: "2026.9.6",
      gateway: { bind: "lan" },
      connection: { device: { state: "unpaired" } },
    });
    assert.deepEqual(ids(prepared(pairing, { domain: "claw.example.com", options: PROXY })), [
      "https-proxy",
      "approve-device",
    ]);
  });

  test("keeps what is listed, and leaves out a key that the release does not know", () => {
    const listed = factsOf({
      release: "2026.5.28",
      gateway: {
        bind: "lan",
        trustedProxies: ["10.0.0.9"],
        controlUi: { allowedOrigins: ["https://b.example"] },
      },
    });
    const values = prepared(listed, { domain: "a.example.com", options: PROXY }).steps.map((step) =>
      step.do === "config.set" ? step.value : step.do,
    );
    assert.deepEqual(values, [
      ["10.0.0.9", "127.0.0.1"],
      ["https://b.example", "https://a.example.com"],
    ]);
    const first = factsOf({ release: "2026.2.1", gateway: { bind: "lan" } });
    const keys = prepared(first, { domain: "a.example.com", options: PROXY }).steps.map(
      (step) => "key" in step && step.key,
    );
    assert.deepEqual(keys, ["gateway.trustedProxies"]);
  });

  test("a gateway that would believe every neighbour, or a login that the proxy does not make, is left to a person", () => {
    for (const place of [
      { deployment: { kind: "docker", names: { container: "claw" } } },
      { deployment: { kind: "vps", names: { composeService: "openclaw-gateway" } } },
      { deployment: { kind: "kubernetes" } },
      { gateway: { bind: "tailnet" } },
      { gateway: { bind: "lan", auth: { mode: "none" } } },
    ] as const) {
      const facts = factsOf({ release: "2026.5.28", gateway: { bind: "lan" }, ...place });
      const found = diagnose(checks, facts, { describeError: String }).findings;
      const said = { site: { proxy: "caddy", domain: "a.example.com", tls: "public" } } as const;
      const [finding] = withWays(found, facts, {
        said,
        tailnet: undefined,
        only: undefined,
        model: undefined,
      });
      const remedy = finding?.remedies.find(({ id }) => id === "https-proxy");
      assert.ok(
        remedy === undefined || remedy.steps.every((step) => step.do === "human"),
        JSON.stringify(place),
      );
    }
  });

  test("what the command line says is checked", () => {
    const none = {
      domain: undefined,
      proxy: undefined,
      proxyFile: undefined,
      certificate: undefined,
      certificateKey: undefined,
      tls: undefined,
    };
    assert.equal(saidSite(none), undefined);
    assert.throws(() => saidSite({ ...none, domain: "https://x" }), /no host name/);
    assert.throws(() => saidSite({ ...none, proxy: ["nginx"] }), /no domain/);
    assert.throws(() => saidSite({ ...none, domain: "x.y", certificate: "/c" }), /belong together/);
    assert.throws(
      () => saidSite({ ...none, domain: "x.y", certificate: "/c;", certificateKey: "/k" }),
      /no absolute path/,
    );
    assert.equal(saidSite({ ...none, domain: "x.y", proxyFile: "site" })?.siteFile, `${process.cwd()}/site`);
  });
});

describe("Tailscale Serve", () => {
  const SERVE = { only: "tailscale-serve" } as const;
  const name = known("box.tail1.ts.net", "tailscale");

  /** A page behind a proxy of the gateway's own host, whose bind is loopback. */
  const proxied = (release: string): Facts =>
    factsOf({
      release,
      gateway: {},
      connection: {
        remoteAddress: "127.0.0.1",
        headers: { host: "a.example", origin: "https://a.example", "x-forwarded-for": "203.0.113.9" },
        device: { state: "unpaired" },
      },
    });

  test("is serve and the tailnet's name, with its origin allowed", () => {
    const { steps, model } = prepared(proxied("2026.5.28"), { tailnet: name, options: SERVE });
    assert.deepEqual(steps, [
      { do: "tailscale.status", name: "box.tail1.ts.net" },
      { do: "config.set", key: "gateway.tailscale.mode", value: "serve" },
      { do: "config.set", key: "gateway.auth.allowTailscale", value: true },
      { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ["https://box.tail1.ts.net"] },
    ]);
    assert.equal(model?.expected.outcome, "admitted");
  });

  test("up to 2026.4.24 the browser has to be approved there", () => {
    const made = prepared(proxied("2026.3.13"), { tailnet: name, options: SERVE });
    assert.deepEqual(ids(made), ["tailscale-serve", "approve-device"]);
    assert.deepEqual(made.model?.expected, { outcome: "refused", gate: "pairing", reason: "not-paired" });
  });

  test("another bind is a person's to end: a gateway that runs on may keep it, and not start then", () => {
    const made = prepared(OLD, { tailnet: name, options: SERVE });
    assert.deepEqual(ids(made), ["tailscale-serve"]);
    assert.deepEqual(made.steps, []);
    const bind =
      made.remedies[0]?.steps.findIndex((step) => "key" in step && step.key === "gateway.bind") ?? -1;
    const next = made.remedies[0]?.steps[bind + 1];
    assert.ok(next?.do === "human" && next.message === "bind-ends-elsewhere");
  });

  test("where Tailscale cannot be used it is no part of a plan, unless it was asked for", () => {
    const tailnet = unknown("absent", quoted("there is no tailscale command"));
    const made = prepared(OLD, { tailnet });
    const all = [ids(made), ...made.alternatives.map(({ remedies }) => remedies.map(({ id }) => id))].flat();
    assert.ok(!all.includes("tailscale-serve"));
    assert.deepEqual(ids(prepared(OLD, { tailnet, options: SERVE })), ["tailscale-serve"]);
  });
});

describe("a switch that is taken out", () => {
  const home = {
    remoteAddress: "127.0.0.1",
    headers: { host: "127.0.0.1:18789", origin: "http://127.0.0.1:18789" },
  };
  const INSECURE = "insecure-flags-set";

  test("is done where the user's own page is still let in", () => {
    const facts = factsOf({
      release: "2026.7.35",
      gateway: { controlUi: { dangerouslyDisableDeviceAuth: true } },
      connection: { ...home, device: { state: "unpaired" } },
    });
    const made = prepared(facts, { finding: INSECURE });
    assert.deepEqual(made.steps, [
      { do: "config.unset", key: "gateway.controlUi.dangerouslyDisableDeviceAuth" },
    ]);
    assert.equal(made.model?.expected.outcome, "admitted");
    assert.equal(made.wouldRefuse, undefined);
  });

  test("waits where the page would be refused, and says what lets it in then", () => {
    const facts = factsOf({
      release: "2026.5.28",
      gateway: {
        bind: "lan",
        controlUi: { dangerouslyDisableDeviceAuth: true, allowedOrigins: ["https://c.example"] },
        trustedProxies: ["10.0.0.2"],
      },
      connection: {
        remoteAddress: "10.0.0.2",
        headers: { host: "c.example", origin: "https://c.example", "x-forwarded-for": "203.0.113.9" },
        device: { state: "unpaired" },
      },
    });
    const made = prepared(facts, { finding: INSECURE });
    assert.deepEqual(made.steps, []);
    assert.equal(made.wouldRefuse, "pairing");
    assert.deepEqual(
      made.rest.map(({ id }) => id),
      ["approve-device"],
    );
    const named = prepared(facts, { finding: INSECURE, options: { only: "unset-dangerous-switches" } });
    assert.equal(named.steps.length, 1);
    assert.deepEqual(named.model?.expected, { outcome: "refused", gate: "pairing", reason: "not-paired" });
    assert.deepEqual(
      named.rest.map(({ id }) => id),
      ["approve-device"],
    );
  });

  test("a gateway without a login gets a token of its own, and the page that has none waits", () => {
    const facts = factsOf({
      release: "2026.3.13",
      gateway: { auth: { mode: "none" } },
      connection: { ...home, device: { state: "unpaired" } },
    });
    const made = prepared(facts, { finding: INSECURE });
    assert.equal(made.wouldRefuse, "shared-auth");
    const named = prepared(facts, { finding: INSECURE, options: { only: "require-token" } });
    assert.deepEqual(named.steps, [
      { do: "token.generate" },
      { do: "config.set", key: "gateway.auth.mode", value: "token" },
      { do: "gateway.restart" },
    ]);
  });

  test("one that does nothing goes without a question about the page", () => {
    const facts = factsOf({
      release: "2026.3.13",
      gateway: { controlUi: { allowInsecureAuth: true } },
      connection: { ...home, device: { state: "unpaired" } },
    });
    const made = prepared(facts, { finding: "flag-retired-or-noop" });
    assert.deepEqual(made.steps, [{ do: "config.unset", key: "gateway.controlUi.allowInsecureAuth" }]);
    assert.equal(made.model?.expected.outcome, "admitted");
  });

  test("the Host fallback goes for the origin of the page that is in", () => {
    const key = "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback";
    const facts = factsOf({
      release: "2026.3.13",
      gateway: { bind: "lan", controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } },
      connection: {
        headers: { host: "claw.example.com", origin: "https://claw.example.com" },
        device: {
          state: "paired",
          approvedRole: "operator",
          approvedScopes: ["operator.admin", "operator.approvals", "operator.pairing"],
        },
      },
    });
    const made = prepared(facts, { finding: "origin-fallback-risky" });
    assert.deepEqual(made.steps, [
      { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ["https://claw.example.com"] },
      { do: "config.unset", key },
    ]);
    assert.equal(made.model?.expected.outcome, "admitted");
  });
});

describe("a token that is in two places", () => {
  const withCopy = (source: string, wins: "file" | "flag" = "file"): Facts => {
    const facts = factsOf({
      release: "2026.5.28",
      gateway: {},
      connection: {
        remoteAddress: "127.0.0.1",
        headers: { host: "127.0.0.1:18789", origin: "http://127.0.0.1:18789" },
        device: { state: "unpaired" },
      },
    });
    assert.ok(facts.config.known);
    // As the reading itself tells it: what the words of a source are is no contract.
    const { origins } = readConfig({
      text: wins === "file" ? '{ gateway: { auth: { token: "one" } } }' : "{}",
      path: "/h/openclaw.json",
      stateDir: "/h",
      env: {},
      ...(wins === "flag" ? { flags: gatewayFlags(["--token", "one"], "s") } : {}),
      services: [
        {
          source,
          ...(source === ".env" ? { from: "env", dotenv: true } : { from: "service" }),
          values: { OPENCLAW_GATEWAY_TOKEN: new Secret("two", "s") },
        },
      ],
      salt: "s",
    }).reading;
    return { ...facts, config: known({ ...facts.config.value, origins }, "test") };
  };
  const finding = "env-token-overrides-config";

  test("the env file beside the config gets the gateway's", () => {
    const made = prepared(withCopy(".env"), { finding });
    assert.deepEqual(ids(made), ["copy-token"]);
    assert.deepEqual(made.steps, [{ do: "token.copy", path: "/h/.env" }]);
    assert.equal(made.model?.expected.outcome, "admitted");
  });

  test("OpenClaw's own unit is written anew by OpenClaw", () => {
    const made = prepared(withCopy("openclaw-gateway.service"), { finding });
    assert.deepEqual(ids(made), ["reinstall-service"]);
    assert.deepEqual(made.remedies[0]?.steps[0], { do: "service.reinstall" });
  });

  test("somebody's own unit, and a gateway that takes its token from elsewhere, are left to a person", () => {
    for (const [facts, source] of [
      [withCopy("claw.service"), "openclaw.json:1"],
      [withCopy(".env", "flag"), "--token"],
    ] as const) {
      const made = prepared(facts, { finding });
      assert.deepEqual(ids(made), ["align-token"]);
      assert.deepEqual(made.steps, []);
      const [step] = made.remedies[0]?.steps ?? [];
      assert.ok(step?.do === "human" && step.message === "change-losing-copy");
      assert.equal(step.args?.source, source);
    }
  });
});

describe("a page without encryption at an address that strangers reach", () => {
  const PAGE = "http://203.0.113.10:18789";
  const NGINX = { proxy: "nginx", config: "/etc/nginx/nginx.conf", siteFile: "/etc/nginx/x.conf" } as const;
  const at = (release: string, front: Partial<ProxyReading>, exposure: Exposure = "public") =>
    factsOf({
      release,
      gateway: { bind: "lan" },
      connection: {
        remoteAddress: "203.0.113.51",
        headers: { host: "203.0.113.10:18789", origin: PAGE },
      },
      deployment: {
        kind: "vps",
        names: { sshHost: "vps" },
        front: { programs: [], fronts: [], unread: [], ...front },
      },
      exposure,
    });
  const tailnet = "claw.tail1.ts.net";

  for (const release of ["2026.2.1", "2026.3.13", "2026.5.28"])
    test(`${release}: Tailscale Serve first where tailscale is, then the proxy that is there, then a tunnel`, () => {
      const order = (front: Partial<ProxyReading>): readonly (string | undefined)[] => {
        const made = prepared(at(release, front));
        return [ids(made)[0], ...made.alternatives.map(({ remedies }) => remedies[0]?.id)].slice(0, 3);
      };
      assert.equal(order({ tailnet, programs: [NGINX] })[0], "tailscale-serve");
      assert.deepEqual(order({ tailnet, programs: [NGINX] }).slice(1), ["https-proxy", "ssh-tunnel"]);
      assert.deepEqual(order({ programs: [NGINX] }).slice(0, 2), ["https-proxy", "ssh-tunnel"]);
      const haproxy = { proxy: "haproxy", config: "/etc/haproxy/haproxy.cfg" } as const;
      assert.equal(order({ programs: [haproxy] })[0], "ssh-tunnel");
      assert.equal(order({})[0], "ssh-tunnel");
      assert.equal(
        prepared(at(release, { tailnet })).alternatives.find(({ remedies }) =>
          remedies.some(({ id }) => id === "ssh-tunnel"),
        )?.whyNot,
        "less-safe-way",
      );
      // At home the shortest way leads.
      assert.equal(ids(prepared(at(release, { tailnet, programs: [NGINX] }, "private")))[0], "ssh-tunnel");
    });

  test("what a diagnosis puts first is what a fix does, with the name that the page has then", () => {
    const facts = at("2026.5.28", { tailnet });
    const [finding] = diagnosed(facts).findings;
    assert.equal(finding?.remedies[0]?.id, "tailscale-serve");
    assert.ok(
      finding.remedies[0]?.steps.some(
        (step) => step.do === "config.set" && JSON.stringify(step.value).includes(`"https://${tailnet}"`),
      ),
    );
  });

  test("the switch that would let it in is refused there, and said so", () => {
    const refused = prepared(at("2026.2.1", {})).alternatives.filter(({ remedies }) =>
      remedies.some(({ id }) => id === "set-allow-insecure-auth"),
    );
    assert.deepEqual(
      refused.map(({ whyNot }) => whyNot),
      ["exposed"],
    );
  });
});
