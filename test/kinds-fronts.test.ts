import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ComposeYaml, composeYaml } from "../src/compose/yaml.ts";
import { FRONT_LACKS, type FrontProgram, frontOf, type SeenFront } from "../src/core/proxies.ts";
import { type FrontText, matches } from "../src/kinds/fronts/front-text.ts";
import { FRONTS } from "../src/kinds/fronts/index.ts";

const PORT = 18_789;

function textOf(files: Readonly<Record<string, string>>): FrontText {
  const map = new Map(Object.entries(files));
  return {
    main: Object.keys(files)[0] ?? "",
    files: map,
    matching: (pattern) => [...map.keys()].filter((path) => matches(pattern, path)),
  };
}

function read(proxy: FrontProgram, files: Readonly<Record<string, string>>, own: readonly string[] = []) {
  return FRONTS[proxy].read(textOf(files), PORT, new Set(own));
}

const BARE = `server {
    listen 443 ssl;
    server_name Claw.example.com www.example.com; # the page
    ssl_certificate /etc/ssl/a.pem;
    location / {
        proxy_pass http://127.0.0.1:18789;
    }
}
`;

describe("nginx", () => {
  const main = (body: string) =>
    `user www-data;\nhttp {\n    include /etc/nginx/sites-enabled/*;\n${body}}\n`;

  test("a site in a file of its own, with what it does not pass on", () => {
    const { fronts, siteFile } = read("nginx", {
      "/etc/nginx/nginx.conf": main(""),
      "/etc/nginx/sites-enabled/claw": BARE,
    });
    assert.deepEqual(fronts, [
      {
        proxy: "nginx",
        file: "/etc/nginx/sites-enabled/claw",
        line: 6,
        names: ["claw.example.com", "www.example.com"],
        tls: true,
        ports: [443],
        lacks: [...FRONT_LACKS],
      },
    ]);
    assert.equal(siteFile, "/etc/nginx/sites-enabled/openclaw-control-ui.conf");
  });

  test("headers of the server count in a location without any of its own, and not in one with some", () => {
    const headers = `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_read_timeout 1h;`;
    const site = (inside: string) =>
      main(`server { listen 80; ${headers} location / { ${inside} proxy_pass http://gateway; } }
        upstream gateway { server localhost:18789; }`);
    const lacks = (inside: string) =>
      read("nginx", { "/etc/nginx/nginx.conf": site(inside) }).fronts[0]?.lacks;
    assert.deepEqual(lacks(""), []);
    assert.deepEqual(lacks("proxy_set_header Host $host;"), ["upgrade", "forwarded-for", "forwarded-proto"]);
  });

  test("another port, another host and a comment are no way to the gateway", () => {
    for (const to of ["http://127.0.0.1:8080", "http://10.0.0.9:18789", "http://$backend"])
      assert.deepEqual(
        read("nginx", { "/n.conf": main(BARE.replace("http://127.0.0.1:18789", to)) }).fronts,
        [],
        to,
      );
    assert.deepEqual(
      read("nginx", { "/n.conf": main(BARE.replace("proxy_pass", "# proxy_pass")) }).fronts,
      [],
    );
    const own = read("nginx", { "/n.conf": main(BARE.replace("127.0.0.1", "10.0.0.9")) }, ["10.0.0.9"]);
    assert.equal(own.fronts.length, 1);
  });

  test("what lacks is written behind the hand-over, and nothing else of the file changes", () => {
    const mended = FRONTS.nginx.mend?.(BARE, PORT, FRONT_LACKS) ?? "";
    assert.deepEqual(read("nginx", { "/n.conf": `http {\n${mended}}` }).fronts[0]?.lacks, []);
    const kept = mended.split("\n").filter((line) => BARE.split("\n").includes(line));
    assert.equal(kept.join("\n"), BARE);
    assert.match(mended, /\n {8}proxy_set_header X-Forwarded-For \$remote_addr;/);
    assert.equal(FRONTS.nginx.mend?.(mended.replace("18789", "9"), PORT, FRONT_LACKS), undefined);
  });

  test("headers that a location would not inherit any more come along, and a wrong one is replaced", () => {
    const site = `server { proxy_set_header X-Own "a b"; location / { proxy_pass http://127.0.0.1:18789; } }`;
    assert.match(
      FRONTS.nginx.mend?.(site, PORT, ["host"]) ?? "",
      /proxy_set_header X-Own "a b"; proxy_set_header Host \$http_host;/,
    );
    const wrong = `location / { proxy_set_header Host 127.0.0.1; proxy_pass http://127.0.0.1:18789; }`;
    assert.equal(
      FRONTS.nginx.mend?.(wrong, PORT, ["host"]),
      `location / { proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:18789; }`,
    );
  });

  test("what is no configuration is not understood, in time that grows with its length", () => {
    for (const text of [
      "server {",
      "}",
      '"',
      "a".repeat(300_000),
      "{".repeat(300_000),
      "a{".repeat(100_000),
      "${".repeat(100_000),
    ])
      assert.equal(FRONTS.nginx.mend?.(text, PORT, FRONT_LACKS), undefined);
  });
});

describe("HAProxy", () => {
  const config = `defaults
    mode http
frontend web
    bind :80
    bind 203.0.113.10:443 ssl crt /etc/haproxy/claw.pem
    default_backend claw
backend claw
    server one 127.0.0.1:18789 check # the gateway
`;

  test("a backend with the gateway, and what it does not say of the client", () => {
    const [front] = read("haproxy", { "/etc/haproxy/haproxy.cfg": config }).fronts;
    assert.deepEqual(front, {
      proxy: "haproxy",
      file: "/etc/haproxy/haproxy.cfg",
      line: 7,
      names: [],
      tls: true,
      ports: [80, 443],
      lacks: ["forwarded-for", "forwarded-proto", "idle-timeout"],
    });
  });

  test("what lacks is written into the backend", () => {
    const mended = FRONTS.haproxy.mend?.(config, PORT, FRONT_LACKS) ?? "";
    assert.deepEqual(read("haproxy", { "/h.cfg": mended }).fronts[0]?.lacks, []);
    assert.match(mended, /backend claw\n {4}http-request set-header X-Forwarded-For %\[src\]\n/);
    assert.equal(FRONTS.haproxy.mend?.(config.replace("18789", "1"), PORT, FRONT_LACKS), undefined);
  });

  test("option forwardfor tells the client's address", () => {
    const said = config.replace("mode http", "option forwardfor");
    assert.ok(!read("haproxy", { "/h.cfg": said }).fronts[0]?.lacks.includes("forwarded-for"));
  });
});

describe("Caddy", () => {
  test("sites, their names, and whether they have HTTPS", () => {
    const { fronts, siteFile } = read("caddy", {
      "/etc/caddy/Caddyfile": `{\n    admin off\n}\nimport sites/*.caddy\nhttp://old.example.com:8080 {\n    reverse_proxy localhost:18789\n}\n`,
      "/etc/caddy/sites/a.caddy": `a.example.com, b.example.com {\n    handle /x {\n        reverse_proxy 127.0.0.1:18789\n    }\n    reverse_proxy 127.0.0.1:9\n}\n`,
    });
    assert.deepEqual(
      fronts.map(({ names, tls, ports, line }) => [names, tls, ports, line]),
      [
        [["a.example.com", "b.example.com"], true, [443], 3],
        [["old.example.com"], false, [8080], 6],
      ],
    );
    assert.equal(siteFile, "/etc/caddy/sites/openclaw-control-ui.caddy");
  });
});

test("the site of a page: by scheme, port and name, one for any name last", () => {
  const site = (names: readonly string[], tls: boolean, ports: readonly number[]) =>
    ({ proxy: "nginx", file: "/f", line: 1, names, tls, ports, lacks: [] }) as const;
  const any = site([], true, [443]);
  const named = site(["claw.example.com"], true, [443]);
  assert.equal(frontOf("https://claw.example.com", [any, named]), named);
  assert.equal(frontOf("https://other.example.com", [any, named]), any);
  assert.equal(frontOf("http://claw.example.com", [any, named]), undefined);
  assert.equal(frontOf("https://claw.example.com:8443", [any, named]), undefined);
});

/** As `readProxies` hands it over: each file that is a mapping as YAML, too. */
async function readYaml(
  proxy: SeenFront,
  files: Readonly<Record<string, string>>,
  own: readonly string[] = [],
) {
  const yaml = new Map<string, ComposeYaml>();
  for (const [path, content] of Object.entries(files)) {
    const value = await composeYaml(content);
    if (value !== undefined) yaml.set(path, value);
  }
  return FRONTS[proxy].read({ ...textOf(files), yaml }, PORT, new Set(own));
}

describe("Traefik, in the forms of its documentation", () => {
  const STATIC = `entryPoints:
  web:
    address: ":80"
  websecure:
    address: ":443/tcp"
    http:
      tls: {}
providers:
  file:
    directory: /etc/traefik/dynamic
    watch: true
`;
  const dynamic = (more = "", to = "http://127.0.0.1:18789") => `http:
  routers:
    claw:
      rule: "Host(\`Claw.example.com\`) || Host(\`www.example.com\`)"
      entryPoints: [websecure]
      service: claw@file
    other:
      rule: "Host(\`other.example.com\`)"
      service: other
  services:
    claw:
      loadBalancer:
${more}        servers:
          - url: "${to}"
    other:
      loadBalancer:
        servers:
          - url: "http://127.0.0.1:3000"
`;
  const main = "/etc/traefik/traefik.yml";
  const file = "/etc/traefik/dynamic/claw.yml";

  test("a router of a file of its provider, at the entry points that it names", async () => {
    const { fronts, wants } = await readYaml("traefik", { [main]: STATIC, [file]: dynamic() });
    assert.deepEqual(wants, ["/etc/traefik/dynamic/*.yml", "/etc/traefik/dynamic/*.yaml"]);
    assert.deepEqual(fronts, [
      {
        proxy: "traefik",
        file,
        line: 14,
        names: ["claw.example.com", "www.example.com"],
        tls: true,
        ports: [443],
        lacks: [],
      },
    ]);
  });

  test("what takes the page's name away is told; another server, a file of labels alone and TOML lead nowhere", async () => {
    const kept = await readYaml("traefik", {
      [main]: STATIC,
      [file]: dynamic("        passHostHeader: false\n"),
    });
    assert.deepEqual(kept.fronts[0]?.lacks, ["host"]);
    const far = await readYaml("traefik", { [main]: STATIC, [file]: dynamic("", "http://10.0.0.9:18789") });
    assert.deepEqual(far.fronts, []);
    assert.deepEqual((await readYaml("traefik", { [main]: "providers:\n  docker: {}\n" })).fronts, []);
    const toml = '[providers.file]\n  filename = "/etc/traefik/dynamic.toml"\n';
    assert.deepEqual((await readYaml("traefik", { [main]: toml })).fronts, []);
  });

  test("one file for all, as `--providers.file.filename` names it", async () => {
    assert.equal(
      FRONTS.traefik.option.exec("/usr/bin/traefik --providers.file.filename=/etc/claw.yml --log")?.[1],
      "/etc/claw.yml",
    );
    const { fronts } = await readYaml("traefik", { "/etc/claw.yml": dynamic() });
    assert.deepEqual(
      fronts.map(({ tls, ports }) => ({ tls, ports })),
      [{ tls: false, ports: [80] }],
    );
  });
});

describe("cloudflared, in the forms of its documentation", () => {
  const CONFIG = `tunnel: 6ff42ae2-765d-4adf-8112-31c55c1551ef
credentials-file: /root/.cloudflared/6ff42ae2-765d-4adf-8112-31c55c1551ef.json
ingress:
  - hostname: Claw.example.com
    service: http://localhost:18789
  - hostname: "*.example.com"
    service: http://127.0.0.1:18789
    originRequest:
      httpHostHeader: localhost
  - hostname: other.example.com
    service: http://localhost:3000
  - service: http_status:404
`;

  test("the names of the rules that lead to the gateway, always with HTTPS", async () => {
    const { fronts } = await readYaml("cloudflared", { "/etc/cloudflared/config.yml": CONFIG });
    assert.deepEqual(
      fronts.map(({ file: _file, ...front }) => front),
      [
        { proxy: "cloudflared", line: 5, names: ["claw.example.com"], tls: true, ports: [443], lacks: [] },
        { proxy: "cloudflared", line: 7, names: ["*.example.com"], tls: true, ports: [443], lacks: ["host"] },
      ],
    );
    assert.equal(frontOf("https://claw.example.com", fronts)?.line, 5);
    assert.equal(frontOf("http://claw.example.com", fronts), undefined);
  });

  test("one `url` for the whole tunnel; rules that lead elsewhere, and what is no YAML", async () => {
    const { fronts } = await readYaml("cloudflared", {
      "/c.yml": "url: http://localhost:18789\ntunnel: a\n",
    });
    assert.deepEqual(
      fronts.map(({ names }) => names),
      [[]],
    );
    for (const text of [CONFIG.replaceAll(":18789", ":8080"), "ingress: [", "ingress: 7", "[]"])
      assert.deepEqual((await readYaml("cloudflared", { "/c.yml": text })).fronts, [], text);
  });

  test("is asked for by the file that it was told", () => {
    const line = "/usr/bin/cloudflared --no-autoupdate --config /etc/claw/tunnel.yml tunnel run";
    assert.equal(FRONTS.cloudflared.option.exec(line)?.[1], "/etc/claw/tunnel.yml");
  });
});
