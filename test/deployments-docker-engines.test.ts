// Which engine is asked, and over TCP with TLS: whom we trust, whom it trusts, and what fails in its own words.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { after, describe, test } from "node:test";
import { knownValue } from "../src/core/fact.ts";
import { type EngineAddress, engineAddresses } from "../src/deployments/docker/addresses.ts";
import { connectEngine } from "../src/deployments/docker/engine.ts";
import { engineFailure } from "../src/deployments/docker/failure.ts";
import { readHost } from "../src/deployments/host.ts";
import { type FakeWorldInput, fakeWorld } from "./fake-world.ts";
import { certificate } from "./support/certificate.ts";

const HOME = "/home/me";

async function found(input: FakeWorldInput): Promise<readonly EngineAddress[] | string | undefined> {
  const fact = await engineAddresses(fakeWorld({ homedir: HOME, ...input }));
  return fact.known ? fact.value : fact.say?.message;
}

function context(name: string, endpoint: unknown, tls: Readonly<Record<string, string>> = {}) {
  const id = createHash("sha256").update(name).digest("hex");
  const files: Record<string, string> = {
    [`${HOME}/.docker/contexts/meta/${id}/meta.json`]: JSON.stringify({
      Name: name,
      Endpoints: { docker: endpoint },
    }),
  };
  for (const [file, text] of Object.entries(tls))
    files[`${HOME}/.docker/contexts/tls/${id}/docker/${file}`] = text;
  return files;
}

describe("which engine is asked", () => {
  const current = (name: string) => ({ [`${HOME}/.docker/config.json`]: `{"currentContext":"${name}"}` });
  const there = { "/var/run/docker.sock": "" };
  const usual = [{ name: "/var/run/docker.sock", socket: "/var/run/docker.sock" }];
  const build = { name: "docker context build", host: "build", port: 2376 };

  const rows: readonly (readonly [string, FakeWorldInput, unknown])[] = [
    [
      "DOCKER_CONTEXT before the current one",
      {
        env: { DOCKER_CONTEXT: "a" },
        files: { ...current("b"), ...context("a", { Host: "unix:///a.sock" }) },
      },
      [{ name: "docker context a", socket: "/a.sock" }],
    ],
    [
      "an empty DOCKER_CONTEXT is none",
      {
        env: { DOCKER_CONTEXT: "" },
        files: { ...current("a"), ...context("a", { Host: "unix:///a.sock" }) },
      },
      [{ name: "docker context a", socket: "/a.sock" }],
    ],
    [
      "DOCKER_CONTEXT=default passes the current one by",
      { env: { DOCKER_CONTEXT: "default" }, files: { ...current("a"), ...there } },
      usual,
    ],
    ["an empty DOCKER_HOST is none", { env: { DOCKER_HOST: " " }, files: there }, usual],
    ["a context that is not there", { files: { ...current("gone"), ...there } }, "engine-context"],
    [
      "a context without an engine of Docker's",
      { files: { ...current("k"), ...context("k", undefined) } },
      "engine-address",
    ],
    [
      "a context behind ssh",
      { files: { ...current("far"), ...context("far", { Host: "ssh://me@far" }) } },
      [{ name: "docker context far", ssh: { host: "far", user: "me" } }],
    ],
    [
      "a context with TLS",
      {
        files: {
          ...current("build"),
          ...context("build", { Host: "tcp://build" }, { "ca.pem": "A", "cert.pem": "B", "key.pem": "C" }),
        },
      },
      [{ ...build, tls: { ca: "A", cert: "B", key: "C" } }],
    ],
    [
      "a context with an authority only",
      { files: { ...current("build"), ...context("build", { Host: "tcp://build" }, { "ca.pem": "A" }) } },
      [{ ...build, tls: { ca: "A" } }],
    ],
    [
      "a context that is not to be verified",
      {
        files: { ...current("build"), ...context("build", { Host: "tcp://build", SkipTLSVerify: true }) },
      },
      [{ ...build, tls: { unverified: true } }],
    ],
    [
      "half a pair of certificate and key",
      { files: { ...current("build"), ...context("build", { Host: "tcp://build" }, { "cert.pem": "B" }) } },
      "engine-certificates",
    ],
    [
      "DOCKER_CONFIG",
      {
        env: { DOCKER_CONFIG: "/etc/d" },
        files: { "/etc/d/config.json": '{"currentContext":"gone"}', ...current("a"), ...there },
      },
      "engine-context",
    ],
    [
      "certificates from DOCKER_CONFIG, without a pair; any text switches TLS on",
      {
        env: { DOCKER_HOST: "tcp://build", DOCKER_TLS_VERIFY: "0", DOCKER_CONFIG: "/etc/d" },
        files: { "/etc/d/ca.pem": "A" },
      },
      [{ name: "DOCKER_HOST", host: "build", port: 2376, tls: { ca: "A" } }],
    ],
    [
      "TLS without verification, as DOCKER_TLS asks for",
      { env: { DOCKER_HOST: "tcp://build:1", DOCKER_TLS: "1" } },
      [{ name: "DOCKER_HOST", host: "build", port: 1, tls: { unverified: true } }],
    ],
    [
      "a bare host and port",
      { env: { DOCKER_HOST: "10.0.0.5:2375" } },
      [{ name: "DOCKER_HOST", host: "10.0.0.5", port: 2375 }],
    ],
    ["a port that is none", { env: { DOCKER_HOST: "tcp://build:70000" } }, "engine-address"],
    [
      "Podman's CONTAINER_HOST before the usual sockets",
      { env: { CONTAINER_HOST: "unix:///p.sock" }, files: there },
      [{ name: "CONTAINER_HOST", socket: "/p.sock" }, ...usual],
    ],
    ["a CONTAINER_HOST that is none, alone", { env: { CONTAINER_HOST: "x" } }, "engine-address"],
    [
      "Windows",
      { platform: "win32" },
      [
        { name: "docker_engine", socket: "//./pipe/docker_engine" },
        { name: "podman-machine-default", socket: "//./pipe/podman-machine-default" },
      ],
    ],
  ];
  for (const [name, input, expected] of rows)
    test(name, async () => assert.deepEqual(await found(input), expected));

  const sockets: readonly (readonly [string, string, FakeWorldInput?])[] = [
    ["Docker Desktop on Linux", `${HOME}/.docker/desktop/docker.sock`],
    ["a profile of Colima", `${HOME}/.colima/work/docker.sock`],
    ["Colima in XDG_CONFIG_HOME", "/c/colima/default/docker.sock", { env: { XDG_CONFIG_HOME: "/c" } }],
    ["Rancher Desktop", `${HOME}/.rd/docker.sock`],
    ["Lima", `${HOME}/.lima/docker/sock/docker.sock`],
    ["rootless Docker without XDG_RUNTIME_DIR", "/run/user/1000/docker.sock", { uid: 1000 }],
    ["rootless Docker", "/x/docker.sock", { env: { XDG_RUNTIME_DIR: "/x" } }],
    ["rootless Podman", "/run/user/1000/podman/podman.sock", { uid: 1000 }],
    ["Podman's machine", `${HOME}/.local/share/containers/podman/machine/podman.sock`],
    ["Podman's machine by name", `${HOME}/.local/share/containers/podman/machine/qemu/podman.sock`],
    ["Podman 5 on macOS", "/t/podman/podman-machine-default-api.sock", { env: { TMPDIR: "/t/" } }],
  ];
  for (const [name, socket, input] of sockets)
    test(`${name}, in the doctor's signs too`, async () => {
      const world = { ...input, files: { [socket]: "" } };
      assert.deepEqual(await found(world), [{ name: socket, socket }]);
      const { engines } = await readHost(fakeWorld({ homedir: HOME, ...world }));
      assert.deepEqual(engines, [{ kind: /podman/.test(socket) ? "podman" : "docker", path: socket }]);
    });

  test("a link to another one is not asked twice", async () => {
    const real = `${HOME}/.docker/run/docker.sock`;
    const podman = "/run/podman/podman.sock";
    const desktop = await found({ files: { [real]: "" }, links: { "/var/run/docker.sock": real } });
    assert.equal(desktop?.length, 1);
    const both = await found({ files: { [podman]: "" }, links: { "/var/run/docker.sock": podman } });
    assert.equal(both?.length, 1);
  });
});

describe("TCP and TLS", () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });
  const answer: RequestListener = (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end("[]");
  };
  async function listening(server: Server, host = "127.0.0.1"): Promise<number> {
    await new Promise<void>((done, failed) => {
      server.once("error", failed);
      server.listen(0, host, done);
    });
    servers.push(server);
    return (server.address() as AddressInfo).port;
  }
  const secure = (options: ServerOptions): Promise<number> => listening(createServer(options, answer));

  const authority = certificate({ name: "authority", authority: true });
  const other = certificate({ name: "other authority", authority: true });
  const engine = certificate({ name: "engine", by: authority, hosts: ["127.0.0.1", "localhost"] });
  const expired = certificate({ name: "engine", by: authority, hosts: ["127.0.0.1"], endedDays: 3 });
  const named = certificate({ name: "engine", by: authority, hosts: ["build.example"] });
  const client = certificate({ name: "client", by: authority });
  const mutual = { ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const pair = (made: { readonly cert: string; readonly key: string }) => ({
    cert: made.cert,
    key: made.key,
  });

  async function asked(port: number, tls: EngineAddress["tls"], host = "127.0.0.1"): Promise<string> {
    try {
      const { api } = await connectEngine({ name: "E", host, port, ...(tls === undefined ? {} : { tls }) });
      return Array.isArray(await api.listContainers()) ? "listed" : "something else";
    } catch (error) {
      const fact = engineFailure(error, "E");
      return fact.say?.message === "engine-failed" ? fact.detail : (fact.say?.message ?? fact.detail);
    }
  }

  test("both prove who they are", async () => {
    const port = await secure({ ...pair(engine), ...mutual });
    assert.equal(await asked(port, { ca: authority.cert, ...pair(client) }), "listed");
    assert.equal(await asked(port, { ca: authority.cert, ...pair(client) }, "localhost"), "listed");
  });

  test("the engine alone proves who it is", async () => {
    assert.equal(await asked(await secure(pair(engine)), { ca: authority.cert }), "listed");
  });

  test("an engine that wants a certificate gets none, or one of another authority", async () => {
    // Up to TLS 1.2 it says so while the hands are shaken; later it may hang up before it is heard.
    const port = await secure({ ...pair(engine), ...mutual, maxVersion: "TLSv1.2" });
    assert.equal(await asked(port, { ca: authority.cert }), "engine-tls-client");
    for (const code of [
      "TLSV13_ALERT_CERTIFICATE_REQUIRED",
      "SSLV3_ALERT_BAD_CERTIFICATE",
      "TLSV1_ALERT_UNKNOWN_CA",
    ]) {
      const fact = engineFailure(Object.assign(new Error("x"), { code: `ERR_SSL_${code}` }), "E");
      assert.equal(fact.say?.message, "engine-tls-client");
    }
  });

  test("expired, of another authority, of another host; none of it where the user said so", async () => {
    assert.equal(await asked(await secure(pair(expired)), { ca: authority.cert }), "engine-tls-expired");
    const port = await secure(pair(engine));
    assert.equal(await asked(port, { ca: other.cert }), "engine-tls-authority");
    assert.equal(await asked(port, {}), "engine-tls-authority");
    assert.equal(await asked(await secure(pair(named)), { ca: authority.cert }), "engine-tls-name");
    assert.equal(await asked(await secure(pair(expired)), { unverified: true }), "listed");
  });

  test("files that are no certificates", async () => {
    const port = await secure(pair(engine));
    assert.equal(await asked(port, { ca: authority.cert, cert: "none", key: "none" }), "engine-tls-files");
  });

  test("TLS on one side only", async () => {
    const plain = await listening(createPlain(answer));
    assert.equal(await asked(plain, { ca: authority.cert }), "engine-tls-none");
    // Go's server, which Docker's is, answers so; Node's hangs up.
    const go = await listening(
      createPlain((_request, response) => {
        response.writeHead(400).end("Client sent an HTTP request to an HTTPS server.\n");
      }),
    );
    assert.equal(await asked(go, undefined), "engine-tls-wanted");
  });

  test("what the process's own environment says of Docker does not count beside an address", async () => {
    const port = await secure(pair(engine));
    const own = { DOCKER_HOST: "tcp://127.0.0.1:1", DOCKER_CERT_PATH: "/nowhere", DOCKER_TLS_VERIFY: "1" };
    const before = { ...process.env };
    Object.assign(process.env, own);
    try {
      assert.equal(await asked(port, { ca: authority.cert }), "listed");
      assert.equal(process.env.DOCKER_HOST, own.DOCKER_HOST);
    } finally {
      for (const name of Object.keys(own)) {
        const value = before[name];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  test("nobody there", async () => {
    const port = await listening(createPlain(answer));
    await new Promise((done) => servers.pop()?.close(done));
    assert.equal(await asked(port, { ca: authority.cert }), "engine-down");
  });

  test("an IPv6 address", async (t) => {
    const port = await listening(createPlain(answer), "::1").catch(() => undefined);
    if (port === undefined) t.skip("no IPv6 on this machine");
    else assert.equal(await asked(port, undefined, "::1"), "listed");
  });
});

test("no key of the engine is in what is told of it", async () => {
  const env = { DOCKER_HOST: "tcp://build", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/c" };
  const files = { "/c/ca.pem": "A", "/c/key.pem": "-----BEGIN SECRET-----" };
  const fact = await engineAddresses(fakeWorld({ env, files }));
  assert.equal(knownValue(fact), undefined);
  assert.doesNotMatch(JSON.stringify(fact), /SECRET/);
});
