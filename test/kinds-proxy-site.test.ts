/** The site files, as text; that real proxies take them is tested in test/real/proxies.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ProxySite } from "../src/core/finding.ts";
import { isPublicName, isSitePath, originOfSite, proxySite, siteDomain } from "../src/kinds/proxy-site.ts";

const site = (more: Partial<ProxySite> = {}): ProxySite => ({
  proxy: "caddy",
  domain: "claw.example.com",
  port: 18_789,
  tls: "public",
  ...more,
});

test("nginx: upgrade, timeouts, the host kept, who the client is overwritten", () => {
  const text = proxySite(site({ proxy: "nginx", certificate: "/c/full.pem", certificateKey: "/c/key.pem" }));
  for (const line of [
    "map $http_upgrade $openclaw_connection {",
    "listen 443 ssl;",
    "server_name claw.example.com;",
    "ssl_certificate     /c/full.pem;",
    "ssl_certificate_key /c/key.pem;",
    "proxy_pass http://127.0.0.1:18789;",
    "proxy_http_version 1.1;",
    "proxy_set_header Upgrade $http_upgrade;",
    "proxy_set_header Connection $openclaw_connection;",
    "proxy_set_header Host $http_host;",
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Proto https;",
    'proxy_set_header X-Real-IP "";',
    "proxy_read_timeout 3600s;",
    "return 301 https://$host$request_uri;",
  ])
    assert.ok(text.includes(line), line);
  // Appending would let a client choose its address.
  assert.ok(!text.includes("proxy_add_x_forwarded_for"));
  assert.ok(!text.includes("REPLACE"));
});

test("nginx: a certificate that nobody named is a placeholder that no machine has", () => {
  for (const tls of ["public", "internal"] as const) {
    const text = proxySite(site({ proxy: "nginx", tls }));
    assert.match(text, /ssl_certificate {5}\/REPLACE\/fullchain\.pem;/);
    assert.match(text, /ssl_certificate_key \/REPLACE\/privkey\.pem;/);
  }
});

test("caddy: its own authority where there is no public name, a named certificate before both", () => {
  assert.ok(!/^ {4}tls /m.test(proxySite(site())));
  assert.match(proxySite(site({ tls: "internal" })), /^ {4}tls internal$/m);
  const named = { certificate: "/c/a.pem", certificateKey: "/c/a.key" };
  assert.match(proxySite(site({ tls: "internal", ...named })), /^ {4}tls \/c\/a\.pem \/c\/a\.key$/m);
  const text = proxySite(site());
  assert.match(text, /^claw\.example\.com \{$/m);
  assert.match(text, /^ {4}reverse_proxy 127\.0\.0\.1:18789 \{$/m);
  assert.match(text, /^ {8}header_up X-Forwarded-For \{http\.request\.remote\.host\}$/m);
});

test("another port than 443 is the domain's", () => {
  const text = proxySite(site({ proxy: "nginx", domain: "claw.lan:8443" }));
  assert.match(text, /listen 8443 ssl;/);
  assert.match(text, /server_name claw\.lan;/);
  assert.ok(!text.includes("listen 80;"));
  assert.equal(originOfSite({ domain: "claw.lan:8443" }), "https://claw.lan:8443");
});

test("a domain is a host name, perhaps with a port", () => {
  for (const [said, domain] of [
    ["Claw.Example.COM", "claw.example.com"],
    ["claw.example.com:443", "claw.example.com"],
    ["claw.lan:08443", "claw.lan:8443"],
    ["192.168.50.10", "192.168.50.10"],
    ["", undefined],
    ["https://claw.example.com", undefined],
    ["claw.example.com/x", undefined],
    ["claw..com", undefined],
    ["-claw.com", undefined],
    ["claw.com:0", undefined],
    ["claw.com:70000", undefined],
    ["a b", undefined],
    ["[::1]", undefined],
  ] as const)
    assert.equal(siteDomain(said), domain, said);
});

test("which names a public authority knows", () => {
  for (const name of ["claw.example.com", "claw.example.com:8443", "a.b.co"])
    assert.ok(isPublicName(name), name);
  for (const name of [
    "claw",
    "claw.lan",
    "claw.local:8443",
    "x.home.arpa",
    "192.168.1.2",
    "claw.example.test",
  ])
    assert.ok(!isPublicName(name), name);
});

test("whatever is taken as a domain or a path cannot leave its place in the file", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom("a", ".", "-", ":", "4", ";", "{", "}", "\n", " ", "$", '"', "#"),
      maxLength: 20,
    }),
  );
  fc.assert(
    fc.property(hostile, hostile, fc.constantFrom("caddy", "nginx"), (name, path, proxy) => {
      const domain = siteDomain(name);
      const certificate = isSitePath(path) ? path : undefined;
      if (domain === undefined && certificate === undefined) return;
      const plain = site({ proxy, certificate: "/C", certificateKey: "/C" });
      const made = proxySite({
        ...plain,
        domain: domain ?? plain.domain,
        ...(certificate === undefined ? {} : { certificate }),
      });
      const shape = (text: string) => text.replace(/[^\n;{}$"#\t]/g, "").replace(/\n+/g, "\n");
      const expected = proxySite({ ...plain, domain: /:/.test(domain ?? "") ? "x:1" : "x" });
      assert.equal(shape(made), shape(expected));
    }),
  );
});
