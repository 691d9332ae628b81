import type { ProxySite } from "../core/finding.ts";

/**
 * A whole site file: HTTPS for the domain, everything handed to the gateway on 127.0.0.1 with its WebSockets, the
 * client's address in a header that the proxy alone writes. Ready for `sites-enabled` or an `import`, or to be the
 * whole Caddyfile. Where nobody named a certificate for nginx, its paths begin with `/REPLACE`.
 */
export function proxySite(site: ProxySite): string {
  return site.proxy === "caddy" ? caddyFile(site) : nginxFile(site);
}

/** Origin of the page behind the proxy. */
export function originOfSite({ domain }: Pick<ProxySite, "domain">): string {
  return `https://${domain.replace(/:443$/, "")}`;
}

/**
 * Headers from which the gateway takes who the client is (`X-Forwarded-For` apart, which is overwritten): a client
 * that sends them itself must not be believed.
 */
const NOT_FROM_CLIENTS = [
  "Forwarded",
  "X-Real-IP",
  "Tailscale-User-Login",
  "Tailscale-User-Name",
  "Tailscale-User-Profile-Pic",
  "Tailscale-Headers-Info",
  "Tailscale-Funnel-Request",
] as const;

/** Seconds without a byte after which a connection ends; an idle page says something every half minute. */
const IDLE_SECONDS = 3600;

function caddyFile({ domain, port, tls, certificate, certificateKey }: ProxySite): string {
  const named = certificate !== undefined && certificateKey !== undefined;
  const how = named
    ? `tls ${certificate} ${certificateKey}`
    : tls === "internal"
      ? "tls internal"
      : undefined;
  const lines = [
    "# OpenClaw's Control UI. Caddy passes WebSockets on and ends no idle one by itself.",
    `${domain} {`,
    ...(how === undefined ? [] : [`    ${how}`]),
    `    reverse_proxy 127.0.0.1:${port} {`,
    "        header_up Host {http.request.hostport}",
    "        # Overwritten, never appended to: the gateway believes this proxy.",
    "        header_up X-Forwarded-For {http.request.remote.host}",
    "        header_up X-Forwarded-Proto https",
    "        header_up X-Forwarded-Host {http.request.hostport}",
    ...NOT_FROM_CLIENTS.map((name) => `        header_up -${name}`),
    "        flush_interval -1",
    "    }",
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function nginxFile({ domain, port, certificate, certificateKey }: ProxySite): string {
  const [, name = domain, listen = "443"] = /^(.*?)(?::(\d+))?$/.exec(domain) ?? [];
  const placeholder = certificate === undefined || certificateKey === undefined;
  const lines = [
    "# OpenClaw's Control UI. Belongs where nginx includes sites (inside http { }).",
    "map $http_upgrade $openclaw_connection {",
    "    default upgrade;",
    '    ""      close;',
    "}",
    "",
    "server {",
    `    listen ${listen} ssl;`,
    `    server_name ${name};`,
    "",
    ...(placeholder ? ["    # Put the paths of your certificate and its key here."] : []),
    `    ssl_certificate     ${placeholder ? "/REPLACE/fullchain.pem" : certificate};`,
    `    ssl_certificate_key ${placeholder ? "/REPLACE/privkey.pem" : certificateKey};`,
    "    ssl_protocols TLSv1.2 TLSv1.3;",
    "",
    "    location / {",
    `        proxy_pass http://127.0.0.1:${port};`,
    "        proxy_http_version 1.1;",
    "        proxy_set_header Upgrade $http_upgrade;",
    "        proxy_set_header Connection $openclaw_connection;",
    "        proxy_set_header Host $http_host;",
    "        # Overwritten, never appended to: the gateway believes this proxy.",
    "        proxy_set_header X-Forwarded-For $remote_addr;",
    "        proxy_set_header X-Forwarded-Proto https;",
    "        proxy_set_header X-Forwarded-Host $http_host;",
    ...NOT_FROM_CLIENTS.map((header) => `        proxy_set_header ${header} "";`),
    "        proxy_buffering off;",
    `        proxy_read_timeout ${IDLE_SECONDS}s;`,
    `        proxy_send_timeout ${IDLE_SECONDS}s;`,
    "    }",
    "}",
    ...(listen === "443"
      ? [
          "",
          "server {",
          "    listen 80;",
          `    server_name ${name};`,
          "    return 301 https://$host$request_uri;",
          "}",
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The domain as a site file may have it: a host name, perhaps with a port; `undefined` for anything else. What it
 * lets through needs no quoting in either proxy's language.
 */
export function siteDomain(text: string): string | undefined {
  const [name = "", port, ...more] = text.trim().toLowerCase().split(":");
  if (more.length > 0 || name.length > 253) return undefined;
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536))
    return undefined;
  const labels = name.split(".");
  const isName = labels.every(
    (label) => label.length <= 63 && /^[a-z0-9-]+$/.test(label) && !/^-|-$/.test(label),
  );
  if (!isName) return undefined;
  return port === undefined || Number(port) === 443 ? name : `${name}:${Number(port)}`;
}

/** Names for which no public authority gives a certificate: without a dot, of special use (RFC 6761, 6762, 8375), addresses. */
export function isPublicName(domain: string): boolean {
  const labels = (domain.split(":")[0] ?? "").split(".");
  const top = labels.at(-1) ?? "";
  if (labels.length < 2 || /^\d+$/.test(top)) return false;
  return !LOCAL_TOPS.has(top);
}

const LOCAL_TOPS = new Set([
  "arpa",
  "corp",
  "example",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "private",
  "test",
]);

/** A path that needs no quoting in either proxy's language. */
export function isSitePath(path: string): boolean {
  return /^\/[\w@%+,./-]{1,400}$/.test(path);
}
