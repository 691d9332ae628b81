import { isIP } from "node:net";
import { delimiter, dirname, resolve } from "node:path";
import { type Cluster, type Context, KubeConfig, type User } from "@kubernetes/client-node";
import { ipMatches, parseIp } from "../../core/address.ts";
import { whyUnknown } from "../../core/fact.ts";
import { parseBoundedJson } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { createScrubber } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import { listAt, objectAt, textAt, textsAt } from "../../kinds/kubernetes/fields.ts";
import { runToEnd, tellingLine } from "../command.ts";
import type { World } from "../world.ts";
import { KubeError } from "./error.ts";

/** One cluster with the credentials for it, ready to be asked. */
export interface ClusterAccess {
  readonly config: KubeConfig;
  /** As people call it: the context, or `in-cluster`. */
  readonly name: string;
  /** `kubectl` needs to be told; absent for the current context and inside the cluster. */
  readonly context?: string;
  readonly server: string;
  /** Of the context; `default` where it names none. */
  readonly namespace: string;
  /** Every credential of the context, for scrubbing. */
  readonly secrets: readonly string[];
}

/** Bytes of one kubeconfig. */
const MAX_KUBECONFIG = 4_000_000;
/** A credential plugin may open a connection of its own, and renew a token. Milliseconds. */
const PLUGIN_MS = 30_000;
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

type Environment = World["env"];

/**
 * The cluster that kubectl would ask: of the files of KUBECONFIG the first that says something has it, a file that is
 * not there is passed over; else `~/.kube/config`; else the service account around us. The client library takes the
 * last current-context of several files, throws for a missing file or a name in two of them, and asks localhost where
 * there is nothing (1.4), so files are put together here.
 * @throws {KubeError}
 */
export async function clusterAccess(world: World, wanted: string | undefined): Promise<ClusterAccess> {
  const files = kubeconfigFiles(world);
  const parts: KubeConfig[] = [];
  for (const file of files) {
    const read = await world.readText(file, MAX_KUBECONFIG);
    if (!read.ok && read.reason === "absent") continue;
    const shown = safeText(file, 200);
    if (!read.ok) throw new KubeError("kubeconfig", say("unread", { path: shown, why: read.detail }));
    if (read.truncated) throw new KubeError("kubeconfig", say("kubeconfig-too-long", { path: shown }));
    const part = new KubeConfig();
    try {
      part.loadFromString(read.text, { onInvalidEntry: "filter" });
      part.makePathsAbsolute(dirname(file));
    } catch {
      // What the parser says quotes the file.
      throw new KubeError("kubeconfig", say("kubeconfig-odd", { path: shown }));
    }
    for (const user of part.users) rememberPlace(user, dirname(file));
    parts.push(part);
  }
  const merged = mergedConfig(parts);
  const config = new KubeConfig();
  if (merged.contexts.length > 0) return chosen(config, merged, wanted, world);
  if (wanted !== undefined) throw new KubeError("no-context", wanted);
  if (parts.length === 0 && (await world.exists(`${SERVICE_ACCOUNT}/token`))) return inCluster(config, world);
  throw new KubeError("no-cluster");
}

function kubeconfigFiles({ env, homedir, cwd }: World): readonly string[] {
  const named = (env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  if (named.length === 0) return [`${homedir}/.kube/config`];
  return named.slice(0, 20).map((path) => resolve(cwd, path));
}

interface Merged {
  readonly clusters: Cluster[];
  readonly users: User[];
  readonly contexts: Context[];
  readonly currentContext: string | undefined;
}

function mergedConfig(parts: readonly KubeConfig[]): Merged {
  return {
    clusters: firstOfName(parts.flatMap(({ clusters }) => clusters)),
    users: firstOfName(parts.flatMap(({ users }) => users)),
    contexts: firstOfName(parts.flatMap(({ contexts }) => contexts)),
    currentContext: parts.map(({ currentContext }) => currentContext).find((name) => isText(name)),
  };
}

function firstOfName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const one of all) if (!seen.has(one.name)) seen.set(one.name, one);
  return [...seen.values()];
}

async function chosen(
  config: KubeConfig,
  { clusters, users, contexts, currentContext }: Merged,
  wanted: string | undefined,
  world: World,
): Promise<ClusterAccess> {
  const name = wanted ?? currentContext ?? "";
  const context = contexts.find((one) => one.name === name);
  if (context === undefined) throw new KubeError("no-context", name);
  const found = clusters.find((one) => one.name === context.cluster);
  if (found === undefined) throw new KubeError("no-context", name);
  const server = serverOf(found);
  const cluster: Cluster = {
    ...found,
    ...proxyFor(server, found, world.env),
    // There is no TLS on this machine's own `kubectl proxy`, and the library wants that said (1.4).
    ...(server.protocol === "http:" ? { skipTLSVerify: true } : {}),
  };
  const user = await withCredentials(
    users.find((one) => one.name === context.user) ?? { name: context.user },
    cluster,
    world,
  );
  config.loadFromOptions({ clusters: [cluster], users: [user], contexts: [context], currentContext: name });
  return {
    config,
    name: safeText(name, 200),
    ...(wanted === undefined ? {} : { context: name }),
    server: server.host,
    namespace: isText(context.namespace) ? context.namespace : "default",
    secrets: secretsOf(user),
  };
}

function inCluster(config: KubeConfig, world: World): Promise<ClusterAccess> | ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = world.env;
  if (!isText(host) || !isText(port)) throw new KubeError("no-cluster");
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  const names = { cluster: "in-cluster", user: "service-account", name: "in-cluster" };
  config.loadFromOptions({
    clusters: [
      {
        name: names.cluster,
        server: `https://${bracketed}:${port}`,
        caFile: `${SERVICE_ACCOUNT}/ca.crt`,
        skipTLSVerify: false,
      },
    ],
    users: [
      {
        name: names.user,
        authProvider: { name: "tokenFile", config: { tokenFile: `${SERVICE_ACCOUNT}/token` } },
      },
    ],
    contexts: [names],
    currentContext: names.name,
  });
  return ownNamespace(world).then((namespace) => ({
    config,
    name: names.name,
    server: `${bracketed}:${port}`,
    namespace,
    secrets: [],
  }));
}

async function ownNamespace(world: World): Promise<string> {
  const read = await world.readText(`${SERVICE_ACCOUNT}/namespace`, 1000);
  const text = read.ok ? read.text.trim() : "";
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text) ? text : "default";
}

/** @throws {KubeError} an address that credentials would go to in the clear, or none. */
function serverOf({ server, name }: Cluster): URL {
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    throw new KubeError("kubeconfig", say("cluster-without-address", { name: safeText(name, 100) }));
  }
  const local = url.hostname === "localhost" || url.hostname === "[::1]" || /^127\./.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && local)) return url;
  throw new KubeError("kubeconfig", say("cluster-without-tls", { name: safeText(name, 100) }));
}

/** The library takes `proxy-url` of the kubeconfig alone; kubectl takes the environment's proxies, too. */
function proxyFor(server: URL, { proxyUrl }: Cluster, env: Environment): { readonly proxyUrl?: string } {
  if (isText(proxyUrl)) return {};
  const proxy =
    server.protocol === "https:" ? (env.HTTPS_PROXY ?? env.https_proxy) : (env.HTTP_PROXY ?? env.http_proxy);
  if (!isText(proxy) || isExempt(server, env.NO_PROXY ?? env.no_proxy ?? "")) return {};
  return { proxyUrl: proxy.includes("://") ? proxy : `http://${proxy}` };
}

/** By the rules of Go's programs: never for this machine; names with what is below them, addresses, ranges. */
function isExempt({ hostname, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const ip = parseIp(host);
  if (host === "localhost" || host === "::1" || /^127\./.test(host)) return true;
  return list.split(",").some((text) => {
    const entry = text.trim().toLowerCase();
    if (entry === "*") return true;
    const [name = "", only] = entry.includes(":") && isIP(entry) === 0 ? entry.split(/:(?=\d+$)/) : [entry];
    if (name === "" || (only !== undefined && only !== (port || "443"))) return false;
    if (ip !== undefined) return ipMatches(ip, name, true);
    const bare = name.replace(/^\*?\./, "");
    return host.endsWith(`.${bare}`) || (!name.startsWith(".") && host === bare);
  });
}

// ---- credential plugins

const PLACES = new WeakMap<User, string>();

/** A plugin with a relative path is looked for beside its kubeconfig. */
function rememberPlace(user: User, directory: string): void {
  PLACES.set(user, directory);
}

/**
 * The user with what its credential plugin gives. The library runs a plugin for each request that has no expiry, waits
 * for it without end and tells it nothing of the cluster (1.4); here it runs once, for a bounded time.
 * @throws {KubeError} it cannot be run, or gives nothing.
 */
async function withCredentials(user: User, cluster: Cluster, world: World): Promise<User> {
  const { exec } = user as { readonly exec?: unknown };
  const plugin = objectAt({ exec }, "exec");
  const command = textAt(plugin, "command");
  if (command === undefined) return user;
  const shown = safeText(command, 100);
  const apiVersion = textAt(plugin, "apiVersion") ?? "client.authentication.k8s.io/v1";
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(world.env)) if (value !== undefined) env[name] = value;
  for (const one of listAt(plugin, "env")) {
    const name = textAt(one, "name");
    if (name !== undefined) env[name] = textAt(one, "value") ?? "";
  }
  env.KUBERNETES_EXEC_INFO = JSON.stringify({
    apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo === true
        ? { cluster: { server: cluster.server, "certificate-authority-data": cluster.caData } }
        : {}),
    },
  });
  const path = command.includes("/") ? resolve(PLACES.get(user) ?? world.cwd, command) : command;
  const outcome = await runToEnd([path, ...textsAt(plugin, "args")], {
    env,
    cwd: world.cwd,
    signal: AbortSignal.timeout(PLUGIN_MS),
    timeoutMs: PLUGIN_MS,
  });
  if (!outcome.known)
    throw new KubeError(
      "plugin",
      outcome.reason === "absent"
        ? say("plugin-absent", { program: shown })
        : say("plugin-failed", { program: shown, why: whyUnknown(outcome) }),
    );
  const { exitCode, stdout } = outcome.value;
  if (exitCode !== 0) {
    const said = createScrubber()(tellingLine(outcome.value)).text;
    throw new KubeError(
      "plugin",
      say("plugin-ended", { program: shown, code: exitCode, text: safeText(said, 200) }),
    );
  }
  const status = objectAt(parseBoundedJson(stdout), "status");
  const token = textAt(status, "token");
  const certificate = textAt(status, "clientCertificateData");
  const key = textAt(status, "clientKeyData");
  if (token === undefined && (certificate === undefined || key === undefined))
    throw new KubeError("plugin", say("plugin-without-credential", { program: shown }));
  return {
    name: user.name,
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined || key === undefined
      ? {}
      : { certData: base64(certificate), keyData: base64(key) }),
  };
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function secretsOf({ token, password, keyData }: User): readonly string[] {
  return [token, password, keyData].filter(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
