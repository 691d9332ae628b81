/** Release × situation → outcome, both sides of every boundary: a table to be read at sight. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import { rulesFor } from "../src/admission/releases.ts";
import type { Admission, AdmissionConfig, Connection, ConnectionDevice } from "../src/core/connection.ts";

const UI = { id: "openclaw-control-ui", mode: "webchat" };
const CLI = { id: "cli", mode: "cli" };
const BACKEND = { id: "gateway-client", mode: "backend" };
const SCOPES = ["operator.admin", "operator.approvals", "operator.pairing"];
const PORT = 18789;

const LAN: AdmissionConfig = { gateway: { port: PORT, bind: "lan", auth: { mode: "token", token: true } } };

function withGateway(change: Partial<NonNullable<AdmissionConfig["gateway"]>>): AdmissionConfig {
  return { gateway: { ...LAN.gateway, ...change } };
}

type Change = Partial<Omit<Connection, "headers">> & { readonly headers?: Readonly<Record<string, string>> };

/** A new browser on the gateway's own host, unless changed. */
function browser(change: Change = {}): Connection {
  return {
    remoteAddress: "127.0.0.1",
    headers: { host: `127.0.0.1:${PORT}`, origin: `http://127.0.0.1:${PORT}` },
    client: UI,
    role: "operator",
    scopes: SCOPES,
    auth: "valid",
    device: { state: "unpaired" },
    ...change,
  };
}

function cli(change: Change = {}): Connection {
  return browser({ client: CLI, headers: { host: `127.0.0.1:${PORT}` }, ...change });
}

const DOCKER = { remoteAddress: "172.18.0.1" };
const LAN_PAGE = {
  remoteAddress: "192.168.1.20",
  headers: { host: `192.168.1.5:${PORT}`, origin: `http://192.168.1.5:${PORT}` },
};
const PROXY_HEADERS = {
  host: "claw.example.com",
  origin: "https://claw.example.com",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
};
const PROXY_ORIGIN = { allowedOrigins: ["https://claw.example.com"] };

/** One word for an answer. */
function word(admission: Admission): string {
  if (admission.outcome === "admitted") return admission.autoApproved ? "auto" : "in";
  const { gate, reason } = admission;
  if (gate === "pairing") return reason === "not-paired" ? "pair" : (reason ?? "?");
  if (gate === "proxy-attribution") return "403";
  if (gate === "device-identity") return reason === "device-required" ? "device" : "insecure";
  return gate === "origin" || gate === "schema" || gate === "protocol" || gate === "role"
    ? gate
    : (reason ?? "?");
}

/** `2026.2.1 pair | 2026.2.2 origin` means: that outcome at that release. */
function grid(name: string, table: string, connection: Connection, config: AdmissionConfig = LAN): void {
  test(name, () => {
    const expected = table.split("|").map((cell) => cell.trim().split(/\s+/));
    for (const [release = "", outcome = ""] of expected) {
      const answer = admit({ release, config, connection });
      assert.equal(word(answer), outcome, `${release}: ${JSON.stringify(answer)}`);
    }
  });
}

describe("a new browser with the right token", () => {
  grid(
    "on the gateway's own host",
    "2026.1.29 auto | 2026.3.13 auto | 2026.5.12 auto | 2026.5.14-beta.1 pair | 2026.5.20 pair | 2026.5.22 auto | 2026.9.6 auto",
    browser(),
  );
  grid(
    "through a published Docker port",
    "2026.1.29 pair | 2026.2.2 pair | 2026.2.26 pair | 2026.4.5 pair | 2026.4.7 auto | 2026.5.18 pair | 2026.5.28 auto | 2026.9.6 auto",
    browser(DOCKER),
  );
  grid(
    "through a published Docker port, from a public address",
    "2026.3.13 pair | 2026.4.7 pair | 2026.9.6 pair",
    browser({
      remoteAddress: "203.0.113.50",
      headers: { host: "localhost:18789", origin: "http://localhost:18789" },
    }),
  );
  grid(
    "at the LAN address over https, nothing allowed",
    "2026.2.1 pair | 2026.2.2 pair | 2026.2.22 pair | 2026.2.23 origin | 2026.5.12 origin | 2026.5.18 pair | 2026.9.6 pair",
    browser(LAN_PAGE),
  );
  grid(
    "at the LAN address over plain http (no device)",
    "2026.2.19 insecure | 2026.2.21 insecure | 2026.2.23 origin | 2026.5.18 insecure | 2026.9.6 insecure",
    browser({ ...LAN_PAGE, device: { state: "absent" } }),
  );
  grid(
    "through a proxy that forwards, origin allowed, proxy not trusted",
    "2026.2.2 pair | 2026.3.13 pair | 2026.7.35 pair | 2026.8.1-beta.1 pair | 2026.8.1-beta.3 403 | 2026.8.1 403 | 2026.9.6 403",
    browser({ headers: PROXY_HEADERS }),
    withGateway({ controlUi: PROXY_ORIGIN }),
  );
  grid(
    "through a proxy that forwards, origin allowed, proxy trusted",
    "2026.2.2 pair | 2026.3.13 pair | 2026.8.1 pair | 2026.9.6 pair",
    browser({ headers: PROXY_HEADERS }),
    withGateway({ controlUi: PROXY_ORIGIN, trustedProxies: ["127.0.0.1"] }),
  );
  grid(
    "through a proxy on the same host that adds no headers and keeps the Host",
    "2026.3.28 pair | 2026.3.31 auto | 2026.9.6 auto",
    browser({ headers: { host: "claw.example.com", origin: "https://claw.example.com" } }),
    withGateway({ controlUi: PROXY_ORIGIN }),
  );
  grid(
    "on the gateway's own host, with 127.0.0.1 in trustedProxies (the trap)",
    "2026.2.17 auto | 2026.2.19 pair | 2026.3.13 origin | 2026.3.28 origin | 2026.3.31 auto | 2026.9.6 auto",
    browser(),
    // 2026.3.2 and later take a loopback Origin only from local clients; no seeding on bind loopback.
    withGateway({ bind: "loopback", trustedProxies: ["127.0.0.1"] }),
  );
  grid(
    "through a published port, with the bridge in trustedProxies but no headers",
    "2026.3.13 pair | 2026.7.35 auto | 2026.8.1 403 | 2026.9.6 403",
    browser(DOCKER),
    withGateway({ trustedProxies: ["172.18.0.1"] }),
  );
});

describe("Host and Origin", () => {
  const foreign = browser({ headers: { host: `127.0.0.1:${PORT}`, origin: "https://evil.example.org" } });
  grid("another site's Origin", "2026.2.1 auto | 2026.2.2 origin | 2026.9.6 origin", foreign);
  grid(
    "`*` in allowedOrigins",
    "2026.2.26 origin | 2026.3.1 auto | 2026.9.6 auto",
    foreign,
    withGateway({ controlUi: { allowedOrigins: ["*"] } }),
  );
  grid(
    "an allowed origin in capitals",
    "2026.2.2 auto | 2026.9.6 auto",
    foreign,
    withGateway({ controlUi: { allowedOrigins: [" HTTPS://Evil.Example.ORG "] } }),
  );
  grid(
    "an allowed origin with a slash behind never matches",
    "2026.2.2 origin | 2026.9.6 origin",
    foreign,
    withGateway({ controlUi: { allowedOrigins: ["https://evil.example.org/"] } }),
  );
  grid(
    "Origin null",
    "2026.2.1 auto | 2026.2.2 origin | 2026.9.6 origin",
    browser({ headers: { host: `127.0.0.1:${PORT}`, origin: "null" } }),
    withGateway({ controlUi: { allowedOrigins: ["*"] } }),
  );
  grid(
    "no Origin from the Control UI",
    "2026.2.1 auto | 2026.2.2 origin | 2026.9.6 origin",
    browser({ headers: { host: `127.0.0.1:${PORT}` } }),
  );
  grid(
    "a CLI that sends a foreign Origin",
    "2026.2.24 in | 2026.2.25 origin | 2026.9.6 origin",
    cli({ headers: { host: `127.0.0.1:${PORT}`, origin: "https://evil.example.org" } }),
  );
  grid(
    "Origin equal to Host with dangerouslyAllowHostHeaderOriginFallback",
    "2026.2.23 pair | 2026.5.12 pair | 2026.9.6 pair",
    browser({ ...LAN_PAGE, headers: { host: "claw.example.com", origin: "http://claw.example.com" } }),
    withGateway({ controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }),
  );
  grid(
    "a public name equal to Host is no private host",
    "2026.2.22 pair | 2026.2.23 origin | 2026.5.18 origin | 2026.9.6 origin",
    browser({ ...LAN_PAGE, headers: { host: "claw.example.com", origin: "http://claw.example.com" } }),
  );
  grid(
    "a .local name equal to Host",
    "2026.5.12 origin | 2026.5.18 pair | 2026.9.6 pair",
    browser({ ...LAN_PAGE, headers: { host: "gateway.local:18789", origin: "http://gateway.local:18789" } }),
  );
  grid(
    "a loopback Origin through NAT without seeding (bind loopback)",
    "2026.3.1 pair | 2026.3.2 origin | 2026.4.7 origin | 2026.9.6 origin",
    browser(DOCKER),
    withGateway({ bind: "loopback" }),
  );
  grid(
    "a loopback Origin through NAT, no bind in the config (a container's own choice, or a flag)",
    "2026.2.22 pair | 2026.3.13 pair | 2026.4.7 auto | 2026.9.6 auto",
    browser(DOCKER),
    { gateway: { port: PORT, auth: { mode: "token", token: true } } },
  );
  grid(
    "IPv6 loopback",
    "2026.3.13 auto | 2026.9.6 auto",
    browser({ remoteAddress: "::1", headers: { host: `[::1]:${PORT}`, origin: `http://[::1]:${PORT}` } }),
  );
  grid(
    "IPv4-mapped peer through a published port",
    "2026.4.5 pair | 2026.4.7 auto | 2026.9.6 auto",
    browser({ remoteAddress: "::ffff:172.18.0.1" }),
  );
  grid(
    "an Origin with a path",
    "2026.3.13 auto | 2026.6.33 auto | 2026.6.35 origin | 2026.7.1 auto | 2026.7.33 origin | 2026.9.6 origin",
    browser({ headers: { host: `127.0.0.1:${PORT}`, origin: `http://127.0.0.1:${PORT}/chat` } }),
  );
});

describe("forwarding headers on loopback", () => {
  const withHeader = (name: string) =>
    cli({ headers: { host: `127.0.0.1:${PORT}`, [name]: name === "x-forwarded-for" ? "203.0.113.7" : "x" } });
  grid(
    "X-Forwarded-For",
    "2026.2.1 pair | 2026.3.13 pair | 2026.4.15 pair | 2026.9.6 403",
    withHeader("x-forwarded-for"),
  );
  grid(
    "X-Forwarded-Proto",
    "2026.3.28 auto | 2026.3.31 pair | 2026.9.6 403",
    withHeader("x-forwarded-proto"),
  );
  grid("Forwarded", "2026.3.28 auto | 2026.3.31 pair | 2026.9.6 403", withHeader("forwarded"));
  grid("X-Forwarded-Port", "2026.5.12 auto | 2026.5.18 pair | 2026.8.1 403", withHeader("x-forwarded-port"));
  grid(
    "8.1 and later attribute a request through a CIDR block of trusted proxies",
    "2026.8.1 pair | 2026.9.6 pair",
    browser({ headers: PROXY_HEADERS }),
    withGateway({ controlUi: PROXY_ORIGIN, trustedProxies: ["127.0.0.0/8"] }),
  );
});

describe("the CLI", () => {
  grid(
    "with a new device over the Docker bridge",
    "2026.2.21 pair | 2026.2.22 in | 2026.2.24 in | 2026.2.25 pair | 2026.4.5 pair | 2026.9.6 pair",
    cli(DOCKER),
  );
  grid(
    "with a new device at a loopback socket with a private Host (2026.3.31: any Host is local)",
    "2026.3.28 pair | 2026.3.31 auto | 2026.9.6 auto",
    cli({ headers: { host: "192.168.1.5:18789" } }),
  );
  grid(
    "without a device, right token",
    "2026.2.1 in | 2026.2.2 in | 2026.9.6 in",
    cli({ ...DOCKER, device: { state: "absent" } }),
  );
  grid(
    "without a device, wrong token",
    "2026.2.1 token_mismatch | 2026.2.2 token_mismatch | 2026.9.6 token_mismatch",
    cli({ device: { state: "absent" }, auth: "wrong" }),
  );
  grid(
    "without a device, no token",
    "2026.2.1 device | 2026.9.6 device",
    cli({ device: { state: "absent" }, auth: "missing" }),
  );
  grid(
    "with a device and a wrong token",
    "2026.2.12 token_mismatch | 2026.2.17 device_token_mismatch | 2026.2.21 device_token_mismatch | 2026.2.22 token_mismatch",
    cli({ auth: "wrong" }),
  );
  grid(
    "the secret in the password field",
    "2026.9.2 token_missing | 2026.9.3 token_mismatch",
    cli({ auth: "password-instead-of-token" }),
  );
});

describe("OpenClaw's own backend on the host", () => {
  const backend = cli({ client: BACKEND });
  grid(
    "with a device",
    "2026.3.1 auto | 2026.3.2 in | 2026.3.24 in | 2026.3.28 auto | 2026.4.2 auto | 2026.4.5 in | 2026.9.6 in",
    backend,
  );
  grid(
    "without device and secret where there is none",
    "2026.5.7 device | 2026.5.12 in | 2026.9.6 in",
    cli({ client: BACKEND, device: { state: "absent" }, auth: "missing" }),
    withGateway({ bind: "loopback", auth: { mode: "none" } }),
  );
});

describe("the switches of the Control UI", () => {
  const insecure = withGateway({ controlUi: { allowInsecureAuth: true } });
  const disabled = withGateway({ controlUi: { dangerouslyDisableDeviceAuth: true } });
  grid(
    "allowInsecureAuth, device, published port",
    "2026.2.19 in | 2026.2.21 pair | 2026.4.5 pair | 2026.4.7 auto | 2026.9.6 auto",
    browser(DOCKER),
    insecure,
  );
  grid(
    "allowInsecureAuth, no device, published port",
    "2026.2.19 in | 2026.2.21 insecure | 2026.7.35 insecure | 2026.9.6 insecure",
    browser({ ...DOCKER, device: { state: "absent" } }),
    insecure,
  );
  grid(
    "allowInsecureAuth, no device, own host",
    "2026.2.19 in | 2026.2.21 insecure | 2026.2.22 in | 2026.7.35 in | 2026.8.1 insecure",
    browser({ device: { state: "absent" } }),
    insecure,
  );
  grid(
    "dangerouslyDisableDeviceAuth, published port",
    "2026.1.29 in | 2026.2.21 in | 2026.7.35 in | 2026.8.1 auto | 2026.9.6 auto",
    browser(DOCKER),
    disabled,
  );
  grid(
    "dangerouslyDisableDeviceAuth, LAN address allowed, no device",
    "2026.7.35 in | 2026.8.1 insecure",
    browser({ ...LAN_PAGE, device: { state: "absent" } }),
    withGateway({
      controlUi: { dangerouslyDisableDeviceAuth: true, allowedOrigins: [`http://192.168.1.5:${PORT}`] },
    }),
  );
  grid(
    "dangerouslyDisableDeviceAuth, wrong token",
    "2026.2.1 token_mismatch | 2026.3.11 token_mismatch | 2026.3.13 token_mismatch",
    browser({ ...DOCKER, auth: "wrong" }),
    disabled,
  );
  grid(
    "dangerouslyDisableDeviceAuth, no token",
    "2026.2.26 device | 2026.3.11 device | 2026.3.13 token_missing | 2026.7.35 token_missing",
    browser({ ...DOCKER, auth: "missing" }),
    disabled,
  );
});

describe("a paired device", () => {
  const reader: ConnectionDevice = {
    state: "paired",
    approvedRole: "operator",
    approvedScopes: ["operator.read"],
  };
  const writer: ConnectionDevice = { ...reader, approvedScopes: ["operator.write"] };
  const admin: ConnectionDevice = { ...reader, approvedScopes: ["operator.admin"] };
  grid(
    "asks for more scopes on its own host",
    "2026.2.17 auto | 2026.2.19 scope-upgrade | 2026.2.22 auto | 2026.3.24 auto | 2026.3.28 scope-upgrade | 2026.7.35 scope-upgrade | 2026.8.1 auto",
    browser({ device: reader }),
  );
  grid(
    "that may write asks to read",
    "2026.2.19 scope-upgrade | 2026.2.21 in | 2026.9.6 in",
    browser({ ...DOCKER, device: writer, scopes: ["operator.read"] }),
  );
  grid(
    "that is admin asks for approvals",
    "2026.2.21 scope-upgrade | 2026.2.22 in | 2026.9.6 in",
    browser({ ...DOCKER, device: admin, scopes: ["operator.approvals"] }),
  );
  grid(
    "comes with another platform over the bridge",
    "2026.2.25 in | 2026.2.26 metadata-upgrade | 2026.9.6 metadata-upgrade",
    browser({ ...DOCKER, device: { ...reader, metadataChanged: "platform" }, scopes: ["operator.read"] }),
  );
  grid(
    "asks to be a node on its own host",
    "2026.2.17 auto | 2026.2.19 role-upgrade | 2026.4.1 role-upgrade | 2026.4.2 auto | 2026.5.12 auto | 2026.5.14-beta.1 role-upgrade | 2026.9.6 role-upgrade",
    browser({ device: admin, role: "node", scopes: [] }),
  );
  grid(
    "waits for an upgrade and comes locally",
    "2026.2.1 scope-upgrade | 2026.2.22 scope-upgrade | 2026.7.35 scope-upgrade | 2026.8.1 scope-upgrade | 2026.9.6 scope-upgrade",
    browser({ device: { ...reader, pendingUpgrade: true } }),
  );
  grid(
    "of the CLI waits for approval and comes locally",
    "2026.2.1 pair | 2026.5.28 pair | 2026.9.6 pair",
    cli({ device: { state: "pending" } }),
  );
  grid(
    "of the CLI waits for an upgrade and comes locally",
    "2026.2.26 scope-upgrade | 2026.8.1 scope-upgrade | 2026.9.6 scope-upgrade",
    cli({ device: { ...reader, pendingUpgrade: true } }),
  );
});

describe("the proof of the device", () => {
  const proof = (device: Partial<ConnectionDevice>) => cli({ device: { state: "unpaired", ...device } });
  grid(
    "signed 5 minutes ago",
    "2026.2.21 auto | 2026.2.22 device-signature-stale",
    proof({ clockSkewMs: -300_000 }),
  );
  grid("signed 11 minutes ago", "2026.2.1 device-signature-stale", proof({ clockSkewMs: -660_000 }));
  grid(
    "signature v1 without nonce",
    "2026.2.21 auto | 2026.2.22 schema",
    proof({ signature: "v1", nonce: "missing" }),
  );
  grid(
    "signature v3",
    "2026.2.25 device-signature | 2026.2.26 auto | 2026.9.6 auto",
    proof({ signature: "v3" }),
  );
  grid(
    "another nonce",
    "2026.2.1 device-nonce-mismatch | 2026.9.6 device-nonce-mismatch",
    proof({ nonce: "wrong" }),
  );
  grid(
    "an id of another key",
    "2026.2.1 device-id-mismatch | 2026.9.6 device-id-mismatch",
    proof({ id: "not-derived-from-key" }),
  );
});

describe("the first frame", () => {
  grid(
    "protocol 3",
    "2026.5.7 auto | 2026.5.12 protocol | 2026.9.6 protocol",
    cli({ protocol: { min: 3, max: 3 } }),
  );
  grid(
    "protocol 4",
    "2026.5.7 protocol | 2026.5.12 auto | 2026.9.6 auto",
    cli({ protocol: { min: 4, max: 4 } }),
  );
  grid(
    "a probe that speaks protocol 3",
    "2026.5.12 protocol | 2026.6.35 protocol | 2026.7.1 auto | 2026.9.6 auto",
    cli({ client: { id: "openclaw-probe", mode: "probe" }, protocol: { min: 3, max: 3 } }),
  );
  grid("a role that does not exist", "2026.2.1 role | 2026.9.6 role", cli({ role: "banana" }));
  grid(
    "a client that does not exist",
    "2026.2.1 schema | 2026.9.6 schema",
    cli({ client: { id: "nope", mode: "cli" } }),
  );
  grid(
    "the terminal UI",
    "2026.3.24 schema | 2026.3.28 auto | 2026.9.6 auto",
    cli({ client: { id: "openclaw-tui", mode: "ui" } }),
  );
  grid(
    "a page of another build",
    "2026.7.35 auto | 2026.8.1 protocol | 2026.9.6 protocol",
    browser({ uiBuild: "2026.7.35-release" }),
  );
  grid("a development page", "2026.8.1 auto | 2026.9.6 auto", browser({ uiBuild: "dev" }));
});

describe("auth.mode", () => {
  const none = withGateway({ bind: "loopback", auth: { mode: "none" } });
  grid(
    "none, new browser",
    "2026.3.13 auto | 2026.3.22 in | 2026.9.6 in",
    browser({ auth: "missing" }),
    none,
  );
  grid("none, new CLI", "2026.3.13 auto | 2026.9.6 auto", cli({ auth: "missing" }), none);
  const proxied = (settings: Readonly<Record<string, unknown>> = {}) =>
    withGateway({
      trustedProxies: ["172.18.0.2", "127.0.0.1"],
      auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "X-Forwarded-User", ...settings } },
      controlUi: PROXY_ORIGIN,
    });
  const visitor = (change: Change = {}) =>
    browser({
      remoteAddress: "172.18.0.2",
      headers: { ...PROXY_HEADERS, "x-forwarded-user": "ann@example.com" },
      auth: "missing",
      ...change,
    });
  grid(
    "trusted-proxy, new browser",
    "2026.2.17 pair | 2026.2.23 pair | 2026.2.24 in | 2026.5.12 in | 2026.5.18 pair | 2026.9.6 pair",
    visitor(),
    proxied(),
  );
  grid(
    "trusted-proxy, browser without device",
    "2026.2.23 insecure | 2026.2.24 in | 2026.9.6 in",
    visitor({ device: { state: "absent" } }),
    proxied(),
  );
  grid(
    "trusted-proxy, user not on the list",
    "2026.3.13 trusted_proxy_user_not_allowed | 2026.9.6 trusted_proxy_user_not_allowed",
    visitor(),
    proxied({ allowUsers: ["bob@example.com"] }),
  );
  grid(
    "trusted-proxy, required header missing",
    "2026.3.13 trusted_proxy_missing_header_x-auth | 2026.9.6 trusted_proxy_missing_header_x-auth",
    visitor(),
    proxied({ requiredHeaders: ["x-auth"] }),
  );
  grid(
    "trusted-proxy on loopback",
    "2026.3.28 in | 2026.3.31 trusted_proxy_loopback_source | 2026.9.6 trusted_proxy_loopback_source",
    visitor({ remoteAddress: "127.0.0.1" }),
    proxied(),
  );
  grid(
    "trusted-proxy on loopback with allowLoopback",
    "2026.4.26 trusted_proxy_loopback_source | 2026.4.27 in | 2026.5.12 in | 2026.9.6 pair",
    visitor({ remoteAddress: "127.0.0.1" }),
    proxied({ allowLoopback: true }),
  );
  grid(
    "trusted-proxy with deviceAutoApprove",
    "2026.7.35 pair | 2026.8.1 auto | 2026.9.6 auto",
    visitor(),
    proxied({ deviceAutoApprove: { enabled: true } }),
  );
  grid(
    "password, sent as token's sibling",
    "2026.2.1 pair | 2026.9.6 auto",
    browser({ ...DOCKER, auth: "password-instead-of-token" }),
    withGateway({ auth: { mode: "password", password: true } }),
  );
});

describe("Tailscale Serve", () => {
  const headers = {
    host: "gateway.tail1234.ts.net",
    origin: "https://gateway.tail1234.ts.net",
    "x-forwarded-for": "100.64.0.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "gateway.tail1234.ts.net",
    "tailscale-user-login": "ann@example.com",
  };
  const serve = withGateway({ bind: "loopback", tailscale: { mode: "serve" } });
  const allowed = withGateway({
    bind: "loopback",
    tailscale: { mode: "serve" },
    controlUi: { allowedOrigins: ["https://gateway.tail1234.ts.net"] },
  });
  grid(
    "new browser without token",
    "2026.2.1 pair | 2026.2.22 pair | 2026.4.24 pair | 2026.4.25 in | 2026.9.6 in",
    browser({ headers, auth: "missing" }),
    allowed,
  );
  grid(
    "Origin not allowed",
    "2026.2.22 pair | 2026.2.23 origin | 2026.5.12 origin | 2026.5.18 in | 2026.9.6 in",
    browser({ headers, auth: "missing" }),
    serve,
  );
});

describe("nodes", () => {
  const node = cli({
    remoteAddress: "192.168.1.30",
    headers: { host: "192.168.1.5:18789" },
    client: { id: "node-host", mode: "node" },
    role: "node",
    scopes: [],
  });
  grid("a new node", "2026.2.1 pair | 2026.9.6 pair", node);
  grid(
    "a new node from a trusted network",
    "2026.4.23 pair | 2026.4.24 auto | 2026.9.6 auto",
    node,
    withGateway({ nodes: { pairing: { autoApproveCidrs: ["192.168.1.0/24"] } } }),
  );
  grid(
    "autoApproveLocal off",
    "2026.7.35 auto | 2026.8.1 pair | 2026.9.6 pair",
    browser(),
    withGateway({ nodes: { pairing: { autoApproveLocal: false } } }),
  );
});

test("header names in capitals are the same headers", () => {
  const connection = browser({ headers: { Host: `127.0.0.1:${PORT}`, Origin: "https://evil.example.org" } });
  assert.equal(word(admit({ release: "2026.9.6", config: LAN, connection })), "origin");
});

test("wording by era", () => {
  const reasons = ["2026.2.21", "2026.2.25", "2026.4.15", "2026.4.20", "2026.9.6"].map((release) => {
    const { closeReason, detailCode = "-" } = admit({ release, config: LAN, connection: cli(DOCKER) });
    return `${release} ${closeReason} ${detailCode}`;
  });
  assert.deepEqual(reasons, [
    "2026.2.21 pairing required -",
    "2026.2.25 pairing required PAIRING_REQUIRED",
    "2026.4.15 pairing required PAIRING_REQUIRED",
    "2026.4.20 pairing required: device is not approved yet PAIRING_REQUIRED",
    "2026.9.6 pairing required: device is not approved yet PAIRING_REQUIRED",
  ]);
  const missing = ["2026.2.3", "2026.2.6-3", "2026.8.1"].map(
    (release) => admit({ release, config: LAN, connection: browser({ auth: "missing" }) }).closeReason,
  );
  assert.deepEqual(missing, [
    "unauthorized: gateway token missing (open a tokenized dashboard URL or paste token in Control UI settings)",
    "unauthorized: gateway token missing (open the dashboard URL and paste the token in Control UI settings)",
    "unauthorized: gateway token missing (paste in Control UI settings or openclaw doctor --generate-gateway-token; restart)",
  ]);
});

test("a release that nobody measured says so", () => {
  const { assumed } = admit({ release: "2026.6.2", config: LAN, connection: browser() });
  assert.equal(assumed, "no measurement of 2026.6.2; nearest measured release 2026.5.28");
  assert.equal(rulesFor("2026.3.13").assumed, undefined);
});
