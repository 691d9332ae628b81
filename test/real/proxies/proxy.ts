// Debian's Caddy and nginx, run as they are with a site file that the doctor made.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Namespace } from "../rig/namespace.ts";
import { endChild, mustRun, progress, retry, run, until } from "../rig/processes.ts";

export type ProxyKind = "caddy" | "nginx";

/** Packages of the two; nginx-light is nginx without what nobody needs here. */
const PACKAGES: Readonly<Record<ProxyKind, string>> = { caddy: "caddy", nginx: "nginx-light" };

/** Why this proxy cannot be had here, or undefined when it is there. */
export async function whyNoProxy(kind: ProxyKind): Promise<string | undefined> {
  if ((await run(["sh", "-c", `command -v ${kind}`])).code === 0) return undefined;
  progress(`installing ${PACKAGES[kind]}`);
  try {
    await retry(`apt-get install ${PACKAGES[kind]}`, 3, async () => {
      await mustRun(["apt-get", "update", "-qq"], { timeoutMs: 300_000 });
      // RUNLEVEL: the package is not to start a server on this machine.
      await mustRun(["apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGES[kind]], {
        timeoutMs: 300_000,
        env: { ...process.env, RUNLEVEL: "1", DEBIAN_FRONTEND: "noninteractive" },
      });
    });
    return undefined;
  } catch (error) {
    return `no ${kind}: ${String(error).slice(0, 200)}`;
  }
}

export interface Certificate {
  readonly chain: string;
  readonly key: string;
}

export interface Workplace {
  readonly folder: string;
  remove(): void;
}

export function makeWorkplace(): Workplace {
  const folder = mkdtempSync(path.join(tmpdir(), "opd-rig-proxy-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** A certificate for `name` by an authority of its own, with the authority in the chain. */
export async function makeCertificate(folder: string, name: string): Promise<Certificate> {
  const file = (base: string) => path.join(folder, base);
  const openssl = (...args: string[]) => mustRun(["openssl", ...args]);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await openssl(
    "req",
    "-x509",
    ...newKey,
    "-days",
    "2",
    "-subj",
    "/CN=rig authority",
    "-keyout",
    file("ca.key"),
    "-out",
    file("ca.crt"),
  );
  await openssl(
    "req",
    ...newKey,
    "-subj",
    `/CN=${name}`,
    "-keyout",
    file("site.key"),
    "-out",
    file("site.csr"),
  );
  writeFileSync(file("ext"), `subjectAltName=DNS:${name}\n`);
  await openssl(
    "x509",
    "-req",
    "-in",
    file("site.csr"),
    "-CA",
    file("ca.crt"),
    "-CAkey",
    file("ca.key"),
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    file("ext"),
    "-out",
    file("site.crt"),
  );
  writeFileSync(file("chain.pem"), readFileSync(file("site.crt"), "utf8"));
  appendFileSync(file("chain.pem"), readFileSync(file("ca.crt"), "utf8"));
  return { chain: file("chain.pem"), key: file("site.key") };
}

export interface RunningProxy {
  /** SHA-256 of the key of the authority whose certificates it shows, in base64: Chromium is told to believe that one alone. */
  authorityKey(): string;
  stop(): Promise<void>;
}

/** Runs the proxy with the site, as its package's main file includes one. Throws when it refuses it. */
export async function startProxy(
  kind: ProxyKind,
  site: string,
  place: { readonly host: Namespace; readonly folder: string; readonly port: number },
): Promise<RunningProxy> {
  const { host, folder } = place;
  const env = { PATH: process.env.PATH ?? "", HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const argv = kind === "caddy" ? caddy(site, folder) : nginx(site, folder);
  await mustRun(host.inside(argv.check), { env });
  const [command = "", ...args] = host.inside(argv.run);
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.on("error", () => {});
  const stop = () => endChild(child);
  if (!(await until(() => listens(child, host, place.port), 20_000))) {
    await stop();
    throw new Error(`${kind} does not listen: ${said}`);
  }
  return { authorityKey: () => keyOf(argv.authority), stop };
}

interface Lines {
  readonly check: readonly string[];
  readonly run: readonly string[];
  /** Certificate of the authority. */
  readonly authority: string;
}

function caddy(site: string, folder: string): Lines {
  const main = path.join(folder, "Caddyfile");
  // Its root certificate would go into this machine's own store.
  writeFileSync(main, `{\n    skip_install_trust\n}\nimport ${site}\n`);
  const config = ["--config", main, "--adapter", "caddyfile"];
  return {
    check: ["caddy", "validate", ...config],
    run: ["caddy", "run", ...config],
    authority: path.join(folder, "caddy/pki/authorities/local/intermediate.crt"),
  };
}

function nginx(site: string, folder: string): Lines {
  const main = path.join(folder, "nginx.conf");
  mkdirSync(path.join(folder, "temp"), { recursive: true });
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `    ${name}_temp_path ${folder}/temp/${name};`)
    .join("\n");
  const lines = [
    "user root;",
    "daemon off;",
    "worker_processes 1;",
    `pid ${folder}/nginx.pid;`,
    `error_log ${folder}/nginx.log;`,
    "events { }",
    "http {",
    "    access_log off;",
    temps,
    `    include ${site};`,
    "}",
  ];
  writeFileSync(main, `${lines.join("\n")}\n`);
  const common = ["nginx", "-p", folder, "-e", `${folder}/nginx.log`, "-c", main];
  return { check: [...common, "-t"], run: common, authority: path.join(folder, "ca.crt") };
}

async function listens(child: ChildProcess, host: Namespace, port: number): Promise<boolean> {
  if (child.exitCode !== null) return false;
  const script = `require("node:net").connect(${port}, "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))`;
  return (await run(host.inside([process.execPath, "-e", script]))).code === 0;
}

function keyOf(certificate: string): string {
  if (!existsSync(certificate)) throw new Error(`there is no ${certificate}`);
  const { publicKey } = new X509Certificate(readFileSync(certificate));
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("base64");
}
